// The cards of the first screen, by the kind that they show.
import type { Component } from "svelte";

export const cards: Record<string, Component<{ set: string; href: string }>> = {};
