// Requests of the app: the channel is named, a session that ran out is renewed once, problems are told apart.
import { Cells } from "./cells";
import { Problem, Unreachable } from "./problem";

export interface Listener {
  /** After each request: whether anybody answered, what time it is there, and whether they are being worked on. */
  heard(reached: boolean, date: string | null, maintenance: boolean): void;
  /** The session was renewed. */
  renewed(): void;
}

export class Client {
  readonly cells: Cells;
  /** The channel that is asked for; another one than everybody's is named in each request. */
  channel = "production";
  #renewing: Promise<boolean> | null = null;

  constructor(
    origin: string,
    private readonly listener: Listener,
  ) {
    this.cells = new Cells(origin);
  }

  /** A response that is good, or a 304. */
  async get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.#sent(path, { headers });
  }

  /** Posts a form. */
  async post(path: string, form: Record<string, string> = {}): Promise<Response> {
    return this.#sent(path, { method: "POST", body: new URLSearchParams(form) });
  }

  async #sent(path: string, init: RequestInit): Promise<Response> {
    let response = await this.#reach(path, init);
    if (response.status === 401 && path !== "/api/session/refresh") {
      const problem = await Problem.of(response);
      if (problem.slug !== "session-expired" || !(await this.renew())) throw problem;
      response = await this.#reach(path, init);
    }
    if (response.ok || response.status === 304) return response;
    throw await Problem.of(response);
  }

  /** Renews the session; several who need it at once share one request. Whether it goes on. */
  renew(): Promise<boolean> {
    this.#renewing ??= this.#sent("/api/session/refresh", { method: "POST", body: new URLSearchParams() })
      .then(
        () => {
          this.listener.renewed();
          return true;
        },
        (problem: unknown) => {
          if (problem instanceof Unreachable) throw problem;
          return false;
        },
      )
      .finally(() => {
        this.#renewing = null;
      });
    return this.#renewing;
  }

  async #reach(path: string, init: RequestInit): Promise<Response> {
    const headers: Record<string, string> = { accept: "application/json", ...(init.headers as Record<string, string>) };
    if (this.channel !== "production") headers["preau-channel"] = this.channel;
    try {
      const response = await this.cells.fetch(path, { ...init, headers });
      this.listener.heard(true, response.headers.get("date"), false);
      return response;
    } catch (problem) {
      const unreachable = problem instanceof Unreachable ? problem : new Unreachable(false);
      this.listener.heard(false, null, unreachable.maintenance);
      throw unreachable;
    }
  }

  /** Gives another cell a session of its own. Whether it took it. */
  async settle(address: string): Promise<boolean> {
    const given = (await (await this.post("/api/session/elsewhere")).json()) as { code: string };
    const init = { method: "POST", body: new URLSearchParams({ code: given.code }) };
    return (await this.cells.ask(address, "/api/session/here", init)).ok;
  }
}
