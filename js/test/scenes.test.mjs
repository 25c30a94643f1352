import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import * as hushring from "hushring";
import { playScene } from "./scene-player.mjs";

await hushring.init();

// Beside the installed package; see js/scripts/test.mjs.
const folder = new URL("./vectors/scenes/", import.meta.url);
const scenes = readdirSync(folder).map((name) =>
  JSON.parse(readFileSync(new URL(name, folder), "utf8")),
);

test("there are scenes", () => {
  assert.ok(scenes.length >= 70);
});

for (const scene of scenes) {
  test(`scene ${scene.name}`, () => {
    playScene(hushring, scene);
  });
}

test("a wrong expectation fails", () => {
  const scene = scenes.find(({ name }) => name === "cancel-after-invite");
  for (const [place, step] of scene.steps.entries()) {
    if (step.expect === undefined) continue;
    const wrong = structuredClone(scene);
    wrong.steps[place].expect.more = true;
    assert.throws(() => playScene(hushring, wrong), { message: /^step \d+: .*expected/ });
  }
});
