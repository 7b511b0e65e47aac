// Whether a place is open, from its hours and closures.
import { describe, expect, test } from "vitest";
import { clockOf, closesIn, minutes, occupancyOf, type Place, periodsOn, stateAt } from "../src/screens/opening/hours";

// A Tuesday in Paris.
const NOW = Date.parse("2026-11-24T13:50:00+01:00");
const MINUTE = 13 * 60 + 50;
const state = (place: Place, at = MINUTE) => stateAt(place, NOW, at, NOW);
const library: Place = {
  id: "bu",
  name: "BU",
  hours: [
    { day: "tuesday", opens: "09:00", closes: "12:00" },
    { day: "tuesday", opens: "13:30", closes: "17:00" },
    { day: "wednesday", opens: "08:30", closes: "19:00" },
    { date: "2026-12-01", opens: "10:00", closes: "11:00" },
  ],
  closures: [{ from: "2026-12-08", to: "2026-12-15", reason: "Travaux" }],
};

describe("a place with hours of the week", () => {
  test("is open until its period ends", () => {
    expect(state(library)).toEqual({ is: "open", until: { day: "2026-11-24", minute: 17 * 60 } });
    expect(closesIn(state(library), NOW, MINUTE)).toBe(190);
  });

  test("is closed at noon, and says when it opens again", () => {
    expect(state(library, 720)).toMatchObject({ is: "closed", opens: { day: "2026-11-24", minute: 810 } });
  });

  test("is closed at the minute it closes", () => {
    expect(state(library, 17 * 60)).toMatchObject({ is: "closed", opens: { day: "2026-11-25", minute: 510 } });
  });

  test("has other hours on a date that has its own", () => {
    expect(periodsOn(library, "2026-12-01")?.map(({ opens }) => opens)).toEqual([600]);
  });

  test("is closed on a day without hours and during a closure", () => {
    expect(periodsOn(library, "2026-11-26")).toEqual([]);
    expect(periodsOn(library, "2026-12-08")).toEqual([]);
    const closed = { ...library, closures: [{ from: "2026-11-24", to: "2026-11-24", reason: "Grève" }] };
    expect(state(closed)).toMatchObject({ is: "closed", reason: "Grève", opens: { day: "2026-11-25" } });
  });
});

test("a night after midnight belongs to the day before", () => {
  const bar: Place = { id: "b", name: "B", hours: [{ day: "monday", opens: "20:00", closes: "02:00" }] };
  expect(state(bar, 60)).toEqual({ is: "open", until: { day: "2026-11-24", minute: 120 } });
  expect(state(bar, 120)).toMatchObject({ is: "closed", opens: { day: "2026-11-30", minute: 1200 } });
});

test("a place that never closes is open around the clock", () => {
  const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
  const hours = days.map((day) => ({ day, opens: "00:00", closes: "00:00" }));
  expect(state({ id: "x", name: "X", hours })).toEqual({ is: "open", always: true });
});

describe("a place with hours by date only", () => {
  const hours = ["2026-11-23", "2026-11-25"].map((date) => ({ date, opens: "08:00", closes: "18:00" }));

  test("is closed on a day between them", () => {
    expect(state({ id: "x", name: "X", hours })).toMatchObject({ is: "closed", opens: { day: "2026-11-25" } });
  });

  test("is not said to be closed after the last of them", () => {
    expect(periodsOn({ id: "x", name: "X", hours }, "2026-11-26")).toBeNull();
  });
});

describe("a place without hours", () => {
  const place: Place = { id: "x", name: "X", open_now: true, occupancy: 97, updated: "2026-11-24T13:40:00+01:00" };

  test("is what its source said within the hour", () => {
    expect(state(place)).toEqual({ is: "open" });
    expect(stateAt(place, NOW + 3_600_000, MINUTE + 60, NOW)).toEqual({ is: "unknown" });
    expect(state({ id: "x", name: "X" })).toEqual({ is: "unknown" });
  });

  test("shows how full it is only while that was counted a moment ago", () => {
    expect(occupancyOf(place, { is: "open" }, NOW)).toBe(97);
    expect(occupancyOf(place, { is: "open" }, NOW + 7_200_000)).toBeNull();
    expect(occupancyOf(place, { is: "closed" }, NOW)).toBeNull();
  });
});

test("times of day and minutes are the same", () => {
  expect(minutes("08:30")).toBe(510);
  expect([510, 1500].map(clockOf)).toEqual(["08:30", "01:00"]);
});
