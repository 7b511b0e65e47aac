// The first load: asks for what the first screen needs while the script still comes, and for nothing twice.
import { open, signIn } from "./page";
import { expect, test } from "./test";

test("asks who is there, for what campus and under which keys at once, each a single time", async ({
  page,
  context,
  browser,
  demo,
}) => {
  await signIn(page, demo.at());
  const fresh = await browser.newContext({ storageState: { cookies: await context.cookies(), origins: [] } });
  const first = await fresh.newPage();
  const asked: string[] = [];
  first.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await open(first, demo.at());
  await expect(first.getByRole("heading", { level: 1 })).toContainText("Aline");
  const cards = asked.find((path) => /^\/assets\/cards-.*\.js$/.test(path)) ?? "";
  for (const path of ["/api/me", "/api/manifest", "/api/keys", cards]) {
    expect(asked.filter((each) => each === path)).toEqual([path]);
  }
  const data = asked.findIndex((path) => path.startsWith("/api/data/"));
  expect(Math.max(...["/api/me", "/api/manifest", "/api/keys", cards].map((path) => asked.indexOf(path)))).toBeLessThan(
    data,
  );
  await fresh.close();
});
