// js/scripts/browser.mjs has Chromium run this: it plays every scene and every other vector, looks
// at what a stricter policy gives, and reports what fails.

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
      else await playVector(hushring, relay, vector);
    } catch (error) {
      failures[name] = String(error);
    }
  }
  const wrong = await withoutWasm();
  if (wrong !== undefined) failures["policy.html"] = wrong;
  return failures;
}

/** Returns what is wrong about the errors of a page that may not compile WebAssembly. */
async function withoutWasm() {
  const answer = new Promise((resolve) => addEventListener("message", resolve, { once: true }));
  const frame = document.createElement("iframe");
  frame.src = "policy.html";
  document.body.append(frame);
  const { data: errors } = await answer;
  const expected =
    "HushringError: unsupported_platform: WebAssembly may not be compiled here: the Content " +
    "Security Policy of the page needs 'wasm-unsafe-eval' in its script-src, because of CompileError";
  const isGood = errors.length === 2 && errors.every((error) => error === expected);
  return isGood ? undefined : errors.join("; ");
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
