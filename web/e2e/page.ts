// What tests do on a page, and ask of it.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

export const STUDENT = "Aline Dupont";

/** Screens that every campus has. */
export const OWN = ["/", "/inbox", "/more", "/settings", "/welcome"];

/** A text of a campus in both of its languages. */
interface Texts {
  fr: string;
  en: string;
}

/** A screen of the manifest. */
export interface Screen {
  id: string;
  title: Texts;
}

/** Signs in at the school's provider, as the demo's people do: by pressing their name. */
export async function signIn(page: Page, site: string, person = STUDENT, back = "/"): Promise<void> {
  await page.goto(`${site}/api/login?return=${encodeURIComponent(back)}`);
  await page.getByRole("button", { name: person }).click();
  await page.waitForURL(`${site}${back}`);
  await settled(page);
}

/** Opens an address of the app. */
export async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await settled(page);
}

/** Waits until nothing on the page is being loaded. */
export async function settled(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
}

/** Waits until the app would open without network. */
export async function installed(page: Page): Promise<void> {
  await page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state);
}

/** The screens that the manifest gives to whoever looks at the page. */
export async function reachableScreens(page: Page): Promise<Screen[]> {
  const manifest = await page.evaluate(async () => (await fetch("/api/manifest")).json());
  return manifest.screens;
}

/** What makes the page wider than its window. */
export function overflowing(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const over = [...document.querySelectorAll("main *, header *, nav *")];
    const ends = over.filter((element) => element.getBoundingClientRect().right > width + 0.5);
    return [ends.at(-1)?.outerHTML.slice(0, 200) ?? "something outside of the landmarks"];
  });
}

/** Fails where axe finds a violation. */
export async function axe(page: Page): Promise<void> {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
  expect(found, page.url()).toEqual([]);
}
