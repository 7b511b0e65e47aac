// Values of kinds that the app does not know, in words: by their declared type.
import type { Item, SetRule } from "../../api/types";
import { told, words } from "../../words/language.svelte";
import { date, moment, number } from "../../words/time.svelte";

type Field = NonNullable<SetRule["fields"]>[number];

const t = words({ fr: { yes: "oui", no: "non" }, en: { yes: "yes", no: "no" } });

/** A value as people read it; nothing where there is none. */
export function shown(field: Field, value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map((each) => shown(field, each)).join(", ");
  switch (field.type) {
    case "instant":
      return moment(String(value));
    case "date":
      return date(String(value), { day: "numeric", month: "long", year: "numeric" });
    case "number":
    case "integer":
      return number(Number(value));
    case "boolean":
      return value ? t.yes : t.no;
    default:
      return String(value);
  }
}

/** The field that names an item: the first text that is required, else the first text. */
export function nameField(fields: Field[]): Field | undefined {
  const texts = fields.filter((field) => field.type === "text" && !field.list);
  return (
    texts.find((field) => ["title", "name"].includes(field.name)) ?? texts.find((field) => field.required) ?? texts[0]
  );
}

/** The field by which readers filter: one of that name, one with choices, else the first text that items share. */
export function headingField(fields: Field[], items: Item[]): Field | undefined {
  const single = fields.filter((field) => !field.list && ["text", "choice"].includes(field.type));
  const shared = (field: Field) => {
    const values = items.map((item) => item[field.name]).filter((value) => typeof value === "string");
    const names = new Set(values);
    return names.size > 1 && names.size * 2 <= values.length && values.every((value) => value.length <= 40);
  };
  return (
    single.find(({ name }) => name === "category") ??
    single.find(({ type }) => type === "choice") ??
    single.find((field) => field !== nameField(fields) && shared(field))
  );
}

/** The heading of an item: as its field says it, with a capital. */
export function headingOf(field: Field | undefined, item: Item): string {
  const text = field ? shown(field, item[field.name]) : "";
  return text.slice(0, 1).toLocaleUpperCase() + text.slice(1);
}

/** The field that holds an item's picture, by the names that kinds of Préau use. */
export function pictureField(fields: Field[]): Field | undefined {
  return fields.find(({ type, list, name }) => type === "url" && !list && /^(image|picture|photo)$/.test(name));
}

/** A text that is read as one, not as a fact beside others. */
export function isLong(value: unknown): boolean {
  return typeof value === "string" && (value.length > 80 || value.includes("\n"));
}

/** Where the addresses of a field lead: pages, or numbers and mail, which are shown as people write them. */
export function addressesOf(
  field: Field,
  value: unknown,
): { name: string; value: string; href: string; page: boolean }[] {
  if (field.type !== "url") return [];
  return [value].flat().flatMap((each) => {
    if (typeof each !== "string") return [];
    const page = each.startsWith("http");
    const name = told(field.title) || field.name;
    return [{ name, value: page ? each : each.replace(/^\w+:/, ""), href: each, page }];
  });
}
