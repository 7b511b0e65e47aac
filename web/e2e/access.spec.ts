// For everybody: axe, narrow and wide windows, large text, two languages, light and dark.
import { axe, noHorizontalScroll, OWN, open, reachableScreens, signIn } from "./page";
import { expect, test } from "./test";

for (const language of ["fr", "en"] as const) {
  for (const scheme of ["light", "dark"] as const) {
    test.describe(`${language}, ${scheme}`, () => {
      test.use({ locale: language === "fr" ? "fr-FR" : "en-GB", colorScheme: scheme });

      test("has no violation that axe finds, and says its language", async ({ page, demo }) => {
        test.setTimeout(180_000);
        await signIn(page, demo.at());
        const screens = await reachableScreens(page);
        for (const path of [...OWN, ...screens.map((screen) => `/${screen.id}`)]) {
          await test.step(path, async () => {
            await open(page, demo.at() + path);
            await expect(page.locator("html")).toHaveAttribute("lang", language);
            await axe(page);
          });
        }
      });
    });
  }
}

test("fits windows of 320 to 1280 pixels, and text twice as large", async ({ page, demo }) => {
  test.setTimeout(180_000);
  await signIn(page, demo.at());
  const screens = await reachableScreens(page);
  for (const path of [...OWN, ...screens.map((screen) => `/${screen.id}`)]) {
    await test.step(path, async () => {
      await open(page, demo.at() + path);
      for (const width of [320, 360, 768, 1280]) {
        await page.setViewportSize({ width, height: 852 });
        await noHorizontalScroll(page);
      }
      await page.setViewportSize({ width: 360, height: 852 });
      await page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
      await noHorizontalScroll(page);
    });
  }
});
