// libsodium.js with crypto_box_seal (X25519, XSalsa20-Poly1305). It has no post-quantum suite.
//
// A sealed box does not show its ephemeral key before it is sealed, so the signature inside cannot
// cover it, and nothing outside it is authenticated but through that signature.

import sodium from "libsodium-wrappers";
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

export const name = "libsodium.js";
export const suites = ["x25519"];

export async function setUp() {
  await sodium.ready;
  const frameSize = ENVELOPE - HEADER - sodium.crypto_box_SEALBYTES;

  const account = sodium.crypto_sign_keypair();
  const device = sodium.crypto_sign_keypair();
  const body = certificateBody(account.publicKey, device.publicKey);
  const certificate = concat(body, sodium.crypto_sign_detached(body, account.privateKey));

  const prekey = sodium.crypto_box_keypair();
  const header = concat([1, 1], sodium.crypto_generichash(16, prekey.publicKey).subarray(0, 8));

  return {
    room: room(frameSize),
    measure: (content) => deflated(content).length,

    seal(content) {
      const { frame, signedLength } = encodeFrame(frameSize, certificate, content);
      const signed = concat(header, prekey.publicKey, frame.subarray(0, signedLength));
      frame.set(sodium.crypto_sign_detached(signed, device.privateKey), signedLength);
      return concat(header, sodium.crypto_box_seal(frame, prekey.publicKey));
    },

    open(envelope) {
      const box = envelope.subarray(HEADER);
      const frame = decodeFrame(
        sodium.crypto_box_seal_open(box, prekey.publicKey, prekey.privateKey),
      );
      const sender = certified(frame.certificate);
      verify(account.publicKey, sender.signature, sender.body);
      const signed = concat(envelope.subarray(0, HEADER), prekey.publicKey, frame.signed);
      verify(sender.device, frame.signature, signed);
      return frame.content();
    },
  };
}

function verify(key, signature, bytes) {
  if (!sodium.crypto_sign_verify_detached(signature, bytes, key)) throw new Error("bad signature");
}
