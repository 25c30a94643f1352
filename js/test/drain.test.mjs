// The loop of the guide, "Receive", taken from its text: over thousands of envelopes, by an app that
// dies or fails at any await, and on a grid that does not show what came.
//
// `HUSHRING_SEED` plays one run again.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { HushringError, Inbox } from "hushring";
import { inboxOf, later, minute, peer } from "./helpers.mjs";
import { alice, bob, carol, invite, seal } from "./people.mjs";

const installed = dirname(createRequire(import.meta.url).resolve("hushring/package.json"));
const guide = readFileSync(join(installed, "docs/guide.md"), "utf8");
const loop = /^async function wake\(.*?(?=^\/\/ Returns whether the event is done with)/ms.exec(
  guide,
);
const interval = Number(/interval: ([\d_]+)/.exec(loop[0])[1].replace("_", ""));
const begun = 1_000; // when each process begins
const parameters = ["inbox", "clock", "HushringError", "fetchPage", "confirmPage", "store", "act"];
const makeLoop = new Function(
  ...parameters,
  "performance",
  "setTimeout",
  `let atWork = Promise.resolve();\n${loop[0]}\nreturn { wake, alone, takeAll };`,
);

const times = (count, make) => Array.from({ length: count }, (_, index) => make(index));

const many = 2_560;
const stranger = peer();
/** Of Alice, oldest first. */
const backlog = times(many, (number) => message(number, many - number));
const covers = times(300, () => seal({ type: "cover" }));

function message(number, secondsAgo, from = alice) {
  const now = later(-1_000 * secondsAgo);
  return { id: `${number}`, bytes: seal({ type: "message", body: `${number}` }, { from, now }) };
}

/** Random numbers from a seed, which a failure names. */
function dice(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** What is there when every process is dead: the relay's mailbox, the saved state, what was done. */
function world(envelopes) {
  return {
    mailbox: envelopes.map((bytes, index) => ({ id: index, bytes })),
    state: inboxOf(bob, alice, carol).save(),
    pending: new Set(), // as the saved state has it
    wrong: undefined,
    requests: [],
    acted: new Map(), // how often, by what was said
    acknowledged: new Set(), // as the saved state has it
  };
}

/**
 * A process of the app. `at` is called at each await, with its name, and may kill the process, throw,
 * or wait; `done` says whether an event is done with.
 */
function start(world, { at = () => {}, done = () => true } = {}) {
  const inbox = Inbox.load(bob.device, world.state);
  for (const prekey of bob.prekeys) inbox.addPrekey(prekey);
  let time = begun;
  let dead = false;
  let acknowledging = new Set();
  let die;
  const killed = new Promise((_, reject) => {
    die = reject;
  });
  killed.catch(() => {});
  const step = async (name) => {
    await undefined;
    if (!dead && at(name) === "kill") {
      dead = true;
      die("killed");
    }
    if (dead) await new Promise(() => {}); // nothing that comes behind is ever done
  };
  const confirmed = (ids) => {
    const gone = new Set(ids);
    world.mailbox = world.mailbox.filter(({ id }) => !gone.has(id));
  };
  const app = {
    inbox,
    clock: { isSynchronized: () => true, now: () => new Date() },
    HushringError,
    async fetchPage({ after = -1, confirm }) {
      world.requests.push({ at: time, after, confirm });
      await step("fetch");
      confirmed(confirm);
      await step("answer");
      const left = world.mailbox.filter(({ id }) => id > after);
      const page = left.slice(0, 64);
      return {
        envelopes: page.map(({ bytes }) => bytes),
        ids: page.map(({ id }) => id),
        next: page.at(-1)?.id ?? after,
        waiting: left.length,
      };
    },
    async confirmPage(confirm) {
      world.requests.push({ at: time, confirm });
      await step("confirm");
      confirmed(confirm);
      await step("answer");
    },
    async store(state) {
      await step("store");
      world.state = state;
      world.pending = new Set(names(Inbox.load(bob.device, state)));
      for (const name of acknowledging) world.acknowledged.add(name);
      acknowledging = new Set();
      await step("stored");
    },
    async act(event) {
      await step("act");
      const name = nameOf(event);
      if (!world.pending.has(name)) world.wrong ??= `${name} is acted on before it is saved`;
      if (world.acknowledged.has(name))
        world.wrong ??= `${name} comes again after it was acknowledged`;
      world.acted.set(name, (world.acted.get(name) ?? 0) + 1);
      time += 1; // a page takes longer than none
      await step("acted");
      if (!done(event, world.requests.length)) return false;
      acknowledging.add(name);
      return true;
    },
    performance: { now: () => time },
    setTimeout(resolve, left) {
      time += Math.max(0, left - 0.3); // a timer may fire too early
      step("wait").then(() => setImmediate(resolve));
    },
  };
  const { wake, alone, takeAll } = makeLoop(
    ...[...parameters, "performance", "setTimeout"].map((n) => app[n]),
  );
  const push = (pushed) => alone(() => takeAll([pushed]));
  return { inbox, push, wake: (options) => Promise.race([wake(options), killed]) };
}

const nameOf = ({ content, callUUID }) => content.body ?? callUUID;

function names(inbox) {
  const pending = [...inbox.pending()].map(nameOf);
  inbox.free();
  return pending;
}

/** Wakes until a wake has ended with an empty mailbox. */
async function drain(world, options, most = 100) {
  for (let wakes = 1; ; wakes += 1) {
    assert.ok(wakes <= most, `${world.mailbox.length} are left after ${most} wakes`);
    await start(world, options).wake();
    if (world.mailbox.length === 0) return wakes;
  }
}

function everyone(world, expected) {
  assert.equal(world.wrong, undefined);
  const lost = expected.filter((name) => !world.acted.has(name));
  assert.deepEqual(lost, [], "lost");
  assert.equal(world.acted.size, expected.length, "invented");
  for (const name of expected) assert.ok(world.acknowledged.has(name), `${name} is pending`);
}

test("a backlog of thousands takes a request a page and one more, and is received once", async () => {
  const all = world(backlog.map(({ bytes }) => bytes));
  assert.equal(await drain(all), 1);
  everyone(
    all,
    backlog.map(({ id }) => id),
  );
  assert.ok([...all.acted.values()].every((often) => often === 1));
  assert.equal(all.requests.length, many / 64 + 1);
});

test("a page of nothing but cover is saved before it is confirmed", async () => {
  const all = world(covers.slice(0, 64));
  const before = all.state;
  const steps = [];
  await start(all, { at: (name) => void steps.push(name) }).wake();
  assert.equal(all.mailbox.length, 0);
  assert.ok(steps.indexOf("stored") > 0 && steps.indexOf("stored") < steps.indexOf("confirm"));
  assert.deepEqual(all.state, before, "no cover is remembered");
});

test("an app that dies at any await loses nothing, and repeats what was not yet saved", async () => {
  const seed = Number(process.env.HUSHRING_SEED ?? Date.now() % 1_000_000);
  const roll = dice(seed);
  const others = times(60, (number) => message(`Carol ${number}`, 60 - number, carol));
  const noise = [
    ...covers.slice(0, 40),
    ...times(20, () => seal({ type: "message", body: "x" }, { from: stranger })),
  ];
  const honest = [...backlog];
  for (const other of others) honest.splice(roll(100) + honest.indexOf(backlog.at(-100)), 0, other);
  const envelopes = honest.map(({ bytes }) => bytes);
  for (const bytes of noise) envelopes.splice(roll(envelopes.length), 0, bytes);
  for (let each = 0; each < 20; each += 1) {
    const forged = envelopes[roll(envelopes.length)].slice();
    forged[roll(2_880)] ^= 1;
    envelopes.splice(roll(envelopes.length), 0, forged);
  }
  const all = world(envelopes);
  const lives = { kill: 0, fail: 0 };
  const at = (name) => {
    if (roll(100) === 0) return "kill";
    if (name !== "wait" && roll(400) === 0) throw new Error("fails");
  };
  try {
    while (all.mailbox.length > 0 && all.wrong === undefined) {
      // The newest that waits was pushed.
      const pushed = roll(2) === 0 ? all.mailbox.at(-1).bytes : undefined;
      try {
        await start(all, { at }).wake({ pushed });
      } catch (error) {
        lives[error === "killed" ? "kill" : "fail"] += 1;
      }
    }
    assert.equal(all.wrong, undefined);
    await drain(all);
    everyone(
      all,
      honest.map(({ id }) => id),
    );
    assert.ok(lives.kill > 20, `${lives.kill} kills`);
  } catch (error) {
    console.log(`HUSHRING_SEED=${seed}`, lives);
    throw error;
  }
});

test("what comes behind a page that was not received does not push it out", async () => {
  const bodies = backlog.slice(0, 1_024);
  const envelopes = bodies.map(({ bytes }) => bytes);

  // The app acts on nothing for the first pages, so that there is no room for those that follow.
  const full = world(envelopes);
  await drain(full, { done: (_, requests) => requests > 6 });
  assert.ok(full.requests.filter(({ confirm }) => confirm.length === 0).length > 3);
  everyone(
    full,
    bodies.map(({ id }) => id),
  );

  // The third page cannot be saved.
  const failing = world(envelopes);
  let stores = 0;
  const at = (name) => {
    if (name === "store" && ++stores === 5) throw new Error("the disk is full");
  };
  await assert.rejects(start(failing, { at }).wake(), { message: "the disk is full" });
  assert.equal(failing.requests.length, 1_024 / 64 + 1, "as if nothing had happened");
  assert.equal(failing.mailbox.length, 1_024 - 128);
  await drain(failing);
  everyone(
    failing,
    bodies.map(({ id }) => id),
  );
});

test("the requests do not depend on what is in the mailbox, nor do their times", async () => {
  const count = covers.length;
  const now = later(-minute / 2);
  const calls = times(count, () => seal({ ...invite, callId: crypto.randomUUID() }, { now }));
  const messages = backlog.slice(0, count).map(({ bytes }) => bytes);
  const forged = covers.map((bytes) =>
    bytes.map((byte, index) => (index === 99 ? byte ^ 1 : byte)),
  );
  const mailboxes = { covers, calls, messages, forged };

  const sequences = {};
  for (const [name, envelopes] of Object.entries(mailboxes)) {
    for (const pushed of [undefined, envelopes.at(-1)]) {
      const one = world(envelopes);
      await start(one).wake({ pushed });
      assert.equal(one.mailbox.length, 0);
      sequences[`${name} ${pushed === undefined ? "" : "pushed"}`] = one.requests;
    }
  }
  const [expected, ...rest] = Object.values(sequences);
  assert.equal(expected.length, Math.ceil(count / 64) + 1);
  for (const sequence of rest) assert.deepEqual(onGrid(sequence), onGrid(expected));

  // Nobody acts, and the journal is full: the same, but for what is confirmed.
  const one = world(messages);
  await start(one, { done: () => false }).wake();
  const withoutIds = (requests) => onGrid(requests).map(({ confirm, ...others }) => others);
  assert.deepEqual(withoutIds(one.requests), withoutIds(expected));
  assert.ok(one.requests.at(-1).confirm.length === 0 && one.mailbox.length > 0);

  // A mailbox that is empty has one page, and an extension takes so many.
  const empty = world([]);
  await start(empty).wake();
  assert.equal(empty.requests.length, 2);
  const extension = world(messages);
  await start(extension).wake({ most: 2 });
  assert.deepEqual(onGrid(extension.requests.slice(0, 2)), onGrid(expected.slice(0, 2)));
  assert.equal(extension.requests.length, 3);
  assert.equal(extension.mailbox.length, count - 128);

  /** Each at a point of the grid, and no two at one. */
  function onGrid(requests) {
    const points = requests.map(({ at }) => Math.round((at - begun) / interval));
    requests.forEach(({ at }, index) => {
      assert.ok(Math.abs(at - begun - points[index] * interval) < 1, `${at}`);
    });
    assert.deepEqual(
      points,
      times(points.length, (index) => index),
    );
    return requests.map(({ at, ...others }) => others);
  }
});

test("what is pushed during a wake rings at once, and comes again without ringing", async () => {
  const call = seal(invite);
  const messages = backlog.slice(0, 200).map(({ bytes }) => bytes);
  const one = world(messages);
  let waits = 0;
  let pushed;
  const app = start(one, {
    at: (name) => {
      if (name !== "wait" || ++waits !== 2) return;
      one.mailbox.push({ id: 200, bytes: call });
      pushed = app.push(call).then(() => one.requests.length);
    },
  });
  await app.wake();
  assert.equal(await pushed, 2, "before the third request");
  assert.equal(one.requests.length, 5, "as many as there were pages when it began");
  await app.wake();
  assert.equal(one.mailbox.length, 0);
  assert.ok([...one.acted.values()].every((often) => often === 1));
  assert.equal(one.acted.size, 201);
});

test("what is pushed rings although its sender's events filled the room before they were acted on", async () => {
  const call = seal(invite);
  const one = world([...backlog.slice(0, 64).map(({ bytes }) => bytes), call]);
  const dies = start(one, { at: (name) => (name === "stored" ? "kill" : undefined) });
  await assert.rejects(dies.wake(), (error) => error === "killed");
  assert.equal(one.pending.size, 64);

  const offline = (name) => {
    if (name === "fetch") throw new Error("no connection");
  };
  await assert.rejects(start(one, { at: offline }).wake({ pushed: call }), /no connection/);
  assert.equal(one.acted.size, 65);
  assert.equal(one.wrong, undefined);
});
