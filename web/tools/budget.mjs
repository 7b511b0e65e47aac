// Fails when the app is heavier than what a slow phone is owed; prints a table either way. Sizes are compressed with gzip.
import { brotliCompressSync, gzipSync } from "node:zlib";
import { files, read, withImports } from "./dist.mjs";

const gzip = (path) => gzipSync(read(path), { level: 9 }).length;
const sum = (paths, size = gzip) => [...paths].reduce((total, path) => total + size(path), 0);
const largest = (paths) => Math.max(0, ...paths.map(gzip));

const all = files();
const scripts = all.filter((path) => /^assets\/.*\.js$/.test(path));
const page = read("index.html").toString();
const first = new Set();
for (const [, path] of page.matchAll(/src="\/(assets\/[^"]+\.js)"/g)) withImports(path, first);
const beside = [...page.matchAll(/rel="modulepreload"[^>]* href="\/(assets\/[^"]+\.js)"/g)].map((match) => match[1]);
const screens = scripts.filter((path) => !first.has(path) && !beside.includes(path));
const kept = ["index.html", ...all.filter((path) => path.startsWith("assets/"))];

const lines = [
  ["JavaScript of the first load", sum(first), 45],
  ["cards of the first screen, loaded beside it", sum(beside), 15],
  ["styles of the first load", sum([...page.matchAll(/href="\/(assets\/[^"]+\.css)"/g)].map((match) => match[1])), 8],
  ["largest chunk of a screen", largest(screens), 25],
  ["JavaScript in all", sum(scripts), 160],
  ["what the service worker keeps, as sent (Brotli)", sum(kept, (path) => brotliCompressSync(read(path)).length), 300],
];
console.log("| what | kB | at most |\n|---|---:|---:|");
for (const [what, bytes, most] of lines) {
  console.log(`| ${what} | ${(bytes / 1000).toFixed(1)} | ${most} |`);
}
const heavy = lines.filter(([, bytes, most]) => bytes > most * 1000);
if (first.size === 0) throw new Error("index.html loads no script");
if (heavy.length > 0) {
  console.error(`too heavy: ${heavy.map(([what]) => what).join("; ")}`);
  process.exit(1);
}
