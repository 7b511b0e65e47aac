// For everybody: axe, narrow and wide windows, large text, two languages, light and dark.
import { axe, OWN, open, overflowing, reachableScreens, signIn } from "./page";
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

test("fits windows of 320 to 1280 pixels, and text twice as large", async ({ page, context, demo }) => {
  test.setTimeout(180_000);
  await signIn(page, demo.at());
  const screens = await reachableScreens(page);
  const browser = await context.newCDPSession(page);
  // As in the browser's settings: what is told in em grows with it, windows in media queries too.
  const text = (standard: number) => browser.send("Page.setFontSizes", { fontSizes: { standard, fixed: standard } });
  const wide: string[] = [];
  for (const path of [...OWN, ...screens.map((screen) => `/${screen.id}`)]) {
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
      wide.push(
        ...(await overflowing(page)).map((element) => `${path} at ${width} px, text of ${size} px: ${element}`),
      );
    }
    await text(16);
  }
  expect(wide).toEqual([]);
});
