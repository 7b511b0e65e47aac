// Menus by restaurant and day.
import { describe, expect, test } from "vitest";
import { daysOf, dishOf, type Menu, mainDishes, nextServed, restaurantsOf, servedOn } from "../src/screens/menus/menu";

const DAY = "2026-11-24";
const menu = (id: string, more: Partial<Menu> = {}): Menu => ({
  id,
  date: DAY,
  place: "RU Lumière",
  place_id: "r1",
  sections: [
    { name: "Entrées", dishes: ["Carottes râpées", "Œuf", "Salade"] },
    { name: "Plats", dishes: ["Curry de légumes (végétarien)", "Poisson du jour"] },
  ],
  ...more,
});

describe("restaurants", () => {
  test("have the favourite first", () => {
    const menus = [menu("1"), menu("2", { place: "Port", place_id: "r2" })];
    expect(restaurantsOf(menus, "r2").map(({ name }) => name)).toEqual(["Port", "RU Lumière"]);
    expect(restaurantsOf(menus, "gone").map(({ name }) => name)).toEqual(["RU Lumière", "Port"]);
  });

  test("without a code go by their name", () => {
    expect(restaurantsOf([{ id: "1", date: DAY, place: "Port" }], undefined)).toEqual([{ id: "Port", name: "Port" }]);
  });

  test("show no day that is over", () => {
    expect(daysOf([menu("1", { date: "2026-11-25" }), menu("2"), menu("3", { date: "2026-11-23" })], DAY)).toEqual([
      DAY,
      "2026-11-25",
    ]);
  });

  test("serve meals in the order of the day", () => {
    const meals = servedOn([menu("dinner", { meal: "dinner" }), menu("lunch")], "r1", DAY);
    expect(meals.map(({ id }) => id)).toEqual(["lunch", "dinner"]);
  });

  test("serve next what is not over, and is served at all", () => {
    const menus = [menu("lunch"), menu("dinner", { meal: "dinner" })];
    expect(nextServed(menus, "r1", DAY, 11)?.id).toBe("lunch");
    expect(nextServed(menus, "r1", DAY, 16)?.id).toBe("dinner");
    expect(nextServed([menu("lunch", { closed: true })], "r1", DAY, 11)).toBeUndefined();
    expect(nextServed(menus, "r1", "2026-11-25", 11)).toBeUndefined();
  });
});

describe("a dish", () => {
  test("keeps every word", () => {
    expect(dishOf("Velouté de courge (végétarien) – lait, gluten")).toEqual({
      name: "Velouté de courge",
      labels: ["végétarien"],
      about: "lait, gluten",
      vegetarian: true,
    });
    expect(dishOf("(au choix)").name).toBe("(au choix)");
  });

  test("is not vegetarian unless its words say so", () => {
    expect(dishOf("Salade d’agrumes").vegetarian).toBe(false);
    expect(dishOf("Dahl vegan").vegetarian).toBe(true);
  });

  test("is a main one under its heading, else under the longest list", () => {
    expect(mainDishes(menu("1")).map(({ name }) => name)).toEqual(["Curry de légumes", "Poisson du jour"]);
    const sections = [{ dishes: ["Gratin", "Salade verte"] }, { dishes: ["Pomme"] }];
    expect(mainDishes(menu("1", { sections })).map(({ name }) => name)).toEqual(["Gratin", "Salade verte"]);
    expect(mainDishes(menu("1", { sections: [] }))).toEqual([]);
  });
});
