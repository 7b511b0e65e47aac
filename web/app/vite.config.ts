// The app: one page whose screens are chunks of their own.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { icons as lucide } from "lucide";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { icons } from "./src/ui/icons.ts";

export const target = ["chrome87", "firefox90", "safari16.4"];

/** Puts the drawings of the icon set into the page, where they cost no script. */
function drawings(): Plugin {
  const attributes = (of: object) => Object.entries(of).map(([name, value]) => ` ${name}="${value}"`);
  const symbols = Object.entries(icons).map(([name, drawing]) => {
    const parts = lucide[drawing].map(([tag, of]) => `<${tag}${attributes(of).join("")}/>`);
    return `<symbol id="icon-${name}" viewBox="0 0 24 24">${parts.join("")}</symbol>`;
  });
  const sprite = `<svg width="0" height="0" hidden aria-hidden="true">${symbols.join("")}</svg>`;
  return { name: "drawings", transformIndexHtml: (html) => html.replace("</body>", `${sprite}</body>`) };
}

/** Chrome 87 does not know `:where()`, which Svelte puts around its class in later parts of a selector. */
function withoutWhere(): Plugin {
  return {
    name: "without-where",
    generateBundle(_, files) {
      for (const file of Object.values(files)) {
        if (file.type === "asset" && file.fileName.endsWith(".css")) {
          file.source = String(file.source).replace(/:where\((\.svelte-\w+)\)/g, "$1");
        }
      }
    },
  };
}

export default defineConfig({
  plugins: [svelte(), drawings(), withoutWhere()],
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
