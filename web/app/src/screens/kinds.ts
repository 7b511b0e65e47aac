// One folder per kind: how a list of its items looks, and how one of them does. Kinds that a campus declares look generic.
import type { Component } from "svelte";
import type { Kind } from "../api/types";

/** The items of a set: `embedded` where the screen shows several sets. */
export type ListView = Component<{ set: string; embedded: boolean }>;
/** One item, by its id. */
export type ItemView = Component<{ set: string; id: string; above: string }>;

interface Views {
  list: () => Promise<{ default: ListView }>;
  item: () => Promise<{ default: ItemView }>;
}

const generic: Views = {
  list: () => import("./generic/List.svelte"),
  item: () => import("./generic/Item.svelte"),
};

const known: Record<Kind, Views> = {
  absences: { list: () => import("./absences/List.svelte"), item: () => import("./absences/Item.svelte") },
  courses: { list: () => import("./courses/List.svelte"), item: () => import("./courses/Item.svelte") },
  departures: { list: () => import("./departures/List.svelte"), item: () => import("./departures/Item.svelte") },
  directory: { list: () => import("./directory/List.svelte"), item: () => import("./directory/Item.svelte") },
  documents: { list: () => import("./documents/List.svelte"), item: () => import("./documents/Item.svelte") },
  events: { list: () => import("./events/List.svelte"), item: () => import("./events/Item.svelte") },
  grades: { list: () => import("./grades/List.svelte"), item: () => import("./grades/Item.svelte") },
  links: { list: () => import("./links/List.svelte"), item: () => import("./links/Item.svelte") },
  loans: { list: () => import("./loans/List.svelte"), item: () => import("./loans/Item.svelte") },
  menus: { list: () => import("./menus/List.svelte"), item: () => import("./menus/Item.svelte") },
  news: { list: () => import("./news/List.svelte"), item: () => import("./news/Item.svelte") },
  notices: { list: () => import("./notices/List.svelte"), item: () => import("./notices/Item.svelte") },
  opening: { list: () => import("./opening/List.svelte"), item: () => import("./opening/Item.svelte") },
  pages: { list: () => import("./pages/List.svelte"), item: () => import("./pages/Item.svelte") },
  places: { list: () => import("./places/List.svelte"), item: () => import("./places/Item.svelte") },
  posts: { list: () => import("./posts/List.svelte"), item: () => import("./posts/Item.svelte") },
  profile: { list: () => import("./profile/List.svelte"), item: () => import("./profile/Item.svelte") },
  timetable: { list: () => import("./timetable/List.svelte"), item: () => import("./timetable/Item.svelte") },
};

export function viewsOf(kind: string): Views {
  return kind in known ? known[kind as Kind] : generic;
}
