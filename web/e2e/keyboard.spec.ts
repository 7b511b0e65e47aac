// By keyboard alone: from the welcome to a class and back, always seeing where one is (WCAG 2.4.7 and 2.4.11).
import type { Locator, Page } from "@playwright/test";
import { open, reachableScreens, STUDENT, settled, signIn } from "./page";
import { expect, test } from "./test";

/** Presses Tab until the focus is there. */
async function tabTo(page: Page, place: Locator): Promise<void> {
  const arrived = () => place.evaluate((element) => element === document.activeElement);
  for (let presses = 0; presses < 80 && !(await arrived()); presses += 1) await page.keyboard.press("Tab");
  await expect(place).toBeFocused();
}

/** What is wrong with where the focus is now, once scrolling came to rest: no ring, or something in front of it. */
function unseen(page: Page): Promise<string | null> {
  return page.evaluate(async () => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) return null;
    const label = focused.outerHTML.slice(0, 120);
    // A field in a label is shown by the label's ring.
    const rings = [focused, focused.closest("label")].map((element) => element && getComputedStyle(element));
    if (!rings.some((ring) => ring && ring.outlineStyle !== "none" && Number.parseFloat(ring.outlineWidth) >= 2)) {
      return `no ring: ${label}`;
    }
    let front: Element | null = null;
    for (let frame = 0; frame < 60; frame += 1) {
      const { left, top, right, bottom } = focused.getBoundingClientRect();
      front = document.elementFromPoint((left + right) / 2, (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2);
      if (front && (focused.contains(front) || front.contains(focused) || front.closest("label")?.contains(focused))) {
        return null;
      }
      await new Promise(requestAnimationFrame);
    }
    return `behind ${front?.outerHTML.slice(0, 120) ?? "the edge"}: ${label}`;
  });
}

test("leads from the welcome to a class and back", async ({ page, demo }) => {
  const press = (key: string) => page.keyboard.press(key);
  await page.goto(demo.at());
  await settled(page);
  await tabTo(page, page.getByRole("button", { name: "Se connecter" }));
  await press("Enter");
  await tabTo(page, page.getByRole("button", { name: STUDENT }));
  await press("Enter");
  await page.waitForURL(`${demo.at()}/`);
  await settled(page);

  await page.reload();
  await settled(page);
  const skip = page.getByRole("link", { name: "Aller au contenu" });
  await tabTo(page, skip);
  expect((await skip.boundingBox())?.y).toBeGreaterThan(0);
  await press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();

  await tabTo(page, page.getByRole("navigation").getByRole("link", { name: "Emploi du temps" }));
  await press("Enter");
  await expect(page).toHaveURL(/\/timetable$/);
  await settled(page);
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();

  await tabTo(page, page.getByRole("button", { name: "Tous les groupes" }));
  await press("Space");
  await expect(page.getByRole("button", { name: "Tous les groupes" })).toHaveAttribute("aria-pressed", "true");
  const group = page.getByRole("combobox", { name: "Groupe" });
  await tabTo(page, group);
  await press("ArrowDown");
  await expect(group).toHaveValue("4102");
  await settled(page);

  await tabTo(page, page.getByRole("button", { name: "Semaine", exact: true }));
  await press("Enter");
  const lesson = page.getByRole("main").locator('a[href^="/timetable/group-timetable/"]').first();
  await tabTo(page, lesson);
  await press("Enter");
  await expect(page).toHaveURL(/\/timetable\/group-timetable\/./);
  await settled(page);
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  await tabTo(page, page.getByRole("button", { name: "Retour" }));
  await press("Enter");
  await expect(page).toHaveURL(/\/timetable\?.*view=week/);
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
});

test("shows where the focus is, on every screen, both ways", async ({ page, demo }) => {
  test.setTimeout(120_000);
  await signIn(page, demo.at());
  const hidden: string[] = [];
  for (const path of ["/", "/settings", ...(await reachableScreens(page)).map(({ id }) => `/${id}`)]) {
    await open(page, demo.at() + path);
    for (const key of ["Tab", "Shift+Tab"]) {
      for (let presses = 0; presses < 25; presses += 1) {
        await page.keyboard.press(key);
        const wrong = await unseen(page);
        if (wrong) hidden.push(`${path}, ${key}: ${wrong}`);
      }
    }
  }
  expect([...new Set(hidden)]).toEqual([]);
});
