// What the grades say.
import type { Mark } from "../../cache/changes";
import { counted, words } from "../../words/language.svelte";

export const t = words({
  fr: {
    empty: "Aucune note",
    terms: "Périodes",
    other: "Autres",
    title: "Notes",
    count: (count: number) => counted(count, "note", "notes"),
    cover: "Masquer",
    uncover: "Afficher",
    all: "les notes",
    covered: "note masquée",
    outOf: (best: string) => `sur ${best}`,
    average: "Moyenne provisoire",
    averageOf: (count: number, pending: number) =>
      `Des ${count} notes publiées, selon leurs coefficients${pending ? ` ; ${pending} en attente` : ""}. Calculée sur ce téléphone : seule la scolarité fait foi.`,
    averageHere: "moyenne",
    class: "classe",
    coefficient: (weight: string) => `coef. ${weight}`,
    pending: "En attente",
    absent: "Absence",
    excused: "Absence excusée",
    exempt: "Dispense",
    waiting: (count: number) => `${count} en attente`,
    resit: (session: number) => `session ${session}`,
    credits: (count: string) => `${count} ECTS`,
    results: "Résultats par cours",
    yours: "Votre note",
    classAverage: "Moyenne de la classe",
    min: "Note la plus basse",
    max: "Note la plus haute",
    rank: "Rang",
    weight: "Coefficient",
    date: "Date",
    session: "Session",
    unit: "Unité",
    course: "Cours",
    term: "Période",
    result: "Résultat",
    earned: "Crédits",
    before: "Avant",
    comment: "Commentaire",
    missing: "Cette note n’est plus là",
    last: "Dernières notes",
  },
  en: {
    empty: "No grades",
    terms: "Terms",
    other: "Others",
    title: "Grades",
    count: (count: number) => counted(count, "grade", "grades"),
    cover: "Hide",
    uncover: "Show",
    all: "grades",
    covered: "hidden grade",
    outOf: (best: string) => `out of ${best}`,
    average: "Provisional average",
    averageOf: (count: number, pending: number) =>
      `Of the ${count} published grades, by their coefficients${pending ? `; ${pending} pending` : ""}. Computed on this phone: only the registrar’s figures count.`,
    averageHere: "average",
    class: "class",
    coefficient: (weight: string) => `weight ${weight}`,
    pending: "Pending",
    absent: "Absent",
    excused: "Excused absence",
    exempt: "Exempt",
    waiting: (count: number) => `${count} pending`,
    resit: (session: number) => `session ${session}`,
    credits: (count: string) => `${count} ECTS`,
    results: "Results by course",
    yours: "Your grade",
    classAverage: "Class average",
    min: "Lowest grade",
    max: "Highest grade",
    rank: "Rank",
    weight: "Weight",
    date: "Date",
    session: "Session",
    unit: "Unit",
    course: "Course",
    term: "Term",
    result: "Result",
    earned: "Credits",
    before: "Before",
    comment: "Comment",
    missing: "This grade is no longer there",
    last: "Latest grades",
  },
});

const changes = words({
  fr: {
    title: "Intitulé modifié",
    value: "Note modifiée",
    out_of: "Barème modifié",
    result: "Résultat modifié",
    status: "État modifié",
  },
  en: {
    title: "Title changed",
    value: "Grade changed",
    out_of: "Scale changed",
    result: "Result changed",
    status: "State changed",
  },
});

const published = words({ fr: { now: "Note publiée" }, en: { now: "Grade published" } });

/** The change of a field, in words; a mark that was pending is out now. */
export function changesOf(mark: Mark | undefined): Record<string, string> {
  if (mark?.before?.["status"] !== "pending") return changes;
  const { now } = published;
  return { title: changes.title, value: now, out_of: now, result: now, status: now };
}
