// What places say.
import { words } from "../../words/language.svelte";

export const t = words({
  fr: {
    empty: "Aucun lieu",
    search: "Rechercher un lieu",
    none: "Aucun lieu de ce nom",
    noneAbout: "Essayez un autre mot, ou une autre rubrique.",
    others: "Autres lieux",
    place: "Lieu",
    site: "Site",
    building: "Bâtiment",
    floor: "Étage",
    address: "Adresse",
    capacity: "Capacité",
    people: (count: string) => `${count}\u00a0personnes`,
    accessibility: "Accessibilité",
    phone: "Téléphone",
    email: "Courriel",
    url: "Site web",
    route: "Y aller",
    map: "Voir sur OpenStreetMap",
    missing: "Ce lieu n’est plus dans la liste",
  },
  en: {
    empty: "No place",
    search: "Search a place",
    none: "No place of this name",
    noneAbout: "Try another word, or another heading.",
    others: "Other places",
    place: "Place",
    site: "Site",
    building: "Building",
    floor: "Floor",
    address: "Address",
    capacity: "Capacity",
    people: (count: string) => `${count}\u00a0people`,
    accessibility: "Accessibility",
    phone: "Telephone",
    email: "E-mail",
    url: "Website",
    route: "Go there",
    map: "See on OpenStreetMap",
    missing: "This place is no longer listed",
  },
});

/** The change of a field, in words. */
export const changes = words({
  fr: { name: "Nom modifié", address: "Adresse modifiée", accessibility: "Accès modifié" },
  en: { name: "Name changed", address: "Address changed", accessibility: "Access changed" },
});
