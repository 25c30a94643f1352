// The examples of the README run as they stand there.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import test from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const manifest = createRequire(import.meta.url).resolve("hushring/package.json");
const readme = readFileSync(join(dirname(manifest), "README.md"), "utf8");
const examples = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code);

test("the README has examples", () => {
  assert.equal(examples.length, 5);
});

examples.forEach((code, index) => {
  test(`example ${index + 1} of the README runs`, async () => {
    // Beside this file, so that the package is found.
    const directory = join(dirname(fileURLToPath(import.meta.url)), ".readme");
    mkdirSync(directory, { recursive: true });
    try {
      const file = join(directory, `example-${index + 1}.mjs`);
      writeFileSync(file, code);
      await import(pathToFileURL(file).href);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

test("what the first example says is so", async () => {
  const directory = join(dirname(fileURLToPath(import.meta.url)), ".readme-checked");
  mkdirSync(directory, { recursive: true });
  try {
    const file = join(directory, "example.mjs");
    const checks = "\nexport { envelope, inbox, full, downgraded, targets };\n";
    writeFileSync(file, examples[0] + checks);
    const { log } = console;
    const lines = [];
    console.log = (line) => lines.push(line);
    const example = await import(pathToFileURL(file).href).finally(() => (console.log = log));
    const { envelope, inbox, full, downgraded, targets } = example;
    assert.equal(envelope.length, 2880);
    assert.deepEqual(lines, ["Alice calls"]);
    assert.equal(full, false);
    assert.deepEqual(inbox.pending(), []);
    assert.equal(inbox.receive(envelope).reason, "duplicate");
    assert.deepEqual(downgraded, []);
    assert.deepEqual(
      targets.map(({ suite }) => suite),
      ["xwing"],
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
});
