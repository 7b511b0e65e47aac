// Signing in at the school's provider, and out again.
import type { Cookie } from "@playwright/test";
import { opened, rows } from "./dump";
import { ask } from "./http";
import { installed, open, STUDENT, settled, signIn } from "./page";
import { expect, test } from "./test";

test("signs in at the school and comes back to the screen, then out", async ({ page, demo }) => {
  await page.goto(`${demo.at()}/grades`);
  await settled(page);
  await page.getByRole("main").getByRole("button", { name: "Se connecter" }).click();
  await page.getByRole("button", { name: STUDENT }).click();
  await page.waitForURL(`${demo.at()}/grades`);
  await settled(page);
  await expect(page.getByRole("main").getByRole("listitem").first()).toBeVisible();

  await page.goto(`${demo.at()}/settings`);
  await expect(page.getByRole("main")).toContainText(STUDENT);
  await page.getByRole("button", { name: "Se déconnecter" }).first().click();
  await page.waitForURL(`${demo.at()}/`);
  await settled(page);
  await page.goto(`${demo.at()}/grades`);
  await expect(page.getByRole("main").getByRole("button", { name: "Se connecter" })).toBeVisible();
});

/** What somebody gets who has these cookies. */
async function grades(site: string, cookies: Cookie[]): Promise<number> {
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  return (await ask(`${site}/api/data/grades`, { cookie })).status;
}

test("signs out without network: forgets at once, and ends the session when somebody answers again", async ({
  page,
  context,
  server,
}) => {
  await signIn(page, server.at());
  await installed(page);
  await open(page, `${server.at()}/grades`);
  const [cookies, copied] = [await context.cookies(server.at()), await rows(page)];
  expect(await grades(server.at(), cookies)).toBe(200);
  await open(page, `${server.at()}/settings`);
  await server.kill();
  await page.getByRole("button", { name: "Se déconnecter" }).first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Pas de connexion");
  expect(await opened(page, copied)).toBe(0);
  expect(await rows(page)).toEqual([]);

  await server.start();
  await page.getByRole("button", { name: "Réessayer" }).click();
  await expect(page.getByRole("button", { name: "Se connecter" }).first()).toBeVisible();
  await expect.poll(() => grades(server.at(), cookies)).toBe(401);
  await open(page, `${server.at()}/settings`);
  await expect(page.getByRole("main")).toContainText("Vous n’êtes pas connecté");
  await expect(page.getByRole("main")).not.toContainText(STUDENT);
});

test("a window notices that another one signed out, and keeps what it needs to open without network", async ({
  page,
  context,
  server,
}) => {
  await signIn(page, server.at());
  await installed(page);
  const other = await context.newPage();
  await open(other, `${server.at()}/grades`);
  await expect(other.getByRole("main").getByRole("listitem").first()).toBeVisible();
  await open(page, `${server.at()}/settings`);
  await page.getByRole("button", { name: "Se déconnecter" }).first().click();
  await page.waitForURL(`${server.at()}/`);
  await settled(page);

  // Windows are never hidden without a screen: this is what one hears when it is looked at again.
  await other.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect(other.getByRole("main").getByRole("button", { name: "Se connecter" })).toBeVisible();
  await expect(other.getByRole("main").getByRole("listitem")).toHaveCount(0);
  // What this window keeps from now on opens in every other one.
  await other.getByRole("link", { name: "Plus" }).click();
  await other.getByRole("main").getByRole("link", { name: "Actualités" }).click();
  await settled(other);
  const news = await other.getByRole("main").getByRole("listitem").count();
  expect((await rows(other)).map((row) => row.name)).not.toContain("grades");
  await server.kill();
  await open(page, other.url());
  await expect(page.getByRole("main")).toContainText("Hors connexion");
  await expect(page.getByRole("main").getByRole("listitem")).toHaveCount(news);
});
