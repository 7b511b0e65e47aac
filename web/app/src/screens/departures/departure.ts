// Departures as people wait for them: by stop and line, in minutes, with what disturbs them.
import type { ItemOf } from "../../api/types";
import { millis } from "../../words/time.svelte";
import { grouped } from "../groups";

export type Departure = ItemOf<"departures"> & { id: string };

/** Departures of one line to one place. */
export interface Service {
  key: string;
  first: Departure;
  departures: Departure[];
}

export interface Stop {
  name: string;
  services: Service[];
  /** What disturbs it, each sentence once. */
  notes: string[];
}

const MINUTE = 60_000;

/** When it leaves, as far as is known. */
export function leavesAt(departure: Departure): number {
  return millis(departure.expected ?? departure.scheduled);
}

/** Whole minutes until then. */
export function minutesTo(departure: Departure, now: number): number {
  return Math.max(0, Math.floor((leavesAt(departure) - now) / MINUTE));
}

/** Whole minutes behind the timetable; less than one before it where it is early. */
export function delayOf(departure: Departure): number {
  if (!departure.expected) return 0;
  return Math.trunc((millis(departure.expected) - millis(departure.scheduled)) / MINUTE);
}

/** Those that can still be caught, the next one first. */
export function ahead(departures: Departure[], now: number): Departure[] {
  return departures
    .filter((departure) => leavesAt(departure) > now - MINUTE / 2)
    .sort((one, other) => leavesAt(one) - leavesAt(other));
}

/** By stop, then by line and destination; whatever leaves first stands first. */
export function stopsOf(departures: Departure[], now: number): Stop[] {
  return grouped(ahead(departures, now), ({ stop }) => stop ?? "").map(({ name, items }) => ({
    name,
    services: grouped(items, ({ line, destination, platform }) =>
      JSON.stringify([line, destination, platform]),
    ).flatMap(({ name, items }) => (items[0] ? [{ key: name, first: items[0], departures: items }] : [])),
    notes: [...new Set(items.map(({ note }) => note ?? ""))].filter(Boolean),
  }));
}

/** The lines that there are, in the order of their signs. */
export function linesOf(departures: Departure[]): string[] {
  const lines = [...new Set(departures.map(({ line }) => line))];
  return lines.sort((one, other) => one.localeCompare(other, "fr", { numeric: true }));
}

/** Black or white, whichever is read better on a colour (WCAG 2.2); nothing where it is none. At least 4.5 : 1 always. */
export function inkOn(colour: string | null | undefined): string | null {
  const parts = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(colour ?? "")?.slice(1);
  if (!parts) return null;
  const [red = 0, green = 0, blue = 0] = parts.map((part) => {
    const value = Number.parseInt(part, 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? "#ffffff" : "#000000";
}
