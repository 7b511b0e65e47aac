// Requests of the app: the channel is named, a session that ran out is renewed once, problems are told apart.
import { Cells } from "./cells";
import { Problem, Unreachable } from "./problem";

export class Client {
  readonly cells: Cells;
  /** The channel that is asked for; another one than everybody's is named in each request. */
  channel = "production";
  #renewing: Promise<boolean> | null = null;

  /** `heard` learns after each request whether anybody answered, and what time it is there. */
  constructor(
    origin: string,
    private readonly heard: (reached: boolean, date: string | null, maintenance: boolean) => void,
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
        () => true,
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
      this.heard(true, response.headers.get("date"), false);
      return response;
    } catch (problem) {
      const unreachable = problem instanceof Unreachable ? problem : new Unreachable(false);
      this.heard(false, null, unreachable.maintenance);
      throw unreachable;
    }
  }

  /** Gives the other cells a session of their own, so that the app can go over to them at any moment. */
  async settleElsewhere(): Promise<void> {
    for (const address of this.cells.others()) {
      const given = (await (await this.post("/api/session/elsewhere")).json()) as { code: string };
      const init = { method: "POST", body: new URLSearchParams({ code: given.code }) };
      await this.cells.ask(address, "/api/session/here", init);
    }
  }
}
