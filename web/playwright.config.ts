// Browser tests: the app that the real binary serves, in the Chromium of this machine.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "e2e",
  outputDir: "../target/web/e2e",
  workers: 1,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 5_000 },
  reporter: "line",
  forbidOnly: Boolean(process.env.CI),
  use: {
    locale: "fr-FR",
    timezoneId: "Europe/Paris",
    viewport: { width: 393, height: 852 },
    trace: "off",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
    },
  },
});
