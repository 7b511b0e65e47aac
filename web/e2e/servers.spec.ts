// Which server answers, and which version of the campus: cells and channels.
import { installed, open, STUDENT, settled, signIn } from "./page";
import { expect, test } from "./test";

test("goes over to another cell without a word, still signed in, and comes back", async ({ page, context, cells }) => {
  test.setTimeout(120_000);
  await page.clock.install();
  await signIn(page, cells.at(1));
  const signedInAt = async () => new Set((await context.cookies()).map((cookie) => cookie.domain)).size;
  await expect.poll(signedInAt).toBe(3);
  const asked: string[] = [];
  page.on("requestfinished", (request) => {
    if (request.url().includes("/api/")) asked.push(new URL(request.url()).origin);
  });
  await installed(page);
  cells.kill(1);
  await open(page, `${cells.at(1)}/absences`);
  await expect(page.getByRole("main").getByRole("listitem").first()).toBeVisible();
  await expect(page.getByRole("main")).not.toContainText("Hors connexion");
  await expect.poll(() => [cells.at(2), cells.at(3)].includes(asked.at(-1) ?? "")).toBe(true);

  await cells.start(1);
  await page.clock.fastForward("16:00");
  await page.getByRole("link", { name: "Accueil" }).first().click();
  await settled(page);
  await expect.poll(() => asked.at(-1)).toBe(cells.at(1));
});

test("shows a tester which channel the app is on", async ({ page, demo }) => {
  await signIn(page, demo.at(), STUDENT, "/settings");
  await expect(page.getByRole("banner")).not.toContainText("beta");
  await page.getByRole("main").getByRole("button", { name: "beta" }).click();
  await expect(page.getByRole("banner")).toContainText("Version beta");
  await open(page, `${demo.at()}/grades`);
  await expect(page.getByRole("banner")).toContainText("Version beta");
  await open(page, `${demo.at()}/settings`);
  await page.getByRole("main").getByRole("button", { name: "Pour tous" }).click();
  await expect(page.getByRole("banner")).not.toContainText("beta");
});
