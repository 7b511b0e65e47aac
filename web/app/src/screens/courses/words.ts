// What courses say.
import { counted, words } from "../../words/language.svelte";
import { number } from "../../words/time.svelte";

export const t = words({
  fr: {
    empty: "Aucun cours",
    title: "Cours",
    search: "Rechercher un cours",
    nothing: "Aucun cours ne correspond",
    other: "Autres",
    over: "Terminés",
    count: (count: number) => counted(count, "cours", "cours"),
    credits: (count: string) => `${count} ECTS`,
    done: "Terminé",
    notBegun: "Pas encore commencé",
    progress: (percent: string) => `${percent}\u00a0% terminé`,
    teacher: "Enseignant",
    category: "Rubrique",
    term: "Période",
    ects: "Crédits",
    dates: "Dates",
    fromTo: (from: string, to: string) => `Du ${from} au ${to}`,
    from: (day: string) => `À partir du ${day}`,
    until: (day: string) => `Jusqu’au ${day}`,
    open: "Ouvrir sur la plateforme",
    missing: "Ce cours n’est plus dans la liste",
  },
  en: {
    empty: "No courses",
    title: "Courses",
    search: "Search for a course",
    nothing: "No course matches",
    other: "Others",
    over: "Ended",
    count: (count: number) => counted(count, "course", "courses"),
    credits: (count: string) => `${count} ECTS`,
    done: "Completed",
    notBegun: "Not begun",
    progress: (percent: string) => `${percent}% completed`,
    teacher: "Teacher",
    category: "Heading",
    term: "Term",
    ects: "Credits",
    dates: "Dates",
    fromTo: (from: string, to: string) => `From ${from} to ${to}`,
    from: (day: string) => `From ${day}`,
    until: (day: string) => `Until ${day}`,
    open: "Open on the platform",
    missing: "This course is no longer on the list",
  },
});

export const changes = words({
  fr: { title: "Intitulé modifié", teacher: "Enseignant modifié" },
  en: { title: "Title changed", teacher: "Teacher changed" },
});

/** How much of a course is done. */
export function progressOf(percent: number): string {
  if (percent >= 100) return t.done;
  return percent <= 0 ? t.notBegun : t.progress(number(percent, 0));
}
