// Kinds that a campus declared itself: what the app makes of their fields.
import { describe, expect, test } from "vitest";
import type { Field } from "../src/api/types";
import {
  addressesOf,
  headingField,
  headingOf,
  isLong,
  nameField,
  pictureField,
  shown,
} from "../src/screens/generic/show";

const field = (name: string, type: Field["type"] = "text", more: Partial<Field> = {}): Field => ({
  name,
  type,
  list: false,
  required: false,
  choices: [],
  title: { fr: name, en: name },
  ...more,
});
const items = (...values: string[]) => values.map((value, place) => ({ id: String(place), sport: value }));

describe("a kind of the campus’s own", () => {
  test("is named by its title, else by what it requires", () => {
    expect(nameField([field("a"), field("b", "text", { required: true })])?.name).toBe("b");
    expect(nameField([field("b", "text", { required: true }), field("name")])?.name).toBe("name");
    expect(nameField([field("n", "number")])).toBeUndefined();
  });

  test("has headings that several items share", () => {
    const fields = [field("name", "text", { required: true }), field("sport")];
    expect(headingField(fields, items("voile", "voile", "aviron", "aviron"))?.name).toBe("sport");
    expect(headingField(fields, items("voile", "aviron", "judo"))).toBeUndefined();
    expect(headingField(fields, items("voile", "voile"))).toBeUndefined();
    expect(headingField([...fields, field("level", "choice")], items("voile"))?.name).toBe("level");
    expect(headingOf(fields[1], { id: "1", sport: "voile" })).toBe("Voile");
    expect(headingOf(undefined, { id: "1" })).toBe("");
  });

  test("shows values by their type, and nothing where there is none", () => {
    expect(shown(field("n", "number"), 12.5)).toBe("12,5");
    expect(shown(field("d", "date"), "2014-10-02")).toBe("2 octobre 2014");
    expect(shown(field("b", "boolean"), false)).toBe("non");
    expect(shown(field("l", "text", { list: true }), ["a", "b"])).toBe("a, b");
    expect(shown(field("x"), null)).toBe("");
  });

  test("knows pages from numbers and mail", () => {
    expect(addressesOf(field("to", "url"), "mailto:a@b.example")).toEqual([
      { name: "to", value: "a@b.example", href: "mailto:a@b.example", page: false },
    ]);
    expect(addressesOf(field("to", "url"), ["https://a.example"]).map(({ page }) => page)).toEqual([true]);
    expect(addressesOf(field("to", "url"), null)).toEqual([]);
    expect(addressesOf(field("to"), "https://a.example")).toEqual([]);
  });

  test("has a picture by its name, and texts that are read as such", () => {
    expect(pictureField([field("page", "url"), field("image", "url")])?.name).toBe("image");
    expect([isLong("a".repeat(81)), isLong("court"), isLong(12)]).toEqual([true, false, false]);
  });
});
