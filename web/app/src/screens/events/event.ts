// Events in time: which are still to come, on which day they are read of, and how long they last.
import type { ItemOf } from "../../api/types";
import { dayOf, daysAfter, millis, nearDay, shortDay, span } from "../../words/time.svelte";
import { grouped } from "../groups";

export type Event = ItemOf<"events"> & { id: string };

/** An event that does not say when it ends is over after this, in milliseconds. */
const USUAL = 3 * 3_600_000;

/** When it is over. */
export function endOf(event: Event): number {
  if (event.end) return millis(event.end);
  return millis(event.start) + (event.all_day ? 24 * 3_600_000 : USUAL);
}

/** Its last day; whole days end at the midnight after it. */
export function lastDay(event: Event): string {
  return dayOf(Math.max(millis(event.start), endOf(event) - 1));
}

/** Events to come by day; one that runs already stands under today. */
export function agenda(events: Event[], now: number): { name: string; items: Event[] }[] {
  const today = dayOf(now);
  const coming = events
    .filter((event) => endOf(event) > now)
    .sort((one, other) => millis(one.start) - millis(other.start) || endOf(one) - endOf(other));
  const day = (event: Event) => (dayOf(event.start) < today ? today : dayOf(event.start));
  return grouped(coming, day);
}

/** Events that are over, the latest first. */
export function past(events: Event[], now: number): Event[] {
  return events.filter((event) => endOf(event) <= now).sort((one, other) => millis(other.start) - millis(one.start));
}

/** Whether it goes on for days; a night belongs to the day it began on. */
export function isLong(event: Event): boolean {
  const first = dayOf(event.start);
  return lastDay(event) > (event.all_day ? first : daysAfter(first, 1));
}

/** When, in words: `Demain, 18:30 – 20:00`, `19 déc. – 3 janv.` */
export function when(event: Event): string {
  const first = dayOf(event.start);
  if (isLong(event)) return `${shortDay(first)} – ${shortDay(lastDay(event))}`;
  return event.all_day ? nearDay(first) : `${nearDay(first)}, ${span(event.start, event.end)}`;
}
