// What the API gives, under the app's own names; the shapes are generated from OpenAPI.
import type { components } from "./schema";

export type Schemas = components["schemas"];

export type Manifest = Schemas["manifest"];
export type SetRule = Manifest["data"][string];
export type Field = NonNullable<SetRule["fields"]>[number];
export type Screen = Manifest["screens"][number];
export type Cell = Manifest["cells"][number];

export type Me = Schemas["me"];
export type Why = Schemas["explanation"]["why"];

/** Kinds that Préau knows; a campus may declare more. */
export type Kind =
  | "absences"
  | "courses"
  | "departures"
  | "directory"
  | "documents"
  | "events"
  | "grades"
  | "links"
  | "loans"
  | "menus"
  | "news"
  | "notices"
  | "opening"
  | "pages"
  | "places"
  | "posts"
  | "profile"
  | "timetable";

export type ItemOf<K extends Kind> = Schemas[K];

/** An item of any kind. */
export type Item = { id: string } & Record<string, unknown>;

/** `GET /api/data/{name}`. */
export interface Answer {
  kind: string;
  as_of: string;
  fresh_until: string;
  items: Item[];
}

/** Whatever has an id that stays. */
export interface Identified {
  id: string;
}
