// What a person chooses on this phone is remembered, and what the phone keeps can be emptied.
import { chosen, rows } from "./dump";
import { open, signIn } from "./page";
import { expect, test } from "./test";

test("remembers the language and the appearance", async ({ page, demo }) => {
  await open(page, `${demo.at()}/settings`);
  const main = page.getByRole("main");
  const html = page.locator("html");
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await main.getByRole("button", { name: "Sombre" }).click();
  const dark = await ground();
  expect(dark).not.toBe(light);
  await main.getByRole("button", { name: "English" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Settings");
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Settings");
  await expect(html).toHaveAttribute("lang", "en");
  expect(await ground()).toBe(dark);
  await main.getByRole("button", { name: "Automatic" }).click();
  expect(await ground()).toBe(light);
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(ground).toBe(dark);
});

test("shows what the phone keeps, and empties it", async ({ page, demo }) => {
  await signIn(page, demo.at());
  await open(page, `${demo.at()}/grades`);
  await open(page, `${demo.at()}/settings`);
  const storage = page.getByRole("status").filter({ hasText: "Chiffré" });
  await expect(storage).toContainText(`${(await rows(page)).length} ensembles gardés`);
  await page.getByRole("button", { name: "Vider" }).click();
  await expect(storage).toContainText("0 ensemble gardé");
  expect(await rows(page)).toEqual([]);
  await open(page, `${demo.at()}/grades`);
  await expect(page.getByRole("main").getByRole("listitem").first()).toBeVisible();
});

test("covers marks where they were to be covered", async ({ page, demo }) => {
  await signIn(page, demo.at());
  await open(page, `${demo.at()}/settings`);
  const cover = page.getByRole("switch", { name: "Masquer mes notes" });
  await cover.check();
  await chosen(page);
  await open(page, `${demo.at()}/grades`);
  await expect(page.getByText("note masquée").first()).toBeAttached();
  await page.getByRole("button", { name: "Afficher les notes" }).click();
  await expect(page.getByText("note masquée")).toHaveCount(0);
  await page.getByRole("banner").getByRole("link", { name: "Réglages" }).click();
  await expect(cover).not.toBeChecked();
});
