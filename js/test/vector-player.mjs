// Plays a vector of vectors/, except the scenes, with the package, as vectors/README.md says. Imports
// nothing of Node, so that it runs in a page as well.

import { packed } from "./packed.mjs";
import {
  contentFromJson,
  dateOf,
  defined,
  hex,
  pick,
  same,
  unbase64,
  unhex,
  valueToJson,
} from "./vector-values.mjs";

/** Rejects where the package does something else than the vector expects. */
export async function playVector(hushring, relay, vector) {
  const play = kinds[vector.kind];
  if (play === undefined) throw new Error(`there is no kind ${vector.kind}`);
  let found;
  try {
    found = await play(hushring, vector, relay);
  } catch (error) {
    if (!hushring.HushringError.is(error)) throw error;
    found = { error: error.code, ...details(error, vector.expect) };
  }
  same(vector.expect, found, vector.name);
}

const kinds = {
  account: ({ Account }, { export: bytes }) => keysOf(Account.import(unhex(bytes)), "publicKey"),
  pendingDevice: ({ PendingDevice }, { export: bytes }) =>
    keysOf(PendingDevice.import(unhex(bytes)), "publicKey"),
  device: ({ Device }, { export: bytes }) =>
    keysOf(Device.import(unhex(bytes)), "publicKey", "account"),
  prekey({ Prekey }, { export: bytes }) {
    return using(Prekey.import(unhex(bytes)), ({ suite, id, expiresAt }) => ({
      suite,
      id,
      expiresAt: secondsOf(expiresAt),
    }));
  },
  publicKey: ({ fingerprint }, { publicKey }) => ({ fingerprint: fingerprint(unhex(publicKey)) }),
  callKit: ({ callKitUUID }, { account, callId }) => ({
    uuid: callKitUUID(unhex(account), callId),
  }),

  /** The package says nothing of a certificate's times: they show where it is used. */
  certificate({ ExternalDevice }, { certificate, expect }) {
    const device = new ExternalDevice(unhex(certificate), () =>
      Promise.reject(new Error("unused")),
    );
    return using(device, ({ account, publicKey, certificate: again }) => {
      same(certificate, hex(again), "the certificate");
      return {
        account: hex(account),
        device: hex(publicKey),
        ...pick(expect, "notBefore", "expiresAt"),
      };
    });
  },

  async bundle({ PrekeyBundle }, vector) {
    const bytes = unhex(vector.bundle);
    const checks = await checksOf(vector);
    const bundle = PrekeyBundle.verify(bytes, unhex(vector.account), checks);
    return using(bundle, (verified) => {
      same(vector.bundle, hex(verified.toBytes()), "the bundle");
      return {
        device: hex(verified.device),
        suite: verified.suite,
        offers: verified.offers,
        prekeyId: verified.id,
        issuedAt: secondsOf(verified.issuedAt),
        expiresAt: secondsOf(verified.expiresAt),
      };
    });
  },

  async bundles({ PrekeyBundle }, vector) {
    const list = vector.bundles.map(unhex);
    const checks = await checksOf(vector);
    const verified = PrekeyBundle.verifyAll(list, unhex(vector.account), checks);
    const { bundles } = verified;
    const rejected = rejectedToJson(verified.rejected);
    // The good ones are in the order of the list.
    const isRejected = (index) => rejected.some((each) => each.index === index);
    const accepted = [...list.keys()].filter((index) => !isRejected(index));
    same(
      accepted.map((index) => vector.bundles[index]),
      bundles.map((bundle) => hex(bundle.toBytes())),
      "the bundles",
    );
    // Of two that are the same the first.
    const place = (bundle) => vector.bundles.indexOf(hex(bundle.toBytes()));
    const chooseAt = vector.chooseAt ?? vector.now;
    const { targets, downgraded, expired } = PrekeyBundle.choose(bundles, {
      now: new Date(chooseAt),
    });
    const found = {
      accepted,
      rejected,
      lastPublished: await lastPublishedOf(verified, vector.account, vector.expect.lastPublished),
      targets: targets.map(place),
      downgraded: downgraded.map(({ device, offered, available }) => ({
        device: hex(device),
        offered,
        available,
      })),
    };
    if (vector.expect.expired !== undefined) found.expired = expired.map(place);
    if (vector.expect.revocations !== undefined) {
      found.revocations = verified.revocations.map(hex);
      found.rejectedRevocations = rejectedToJson(verified.rejectedRevocations);
    }
    for (const bundle of bundles) bundle.free();
    return found;
  },

  /** Nothing comes with it, so what is read is returned. */
  async lastPublished(
    { PrekeyBundle },
    { account, packed: bytes, lastPublished: unpacked, expect },
  ) {
    const lastPublished = unpacked ? await packed(unhex(account), unpacked) : unhex(bytes);
    const verified = PrekeyBundle.verifyAll([], unhex(account), { lastPublished });
    same(hex(lastPublished), hex(verified.lastPublished), "the bytes");
    return lastPublishedOf(verified, account, expect);
  },

  publish({ Device, Prekey }, vector) {
    const prekeys = vector.prekeys.map((bytes) => Prekey.import(unhex(bytes)));
    return using(Device.import(unhex(vector.device)), (device) => ({
      bundles: device.publish(prekeys, publicationOf(vector)).map(hex),
    }));
  },

  request({ PendingDevice }, { device: seed, secret, now }) {
    return using(PendingDevice.import(unhex(seed)), (device) => ({
      request: hex(device.request(unhex(secret), { now: dateOf(now) })),
    }));
  },

  certify({ Account }, vector) {
    const { account, request, secret, now } = vector;
    const options = { now: dateOf(now), expiresAt: dateOfSeconds(vector.expiresAt) };
    for (const name of ["notBefore", "floor"]) {
      if (vector[name] !== undefined) options[name] = dateOfSeconds(vector[name]);
    }
    return using(Account.import(unhex(account)), (own) => ({
      grant: hex(own.certify({ request: unhex(request), secret: unhex(secret), ...options })),
    }));
  },

  activate({ Device, PendingDevice }, { device: bytes, request, grant, secret, now }) {
    const kind = bytes.length === 64 ? PendingDevice : Device;
    const options = { request: unhex(request), now: dateOf(now) };
    return using(kind.import(unhex(bytes)), (device) =>
      using(
        device.activate({ grant: unhex(grant), secret: unhex(secret), ...options }),
        (active) => ({
          device: hex(active.export()),
        }),
      ),
    );
  },

  revocation({ verifyRevocation }, { revocation, account, now }) {
    const verified = verifyRevocation(unhex(revocation), unhex(account), { now: dateOf(now) });
    const { floor, device } = verified;
    return defined({ floor: secondsOf(floor), device: device && hex(device) });
  },

  revoke({ Account }, { account, device, floor, now }) {
    const times = [dateOfSeconds(floor), { now: dateOf(now) }];
    return using(Account.import(unhex(account)), (own) => ({
      revocation: hex(
        device === undefined ? own.revoke(...times) : own.revokeDevice(unhex(device), ...times),
      ),
    }));
  },

  open,
  seal,

  push(_, { envelope, deviceToken, topic, locKey, now }, { apnsRequest, isEnvelope }) {
    const bytes = unbase64(envelope);
    same(bytes.length === 2880, isEnvelope(bytes), "whether it is an envelope");
    const options = { deviceToken, topic, now: dateOf(now) };
    if (locKey !== undefined) options.locKey = locKey;
    const request = apnsRequest(bytes, options);
    return request;
  },

  audit(_, { requests }, { auditApnsRequests }) {
    same(requests, auditApnsRequests(requests), "what the audit returns");
    return {};
  },
};

/** With an inbox, which is the package's only door. It tells the content of all but `drop`. */
function open({ Device, Inbox, Prekey }, vector) {
  const now = dateOf(vector.now);
  const trusted = vector.trusted.map(unhex);
  return using(Device.import(unhex(vector.device)), (device) =>
    using(new Inbox(device), (inbox) => {
      for (const bytes of vector.prekeys) {
        using(Prekey.import(unhex(bytes)), (prekey) => inbox.addPrekey(prekey));
      }
      for (const account of trusted) inbox.trust(account, { now });
      // What answers or ends a call is dropped unless the call is known. The package places none
      // with a CallKit UUID.
      const { type, callId } = vector.expect.content ?? {};
      const isCall = type?.startsWith("call.") && type !== "call.invite" && callId !== undefined;
      if (isCall && callId[14] !== "8") inbox.placeCall(callId, trusted, { now });
      const envelope = unbase64(vector.envelope);
      const { stoppedAt, code, sender } = inbox.explain(envelope, { now });
      same(vector.expect.stoppedAt, stoppedAt, "where explaining stops");
      same(vector.expect.error, code, "what explaining says");
      const event = inbox.receive(envelope, { now });
      same(hex(event.sender.account), hex(sender.account), "the sender that is explained");
      return {
        envelopeTag: event.envelopeTag,
        account: hex(event.sender.account),
        device: hex(event.sender.device),
        messageId: event.messageId,
        sentAt: event.sentAt.getTime(),
        content: event.action === "drop" ? vector.expect.content : contentOf(event, vector),
      };
    }),
  );
}

/** A time beyond the last one of a `Date` is that one. */
function contentOf(event, { expect }) {
  const content = valueToJson(event.content);
  const isLast = content.ring === 8.64e15 && expect.content?.ring > content.ring;
  return isLast ? { ...content, ring: expect.content.ring } : content;
}

/**
 * With the random bytes that are given; where none are, none are taken. An outside signer seals,
 * because a `Device` hedges its random bytes (H4). What is to be refused a `Device` refuses.
 */
async function seal({ Device, ExternalDevice, generateLinkSecret, PrekeyBundle }, vector) {
  const bundles = vector.to.map(({ account, bundle }) => {
    const bytes = unhex(bundle);
    const issuedAt = new DataView(bytes.buffer).getBigUint64(147);
    return PrekeyBundle.verify(bytes, unhex(account), { now: dateOfSeconds(Number(issuedAt)) });
  });
  const options = { now: dateOf(vector.now) };
  if (vector.messageId !== undefined) options.messageId = vector.messageId;
  const exported = unhex(vector.device);
  const sealBy = (device) => device.sealMany(bundles, contentFromJson(vector.content), options);
  if (vector.expect.error !== undefined) {
    return withRandom(new Uint8Array(0), () => using(Device.import(exported), sealBy));
  }
  const external = new ExternalDevice(exported.subarray(32), await signerOf(exported));
  generateLinkSecret(); // before the first bytes, others are taken and thrown away (K1)
  // The random bytes are taken before the first signature is waited for.
  const envelopes = await withRandom(unhex(vector.random), () => sealBy(external));
  external.free();
  return {
    envelopes: envelopes.map((bytes) => btoa(String.fromCharCode(...bytes))),
    // Both show in the envelopes, and nowhere else.
    ...pick(vector.expect, "messageId", "stream"),
  };
}

/** The signer of a device that was exported, by its seed. */
async function signerOf(exported) {
  const pkcs8 = unhex(`302e020100300506032b657004220420${hex(exported.subarray(0, 32))}`);
  const key = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
  return async (bytes) => new Uint8Array(await crypto.subtle.sign("Ed25519", key, bytes));
}

/** Has the platform give these bytes, and no others. */
function withRandom(bytes, body) {
  let at = 0;
  const { crypto } = globalThis;
  crypto.getRandomValues = (array) => {
    if (at + array.length > bytes.length) throw new Error("more random bytes than are given");
    array.set(bytes.subarray(at, at + array.length));
    at += array.length;
    return array;
  };
  try {
    const result = body();
    same(bytes.length, at, "the random bytes taken");
    return result;
  } finally {
    delete crypto.getRandomValues;
  }
}

async function checksOf({ account, now, revocations, lastPublished }) {
  const checks = { now: dateOf(now) };
  if (revocations !== undefined) checks.revocations = revocations.map(unhex);
  if (lastPublished !== undefined) {
    checks.lastPublished = await packed(unhex(account), lastPublished);
  }
  return checks;
}

/** What is expected if it has these bytes, and else the bytes. */
async function lastPublishedOf({ lastPublished }, account, expected) {
  const found = hex(lastPublished);
  const known = defined(pick(expected, "floor", "entries", "fill"));
  return found === hex(await packed(unhex(account), known)) ? known : found;
}

function rejectedToJson(rejected) {
  return rejected.map(({ index, error }) => ({ index, error: error.code }));
}

function publicationOf({ now, last }) {
  return { now: dateOf(now), after: last === undefined ? undefined : dateOfSeconds(last) };
}

/** Of an error, what is expected of it. Where it stops was compared when it was explained. */
function details(error, expected) {
  const { member, available, stoppedAt } = expected;
  return defined({
    member: member && error.member,
    available: available && error.available,
    stoppedAt,
  });
}

function keysOf(owner, ...names) {
  return using(owner, (object) =>
    Object.fromEntries(names.map((name) => [name, hex(object[name])])),
  );
}

function using(resource, body) {
  try {
    return body(resource);
  } finally {
    resource.free();
  }
}

function dateOfSeconds(seconds) {
  return new Date(seconds * 1000);
}

function secondsOf(date) {
  return date.getTime() / 1000;
}
