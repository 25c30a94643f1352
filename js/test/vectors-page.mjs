// js/scripts/browser.mjs has Chromium run this: it plays every scene and every other vector, and
// reports those that fail.

async function playAll() {
  const hushring = await import("/hushring/esm/index.js");
  const relay = await import("/hushring/esm/relay.js");
  const { playScene } = await import("./scene-player.mjs");
  const { playVector } = await import("./vector-player.mjs");
  await hushring.init();
  const failures = {};
  for (const name of await load("/vectors.json")) {
    const vector = await load(`/vectors/${name}`);
    try {
      if (name.startsWith("scenes/")) playScene(hushring, vector);
      else playVector(hushring, relay, vector);
    } catch (error) {
      failures[name] = String(error);
    }
  }
  return failures;
}

async function load(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

const { userAgent } = navigator;
const results = await playAll().then(
  (failures) => ({ userAgent, failures }),
  (error) => ({ userAgent, error: String(error) }),
);
await fetch("/results", { method: "POST", body: JSON.stringify(results) });
