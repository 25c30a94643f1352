// Prints what the package in pkg/ weighs: the wasm, and all that each entry loads as ES modules.

import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { modulesOf, weightOf } from "./weight.mjs";

const pkg = resolve(dirname(fileURLToPath(import.meta.url)), "../../pkg");
const { exports } = JSON.parse(readFileSync(join(pkg, "package.json"), "utf8"));

print("", ["raw", "gzip -9", "brotli 11"]);
row("hushring.wasm", [join(pkg, "hushring.wasm")]);
for (const [entry, conditions] of Object.entries(exports)) {
  if (conditions.import === undefined) continue;
  row(join("hushring", entry), [...modulesOf(join(pkg, conditions.import.default))]);
}

function row(name, paths) {
  const { raw, gzip, brotli } = weightOf(paths.map((path) => readFileSync(path)));
  print(
    name,
    [raw, gzip, brotli].map((bytes) => bytes.toLocaleString("en")),
  );
}

function print(name, columns) {
  console.log(name.padEnd(16) + columns.map((column) => column.padStart(12)).join(""));
}
