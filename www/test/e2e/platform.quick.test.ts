// A browser that lacks something: the page says what, in words.

import { test } from "node:test";
import { Stage } from "./stage.js";

const scene = await Stage.set();

test("a page names what its browser lacks", async () => {
  const desk = await scene.desk({ content: "delete globalThis.RTCPeerConnection" });
  await desk.open();
  await desk.sees(/need WebRTC/);
  await scene.close(desk);
});

test("and Ed25519 in WebCrypto, which older browsers do not have", async () => {
  const desk = await scene.desk({
    content: `crypto.subtle.generateKey = () =>
      Promise.reject(new DOMException("Unrecognized name", "NotSupportedError"))`,
  });
  await desk.open();
  await desk.sees(/WebCrypto has no Ed25519/);
  await scene.close(desk);
});

test("and a place for keys, which private windows and lockdown modes do not have", async () => {
  const desk = await scene.desk({
    content: `IDBObjectStore.prototype.put = () => {
      throw new DOMException("The object can not be cloned.", "DataCloneError");
    }`,
  });
  await desk.open();
  await desk.sees(/does not store keys here: a private window/);
  await scene.close(desk);
});
