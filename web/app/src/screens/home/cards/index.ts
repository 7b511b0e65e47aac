// The cards of the first screen, by the kind that they show.
import type { Component } from "svelte";
import DeparturesCard from "./DeparturesCard.svelte";
import EventsCard from "./EventsCard.svelte";
import MenuCard from "./MenuCard.svelte";
import NewsCard from "./NewsCard.svelte";
import NoticesCard from "./NoticesCard.svelte";

export const cards: Record<string, Component<{ set: string; href: string }>> = {
  departures: DeparturesCard,
  events: EventsCard,
  menus: MenuCard,
  news: NewsCard,
  notices: NoticesCard,
};
