import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import * as hushring from "hushring";
import * as relay from "hushring/relay";
import { playVector } from "./vector-player.mjs";

await hushring.init();

// Beside the installed package; see js/scripts/test.mjs.
const root = new URL("./vectors/", import.meta.url);
const folders = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "scenes")
  .map(({ name }) => name);
const vectors = folders.flatMap((folder) =>
  readdirSync(new URL(`${folder}/`, root)).map((name) => ({
    folder,
    ...JSON.parse(readFileSync(new URL(`${folder}/${name}`, root), "utf8")),
  })),
);

test("there are vectors", () => {
  assert.ok(vectors.length > 400);
});

for (const folder of folders) {
  test(`vectors of ${folder}`, async (t) => {
    for (const vector of vectors.filter((each) => each.folder === folder)) {
      await t.test(vector.name, () => playVector(hushring, relay, vector));
    }
  });
}

test("a wrong expectation fails", async () => {
  for (const vector of vectors) {
    const wrong = structuredClone(vector);
    wrong.expect.more = true;
    await fails(wrong);
    if (vector.expect.error !== undefined) {
      wrong.expect = { ...vector.expect, error: "another" };
      await fails(wrong);
    }
  }
});

function fails(vector) {
  const played = playVector(hushring, relay, vector);
  return assert.rejects(played, { message: /expected/ }, vector.name);
}
