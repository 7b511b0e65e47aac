// Starts the app.
import "./ui/tokens.css";
import "./ui/base.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { app } from "./app.svelte";
import { installation } from "./install.svelte";
import { router } from "./router.svelte";
import { theme } from "./theme";
import { clock } from "./words/time.svelte";

theme.start();
clock.start();
router.start();
installation.start();
void app.start();

const target = document.getElementById("app");
if (target) {
  target.replaceChildren();
  mount(App, { target });
}

if ("serviceWorker" in navigator) {
  // Trusted Types: an address of a script has to come from a policy.
  const types = (
    window as { trustedTypes?: { createPolicy(name: string, rules: object): { createScriptURL(url: string): string } } }
  ).trustedTypes;
  const policy = types?.createPolicy("preau", { createScriptURL: (url: string) => url });
  void navigator.serviceWorker.register(policy?.createScriptURL("/sw.js") ?? "/sw.js");
}
