// What absences come to, and which wait for a reason.
import { expect, test } from "vitest";
import { type Absence, minutesOf, stateOf, toJustify, totalsOf } from "../src/screens/absences/absence";

const TODAY = "2026-11-24";
const absence = (id: string, more: Partial<Absence> = {}): Absence => ({
  id,
  title: id,
  start: "2026-11-17T14:00:00+01:00",
  end: "2026-11-17T17:00:00+01:00",
  ...more,
});

test.each<[string, Partial<Absence>]>([
  ["justified", { justified: true }],
  ["unjustified", { justified: false }],
  ["unjustified", { justify_by: "2026-11-23" }],
  ["open", { justify_by: TODAY }],
  ["open", { justified: false, justify_by: "2026-11-30" }],
  ["examined", { reason: "Maladie", justify_by: "2026-11-30" }],
  ["open", {}],
])("is %s with %o", (state, more) => {
  expect(stateOf(absence("a", more), TODAY)).toBe(state);
});

test("lasts what the school says, else from its start to its end", () => {
  expect(minutesOf(absence("a", { minutes: 20 }))).toBe(20);
  expect(minutesOf(absence("a"))).toBe(180);
  expect(minutesOf(absence("a", { all_day: true }))).toBeNull();
});

test("hours, whole days and latenesses are counted apart", () => {
  const day = { all_day: true, start: "2026-10-14T00:00:00+02:00", end: "2026-10-16T00:00:00+02:00" };
  const totals = totalsOf([absence("a"), absence("b", day), absence("c", { type: "lateness", minutes: 10 })]);
  expect(totals).toEqual({ absences: 2, latenesses: 1, minutes: 180, days: 2 });
});

test("the first to justify is the one whose last day is next", () => {
  const all = [absence("none"), absence("later", { justify_by: "2026-12-01" }), absence("soon", { justify_by: TODAY })];
  expect(toJustify(all, TODAY).map(({ id }) => id)).toEqual(["soon", "later", "none"]);
});
