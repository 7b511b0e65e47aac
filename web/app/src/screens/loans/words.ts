// What loans say, and when they are due in words.
import { counted, words } from "../../words/language.svelte";
import { longDay, shortDay } from "../../words/time.svelte";
import type { Loan, Standing } from "./loan";

export const t = words({
  fr: {
    empty: "Aucun prêt en cours",
    title: "Prêts",
    now: "À faire",
    lent: "En cours",
    asked: "Réservations",
    over: "Rendus",
    ready: "À retirer",
    readyUntil: (day: string) => `À retirer jusqu’au ${day}`,
    overdue: "En retard",
    late: (days: number) => `En retard de ${counted(days, "jour", "jours")}`,
    lateToday: (hour: string) => `En retard depuis ${hour}`,
    dueToday: "À rendre aujourd’hui",
    dueAt: (hour: string) => `À rendre aujourd’hui avant ${hour}`,
    dueTomorrow: "À rendre demain",
    dueIn: (days: number) => `À rendre dans ${counted(days, "jour", "jours")}`,
    dueOn: (day: string) => `À rendre le ${day}`,
    noDue: "Emprunté",
    requested: "Réservé",
    place: (place: number) =>
      place === 1 ? "Réservé, 1re place dans la file" : `Réservé, ${place}e place dans la file`,
    returned: "Rendu",
    owed: (fee: string) => `${fee} à régler`,
    due: "À rendre le",
    collect: "À retirer avant le",
    library: "Bibliothèque",
    shelf: "Cote",
    borrowed: "Emprunté le",
    renewals: "Prolongations",
    renewable: "Prolongation",
    yes: "Possible",
    no: "Impossible",
    fee: "À régler",
    renew: "Prolonger ce prêt",
    manage: "Gérer à la bibliothèque",
    missing: "Ce prêt n’est plus dans la liste",
    toReturn: "À la bibliothèque",
  },
  en: {
    empty: "Nothing on loan",
    title: "Loans",
    now: "To do",
    lent: "On loan",
    asked: "Requests",
    over: "Returned",
    ready: "Ready to collect",
    readyUntil: (day: string) => `Ready to collect until ${day}`,
    overdue: "Overdue",
    late: (days: number) => `${counted(days, "day", "days")} overdue`,
    lateToday: (hour: string) => `Overdue since ${hour}`,
    dueToday: "Due today",
    dueAt: (hour: string) => `Due today by ${hour}`,
    dueTomorrow: "Due tomorrow",
    dueIn: (days: number) => `Due in ${counted(days, "day", "days")}`,
    dueOn: (day: string) => `Due on ${day}`,
    noDue: "On loan",
    requested: "Requested",
    place: (place: number) => `Requested, number ${place} in the queue`,
    returned: "Returned",
    owed: (fee: string) => `${fee} to pay`,
    due: "Due on",
    collect: "Collect by",
    library: "Library",
    shelf: "Shelf mark",
    borrowed: "Borrowed on",
    renewals: "Renewals",
    renewable: "Renewal",
    yes: "Possible",
    no: "Not possible",
    fee: "To pay",
    renew: "Renew this loan",
    manage: "Manage at the library",
    missing: "This loan is no longer on the list",
    toReturn: "At the library",
  },
});

export const changes = words({
  fr: {
    title: "Intitulé modifié",
    status: "État modifié",
    due: "Échéance modifiée",
    due_time: "Échéance modifiée",
    fee: "Frais modifiés",
  },
  en: {
    title: "Title changed",
    status: "State changed",
    due: "Due date changed",
    due_time: "Due date changed",
    fee: "Fee changed",
  },
});

/** When it is due, or what it waits for. */
export function inWords(loan: Loan, { status, days }: Standing): string {
  switch (status) {
    case "ready":
      return loan.due ? t.readyUntil(shortDay(loan.due)) : t.ready;
    case "overdue":
      if (days === null || days > 0) return t.overdue;
      return days < 0 ? t.late(-days) : loan.due_time ? t.lateToday(loan.due_time) : t.overdue;
    case "requested":
      return loan.position ? t.place(loan.position) : t.requested;
    case "returned":
      return t.returned;
    default:
      if (days === null || !loan.due) return t.noDue;
      if (days === 0) return loan.due_time ? t.dueAt(loan.due_time) : t.dueToday;
      if (days === 1) return t.dueTomorrow;
      return days <= 6 ? t.dueIn(days) : t.dueOn(shortDay(loan.due));
  }
}

export function toneOf({ status, urgent }: Standing): "good" | "bad" | "warn" | "quiet" {
  if (status === "ready") return "good";
  if (status === "overdue") return "bad";
  return urgent ? "warn" : "quiet";
}

/** A day with its hour, where it has one. */
export function dueOn(loan: Loan): string {
  return loan.due ? [longDay(loan.due), loan.due_time].filter(Boolean).join(", ") : "";
}
