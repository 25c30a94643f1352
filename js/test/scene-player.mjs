// Plays a scene of vectors/scenes with an inbox of the package, as vectors/README.md says. Imports
// nothing of Node, so that it runs in a page as well.

import {
  contentFromJson,
  dateOf,
  defined,
  hex,
  pick,
  same,
  unbase64,
  unhex,
  uuid,
  valueToJson,
} from "./vector-values.mjs";

/** Throws where the package does something else than the scene expects. */
export function playScene(hushring, scene) {
  const player = new Player(hushring, scene);
  try {
    scene.steps.forEach((step, number) => {
      try {
        player.step(step);
      } catch (error) {
        error.message = `step ${number}: ${error.message}`;
        throw error;
      }
    });
  } finally {
    player.free();
  }
}

/** Steps that change nothing. */
const reading = ["explain", "heldAccounts", "held", "isBlocked", "pending", "save"];

const checks =
  "length version suite prekey decryption contentLength padding certificate signature trust " +
  "replay sentAt revocation certificateTimes room inflation cbor members call";

class Player {
  #hushring;
  #scene;
  #device;
  #inbox;
  #states = new Map();

  constructor(hushring, scene) {
    this.#hushring = hushring;
    this.#scene = scene;
    this.#device = hushring.Device.import(unhex(scene.receiver.device));
    this.#inbox = new hushring.Inbox(this.#device);
    for (const prekey of scene.receiver.prekeys) this.#addPrekey(prekey);
  }

  free() {
    this.#inbox.free();
    this.#device.free();
  }

  step(step) {
    const expected = step.expect ?? {};
    const verb = Object.keys(step).find((name) => name !== "comment" && name !== "expect");
    const what = step[verb];
    // Where revisions are expected, only the scene saves.
    const counts = this.#scene.rules.includes("N35");
    const before = counts ? undefined : this.#inbox.save();
    if (verb === "flood") {
      this.#flood(what, expected);
      return;
    }
    this.#play(verb, what, expected);
    const mayBeHeld = verb === "receive" && ["untrusted", "clock"].includes(expected.error);
    const mayNotChange =
      (expected.error !== undefined && !mayBeHeld) ||
      expected.stoppedAt === "replay" ||
      reading.includes(verb);
    if (mayNotChange && !counts)
      same(hex(before), hex(this.#inbox.save()), `the state after ${verb}`);
  }

  #play(verb, what, expected) {
    const inbox = this.#inbox;
    const now = dateOf(what.at);
    const account = this.#account(what.account);
    switch (verb) {
      case "receive":
        return this.#receive(what, now, expected);
      case "explain":
        return this.#explain(what, now, expected);
      case "trust": {
        const { handle, displayName } = what;
        const revocations = what.revocations?.map(unhex);
        const trust = () => inbox.trust(account, { handle, displayName, revocations, now });
        return this.#expect(expected, () => ({ events: trust().map(eventToJson) }), verb);
      }
      case "untrust":
        return this.#expect(expected, () => done(inbox.untrust(account)), verb);
      case "block":
        return this.#expect(expected, () => done(inbox.block(account)), verb);
      case "unblock":
        return this.#expect(expected, () => done(inbox.unblock(account, { now })), verb);
      case "isBlocked":
        return this.#expect(expected, () => ({ blocked: inbox.isBlocked(account) }), verb);
      case "discard":
        return this.#expect(expected, () => ({ discarded: inbox.discard(account) }), verb);
      case "release": {
        const release = () => ({ events: inbox.release({ now }).map(eventToJson) });
        return this.#expect(expected, release, verb);
      }
      case "heldAccounts":
        return this.#expect(expected, () => ({ accounts: inbox.heldAccounts().map(held) }), verb);
      case "revoke": {
        const revoke = () => ({ known: inbox.revoke(unhex(what.statement), { now }) });
        return this.#expect(expected, () => asked(expected, revoke()), verb);
      }
      case "placeCall": {
        const place = () => inbox.placeCall(what.callId, this.#accounts(what), { now });
        return this.#expect(expected, () => ({ sentAt: place().getTime() }), verb);
      }
      case "answered": {
        const answered = () => inbox.answered({ caller: account, callId: what.callId, now });
        return this.#expect(expected, () => ({ ring: answered().getTime() }), verb);
      }
      case "left": {
        const { callId } = what;
        const accounts = what.accounts && this.#accounts(what);
        const left = accounts ? { callId, accounts } : { callId, caller: account };
        const leave = () => typeof inbox.left(left) === "boolean" && {};
        return this.#expect(expected, leave, verb);
      }
      case "joined": {
        const call = { caller: account, callId: what.callId, accounts: this.#accounts(what) };
        const joined = () => inbox.joined({ ...call, now });
        return this.#expect(expected, () => ({ events: joined().map(eventToJson) }), verb);
      }
      case "publish":
        return this.#publish(what, now, expected);
      case "acknowledge": {
        const reference = { sender: { account }, messageId: what.messageId };
        return this.#expect(expected, () => ({ wasPending: inbox.acknowledge(reference) }), verb);
      }
      case "pending": {
        const events = () => [...inbox.pending({ now })].map(eventToJson);
        return this.#expect(expected, () => listed("events", events(), expected), verb);
      }
      case "held": {
        const held = () =>
          inbox.held().map(({ envelopeTag, sender, messageId, sentAt, reason }) => ({
            envelopeTag,
            account: hex(sender.account),
            device: hex(sender.device),
            messageId,
            sentAt: sentAt.getTime(),
            reason,
          }));
        return this.#expect(expected, () => listed("held", held(), expected), verb);
      }
      case "prune":
        return this.#expect(expected, () => ({ prekeys: inbox.prune({ now }) }), verb);
      case "addPrekey":
        return this.#expect(expected, () => done(this.#addPrekey(what.prekey)), verb);
      case "save":
        this.#states.set(what.as, inbox.save());
        return this.#expect(expected, () => asked(expected, { revision: inbox.revision }), verb);
      case "load":
        return this.#load(what, expected);
      default:
        throw new Error(`there is no step ${verb}`);
    }
  }

  #receive(what, now, expected) {
    const envelope = unbase64(this.#scene.envelopes[what.envelope]);
    const explanation = this.#inbox.explain(envelope, { now });
    let event;
    const found = this.#outcome(() => {
      event = this.#inbox.receive(envelope, { now });
      return { event: eventToJson(event) };
    });
    if (explanation.stoppedAt !== undefined) found.stoppedAt = explanation.stoppedAt;
    same(expected, found, what.envelope);

    // The explanation agrees with what has happened.
    const { action, reason } = event ?? {};
    const result = pick(explanation, "action", "reason", "code");
    same({ action, reason, code: found.error }, result, "what is explained");
    const names = checks.split(" ");
    const last = names.indexOf(explanation.stoppedAt);
    const outcomes = names.map((check, place) => {
      if (last === -1 || place < last) return { check, outcome: "passed" };
      return { check, outcome: place === last ? "stopped" : "notReached" };
    });
    same(outcomes, explanation.checks, "the checks");
    // Who sent it is said from the signature on.
    const isSigned = last === -1 || last > names.indexOf("signature");
    for (const member of ["sender", "messageId", "sentAt", "age"]) {
      same(isSigned, explanation[member] !== undefined, `whether ${member} is explained`);
    }
    if (event !== undefined) {
      const { envelopeTag, messageId, sentAt, sender } = event;
      const told = pick(explanation, "envelopeTag", "messageId", "sentAt");
      same({ envelopeTag, messageId, sentAt }, told, "what is explained of the envelope");
      same(hex(sender.account), hex(explanation.sender.account), "the sender's account");
      same(hex(sender.device), hex(explanation.sender.device), "the sender's device");
    }
  }

  #explain(what, now, expected) {
    const envelope = unbase64(this.#scene.envelopes[what.envelope]);
    const explanation = this.#inbox.explain(envelope, { now });
    const { action, reason } = expected.event ?? {};
    const wanted = { action, reason, code: expected.error, stoppedAt: expected.stoppedAt };
    same(wanted, pick(explanation, "action", "reason", "code", "stoppedAt"), what.envelope);
  }

  #load(what, expected) {
    const { Device, Inbox } = this.#hushring;
    const device = what.device === undefined ? this.#device : Device.import(unhex(what.device));
    let state = this.#states.get(what.state).slice();
    if (what.flipFrom !== undefined) {
      for (let bit = what.flipFrom; bit < state.length * 8; bit += what.flipEvery) {
        state[bit >> 3] ^= 1 << (bit & 7);
        this.#expect(expected, () => done(Inbox.load(device, state).free()), `bit ${bit}`);
        state[bit >> 3] ^= 1 << (bit & 7);
      }
      return;
    }
    if (what.length !== undefined) state = state.slice(0, what.length);
    if (what.cut !== undefined) state = state.slice(0, state.length - what.cut);
    if (what.append !== undefined) state = Uint8Array.of(...state, ...unhex(what.append));
    if (what.version !== undefined) state[0] = what.version;
    const load = () => {
      const inbox = Inbox.load(device, state, { atLeast: what.atLeast });
      same(hex(state), hex(inbox.save()), "what is saved after loading");
      this.#inbox.free();
      this.#inbox = inbox;
      return {};
    };
    this.#expect(expected, load, "load");
    if (device !== this.#device) device.free();
  }

  #flood(what, expected) {
    const { Device, PrekeyBundle } = this.#hushring;
    const at = dateOf(what.at);
    const sender = Device.import(unhex(what.device));
    const own = this.#device.account;
    const bundle = PrekeyBundle.verify(unhex(what.bundle), own, { now: dateOf(this.#scene.now) });
    const content = contentFromJson(what.content);
    for (let index = 0; index < what.count; index += 1) {
      const counted = (prefix) => prefix + index.toString(16).padStart(8, "0");
      if (what.callIds !== undefined) content.callId = uuid(counted(what.callIds));
      const envelope = sender.seal(bundle, content, {
        now: dateOf(what.firstSentAt + index * what.everyMs),
        messageId: counted(what.messageIds),
      });
      const receive = () =>
        defined(pick(this.#inbox.receive(envelope, { now: at }), "action", "reason"));
      same(expected, pickCode(this.#outcome(receive)), `envelope ${index}`);
    }
    bundle.free();
    sender.free();
  }

  #publish(what, now, expected) {
    const prekeys = what.prekeys.map((bytes) => this.#hushring.Prekey.import(unhex(bytes)));
    const publish = () => this.#inbox.publish(this.#device, prekeys, { now });
    this.#expect(expected, () => ({ bundles: publish().map(hex) }), "publish");
    for (const prekey of prekeys) prekey.free();
  }

  #addPrekey(bytes) {
    const prekey = this.#hushring.Prekey.import(unhex(bytes));
    try {
      this.#inbox.addPrekey(prekey);
    } finally {
      prekey.free();
    }
  }

  #accounts({ accounts }) {
    return accounts.map((name) => this.#account(name));
  }

  #account(name) {
    return name === undefined ? undefined : unhex(this.#scene.accounts[name]);
  }

  #expect(expected, body, what) {
    same(expected, pickCode(this.#outcome(body)), what);
  }

  /** What `body` gives, or the error that it throws. */
  #outcome(body) {
    try {
      return body();
    } catch (error) {
      if (!this.#hushring.HushringError.is(error)) throw error;
      const { code, account, age } = error;
      return defined({ error: code, account: account && hex(account), age });
    }
  }
}

function held({ account, count, earliest, latest }) {
  return {
    account: hex(account),
    count,
    earliest: earliest.getTime(),
    latest: latest.getTime(),
  };
}

function eventToJson(event) {
  const { sender, sentAt, expiresAt, taken, content, ...rest } = event;
  const keys = { account: hex(sender.account), device: hex(sender.device) };
  const converted = { ...rest, sender: { ...sender, ...keys }, sentAt: sentAt.getTime() };
  if (expiresAt !== undefined) converted.expiresAt = expiresAt.getTime();
  if (taken !== undefined) converted.taken = hex(taken);
  if (rest.callKit !== undefined) {
    const { length } = new TextEncoder().encode(JSON.stringify(rest.callKit));
    if (length > 1024) throw new Error(`the dictionary for CallKit has ${length} bytes`);
  }
  if (content !== undefined) converted.content = valueToJson(content);
  return converted;
}

/** The entries, or how many there are, as is expected. */
function listed(name, entries, expected) {
  return expected.count === undefined ? { [name]: entries } : { count: entries.length };
}

/** What a step returns that is compared only where a scene says what it expects. */
function asked(expected, found) {
  return Object.keys(expected).length > 0 ? found : {};
}

function done(nothing) {
  same(undefined, nothing, "what is returned");
  return {};
}

/** Of an error, where no more is expected, its code. */
function pickCode(outcome) {
  return outcome.error === undefined ? outcome : { error: outcome.error };
}
