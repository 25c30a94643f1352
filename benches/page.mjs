// What chromium.mjs runs in a page: `globalThis.benchmark`.

import * as hushring from "hushring";
import { load as loadFloor } from "./contenders/floor.mjs";
import * as hpkeJs from "./contenders/hpke-js.mjs";
import * as libsodium from "./contenders/libsodium.mjs";
import { compareMany, comparePeers, compareWork } from "./speed.mjs";
import { memoryOf } from "./wasm-memory.mjs";
import { bundlesOf, draining, message, people } from "./work.mjs";

globalThis.benchmark = async ({ offer, rounds }) => {
  await loadFloor(fetch("/floor.wasm"));
  await hushring.init();
  const few = Math.ceil(rounds / 3);
  const peers = [libsodium, hpkeJs];
  const { createSender } = hpkeJs;
  return {
    rounds,
    peers: await comparePeers({ hushring, peers, offer, rounds }),
    work: await compareWork({ hushring, createSender, offer, rounds: few }),
    many: await compareMany({ hushring, rounds: few }),
  };
};

/** The bytes of the WebAssembly's memory: as it starts, and after work. It never shrinks. */
globalThis.memory = async () => {
  const memory = await memoryOf(hushring.init);
  const found = { rest: memory.buffer.byteLength };
  const drain = draining(hushring, "xwing", 1_000);
  drain.once(drain.prepare());
  found["drain of 1,000"] = memory.buffer.byteLength;
  const { senders } = people(hushring, "xwing");
  const bundles = bundlesOf(hushring, "xwing", 1_000);
  found["1,000 bundles"] = memory.buffer.byteLength;
  senders[0].sealMany(bundles, message);
  found["sealMany to them"] = memory.buffer.byteLength;
  return found;
};
