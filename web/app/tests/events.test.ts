// Events in time.
import { describe, expect, test } from "vitest";
import { agenda, type Event, isLong, lastDay, past, when } from "../src/screens/events/event";
import { clock } from "../src/words/time.svelte";

const NOW = Date.parse("2026-11-24T12:00:00+01:00");
clock.now = NOW;

const event = (id: string, start: string, more: Partial<Event> = {}): Event => ({ id, title: id, start, ...more });
const lecture = event("lecture", "2026-11-25T18:30:00+01:00", { end: "2026-11-25T20:00:00+01:00" });
const fair = event("fair", "2026-11-23T00:00:00+01:00", { end: "2026-11-26T00:00:00+01:00", all_day: true });
const night = event("night", "2026-11-24T22:00:00+01:00", { end: "2026-11-25T02:00:00+01:00" });
const over = event("over", "2026-11-24T08:00:00+01:00");
const before = event("before", "2026-11-20T08:00:00+01:00", { end: "2026-11-20T09:00:00+01:00" });

describe("events", () => {
  test("stand under their day, and under today while they run", () => {
    const days = agenda([lecture, night, fair, over, before], NOW).map(({ name, items }) => [
      name,
      ...items.map(({ id }) => id),
    ]);
    expect(days).toEqual([
      ["2026-11-24", "fair", "night"],
      ["2026-11-25", "lecture"],
    ]);
  });

  test("are over at their end, or a few hours after their start", () => {
    expect(past([lecture, before, fair, over], NOW).map(({ id }) => id)).toEqual(["over", "before"]);
  });

  test("of whole days end on the day before the midnight", () => {
    expect(lastDay(fair)).toBe("2026-11-25");
    expect(lastDay(event("day", "2026-12-10T00:00:00+01:00", { all_day: true }))).toBe("2026-12-10");
  });

  test("that go past midnight are not long ones", () => {
    expect([isLong(night), isLong(fair)]).toEqual([false, true]);
  });

  test("say when in words", () => {
    expect(when(lecture)).toBe("Demain, 18:30 – 20:00");
    expect(when(fair)).toBe("23 nov. – 25 nov.");
  });
});
