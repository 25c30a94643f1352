// Speed in this Node: node --no-warnings node.mjs <where results go> <what there is, as JSON>

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { load as loadFloor } from "./contenders/floor.mjs";
import * as hpkeJs from "./contenders/hpke-js.mjs";
import * as json from "./contenders/json.mjs";
import * as libsodium from "./contenders/libsodium.mjs";
import { startNative } from "./contenders/native.mjs";
import { floorWasm, importHushring } from "./hushring.mjs";
import { compareMany, comparePeers, compareRoom, compareWork } from "./speed.mjs";

const [out, given] = process.argv.slice(2);
const { rounds, native: program, hasPanva, hasWork } = JSON.parse(given);

const hushring = await importHushring();
await loadFloor(readFileSync(floorWasm));
const peers = [libsodium, hpkeJs];
if (hasPanva) peers.push(await import("./contenders/panva.mjs"));

const corpus = new URL("../dictionary/corpus/held-back/", import.meta.url);
const read = (file) => readFileSync(new URL(file, corpus), "utf8");
const offer = read("chromium-av-data-turn-offer-gathered-1.sdp");
const files = readdirSync(corpus).filter((file) => /-offer-.*\.sdp$/.test(file));
const offers = files.map(read);

const native = program === undefined ? undefined : startNative(program);
const all = { hushring, peers, codec: json, native, offer, offers };
const { createSender } = hpkeJs;
const results = {
  engine: `Node ${process.versions.node}`,
  processor: cpus()[0].model,
  rounds,
  peers: await comparePeers({ ...all, rounds }),
};
if (hasWork) {
  const few = Math.ceil(rounds / 3);
  results.room = await compareRoom(all);
  results.work = await compareWork({ ...all, createSender, rounds: few });
  results.many = await compareMany({ ...all, rounds: few });
}
native?.end();
writeFileSync(out, JSON.stringify(results));
