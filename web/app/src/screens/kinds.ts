// One folder per kind: how a list of its items looks, and how one of them does. Kinds that a campus declares look generic.
import type { Component } from "svelte";
import type { IconName } from "../ui/icons";

/** The items of a set: `embedded` where the screen shows several sets. */
export type ListView = Component<{ set: string; embedded: boolean }>;
/** One item, by its id. */
export type ItemView = Component<{ set: string; id: string; above: string }>;

interface Views {
  list: () => Promise<{ default: ListView }>;
  item: () => Promise<{ default: ItemView }>;
  icon: IconName;
}

const generic: Views = {
  list: () => import("./generic/List.svelte"),
  item: () => import("./generic/Item.svelte"),
  icon: "star",
};

const known: Record<string, Views> = {
  timetable: {
    list: () => import("./timetable/List.svelte"),
    item: () => import("./timetable/Item.svelte"),
    icon: "calendar",
  },
  news: {
    list: () => import("./news/List.svelte"),
    item: () => import("./news/Item.svelte"),
    icon: "newspaper",
  },
  menus: {
    list: () => import("./menus/List.svelte"),
    item: () => import("./menus/Item.svelte"),
    icon: "utensils",
  },
  departures: {
    list: () => import("./departures/List.svelte"),
    item: () => import("./departures/Item.svelte"),
    icon: "bus",
  },
  events: {
    list: () => import("./events/List.svelte"),
    item: () => import("./events/Item.svelte"),
    icon: "calendar-days",
  },
  notices: {
    list: () => import("./notices/List.svelte"),
    item: () => import("./notices/Item.svelte"),
    icon: "circle-alert",
  },
  posts: {
    list: () => import("./posts/List.svelte"),
    item: () => import("./posts/Item.svelte"),
    icon: "megaphone",
  },
  places: {
    list: () => import("./places/List.svelte"),
    item: () => import("./places/Item.svelte"),
    icon: "map-pin",
  },
  pages: {
    list: () => import("./pages/List.svelte"),
    item: () => import("./pages/Item.svelte"),
    icon: "circle-help",
  },
  links: {
    list: () => import("./links/List.svelte"),
    item: () => import("./links/Item.svelte"),
    icon: "link",
  },
};

export function viewsOf(kind: string): Views {
  return known[kind] ?? generic;
}
