// Size, in bytes: what each library brings to a page, and what a package of hushring weighs. The frame,
// the certificates and the rest that the alternatives leave to their user are not counted; DEFLATE and
// Ed25519 are the browser's own there.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { filesOf, libraries, version } from "./bundles.mjs";
import { entryOf } from "./hushring.mjs";

export async function sizes() {
  const all = {};
  for (const [name, library] of Object.entries(libraries)) {
    all[name] = sizeOf(await filesOf(library));
  }
  const wasm = fileURLToPath(entryOf("./hushring.wasm"));
  return {
    esbuild: version,
    bundled: all,
    shipped: {
      "hushring.wasm": sizeOf([readFileSync(wasm)]),
      "the entry `hushring`": sizeOf(modulesOf(fileURLToPath(entryOf(".")))),
    },
  };
}

/** A module as it is shipped, and all that it imports. */
function modulesOf(path, found = new Map()) {
  if (found.has(path)) return [];
  const code = readFileSync(path);
  found.set(path, code);
  for (const [, specifier] of `${code}`.matchAll(/\b(?:from|import)\s*"(\.[^"]+)"/g)) {
    modulesOf(join(dirname(path), specifier), found);
  }
  return [...found.values()];
}

function sizeOf(files) {
  const best = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  const sum = (size) => files.reduce((total, file) => total + size(file), 0);
  return {
    raw: sum((file) => file.length),
    gzip: sum((file) => gzipSync(file, { level: 9 }).length),
    brotli: sum((file) => brotliCompressSync(file, best).length),
  };
}
