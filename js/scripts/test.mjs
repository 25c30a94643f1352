// Tests the package as users get it: packs pkg/, installs the tarball into a project of its own,
// and runs js/test there.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const js = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const pkg = join(dirname(js), "pkg");
const consumer = mkdtempSync(join(tmpdir(), "hushring-consumer-"));

try {
  const tarball = pack();
  checkFiles(tarball);
  install(tarball);
  checkTypes();
  runTests();
} finally {
  rmSync(consumer, { recursive: true, force: true });
}

/** Packs twice: the same sources give the same tarball. */
function pack() {
  const [first, second] = [0, 1].map(() => {
    const output = npm(pkg, ["pack", "--json", "--ignore-scripts", "--pack-destination", consumer]);
    return Object.values(JSON.parse(output))[0];
  });
  assert.equal(first.integrity, second.integrity, "packing is not reproducible");
  return first;
}

/**
 * Everything that was assembled is packed, and nothing else; nothing runs or is fetched at
 * installation.
 */
function checkFiles(tarball) {
  const packed = tarball.files.map(({ path }) => path).sort();
  const assembled = filesOf(pkg);
  assert.deepEqual(packed, assembled);
  const expected = [
    /^(esm|cjs)\/(untrusted\/)?[a-z]+\.d\.ts$/,
    /^(esm|cjs)\/(boundary|hushring|index|relay|slim)\.js(\.map)?$/,
    /^(esm|cjs)\/inline\.js$/,
    /^cjs\/package\.json$/,
    /^(docs|spec)\/[a-z-]+\.md$/,
    /^hushring\.wasm(\.d\.ts)?$/,
    /^(package\.json|README\.md|CHANGELOG\.md|SECURITY\.md|LICENSE-MIT|LICENSE-APACHE)$/,
  ];
  for (const path of packed) {
    assert.ok(
      expected.some((pattern) => pattern.test(path)),
      path,
    );
  }

  const manifest = JSON.parse(readFileSync(join(pkg, "package.json"), "utf8"));
  const cargo = readFileSync(join(dirname(js), "Cargo.toml"), "utf8");
  assert.ok(cargo.includes(`\nversion = "${manifest.version}"\n`));
  assert.equal(manifest.license, "MIT OR Apache-2.0");
  for (const field of Object.keys(manifest)) {
    assert.doesNotMatch(field, /dependencies|scripts|^bin$/i);
  }
  for (const [, conditions] of Object.entries(manifest.exports)) {
    for (const target of targetsOf(conditions)) {
      assert.ok(packed.includes(target.replace("./", "")), target);
    }
  }

  for (const path of packed.filter((name) => /\.(js|ts)$/.test(name))) {
    const code = readFileSync(join(pkg, path), "utf8");
    assert.doesNotMatch(
      code,
      /import\.meta|\bnew URL\b|\beval\(|new Function\b|^\s*debugger/m,
      path,
    );
    if (packed.includes(`${path}.map`)) checkSources(path, code);
    else assert.doesNotMatch(code, /sourceMappingURL/, path);
    if (path.endsWith(".js")) {
      assert.doesNotMatch(code, /\bfetch\(|^await |^(const|let) \w+ = await /m, path);
    }
    if (path.endsWith(".d.ts")) {
      assert.doesNotMatch(code, /glue|\bany\b(?=[;,)>\]])|\benum\b/, path);
    }
  }
  console.log(`packed: ${packed.length} files, ${tarball.size} bytes`);
}

/** A source map contains the sources as they are: whoever reads them reads what runs. */
function checkSources(path, code) {
  assert.ok(code.endsWith(`\n//# sourceMappingURL=${basename(path)}.map\n`), path);
  const map = JSON.parse(readFileSync(join(pkg, `${path}.map`), "utf8"));
  assert.ok(map.sources.length > 0, path);
  map.sources.forEach((source, index) => {
    const [, name] = /^\.\.\/src\/([a-z/]+\.(?:ts|js))$/.exec(source) ?? assert.fail(source);
    // These two are made by the build.
    if (["build.js", "glue.js"].includes(name)) return;
    const content = readFileSync(join(js, "src", name), "utf8");
    assert.equal(map.sourcesContent[index], content, `${path}: ${source}`);
  });
}

function install({ filename }) {
  writeFileSync(join(consumer, "package.json"), '{"private":true,"type":"module"}\n');
  npm(consumer, ["install", "--offline", "--no-audit", "--no-fund", `./${filename}`]);
  const installed = readdirSync(join(consumer, "node_modules")).filter(
    (name) => !name.startsWith("."),
  );
  assert.deepEqual(installed, ["hushring"]);
  cpSync(join(js, "test"), consumer, { recursive: true });
  cpSync(join(dirname(js), "vectors"), join(consumer, "vectors"), { recursive: true });
}

/** Compiles js/test/types as users of several kinds would. */
function checkTypes() {
  const strict = {
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    target: "es2022",
    lib: ["es2022"],
    types: [],
    typeRoots: [join(js, "node_modules/@types")],
  };
  const node16 = { module: "node16", moduleResolution: "node16" };
  const bundler = { module: "es2022", moduleResolution: "bundler" };
  const dom = { lib: ["es2022", "dom"] };
  const strictest = {
    exactOptionalPropertyTypes: true,
    noPropertyAccessFromIndexSignature: true,
    noUncheckedIndexedAccess: true,
  };
  const api = "types/api.mts";
  const domOnly = "types/dom.mts";
  const commonjs = "types/commonjs.cts";
  const noDispose = "types/no-dispose.mts";
  const projects = [
    ["typescript", { ...strict, ...node16 }, [api, commonjs, noDispose]],
    [
      "typescript",
      { ...strict, ...node16, ...dom, ...strictest },
      [api, domOnly, commonjs, noDispose],
    ],
    ["typescript", { ...strict, ...node16, types: ["node"] }, [api, commonjs]],
    [
      "typescript",
      { ...strict, ...node16, types: ["node"], lib: ["esnext", "dom"] },
      [api, domOnly, "types/using.mts"],
    ],
    ["typescript", { ...strict, ...bundler }, [api, noDispose]],
    ["typescript", { ...strict, ...bundler, ...dom, ...strictest }, [api, domOnly]],
    [
      "typescript",
      { ...strict, ...bundler, lib: ["es2022", "esnext.disposable"] },
      [api, "types/using.mts"],
    ],
    ["typescript", { ...strict, module: "commonjs", moduleResolution: "node10" }, [commonjs]],
    ["typescript-5.0", { ...strict, ...node16 }, [api, commonjs, noDispose]],
    ["typescript-5.0", { ...strict, ...bundler, ...dom }, [api, domOnly, noDispose]],
  ];
  for (const [compiler, compilerOptions, files] of projects) {
    const config = join(consumer, "tsconfig.json");
    writeFileSync(config, JSON.stringify({ compilerOptions, files }));
    const tsc = join(js, "node_modules", compiler, "bin/tsc");
    const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", config], {
      encoding: "utf8",
    });
    assert.equal(status, 0, `${compiler} ${JSON.stringify(compilerOptions)}\n${stdout}`);
  }
  console.log(`types: ${projects.length} projects compiled`);
}

function runTests() {
  const files = readdirSync(consumer).filter((name) => /\.test\.[cm]js$/.test(name));
  assert.deepEqual(
    files,
    readdirSync(join(js, "test")).filter((name) => name.includes(".test.")),
  );
  const { status } = spawnSync(process.execPath, ["--test", "--test-reporter=spec", ...files], {
    cwd: consumer,
    env: { ...process.env, HUSHRING_COMPILERS: join(js, "node_modules") },
    stdio: "inherit",
  });
  if (status !== 0) process.exitCode = 1;
}

function npm(cwd, args) {
  return execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function filesOf(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(directory.length + 1))
    .sort();
}

function targetsOf(conditions) {
  return typeof conditions === "string"
    ? [conditions]
    : Object.values(conditions).flatMap(targetsOf);
}
