// What restaurants say.
import { words } from "../../words/language.svelte";

export const t = words({
  fr: {
    empty: "Aucun menu",
    emptyAbout: "Les restaurants n’ont pas encore publié leurs prochains menus.",
    restaurants: "Restaurants",
    days: "Jours",
    favourite: "Mon restaurant",
    makeFavourite: "En faire mon restaurant",
    breakfast: "Petit-déjeuner",
    lunch: "Déjeuner",
    dinner: "Dîner",
    closed: "Fermé",
    closedAbout: "Rien n’est servi ce jour-là.",
    unknown: "Menu non communiqué",
    unknownAbout: "Ce restaurant n’a rien publié pour ce jour.",
    vegetarian: "végétarien",
    price: "Prix",
    opening: "Ouvert",
    site: "Page du restaurant",
    missing: "Ce menu n’est plus là",
  },
  en: {
    empty: "No menu",
    emptyAbout: "The restaurants have not published their next menus yet.",
    restaurants: "Restaurants",
    days: "Days",
    favourite: "My restaurant",
    makeFavourite: "Make it my restaurant",
    breakfast: "Breakfast",
    lunch: "Lunch",
    dinner: "Dinner",
    closed: "Closed",
    closedAbout: "Nothing is served on that day.",
    unknown: "Menu not announced",
    unknownAbout: "This restaurant has published nothing for this day.",
    vegetarian: "vegetarian",
    price: "Price",
    opening: "Open",
    site: "The restaurant’s page",
    missing: "This menu is no longer here",
  },
});

/** The change of a field, in words. */
export const changes = words({
  fr: { sections: "Menu modifié", closed: "Ouverture modifiée" },
  en: { sections: "Menu changed", closed: "Opening changed" },
});
