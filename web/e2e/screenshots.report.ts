// Writes docs/screens: every screen of the demo's university, light and dark, on a phone and on a tablet; and docs/app.png, some of
// them beside each other.
import { mkdirSync, readFileSync } from "node:fs";
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

test("some beside each other", async ({ page }) => {
  const phones = ["home-phone-light", "timetable-phone-light", "library-phone-light", "grades-phone-dark"];
  const picture = (name: string) => readFileSync(`${FOLDER}/${name}.png`).toString("base64");
  const images = phones.map((name) => `<img alt="" src="data:image/png;base64,${picture(name)}">`);
  await page.setViewportSize({ width: 1480, height: 780 });
  await page.setContent(`<style>
    body { display: flex; justify-content: space-evenly; align-items: center; height: 780px; margin: 0; background: #e6eaf1 }
    img { width: 324px; border: 9px solid #14172b; border-radius: 40px; box-shadow: 0 18px 50px rgb(20 23 43 / 25%) }
  </style>${images.join("")}`);
  await page.screenshot({ path: `${root}docs/app.png` });
});
