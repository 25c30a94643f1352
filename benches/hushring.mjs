// hushring as a user gets it: the package that `make demo` packs and installs.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const modules = new URL("../target/demo/node_modules/", import.meta.url);

export const nodeModules = fileURLToPath(modules);
export const packageFolder = fileURLToPath(new URL("hushring/", modules));

/** The bare primitives (floor/), which `make bench` builds. */
export const floorWasm = new URL("../target/floor/floor_bg.wasm", import.meta.url);

/** The file of an entry, such as `.`, for those who import it. */
export function entryOf(name) {
  const { exports } = JSON.parse(readFileSync(new URL("hushring/package.json", modules), "utf8"));
  const conditions = exports[name];
  return new URL(`hushring/${conditions.import?.default ?? conditions.default}`, modules);
}

export async function importHushring() {
  const hushring = await import(entryOf("."));
  await hushring.init();
  return hushring;
}
