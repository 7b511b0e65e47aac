// In which order the first screen shows its cards.
import { describe, expect, it } from "vitest";
import type { Screen } from "../src/api/types";
import { ordered } from "../src/screens/home/order";

const screen = (id: string, home = true): Screen => ({
  id,
  title: { fr: id, en: id },
  icon: "star",
  data: [id],
  tab: false,
  home,
});
const screens = ["news", "departures", "menus", "grades", "notices"].map((id) => screen(id));
const at = (hour: number, over: boolean) =>
  ordered([...screens, screen("links", false)], (set) => set, hour, over).map(({ kind }) => kind);

describe("the first screen", () => {
  it("shows menus before lunch, and buses after the last class", () => {
    expect(at(11, false)).toEqual(["notices", "menus", "grades", "departures", "news"]);
    expect(at(16, true)).toEqual(["notices", "departures", "grades", "menus", "news"]);
  });
});
