// `test` of the browser tests, with the servers that a test asks for by name: each is started for who needs it only.
import { test as base } from "@playwright/test";
import { Cells, Demo, Server, Systems } from "./servers";

export { expect } from "@playwright/test";

interface PerWorker {
  demo: Demo;
  systems: Systems;
}

interface PerTest {
  /** A server of the test's own. */
  server: Server;
  cells: Cells;
  /** Fails a test in which a page reported an error or a violation of its policy. */
  quiet: undefined;
}

export const test = base.extend<PerTest, PerWorker>({
  demo: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this parameter
    async ({}, use) => {
      const demo = await Demo.start();
      await use(demo);
      await demo.program.stop();
    },
    { scope: "worker" },
  ],
  systems: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this parameter
    async ({}, use) => {
      const systems = await Systems.start();
      await use(systems);
      await systems.stop();
    },
    { scope: "worker" },
  ],
  server: async ({ systems }, use) => {
    const server = await Server.start(systems);
    await use(server);
    await server.stop();
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this parameter
  cells: async ({}, use) => {
    const cells = await Cells.start();
    await use(cells);
    await cells.stop();
  },
  quiet: [
    async ({ context }, use) => {
      const problems: string[] = [];
      context.on("weberror", (error) => problems.push(String(error.error())));
      context.on("console", (message) => {
        if (/Content Security Policy|Trusted Type/i.test(message.text())) problems.push(message.text());
      });
      await use(undefined);
      if (problems.length > 0) throw new Error(`the page reported:\n${problems.join("\n")}`);
    },
    { auto: true },
  ],
});
