// Assembles the npm package: node js/scripts/assemble.mjs <wasm-pack's output directory> [package]
//
// Without a second argument in pkg/. Only the package there can be published.
//
// The result depends only on the sources and the tools, never on the time or the place.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./facade.mjs";
import { inline } from "./inline.mjs";

const js = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const root = dirname(js);

const [bindgen, out = "pkg"] = process.argv.slice(2);
if (bindgen === undefined) fail("usage: assemble.mjs <wasm-pack's output directory> [package]");
const pkg = resolve(root, out);
const isPrivate = pkg !== join(root, "pkg");

const version = await versionOf(join(root, "Cargo.toml"));
const bare = await readFile(join(bindgen, "hushring_bg.wasm"));
checkOptimised(bare);
const build = `${version} ${createHash("sha256").update(bare).digest("hex").slice(0, 32)}`;
const wasm = addSection(bare, "hushring", build);
const wasmTypes = `import type { WasmSource } from "./esm/slim.js";

/** The module as the bundler or runtime hands it out, for \`init\` of hushring/slim. */
declare const wasm: WasmSource;
export default wasm;
`;
const glue = trimGlue(await readFile(join(bindgen, "hushring.js"), "utf8"));
const glueTypes = await readFile(join(bindgen, "hushring.d.ts"), "utf8");
await writeFile(join(js, "src/glue.d.ts"), extendGlueTypes(glueTypes));

await rm(pkg, { recursive: true, force: true });
await writeTypes();
await bundle(js, pkg, { build: `export const build = "${build}";\n`, glue });
const text = JSON.stringify(inline(wasm));
await writeFile(join(pkg, "esm/inline.js"), `export const inline = ${text};\n`);
await writeFile(join(pkg, "cjs/inline.js"), `exports.inline = ${text};\n`);
await writeFile(join(pkg, "cjs/package.json"), '{"type":"commonjs"}\n');
await writeFile(join(pkg, "hushring.wasm"), wasm);
await writeFile(join(pkg, "hushring.wasm.d.ts"), wasmTypes);
await writeFile(join(pkg, "package.json"), await manifest());
for (const name of ["CHANGELOG.md", "SECURITY.md", "LICENSE-MIT", "LICENSE-APACHE"]) {
  await cp(join(root, name), join(pkg, name));
}
// The documents. spec/model/ is for those who have the sources.
for (const folder of ["docs", "spec"]) {
  for (const name of await readdir(join(root, folder))) {
    if (name.endsWith(".md")) await cp(join(root, folder, name), join(pkg, folder, name));
  }
}
// Pictures, and what else the README links to, stay with the sources.
const readme = (await readFile(join(root, "README.md"), "utf8")).replace(/^!\[.*\n/gm, "");
const isHere = (path) => path.startsWith("https:") || existsSync(join(pkg, path.split("#")[0]));
const links = /\[([^\]]+)\]\(([^)]+)\)/g;
await writeFile(
  join(pkg, "README.md"),
  readme.replace(links, (link, text, path) => (isHere(path) ? link : text)),
);
console.log(`hushring ${version} assembled in ${out}/`);

/** Checks the facade, and writes its declarations, the same in both forms. */
async function writeTypes() {
  const tsc = join(js, "node_modules/typescript/bin/tsc");
  const esm = join(pkg, "esm");
  const args = [tsc, "-p", join(js, "tsconfig.json"), "--outDir", esm];
  execFileSync(process.execPath, args, { stdio: "inherit" });
  await removeEmptyTypes(esm);
  await cp(esm, join(pkg, "cjs"), { recursive: true });
}

/** Without a `wasm-opt` on PATH, wasm-pack leaves out optimisation and says nothing. */
function checkOptimised(bytes) {
  const stripped = ["name", "producers", "target_features"];
  // Read without compiling: this engine may not know every instruction (`make pkg WIDE=1`).
  const left = stripped.filter((name) => sectionNames(bytes).includes(name));
  if (left.length > 0) fail(`wasm-opt has not run: the module has the sections ${left.join(", ")}`);
}

/** Returns the names of a module's custom sections. */
function sectionNames(bytes) {
  let at = 8; // Behind magic and version.
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const names = [];
  while (at < bytes.length) {
    const id = bytes[at++];
    const end = number() + at;
    if (id === 0) names.push(bytes.toString("utf8", at + 1, at + 1 + bytes[at]));
    at = end;
  }
  return names;
}

/**
 * Appends a custom section, by which `init` tells the wasm of this version from others. The hash is
 * that of the wasm without the section, so the same sources give the same bytes.
 */
function addSection(module, name, text) {
  const content = Buffer.concat([Buffer.of(name.length), Buffer.from(name + text)]);
  // Up to 127 a length is one byte.
  if (content.length > 127) fail("the custom section is too long");
  return Buffer.concat([module, Buffer.of(0, content.length), content]);
}

/**
 * The glue fetches its wasm by itself, in ways that need a bundler's help. Only the part that links
 * a compiled module stays. If a later wasm-bindgen writes its glue differently, this fails.
 */
function trimGlue(code) {
  const loader = code.indexOf("\nasync function __wbg_load(");
  const end = code.indexOf("\nexport { initSync, __wbg_init as default };");
  const names = "__wbg_get_imports as imports, __wbg_finalize_init as finishInit";
  const trimmed = `${code.slice(0, loader)}\nexport { ${names} };\n`;
  const expected = [
    "function __wbg_get_imports()",
    "function __wbg_finalize_init(instance, module)",
    "__wbindgen_start",
  ];
  if (loader < 0 || end < loader || !expected.every((part) => trimmed.includes(part))) {
    fail("the glue is not of the shape that assemble.mjs knows");
  }
  const forbidden = /import\.meta|new URL|\bfetch\(|\beval\(|new Function|^\s*await /m.exec(
    trimmed,
  );
  if (forbidden !== null) fail(`the glue contains ${forbidden[0]}`);
  return abandonable(textLater(freeLater(trimmed.replace(/^\/\* @ts-self-types=.*\n+/, ""))));
}

/**
 * `free()` of a handle that a call is using would throw and lose it, with its secrets. Like the
 * garbage collector, it lets that call end instead, and then wipes.
 */
function freeLater(code) {
  const free = /(wasm\.__wbg_[a-z]+_free)\(ptr, 0\);/g;
  const classes = code.match(/^export class /gm) ?? [];
  if (code.match(free)?.length !== classes.length) fail("the glue frees in a new way");
  return code.replace(free, "$1(ptr, 1);");
}

/**
 * The glue makes its decoder and encoder of text as it is imported. Where the platform has none,
 * importing would fail, with an error that says little: `init` says more.
 */
function textLater(code) {
  const decoder =
    /^let cachedTextDecoder = (new TextDecoder\(.*\));\ncachedTextDecoder\.decode\(\);$/m;
  const encoder = /^const cachedTextEncoder = new TextEncoder\(\);\n\n(if \(.*?^})$/ms;
  const [, makeDecoder] = decoder.exec(code) ?? fail("the glue makes its decoder in a new way");
  const [, polyfill] = encoder.exec(code) ?? fail("the glue makes its encoder in a new way");
  const start = `cachedTextDecoder = ${makeDecoder};
    cachedTextDecoder.decode();
    cachedTextEncoder = new TextEncoder();
    ${polyfill.replaceAll("\n", "\n    ")}`;
  return code
    .replace(decoder, "let cachedTextDecoder;")
    .replace(encoder, "let cachedTextEncoder;")
    .replace(/(function __wbg_finalize_init\(.*\) \{\n)/, (head) => `${head}    ${start}\n`);
}

/**
 * After a trap, the memory of the wasm is in no known state, and may hold secrets. It is wiped, and
 * whatever is freed from then on, also by the garbage collector, does not reach it.
 */
function abandonable(code) {
  if (!code.includes("\nlet wasmModule, wasmInstance, wasm;\n"))
    fail("the glue holds its wasm elsewhere");
  return `${code}
export function abandon() {
    const { buffer } = wasm.memory;
    const step = 67108864; // Where memory has run out, a view of all of it may be too long.
    for (let at = 0; at < buffer.byteLength; at += step) {
        new Uint8Array(buffer, at, Math.min(step, buffer.byteLength - at)).fill(0);
    }
    wasm = new Proxy({}, { get: () => () => {} });
    wasmInstance = wasmModule = undefined;
    cachedDataViewMemory0 = cachedUint8ArrayMemory0 = null;
}
`;
}

/** The glue returns copies, with buffers of their own. */
function extendGlueTypes(types) {
  return `${types.replaceAll("): Uint8Array", "): Uint8Array<ArrayBuffer>")}
export function imports(): WebAssembly.Imports;
export function finishInit(instance: WebAssembly.Instance, module: WebAssembly.Module): unknown;
export function abandon(): void;
`;
}

/** Internal modules leave declarations without content. */
async function removeEmptyTypes(directory) {
  for (const name of await readdir(directory, { recursive: true })) {
    if (!name.endsWith(".d.ts")) continue;
    const types = await readFile(join(directory, name), "utf8");
    if (types.trim() === "export {};") await rm(join(directory, name));
  }
}

async function versionOf(cargo) {
  const text = await readFile(cargo, "utf8");
  const found = /^\[workspace\.package\][^[]*?^version\s*=\s*"([^"]+)"/ms.exec(text)?.[1];
  return found ?? fail("Cargo.toml has no version");
}

async function manifest() {
  const template = JSON.parse(await readFile(join(js, "package.template.json"), "utf8"));
  const manifest = { ...template, version, ...(isPrivate && { private: true }) };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
