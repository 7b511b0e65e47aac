// When an entry of the level-1 cache is fresh, old or gone; by the manifest's rules of now, whatever they were when it came.
import type { SetRule } from "../api/types";

/** What lifetimes need to know of an entry; times in milliseconds since 1970 by the server's clock. */
export interface Times {
  /** When the server gave it, or last said that it is still so. */
  fetched: number;
  /** Until when the server would answer the same without asking the source. */
  freshUntil: number;
  /** The set's epoch when it came. */
  epoch: number;
}

export type State = "fresh" | "old" | "gone";

/** Clocks differ by this much; an entry from later than that is of a clock that was wrong. */
const SKEW = 5 * 60_000;

/** The state of an entry under its set's rule; a set that the manifest does not name keeps nothing. */
export function stateOf(entry: Times, rule: SetRule | undefined, now: number): State {
  if (!rule || entry.epoch < rule.epoch || entry.fetched > now + SKEW) return "gone";
  const keep = Math.min(rule.keep, rule.on_device) * 1000;
  if (now - entry.fetched >= keep) return "gone";
  const fresh = now < entry.freshUntil && now - entry.fetched < rule.fresh_for * 1000;
  return fresh ? "fresh" : "old";
}
