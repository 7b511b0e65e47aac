// What the cards of public sets say.
import { words } from "../../../words/language.svelte";

export const t = words({
  fr: {
    lunch: "Au menu ce midi",
    dinner: "Au menu ce soir",
    breakfast: "Au petit-déjeuner",
    departures: "Prochains départs",
    news: "À la une",
    events: "Bientôt sur le campus",
    notices: "Avis",
    more: (count: number) => `et ${count}\u00a0autres`,
  },
  en: {
    lunch: "On the menu for lunch",
    dinner: "On the menu tonight",
    breakfast: "For breakfast",
    departures: "Next departures",
    news: "Headlines",
    events: "Soon on campus",
    notices: "Notices",
    more: (count: number) => `and ${count}\u00a0more`,
  },
});
