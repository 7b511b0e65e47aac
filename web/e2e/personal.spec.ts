// What only the person sees: marks that can be covered, numbers that can be copied, choices that going back finds again.
import { open, signIn } from "./page";
import { expect, test } from "./test";

test("covers marks everywhere until they are asked for", async ({ page, demo }) => {
  await signIn(page, demo.at());
  await open(page, `${demo.at()}/grades`);
  await expect(page.getByText("Moyenne provisoire")).toBeVisible();
  await expect(page.getByText(/^14,98/)).toBeVisible();
  await page.getByRole("button", { name: "Masquer les notes" }).click();
  for (const path of ["/grades", "/"]) {
    await open(page, demo.at() + path);
    await expect(page.getByText("note masquée").first()).toBeAttached();
    expect(await page.getByRole("main").innerText()).not.toMatch(/\d\s*\/20|14,98/);
  }
  await open(page, `${demo.at()}/grades`);
  await page.getByRole("button", { name: "Afficher les notes" }).click();
  await expect(page.getByText(/^14,98/)).toBeVisible();
});

test("finds the chosen term again when going back from a mark", async ({ page, demo }) => {
  await signIn(page, demo.at());
  await open(page, `${demo.at()}/grades`);
  await page.getByRole("button", { name: "S4" }).click();
  await page.getByRole("link", { name: "Moyenne du semestre 4" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Moyenne du semestre 4");
  await page.getByRole("button", { name: "Retour" }).click();
  await expect(page.getByRole("button", { name: "S4" })).toHaveAttribute("aria-pressed", "true");
});

test("copies a number of the student card", async ({ page, context, demo }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signIn(page, demo.at());
  await open(page, `${demo.at()}/profile`);
  await page.getByRole("button", { name: "Copier Numéro étudiant" }).click();
  await expect(page.getByRole("button", { name: "Copié Numéro étudiant" })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("22204518");
});

test("stays signed in when the access token is over", async ({ page, context, demo }) => {
  await signIn(page, demo.at());
  const cookies = (await context.cookies()).filter(({ name }) => /^__Host-preau(-refresh)?$/.test(name));
  const [first, second] = cookies.map(({ expires }) => expires);
  expect(cookies).toHaveLength(2);
  expect(Math.abs((first ?? 0) - (second ?? 0)), "one outlives the other").toBeLessThan(5);
});
