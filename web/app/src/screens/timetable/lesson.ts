// Classes as screens order and colour them.
import type { ItemOf } from "../../api/types";
import { dayOf, millis } from "../../words/time.svelte";

export type Lesson = ItemOf<"timetable"> & { id: string };

export type Tone = "lecture" | "tutorial" | "practical" | "exam" | "other";

/** The form of teaching, from the words that schools use. The words themselves are always shown too. */
export function toneOf(lesson: Lesson): Tone {
  const type = (lesson.type ?? "").toLowerCase();
  if (/exam|partiel|contrôle|soutenance|ds\b/.test(type)) return "exam";
  if (/^cm|cours magistral|amphi|lecture/.test(type)) return "lecture";
  if (/^td|dirig|tutorial|seminar/.test(type)) return "tutorial";
  if (/^tp|pratique|atelier|projet|lab|workshop/.test(type)) return "practical";
  return "other";
}

/** Its end, or an hour after its start. */
export function endOf(lesson: Lesson): number {
  return lesson.end ? millis(lesson.end) : millis(lesson.start) + 3_600_000;
}

/** The classes of a day in the order of time; those of whole days first. */
export function lessonsOn(lessons: Lesson[], day: string): Lesson[] {
  const there = lessons.filter((lesson) =>
    lesson.all_day
      ? dayOf(lesson.start) <= day && day < (lesson.end ? dayOf(lesson.end) : `${day}z`)
      : dayOf(lesson.start) === day,
  );
  return there.sort(
    (one, other) =>
      Number(other.all_day ?? false) - Number(one.all_day ?? false) || millis(one.start) - millis(other.start),
  );
}

/** The class that is on, or comes next, and takes place. */
export function nextLesson(lessons: Lesson[], now: number): Lesson | undefined {
  return lessons
    .filter((lesson) => !lesson.cancelled && !lesson.all_day && endOf(lesson) > now)
    .sort((one, other) => millis(one.start) - millis(other.start))[0];
}
