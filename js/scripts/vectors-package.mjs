// Assembles the package of the vectors: node js/scripts/vectors-package.mjs <output directory>
//
// A part of the tree, so that every path in its documents holds. The npm package does not have it,
// because it would be six times as large.

import assert from "node:assert/strict";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const js = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const root = dirname(js);
const [out] = process.argv.slice(2);
if (out === undefined) throw new Error("usage: vectors-package.mjs <output directory>");

rmSync(out, { recursive: true, force: true });
const specification = readdirSync(join(root, "spec")).filter((name) => name.endsWith(".md"));
for (const path of [
  ...specification.map((name) => join("spec", name)),
  "src/dictionary.bin",
  "vectors",
  "LICENSE-APACHE",
  "LICENSE-MIT",
]) {
  cpSync(join(root, path), join(out, path), { recursive: true });
}
cpSync(join(js, "vectors-package/README.md"), join(out, "README.md"));
const { version } = JSON.parse(readFileSync(join(root, "pkg/package.json"), "utf8"));
const template = readFileSync(join(js, "vectors-package/package.template.json"), "utf8");
const manifest = { ...JSON.parse(template), version };
writeFileSync(join(out, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);

for (const document of [
  "README.md",
  "vectors/README.md",
  ...specification.map((name) => join("spec", name)),
]) {
  const text = readFileSync(join(out, document), "utf8");
  for (const [, link] of text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
    if (/^[a-z]+:/.test(link)) continue;
    assert.ok(existsSync(join(out, dirname(document), link)), `${document} links to ${link}`);
  }
}
console.log(`hushring-vectors ${version} assembled in ${out}`);
