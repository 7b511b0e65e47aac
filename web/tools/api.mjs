// Writes the types of the phone's API from its OpenAPI document; with --check, only says whether they are fresh.
import { readFileSync, writeFileSync } from "node:fs";
import openapi, { astToString } from "openapi-typescript";

const document = new URL("../../docs/reference/openapi.json", import.meta.url);
const types = new URL("../app/src/api/schema.ts", import.meta.url);

const header = "// Types of the phone's API, made from docs/reference/openapi.json by `npm run api`.\n";
const fresh = header + astToString(await openapi(document, { alphabetize: true }));
if (!process.argv.includes("--check")) {
  writeFileSync(types, fresh);
} else if (readFileSync(types, "utf8") !== fresh) {
  console.error("app/src/api/schema.ts is not that of docs/reference/openapi.json: npm run api");
  process.exit(1);
}
