// Without network: what was seen opens and says how old it is. How fast it does is measured, in measure.report.ts.
import { installed, open, reachableScreens, settled, signIn } from "./page";
import { expect, test } from "./test";

test("opens what was seen while the server is gone, with its age", async ({ page, server }) => {
  await signIn(page, server.at());
  await installed(page);
  const screens = await reachableScreens(page);
  const seen = new Map<string, number>();
  for (const { id } of screens) {
    await open(page, `${server.at()}/${id}`);
    seen.set(id, await page.getByRole("main").getByRole("listitem").count());
  }
  await server.kill();

  for (const { id } of screens) {
    await test.step(id, async () => {
      await open(page, `${server.at()}/${id}`);
      await expect(page.getByRole("main").getByRole("listitem")).toHaveCount(seen.get(id) ?? 0);
      await expect(page.getByRole("main")).toContainText("Hors connexion");
      await expect(page.getByRole("main")).toContainText(/données du/);
    });
  }

  await server.start();
  await page.reload();
  await settled(page);
  await expect(page.getByRole("main")).not.toContainText("Hors connexion");
});

test("keeps what it has where the phone's own clock is late", async ({ page, server }) => {
  await page.clock.setSystemTime(Date.now() - 20 * 60_000);
  await signIn(page, server.at());
  await installed(page);
  await open(page, `${server.at()}/grades`);
  await expect(page.getByRole("main").getByRole("listitem").first()).toBeVisible();
  await server.kill();
  await page.reload();
  await settled(page);
  await expect(page.getByRole("main").getByRole("listitem").first()).toBeVisible();
});
