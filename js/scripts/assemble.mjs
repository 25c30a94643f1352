// Assembles the npm package: node js/scripts/assemble.mjs <wasm-pack's output directory>
//
// The result depends only on the sources and the tools, never on the time or the place.

import { execFileSync } from "node:child_process";
import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, deflateSync } from "node:zlib";
import ts from "typescript";

const js = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const root = dirname(js);
const pkg = join(root, "pkg");

const [bindgen] = process.argv.slice(2);
if (bindgen === undefined) fail("usage: assemble.mjs <wasm-pack's output directory>");

const wasm = await readFile(join(bindgen, "hushring_bg.wasm"));
checkOptimised(new WebAssembly.Module(wasm));
const wasmTypes = `import type { WasmSource } from "./esm/slim.js";

/** The module as the bundler or runtime hands it out, for \`init\` of hushring/slim. */
declare const wasm: WasmSource;
export default wasm;
`;
const glue = trimGlue(await readFile(join(bindgen, "hushring.js"), "utf8"));
const glueTypes = await readFile(join(bindgen, "hushring.d.ts"), "utf8");
await writeFile(join(js, "src/glue.d.ts"), extendGlueTypes(glueTypes));

await rm(pkg, { recursive: true, force: true });
await emit("esm", "tsconfig.json", (code) => code);
await emit("cjs", "tsconfig.cjs.json", toCommonJs);
await writeFile(join(pkg, "cjs/package.json"), '{"type":"commonjs"}\n');
await writeFile(join(pkg, "hushring.wasm"), wasm);
await writeFile(join(pkg, "hushring.wasm.d.ts"), wasmTypes);
await writeFile(join(pkg, "package.json"), await manifest());
for (const name of ["README.md", "CHANGELOG.md", "SECURITY.md", "LICENSE-MIT", "LICENSE-APACHE"]) {
  await cp(join(root, name), join(pkg, name));
}
// The documents. spec/model/ is for those who have the sources.
for (const folder of ["docs", "spec"]) {
  for (const name of await readdir(join(root, folder))) {
    if (name.endsWith(".md")) await cp(join(root, folder, name), join(pkg, folder, name));
  }
}
const { version } = JSON.parse(await readFile(join(pkg, "package.json"), "utf8"));
console.log(`hushring ${version} assembled in pkg/`);

/** Compiles the facade into one form, beside the glue and the wasm in that form. */
async function emit(form, config, convert) {
  const out = join(pkg, form);
  const tsc = join(js, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [tsc, "-p", join(js, config), "--outDir", out], {
    stdio: "inherit",
  });
  await writeFile(join(out, "glue.js"), convert(glue));
  await writeFile(join(out, "inline.js"), convert(inlineModule()));
  await removeEmptyTypes(out);
}

/** Without a `wasm-opt` on PATH, wasm-pack leaves out optimisation and says nothing. */
function checkOptimised(module) {
  const stripped = ["name", "producers", "target_features"];
  const left = stripped.filter(
    (name) => WebAssembly.Module.customSections(module, name).length > 0,
  );
  if (left.length > 0) fail(`wasm-opt has not run: the module has the sections ${left.join(", ")}`);
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
  return freeLater(trimmed.replace(/^\/\* @ts-self-types=.*\n+/, ""));
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

/** The glue returns copies, with buffers of their own. */
function extendGlueTypes(types) {
  return `${types.replaceAll("): Uint8Array", "): Uint8Array<ArrayBuffer>")}
export function imports(): WebAssembly.Imports;
export function finishInit(instance: WebAssembly.Instance, module: WebAssembly.Module): unknown;
`;
}

function inlineModule() {
  const compressed = deflateSync(wasm, { level: constants.Z_BEST_COMPRESSION });
  return `export const wasm =\n  "${compressed.toString("base64")}";\n`;
}

function toCommonJs(code) {
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  return ts.transpileModule(code, { compilerOptions }).outputText;
}

/** Internal modules leave declarations without content. */
async function removeEmptyTypes(directory) {
  for (const name of await readdir(directory, { recursive: true })) {
    if (!name.endsWith(".d.ts")) continue;
    const types = await readFile(join(directory, name), "utf8");
    if (types.trim() === "export {};") await rm(join(directory, name));
  }
}

async function manifest() {
  const cargo = await readFile(join(root, "Cargo.toml"), "utf8");
  const version = /^\[workspace\.package\][^[]*?^version\s*=\s*"([^"]+)"/ms.exec(cargo)?.[1];
  if (version === undefined) fail("Cargo.toml has no version");
  const template = JSON.parse(await readFile(join(js, "package.template.json"), "utf8"));
  return `${JSON.stringify({ ...template, version }, null, 2)}\n`;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
