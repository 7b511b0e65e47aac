// What changed since last time.
import { describe, expect, it } from "vitest";
import { compared, living } from "../src/cache/changes";
import { DAY, lesson, rule } from "./rules";

const NOW = Date.parse("2026-11-24T10:00:00Z");
const SOON = "2026-11-25T10:00:00+01:00";

describe("comparing what was known with what is", () => {
  it("finds a class that moved, with what was said before", () => {
    const marks = compared(
      [lesson("1", SOON, { room: "B204", note: "a" })],
      [lesson("1", SOON, { room: "C012", note: "b" })],
      rule(),
      {},
      NOW,
    );
    expect(marks).toEqual({ "1": { what: "changed", at: NOW, before: { room: "B204" } } });
  });

  it("keeps the first value of what changes again", () => {
    const first = compared([lesson("1", SOON, { room: "A" })], [lesson("1", SOON, { room: "B" })], rule(), {}, NOW);
    const second = compared(
      [lesson("1", SOON, { room: "B" })],
      [lesson("1", SOON, { room: "C" })],
      rule(),
      first,
      NOW + 1,
    );
    expect(second["1"]?.before).toEqual({ room: "A" });
  });

  it("marks what is new, but not what only comes into sight", () => {
    const marks = compared([], [lesson("1", SOON), lesson("2", "2026-12-24T10:00:00+01:00")], rule(), {}, NOW);
    expect(Object.keys(marks)).toEqual(["1"]);
  });

  it("marks a grade as new whatever its day", () => {
    const grades = rule({ time: { start: "date", end: null, newest_first: true } });
    expect(compared([], [{ id: "g", date: "2026-06-01" }], grades, {}, NOW)).toHaveProperty("g");
  });

  it("remembers a class to come that is gone, and forgets one that is over", () => {
    const marks = compared([lesson("1", SOON), lesson("2", "2026-11-23T10:00:00+01:00")], [], rule(), {}, NOW);
    expect(Object.keys(marks)).toEqual(["1"]);
    expect(compared([], [], rule(), marks, NOW + 2 * DAY)).toEqual({});
  });

  it("lets marks go half a day after they were shown, or two weeks after they were found", () => {
    const marks = { "1": { what: "new" as const, at: NOW, shown: NOW } };
    expect(living(marks, NOW + 3_600_000)).toEqual(marks);
    expect(living(marks, NOW + 13 * 3_600_000)).toEqual({});
    expect(living({ "1": { what: "new", at: NOW } }, NOW + 15 * DAY)).toEqual({});
  });
});
