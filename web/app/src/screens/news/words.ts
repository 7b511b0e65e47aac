// What news say.
import { words } from "../../words/language.svelte";

export const t = words({
  fr: {
    empty: "Aucune actualité",
    missing: "Cet article n’est plus là",
    missingAbout: "Il a peut-être été retiré, ou il est trop ancien.",
    article: "Actualité",
    by: (author: string) => `Par ${author}`,
    updated: (when: string) => `Modifié\u00a0: ${when}`,
    site: "Lire sur le site",
  },
  en: {
    empty: "No news",
    missing: "This article is no longer here",
    missingAbout: "It may have been withdrawn, or is too old.",
    article: "News",
    by: (author: string) => `By ${author}`,
    updated: (when: string) => `Edited: ${when}`,
    site: "Read on the website",
  },
});

/** The change of a field, in words. */
export const changes = words({
  fr: { title: "Titre modifié", summary: "Texte modifié" },
  en: { title: "Headline changed", summary: "Text changed" },
});
