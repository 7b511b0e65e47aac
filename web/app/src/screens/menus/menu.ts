// Menus by restaurant and day, and what the words of a dish say.
import type { ItemOf } from "../../api/types";

export type Menu = ItemOf<"menus"> & { id: string };
type Meal = NonNullable<Menu["meal"]>;

export interface Restaurant {
  id: string;
  name: string;
}

export interface Dish {
  name: string;
  /** Words in brackets: `végétarien`, `fait maison`. */
  labels: string[];
  /** What follows a dash: allergens. */
  about: string;
  /** Its words say that there is no meat and no fish in it. */
  vegetarian: boolean;
}

const MEALS: Meal[] = ["breakfast", "lunch", "dinner"];
const VEGETARIAN = /v[ée]g[ée]t(ari|ali)|v[ée]gan|veggie/i;

export function restaurantOf(menu: Menu): string {
  return menu.place_id ?? menu.place ?? "";
}

/** The restaurants that there are, the favourite first. */
export function restaurantsOf(menus: Menu[], favourite: string | undefined): Restaurant[] {
  const all = new Map(menus.map((menu) => [restaurantOf(menu), menu.place ?? restaurantOf(menu)]));
  const restaurants = [...all].map(([id, name]) => ({ id, name }));
  return restaurants.sort((one, other) => Number(other.id === favourite) - Number(one.id === favourite));
}

/** The days from `today` on that any restaurant says something of. */
export function daysOf(menus: Menu[], today: string): string[] {
  return [...new Set(menus.map(({ date }) => date))].filter((day) => day >= today).sort();
}

/** What one restaurant serves on one day, in the order of meals. */
export function servedOn(menus: Menu[], restaurant: string, day: string): Menu[] {
  return menus
    .filter((menu) => restaurantOf(menu) === restaurant && menu.date === day)
    .sort((one, other) => MEALS.indexOf(mealOf(one)) - MEALS.indexOf(mealOf(other)));
}

export function mealOf(menu: Menu): Meal {
  return menu.meal ?? "lunch";
}

/** A dish from its words on the board; none of them is lost. */
export function dishOf(words: string): Dish {
  const [front = "", ...rest] = words.split(" – ");
  const labels: string[] = [];
  const name = front.replace(/\(([^()]*)\)/g, (_, label: string) => {
    labels.push(label.trim());
    return "";
  });
  return {
    name: name.replace(/\s+/g, " ").trim() || words,
    labels: labels.filter(Boolean),
    about: rest.join(" – "),
    vegetarian: isVegetarian(words),
  };
}

/** A dish, or a heading, that says so. */
export function isVegetarian(words: string): boolean {
  return VEGETARIAN.test(words);
}

/** The meal that a look at the board is for at an hour of the day, 0 to 23. */
export function mealAt(hour: number): Meal {
  return hour < 9 ? "breakfast" : hour < 15 ? "lunch" : "dinner";
}

/** The main dishes of a menu: those under a heading that says so, else under the longest list. */
export function mainDishes(menu: Menu): Dish[] {
  const sections = menu.sections ?? [];
  const main = sections.filter(({ name }) => /plat|main|chaud|grill|v[ée]g[ée]t/i.test(name ?? ""));
  const longest = [...sections].sort((one, other) => other.dishes.length - one.dishes.length).slice(0, 1);
  return (main.length ? main : longest).flatMap(({ dishes }) => dishes.map((dish) => dishOf(dish)));
}

/** What is served next at a restaurant: today's present or later meal, `hour` being the campus's. */
export function nextServed(menus: Menu[], restaurant: string, day: string, hour: number): Menu | undefined {
  const from = MEALS.indexOf(mealAt(hour));
  return servedOn(menus, restaurant, day).find(
    (menu) => !menu.closed && MEALS.indexOf(mealOf(menu)) >= from && mainDishes(menu).length > 0,
  );
}
