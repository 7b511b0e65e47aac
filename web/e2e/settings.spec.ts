// What a person chooses on this phone is remembered, and what the phone keeps can be emptied.
import { rows } from "./dump";
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

test("covers marks everywhere until they are asked for", async ({ page, demo }) => {
  await signIn(page, demo.at());
  await open(page, `${demo.at()}/settings`);
  await page.getByRole("switch", { name: "Masquer mes notes" }).check();
  const main = page.getByRole("main");
  for (const path of ["/", "/grades"]) {
    await open(page, demo.at() + path);
    await expect(main.getByText("note masquée").first()).toBeAttached();
    await expect(main).not.toContainText(/\d\s*\/20/);
  }
  await main.getByRole("button", { name: "Afficher" }).click();
  await expect(main.getByText("note masquée")).toHaveCount(0);
  await expect(main).toContainText(/\d\s*\/20/);
  await open(page, demo.at());
  await expect(main).toContainText(/\d\s*\/20/);
});
