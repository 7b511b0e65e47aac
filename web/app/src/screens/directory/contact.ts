// The directory as screens order it: by last name, under letters or headings.
import type { ItemOf } from "../../api/types";
import { grouped } from "../groups";

export type Contact = ItemOf<"directory"> & { id: string };

export interface Section {
  name: string;
  contacts: Contact[];
}

/** Under letters where the list is longer than one looks through, else under one nameless section. */
const LETTERS_FROM = 15;

/** In the order of last names, as a reader of `language` looks them up. */
export function sectionsOf(contacts: Contact[], language: string): Section[] {
  const order = new Intl.Collator(language, { sensitivity: "base", numeric: true });
  const sorted = [...contacts].sort((one, other) => order.compare(sortName(one), sortName(other)));
  if (sorted.length < LETTERS_FROM) return sorted.length ? [{ name: "", contacts: sorted }] : [];
  return grouped(sorted, (contact) => initial(sortName(contact))).map(({ name, items }) => ({ name, contacts: items }));
}

/** What calls a number: its digits, without the words and brackets that people write. */
export function callOf(phone: string): string {
  return `tel:${phone.replace(/\(0\)/g, "").replace(/[^+\d]/g, "")}`;
}

function sortName({ last_name, name }: Contact): string {
  return last_name || name;
}

function initial(name: string): string {
  const letter = name.normalize("NFD").charAt(0).toUpperCase();
  return /[A-Z]/.test(letter) ? letter : "#";
}
