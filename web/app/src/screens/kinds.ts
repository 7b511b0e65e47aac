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
  grades: {
    list: () => import("./grades/List.svelte"),
    item: () => import("./grades/Item.svelte"),
    icon: "graduation-cap",
  },
  loans: {
    list: () => import("./loans/List.svelte"),
    item: () => import("./loans/Item.svelte"),
    icon: "library",
  },
  opening: {
    list: () => import("./opening/List.svelte"),
    item: () => import("./opening/Item.svelte"),
    icon: "clock",
  },
};

export function viewsOf(kind: string): Views {
  return known[kind] ?? generic;
}
