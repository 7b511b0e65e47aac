// For everybody: axe, narrow and wide windows, large text, two languages, light and dark, colours of the system.
import type { Page } from "@playwright/test";
import { axe, installed, OWN, open, overflowing, reachableScreens, settled, signIn } from "./page";
import { expect, test } from "./test";

const SAID = ["help", "accessibility", "privacy", "legal"].map((part) => `/settings/${part}`);

/** What is looked at where not everything is: something of each sort. */
const SAMPLE = ["/", "/timetable", "/grades", "/restaurants", "/news", "/settings", "/welcome"];

/** Every page of the app: its own, the campus's screens, the first item of each, and what is no page. */
async function allPages(page: Page, site: string): Promise<string[]> {
  const items: string[] = [];
  const screens = (await reachableScreens(page)).map(({ id }) => `/${id}`);
  for (const path of screens) {
    await open(page, site + path);
    const item = page.getByRole("main").locator(`a[href^="${path}/"]`).first();
    if (await item.count()) items.push((await item.getAttribute("href")) ?? "");
  }
  expect(items.length).toBeGreaterThan(8);
  return [...OWN, ...SAID, ...screens, ...items, "/no-such-page"];
}

for (const [language, colorScheme, pages] of [
  ["fr", "light", "all"],
  ["en", "dark", "all"],
  ["fr", "dark", "some"],
  ["en", "light", "some"],
] as const) {
  test.describe(`${language}, ${colorScheme}`, () => {
    test.use({ locale: language === "fr" ? "fr-FR" : "en-GB", colorScheme });

    test(`has no violation that axe finds on ${pages} pages, and says its language`, async ({ page, demo }) => {
      test.setTimeout(180_000);
      await signIn(page, demo.at());
      for (const path of pages === "all" ? await allPages(page, demo.at()) : SAMPLE) {
        await test.step(path, async () => {
          await open(page, demo.at() + path);
          await expect(page.locator("html")).toHaveAttribute("lang", language);
          await axe(page);
        });
      }
    });
  });
}

test("has no violation that axe finds while a system fails, and without network", async ({ page, server }) => {
  await server.declare(['url = { env = "RIVAGE_NEWS_URL" }', 'url = "http://127.0.0.1:1/feed"']);
  await signIn(page, server.at());
  await installed(page);
  await open(page, `${server.at()}/news`);
  await expect(page.getByRole("button", { name: "Réessayer" })).toBeVisible();
  await axe(page);
  await open(page, `${server.at()}/timetable`);
  await server.kill();
  for (const path of ["/", "/timetable", "/absences"]) {
    await open(page, server.at() + path);
    await expect(page.getByRole("main")).toContainText(/Hors connexion|Pas de connexion/);
    await axe(page);
  }
});

test.describe("with the system's own colours", () => {
  test.use({ contextOptions: { forcedColors: "active" } });

  test("has no violation that axe finds, and marks what is chosen", async ({ page, demo }) => {
    await signIn(page, demo.at());
    for (const path of SAMPLE) {
      await open(page, demo.at() + path);
      await axe(page);
    }
    await open(page, `${demo.at()}/settings`);
    for (const chosen of await page.getByRole("main").locator('[aria-pressed="true"]').all()) {
      expect(await chosen.evaluate((button) => getComputedStyle(button).borderTopStyle)).toBe("solid");
    }
  });
});

test("fits windows of 320 to 1280 pixels, and text twice as large", async ({ page, context, demo }) => {
  test.setTimeout(180_000);
  await signIn(page, demo.at());
  const browser = await context.newCDPSession(page);
  // As in the browser's settings: what is told in em grows with it, windows in media queries too.
  const text = (standard: number) => browser.send("Page.setFontSizes", { fontSizes: { standard, fixed: standard } });
  const wide: string[] = [];
  for (const path of await allPages(page, demo.at())) {
    await open(page, demo.at() + path);
    for (const [width, size] of [
      [320, 16],
      [360, 16],
      [768, 16],
      [1280, 16],
      [360, 32],
    ] as const) {
      await page.setViewportSize({ width, height: 852 });
      await text(size);
      await settled(page);
      wide.push(
        ...(await overflowing(page)).map((element) => `${path} at ${width} px, text of ${size} px: ${element}`),
      );
    }
    await text(16);
  }
  expect(wide).toEqual([]);
});
