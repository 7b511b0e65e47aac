// Now, and instants in words: always in the campus's time zone, whatever the phone's.
import { language, words } from "./language.svelte";

const MINUTE = 60_000;

class Clock {
  /** The present minute, in milliseconds since 1970 by the server's clock; screens that show it change with it. */
  now = $state(Date.now());
  zone = $state("Europe/Paris");
  /** The server's clock minus the phone's, in milliseconds. */
  skew = 0;

  start(): void {
    const tick = () => {
      // Time stands still where nobody looks, so that nothing is asked for then.
      if (document.visibilityState === "visible") this.now = this.read();
    };
    setInterval(tick, 15_000);
    document.addEventListener("visibilitychange", tick);
  }

  /** The server's clock as the phone knows it. */
  read(): number {
    return Date.now() + this.skew;
  }

  /** Takes the server's time of a response's `Date`. */
  correct(date: string): void {
    const there = Date.parse(date);
    if (Number.isNaN(there)) return;
    const skew = there - Date.now();
    // `Date` counts whole seconds, and answers travel.
    if (Math.abs(skew - this.skew) > 5000) this.skew = skew;
    this.now = this.read();
  }
}

export const clock = new Clock();

type Instant = number | string | Date;

/** The day of an instant at the campus: `2026-11-24`. */
export function dayOf(instant: Instant): string {
  return format("sv", { year: "numeric", month: "2-digit", day: "2-digit" }, instant);
}

export function today(): string {
  return dayOf(clock.now);
}

/** The day so many days later. */
export function daysAfter(day: string, days: number): string {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** From 0 (Monday) to 6. */
export function weekday(day: string): number {
  return (new Date(`${day}T12:00:00Z`).getUTCDay() + 6) % 7;
}

/** ISO 8601 week number. */
export function week(day: string): number {
  const thursday = daysAfter(day, 3 - weekday(day));
  const first = `${thursday.slice(0, 4)}-01-01`;
  return 1 + Math.floor((Date.parse(thursday) - Date.parse(first)) / (7 * 24 * 60 * MINUTE));
}

/** `10:15` */
export function time(instant: Instant): string {
  return format(locale(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, instant);
}

/** A day of the calendar, whose name does not depend on any zone. */
export function date(day: string, options: Intl.DateTimeFormatOptions): string {
  const text = new Intl.DateTimeFormat(locale(), { ...options, timeZone: "UTC" }).format(new Date(`${day}T12:00:00Z`));
  // French counts the first of a month, which Intl does not know.
  return language.now === "fr" ? text.replace(/(^|\s)1(?=\s\p{L})/u, "$11er") : text;
}

/** `mardi 24 novembre`, with its year where that is not plain. */
export function longDay(day: string): string {
  return date(day, { weekday: "long", day: "numeric", month: "long", ...yearOf(day) });
}

/** `24 nov.`, with its year where that is not plain. */
export function shortDay(day: string): string {
  return date(day, { day: "numeric", month: "short", ...yearOf(day) });
}

function yearOf(day: string): Intl.DateTimeFormatOptions {
  const halfYear = 183 * 24 * 60 * MINUTE;
  return Math.abs(Date.parse(day) - Date.parse(today())) > halfYear ? { year: "numeric" } : {};
}

/** `Aujourd’hui`, `Demain`, `Hier`, else the long day. */
export function nearDay(day: string): string {
  const distance = (Date.parse(day) - Date.parse(today())) / (24 * 60 * MINUTE);
  const near = new Map([
    [0, text.today],
    [1, text.tomorrow],
    [-1, text.yesterday],
  ]).get(distance);
  return near ?? longDay(day);
}

/** `24 nov., 18:12`, or the hour alone where it is today. */
export function moment(instant: Instant): string {
  const day = dayOf(instant);
  return day === today() ? time(instant) : text.dated(shortDay(day), time(instant));
}

/** How long ago or ahead, in words: `il y a 2 heures`, `dans 12 minutes`. */
export function relative(instant: Instant): string {
  const minutes = Math.round((millis(instant) - clock.now) / MINUTE);
  const relative = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  const size = Math.abs(minutes);
  if (size < 60) return relative.format(minutes, "minute");
  if (size < 24 * 60) return relative.format(Math.round(minutes / 60), "hour");
  return relative.format(Math.round(minutes / (24 * 60)), "day");
}

/** From one instant to another on one day: `10:15 – 12:15`. */
export function span(start: Instant, end: Instant | null | undefined): string {
  return end ? `${time(start)} – ${time(end)}` : time(start);
}

export function millis(instant: Instant): number {
  return instant instanceof Date ? instant.getTime() : typeof instant === "number" ? instant : Date.parse(instant);
}

/** `15,5` */
export function number(value: number, digits = 2): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value);
}

function format(locale: string, options: Intl.DateTimeFormatOptions, instant: Instant): string {
  return new Intl.DateTimeFormat(locale, { ...options, timeZone: clock.zone }).format(millis(instant));
}

function locale(): string {
  return language.now === "fr" ? "fr-FR" : "en-GB";
}

const text = words({
  fr: {
    today: "Aujourd’hui",
    tomorrow: "Demain",
    yesterday: "Hier",
    dated: (day: string, hour: string) => `${day}, ${hour}`,
  },
  en: {
    today: "Today",
    tomorrow: "Tomorrow",
    yesterday: "Yesterday",
    dated: (day: string, hour: string) => `${day}, ${hour}`,
  },
});
