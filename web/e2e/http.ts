// Requests from outside of the browser.
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";

export interface Answer {
  status: number;
  type: string;
  body: string;
}

/** Asks a server of this machine: Node itself resolves no names below `localhost`. */
export async function ask(address: string, headers: Record<string, string> = {}): Promise<Answer> {
  const { host, port, pathname, search } = new URL(address);
  const asking = request({ host: "127.0.0.1", port, path: pathname + search, headers: { ...headers, host } }).end();
  const [answer] = (await once(asking, "response")) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, type: answer.headers["content-type"] ?? "", body: await text(answer) };
}
