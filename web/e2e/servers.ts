// Servers to visit: the demo, one that can be killed and comes back, three cells.
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { ask } from "./http";
import { freePorts, Program, preau, root, run } from "./program";

/** `preau demo`: both campuses and their systems in one process. */
export class Demo {
  private constructor(
    readonly program: Program,
    readonly port: number,
    readonly socket: string,
  ) {}

  static async start(): Promise<Demo> {
    const program = await Program.start(preau, ["demo", "--listen", "127.0.0.1:0"], /Ctrl-C/);
    const [, port] = program.output.match(/rivage\.localhost:(\d+)/) ?? [];
    const [, socket] = program.output.match(/--admin-socket (\S+)/) ?? [];
    return new Demo(program, Number(port), socket ?? "");
  }

  /** Where a campus's app is. */
  at(campus = "rivage"): string {
    return `http://${campus}.localhost:${this.port}`;
  }
}

/** The schools' systems, which stay while servers come and go. */
export class Systems {
  private constructor(
    readonly program: Program,
    readonly folder: string,
    readonly env: Record<string, string>,
  ) {}

  static async start(): Promise<Systems> {
    const folder = mkdtempSync(join(tmpdir(), "preau-systems-"));
    const program = await Program.start(preau, ["demo", "--systems", folder], /^#/m);
    const lines = program.output.matchAll(/^export (\w+)='(.*)'$/gm);
    return new Systems(program, folder, Object.fromEntries([...lines].map(([, name, value]) => [name, value])));
  }

  async stop(): Promise<void> {
    await this.program.stop();
    rmSync(this.folder, { recursive: true });
  }
}

/** `preau serve` with both campuses in a folder: killed and started again, it has the same port, keys and state. */
export class Server {
  #program: Program | null = null;
  readonly folder = mkdtempSync(join(tmpdir(), "preau-server-"));

  private constructor(
    readonly systems: Systems,
    readonly port: number,
  ) {}

  static async start(systems: Systems): Promise<Server> {
    const [port = 0] = await freePorts(1);
    const server = new Server(systems, port);
    for (const campus of ["rivage", "colline"]) {
      cpSync(join(root, "examples", campus), join(server.folder, "campuses", campus), { recursive: true });
    }
    const names = {
      state: "state",
      admin_socket: "admin.sock",
      signing_key: "signing.key",
      session_keys: "session.keys",
    };
    const paths = Object.entries(names).map(([name, file]) => `${name} = "${join(server.folder, file)}"\n`);
    const settings = `listen = "127.0.0.1:${port}"\ndirectories = ["${systems.folder}"]\n${paths.join("")}
      [outbound.private]\n"*" = ["127.0.0.0/8"]\n`;
    writeFileSync(join(server.folder, "preau.toml"), settings);
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const words = ["serve", "--settings", join(this.folder, "preau.toml"), "--campuses", join(this.folder, "campuses")];
    this.#program = await Program.start(preau, words, /serving/, { env: this.systems.env });
  }

  /** Takes it down without a warning. */
  async kill(): Promise<void> {
    await this.#program?.stop("SIGKILL");
  }

  /** A command about it, such as `["cache", "purge", "rivage", "--devices"]`. */
  command(words: string[]): Promise<string> {
    return run([...words, "--admin-socket", join(this.folder, "admin.sock")]);
  }

  /** Changes rivage's declaration, each text for the one after it, and waits until it is in force. */
  async declare(...changes: [from: string, to: string][]): Promise<void> {
    const file = join(this.folder, "campuses/rivage/campus.toml");
    const before = await this.#version();
    let declaration = readFileSync(file, "utf8");
    for (const [from, to] of changes) {
      if (declaration.split(from).length !== 2) throw new Error(`not exactly once in campus.toml: ${from}`);
      declaration = declaration.replace(from, () => to);
    }
    writeFileSync(`${file}.new`, declaration);
    renameSync(`${file}.new`, file);
    await expect.poll(() => this.#version(), { timeout: 15_000 }).not.toBe(before);
  }

  async #version(): Promise<string> {
    return (JSON.parse((await ask(`${this.at()}/api/manifest`)).body) as { version: string }).version;
  }

  at(campus = "rivage"): string {
    return `http://${campus}.localhost:${this.port}`;
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
    rmSync(this.folder, { recursive: true });
  }
}

/** The three cells of `examples/three-cells`, which serve one campus. */
export class Cells {
  readonly #folder = mkdtempSync(join(tmpdir(), "preau-cells-"));
  #back: Program[] = [];
  #program: Program | null = null;

  private constructor(readonly ports: number[]) {}

  static async start(): Promise<Cells> {
    const cells = new Cells(await freePorts(6));
    const env = { PREAU: preau, PORTS: cells.ports.join(" ") };
    cells.#program = await Program.start(join(root, "examples/three-cells/run"), [cells.#folder], /until Ctrl-C/, {
      env,
    });
    return cells;
  }

  /** Where a cell serves the campus's app. */
  at(cell: 1 | 2 | 3): string {
    return `http://dc${cell}.rivage.localhost:${this.ports[cell - 1]}`;
  }

  /** Takes down a cell's server without a warning. */
  kill(cell: 1 | 2 | 3): void {
    process.kill(Number(readFileSync(join(this.#folder, `dc${cell}/preau.pid`), "utf8")), "SIGKILL");
  }

  /** Starts a killed one again. */
  async start(cell: 1 | 2 | 3): Promise<void> {
    const lines = readFileSync(join(this.#folder, "systems.env"), "utf8").matchAll(/^export (\w+)='(.*)'$/gm);
    const env = Object.fromEntries([...lines].map(([, name, value]) => [name, value]));
    const words = ["serve", "--settings", `dc${cell}.toml`];
    this.#back.push(await Program.start(preau, words, /serving/, { env, cwd: this.#folder }));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#back.map((program) => program.stop()));
    await this.#program?.stop();
    rmSync(this.#folder, { recursive: true });
  }
}
