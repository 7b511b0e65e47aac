// The timetable in other calendars: an address that works outside of the browser, until it is cancelled.
import { ask } from "./http";
import { open, signIn } from "./page";
import { expect, test } from "./test";

test("gives an address that other calendars read, and cancels it", async ({ page, demo }) => {
  await signIn(page, demo.at());
  const titles: string[] = await page.evaluate(async () =>
    (await (await fetch("/api/data/timetable")).json()).items.map((item: { title: string }) => item.title),
  );
  await open(page, `${demo.at()}/settings`);
  await page.getByRole("button", { name: "Obtenir mon adresse" }).click();
  const address = await page.getByLabel("Adresse d’abonnement").inputValue();
  await expect(page.getByRole("main")).toContainText("Valable jusqu’au");

  const calendar = await ask(address);
  expect(calendar.status).toBe(200);
  expect(calendar.type).toMatch(/^text\/calendar\b/);
  const text = calendar.body;
  const lines = text.replaceAll("\r\n ", "").split("\r\n");
  expect([lines[0], lines.at(-2), lines.at(-1)]).toEqual(["BEGIN:VCALENDAR", "END:VCALENDAR", ""]);
  expect(text.split("\r\n").filter((line) => Buffer.byteLength(line) > 75)).toEqual([]);
  expect(lines.filter((line) => line === "BEGIN:VEVENT").length).toBe(titles.length);
  const summaries = lines.filter((line) => line.startsWith("SUMMARY")).join("\n");
  for (const title of new Set(titles)) expect(summaries).toContain(title.replace(/([,;\\])/g, "\\$1"));

  await page.getByRole("button", { name: "Annuler toutes mes adresses" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Vos adresses ne fonctionnent plus." })).toBeVisible();
  await expect(page.getByLabel("Adresse d’abonnement")).toHaveCount(0);
  expect((await ask(address)).status).toBe(410);
});
