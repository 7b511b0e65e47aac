// Values of kinds that the app does not know, in words: by their declared type.
import type { Item, SetRule } from "../../api/types";
import { words } from "../../words/language.svelte";
import { moment, number, shortDay } from "../../words/time.svelte";

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
      return shortDay(String(value));
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

/** A heading by which readers filter, where the kind has one. */
export function categoryOf(item: Item): string {
  return typeof item["category"] === "string" ? item["category"] : "";
}
