// Writes each file of the build again, compressed with Brotli and gzip, where that is smaller.
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { dist, files, read } from "./dist.mjs";

const SMALL = 1024;
// The server fills these in as it answers.
const TEMPLATES = ["index.html", "sw.js"];

for (const path of files()) {
  const bytes = read(path);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  for (const [coding, compress] of [
    ["br", () => brotliCompressSync(bytes, { params })],
    ["gz", () => gzipSync(bytes, { level: 9 })],
  ]) {
    const beside = join(dist, `${path}.${coding}`);
    if (existsSync(beside)) rmSync(beside);
    if (bytes.length <= SMALL || TEMPLATES.includes(path)) continue;
    const compressed = compress();
    if (compressed.length < bytes.length) writeFileSync(beside, compressed);
  }
}
