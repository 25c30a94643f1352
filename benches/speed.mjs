// Speed in one engine: which jobs there are, and who does each of them. Used by Node (node.mjs) and by a
// page (page.mjs), which bring what they have.

import { bareFloor } from "./contenders/floor.mjs";
import { bare, whole } from "./contenders/frame.mjs";
import { compare } from "./measure.mjs";
import * as work from "./work.mjs";

export const suites = ["x25519", "xwing"];

/**
 * Seal and open, beside the peers. Of `peers`, each library has a `name` and `setUp`; `codec` turns
 * content into bytes and back, and without it the libraries are measured bare alone; `native` works
 * in turns. What each contender has sealed is opened before it is measured.
 */
export async function comparePeers({ hushring, peers, codec, native, offer, rounds }) {
  const jobs = [];
  for (const suite of suites) {
    for (const [kind, content] of Object.entries(contentsWith(offer))) {
      const length = hushring.measure(content);
      const contenders = [
        {
          name: "hushring",
          content,
          seal: work.sealing(hushring, suite, content),
          openOnce: work.opening(hushring, suite, content),
        },
        { name: "floor", ...bareFloor(suite, length) },
      ];
      for (const { name, setUp } of peers) {
        const library = await setUp(suite);
        contenders.push({ name: `${name}, bare`, ...bare(library, length) });
        if (codec === undefined) continue;
        const { room, seal, open } = whole(library, codec);
        if (codec.deflated(content).length > room) continue;
        contenders.push({ name, content, seal: () => seal(content), open });
      }
      const runs = { seal: [], open: [] };
      for (const { name, content, seal, open, openOnce } of contenders) {
        const envelope = await seal();
        expect(envelope.length === 2880, `${name} makes envelopes of 2,880 bytes`);
        const once = openOnce ?? (() => open(envelope));
        if (!openOnce) expect(isSame(await once(), content), `${name} reads what it wrote`);
        runs.seal.push({ name, once: seal });
        runs.open.push({ name, once });
      }
      for (const what of ["seal", "open"]) {
        if (native) {
          const name = `${what} ${suite} ${kind}`;
          runs[what].push(
            { name: "native", turn: () => native.turn(name) },
            { name: "native floor", turn: () => native.turn(`floor ${name}`) },
          );
        }
        jobs.push({ name: `${what} ${suite} ${kind}`, what, suite, kind, runs: runs[what] });
      }
    }
  }
  return compare(jobs, { rounds });
}

/** What hushring alone does, beside the crate as native code where there is `native`. */
export async function compareWork({ hushring, createSender, native, offer, rounds }) {
  const jobs = [];
  const add = (name, run, unit = "ms") => {
    const runs = [{ name: "hushring", ...run }];
    if (native) runs.push({ name: "native", turn: () => native.turn(name) });
    jobs.push({ name, unit, runs });
  };
  for (const suite of suites) {
    add(`open ${suite} unknown`, { once: work.openingOfMany(hushring, suite) });
    for (const kind of work.kinds) {
      const run = await work.receiving(hushring, suite, kind, { createSender, offer });
      add(`receive ${suite} ${kind}`, run);
    }
    add(`drain ${suite} 1000`, work.draining(hushring, suite, 1_000));
  }
  add("verify known", { once: work.verifying(hushring, true) });
  add("verify unknown", { once: work.verifying(hushring, false) });
  return compare(jobs, { rounds });
}

/** `sealMany` a device, beside `seal`, in each suite. */
export async function compareMany({ hushring, native, rounds }) {
  const jobs = suites.map((suite) => {
    const bundles = work.bundlesOf(hushring, suite, 1_000);
    const once = work.sealing(hushring, suite, work.message);
    const runs = [{ name: "1", once }];
    for (const count of [10, 100, 1_000]) {
      const run = work.sealingMany(hushring, suite, bundles.slice(0, count));
      runs.push({ name: `${count}`, ...run });
      if (!native) continue;
      const turn = () => native.turn(`sealMany ${suite} ${count}`);
      runs.push({ name: `native ${count}`, turn });
    }
    if (native) {
      runs.push({ name: "native 1", turn: () => native.turn(`seal ${suite} message`) });
    }
    return { name: `sealMany ${suite}`, suite, runs };
  });
  return compare(jobs, { rounds, warmUp: 1 });
}

/** How many of these offers fit as a call, and the bytes of a message and of a call. */
export async function compareRoom({ hushring, peers, codec, offer, offers }) {
  const contents = contentsWith(offer);
  const rooms = async (setUp) => {
    const fits = {};
    for (const suite of suites) fits[suite] = whole(await setUp(suite), codec).room;
    return fits;
  };
  const all = [{ name: "hushring", measure: hushring.measure, room: roomsOf(hushring.capacity) }];
  for (const { name, setUp } of peers) {
    const measure = (content) => codec.deflated(content).length;
    all.push({ name, measure, room: await rooms(setUp) });
  }
  return all.map(({ name, measure, room }) => ({
    name,
    message: measure(contents.message),
    call: measure(contents.call),
    suites: suites.map((suite) => {
      const fit = offers.filter((it) => measure(work.callWith(it)) <= room[suite]);
      return { suite, room: room[suite], fit: fit.length, of: offers.length };
    }),
  }));
}

function expect(is, what) {
  if (!is) throw new Error(`expected: ${what}`);
}

const roomsOf = (capacity) => Object.fromEntries(suites.map((suite) => [suite, capacity(suite)]));

const contentsWith = (offer) => ({ message: work.message, call: work.callWith(offer) });

/** Of bytes, or of content as JSON has it. */
function isSame(value, expected) {
  if (!(expected instanceof Uint8Array)) return JSON.stringify(value) === JSON.stringify(expected);
  return value.length === expected.length && value.every((byte, at) => byte === expected[at]);
}
