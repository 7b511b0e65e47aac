// What the build wrote: its files, and which chunk needs which.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const dist = fileURLToPath(new URL("../app/dist/", import.meta.url));

/** Paths of the build's files, without those that `compress.mjs` made. */
export function files(folder = "") {
  return readdirSync(join(dist, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? files(path) : [path];
    })
    .filter((path) => !/\.(br|gz)$/.test(path))
    .sort();
}

export const read = (path) => readFileSync(join(dist, path));

/** A chunk and all that it imports before it can run. */
export function withImports(path, found = new Set()) {
  if (found.has(path)) return found;
  found.add(path);
  const imports = read(path)
    .toString()
    .matchAll(/(?:import|export)\s*(?:[\w$*{}\s,]+from\s*)?["']\.\/([^"']+\.js)["']/g);
  for (const [, name] of imports) withImports(`assets/${name}`, found);
  return found;
}
