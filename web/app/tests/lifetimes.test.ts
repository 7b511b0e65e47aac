// When an entry is fresh, old or gone.
import { describe, expect, it } from "vitest";
import { stateOf } from "../src/cache/lifetimes";
import { DAY, rule } from "./rules";

const NOW = Date.parse("2026-11-24T10:00:00Z");
const entry = { fetched: NOW, freshUntil: NOW + 900_000, epoch: 0 };

describe("an entry", () => {
  it("is fresh as long as the server says and the rule allows", () => {
    expect(stateOf(entry, rule(), NOW + 899_000)).toBe("fresh");
    expect(stateOf(entry, rule(), NOW + 900_000)).toBe("old");
    expect(stateOf(entry, rule({ fresh_for: 60 }), NOW + 61_000)).toBe("old");
  });

  it("is gone once it was kept for as long as it may be", () => {
    expect(stateOf(entry, rule(), NOW + 14 * DAY - 1)).toBe("old");
    expect(stateOf(entry, rule(), NOW + 14 * DAY)).toBe("gone");
  });

  it("is kept for a shorter time from the moment that the manifest says so, and never beyond the ceiling", () => {
    expect(stateOf(entry, rule({ keep: 60 }), NOW + 61_000)).toBe("gone");
    expect(stateOf(entry, rule({ keep: 999_999_999 }), NOW + 14 * DAY)).toBe("gone");
  });

  it("is gone with a purge, and where the manifest does not name its set", () => {
    expect(stateOf(entry, rule({ epoch: 1 }), NOW)).toBe("gone");
    expect(stateOf({ ...entry, epoch: 1 }, rule({ epoch: 1 }), NOW)).toBe("fresh");
    expect(stateOf(entry, undefined, NOW)).toBe("gone");
  });

  it("is of a clock that was wrong when it comes from the future", () => {
    expect(stateOf(entry, rule(), NOW - 4 * 60_000)).toBe("fresh");
    expect(stateOf(entry, rule(), NOW - 6 * 60_000)).toBe("gone");
  });
});
