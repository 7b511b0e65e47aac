// In which order the directory stands.
import { expect, test } from "vitest";
import { callOf, sectionsOf } from "../src/screens/directory/contact";

const contact = (name: string, last_name?: string) => ({ id: name, name, ...(last_name ? { last_name } : {}) });

test("a short list stands in the order of last names, without letters", () => {
  const [all] = sectionsOf([contact("Élodie Dubois", "Dubois"), contact("Zoé Abel", "Abel"), contact("Bureau")], "fr");
  expect(all?.name).toBe("");
  expect(all?.contacts.map(({ name }) => name)).toEqual(["Zoé Abel", "Bureau", "Élodie Dubois"]);
});

test("a long list stands under letters, whatever their accents", () => {
  const people = ["Eco", "Émile", "1er étage", ..."bcdfghijklmn"].map((name) => contact(name));
  const sections = sectionsOf(people, "fr");
  expect(sections[0]?.name).toBe("#");
  expect(sections.find(({ name }) => name === "E")?.contacts.map(({ name }) => name)).toEqual(["Eco", "Émile"]);
});

test("a number is called by its digits", () => {
  expect(callOf("+33 (0)3 00 00 00 12")).toBe("tel:+33300000012");
  expect(callOf("03.00.00.00.12")).toBe("tel:0300000012");
});
