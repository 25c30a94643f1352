// The examples of the README and the guide compile and run as they stand there.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const installed = dirname(createRequire(import.meta.url).resolve("hushring/package.json"));
const examples = ["README.md", "docs/guide.md"].flatMap((document) => {
  const text = readFileSync(join(installed, document), "utf8");
  return [...text.matchAll(/^```(js|ts)\n(.*?)^```$/gms)].map(([, language, code], index) => ({
    name: `example ${index + 1} of ${document}`,
    file: `${document.replaceAll(/\W/g, "-")}-${index + 1}`,
    language,
    code,
  }));
});
const [inJavaScript, inTypeScript] = ["js", "ts"].map((language) =>
  examples.filter((example) => example.language === language),
);

// Beside this file, so that the package is found.
const directory = join(dirname(fileURLToPath(import.meta.url)), ".examples");

before(() => mkdirSync(directory));
after(() => rmSync(directory, { recursive: true }));

test("there are examples in both languages", () => {
  assert.ok(inJavaScript.length >= 5, `${inJavaScript.length} in JavaScript`);
  assert.ok(inTypeScript.length >= 1, `${inTypeScript.length} in TypeScript`);
});

for (const { name, file, code } of inJavaScript) {
  test(`${name} runs`, async () => {
    writeFileSync(join(directory, `${file}.mjs`), code);
    await import(pathToFileURL(join(directory, `${file}.mjs`)).href);
  });
}

for (const { name, file, code } of inTypeScript) {
  test(`${name} compiles in strict mode, and runs`, async () => {
    writeFileSync(join(directory, `${file}.mts`), code);
    for (const compiler of ["typescript-5.0", "typescript"]) compile(compiler, `${file}.mts`);
    await import(pathToFileURL(join(directory, `${file}.mjs`)).href);
  });
}

test("the call of the README connects", async () => {
  const [{ file }] = inTypeScript;
  const { log } = console;
  const lines = [];
  console.log = (line) => lines.push(line);
  try {
    await import(`${pathToFileURL(join(directory, `${file}.mjs`)).href}?again`);
  } finally {
    console.log = log;
  }
  assert.deepEqual(lines, ["Alice is calling", "Bob has answered"]);
});

/** Compiles a file as a user would who has the browser's types and nothing else. */
function compile(compiler, file) {
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    target: "es2022",
    lib: ["es2022", "dom", "dom.iterable"],
    module: "node16",
    moduleResolution: "node16",
    types: [],
  };
  const config = join(directory, "tsconfig.json");
  writeFileSync(config, JSON.stringify({ compilerOptions, files: [file] }));
  // js/scripts/test.mjs says where the compilers are.
  const tsc = join(process.env.HUSHRING_COMPILERS, compiler, "bin/tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", config], { encoding: "utf8" });
  assert.equal(status, 0, `${compiler}\n${stdout}`);
}
