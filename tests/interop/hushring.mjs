// hushring itself, as it is packed, beside the implementations of javascript/ and python/:
//
//   node hushring.mjs <where it is installed> play <folder>…    plays the vectors and scenes below them
//   node hushring.mjs <where it is installed> write <folder>    writes fresh ones
//
// What it writes it has sealed with random keys, and expects what went in.

import { createHash, randomBytes, randomInt } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { playScene } from "../../js/test/scene-player.mjs";
import { playVector } from "../../js/test/vector-player.mjs";
import { hex, valueToJson } from "../../js/test/vector-values.mjs";
import { callKitUuid, content, types } from "./contents.mjs";

const [installed, command, ...folders] = process.argv.slice(2);
const entry = (name) => import(pathToFileURL(resolve(installed, "esm", name)));
const hushring = await entry("index.js");
const relay = await entry("relay.js");
await hushring.init();
const { Account, Device, HushringError, PendingDevice, Prekey, PrekeyBundle } = hushring;

if (command === "play" && folders.length > 0) await play(folders);
else if (command === "write" && folders.length === 1) write(folders[0]);
else throw new Error("usage: hushring.mjs <where it is installed> play <folder>… | write <folder>");

async function play(folders) {
  let passed = 0;
  let failed = 0;
  for (const path of folders.flatMap(vectorsBelow)) {
    try {
      const read = JSON.parse(readFileSync(path, "utf8"));
      if (read.steps === undefined) await playVector(hushring, relay, read);
      else playScene(hushring, read);
      passed += 1;
    } catch (error) {
      failed += 1;
      console.log(`${path}: ${error.message}`);
    }
  }
  console.log(`# pass ${passed}\n# fail ${failed}`);
  if (failed > 0 || passed === 0) process.exitCode = 1;
}

function vectorsBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((found) => {
    const path = join(folder, found.name);
    if (found.isDirectory()) return vectorsBelow(path);
    return found.name.endsWith(".json") ? [path] : [];
  });
}

function write(folder) {
  mkdirSync(folder, { recursive: true });
  const vectors = [...keys(), ...linking(), ...opened(), ...refused(), ...misnamed()];
  for (const [index, vector] of vectors.entries()) {
    const name = `${String(index).padStart(3, "0")}-${vector.kind}`;
    writeFileSync(join(folder, `${name}.json`), JSON.stringify({ name, ...vector }, null, 2));
  }
  console.log(`${vectors.length} vectors written`);
}

/** Keys and what is signed by them. Signatures are those of RFC 8032, so that bytes can be compared. */
function* keys() {
  for (let round = 0; round < 10; round += 1) {
    const { now, account, device, prekeys } = somebody();
    const pending = PendingDevice.generate();
    yield vector("publicKey", "K6", "An account's key.", {
      publicKey: hex(account.publicKey),
      expect: { fingerprint: account.fingerprint },
    });
    yield vector("account", "K6", "An account.", {
      export: hex(account.export()),
      expect: { publicKey: hex(account.publicKey) },
    });
    yield vector("pendingDevice", "K6", "A device without a certificate.", {
      export: hex(pending.export()),
      expect: { publicKey: hex(pending.publicKey) },
    });
    yield vector("device", "T1", "A device.", {
      export: hex(device.export()),
      expect: { publicKey: hex(device.publicKey), account: hex(account.publicKey) },
    });
    yield* prekeys.map((prekey) =>
      vector("prekey", "K7", "A prekey.", {
        export: hex(prekey.export()),
        expect: { suite: prekey.suite, id: prekey.id, expiresAt: seconds(prekey.expiresAt) },
      }),
    );
    const bundles = device.publish(prekeys, { now });
    yield vector("publish", "B20 B21", "A publication of both suites.", {
      device: hex(device.export()),
      prekeys: prekeys.map((prekey) => hex(prekey.export())),
      now: now.getTime(),
      expect: { bundles: bundles.map(hex) },
    });
    for (const bytes of bundles) {
      const bundle = PrekeyBundle.verify(bytes, account.publicKey, { now });
      yield vector("bundle", "B1 B10", "A bundle.", {
        bundle: hex(bytes),
        account: hex(account.publicKey),
        now: now.getTime(),
        expect: {
          device: hex(device.publicKey),
          suite: bundle.suite,
          offers: bundle.offers,
          prekeyId: bundle.id,
          issuedAt: seconds(bundle.issuedAt),
          expiresAt: seconds(bundle.expiresAt),
        },
      });
    }
    const statement = account.revoke(now, { now });
    yield vector("revoke", "R1", "A revocation.", {
      account: hex(account.export()),
      floor: seconds(now),
      now: now.getTime(),
      expect: { revocation: hex(statement) },
    });
    yield vector("revocation", "R1", "The same, received.", {
      revocation: hex(statement),
      account: hex(account.publicKey),
      now: now.getTime(),
      expect: { floor: seconds(now) },
    });
  }
}

function* linking() {
  for (let round = 0; round < 10; round += 1) {
    const { now, account } = somebody();
    const expiresAt = new Date(now.getTime() + 1000 * randomInt(3_600, 86_400 * 365));
    const secret = hushring.generateLinkSecret();
    const pending = PendingDevice.import(PendingDevice.generate().export());
    const request = pending.request(secret, { now });
    const grant = account.certify({ request, secret, expiresAt, now });
    const device = pending.activate({ grant, secret, request, now });
    const common = { secret: hex(secret), now: now.getTime() };
    yield vector("request", "L1", "A new device asks.", {
      device: hex(pending.export()),
      ...common,
      expect: { request: hex(request) },
    });
    yield vector("certify", "L3", "The account grants.", {
      account: hex(account.export()),
      request: hex(request),
      ...common,
      expiresAt: seconds(expiresAt),
      expect: { grant: hex(grant) },
    });
    yield vector("activate", "L9", "The new device is one of the account.", {
      device: hex(pending.export()),
      request: hex(request),
      grant: hex(grant),
      ...common,
      expect: { device: hex(device.export()) },
    });
  }
}

function* opened() {
  for (const suite of ["x25519", "xwing"]) {
    for (const type of Object.keys(types)) {
      for (let round = 0; round < 15; round += 1) {
        yield opens(
          sealed(suite, () => content(type)),
          "M2 M3 M4",
          `A random ${type || "nameless"}.`,
        );
      }
    }
    yield opens(
      sealed(suite, () => ({ type: "message" })),
      "M1",
      "The least.",
    );
    let body = randomBytes(6000).toString("base64");
    const shorter = ({ needed, available }) => {
      body = body.slice(0, Math.min(-1, available - needed));
    };
    yield opens(
      sealed(suite, () => ({ type: "message", body }), shorter),
      "E8",
      "As much as fits.",
    );
  }
}

/** What the first failing check of opening says (envelope.md, "Opening"). */
function* refused() {
  for (const suite of ["x25519", "xwing"]) {
    const change = (place) => (parts) => {
      parts.envelope[place] ^= 1 << randomInt(8);
    };
    const at = (ms) => (parts) => {
      parts.now = parts.sentAt + ms;
    };
    const day = 86_400_000;
    const header = 10;
    const refusals = [
      ["bad_length", "length", "E17", (parts) => (parts.envelope = parts.envelope.subarray(1))],
      ["unsupported_version", "version", "E18", change(0)],
      ["unsupported_suite", "suite", "E19", (parts) => (parts.envelope[1] = randomInt(3, 256))],
      ["unknown_prekey", "prekey", "E20", (parts) => (parts.envelope[1] ^= 3)],
      ["unknown_prekey", "prekey", "E20", change(randomInt(2, header))],
      ["unknown_prekey", "prekey", "E20", (parts) => (parts.prekeys = [])],
      ["decryption_failed", "decryption", "E21", change(randomInt(header, header + 31))],
      ["decryption_failed", "decryption", "E21", change(randomInt(1200, 2864))],
      ["decryption_failed", "decryption", "E21", change(randomInt(2864, 2880))],
      ["decryption_failed", "decryption", "H2", (parts) => (parts.device = parts.sibling)],
      ["untrusted", "trust", "E26", (parts) => (parts.trusted = [somebody().account.publicKey])],
      ["clock", "sentAt", "E28", at(-600_001)],
      ["too_old", "sentAt", "E28", at(30 * day + 1)],
    ];
    for (const [error, stoppedAt, rule, spoil] of refusals) {
      const parts = sealed(suite, () => content("message"));
      parts.stopped = { error, stoppedAt };
      spoil(parts);
      yield opens(parts, rule, "One thing is wrong.");
    }
  }
}

/** M9: a CallKit UUID in the place of a callId. */
function* misnamed() {
  for (const type of Object.keys(types).filter((each) => each.startsWith("call."))) {
    const { now, account, device, prekeys } = somebody();
    const callId = callKitUuid();
    const expect = { error: "bad_call_id" };
    const publicKey = hex(account.publicKey);
    yield vector("callKit", "M9", "To an API.", { account: publicKey, callId, expect });
    yield vector("seal", "M9", "To be sealed.", {
      device: hex(device.export()),
      to: device.publish(prekeys, { now }).map((bundle) => {
        return { account: publicKey, bundle: hex(bundle) };
      }),
      now: now.getTime(),
      content: valueToJson({ ...content(type), callId }),
      expect,
    });
  }
}

/** Sealed by somebody to somebody. What does not fit is made anew. */
function sealed(suite, make, tooLarge = () => {}) {
  const receiver = somebody();
  const sender = somebody(receiver.now);
  const prekey = receiver.prekeys.find((each) => each.suite === suite);
  const [bytes] = receiver.device.publish([prekey], { now: receiver.now });
  const bundle = PrekeyBundle.verify(bytes, receiver.account.publicKey, { now: receiver.now });
  for (;;) {
    const said = make();
    try {
      const messageId = randomBytes(16).toString("hex");
      return {
        envelope: sender.device.seal(bundle, said, { now: receiver.now, messageId }),
        said,
        messageId,
        sentAt: receiver.now.getTime(),
        now: receiver.now.getTime() + 1000 * randomInt(-600, 86_400),
        device: receiver.device,
        sibling: enroll(receiver.account, receiver.now),
        prekeys: receiver.prekeys,
        trusted: [sender.account.publicKey],
        sender: { account: sender.account.publicKey, device: sender.device.publicKey },
      };
    } catch (error) {
      if (!HushringError.is(error) || error.code !== "too_large") throw error;
      tooLarge(error);
    }
  }
}

function opens(parts, rules, comment) {
  const { envelope, sender } = parts;
  return vector("open", rules, comment, {
    device: hex(parts.device.export()),
    prekeys: parts.prekeys.map((prekey) => hex(prekey.export())),
    trusted: parts.trusted.map(hex),
    now: parts.now,
    envelope: Buffer.from(envelope).toString("base64"),
    expect: parts.stopped ?? {
      envelopeTag: createHash("sha256").update(envelope).digest("hex").slice(0, 8),
      account: hex(sender.account),
      device: hex(sender.device),
      messageId: parts.messageId,
      sentAt: parts.sentAt,
      content: valueToJson(parts.said),
    },
  });
}

/** Somebody with a device and prekeys, at some time in whole seconds. */
function somebody(now = new Date(1000 * randomInt(1_700_000_000, 4_000_000_000))) {
  const account = Account.generate();
  const prekeys = ["x25519", "xwing"].map((suite) =>
    Prekey.generate(suite, { now, expiresAt: new Date(now.getTime() + 90 * 86_400_000) }),
  );
  return { now, account, device: enroll(account, now), prekeys };
}

function enroll(account, now) {
  return Device.enroll(account, { now, expiresAt: new Date(now.getTime() + 365 * 86_400_000) });
}

function vector(kind, rules, comment, members) {
  return { comment, rules: rules.split(" "), kind, ...members };
}

function seconds(date) {
  return date.getTime() / 1000;
}
