// Absences as screens order and count them.
import type { ItemOf } from "../../api/types";
import { millis } from "../../words/time.svelte";

export type Absence = ItemOf<"absences"> & { id: string };

/** What the school makes of it; `open` waits for the person, `examined` for the school. */
export type State = "open" | "examined" | "justified" | "unjustified";

export interface Totals {
  absences: number;
  latenesses: number;
  /** Time missed, in minutes, of those that tell it. */
  minutes: number;
  /** Whole days missed, which have no minutes. */
  days: number;
}

/** On `day`; a reason can be handed in until its last day is over, wherever no other day is told for as long as nothing is decided. */
export function stateOf(absence: Absence, day: string): State {
  if (absence.justified) return "justified";
  if (absence.justify_by && absence.justify_by >= day && !absence.reason) return "open";
  if (absence.justified === false) return "unjustified";
  if (absence.reason) return "examined";
  return absence.justify_by ? "unjustified" : "open";
}

/** How long the person was missing, in minutes; nothing where whole days count or nobody says. */
export function minutesOf({ minutes, all_day, start, end }: Absence): number | null {
  if (minutes !== undefined) return minutes;
  if (all_day || !end) return null;
  return Math.max(0, Math.round((millis(end) - millis(start)) / 60_000));
}

export function totalsOf(absences: Absence[]): Totals {
  const missed = absences.filter(({ type }) => type !== "lateness");
  const days = missed.filter((absence) => absence.all_day && absence.minutes === undefined);
  return {
    absences: missed.length,
    latenesses: absences.length - missed.length,
    minutes: missed.reduce((sum, absence) => sum + (minutesOf(absence) ?? 0), 0),
    days: days.reduce((sum, { start, end }) => sum + daysBetween(start, end), 0),
  };
}

/** Those that wait for the person's reason, the most urgent first. */
export function toJustify(absences: Absence[], day: string): Absence[] {
  return absences
    .filter((absence) => stateOf(absence, day) === "open")
    .sort((one, other) => (one.justify_by ?? "9").localeCompare(other.justify_by ?? "9"));
}

function daysBetween(start: string, end: string | undefined): number {
  return end ? Math.max(1, Math.round((millis(end) - millis(start)) / 86_400_000)) : 1;
}
