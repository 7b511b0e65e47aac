// What changed since last time: said on the class, in the timetable, on the first screen; until it was seen for a while.
import type { Page } from "@playwright/test";
import { installed, open, signIn } from "./page";
import { expect, test } from "./test";

const HOUR = 3_600_000;
const ROOM = 'room = ".salle"';
const GRADES = '[data.grades.map]\neach = ".[]"';

/** The item to which the first link on the page leads that begins so. */
async function idOf(page: Page, base: string): Promise<string> {
  const href = await page.getByRole("main").locator(`a[href^="${base}/"]`).first().getAttribute("href");
  return decodeURIComponent(href?.slice(base.length + 1) ?? "");
}

test("says what changed about a class, with what was before, until it was seen for half a day", async ({
  page,
  server,
}) => {
  const base = "/timetable/timetable";
  await server.declare([ROOM, "room = '\"Salle 101\"'"]);
  await server.command(["cache", "lifetimes", "rivage", "timetable", "--fresh-for", "1s"]);
  await signIn(page, server.at());
  await installed(page);
  const id = await idOf(page, base);
  const changed = page.getByRole("main").getByText("Salle modifiée");
  await expect(changed).toHaveCount(0);
  await server.declare([
    "room = '\"Salle 101\"'",
    `room = 'if "\\(.id)" == "${id}" then "Salle 202" else "Salle 101" end'`,
  ]);

  await expect(async () => {
    await open(page, server.at());
    await expect(changed).toHaveCount(1, { timeout: 1000 });
  }).toPass();
  await page.locator(`a[href="${base}/${id}"]`).click();
  const main = page.getByRole("main");
  await expect(main).toContainText("Salle 202");
  await expect(main.getByRole("listitem")).toHaveText(/Salle modifiée avant : Salle 101/);
  await main.getByRole("button", { name: "Retour" }).click();
  await open(page, `${server.at()}${base}/${id}`);
  await main.getByRole("button", { name: "Retour" }).click();
  await expect(page).toHaveURL(/\/timetable\?set=timetable/);
  await expect(changed).toHaveCount(1);
  await expect(main.locator(`a[href="${base}/${id}"]`)).toContainText("Salle 202");

  // From here on the phone's clock alone counts.
  await server.kill();
  const seen = Date.now();
  for (const [hours, marks] of [
    [11, 1],
    [13, 0],
  ] as const) {
    await page.clock.setSystemTime(seen + hours * HOUR);
    await open(page, `${server.at()}${base}/${id}`);
    await expect(main).toContainText("Salle 202");
    await expect(changed).toHaveCount(marks * 2);
  }
});

test("calls a grade new that was not there before", async ({ page, server }) => {
  const ids = (): Promise<string[]> =>
    page.evaluate(async () =>
      (await (await fetch("/api/data/grades")).json()).items.map((item: { id: string }) => item.id),
    );
  const withoutFirst = GRADES.replace(".[]", ".[1:][]");
  await server.declare([GRADES, withoutFirst]);
  await server.command(["cache", "lifetimes", "rivage", "grades", "--fresh-for", "1s"]);
  await signIn(page, server.at());
  await open(page, `${server.at()}/grades`);
  const fresh = page.getByRole("main").getByText("Nouveau", { exact: true });
  await expect(fresh).toHaveCount(0);
  const before = await ids();
  await server.declare([withoutFirst, GRADES]);
  const added = (await ids()).filter((id) => !before.includes(id));
  expect(added.length).toBe(1);
  await expect(async () => {
    await open(page, `${server.at()}/grades/${encodeURIComponent(added[0] ?? "")}`);
    await expect(fresh).toHaveCount(1, { timeout: 1000 });
  }).toPass();
});
