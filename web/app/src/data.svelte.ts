// A data set as screens see it: what the phone knows at once, then what the school says; with its age, its changes and its problem.
import { Problem, Unreachable } from "./api/problem";
import type { Answer, Item, ItemOf, Kind, SetRule, Why } from "./api/types";
import { app } from "./app.svelte";
import type { Marks } from "./cache/changes";
import type { Held } from "./cache/level1";
import { stateOf } from "./cache/lifetimes";
import { clock } from "./words/time.svelte";

export class DataSet<T extends { id: string } = Item> {
  /** Nothing until something is known. */
  items = $state.raw<T[] | null>(null);
  marks = $state.raw<Marks>({});
  /** As of when the source said so, RFC 3339. */
  asOf = $state<string | null>(null);
  /** The answer is past its freshness, and a newer one could not be had. */
  old = $state(false);
  /** Why nothing newer could be had. */
  problem = $state.raw<Problem | Unreachable | null>(null);
  /** The server's explanation of an empty or old answer. */
  why = $state.raw<Why | null>(null);
  #held: Held | null = null;
  #loading: Promise<void> | null = null;

  constructor(
    readonly name: string,
    readonly query: string,
  ) {}

  get rule(): SetRule | undefined {
    return app.manifest?.data[this.name];
  }

  /** Shows what is known, and asks where that is not fresh. */
  open(): Promise<void> {
    this.#loading ??= this.#load(false).finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  /** Asks whatever is known. */
  async retry(): Promise<void> {
    await this.#loading;
    await this.#load(true);
  }

  /** The marks are on the screen now. */
  shown(): void {
    if (Object.keys(this.marks).length) void app.cache.shown(this.name, this.query);
  }

  async #load(force: boolean): Promise<void> {
    if (!this.#held) this.#show(await app.cache.get(this.name, this.query));
    const held = this.#held;
    const fresh = held && stateOf(held, this.rule, clock.read()) === "fresh";
    if (fresh && !force) {
      if (!held.items.length) this.why ??= await this.#explained();
      return;
    }
    try {
      await this.#ask(held);
      this.problem = null;
      this.old = false;
      this.why = this.items?.length ? null : await this.#explained();
    } catch (problem) {
      this.problem =
        problem instanceof Problem ? problem : new Unreachable(problem instanceof Unreachable && problem.maintenance);
      this.old = this.items !== null;
      this.why = problem instanceof Problem ? await this.#explained() : null;
    }
  }

  async #ask(held: Held | null): Promise<void> {
    const path = `/api/data/${encodeURIComponent(this.name)}${this.query && `?${this.query}`}`;
    const generation = app.generation;
    const response = await app.client.get(path, held ? { "if-none-match": held.etag } : {});
    const ttl = Number(/ttl=(-?\d+)/.exec(response.headers.get("cache-status") ?? "")?.[1] ?? Number.NaN);
    const now = clock.read();
    const age = Number(response.headers.get("age") ?? 0) * 1000;
    const fresh = Number.isNaN(ttl) ? now - age + (this.rule?.fresh_for ?? 0) * 1000 : now + ttl * 1000;
    if (response.status === 304 && held) {
      const asOf = new Date(now - age).toISOString();
      this.#show((await app.cache.renew(this.name, this.query, asOf, fresh)) ?? { ...held, asOf, freshUntil: fresh });
      return;
    }
    const { items, as_of: asOf } = (await response.json()) as Answer;
    // Somebody signed out meanwhile, or the rules changed: this is nobody's any more.
    if (generation !== app.generation) return;
    // Kept before it is shown: what somebody saw is there without network, however soon they leave.
    const etag = response.headers.get("etag") ?? "";
    this.#show(await app.cache.put(this.name, this.query, { items, asOf, etag }, fresh));
  }

  async #explained(): Promise<Why | null> {
    const path = `/api/explain/${encodeURIComponent(this.name)}${this.query && `?${this.query}`}`;
    const answer = await app.client.get(path).catch(() => null);
    return ((await answer?.json().catch(() => null)) as { why: Why } | null)?.why ?? null;
  }

  #show(held: Held | null): void {
    this.#held = held;
    if (!held) return;
    this.items = held.items as unknown as T[];
    this.marks = held.marks;
    this.asOf = held.asOf;
  }
}

const open = new Map<string, DataSet<never>>();
let generation = 0;

/** The data set of a name, the same for all who show it, with the parameters that the person chose. */
export function dataOf<T extends { id: string } = Item>(name: string): DataSet<T> {
  if (generation !== app.generation) {
    open.clear();
    generation = app.generation;
  }
  const query = new URLSearchParams(app.choices.parameters[name] ?? {}).toString();
  const key = `${name}?${query}`;
  const known = open.get(key) ?? (new DataSet<never>(name, query) as DataSet<never>);
  open.set(key, known);
  return known as unknown as DataSet<T>;
}

/** The first set of a kind, preferring the person's own. */
export function setsOf(kind: Kind): string[] {
  const sets = Object.entries(app.manifest?.data ?? {}).filter(([, set]) => set.kind === kind);
  return sets
    .sort(([, one], [, other]) => Number(other.audience === "self") - Number(one.audience === "self"))
    .map(([name]) => name);
}

/** The data set of a kind that Préau knows. */
export function kindOf<K extends Kind>(_kind: K, name: string): DataSet<ItemOf<K> & { id: string }> {
  return dataOf<ItemOf<K> & { id: string }>(name);
}
