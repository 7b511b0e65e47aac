// What the knowledge base says.
import { words } from "../../words/language.svelte";

export const t = words({
  fr: {
    empty: "Aucune page",
    search: "Que cherchez-vous\u202f?",
    none: "Aucune réponse trouvée",
    noneAbout: "Essayez un autre mot, ou une autre rubrique.",
    others: "Autres questions",
    page: "Page",
    updated: (when: string) => `Mis à jour\u00a0: ${when}`,
    site: "Lire sur le site",
    missing: "Cette page n’est plus là",
  },
  en: {
    empty: "No page",
    search: "What are you looking for?",
    none: "No answer found",
    noneAbout: "Try another word, or another heading.",
    others: "Other questions",
    page: "Page",
    updated: (when: string) => `Updated: ${when}`,
    site: "Read on the website",
    missing: "This page is no longer here",
  },
});

/** The change of a field, in words. */
export const changes = words({
  fr: { title: "Titre modifié", content: "Texte modifié" },
  en: { title: "Title changed", content: "Text changed" },
});
