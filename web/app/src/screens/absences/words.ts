// What absences say.
import { counted, words } from "../../words/language.svelte";
import { dayOf, longDay, number, shortDay, span } from "../../words/time.svelte";
import type { Absence } from "./absence";

export const t = words({
  fr: {
    empty: "Aucune absence",
    title: "Absences",
    open: "À justifier",
    examined: "En cours d’examen",
    unjustified: "Non justifiées",
    justified: "Justifiées",
    openOne: "À justifier",
    examinedOne: "En cours d’examen",
    unjustifiedOne: "Non justifiée",
    justifiedOne: "Justifiée",
    absences: (count: number) => counted(count, "absence", "absences"),
    latenesses: (count: number) => counted(count, "retard", "retards"),
    days: (count: number) => counted(count, "jour", "jours"),
    missed: (time: string) => `${time} de cours manquées`,
    missedDays: (days: string) => `${days} en entier`,
    absence: "Absence",
    lateness: "Retard",
    exclusion: "Exclusion",
    allDay: "Journée entière",
    byToday: "Dernier jour pour justifier",
    byTomorrow: "À justifier avant demain soir",
    by: (day: string) => `À justifier avant le ${day}`,
    when: "Quand",
    duration: "Durée",
    reason: "Motif",
    deadline: "À justifier avant le",
    course: "Cours",
    teacher: "Signalée par",
    note: "À noter",
    hand: "Déposer un justificatif",
    none: "Rien à justifier",
    openTitle: "Absences à justifier",
    missing: "Cette absence n’est plus dans la liste",
  },
  en: {
    empty: "No absences",
    title: "Absences",
    open: "To justify",
    examined: "Under review",
    unjustified: "Not justified",
    justified: "Justified",
    openOne: "To justify",
    examinedOne: "Under review",
    unjustifiedOne: "Not justified",
    justifiedOne: "Justified",
    absences: (count: number) => counted(count, "absence", "absences"),
    latenesses: (count: number) => counted(count, "lateness", "latenesses"),
    days: (count: number) => counted(count, "day", "days"),
    missed: (time: string) => `${time} of class missed`,
    missedDays: (days: string) => `${days} entirely`,
    absence: "Absence",
    lateness: "Late",
    exclusion: "Exclusion",
    allDay: "Whole day",
    byToday: "Last day to justify",
    byTomorrow: "Justify by tomorrow night",
    by: (day: string) => `Justify by ${day}`,
    when: "When",
    duration: "Duration",
    reason: "Reason",
    deadline: "Justify by",
    course: "Course",
    teacher: "Noted by",
    note: "Note",
    hand: "Hand in a reason",
    none: "Nothing to justify",
    openTitle: "Absences to justify",
    missing: "This absence is no longer on the list",
  },
});

export const changes = words({
  fr: {
    title: "Intitulé modifié",
    start: "Horaire modifié",
    end: "Horaire modifié",
    all_day: "Horaire modifié",
    justified: "Décision rendue",
    justify_by: "Échéance modifiée",
  },
  en: {
    title: "Title changed",
    start: "Time changed",
    end: "Time changed",
    all_day: "Time changed",
    justified: "Decision made",
    justify_by: "Deadline changed",
  },
});

export const toneOf = { open: "warn", examined: "quiet", unjustified: "bad", justified: "good" } as const;

/** `1 h 30`, `20 min`. */
export function lasting(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (!hours) return `${rest}\u00a0min`;
  return rest ? `${number(hours)}\u00a0h\u00a0${String(rest).padStart(2, "0")}` : `${number(hours)}\u00a0h`;
}

/** `17 nov., 14:00 – 17:00` */
export function when(absence: Absence, long = false): string {
  const day = dayOf(absence.start);
  const named = long ? longDay(day) : shortDay(day);
  return `${named}, ${absence.all_day ? t.allDay.toLowerCase() : span(absence.start, absence.end)}`;
}

/** Until when a reason can be handed in, from `today` on. */
export function deadline(by: string, today: string): string {
  const days = Math.round((Date.parse(by) - Date.parse(today)) / 86_400_000);
  if (days === 0) return t.byToday;
  return days === 1 ? t.byTomorrow : t.by(shortDay(by));
}
