// Writes docs/screens: every screen of the demo's university, light and dark, on a phone and on a tablet.
import { mkdirSync } from "node:fs";
import { OWN, open, reachableScreens, signIn } from "./page";
import { root } from "./program";
import { test } from "./test";

const FOLDER = `${root}docs/screens`;
const WINDOWS = { phone: { width: 393, height: 852 }, tablet: { width: 820, height: 1180 } };

for (const [window, viewport] of Object.entries(WINDOWS)) {
  for (const colorScheme of ["light", "dark"] as const) {
    test.describe(() => {
      test.use({ viewport, colorScheme, contextOptions: { reducedMotion: "reduce" } });

      test(`${window}, ${colorScheme}`, async ({ page, demo }) => {
        mkdirSync(FOLDER, { recursive: true });
        const take = async (address: string, name: string) => {
          await open(page, demo.at() + address);
          await page.evaluate(() => document.fonts.ready);
          await page.screenshot({ path: `${FOLDER}/${name}-${window}-${colorScheme}.png`, animations: "disabled" });
        };
        await take("/welcome", "welcome");
        await signIn(page, demo.at());
        const screens = await reachableScreens(page);
        for (const path of OWN.filter((path) => path !== "/welcome")) await take(path, path.slice(1) || "home");
        for (const { id } of screens) await take(`/${id}`, id);
      });
    });
  }
}
