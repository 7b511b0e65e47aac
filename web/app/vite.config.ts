// The app: one page whose screens are chunks of their own.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export const target = ["chrome87", "firefox90", "safari16.4"];

/** Svelte tells its scopes with `:where()`, which Chrome 87 does not know; the class itself weighs more, and is everywhere. */
const scopes = {
  name: "scopes-without-where",
  enforce: "pre" as const,
  transform: (code: string, id: string) =>
    id.includes("type=style") ? code.replace(/:where\((\.svelte-[\w-]+)\)/g, "$1") : null,
};

export default defineConfig({
  plugins: [svelte(), scopes],
  build: {
    target,
    cssTarget: target,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: { chunkFileNames: "assets/[name]-[hash].js", entryFileNames: "assets/[name]-[hash].js" },
    },
  },
  server: { proxy: { "^/(api|theme.css|manifest.webmanifest|logo|icons)": "http://rivage.localhost:8080" } },
  test: { environment: "node", include: ["tests/**/*.test.ts"] },
});
