// The level-1 cache: what is kept, for how long, and that it is sealed.
import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import { type Database, openDatabase } from "../src/cache/database";
import { Level1Cache } from "../src/cache/level1";
import { DAY, lesson, manifest, rule } from "./rules";

let now = Date.parse("2026-11-24T10:00:00Z");
let database: Database;
let cache: Level1Cache;
let databases = 0;

const answer = (room: string) => ({
  items: [lesson("1", "2026-11-25T10:00:00+01:00", { room })],
  asOf: "2026-11-24T10:00:00Z",
  etag: '"1"',
});
const put = (name: string, query = "") => cache.put(name, query, answer("B204"), now + 900_000);

beforeEach(async () => {
  now = Date.parse("2026-11-24T10:00:00Z");
  databases += 1;
  database = await openDatabase(`test-${databases}`);
  cache = await Level1Cache.open(database, () => now);
  await cache.govern(manifest({ timetable: rule(), news: rule({ kind: "news", time: null }) }));
});

/** Everything in the database, as text; bytes as they are. */
async function dump(): Promise<string> {
  const stores = await Promise.all((["entries", "bodies", "notes"] as const).map((store) => database.getAll(store)));
  const text = (value: unknown): string =>
    value instanceof ArrayBuffer || value instanceof Uint8Array
      ? new TextDecoder("latin1").decode(value)
      : value && typeof value === "object"
        ? Object.values(value).map(text).join(" ")
        : String(value);
  return stores.map(text).join(" ");
}

describe("the level-1 cache", () => {
  it("gives back what it keeps, fresh and then old", async () => {
    await put("timetable");
    expect((await cache.get("timetable", ""))?.state).toBe("fresh");
    now += DAY;
    expect((await cache.get("timetable", ""))?.state).toBe("old");
    now += 14 * DAY;
    expect(await cache.get("timetable", "")).toBeNull();
    expect((await cache.usage()).entries).toBe(0);
  });

  it("keeps sets and parameters apart", async () => {
    await cache.put("timetable", "group=1", answer("B204"), now);
    await cache.put("timetable", "group=2", answer("C012"), now);
    expect((await cache.get("timetable", "group=1"))?.items[0]?.room).toBe("B204");
    expect(await cache.get("timetable", "")).toBeNull();
  });

  it("stores no set that the manifest does not name, and shows it all the same", async () => {
    const held = await put("secret");
    expect(held.items).toHaveLength(1);
    expect((await cache.usage()).entries).toBe(0);
  });

  it("applies a new manifest at once to what is there", async () => {
    await put("timetable");
    await put("news");
    await cache.govern(manifest({ timetable: rule({ epoch: 1 }), news: rule() }));
    expect(await cache.get("timetable", "")).toBeNull();
    expect(await cache.get("news", "")).not.toBeNull();
    await cache.govern(manifest({}));
    expect((await cache.usage()).entries).toBe(0);
  });

  it("keeps nothing in clear, not even which group was asked for", async () => {
    await cache.put("timetable", "group=Planted", answer("Planted"), now);
    await cache.setNote("me", { name: "Planted" });
    expect(await dump()).toContain("timetable");
    expect(await dump()).not.toContain("Planted");
  });

  it("can read nothing once the key is destroyed, and begins anew", async () => {
    await put("timetable");
    await cache.setNote("me", { name: "Aline" });
    const rows = await database.getAll("entries");
    const bodies = await database.getAll("bodies");
    await cache.wipe();
    expect(await cache.note("me")).toBeNull();
    for (const [place, row] of rows.entries()) {
      await database.put("entries", row);
      await database.put("bodies", bodies[place] as never, row.id);
    }
    expect(await cache.get("timetable", "")).toBeNull();
    await put("timetable");
    expect(await cache.get("timetable", "")).not.toBeNull();
  });

  it("has a key that no script can read", async () => {
    const key = (await database.get("vault", "key")) as CryptoKey;
    expect(key.extractable).toBe(false);
    await expect(crypto.subtle.exportKey("raw", key)).rejects.toThrow();
  });

  it("opens an entry at its own place only", async () => {
    await cache.put("timetable", "group=1", answer("B204"), now);
    await cache.put("timetable", "group=2", answer("C012"), now);
    const [one, other] = await database.getAllKeys("bodies");
    const stolen = await database.get("bodies", one as string);
    await database.put("bodies", stolen as never, other as string);
    const held = await Promise.all(["group=1", "group=2"].map((query) => cache.get("timetable", query)));
    expect(held.filter((each) => each === null)).toHaveLength(1);
  });

  it("lets what was not looked at for longest go when there is too much", async () => {
    cache = await Level1Cache.open(database, () => now, 600);
    await cache.govern(manifest({ timetable: rule() }));
    for (const group of ["1", "2", "3", "4", "5"]) await cache.put("timetable", `group=${group}`, answer("B204"), now);
    const { bytes, entries } = await cache.usage();
    expect(bytes).toBeLessThanOrEqual(600);
    expect(entries).toBeGreaterThan(0);
    expect(await cache.get("timetable", "group=5")).not.toBeNull();
  });

  it("is brought up to date by a 304, with its marks", async () => {
    await put("timetable");
    await cache.put("timetable", "", answer("C012"), now + 900_000);
    now += 3_600_000;
    const held = await cache.renew("timetable", "", "2026-11-24T11:00:00Z", now + 900_000);
    expect(held?.state).toBe("fresh");
    expect(held?.asOf).toBe("2026-11-24T11:00:00Z");
    expect(held?.marks["1"]?.before).toEqual({ room: "B204" });
  });

  it("shares one key between windows that open at once", async () => {
    const fresh = await openDatabase(`test-${databases}-windows`);
    const [one, other] = await Promise.all([Level1Cache.open(fresh, () => now), Level1Cache.open(fresh, () => now)]);
    await one.govern(manifest({ timetable: rule() }));
    await other.govern(manifest({ timetable: rule() }));
    await one.put("timetable", "", answer("B204"), now);
    expect(await other.get("timetable", "")).not.toBeNull();
  });

  it("keeps under the new key what comes after another window forgot everything", async () => {
    const window = await Level1Cache.open(database, () => now);
    await window.govern(manifest({ timetable: rule() }));
    await put("timetable");
    await window.setNote("me", { user: "1" });
    await cache.wipe();
    await window.reopen();
    expect(await window.note("me")).toBeNull();
    await window.put("timetable", "", answer("C012"), now);
    expect((await cache.get("timetable", ""))?.items[0]).toMatchObject({ room: "C012" });
  });
});
