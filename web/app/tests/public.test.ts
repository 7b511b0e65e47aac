// Notices, links, places, articles: what their screens decide.
import { describe, expect, test } from "vitest";
import { categoriesOf, grouped, inOrder } from "../src/screens/groups";
import { iconOf, isEmergency, readable } from "../src/screens/links/link";
import { type Announcement, inForce } from "../src/screens/notices/notice";
import { geoOf, mapOf, opensGeo } from "../src/screens/places/place";
import { published } from "../src/screens/published";
import { clock } from "../src/words/time.svelte";

const NOW = Date.parse("2026-11-24T12:00:00+01:00");
clock.now = NOW;

describe("notices", () => {
  const notice = (id: string, more: Partial<Announcement>): Announcement => ({
    id,
    title: id,
    published: "2026-11-23T08:00:00+01:00",
    ...more,
  });

  test("are shown until they expire, the loudest and the newest first", () => {
    const notices = [
      notice("plain", {}),
      notice("warning", { level: "warning" }),
      notice("newer", { level: "warning", published: "2026-11-24T08:00:00+01:00" }),
      notice("urgent", { level: "urgent", expires: "2026-11-24T12:00:01+01:00" }),
      notice("over", { level: "urgent", expires: "2026-11-24T12:00:00+01:00" }),
    ];
    expect(inForce(notices, NOW).map(({ id }) => id)).toEqual(["urgent", "newer", "warning", "plain"]);
  });
});

describe("links", () => {
  const link = (url: string, category?: string) => ({ id: url, title: url, url, ...(category ? { category } : {}) });

  test("for emergencies are known by their heading", () => {
    expect(["Urgences", "Emergency numbers", "Études"].map((name) => isEmergency(link("tel:112", name)))).toEqual([
      true,
      true,
      false,
    ]);
    expect(isEmergency(link("tel:112"))).toBe(false);
  });

  test("show the number that they call", () => {
    expect(readable(link("tel:+33300000018"))).toBe("+33 3 00 00 00 18");
    expect(readable(link("tel:112"))).toBe("112");
    expect(readable(link("mailto:a@b.example?subject=x"))).toBe("a@b.example");
    expect(readable(link("https://a.example/"))).toBe("");
  });

  test("have the sign of their door", () => {
    expect(["tel:1", "mailto:a@b", "geo:1,2", "https://a"].map((url) => iconOf(link(url)))).toEqual([
      "phone",
      "mail",
      "map-pin",
      "globe",
    ]);
  });
});

describe("places", () => {
  const place = { name: "Amphi (B)", latitude: 47.25, longitude: 0 };

  test("are on the map by their position, else by their address", () => {
    expect(mapOf(place)).toBe("https://www.openstreetmap.org/?mlat=47.25&mlon=0#map=18/47.25/0");
    expect(mapOf({ address: "1 rue A" })).toBe("https://www.openstreetmap.org/search?query=1%20rue%20A");
    expect(mapOf({})).toBeNull();
  });

  test("have a name in the phone's map that closes no bracket", () => {
    expect(geoOf(place)).toBe("geo:47.25,0?q=47.25,0(Amphi%20B)");
    expect(geoOf({ name: "A" })).toBeNull();
    expect([opensGeo("Mozilla/5.0 (Linux; Android 14)"), opensGeo("iPhone")]).toEqual([true, false]);
  });
});

describe("lists", () => {
  const items = [
    { id: "1", category: "B", order: 2 },
    { id: "2", category: "A" },
    { id: "3", category: "B", order: 1 },
    { id: "4" },
  ];

  test("stand under headings in the school's order", () => {
    expect(categoriesOf(items)).toEqual(["B", "A"]);
    expect(grouped(items, (item) => item.category ?? "").map(({ name, items }) => name + items.length)).toEqual([
      "B2",
      "A1",
      "1",
    ]);
    expect(inOrder(items).map(({ id }) => id)).toEqual(["3", "1", "2", "4"]);
  });
});

describe("what appeared", () => {
  test("says when, as short as its age allows", () => {
    expect(published("2026-11-24T10:00:00+01:00")).toBe("il y a 2 heures");
    expect(published("2026-11-23T23:00:00+01:00")).toBe("Hier");
    expect(published("2026-11-18T12:00:00+01:00")).toBe("18 novembre");
    expect(published("2025-11-18T12:00:00+01:00")).toBe("18 novembre 2025");
  });
});
