// What is made in a browser and is no test: pictures of every screen, and how long the app takes to show.
import config from "./playwright.config";

export default { ...config, testMatch: "*.report.ts", timeout: 600_000 };
