// Marks in their terms, and averages that can be told honestly.
import { describe, expect, test } from "vitest";
import { averageOf, type Grade, latest, termsOf, toneOf } from "../src/screens/grades/grade";
import { changesOf } from "../src/screens/grades/words";

const mark = (id: string, more: Partial<Grade> = {}): Grade => ({ id, title: id, ...more });
const marked = (id: string, value: number, coefficient: number, more: Partial<Grade> = {}) =>
  mark(id, { value, coefficient, out_of: 20, ...more });

describe("terms", () => {
  test("come with the latest first, units and courses within them", () => {
    const terms = termsOf([
      mark("old", { term: "S4", date: "2026-06-01", course: "A" }),
      mark("new", { term: "S5", date: "2026-11-01", course: "B", unit: "U" }),
      mark("sum", { term: "S5", date: "2026-10-01", course: "B", unit: "U", level: "course" }),
    ]);
    expect(terms.map(({ term }) => term)).toEqual(["S5", "S4"]);
    const course = terms[0]?.units[0]?.courses[0];
    expect(course?.marks.map(({ id }) => id)).toEqual(["new"]);
    expect(course?.result?.id).toBe("sum");
  });

  test("keep what the school says of the whole term apart", () => {
    const [term] = termsOf([mark("sum", { term: "S4", level: "term", result: "ADM" })]);
    expect(term?.results.map(({ id }) => id)).toEqual(["sum"]);
    expect(term?.units).toEqual([]);
  });
});

describe("an average", () => {
  test("weighs published marks by their coefficients", () => {
    const average = averageOf([marked("a", 10, 1), marked("b", 16, 2), mark("c", { status: "pending" })]);
    expect(average).toMatchObject({ out_of: 20, count: 2 });
    expect(average?.value).toBeCloseTo(14);
  });

  test("brings marks of different scales to twenty", () => {
    expect(averageOf([marked("a", 10, 1), marked("b", 50, 1, { out_of: 100 })])?.value).toBeCloseTo(10);
  });

  test("takes a resit in the place of the first session", () => {
    const first = marked("first", 4, 1, { title: "Exam", course: "A", session: 1 });
    const second = marked("second", 12, 1, { title: "Exam", course: "A", session: 2 });
    expect(averageOf([first, second, marked("b", 14, 1)])?.value).toBeCloseTo(13);
  });

  test.each<[string, Grade[]]>([
    ["a coefficient is missing", [marked("a", 10, 1), mark("b", { value: 12, out_of: 20 })]],
    ["an absence may count as nothing", [marked("a", 10, 1), marked("b", 12, 1), mark("c", { status: "absent" })]],
    ["there is one mark only", [marked("a", 10, 1)]],
    ["levels are mixed", [marked("a", 10, 1), marked("b", 12, 1, { level: "course" })]],
    ["a mark is a word", [marked("a", 10, 1), marked("b", 12, 1), mark("c", { result: "B" })]],
    ["there is nothing", []],
  ])("is not told where %s", (_, grades) => {
    expect(averageOf(grades)).toBeNull();
  });
});

test("the latest marks are those that are out", () => {
  const grades = [mark("a", { date: "2026-11-01" }), mark("b", { date: "2026-11-09", status: "pending" })];
  expect(latest(grades, 3).map(({ id }) => id)).toEqual(["a"]);
});

test("words of results are good or bad news, or neither", () => {
  expect(["ADM", "Validé", "AJ", "Non validé", "B"].map(toneOf)).toEqual(["good", "good", "bad", "bad", "quiet"]);
});

test("a mark that was pending is out, another one changed", () => {
  const before = { status: "pending", value: null };
  expect(changesOf({ what: "changed", at: 0, before })["value"]).toBe("Note publiée");
  expect(changesOf({ what: "changed", at: 0, before: { value: 12 } })["value"]).toBe("Note modifiée");
});
