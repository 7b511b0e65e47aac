// Starts the app.
import "./ui/tokens.css";
import "./ui/base.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { app } from "./app.svelte";
import { installation } from "./install.svelte";
import { router } from "./router.svelte";
import { theme } from "./theme";
import { workerAddress } from "./trusted";
import { clock } from "./words/time.svelte";

theme.start();
clock.start();
router.start();
installation.start();
// The worker fetches every file of the app: not before the first screen has what it needs.
void app.start().finally(() => {
  if ("serviceWorker" in navigator) void navigator.serviceWorker.register(workerAddress());
});

const target = document.getElementById("app");
if (target) {
  target.replaceChildren();
  mount(App, { target });
}
