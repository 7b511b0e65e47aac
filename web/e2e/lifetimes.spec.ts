// Rules of now: a shorter life on phones, in force while the app is used.
import { rows } from "./dump";
import { open, signIn } from "./page";
import { expect, test } from "./test";

test("drops what is older than the phone may keep it now, and nothing else", async ({ page, server }) => {
  await signIn(page, server.at());
  for (const path of ["/grades", "/absences", "/settings"]) await open(page, server.at() + path);
  const kept = async () => (await rows(page)).map((row) => row.name);
  expect(await kept()).toEqual(expect.arrayContaining(["grades", "absences"]));
  await server.command(["cache", "lifetimes", "rivage", "grades", "--keep", "1s"]);
  await expect(async () => {
    await open(page, `${server.at()}/settings`);
    expect(await kept()).not.toContain("grades");
  }).toPass();
  expect(await kept()).toContain("absences");
});
