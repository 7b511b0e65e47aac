// What changed since last time: items of one id compared on the phone, by the fields that mean change to a person.
import type { Item, SetRule } from "../api/types";

/** A change that the person has not seen yet, or saw a moment ago. */
export interface Mark {
  what: "new" | "changed" | "gone";
  /** When it was found, in milliseconds since 1970. */
  at: number;
  /** When it was first shown. */
  shown?: number;
  /** Former values of the fields that changed. */
  before?: Record<string, unknown>;
  /** The item that is gone. */
  item?: Item;
}

export type Marks = Record<string, Mark>;

const HOUR = 3_600_000;

/** A mark leaves this long after it was shown, or this long after it was found. */
const AFTER_SHOWN = 12 * HOUR;
const AFTER_FOUND = 14 * 24 * HOUR;

/** What lies further ahead comes into sight day by day, and is not news. */
const AHEAD = 14 * 24 * HOUR;

/** The marks of `after`, which took the place of `before`. */
export function compared(before: Item[], after: Item[], rule: SetRule, marks: Marks, now: number): Marks {
  const former = new Map(before.map((item) => [item.id, item]));
  const present = new Set(after.map((item) => item.id));
  const start = (item: Item) => (rule.time ? Date.parse(String(item[rule.time.start])) : Number.NaN);
  const found: Marks = {};
  for (const item of after) {
    const known = former.get(item.id);
    if (!known) {
      const ahead = !rule.time?.newest_first && start(item) > now + AHEAD;
      if (!ahead) found[item.id] = { what: "new", at: now };
      continue;
    }
    const changed = rule.changes.filter((field) => JSON.stringify(item[field]) !== JSON.stringify(known[field]));
    if (changed.length) {
      const earlier = marks[item.id]?.before ?? {};
      const values = Object.fromEntries(changed.map((field) => [field, known[field] ?? null]));
      found[item.id] = { what: "changed", at: now, before: { ...values, ...earlier } };
    }
  }
  for (const item of before) {
    if (!present.has(item.id) && start(item) > now) found[item.id] = { what: "gone", at: now, item };
  }
  const kept = Object.entries(marks).filter(([id, mark]) => {
    const there = mark.what === "gone" ? !present.has(id) && mark.item && start(mark.item) > now : present.has(id);
    return there && !isOver(mark, now);
  });
  return { ...Object.fromEntries(kept), ...found };
}

/** Marks that still say something. */
export function living(marks: Marks, now: number): Marks {
  return Object.fromEntries(Object.entries(marks).filter(([, mark]) => !isOver(mark, now)));
}

function isOver(mark: Mark, now: number): boolean {
  return now - mark.at > AFTER_FOUND || (mark.shown !== undefined && now - mark.shown > AFTER_SHOWN);
}
