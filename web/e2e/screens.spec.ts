// Every screen of both demo campuses, with data.
import { OWN, open, reachableScreens, STUDENT, settled, signIn } from "./page";
import { expect, test } from "./test";

for (const [campus, person] of [
  ["rivage", STUDENT],
  ["colline", "Lina Aubert"],
] as const) {
  test(`opens every screen of ${campus} with data, its heading focused, under a title of its own`, async ({
    page,
    demo,
  }) => {
    await signIn(page, demo.at(campus), person);
    const screens = await reachableScreens(page);
    expect(screens.length).toBeGreaterThan(8);
    const titles = new Set<string>();
    for (const path of [...OWN, ...screens.map((screen) => `/${screen.id}`)]) {
      await test.step(path, async () => {
        await open(page, demo.at(campus) + path);
        await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
        titles.add(await page.title());
      });
    }
    expect(titles.size).toBe(OWN.length + screens.length);
    for (const { id } of screens) {
      await test.step(`/${id} has data`, async () => {
        await open(page, `${demo.at(campus)}/${id}`);
        const main = page.getByRole("main");
        await expect(main.getByRole("listitem").or(main.getByRole("article")).first()).toBeVisible();
        await expect(main.getByRole("button", { name: "Réessayer" })).toHaveCount(0);
        const item = main.locator(`a[href^="/${id}/"]`).first();
        if ((await item.count()) === 0) return;
        await item.click();
        await settled(page);
        await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
      });
    }
  });
}

test("says what is wrong with an address, and leads home", async ({ page, demo }) => {
  await open(page, `${demo.at()}/no-such-screen`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Cette page n’existe pas");
  await page.getByRole("link", { name: "Aller à l’accueil" }).click();
  await settled(page);
  await expect(page).toHaveURL(`${demo.at()}/`);
});
