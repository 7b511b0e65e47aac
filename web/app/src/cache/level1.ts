// The level-1 cache: what the phone keeps of each data set, sealed, for the lifetimes of the signed manifest.
import type { Item, Manifest } from "../api/types";
import { compared, living, type Marks } from "./changes";
import type { Database, Row } from "./database";
import { type State, stateOf, type Times } from "./lifetimes";
import { Vault } from "./vault";

/** What is kept of one answer. */
export interface Kept {
  items: Item[];
  /** As of when the source said so, RFC 3339. */
  asOf: string;
  etag: string;
  marks: Marks;
}

/** An entry as it is read. */
export interface Held extends Kept, Times {
  state: Exclude<State, "gone">;
}

/** More than this is not kept, in bytes; the entries that were not looked at for longest leave. */
const BUDGET = 50 * 1024 * 1024;

export class Level1Cache {
  #rules: Manifest["data"] = {};

  private constructor(
    private readonly database: Database,
    private vault: Vault,
    private readonly now: () => number,
    private readonly budget: number,
  ) {}

  /** `now` is the server's clock as the phone knows it. */
  static async open(database: Database, now: () => number, budget = BUDGET): Promise<Level1Cache> {
    return new Level1Cache(database, await Vault.open(database), now, budget);
  }

  /** Takes the rules of a manifest, at once for what is there already. */
  async govern(manifest: Manifest): Promise<void> {
    this.#rules = manifest.data;
    const now = this.now();
    const rows = await this.database.getAll("entries");
    await this.#drop(rows.filter((row) => stateOf(row, this.#rules[row.name], now) === "gone"));
  }

  /** What is known of a set, if it may still be shown. */
  async get(name: string, query: string): Promise<Held | null> {
    const id = await digest(`${name}?${query}`);
    const row = await this.database.get("entries", id);
    if (!row) return null;
    const state = stateOf(row, this.#rules[name], this.now());
    const body = state === "gone" ? undefined : await this.database.get("bodies", id);
    const kept = body ? ((await this.vault.unseal(id, body)) as Kept | null) : null;
    if (!kept || state === "gone") {
      await this.#drop([row]);
      return null;
    }
    await this.database.put("entries", { ...row, used: Date.now() });
    const { fetched, freshUntil, epoch } = row;
    return { ...kept, marks: living(kept.marks, this.now()), fetched, freshUntil, epoch, state };
  }

  /** Keeps an answer in the place of the former one, and finds what changed. A set without a rule is only shown. */
  async put(name: string, query: string, answer: Omit<Kept, "marks">, freshUntil: number): Promise<Held> {
    const before = await this.get(name, query);
    const rule = this.#rules[name];
    const now = this.now();
    const marks = before && rule ? compared(before.items, answer.items, rule, before.marks, now) : {};
    const times = { fetched: now, freshUntil, epoch: rule?.epoch ?? 0 };
    const kept = { ...answer, marks };
    if (rule) await this.#write(name, query, kept, times);
    return this.#held(name, kept, times);
  }

  /** The server says that what is held is still so. */
  async renew(name: string, query: string, asOf: string, freshUntil: number): Promise<Held | null> {
    const held = await this.get(name, query);
    if (!held) return null;
    const kept = { items: held.items, etag: held.etag, marks: held.marks, asOf };
    const times = { fetched: this.now(), freshUntil, epoch: held.epoch };
    await this.#write(name, query, kept, times);
    return this.#held(name, kept, times);
  }

  /** The marks of a set were shown. */
  async shown(name: string, query: string): Promise<void> {
    const held = await this.get(name, query);
    const marks = Object.entries(held?.marks ?? {});
    if (!held || marks.every(([, mark]) => mark.shown !== undefined)) return;
    const now = this.now();
    const seen = Object.fromEntries(marks.map(([id, mark]) => [id, { ...mark, shown: mark.shown ?? now }]));
    const { items, asOf, etag, fetched, freshUntil, epoch } = held;
    await this.#write(name, query, { items, asOf, etag, marks: seen }, { fetched, freshUntil, epoch });
  }

  /** A note that is sealed as entries are: who is signed in, what was chosen. */
  async note<T>(name: string): Promise<T | null> {
    const sealed = await this.database.get("notes", name);
    return sealed ? ((await this.vault.unseal(name, sealed)) as T | null) : null;
  }

  async setNote(name: string, value: unknown): Promise<void> {
    await this.database.put("notes", await this.vault.seal(name, value), name);
  }

  /** Entries and bytes that are kept. */
  async usage(): Promise<{ entries: number; bytes: number }> {
    const rows = await this.database.getAll("entries");
    return { entries: rows.length, bytes: rows.reduce((sum, row) => sum + row.size, 0) };
  }

  /** Forgets what was fetched; the app goes on. */
  async clear(): Promise<void> {
    await this.#drop(await this.database.getAll("entries"));
  }

  /** Takes the key that is there now: another window may have forgotten everything. */
  async reopen(): Promise<void> {
    this.vault = await Vault.open(this.database);
  }

  /** Forgets everything, the key first. */
  async wipe(): Promise<void> {
    await Vault.destroy(this.database);
    await this.clear();
    await this.database.clear("bodies");
    await this.database.clear("notes");
    await this.reopen();
  }

  #held(name: string, kept: Kept, times: Times): Held {
    const state = stateOf(times, this.#rules[name], this.now()) === "fresh" ? "fresh" : "old";
    return { ...kept, ...times, state };
  }

  async #write(name: string, query: string, kept: Kept, times: Times): Promise<void> {
    const id = await digest(`${name}?${query}`);
    const body = await this.vault.seal(id, kept);
    const writing = this.database.transaction(["entries", "bodies"], "readwrite");
    const row: Row = { id, name, ...times, used: Date.now(), size: body.data.byteLength };
    await Promise.all([
      writing.objectStore("entries").put(row),
      writing.objectStore("bodies").put(body, id),
      writing.done,
    ]);
    await this.#evict();
  }

  async #evict(): Promise<void> {
    const rows = await this.database.getAll("entries");
    let excess = rows.reduce((sum, row) => sum + row.size, 0) - this.budget;
    const leaving = rows
      .sort((one, other) => one.used - other.used)
      .filter((row) => {
        const leaves = excess > 0;
        excess -= row.size;
        return leaves;
      });
    await this.#drop(leaving);
  }

  async #drop(rows: Row[]): Promise<void> {
    if (!rows.length) return;
    const writing = this.database.transaction(["entries", "bodies"], "readwrite");
    const deletions = rows.flatMap(({ id }) => [
      writing.objectStore("entries").delete(id),
      writing.objectStore("bodies").delete(id),
    ]);
    await Promise.all([...deletions, writing.done]);
  }
}

async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
