// What the directory says.
import { counted, words } from "../../words/language.svelte";

export const t = words({
  fr: {
    empty: "Annuaire vide",
    title: "Annuaire",
    search: "Nom, service, fonction",
    nothing: "Personne ne correspond",
    nothingAbout: "Essayez un autre mot, ou une partie du nom.",
    found: (count: number) => counted(count, "résultat", "résultats"),
    call: "Appeler",
    write: "Écrire",
    page: "Page",
    role: "Fonction",
    service: "Service",
    office: "Bureau",
    hours: "Horaires",
    missing: "Cette fiche n’est plus dans l’annuaire",
  },
  en: {
    empty: "The directory is empty",
    title: "Directory",
    search: "Name, service, role",
    nothing: "Nobody matches",
    nothingAbout: "Try another word, or part of the name.",
    found: (count: number) => counted(count, "result", "results"),
    call: "Call",
    write: "Write",
    page: "Page",
    role: "Role",
    service: "Service",
    office: "Office",
    hours: "Hours",
    missing: "This entry is no longer in the directory",
  },
});

export const changes = words({
  fr: {
    name: "Nom modifié",
    role: "Fonction modifiée",
    service: "Service modifié",
    email: "E-mail modifié",
    phone: "Téléphone modifié",
    office: "Bureau modifié",
  },
  en: {
    name: "Name changed",
    role: "Role changed",
    service: "Service changed",
    email: "E-mail changed",
    phone: "Telephone changed",
    office: "Office changed",
  },
});
