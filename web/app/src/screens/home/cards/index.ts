// The cards of the first screen, by the kind that they show.
import type { Component } from "svelte";
import AbsencesCard from "./AbsencesCard.svelte";
import GradesCard from "./GradesCard.svelte";
import LoansCard from "./LoansCard.svelte";
import OpeningCard from "./OpeningCard.svelte";

export const cards: Record<string, Component<{ set: string; href: string }>> = {
  absences: AbsencesCard,
  grades: GradesCard,
  loans: LoansCard,
  opening: OpeningCard,
};
