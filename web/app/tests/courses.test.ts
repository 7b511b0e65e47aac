// In which order courses stand.
import { expect, test } from "vitest";
import { creditsOf, isOver, termsOf } from "../src/screens/courses/course";

const course = (id: string, more: object = {}) => ({ id, title: id, ...more });

test("the latest term comes first, courses without a term last, ended ones not at all", () => {
  const terms = termsOf(
    [
      course("free"),
      course("nine", { year: "2026-2027", term: "S9" }),
      course("ten", { year: "2026-2027", term: "S10" }),
      course("over", { year: "2026-2027", term: "S9", end: "2026-11-23" }),
    ],
    "2026-11-24",
  );
  expect(terms.map(({ courses }) => courses.map(({ id }) => id))).toEqual([["ten"], ["nine"], ["free"]]);
});

test("a course is not over on its last day", () => {
  expect(isOver(course("a", { end: "2026-11-24" }), "2026-11-24")).toBe(false);
});

test("credits of courses add up", () => {
  expect(creditsOf([course("a", { ects: 6 }), course("b"), course("c", { ects: 1.5 })])).toBe(7.5);
});
