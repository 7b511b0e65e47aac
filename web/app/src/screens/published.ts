// When something appeared, as short as its age allows.
import { clock, date, dayOf, millis, nearDay, relative, today } from "../words/time.svelte";

/** `il y a 2 heures`, `Hier`, `18 novembre`, `18 novembre 2025`. */
export function published(instant: string): string {
  const day = dayOf(instant);
  if (day === today() && millis(instant) <= clock.now) return relative(instant);
  const distance = Math.round((Date.parse(today()) - Date.parse(day)) / 86_400_000);
  if (distance <= 1) return nearDay(day);
  const year = day.slice(0, 4) === today().slice(0, 4) ? {} : ({ year: "numeric" } as const);
  return date(day, { day: "numeric", month: "long", ...year });
}

/** The newest first. */
export function newest<T extends { published: string }>(items: readonly T[]): T[] {
  return [...items].sort((one, other) => millis(other.published) - millis(one.published));
}
