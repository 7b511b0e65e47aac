// The app: one page whose screens are chunks of their own.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export const target = ["chrome87", "firefox90", "safari16.4"];

export default defineConfig({
  plugins: [svelte()],
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
