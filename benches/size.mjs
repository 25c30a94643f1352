// Size, in bytes: what each library brings to a page, and what a package of hushring weighs. The frame,
// the certificates and the rest that the alternatives leave to their user are not counted; DEFLATE and
// Ed25519 are the browser's own there.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { modulesOf, weightOf } from "../js/scripts/weight.mjs";
import { filesOf, libraries, version } from "./bundles.mjs";
import { entryOf } from "./hushring.mjs";

export async function sizes() {
  const all = {};
  for (const [name, library] of Object.entries(libraries)) {
    all[name] = weightOf(await filesOf(library));
  }
  const wasm = fileURLToPath(entryOf("./hushring.wasm"));
  const entry = [...modulesOf(fileURLToPath(entryOf(".")))];
  return {
    esbuild: version,
    bundled: all,
    shipped: {
      "hushring.wasm": weightOf([readFileSync(wasm)]),
      "the entry `hushring`": weightOf(entry.map((path) => readFileSync(path))),
    },
  };
}
