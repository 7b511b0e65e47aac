// In which order papers stand, and their sizes.
import { expect, test } from "vitest";
import { groupOf, papersOf, sizeOf } from "../src/screens/documents/document";

test("what the person has to hand in again is asked for too", () => {
  expect(groupOf({ id: "a", title: "A", status: "refused" })).toBe("asked");
  expect(groupOf({ id: "a", title: "A" })).toBe("available");
});

test("what is asked for stands by its last day, what there is by its own", () => {
  const paper = (id: string, more: object) => ({ id, title: id, ...more });
  const asked = [
    paper("none", { status: "requested" as const }),
    paper("later", { status: "requested" as const, due: "2026-12-01" }),
    paper("soon", { status: "requested" as const, due: "2026-11-25" }),
  ];
  expect(papersOf(asked, "asked").map(({ id }) => id)).toEqual(["soon", "later", "none"]);
  const there = [paper("old", { date: "2025-09-01" }), paper("new", { date: "2026-09-01" })];
  expect(papersOf(there, "available").map(({ id }) => id)).toEqual(["new", "old"]);
});

test("sizes take the unit that suits them", () => {
  expect(sizeOf(12)).toEqual({ value: 1, unit: "kilo" });
  expect(sizeOf(84_213)).toEqual({ value: 84, unit: "kilo" });
  expect(sizeOf(2_450_000)).toEqual({ value: 2.5, unit: "mega" });
});
