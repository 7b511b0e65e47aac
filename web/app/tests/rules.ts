// Manifests of tests.
import type { Item, Manifest, SetRule } from "../src/api/types";

export const DAY = 86_400_000;

export function rule(changes: Partial<SetRule> = {}): SetRule {
  return {
    kind: "timetable",
    title: { fr: "Emploi du temps", en: "Timetable" },
    audience: "self",
    fresh_for: 900,
    keep: (14 * DAY) / 1000,
    on_device: (14 * DAY) / 1000,
    epoch: 0,
    parameters: {},
    time: { start: "start", end: "end", newest_first: false },
    changes: ["title", "start", "room"],
    ...changes,
  };
}

export function manifest(data: Manifest["data"], changes: Partial<Manifest> = {}): Manifest {
  return {
    campus: "rivage",
    name: "Université de Rivage",
    short_name: "Rivage",
    version: "1",
    publication: null,
    channel: "production",
    zone: "eu",
    timezone: "Europe/Paris",
    languages: ["fr", "en"],
    theme: { color: null, logo: null },
    texts: {},
    accessibility: null,
    login: null,
    screens: [],
    data,
    cells: [],
    change_over: { timeout_ms: 2000, come_back_after_s: 300 },
    ...changes,
  };
}

export const lesson = (id: string, start: string, more: object = {}): Item => ({
  id,
  title: "Réseaux",
  start,
  ...more,
});
