// How the app gets onto the home screen: offered once, in the browser's way or by hand.
import type { Page } from "@playwright/test";
import { chosen } from "./dump";
import { installed, open, signIn } from "./page";
import { expect, test } from "./test";

const sheet = (page: Page) => page.getByRole("heading", { name: "Installer l’application" });

test("offers the browser's own prompt, and stays away for a month once it was put off", async ({ page, server }) => {
  await signIn(page, server.at());
  await expect(sheet(page)).toHaveCount(0);
  // A browser without a screen never offers to install: this is the event with which others do.
  const offer = () =>
    page.evaluate(() => {
      const prompt = async () => document.body.setAttribute("data-prompted", "");
      return dispatchEvent(Object.assign(new Event("beforeinstallprompt", { cancelable: true }), { prompt }));
    });
  expect(await offer()).toBe(false);
  await expect(sheet(page)).toBeVisible();
  await page.getByRole("button", { name: "Plus tard" }).click();
  await expect(sheet(page)).toHaveCount(0);
  await chosen(page);
  await open(page, server.at());
  await offer();
  await expect(sheet(page)).toHaveCount(0);

  await installed(page);
  await server.kill();
  await page.clock.setSystemTime(Date.now() + 31 * 86_400_000);
  await open(page, server.at());
  await offer();
  await page.getByRole("button", { name: "Installer", exact: true }).click();
  await expect(page.locator("body")).toHaveAttribute("data-prompted");
  await expect(sheet(page)).toHaveCount(0);
});

test.describe("on an iPhone", () => {
  test.use({
    userAgent:
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
  });

  test("tells the way by hand, until it was put off", async ({ page, demo }) => {
    await signIn(page, demo.at());
    await expect(sheet(page)).toBeVisible();
    await expect(page.getByRole("main")).toContainText("Sur l’écran d’accueil");
    await expect(page.getByRole("button", { name: "Installer", exact: true })).toHaveCount(0);
    await page.getByRole("button", { name: "Plus tard" }).click();
    await expect(sheet(page)).toHaveCount(0);
    await chosen(page);
    await open(page, demo.at());
    await expect(sheet(page)).toHaveCount(0);
  });
});
