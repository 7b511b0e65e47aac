// In which order the first screen shows its cards: what matters at this time of day comes first.
import type { Screen } from "../../api/types";

/** A set that has a card, and where its screen is. */
export interface Glanced {
  kind: string;
  set: string;
  href: string;
}

/** Smaller stands higher. `hour` is the campus's, from 0 to 23; `classesOver` once the day's last class has ended. */
export function weight(kind: string, hour: number, classesOver: boolean): number {
  switch (kind) {
    case "notices":
      return 0;
    case "menus":
      return (hour >= 10 && hour < 14) || (hour >= 17 && hour < 20) ? 1 : 6;
    case "departures":
      return classesOver && hour >= 11 ? 2 : 5;
    case "absences":
      return 3;
    case "grades":
      return 4;
    case "loans":
      return 5;
    case "events":
      return 8;
    case "news":
      return 9;
    default:
      return 7;
  }
}

/** The cards of the screens that are to be on the first one. */
export function ordered(
  screens: Screen[],
  kindOf: (set: string) => string | undefined,
  hour: number,
  classesOver: boolean,
): Glanced[] {
  const all = screens
    .filter((screen) => screen.home)
    .flatMap((screen) => screen.data.map((set) => ({ kind: kindOf(set) ?? "", set, href: `/${screen.id}` })));
  return all
    .map((card, place) => ({ card, place, weight: weight(card.kind, hour, classesOver) }))
    .sort((one, other) => one.weight - other.weight || one.place - other.place)
    .map(({ card }) => card);
}
