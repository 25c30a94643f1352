// An envelope by a library for HPKE, and Ed25519 from elsewhere.

import {
  certificateBody,
  certified,
  concat,
  decodeFrame,
  ENVELOPE,
  encodeFrame,
  HEADER,
  SIGNATURE,
} from "./frame.mjs";

export const info = new TextEncoder().encode("benchmark");

const { subtle } = crypto;

/**
 * `hpke` has `encLength`, `recipientKey` (bytes), `send()`, which gives `enc` and `seal(text, aad)`,
 * and `receive(enc)`, which gives `open(text, aad)`.
 */
export async function contenderOf(hpke, { generate, sign, verifier, verify }) {
  const { encLength, recipientKey, send, receive } = hpke;
  const frameSize = ENVELOPE - HEADER - encLength - 16;

  const account = await generate();
  const device = await generate();
  const body = certificateBody(account.publicBytes, device.publicBytes);
  const certificate = concat(body, await sign(account, body));
  const id = new Uint8Array(await subtle.digest("SHA-256", recipientKey)).subarray(0, 8);
  const header = concat([1, encLength === 32 ? 1 : 2], id);

  return {
    frameSize,
    certificate,

    async sealFrame(frame, signedLength) {
      const { enc, seal } = await send();
      const signed = concat(header, enc, recipientKey, frame.subarray(0, signedLength));
      frame.set(await sign(device, signed), signedLength);
      return concat(header, enc, await seal(frame, header));
    },

    async openFrame(envelope) {
      const enc = envelope.slice(HEADER, HEADER + encLength);
      const { open } = await receive(enc);
      const opened = await open(envelope.slice(HEADER + encLength), envelope.slice(0, HEADER));
      const { certificate, content, signature, signed } = decodeFrame(opened);
      const sender = certified(certificate);
      await requireSound(account.verifier, sender.signature, sender.body);
      // The sender's device is not known before the envelope is open.
      const key = await verifier(sender.device);
      const covered = concat(envelope.subarray(0, HEADER), enc, recipientKey, signed);
      await requireSound(key, signature, covered);
      return content;
    },
  };

  async function requireSound(key, signature, bytes) {
    if (!(await verify(key, signature, bytes))) throw new Error("bad signature");
  }
}

/** WebCrypto's Ed25519: no bytes in a bundle. */
export const webCryptoEd25519 = {
  async generate() {
    const { privateKey, publicKey } = await subtle.generateKey("Ed25519", false, [
      "sign",
      "verify",
    ]);
    const publicBytes = new Uint8Array(await subtle.exportKey("raw", publicKey));
    return { privateKey, publicBytes, verifier: publicKey };
  },
  sign: async ({ privateKey }, bytes) =>
    new Uint8Array(await subtle.sign("Ed25519", privateKey, bytes)),
  verifier: (bytes) => subtle.importKey("raw", bytes, "Ed25519", false, ["verify"]),
  verify: (key, signature, bytes) => subtle.verify("Ed25519", key, signature, bytes),
};

/**
 * An envelope in hushring's format from a contact whose device did not sign it: its certificate is
 * right, and its signature is not (spec/envelope.md, "Sealing").
 */
export async function forge({ createSender, bundle, certificate, now = Date.now() }) {
  const recipientKey = bundle.bytes.slice(163, -SIGNATURE);
  const suite = recipientKey.length === 32 ? 1 : 2;
  const label = new TextEncoder().encode("hushring/1 envelope\0");
  const { enc, seal } = await createSender(
    recipientKey,
    concat(label, bundle.account, bundle.device),
  );
  const id = new Uint8Array(await subtle.digest("SHA-256", recipientKey)).subarray(0, 8);
  const header = concat([1, suite], id);
  const frameSize = ENVELOPE - HEADER - enc.length - 16;
  const { frame, signedLength } = encodeFrame(frameSize, certificate, new Uint8Array(23));
  new DataView(frame.buffer).setBigUint64(160, BigInt(now));
  frame.fill(7, signedLength, signedLength + SIGNATURE);
  return concat(header, enc, await seal(frame, header));
}
