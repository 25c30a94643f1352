// What js/scripts/browser.mjs has Chromium do: plays every scene, and reports those that fail.

async function playAll() {
  const hushring = await import("/hushring/esm/index.js");
  const { playScene } = await import("./scene-player.mjs");
  await hushring.init();
  const failures = {};
  for (const name of await load("/scenes.json")) {
    try {
      playScene(hushring, await load(`/scenes/${name}`));
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
