// What notices say.
import { words } from "../../words/language.svelte";

export const t = words({
  fr: {
    empty: "Aucun avis",
    none: "Aucun avis en cours",
    noneAbout: "Tout est normal, pour autant que l’établissement le dise.",
    notice: "Avis",
    urgent: "Urgent",
    warning: "Attention",
    information: "Information",
    place: "Où",
    published: "Publié",
    expires: "Jusqu’à",
    category: "Rubrique",
    more: "En savoir plus",
    missing: "Cet avis n’est plus en cours",
  },
  en: {
    empty: "No notice",
    none: "No notice in force",
    noneAbout: "All is normal, as far as the school says.",
    notice: "Notice",
    urgent: "Urgent",
    warning: "Warning",
    information: "Information",
    place: "Where",
    published: "Issued",
    expires: "Until",
    category: "Heading",
    more: "More about it",
    missing: "This notice is no longer in force",
  },
});

/** The change of a field, in words. */
export const changes = words({
  fr: { title: "Texte modifié", content: "Texte modifié", level: "Niveau modifié", expires: "Durée modifiée" },
  en: { title: "Text changed", content: "Text changed", level: "Level changed", expires: "Duration changed" },
});
