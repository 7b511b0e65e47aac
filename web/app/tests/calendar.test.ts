// Calendar files, by RFC 5545.
import { describe, expect, test } from "vitest";
import { type Appointment, calendarFile } from "../src/calendar";

const NOW = Date.UTC(2026, 10, 24, 12, 0, 0);
const lecture: Appointment = {
  id: "evt-2087@agenda.univ-demo.fr",
  title: "Forum des stages",
  start: "2026-11-26T09:00:00+01:00",
  end: "2026-11-26T17:00:00+01:00",
};

/** The lines as a reader has them: unfolded (3.1). */
const read = (appointment: Appointment) =>
  calendarFile(appointment, NOW)
    .replace(/\r\n[ \t]/g, "")
    .split("\r\n");

describe("a calendar file", () => {
  test("is one event between its delimiters, in UTC", () => {
    expect(read(lecture)).toEqual([
      "BEGIN:VCALENDAR",
      "VERSION:2.0",
      "PRODID:-//Préau//Préau//FR",
      "BEGIN:VEVENT",
      "UID:evt-2087@agenda.univ-demo.fr",
      "DTSTAMP:20261124T120000Z",
      "DTSTART:20261126T080000Z",
      "DTEND:20261126T160000Z",
      "SUMMARY:Forum des stages",
      "END:VEVENT",
      "END:VCALENDAR",
      "",
    ]);
  });

  test("gives whole days as the days of the campus, the last one excluded", () => {
    const holidays = { ...lecture, allDay: true, start: "2026-12-19T00:00:00+01:00", end: "2027-01-04T00:00:00+01:00" };
    expect(read(holidays)).toContain("DTSTART;VALUE=DATE:20261219");
    expect(read(holidays)).toContain("DTEND;VALUE=DATE:20270104");
  });

  test("says no end where there is none", () => {
    expect(read({ ...lecture, end: null }).join()).not.toContain("DTEND");
  });

  test("escapes what separates values", () => {
    const lines = read({ ...lecture, title: "A; B, C\\D", about: "un\r\ndeux\ntrois\rquatre" });
    expect(lines).toContain("SUMMARY:A\\; B\\, C\\\\D");
    expect(lines).toContain("DESCRIPTION:un\\ndeux\\ntrois\\nquatre");
  });

  test("has no line longer than 75 octets, and breaks no character", () => {
    const title = `${"é".repeat(50)}🎓${"x".repeat(200)}🎓`;
    const file = calendarFile({ ...lecture, title }, NOW);
    for (const line of file.split("\r\n")) expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
    expect(file).not.toContain("\uFFFD");
    expect(read({ ...lecture, title })).toContain(`SUMMARY:${title}`);
  });

  test("ends every line with CRLF", () => {
    expect(calendarFile({ ...lecture, about: "un\ndeux" }, NOW).replace(/\r\n/g, "")).not.toMatch(/[\r\n]/);
  });

  test("lets no text add a line of its own", () => {
    const lines = read({
      ...lecture,
      place: "B204\nATTACH:https://mal.example",
      url: "https://a.example/\r\nATTACH:x",
    });
    expect(lines.filter((line) => line.startsWith("ATTACH"))).toEqual([]);
  });
});
