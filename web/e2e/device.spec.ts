// What stays on the phone: whose it is, for how long, and what somebody finds who looks into it.
import { dump, opened, rows } from "./dump";
import { installed, open, reachableScreens, settled, signIn } from "./page";
import { expect, test } from "./test";

const DAY = 86_400_000;

test("keeps nothing of a person in clear, and nothing that opens once they signed out", async ({ page, demo }) => {
  await signIn(page, demo.at());
  for (const { id } of await reachableScreens(page)) await open(page, `${demo.at()}/${id}`);
  const marks = await page.evaluate(async () => {
    const items = async (name: string) => (await (await fetch(`/api/data/${name}`)).json()).items;
    const [me] = await items("profile");
    const grades = await items("grades");
    const absences = await items("absences");
    const loans = await items("loans");
    return [me.name, me.last_name, me.email, me.student_number, me.national_number, me.programme]
      .concat(grades.map((grade: { title: string }) => grade.title))
      .concat(grades.map((grade: { value?: number }) => grade.value !== undefined && `"value":${grade.value}`))
      .concat(absences.map((absence: { reason?: string }) => absence.reason))
      .concat(loans.map((loan: { title: string }) => loan.title))
      .filter(Boolean) as string[];
  });
  expect(marks.length).toBeGreaterThan(10);
  const found = await dump(page);
  expect(found).toContain("extractable: false");
  expect(found).toContain('"store":"bodies"');
  expect(marks.filter((mark) => found.includes(mark))).toEqual([]);

  const copied = await rows(page);
  expect(copied.length).toBeGreaterThan(5);
  expect(await opened(page, copied)).toBe(copied.length);
  await open(page, `${demo.at()}/settings`);
  await page.getByRole("button", { name: "Se déconnecter" }).first().click();
  await page.waitForURL(`${demo.at()}/`);
  await settled(page);
  expect(await opened(page, copied)).toBe(0);
  const left = (await rows(page)).map((row) => row.name);
  for (const personal of ["profile", "grades", "absences", "loans", "timetable"]) expect(left).not.toContain(personal);
});

test("forgets one person when another signs in", async ({ page, context, demo }) => {
  await signIn(page, demo.at());
  await open(page, `${demo.at()}/grades`);
  const copied = await rows(page);
  expect(copied.map((row) => row.name)).toContain("grades");
  // The session ends without the app being asked, as when cookies are removed.
  await context.clearCookies();
  await signIn(page, demo.at(), "Yanis Benali");
  expect(await opened(page, copied)).toBe(0);
  await open(page, `${demo.at()}/settings`);
  await expect(page.getByRole("main")).toContainText("Yanis Benali");
  await expect(page.getByRole("main")).not.toContainText("Dupont");
});

test("forgets at once what is purged from phones, and nothing else", async ({ page, server }) => {
  await signIn(page, server.at());
  await open(page, `${server.at()}/grades`);
  await open(page, `${server.at()}/absences`);
  const epochs = async (name: string) => (await rows(page)).filter((row) => row.name === name).map((row) => row.epoch);
  expect(await epochs("grades")).toEqual([0]);
  await server.command(["cache", "purge", "rivage", "grades", "--devices"]);
  await open(page, `${server.at()}/settings`);
  await expect.poll(() => epochs("grades")).not.toContain(0);
  expect(await epochs("absences")).toEqual([0]);
});

test("shows nothing any more once its time on the phone is over", async ({ page, server }) => {
  await signIn(page, server.at());
  await installed(page);
  await open(page, `${server.at()}/grades`);
  await server.kill();
  // Grades may stay for 30 days.
  await page.clock.setSystemTime(Date.now() + 29 * DAY);
  await open(page, `${server.at()}/grades`);
  await expect(page.getByRole("main").getByRole("listitem").first()).toBeVisible();
  await page.clock.setSystemTime(Date.now() + 31 * DAY);
  await open(page, `${server.at()}/grades`);
  await expect(page.getByRole("main").getByRole("listitem")).toHaveCount(0);
  expect((await rows(page)).map((row) => row.name)).not.toContain("grades");
});

test("two campuses in one browser share nothing", async ({ page, demo }) => {
  await signIn(page, demo.at("rivage"));
  await open(page, `${demo.at("rivage")}/grades`);
  await open(page, `${demo.at("colline")}/settings`);
  await expect(page.getByRole("banner")).toContainText("École de la Colline");
  await expect(page.getByRole("button", { name: "Se connecter" }).first()).toBeVisible();
  expect(await rows(page)).not.toContainEqual(expect.objectContaining({ name: "grades" }));
  await signIn(page, demo.at("colline"), "Lina Aubert");
  await open(page, `${demo.at("colline")}/settings`);
  await page.getByRole("button", { name: "Se déconnecter" }).first().click();
  await page.waitForURL(`${demo.at("colline")}/`);
  await open(page, `${demo.at("rivage")}/settings`);
  await expect(page.getByRole("main")).toContainText("Aline Dupont");
});
