// The service worker: one classic script, which knows the files of the app's build before it.
import { readdirSync } from "node:fs";
import { defineConfig } from "vite";
import { target } from "./vite.config.ts";

const files = readdirSync("dist/assets").map((name) => `/assets/${name}`);

export default defineConfig({
  define: { __FILES__: JSON.stringify(files) },
  build: {
    target,
    emptyOutDir: false,
    copyPublicDir: false,
    lib: { entry: "src/worker/sw.ts", formats: ["iife"], name: "sw", fileName: () => "sw.js" },
  },
});
