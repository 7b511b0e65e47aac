// Which cell is asked, and when the next one.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Cells } from "../src/api/cells";
import { Unreachable } from "../src/api/problem";
import { manifest } from "./rules";

const HOME = "https://rivage.dc1.example";
const AWAY = "https://rivage.dc2.example";

type Answer = "answers" | "refuses" | "hangs" | "maintenance" | "problem";
let answers: Record<string, Answer> = {};
let asked: string[] = [];

function network(url: string, init: RequestInit): Promise<Response> {
  const address = url.startsWith("http") ? new URL(url).origin : HOME;
  asked.push(address);
  switch (answers[address]) {
    case "refuses":
      return Promise.reject(new TypeError("failed to fetch"));
    case "hangs":
      return new Promise((_, reject) => init.signal?.addEventListener("abort", () => reject(new Error("aborted"))));
    case "maintenance":
      return Promise.resolve(new Response("<h1>503</h1>", { status: 503, headers: { "content-type": "text/html" } }));
    case "problem":
      return Promise.resolve(
        new Response("{}", { status: 503, headers: { "content-type": "application/problem+json" } }),
      );
    default:
      return Promise.resolve(new Response(address));
  }
}

function cells(): Cells {
  const cells = new Cells(HOME, () => Date.now());
  cells.know(
    manifest(
      {},
      {
        cells: [
          { name: "dc1", url: `${HOME}/` },
          { name: "dc2", url: AWAY },
        ],
      },
    ),
  );
  return cells;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", network);
  answers = {};
  asked = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("going over to another cell", () => {
  it("asks the cell that the app came from, as long as it answers", async () => {
    const response = await cells().fetch("/api/me");
    expect(await response.text()).toBe(HOME);
    expect(asked).toEqual([HOME]);
  });

  it("asks the next one at once when it refuses, stays there, and comes back after a while", async () => {
    const all = cells();
    answers[HOME] = "refuses";
    expect(await (await all.fetch("/api/me")).text()).toBe(AWAY);
    await all.fetch("/api/me");
    expect(asked).toEqual([HOME, AWAY, AWAY]);
    answers[HOME] = "answers";
    vi.advanceTimersByTime(300_000);
    expect(await (await all.fetch("/api/me")).text()).toBe(HOME);
  });

  it("asks the next one too when there is no answer in time", async () => {
    const all = cells();
    answers[HOME] = "hangs";
    const answer = all.fetch("/api/me");
    await vi.advanceTimersByTimeAsync(1999);
    expect(asked).toEqual([HOME]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await (await answer).text()).toBe(AWAY);
  });

  it("takes a problem of the cell's own for an answer, and a proxy's 503 for none", async () => {
    const all = cells();
    answers[HOME] = "problem";
    expect((await all.fetch("/api/data/news")).status).toBe(503);
    expect(asked).toEqual([HOME]);
    answers[HOME] = "maintenance";
    expect(await (await all.fetch("/api/data/news")).text()).toBe(AWAY);
  });

  it("tells when nobody answers, and whether that is maintenance", async () => {
    const all = cells();
    answers = { [HOME]: "refuses", [AWAY]: "refuses" };
    await expect(all.fetch("/api/me")).rejects.toEqual(new Unreachable(false));
    answers = { [HOME]: "maintenance", [AWAY]: "refuses" };
    await expect(all.fetch("/api/me")).rejects.toMatchObject({ maintenance: true });
  });

  it("gives up in the end when all are silent", async () => {
    answers = { [HOME]: "hangs", [AWAY]: "hangs" };
    const answer = expect(cells().fetch("/api/me")).rejects.toBeInstanceOf(Unreachable);
    await vi.advanceTimersByTimeAsync(30_000);
    await answer;
  });
});
