// What links say.
import { words } from "../../words/language.svelte";

export const t = words({
  fr: {
    empty: "Aucun lien",
    search: "Rechercher un lien",
    none: "Aucun lien trouvé",
    others: "Autres liens",
    link: "Lien",
    open: "Ouvrir",
    call: "Appeler",
    missing: "Ce lien n’est plus là",
  },
  en: {
    empty: "No link",
    search: "Search a link",
    none: "No link found",
    others: "Other links",
    link: "Link",
    open: "Open",
    call: "Call",
    missing: "This link is no longer here",
  },
});
