// The work that is measured of hushring, by the names that native/src/work.rs gives to the same work
// in Rust. Every piece of work checks what it made before it is measured.

import { forge } from "./contenders/hpke.mjs";

const inDays = (days) => new Date(Date.now() + days * 86_400_000);
const times = (count, make) => Array.from({ length: count }, (_, index) => make(index));

/** How many an inbox receives after a start, where receiving alone is measured. */
const received = 32;
/** More senders than hushring remembers certificates of. */
const many = 70;
/** As a relay hands out. */
const pageSize = 64;

export const message = { type: "message", body: "Are you there?" };

export const callWith = (offer) => ({
  type: "call.invite",
  callId: crypto.randomUUID(),
  handle: { type: "phoneNumber", value: "+12025550123" },
  callerName: "Alice",
  hasVideo: true,
  offer,
});

/** Bob's phone, and those whom he trusts. */
export function people({ Account, Device, Inbox, Prekey, PrekeyBundle }, suite, count = 1) {
  const enroll = (account) => Device.enroll(account, { expiresAt: inDays(300) });
  const accounts = times(count, () => Account.generate());
  const bob = Account.generate();
  const phone = enroll(bob);
  const prekey = Prekey.generate(suite, { expiresAt: inDays(60) });
  const [published] = phone.publish([prekey]);
  const bundle = PrekeyBundle.verify(published, bob.publicKey);
  const first = new Inbox(phone);
  for (const { publicKey } of accounts) first.trust(publicKey);
  const state = first.save();
  /** The phone's inbox after a start. */
  const inbox = () => {
    const loaded = Inbox.load(phone, state);
    loaded.addPrekey(prekey);
    return loaded;
  };
  return { bob, senders: accounts.map(enroll), phone, prekey, published, bundle, inbox };
}

/** Returns the work of a name, to be measured by `compare`. `content` is what is sealed. */
export function sealing(hushring, suite, content) {
  const { senders, bundle } = people(hushring, suite);
  return () => senders[0].seal(bundle, content);
}

/**
 * One envelope is received once: every time by an inbox of its own, as after a start. The senders
 * take turns.
 */
export function opening(hushring, suite, content, count = 1) {
  const { senders, bundle, inbox } = people(hushring, suite, count);
  const envelopes = senders.map((sender) => sender.seal(bundle, content));
  let turn = 0;
  const once = () => {
    turn = (turn + 1) % count;
    const loaded = inbox();
    const event = loaded.receive(envelopes[turn]);
    loaded.free();
    return event.content;
  };
  expect(JSON.stringify(sorted(once())) === JSON.stringify(sorted(content)), "what was opened");
  return once;
}

export const openingOfMany = (hushring, suite) => opening(hushring, suite, message, many);

/** Bundles of so many devices. */
export function bundlesOf(hushring, suite, count) {
  const { Account, Device, Prekey, PrekeyBundle } = hushring;
  const bob = Account.generate();
  return times(count, () => {
    const device = Device.enroll(bob, { expiresAt: inDays(300) });
    const prekey = Prekey.generate(suite, { expiresAt: inDays(60) });
    const [published] = device.publish([prekey]);
    prekey.free();
    device.free();
    return PrekeyBundle.verify(published, bob.publicKey);
  });
}

/** The time is that of one device. */
export function sealingMany(hushring, suite, bundles) {
  const { senders } = people(hushring, suite);
  const once = () => senders[0].sealMany(bundles, message);
  const sealed = once();
  expect(sealed.length === bundles.length && sealed.every((it) => it.length === 2880), "envelopes");
  return { once, units: bundles.length };
}

/** Two bundles of each of ten devices: their certificates were verified just before, or never. */
export function verifying(hushring, areKnown) {
  const { Account, Device, Prekey, PrekeyBundle } = hushring;
  const all = times(areKnown ? 1 : 10, () => {
    const account = Account.generate();
    const bundles = times(10, () => {
      const device = Device.enroll(account, { expiresAt: inDays(300) });
      const prekeys = ["x25519", "xwing"].map((suite) =>
        Prekey.generate(suite, { expiresAt: inDays(60) }),
      );
      return device.publish(prekeys);
    }).flat();
    const { lastPublished, rejected } = PrekeyBundle.verifyAll(bundles, account.publicKey);
    expect(rejected.length === 0, "bundles that are verified");
    return { account, bundles, lastPublished };
  });
  let turn = 0;
  return () => {
    turn = (turn + 1) % all.length;
    const { account, bundles, lastPublished } = all[turn];
    const verified = PrekeyBundle.verifyAll(bundles, account.publicKey, { lastPublished });
    for (const bundle of verified.bundles) bundle.free();
  };
}

export const kinds = ["ring", "message", "drop", "forged", "garbled"];

/** Receiving alone, by inboxes that are new. The time is that of one envelope. */
export async function receiving(hushring, suite, kind, { createSender, offer }) {
  const { bob, senders, phone, published, bundle, inbox } = people(hushring, suite);
  const [sender] = senders;
  const make = {
    ring: () => sender.seal(bundle, callWith(offer)),
    message: () => sender.seal(bundle, message),
    drop: () => sender.seal(bundle, { type: "cover" }),
    forged: () =>
      forge({
        createSender: (key, info) => createSender(suite, key, info),
        bundle: { bytes: published, account: bob.publicKey, device: phone.publicKey },
        certificate: sender.certificate,
      }),
    garbled() {
      const envelope = sender.seal(bundle, message);
      envelope[2_000] ^= 1;
      return envelope;
    },
  }[kind];
  const expected = { message: "notify", forged: "bad_signature", garbled: "decryption_failed" };
  const envelopes = await Promise.all(times(received, make));
  const outcome = (loaded, envelope) => {
    try {
      return loaded.receive(envelope).action;
    } catch (error) {
      return error.code;
    }
  };
  const first = inbox();
  for (const envelope of envelopes) {
    const found = outcome(first, envelope);
    expect(found === (expected[kind] ?? kind), `${kind}, found ${found}`);
  }
  first.free();
  let before;
  return {
    units: received,
    prepare() {
      before?.free();
      before = inbox();
      return before;
    },
    once(loaded) {
      for (const envelope of envelopes) outcome(loaded, envelope);
    },
  };
}

/** A mailbox of 20 contacts, in pages: received, saved, acted on, saved. The time is that of all. */
export function draining(hushring, suite, count) {
  const { senders, bundle, inbox } = people(hushring, suite, 20);
  const mailbox = times(count, (number) => {
    const now = new Date(Date.now() - 1_000 * (count - number));
    return senders[number % 20].seal(bundle, message, { now });
  });
  let before;
  return {
    prepare() {
      before?.free();
      before = inbox();
      return before;
    },
    once(loaded) {
      let events = 0;
      for (let from = 0; from < count; from += pageSize) {
        for (const envelope of mailbox.slice(from, from + pageSize)) loaded.receive(envelope);
        loaded.save();
        for (const event of loaded.pending()) events += loaded.acknowledge(event) ? 1 : 0;
        loaded.save();
      }
      expect(events === count, `all events, found ${events}`);
    },
  };
}

function expect(is, what) {
  if (!is) throw new Error(`expected ${what}`);
}

/** With its members in the order of their names. */
function sorted(content) {
  return Object.fromEntries(Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1)));
}
