// Departures as people wait for them.
import { describe, expect, test } from "vitest";
import {
  ahead,
  type Departure,
  delayOf,
  inkOn,
  linesOf,
  minutesTo,
  stopsOf,
} from "../src/screens/departures/departure";

const NOW = Date.parse("2026-11-24T12:00:00+01:00");
const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();
const bus = (id: string, minutes: number, more: Partial<Departure> = {}): Departure => ({
  id,
  line: "C1",
  destination: "Gare",
  stop: "Campus",
  scheduled: at(minutes),
  ...more,
});

describe("departures", () => {
  test("that left are no longer shown", () => {
    expect(
      ahead([bus("late", -3, { expected: at(2) }), bus("gone", -1), bus("next", 1)], NOW).map(({ id }) => id),
    ).toEqual(["next", "late"]);
  });

  test("count whole minutes, and never less than none", () => {
    expect([minutesTo(bus("a", 2.9), NOW), minutesTo(bus("b", -0.4), NOW)]).toEqual([2, 0]);
  });

  test("are late or early in whole minutes, in real time only", () => {
    const delays = [bus("a", 2, { expected: at(5.5) }), bus("b", 2, { expected: at(0) }), bus("c", 2)].map(delayOf);
    expect(delays).toEqual([3, -2, 0]);
  });

  test("stand by stop, line, destination and platform; each disturbance is said once", () => {
    const note = "Manifestation";
    const stops = stopsOf(
      [
        bus("1", 9, { note }),
        bus("2", 4, { note }),
        bus("3", 5, { line: "52" }),
        bus("4", 7, { platform: "B" }),
        bus("5", 6, { stop: "Port" }),
      ],
      NOW,
    );
    expect(stops.map(({ name, notes }) => [name, notes])).toEqual([
      ["Campus", [note]],
      ["Port", []],
    ]);
    expect(stops[0]?.services.map(({ departures }) => departures.map(({ id }) => id))).toEqual([
      ["2", "1"],
      ["3"],
      ["4"],
    ]);
  });

  test("have lines in the order of numbers", () => {
    expect(linesOf([bus("1", 1, { line: "10" }), bus("2", 1, { line: "9" }), bus("3", 1)])).toEqual(["9", "10", "C1"]);
  });
});

describe("the ink on a line's colour", () => {
  test("is white on dark ones and black on light ones", () => {
    expect([inkOn("#0a7d3c"), inkOn("#FFDD00"), inkOn("#7fbf3f")]).toEqual(["#ffffff", "#000000", "#000000"]);
  });

  test("is nothing on what is no colour", () => {
    expect([inkOn("red;background:url(x)"), inkOn(null), inkOn("#fff")]).toEqual([null, null, null]);
  });

  test("always contrasts by 4.5 to 1", () => {
    const linear = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    for (let grey = 0; grey < 256; grey += 1) {
      const hex = grey.toString(16).padStart(2, "0");
      const luminance = linear(grey / 255);
      const contrast =
        inkOn(`#${hex}${hex}${hex}`) === "#ffffff" ? 1.05 / (luminance + 0.05) : (luminance + 0.05) / 0.05;
      expect(contrast).toBeGreaterThanOrEqual(4.5);
    }
  });
});
