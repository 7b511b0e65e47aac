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

/** Has the browser ask for what the first screen needs while it still reads the script: who is there, for what campus, the cards. */
function early(): Plugin {
  return {
    name: "early",
    transformIndexHtml: {
      order: "post",
      handler(_, { bundle }) {
        const cards = Object.values(bundle ?? {}).find((file) => file.type === "chunk" && file.name === "cards");
        const styles = cards?.type === "chunk" ? [...(cards.viteMetadata?.importedCss ?? [])] : [];
        const link = (attrs: Record<string, string>) => ({
          tag: "link",
          attrs: { ...attrs, crossorigin: true },
          injectTo: "head" as const,
        });
        // Who is there and for what campus decides what is shown at all; the cards come after that.
        const asked = ["me", "manifest", "keys"].map((name) =>
          link({ rel: "preload", href: `/api/${name}`, as: "fetch" }),
        );
        const after = { fetchpriority: "low" };
        return [
          ...asked,
          ...(cards ? [link({ rel: "modulepreload", href: `/${cards.fileName}`, ...after })] : []),
          ...styles.map((name) => link({ rel: "preload", href: `/${name}`, as: "style", ...after })),
        ];
      },
    },
  };
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
  plugins: [svelte(), drawings(), early(), withoutWhere()],
  build: {
    target,
    cssTarget: target,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        chunkFileNames: "assets/[name]-[hash].js",
        entryFileNames: "assets/[name]-[hash].js",
        // Each file is a request on a slow line: one for the app, one for all cards of the first screen.
        codeSplitting: {
          groups: [
            { name: "app", tags: ["$initial"], priority: 2 },
            { name: "cards", test: /\/screens\/home\/cards\//, priority: 1 },
          ],
        },
      },
    },
  },
  server: { proxy: { "^/(api|theme.css|manifest.webmanifest|logo|icons)": "http://rivage.localhost:8080" } },
  test: { environment: "node", include: ["tests/**/*.test.ts"] },
});
