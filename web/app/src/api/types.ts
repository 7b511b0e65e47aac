// What the API gives, under the app's own names; the shapes are generated from OpenAPI.
import type { components } from "./schema";

export type Schemas = components["schemas"];

export interface Bilingual {
  fr?: string;
  en?: string;
}

export interface Field {
  name: string;
  type: string;
  required?: boolean;
  list: boolean;
  choices?: string[];
  title?: Bilingual;
}

export interface Parameter {
  about: string;
  title?: Bilingual;
  default?: string | null;
  one_of: string[];
  names: Record<string, string>;
  max_length: number;
}

export interface SetRule {
  kind: string;
  title: Bilingual;
  audience: string;
  fresh_for: number;
  keep: number;
  on_device: number;
  epoch: number;
  parameters: Record<string, Parameter>;
  time: { start: string; end?: string; newest_first: boolean } | null;
  changes: string[];
  fields?: Field[];
}

export interface Screen {
  id: string;
  title: Bilingual;
  icon: string;
  data: string[];
  tab: boolean;
  home: boolean;
}

export interface Cell {
  name: string;
  url: string;
}

export interface Manifest {
  campus: string;
  name: string;
  short_name: string;
  version: string;
  publication: number | null;
  channel: string;
  zone: string;
  timezone: string;
  languages: string[];
  theme: { color?: string | null; logo?: string | null };
  texts: { welcome?: Bilingual; help?: Bilingual; legal?: Bilingual; privacy?: Bilingual; maintenance?: Bilingual };
  accessibility: { level: "none" | "partial" | "full"; contact: string; statement?: Bilingual } | null;
  login: { method: string; address: string } | null;
  screens: Screen[];
  data: Record<string, SetRule>;
  cells: Cell[];
  change_over: { timeout_ms: number; come_back_after_s: number };
}

export interface Me {
  signed_in: boolean;
  expired?: boolean;
  user?: string;
  name?: string | null;
  groups?: string[];
  affiliations?: string[];
  roles?: string[];
  channels?: string[];
  campus: string;
  channel: string;
  data: Record<string, string>;
}

export interface Why {
  reason: string;
  fr: string;
  en: string;
}

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
