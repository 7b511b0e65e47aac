// Without network: what was seen opens at once and says how old it is.
import { open, reachableScreens, settled, signIn } from "./page";
import { expect, test } from "./test";

test("opens what was seen within a second while the server is gone, with its age", async ({ page, server }) => {
  await signIn(page, server.at());
  await page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state);
  const screens = await reachableScreens(page);
  const seen = new Map<string, string>();
  for (const { id } of screens) {
    await open(page, `${server.at()}/${id}`);
    seen.set(id, (await page.getByRole("main").getByRole("listitem").first().textContent()) ?? "");
  }
  await server.kill();

  const slow: string[] = [];
  for (const { id } of screens) {
    await test.step(id, async () => {
      const began = Date.now();
      await page.goto(`${server.at()}/${id}`);
      await expect(page.getByRole("main").getByRole("listitem").first()).toBeVisible();
      const took = Date.now() - began;
      if (took > 1000) slow.push(`${id}: ${took} ms`);
      await expect(page.getByRole("main")).toContainText("Hors connexion");
      await expect(page.getByRole("main")).toContainText(/données du/);
    });
  }
  expect(slow).toEqual([]);

  await server.start();
  await page.reload();
  await settled(page);
  await expect(page.getByRole("main")).not.toContainText("Hors connexion");
});
