// Calendar files made on the phone: one class, one event (RFC 5545).
import { millis } from "./words/time.svelte";

export interface Appointment {
  id: string;
  title: string;
  start: string;
  end?: string | null | undefined;
  allDay?: boolean | null | undefined;
  place?: string | null | undefined;
  about?: string | null | undefined;
  url?: string | null | undefined;
}

/** The file of one appointment. */
export function calendarFile(appointment: Appointment, now: number): string {
  const { id, title, start, end, allDay, place, about, url } = appointment;
  const moment = (name: string, value: string) =>
    allDay ? `${name};VALUE=DATE:${value.slice(0, 10).replace(/-/g, "")}` : `${name}:${utc(millis(value))}`;
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Préau//Préau//FR",
    "BEGIN:VEVENT",
    `UID:${escaped(id)}`,
    `DTSTAMP:${utc(now)}`,
    moment("DTSTART", start),
    ...(end ? [moment("DTEND", end)] : []),
    `SUMMARY:${escaped(title)}`,
    ...(place ? [`LOCATION:${escaped(place)}`] : []),
    ...(about ? [`DESCRIPTION:${escaped(about)}`] : []),
    ...(url ? [`URL:${url.replace(/[\r\n]/g, "")}`] : []),
    "END:VEVENT",
    "END:VCALENDAR",
    "",
  ];
  return lines.map(folded).join("\r\n");
}

/** Hands the file to the phone, which asks what to open it with. */
export function saveCalendar(appointment: Appointment, now: number): void {
  const file = new Blob([calendarFile(appointment, now)], { type: "text/calendar;charset=utf-8" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = `${appointment.title.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60)}.ics`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function utc(instant: number): string {
  return new Date(instant).toISOString().replace(/[-:]|\.\d+/g, "");
}

function escaped(text: string): string {
  return text.replace(/[\\;,]/g, "\\$&").replace(/\r\n|[\r\n]/g, "\\n");
}

/** No line is longer than 75 octets; one that goes on begins with a space (RFC 5545, 3.1). */
function folded(line: string): string {
  const parts = [""];
  let room = 75;
  for (const character of line) {
    const size = new TextEncoder().encode(character).length;
    if (size > room) {
      parts.push(" ");
      room = 74;
    }
    parts[parts.length - 1] += character;
    room -= size;
  }
  return parts.join("\r\n");
}
