// A page whose Content Security Policy does not allow WebAssembly, in a frame of vectors.html. It
// tells that page which errors init gives.

const errors = [];
for (const load of [
  async () => (await import("/hushring/esm/index.js")).init(),
  async () => (await import("/hushring/esm/slim.js")).init(fetch("/hushring/hushring.wasm")),
]) {
  try {
    await load();
    errors.push("init has worked");
  } catch (error) {
    errors.push(`${error}, because of ${error.cause?.name}`);
  }
}
parent.postMessage(errors, "*");
