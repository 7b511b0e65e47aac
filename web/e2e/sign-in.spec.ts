// Signing in at the school's provider, and out again.
import { STUDENT, settled } from "./page";
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
