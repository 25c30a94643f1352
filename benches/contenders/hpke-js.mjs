// hpke-js with the Ed25519 of WebCrypto, the fastest there is in Node and no bytes in a bundle.
// The suites are hushring's.

import { Chacha20Poly1305 } from "@hpke/chacha20poly1305";
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { XWing } from "@hpke/hybridkem-x-wing";
import {
  certificateBody,
  certified,
  concat,
  decodeFrame,
  deflated,
  ENVELOPE,
  encodeFrame,
  HEADER,
  room,
} from "./frame.mjs";

export const name = "hpke-js";
export const suites = ["x25519", "xwing"];

const { subtle } = crypto;
const info = new TextEncoder().encode("benchmark");

export async function setUp(suiteName) {
  const [encLength, kem, aead] = {
    x25519: [32, new DhkemX25519HkdfSha256(), new Chacha20Poly1305()],
    xwing: [1120, new XWing(), new Aes256Gcm()],
  }[suiteName];
  const suite = new CipherSuite({ kem, kdf: new HkdfSha256(), aead });
  const frameSize = ENVELOPE - HEADER - encLength - 16;

  const account = await subtle.generateKey("Ed25519", false, ["sign", "verify"]);
  const device = await subtle.generateKey("Ed25519", false, ["sign", "verify"]);
  const body = certificateBody(await rawKey(account), await rawKey(device));
  const certificate = concat(body, await sign(account.privateKey, body));

  // Keys that either side knows beforehand are imported once: hushring's are objects as well.
  const prekey = await suite.kem.generateKeyPair();
  const recipientKey = new Uint8Array(await suite.kem.serializePublicKey(prekey.publicKey));
  const id = new Uint8Array(await subtle.digest("SHA-256", recipientKey)).subarray(0, 8);
  const header = concat([1, suiteName === "xwing" ? 2 : 1], id);

  return {
    room: room(frameSize),
    measure: (content) => deflated(content).length,

    async seal(content) {
      const { frame, signedLength } = encodeFrame(frameSize, certificate, content);
      const context = await suite.createSenderContext({
        recipientPublicKey: prekey.publicKey,
        info,
      });
      const enc = new Uint8Array(context.enc);
      const signed = concat(header, enc, recipientKey, frame.subarray(0, signedLength));
      frame.set(await sign(device.privateKey, signed), signedLength);
      return concat(header, enc, new Uint8Array(await context.seal(frame, header)));
    },

    async open(envelope) {
      const enc = envelope.slice(HEADER, HEADER + encLength);
      const context = await suite.createRecipientContext({ recipientKey: prekey, enc, info });
      const ciphertext = envelope.slice(HEADER + encLength);
      const opened = await context.open(ciphertext, envelope.slice(0, HEADER));
      const frame = decodeFrame(new Uint8Array(opened));
      const sender = certified(frame.certificate);
      await verify(account.publicKey, sender.signature, sender.body);
      // The sender's device is not known before the envelope is open.
      const key = await subtle.importKey("raw", sender.device, "Ed25519", false, ["verify"]);
      const signed = concat(envelope.subarray(0, HEADER), enc, recipientKey, frame.signed);
      await verify(key, frame.signature, signed);
      return frame.content();
    },
  };
}

const rawKey = async (pair) => new Uint8Array(await subtle.exportKey("raw", pair.publicKey));

const sign = async (key, bytes) => new Uint8Array(await subtle.sign("Ed25519", key, bytes));

async function verify(key, signature, bytes) {
  if (!(await subtle.verify("Ed25519", key, signature, bytes))) throw new Error("bad signature");
}
