// Fails when the build uses what Chrome 87, Safari 16.4 or Firefox 90 does not have (by MDN's compatibility tables).
import { files, read } from "./dist.mjs";

// Each with the first version that has it, of the engine that came last or is the oldest that we serve.
const SCRIPTS = {
  "structuredClone(": "Chrome 98",
  ".findLast(": "Chrome 97",
  ".findLastIndex(": "Chrome 97",
  ".toSorted(": "Chrome 110",
  ".toReversed(": "Chrome 110",
  ".toSpliced(": "Chrome 110",
  ".at(-": "Chrome 92",
  ".at(0": "Chrome 92",
  "Object.hasOwn(": "Chrome 93",
  "Object.groupBy(": "Chrome 117",
  "Map.groupBy(": "Chrome 117",
  "Array.fromAsync(": "Chrome 121",
  "Promise.withResolvers(": "Chrome 119",
  "AbortSignal.timeout(": "Chrome 103",
  "AbortSignal.any(": "Chrome 116",
  ".throwIfAborted(": "Chrome 100",
  "randomUUID(": "Chrome 92",
  "Response.json(": "Chrome 105",
  "URL.canParse(": "Chrome 120",
  ".formatRange(": "Firefox 91",
  "Intl.Segmenter": "Firefox 125",
  "Intl.DurationFormat": "Chrome 129",
  "Intl.supportedValuesOf(": "Chrome 99",
  "navigator.locks": "Firefox 96",
  "indexedDB.databases(": "Firefox 126",
  "requestIdleCallback(": "no Safari",
  CompressionStream: "Firefox 113",
  ".showModal(": "Firefox 98",
  ".showPopover(": "Chrome 114",
  ".startViewTransition(": "Chrome 111",
  ".inert=": "Chrome 102",
  "fromBase64(": "Chrome 140",
  "toBase64(": "Chrome 140",
  "scheduler.yield": "Chrome 129",
};
const STYLES = {
  ":has(": "Chrome 105",
  ":is(": "Chrome 88",
  ":where(": "Chrome 88",
  ":dir(": "Chrome 120",
  ":popover-open": "Chrome 114",
  "@container": "Chrome 105",
  "@layer": "Chrome 99",
  "@scope": "Chrome 118",
  "@starting-style": "Chrome 117",
  "color-mix(": "Chrome 111",
  "light-dark(": "Chrome 123",
  "oklch(": "Chrome 111",
  "oklab(": "Chrome 111",
  "aspect-ratio:": "Chrome 88",
  "overflow:clip": "Chrome 90",
  subgrid: "Chrome 117",
  dvh: "Chrome 108",
  svh: "Chrome 108",
  lvh: "Chrome 108",
};

// What is used all the same, each below the reason why older engines do without.
const ALLOWED = [];

const used = [];
for (const path of files()) {
  const known = path.endsWith(".js") ? SCRIPTS : path.endsWith(".css") ? STYLES : {};
  const text = read(path).toString();
  for (const [what, since] of Object.entries(known)) if (text.includes(what)) used.push({ path, what, since });
}
const problems = used
  .filter(({ what }) => !ALLOWED.includes(what))
  .map(({ path, what, since }) => `${path}: ${what} (${since}): write it another way, or allow it with a reason here`);
const idle = ALLOWED.filter((what) => !used.some((use) => use.what === what));
problems.push(...idle.map((what) => `${what} is allowed, and not used`));
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
