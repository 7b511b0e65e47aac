// The same path in other engines: WebKitGTK, the nearest thing to Safari here, and Chromium 92, older than Android 5's last
// one. Neither is needed: a line says which cannot be had.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { brotliDecompressSync } from "node:zlib";
import { freePorts, Program, root } from "./program";
import type { Server } from "./servers";
import { expect, test } from "./test";

/** A browser that is not Playwright's. */
interface Visitor {
  open(address: string): Promise<unknown>;
  /** What an expression gives on the page. */
  ask(expression: string): Promise<unknown>;
  close(): Promise<unknown>;
}

/** Reads the news, and reads them again while the server is gone. Nobody signs in: over plain HTTP, these engines keep no
 * cookie of a session, whatever the machine. */
async function visit(visitor: Visitor, server: Server): Promise<void> {
  // A page that is just being left answers nothing.
  const ask = (expression: string) => visitor.ask(expression).catch(() => null);
  const shown = () => ask("document.querySelectorAll('main li, main article').length");
  await visitor.open(`${server.at()}/news`);
  await expect.poll(shown).toBeGreaterThan(3);
  await expect.poll(() => ask("navigator.serviceWorker.controller !== null")).toBe(true);
  expect(await ask("document.documentElement.scrollWidth <= document.documentElement.clientWidth")).toBe(true);
  await server.kill();
  await visitor.open(`${server.at()}/news`);
  await expect.poll(shown).toBeGreaterThan(3);
  await expect.poll(() => ask("document.querySelector('main').textContent")).toMatch(/Hors connexion|Offline/);
}

function missing(what: string): void {
  console.log(`not tried: ${what}`);
  test.skip(true, what);
}

test("runs in WebKitGTK", async ({ server }) => {
  const [driver, xvfb] = ["/usr/bin/WebKitWebDriver", "/usr/bin/Xvfb"];
  if (!existsSync(driver) || !existsSync(xvfb)) missing("WebKitGTK (apt-get install webkit2gtk-driver xvfb)");
  const screen = await Program.start(xvfb, ["-displayfd", "1", "-screen", "0", "800x1000x24"], /^\d+$/m);
  const [port] = await freePorts(1);
  const env = { DISPLAY: `:${screen.output.match(/^\d+$/m)?.[0]}`, LANGUAGE: "fr", LANG: "fr_FR.UTF-8" };
  const service = Program.launch(driver, [`--port=${port}`], { env });
  const send = async (method: string, path: string, body?: object) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      body: body ? JSON.stringify(body) : null,
    });
    const { value } = (await response.json()) as { value: { sessionId?: string; error?: string; message?: string } };
    if (value?.error) throw new Error(`${path}: ${value.error}: ${value.message}`);
    return value;
  };
  try {
    await expect.poll(() => send("GET", "/status").catch(() => null)).not.toBeNull();
    const { sessionId } = await send("POST", "/session", { capabilities: { alwaysMatch: {} } });
    const session = `/session/${sessionId}`;
    await send("POST", `${session}/window/rect`, { width: 420, height: 852 });
    const visitor: Visitor = {
      open: (url) => send("POST", `${session}/url`, { url }),
      ask: (expression) => send("POST", `${session}/execute/sync`, { script: `return ${expression}`, args: [] }),
      close: () => send("DELETE", session),
    };
    await visit(visitor, server);
    await visitor.close();
  } finally {
    await service.stop();
    await screen.stop();
  }
});

test("runs in Chromium 92", async ({ server }) => {
  test.setTimeout(120_000);
  const home = `${root}target/web/chromium92`;
  const modules = `${home}/node_modules/chrome-aws-lambda`;
  if (!existsSync(modules)) {
    mkdirSync(home, { recursive: true });
    const words = ["install", "--prefix", home, "--ignore-scripts", "--no-audit", "--no-fund"];
    const packages = ["chrome-aws-lambda@10.1.0", "puppeteer-core@10.4.0"];
    const there = await Program.start("npm", [...words, ...packages], /added \d+/).catch(() => null);
    if (!there) missing("Chromium 92 (npm has no chrome-aws-lambda for us)");
    await there?.ended();
  }
  const binary = `${home}/chromium`;
  if (!existsSync(binary)) {
    writeFileSync(binary, brotliDecompressSync(readFileSync(`${modules}/bin/chromium.br`)), { mode: 0o755 });
  }
  const puppeteer = createRequire(`${home}/`)("puppeteer-core");
  const args = ["--no-sandbox", "--disable-gpu", "--single-process", "--no-zygote", "--lang=fr-FR"];
  const browser = await puppeteer.launch({ executablePath: binary, args, headless: true });
  try {
    const page = await browser.newPage();
    await page.setViewport({ width: 360, height: 640 });
    await page.setExtraHTTPHeaders({ "accept-language": "fr-FR" });
    const visitor: Visitor = {
      open: (url) => page.goto(url),
      ask: (expression) => page.evaluate(expression),
      close: () => browser.close(),
    };
    await visit(visitor, server);
  } finally {
    await browser.close();
  }
});
