// The cards of the first screen, by the kind that they show.
import type { Component } from "svelte";
import AbsencesCard from "./AbsencesCard.svelte";
import DeparturesCard from "./DeparturesCard.svelte";
import EventsCard from "./EventsCard.svelte";
import GradesCard from "./GradesCard.svelte";
import LoansCard from "./LoansCard.svelte";
import MenuCard from "./MenuCard.svelte";
import NewsCard from "./NewsCard.svelte";
import NoticesCard from "./NoticesCard.svelte";
import OpeningCard from "./OpeningCard.svelte";

export const cards: Record<string, Component<{ set: string; href: string }>> = {
  absences: AbsencesCard,
  departures: DeparturesCard,
  events: EventsCard,
  grades: GradesCard,
  loans: LoansCard,
  menus: MenuCard,
  news: NewsCard,
  notices: NoticesCard,
  opening: OpeningCard,
};
