// While the school works on its servers: something in front of them says 503, and the app says why, in the school's words.
import { createServer } from "node:http";
import { open, settled, signIn } from "./page";
import { expect, test } from "./test";

test("says that the school is at work, shows what it has, and goes on by itself", async ({ page, server }) => {
  await signIn(page, server.at());
  await page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state);
  await open(page, `${server.at()}/grades`);
  await server.kill();
  const sign = createServer((_, answer) => {
    answer.writeHead(503, { "content-type": "text/html", "retry-after": "600" }).end("<h1>503</h1>");
  });
  await new Promise<void>((ready) => sign.listen(server.port, "127.0.0.1", ready));

  await open(page, `${server.at()}/grades`);
  const main = page.getByRole("main");
  await expect(main).toContainText("Les systèmes de l’université sont en maintenance");
  await expect(main.getByRole("listitem").first()).toBeVisible();
  await expect(main).toContainText(/données du/);

  sign.closeAllConnections();
  await new Promise((closed) => sign.close(closed));
  await server.start();
  await page.reload();
  await settled(page);
  await expect(main).not.toContainText("maintenance");
});
