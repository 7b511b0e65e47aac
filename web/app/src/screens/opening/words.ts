// What opening hours say, and the state of a place in words.
import { words } from "../../words/language.svelte";
import { clock, daysAfter, longDay, number, time, today } from "../../words/time.svelte";
import { clockOf, closesIn, minutes, type Place, type State, stateAt } from "./hours";

export const t = words({
  fr: {
    empty: "Aucun horaire",
    title: "Horaires",
    open: "Ouvert",
    openUntil: (when: string) => `Ouvert jusqu’à ${when}`,
    always: "Ouvert en continu",
    closesSoon: (minutes: number) => `Ferme dans ${minutes} min`,
    closed: "Fermé",
    opens: (when: string) => `Fermé, ouvre ${when}`,
    at: (hour: string) => `à ${hour}`,
    tomorrowAt: (hour: string) => `demain à ${hour}`,
    dayAt: (day: string, hour: string) => `${day} à ${hour}`,
    unknown: "Horaires du jour inconnus",
    plenty: "Beaucoup de places",
    some: "Encore des places",
    few: "Presque complet",
    full: "Complet",
    seats: (free: string, all: string) => `env. ${free} libres sur ${all}`,
    occupied: (percent: string) => `occupé à ${percent} %`,
    counted: (hour: string) => `relevé à ${hour}`,
    week: "Les sept prochains jours",
    today: "Aujourd’hui",
    notTold: "Non communiqué",
    closures: "Fermetures à venir",
    fromTo: (from: string, to: string) => `Du ${from} au ${to}`,
    where: "Où",
    phone: "Téléphone",
    mail: "E-mail",
    visit: "Ouvrir la page",
    capacity: "Places",
    status: "À savoir",
    missing: "Ce lieu n’est plus dans la liste",
    now: "Ouvert en ce moment",
  },
  en: {
    empty: "No opening hours",
    title: "Opening hours",
    open: "Open",
    openUntil: (when: string) => `Open until ${when}`,
    always: "Open around the clock",
    closesSoon: (minutes: number) => `Closes in ${minutes} min`,
    closed: "Closed",
    opens: (when: string) => `Closed, opens ${when}`,
    at: (hour: string) => `at ${hour}`,
    tomorrowAt: (hour: string) => `tomorrow at ${hour}`,
    dayAt: (day: string, hour: string) => `${day} at ${hour}`,
    unknown: "Today’s hours unknown",
    plenty: "Plenty of seats",
    some: "Seats left",
    few: "Almost full",
    full: "Full",
    seats: (free: string, all: string) => `about ${free} of ${all} free`,
    occupied: (percent: string) => `${percent}% full`,
    counted: (hour: string) => `counted at ${hour}`,
    week: "The next seven days",
    today: "Today",
    notTold: "Not told",
    closures: "Closures ahead",
    fromTo: (from: string, to: string) => `From ${from} to ${to}`,
    where: "Where",
    phone: "Telephone",
    mail: "E-mail",
    visit: "Open the page",
    capacity: "Seats",
    status: "Good to know",
    missing: "This place is no longer on the list",
    now: "Open now",
  },
});

export const changes = words({
  fr: { hours: "Horaires modifiés", closures: "Fermeture annoncée", status: "Information nouvelle" },
  en: { hours: "Hours changed", closures: "Closure announced", status: "New information" },
});

/** The state of a place at this minute; `asOf` is when its source was asked. */
export function present(place: Place, asOf: string | null): State {
  return stateAt(place, clock.now, minutes(time(clock.now)), asOf ? Date.parse(asOf) : 0);
}

/** `Ouvert jusqu’à 22:00`, `Fermé, ouvre demain à 08:30`. */
export function inWords(state: State): string {
  if (state.is === "unknown") return t.unknown;
  if (state.is === "open") {
    const left = closesIn(state, clock.now, minutes(time(clock.now)));
    if (!state.until) return state.always ? t.always : t.open;
    return left !== null && left <= 30 ? t.closesSoon(left) : t.openUntil(clockOf(state.until.minute));
  }
  if (!state.opens) return t.closed;
  const hour = clockOf(state.opens.minute);
  if (state.opens.day === today()) return t.opens(t.at(hour));
  if (state.opens.day === daysAfter(today(), 1)) return t.opens(t.tomorrowAt(hour));
  return t.opens(t.dayAt(longDay(state.opens.day), hour));
}

export function toneOf(state: State): "good" | "warn" | "quiet" {
  if (state.is !== "open") return "quiet";
  const left = closesIn(state, clock.now, minutes(time(clock.now)));
  return left !== null && left <= 30 ? "warn" : "good";
}

/** How full it is: its bar's colour and its words. */
export function fullness(place: Place, occupancy: number): { tone: "good" | "warn" | "bad"; words: string } {
  const free = place.capacity ? Math.round((place.capacity * (100 - Math.min(100, occupancy))) / 100) : null;
  const word = occupancy >= 98 ? t.full : occupancy >= 90 ? t.few : occupancy >= 50 ? t.some : t.plenty;
  const figures =
    free !== null && place.capacity ? t.seats(number(free), number(place.capacity)) : t.occupied(number(occupancy, 0));
  return { tone: occupancy >= 98 ? "bad" : occupancy >= 90 ? "warn" : "good", words: `${word} · ${figures}` };
}
