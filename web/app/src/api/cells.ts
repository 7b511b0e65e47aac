// Which cell of the campus is asked: the one that the app came from, and another one for a while when it does not answer.
import { Unreachable } from "./problem";
import type { Cell, Manifest } from "./types";

/** No answer takes longer than this, in milliseconds; sources have their own, shorter patience. */
const PATIENCE = 30_000;

/** What a proxy answers in place of a cell that is not there. */
const GATEWAY_FAILURES = [502, 503, 504];

/** A cell behind its address; the one that the app came from has the empty address. */
const HOME = "";

export class Cells {
  /** Answers may be those that the page asked for while the script still came; requests of another mode are new ones. */
  early = false;
  #others: Cell[] = [];
  #timeout = 2000;
  #comeBackAfter = 300_000;
  #at = HOME;
  #until = 0;

  constructor(
    private readonly origin: string,
    private readonly clock: () => number = Date.now,
  ) {}

  /** Takes the cells of a manifest. */
  know(manifest: Manifest): void {
    this.#others = (manifest.cells ?? []).filter((cell) => new URL(cell.url).origin !== this.origin);
    this.#timeout = manifest.change_over?.timeout_ms ?? this.#timeout;
    this.#comeBackAfter = (manifest.change_over?.come_back_after_s ?? 300) * 1000;
    if (!this.addresses().includes(this.#at)) this.#at = HOME;
  }

  /** The cells in the order in which they are asked now. */
  addresses(): string[] {
    const all = [HOME, ...this.#others.map((cell) => cell.url.replace(/\/$/, ""))];
    const first = this.clock() < this.#until ? this.#at : HOME;
    return [first, ...all.filter((address) => address !== first)];
  }

  /** The other cells' addresses. */
  others(): string[] {
    return this.addresses().filter((address) => address !== HOME);
  }

  /**
   * Asks the present cell; after the time-out the next one too, and whoever answers first is right. A cell that answers in
   * place of an earlier one is asked first from then on, until it is time to look whether the app's own is back.
   */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const order = this.addresses();
    const cancel = new AbortController();
    const patience = setTimeout(() => cancel.abort(), PATIENCE);
    return new Promise<Response>((resolve, reject) => {
      let [asked, failed, maintenance, done] = [0, 0, false, false];
      const ask = () => {
        const address = order[asked];
        if (done || address === undefined) return;
        asked += 1;
        const hedge = setTimeout(ask, this.#timeout);
        this.ask(address, path, { ...init, signal: cancel.signal }).then(
          (response) => {
            clearTimeout(hedge);
            if (done) return;
            done = true;
            if (address !== order[0]) this.#goTo(address);
            resolve(response);
          },
          (problem: unknown) => {
            clearTimeout(hedge);
            failed += 1;
            maintenance ||= problem instanceof Unreachable && problem.maintenance;
            if (failed === order.length) reject(new Unreachable(maintenance));
            else ask();
          },
        );
      };
      ask();
    }).finally(() => clearTimeout(patience));
  }

  /** Asks one cell. */
  async ask(address: string, path: string, init: RequestInit): Promise<Response> {
    const credentials = address === HOME ? "same-origin" : "include";
    const mode = address === HOME && !this.early ? "same-origin" : "cors";
    const response = await fetch(address + path, { ...init, credentials, mode, cache: "no-store" });
    const own = response.headers.get("content-type")?.startsWith("application/problem+json");
    if (GATEWAY_FAILURES.includes(response.status) && !own) throw new Unreachable(response.status === 503);
    return response;
  }

  #goTo(address: string): void {
    this.#at = address;
    this.#until = address === HOME ? 0 : this.clock() + this.#comeBackAfter;
  }
}
