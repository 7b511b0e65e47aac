// What documents say.
import { counted, words } from "../../words/language.svelte";
import { longDay, number, shortDay } from "../../words/time.svelte";
import { type Paper, sizeOf } from "./document";

export const t = words({
  fr: {
    empty: "Aucun document",
    title: "Documents",
    search: "Rechercher un document",
    nothing: "Aucun document ne correspond",
    asked: "À fournir",
    available: "Disponibles",
    coming: "En préparation",
    past: "Périmés",
    requested: "À fournir",
    refused: "Refusé, à fournir de nouveau",
    pending: "En préparation",
    expired: "Périmé",
    availableOne: "Disponible",
    late: (day: string) => `Attendu depuis le ${day}`,
    dueToday: "À fournir aujourd’hui",
    dueTomorrow: "À fournir avant demain soir",
    dueIn: (days: number) => `À fournir dans ${counted(days, "jour", "jours")}`,
    dueOn: (day: string) => `À fournir avant le ${day}`,
    kilo: (size: string) => `${size} ko`,
    mega: (size: string) => `${size} Mo`,
    issued: "Émis le",
    askedOn: "Demandé le",
    due: "À fournir avant le",
    year: "Année",
    file: "Fichier",
    note: "À noter",
    open: "Ouvrir le document",
    hand: "Déposer ce document",
    follow: "Voir en ligne",
    missing: "Ce document n’est plus dans la liste",
  },
  en: {
    empty: "No documents",
    title: "Documents",
    search: "Search for a document",
    nothing: "No document matches",
    asked: "To hand in",
    available: "Available",
    coming: "Being prepared",
    past: "Expired",
    requested: "To hand in",
    refused: "Refused, hand it in again",
    pending: "Being prepared",
    expired: "Expired",
    availableOne: "Available",
    late: (day: string) => `Awaited since ${day}`,
    dueToday: "Hand in today",
    dueTomorrow: "Hand in by tomorrow night",
    dueIn: (days: number) => `Hand in within ${counted(days, "day", "days")}`,
    dueOn: (day: string) => `Hand in by ${day}`,
    kilo: (size: string) => `${size} kB`,
    mega: (size: string) => `${size} MB`,
    issued: "Issued on",
    askedOn: "Asked for on",
    due: "Hand in by",
    year: "Year",
    file: "File",
    note: "Note",
    open: "Open the document",
    hand: "Hand in this document",
    follow: "See online",
    missing: "This document is no longer on the list",
  },
});

export const changes = words({
  fr: { title: "Intitulé modifié", status: "État modifié", date: "Date modifiée", due: "Échéance modifiée" },
  en: { title: "Title changed", status: "State changed", date: "Date changed", due: "Deadline changed" },
});

export const toneOf = { asked: "warn", available: "good", coming: "quiet", past: "quiet" } as const;

/** `PDF, 84 ko` */
export function file({ format, size }: Paper): string {
  const { value, unit } = sizeOf(size ?? 0);
  return [format, size === undefined ? "" : t[unit](number(value, 1))].filter(Boolean).join(", ");
}

/** What is asked for, until when; on the day `today`. */
export function asked(paper: Paper, today: string): { tone: "bad" | "warn"; words: string } {
  const status = paper.status === "refused" ? t.refused : t.requested;
  if (!paper.due) return { tone: paper.status === "refused" ? "bad" : "warn", words: status };
  const days = Math.round((Date.parse(paper.due) - Date.parse(today)) / 86_400_000);
  if (days < 0) return { tone: "bad", words: t.late(shortDay(paper.due)) };
  if (days === 0) return { tone: "bad", words: t.dueToday };
  if (days === 1) return { tone: "warn", words: t.dueTomorrow };
  return { tone: "warn", words: days <= 6 ? t.dueIn(days) : t.dueOn(shortDay(paper.due)) };
}

export function day(date: string | undefined): string {
  return date ? longDay(date) : "";
}
