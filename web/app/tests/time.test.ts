// Days in words.
import { expect, test } from "vitest";
import { clock, date, longDay, shortDay } from "../src/words/time.svelte";

clock.now = Date.parse("2026-11-24T12:00:00+01:00");

test("French says the first of a month, and no other day, as an ordinal", () => {
  expect(longDay("2026-10-01")).toBe("jeudi 1er octobre");
  expect(shortDay("2026-10-01")).toBe("1er oct.");
  expect(longDay("2026-10-11")).toBe("dimanche 11 octobre");
  expect(date("2026-10-01", { day: "numeric" })).toBe("1");
});

test("a day of half a year ago and more comes with its year", () => {
  expect(shortDay("2026-06-19")).toBe("19 juin");
  expect(shortDay("2026-05-19")).toBe("19 mai 2026");
  expect(longDay("2025-07-02")).toBe("mercredi 2 juillet 2025");
});
