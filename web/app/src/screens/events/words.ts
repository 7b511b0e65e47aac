// What events say.
import { counted, words } from "../../words/language.svelte";

export const t = words({
  fr: {
    empty: "Aucun événement",
    none: "Rien de prévu ici",
    noneAbout: "Choisissez une autre rubrique.",
    event: "Événement",
    cancelled: "Annulé",
    under: "En cours",
    allDay: "Journée",
    when: "Quand",
    place: "Où",
    address: "Adresse",
    price: "Tarif",
    organizer: "Organisé par",
    category: "Rubrique",
    save: "Ajouter à mon agenda",
    page: "Page de l’événement",
    past: (count: number) => counted(count, "événement passé", "événements passés"),
    until: (day: string) => `jusqu’au ${day}`,
    missing: "Cet événement n’est plus annoncé",
  },
  en: {
    empty: "No event",
    none: "Nothing planned here",
    noneAbout: "Choose another heading.",
    event: "Event",
    cancelled: "Cancelled",
    under: "Under way",
    allDay: "All day",
    when: "When",
    place: "Where",
    address: "Address",
    price: "Price",
    organizer: "Organised by",
    category: "Heading",
    save: "Add to my calendar",
    page: "The event’s page",
    past: (count: number) => counted(count, "past event", "past events"),
    until: (day: string) => `until ${day}`,
    missing: "This event is no longer announced",
  },
});

/** The change of a field, in words. */
export const changes = words({
  fr: {
    title: "Titre modifié",
    start: "Horaire modifié",
    end: "Horaire modifié",
    all_day: "Horaire modifié",
    place: "Lieu modifié",
    cancelled: "Annulation",
  },
  en: {
    title: "Title changed",
    start: "Time changed",
    end: "Time changed",
    all_day: "Time changed",
    place: "Place changed",
    cancelled: "Cancellation",
  },
});
