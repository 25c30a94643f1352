// Prints what the package in pkg/ weighs: the wasm, and all that each entry loads as ES modules.

import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const pkg = resolve(dirname(fileURLToPath(import.meta.url)), "../../pkg");
const { exports } = JSON.parse(readFileSync(join(pkg, "package.json"), "utf8"));

print("", ["raw", "gzip -9", "brotli 11"]);
row("hushring.wasm", ["hushring.wasm"]);
for (const [entry, conditions] of Object.entries(exports)) {
  if (conditions.import === undefined) continue;
  row(join("hushring", entry), [...modulesOf(conditions.import.default)]);
}

/** A module and all that it imports. */
function modulesOf(path, found = new Set()) {
  const normal = join(path);
  if (found.has(normal)) return found;
  found.add(normal);
  const code = readFileSync(join(pkg, normal), "utf8");
  for (const [, specifier] of code.matchAll(/\bfrom\s*"(\.[^"]+)"/g)) {
    modulesOf(join(dirname(normal), specifier), found);
  }
  return found;
}

function row(name, paths) {
  const files = paths.map((path) => readFileSync(join(pkg, path)));
  const sum = (size) => files.reduce((total, file) => total + size(file), 0).toLocaleString("en");
  const best = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  print(name, [
    sum((file) => file.length),
    sum((file) => gzipSync(file, { level: 9 }).length),
    sum((file) => brotliCompressSync(file, best).length),
  ]);
}

function print(name, columns) {
  console.log(name.padEnd(16) + columns.map((column) => column.padStart(12)).join(""));
}
