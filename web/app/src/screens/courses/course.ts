// Courses as screens order them: by term, ended ones aside.
import type { ItemOf } from "../../api/types";
import { grouped } from "../groups";

export type Course = ItemOf<"courses"> & { id: string };

export interface Term {
  key: string;
  year: string;
  term: string;
  courses: Course[];
}

/** Courses that are not over on `day`, by year and term, the latest first; those without any last. */
export function termsOf(courses: Course[], day: string): Term[] {
  const terms = grouped(
    courses.filter((course) => !isOver(course, day)),
    ({ year, term }) => `${year ?? ""}|${term ?? ""}`,
  ).map(({ name: key, items }) => ({ key, year: items[0]?.year ?? "", term: items[0]?.term ?? "", courses: items }));
  return terms.sort(
    (one, other) =>
      Number(!one.year && !one.term) - Number(!other.year && !other.term) ||
      other.year.localeCompare(one.year) ||
      other.term.localeCompare(one.term, undefined, { numeric: true }),
  );
}

export function isOver({ end }: Course, day: string): boolean {
  return end !== undefined && end < day;
}

/** The credits of courses together. */
export function creditsOf(courses: Course[]): number {
  return courses.reduce((sum, { ects }) => sum + (ects ?? 0), 0);
}
