// Prints how long the first screen takes to show what counts (LCP), as docs/performance.md has it, and how long each screen
// takes to open without network.
import { type Browser, type CDPSession, chromium, type Page } from "@playwright/test";
import { installed, open, reachableScreens, settled, signIn } from "./page";
import type { Server } from "./servers";
import { test } from "./test";

const TIMES = 5;

/** Slow 4G as Lighthouse has it, and a processor a quarter as fast. */
const SLOW = { latency: 562.5, downloadThroughput: 1_474_560 / 8, uploadThroughput: 675_000 / 8, offline: false };

/** LCP of the page that is open, in milliseconds. */
function lcp(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => resolve(list.getEntries().at(-1)?.startTime ?? 0)).observe({
          type: "largest-contentful-paint",
          buffered: true,
        });
      }),
  );
}

/** When the first item stood on the page that is being opened, in milliseconds. */
function shown(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const look = () =>
          document.querySelector("main li") ? resolve(performance.now()) : requestAnimationFrame(look);
        look();
      }),
  );
}

async function slowed(session: CDPSession): Promise<void> {
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", SLOW);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
}

/** Cold, warm and offline, of somebody who is signed in. */
async function visit(browser: Browser, server: Server, slow: boolean): Promise<number[]> {
  const context = await browser.newContext({ viewport: { width: 393, height: 852 }, locale: "fr-FR" });
  const first = await context.newPage();
  await signIn(first, server.at());
  const cookies = await context.cookies();
  await context.close();
  const fresh = await browser.newContext({ viewport: { width: 393, height: 852 }, locale: "fr-FR" });
  await fresh.addCookies(cookies);
  const times: number[] = [];
  for (const state of ["cold", "warm", "offline"]) {
    const page = await fresh.newPage();
    if (slow) await slowed(await fresh.newCDPSession(page));
    if (state === "offline") await server.kill();
    await page.goto(server.at());
    await settled(page);
    if (state === "cold") await installed(page);
    times.push(await lcp(page));
    await page.close();
  }
  await fresh.close();
  await server.start();
  return times;
}

const median = (numbers: number[]) =>
  [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;

test("LCP of the first screen", async ({ server, launchOptions }) => {
  const browser = await chromium.launch(launchOptions);
  const rows: string[] = [];
  for (const [name, slow] of [
    ["as this machine is", false],
    ["slow 4G, processor / 4", true],
  ] as const) {
    const visits: number[][] = [];
    for (let time = 0; time < TIMES; time += 1) visits.push(await visit(browser, server, slow));
    const cells = [0, 1, 2].map((place) => Math.round(median(visits.map((times) => times[place] ?? 0))));
    rows.push(`| ${name} | ${cells.join(" | ")} |`);
  }
  await browser.close();
  console.log(`\n| LCP, ms (median of ${TIMES}) | cold | warm | offline |\n|---|---:|---:|---:|\n${rows.join("\n")}`);
});

test("screens without network", async ({ page, context, server }) => {
  await signIn(page, server.at());
  await installed(page);
  const screens = await reachableScreens(page);
  for (const { id } of screens) await open(page, `${server.at()}/${id}`);
  await server.kill();
  const rows: string[] = [];
  for (const [name, rate] of [
    ["as this machine is", 1],
    ["processor / 4", 4],
  ] as const) {
    await (await context.newCDPSession(page)).send("Emulation.setCPUThrottlingRate", { rate });
    const took: [number, string][] = [];
    for (const { id } of screens) {
      const times: number[] = [];
      for (let time = 0; time < TIMES; time += 1) {
        await page.goto(`${server.at()}/${id}`, { waitUntil: "commit" });
        times.push(await shown(page));
      }
      took.push([Math.round(median(times)), id]);
    }
    took.sort(([one], [other]) => other - one);
    rows.push(`| ${name} | ${Math.round(median(took.map(([time]) => time)))} | ${took[0]?.join(" (")}) |`);
  }
  console.log(
    `\n| opened without network, ms (median of ${TIMES}) | a screen | the slowest |\n|---|---:|---:|\n${rows.join("\n")}`,
  );
});
