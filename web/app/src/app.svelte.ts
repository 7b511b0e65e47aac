// The app as a whole: the campus, the person, whether anybody answers; started from what the phone knows, then brought up to date.
import { Client } from "./api/client";
import { type Key, keyOf, type SignedManifest, signed, verified } from "./api/manifest";
import { Problem, Unreachable } from "./api/problem";
import type { Manifest, Me, Screen } from "./api/types";
import { openDatabase } from "./cache/database";
import { Level1Cache } from "./cache/level1";
import { language } from "./words/language.svelte";
import { clock } from "./words/time.svelte";

/** What a person chose on this phone. */
export interface Choices {
  /** Statistics of use may be counted. */
  statistics: boolean;
  /** Grades are covered until they are asked for. */
  coverGrades: boolean;
  /** Values of parameters by set: `{ "group-timetable": { group: "4102" } }`. */
  parameters: Record<string, Record<string, string>>;
  /** What is shown first of a set: `{ "menus": "r135" }` is a restaurant. */
  favourites: Record<string, string>;
  /** When the sheet on installing was put away, in milliseconds since 1970. */
  installLater: number;
  /** The person was welcomed, and goes on without signing in. */
  welcomed: boolean;
}

const CHOICES: Choices = {
  statistics: true,
  coverGrades: false,
  parameters: {},
  favourites: {},
  installLater: 0,
  welcomed: false,
};

/** The manifest is looked at again after this, in milliseconds. */
const MANIFEST_AGE = 15 * 60_000;

export type Phase = "starting" | "ready" | "unreachable" | "maintenance" | "unknown";

class App {
  phase = $state<Phase>("starting");
  manifest = $state.raw<Manifest | null>(null);
  me = $state.raw<Me | null>(null);
  /** Whether the last request was answered; this, not the browser's opinion, is what "offline" means. */
  reached = $state(true);
  /** Something in front of the cells says that they are being worked on. */
  maintenance = $state(false);
  choices = $state<Choices>({ ...CHOICES });
  cache!: Level1Cache;
  readonly client = new Client(location.origin, {
    heard: (reached, date, maintenance) => {
      this.reached = reached;
      this.maintenance = maintenance;
      if (date) clock.correct(date);
    },
    // What other cells hold is of the session before.
    renewed: () => void this.cache.setNote("settled", []),
  });
  /** Grows when what is shown may be somebody else's now, or under other rules: data sets are opened anew. */
  generation = $state(0);
  #looked = 0;
  #signed: SignedManifest | null = null;
  #keys: Key[] = [];

  get person(): Me | null {
    return this.me?.signed_in ? this.me : null;
  }

  get screens(): Screen[] {
    return this.manifest?.screens ?? [];
  }

  async start(): Promise<void> {
    this.cache = await Level1Cache.open(await openDatabase(), () => clock.read());
    // First of all: by another clock, what is kept would be of the future.
    clock.skew = (await this.cache.note<number>("skew")) ?? 0;
    const kept = await this.cache.note<SignedManifest>("manifest");
    this.#keys = (await this.cache.note<Key[]>("keys")) ?? [];
    const manifest = kept && (await verified(kept, this.#keys));
    if (kept && manifest) await this.#take(manifest, kept);
    this.me = await this.cache.note<Me>("me");
    this.choices = { ...CHOICES, ...(await this.cache.note<Choices>("choices")) };
    if (manifest) this.phase = "ready";
    void navigator.storage?.persist?.();
    // Whoever has a session to end is somebody else after that.
    this.client.cells.early = (await this.cache.note("ending")) === null;
    await this.look();
    this.client.cells.early = false;
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") void this.look();
    });
    setInterval(() => {
      if (document.visibilityState === "visible" && Date.now() - this.#looked > MANIFEST_AGE) void this.look();
    }, 60_000);
  }

  /** Looks who is signed in and whether the manifest changed. */
  async look(): Promise<void> {
    this.#looked = Date.now();
    await this.#catchUp();
    try {
      await this.#endOpenSignOut();
      const [me, manifest] = await Promise.all([
        this.#askMe(),
        this.#askManifest(),
        this.#keys.length ? null : this.#askKeys(),
      ]);
      await this.#takeMe(me);
      if (manifest) await this.#takeSigned(manifest);
      this.phase = "ready";
      await this.#keep();
      await this.settle();
    } catch (problem) {
      if (this.manifest) return;
      if (problem instanceof Unreachable) this.phase = problem.maintenance ? "maintenance" : "unreachable";
      else this.phase = problem instanceof Problem && problem.slug === "unknown-campus" ? "unknown" : "unreachable";
    }
  }

  async setChoices(changes: Partial<Choices>): Promise<void> {
    Object.assign(this.choices, changes);
    await this.cache.setNote("choices", this.choices);
  }

  /** Goes to the school's identity provider, and comes back to where the person was. */
  signIn(back = location.pathname + location.search): void {
    location.assign(`${this.manifest?.login?.address ?? "/api/login"}?return=${encodeURIComponent(back)}`);
  }

  /** Forgets all that is here, the key first; then ends the session, here and at the provider. */
  async signOut(everywhere = false): Promise<void> {
    await this.#wipe();
    // Without network the session ends as soon as there is one.
    await this.cache.setNote("ending", { everywhere });
    this.me = null;
    location.assign((await this.#endOpenSignOut().catch(() => null)) ?? "/");
  }

  /** Gives the other cells a session of their own where they have none, so that the app can go over to them at any moment. */
  async settle(): Promise<void> {
    if (!this.person) return;
    const settled = (await this.cache.note<string[]>("settled")) ?? [];
    const others = this.client.cells.others().filter((address) => !settled.includes(address));
    for (const address of others) {
      if (await this.client.settle(address).catch(() => false)) settled.push(address);
    }
    if (others.length) await this.cache.setNote("settled", settled);
  }

  /** Forgets what was fetched; it comes again when it is looked at. */
  async forget(): Promise<void> {
    await this.cache.clear();
    this.generation += 1;
  }

  /** Goes over to another channel, or back to everybody's. */
  async setChannel(channel: string): Promise<void> {
    await this.client.post("/api/channel", { channel });
    this.client.channel = channel;
    this.#signed = null;
    await this.forget();
    await this.look();
  }

  /** In another window somebody may have signed out, and somebody else in: what is here is not for them. */
  async #catchUp(): Promise<void> {
    await this.cache.reopen();
    const me = await this.cache.note<Me>("me");
    if (me?.user === this.me?.user) return;
    this.me = me;
    this.choices = { ...CHOICES, ...(await this.cache.note<Choices>("choices")) };
    this.generation += 1;
  }

  async #askMe(): Promise<Me> {
    const ask = async () => (await (await this.client.get("/api/me")).json()) as Me;
    const me = await ask();
    return !me.signed_in && me.expired && (await this.client.renew()) ? ask() : me;
  }

  /** Ends the session of somebody who signed out; where the provider wants to be told, its address. */
  async #endOpenSignOut(): Promise<string | null> {
    const ending = await this.cache.note<{ everywhere: boolean }>("ending");
    if (!ending) return null;
    const form: Record<string, string> = ending.everywhere ? { everywhere: "true" } : {};
    const ended = (await (await this.client.post("/api/session/end", form)).json()) as { provider?: string | null };
    await this.cache.setNote("ending", null);
    return ended.provider ?? null;
  }

  /** Nobody's answer that is under way is kept after this. */
  async #wipe(): Promise<void> {
    this.generation += 1;
    await this.cache.wipe();
    this.generation += 1;
    this.choices = { ...CHOICES };
  }

  async #takeMe(me: Me): Promise<void> {
    const account = await this.cache.note<string>("account");
    const signedOutElsewhere = this.person !== null && !me.signed_in && account === null;
    if (me.signed_in && account !== null && account !== me.user) await this.#wipe();
    else if ((me.signed_in && account === null) || signedOutElsewhere) this.generation += 1;
    if (me.signed_in) await this.cache.setNote("account", me.user);
    await this.cache.setNote("me", me);
    this.me = me;
  }

  /** The manifest, where it is another one. */
  async #askManifest(): Promise<SignedManifest | null> {
    const response = await this.client.get("/api/manifest", this.#signed ? { "if-none-match": this.#signed.etag } : {});
    return response.status === 304 ? null : signed(response);
  }

  async #takeSigned(came: SignedManifest): Promise<void> {
    if (!this.#keys.some((key) => key.kid === keyOf(came))) await this.#askKeys();
    const manifest = await verified(came, this.#keys);
    if (!manifest) throw new Problem("signature", 0, null);
    await this.#take(manifest, came);
    this.generation += 1;
  }

  /** Only the origin that the app itself came from says which keys are the school's. */
  async #askKeys(): Promise<void> {
    this.#keys = ((await (await this.client.cells.ask("", "/api/keys", {})).json()) as { keys: Key[] }).keys;
  }

  /** Keeps what the app starts from, also where everything was wiped. */
  async #keep(): Promise<void> {
    await this.cache.setNote("keys", this.#keys);
    await this.cache.setNote("manifest", this.#signed);
    await this.cache.setNote("skew", clock.skew);
  }

  async #take(manifest: Manifest, signed: SignedManifest): Promise<void> {
    this.#signed = signed;
    this.client.cells.know(manifest);
    this.client.channel = manifest.channel;
    clock.zone = manifest.timezone;
    language.start(manifest.languages);
    await this.cache.govern(manifest);
    this.manifest = manifest;
  }
}

export const app = new App();
