// What can go wrong with a request: the server says no (RFC 9457), or nobody answers.

/** A problem that a cell told. `slug` is the end of its type: `sign-in-required`. */
export class Problem extends Error {
  override readonly name = "Problem";
  constructor(
    readonly slug: string,
    readonly status: number,
    readonly retryAfter: number | null,
  ) {
    super(slug);
  }

  static async of(response: Response): Promise<Problem> {
    const told = (await response.json().catch(() => ({}))) as { type?: string };
    const slug = told.type?.split(":").pop() ?? `status-${response.status}`;
    return new Problem(slug, response.status, Number(response.headers.get("retry-after")) || null);
  }
}

/** No cell of the campus answered. `maintenance` where something in front of it said 503. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
  constructor(readonly maintenance: boolean) {
    super(maintenance ? "maintenance" : "unreachable");
  }
}
