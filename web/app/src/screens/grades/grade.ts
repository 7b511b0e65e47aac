// Marks as screens order them: terms, their units and courses; and averages where they can be told honestly.
import type { ItemOf } from "../../api/types";
import { grouped } from "../groups";

export type Grade = ItemOf<"grades"> & { id: string };

export interface Term {
  /** Tells terms apart. */
  key: string;
  year: string;
  term: string;
  /** What the school says of the whole term or year. */
  results: Grade[];
  units: Unit[];
}

export interface Unit {
  name: string;
  /** What the school says of the whole unit. */
  result: Grade | undefined;
  courses: Course[];
}

export interface Course {
  name: string;
  /** What the school says of the whole course. */
  result: Grade | undefined;
  marks: Grade[];
}

export interface Average {
  value: number;
  out_of: number;
  /** How many marks it is of. */
  count: number;
}

export function isPending(grade: Grade): boolean {
  return grade.status === "pending";
}

/** Terms, the latest first; within them everything in the order of the set, the newest marks first. */
export function termsOf(grades: Grade[]): Term[] {
  const terms = grouped(newestFirst(grades), (grade) => `${grade.year ?? ""}|${grade.term ?? ""}`);
  return terms.map(({ name: key, items: grades }) => ({
    key,
    year: grades[0]?.year ?? "",
    term: grades[0]?.term ?? "",
    results: grades.filter(({ level }) => level === "term" || level === "year"),
    units: unitsOf(grades.filter(({ level }) => level !== "term" && level !== "year")),
  }));
}

/**
 * The average of published marks by their coefficients. None where a coefficient is missing, where an absence may count as
 * nothing, where no mark is left to compare with, or where the school gives sums itself beside single marks.
 */
export function averageOf(grades: Grade[]): Average | null {
  const level = grades[0]?.level ?? "exam";
  if (grades.some((grade) => (grade.level ?? "exam") !== level || grade.status === "absent")) return null;
  const marks = latestSessions(grades).filter((grade) => (grade.status ?? "published") === "published");
  const counted = marks.flatMap(({ value, out_of, coefficient }) =>
    value !== undefined && out_of && coefficient ? [{ value, out_of, coefficient }] : [],
  );
  if (counted.length < 2 || counted.length < marks.length) return null;
  const scale = counted.every(({ out_of }) => out_of === counted[0]?.out_of) ? (counted[0]?.out_of ?? 20) : 20;
  const weight = counted.reduce((sum, { coefficient }) => sum + coefficient, 0);
  const points = counted.reduce((sum, { value, out_of, coefficient }) => sum + (value / out_of) * coefficient, 0);
  return { value: (points / weight) * scale, out_of: scale, count: counted.length };
}

/** The latest published marks. */
export function latest(grades: Grade[], count: number): Grade[] {
  return newestFirst(grades.filter((grade) => !isPending(grade))).slice(0, count);
}

/** Whether what the school's words say is good or bad news; the words themselves are always shown. */
export function toneOf(result: string): "good" | "bad" | "quiet" {
  const word = result.trim().toLowerCase();
  if (/^(adm|val|acq|réussi|reçu|pass|cap$)/.test(word)) return "good";
  if (/^(aj|déf|non |nv$|refus|échou|elim|élim|fail)/.test(word)) return "bad";
  return "quiet";
}

function unitsOf(grades: Grade[]): Unit[] {
  return grouped(grades, ({ unit }) => unit ?? "").map(({ name, items: grades }) => ({
    name,
    result: grades.find(({ level }) => level === "unit"),
    courses: grouped(
      grades.filter(({ level }) => level !== "unit"),
      ({ course }) => course ?? "",
    ).map(({ name, items: grades }) => ({
      name,
      result: grades.find(({ level }) => level === "course"),
      marks: grades.filter(({ level }) => level !== "course"),
    })),
  }));
}

/** A resit stands in the place of the mark before it. */
function latestSessions(grades: Grade[]): Grade[] {
  const sessions = grouped(grades, ({ course, title }) => `${course ?? ""}|${title}`);
  return sessions.flatMap(({ items: grades }) => {
    const last = Math.max(...grades.map(({ session }) => session ?? 1));
    return grades.filter(({ session }) => (session ?? 1) === last);
  });
}

function newestFirst(grades: Grade[]): Grade[] {
  return [...grades].sort((one, other) => (other.date ?? "").localeCompare(one.date ?? ""));
}
