// Programs that tests start, and that never outlive them.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { fileURLToPath } from "node:url";

/** The repository's own folder. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** The binary under test. */
export const preau = process.env.PREAU ?? `${root}target/debug/preau`;

const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGTERM");
});

/** What a program is started with. */
interface Surroundings {
  env?: Record<string, string>;
  cwd?: string;
}

/** A running program. */
export class Program {
  /** All that it printed so far. */
  output = "";
  readonly #child: ChildProcess;

  private constructor(command: string, words: string[], { env, cwd }: Surroundings) {
    this.#child = spawn(command, words, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    running.add(this.#child);
  }

  /** Starts one that does not say when it is ready. */
  static launch(command: string, words: string[], surroundings: Surroundings = {}): Program {
    return new Program(command, words, surroundings);
  }

  /** Starts one, and waits until it printed what says that it is ready. */
  static async start(
    command: string,
    words: string[],
    ready: RegExp,
    surroundings: Surroundings = {},
  ): Promise<Program> {
    const program = new Program(command, words, surroundings);
    const child = program.#child;
    await new Promise<void>((resolve, reject) => {
      const hear = (chunk: Buffer) => {
        program.output += chunk.toString();
        if (ready.test(program.output)) resolve();
      };
      child.stdout?.on("data", hear);
      child.stderr?.on("data", hear);
      child.on("error", reject);
      child.on("exit", () => reject(new Error(`${command} ${words.join(" ")} ended:\n${program.output}`)));
    });
    return program;
  }

  /** Waits until it is gone by itself. */
  async ended(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, "exit");
    running.delete(this.#child);
  }

  /** Stops it, and waits until it is gone. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const gone = once(this.#child, "exit");
      this.#child.kill(signal);
      await gone;
    }
    running.delete(this.#child);
  }
}

/** Runs a command of the binary to its end, and gives what it printed. */
export async function run(words: string[], env: Record<string, string> = {}): Promise<string> {
  const child = spawn(preau, words, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`preau ${words.join(" ")} failed:\n${output}`);
  return output;
}

/** Ports that nobody listens at. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}
