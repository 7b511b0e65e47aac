// Whether a place is open, worked out on the phone from its hours and closures; in minutes of the campus's wall clock.
import type { ItemOf } from "../../api/types";
import { dayOf, daysAfter, millis, weekday } from "../../words/time.svelte";

export type Place = ItemOf<"opening"> & { id: string };

/** A period of opening: minutes since the midnight that its day begins with; it may end on the next day. */
export interface Period {
  opens: number;
  closes: number;
  note?: string | undefined;
}

export type State =
  /** Open until a minute of a day, around the clock, or until nobody knows when. */
  | { is: "open"; until?: { day: string; minute: number }; always?: boolean }
  /** Closed until a minute of a day, where its hours say so. */
  | { is: "closed"; opens?: { day: string; minute: number }; reason?: string | undefined }
  | { is: "unknown" };

const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
const DAY = 24 * 60;

/** How far ahead the next opening is looked for, in days. */
const AHEAD = 21;

/** What a source says of the present is not believed after this, in milliseconds. */
const BELIEVED = 60 * 60_000;

/** The closure that a day falls into. */
export function closureOn(place: Place, day: string): { reason?: string } | undefined {
  return place.closures?.find(({ from, to }) => from <= day && day <= to);
}

/** Its periods of opening on a day, in their order; nothing where the hours do not say. */
export function periodsOn(place: Place, day: string): Period[] | null {
  if (closureOn(place, day)) return [];
  const hours = place.hours ?? [];
  const dated = hours.filter(({ date }) => date === day);
  const weekly = hours.filter((period) => !period.date && period.day);
  const dates = hours.flatMap(({ date }) => date ?? []).sort();
  const covered =
    weekly.length > 0 || (dates.length > 0 && day >= String(dates[0]) && day <= String(dates[dates.length - 1]));
  if (!covered) return null;
  const there = dated.length ? dated : weekly.filter((period) => period.day === DAYS[weekday(day)]);
  return there
    .map(({ opens, closes, note }) => {
      const [from, to] = [minutes(opens), minutes(closes)];
      return { opens: from, closes: to > from ? to : to + DAY, note };
    })
    .sort((one, other) => one.opens - other.opens);
}

/** Its state at a minute of a day; `said` is when the source was asked, in milliseconds since 1970. */
export function stateAt(place: Place, now: number, minute: number, said: number): State {
  const day = dayOf(now);
  if (!periodsOn(place, day)) {
    const updated = place.updated ? millis(place.updated) : said;
    if (place.open_now === undefined || now - updated > BELIEVED) return { is: "unknown" };
    return place.open_now ? { is: "open" } : { is: "closed" };
  }
  const all = Array.from({ length: AHEAD + 1 }, (_, ahead) => ahead - 1).flatMap((ahead) =>
    (periodsOn(place, daysAfter(day, ahead)) ?? []).map(({ opens, closes }) => ({
      opens: opens + ahead * DAY,
      closes: closes + ahead * DAY,
    })),
  );
  const at = (minutes: number) => ({ day: daysAfter(day, Math.floor(minutes / DAY)), minute: minutes % DAY });
  const on = all.filter(({ opens, closes }) => opens <= minute && minute < closes);
  if (on.length) {
    let until = Math.max(...on.map(({ closes }) => closes));
    // Periods that touch are one.
    for (const { opens, closes } of all) if (opens <= until && closes > until) until = closes;
    return until > 7 * DAY ? { is: "open", always: true } : { is: "open", until: at(until) };
  }
  const next = all
    .map(({ opens }) => opens)
    .filter((opens) => opens > minute)
    .sort((one, other) => one - other)[0];
  return {
    is: "closed",
    reason: closureOn(place, day)?.reason,
    ...(next === undefined ? {} : { opens: at(next) }),
  };
}

/** Minutes until it closes, where that is within a day. */
export function closesIn(state: State, now: number, minute: number): number | null {
  if (state.is !== "open" || !state.until) return null;
  const days = (Date.parse(state.until.day) - Date.parse(dayOf(now))) / 86_400_000;
  return days * DAY + state.until.minute - minute;
}

/** `08:30` as 510. */
export function minutes(time: string): number {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  return hour * 60 + minute;
}

/** 510 as `08:30`. */
export function clockOf(minute: number): string {
  const of = ((minute % DAY) + DAY) % DAY;
  return `${String(Math.floor(of / 60)).padStart(2, "0")}:${String(of % 60).padStart(2, "0")}`;
}

/** How full it is, while that is known and means something: open, and counted within the hour. */
export function occupancyOf(place: Place, state: State, now: number): number | null {
  if (place.occupancy === undefined || state.is === "closed") return null;
  if (place.updated && now - millis(place.updated) > BELIEVED) return null;
  return place.occupancy;
}
