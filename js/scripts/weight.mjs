// What files weigh: as they are, and as a server delivers them.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** Returns the paths of a module and of all that it imports. */
export function modulesOf(path, found = new Set()) {
  if (found.has(path)) return found;
  found.add(path);
  for (const [, specifier] of readFileSync(path, "utf8").matchAll(/\bfrom\s*"(\.[^"]+)"/g)) {
    modulesOf(join(dirname(path), specifier), found);
  }
  return found;
}

/** Returns the bytes of files, each compressed by itself: `raw`, `gzip` at 9, `brotli` at 11. */
export function weightOf(files) {
  const sum = (size) => files.reduce((total, file) => total + size(file), 0);
  const best = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  return {
    raw: sum((file) => file.length),
    gzip: sum((file) => gzipSync(file, { level: 9 }).length),
    brotli: sum((file) => brotliCompressSync(file, best).length),
  };
}
