// What is not there, in words: nothing for the person, and a system of the school that fails.
import { open, settled, signIn } from "./page";
import { expect, test } from "./test";

const NEWS = 'url = { env = "RIVAGE_NEWS_URL" }';
/** Nobody listens there. */
const GONE = 'url = "http://127.0.0.1:1/feed"';

test("says why there is nothing", async ({ page, server }) => {
  const each = (filter: string) => `[data.absences.map]\neach = "${filter}"`;
  await server.declare([each(".[]"), each(".[] | select(false)")]);
  await signIn(page, server.at());
  await open(page, `${server.at()}/absences`);
  const main = page.getByRole("main");
  await expect(main.getByRole("listitem")).toHaveCount(0);
  const { why } = await page.evaluate(async () => (await fetch("/api/explain/absences")).json());
  expect(why.fr.length).toBeGreaterThan(20);
  await expect(main).toContainText(why.fr);
  await expect(main.getByRole("button", { name: "Réessayer" })).toHaveCount(0);
  // The phone knows now that there is nothing: the reason is still said.
  await page.reload();
  await settled(page);
  await expect(main).toContainText(why.fr);
});

test("says that a system fails, and tries again when asked", async ({ page, server }) => {
  await server.declare([NEWS, GONE]);
  await signIn(page, server.at());
  await open(page, `${server.at()}/news`);
  const main = page.getByRole("main");
  await expect(main.getByRole("listitem")).toHaveCount(0);
  const { why } = await page.evaluate(async () => (await fetch("/api/explain/news")).json());
  await expect(main).toContainText(why.fr);
  await server.declare([GONE, NEWS]);
  await main.getByRole("button", { name: "Réessayer" }).click();
  await expect(main.getByRole("listitem").first()).toBeVisible();
});

test("goes on showing what was there, with its date, while a system fails", async ({ page, server }) => {
  await server.command(["cache", "lifetimes", "rivage", "news", "--fresh-for", "1s"]);
  await signIn(page, server.at());
  await open(page, `${server.at()}/news`);
  const main = page.getByRole("main");
  const there = await main.getByRole("listitem").count();
  expect(there).toBeGreaterThan(3);
  await server.declare([NEWS, GONE]);
  await expect(async () => {
    await open(page, `${server.at()}/news`);
    await expect(main).toContainText(/Données du/, { timeout: 1000 });
  }).toPass();
  await expect(main.getByRole("listitem")).toHaveCount(there);
  await expect(main).not.toContainText("Hors connexion");
});
