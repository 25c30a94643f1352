// libsodium.js: crypto_box_seal (X25519, XSalsa20-Poly1305) for `x25519`; X-Wing and
// XChaCha20-Poly1305 for `xwing`.
//
// A sealed box does not show its ephemeral key before it is sealed, so the signature inside cannot
// cover it, and nothing outside it is authenticated but through that signature. In `xwing` the
// signature covers the encapsulated key. The key of the AEAD is X-Wing's shared secret as it is.

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
export const suites = ["x25519", "xwing"];

export async function setUp(suite) {
  await sodium.ready;
  const { overhead, keyPair, begin, read } = suite === "xwing" ? xwing() : box();
  const frameSize = ENVELOPE - HEADER - overhead;

  const account = sodium.crypto_sign_keypair();
  const device = sodium.crypto_sign_keypair();
  const body = certificateBody(account.publicKey, device.publicKey);
  const certificate = concat(body, sodium.crypto_sign_detached(body, account.privateKey));

  const prekey = keyPair();
  const header = concat([1, 1], sodium.crypto_generichash(16, prekey.publicKey).subarray(0, 8));

  return {
    room: room(frameSize),
    measure: (content) => deflated(content).length,

    seal(content) {
      const { frame, signedLength } = encodeFrame(frameSize, certificate, content);
      const { encapsulated, encrypt } = begin(prekey.publicKey);
      const signed = concat(
        header,
        prekey.publicKey,
        encapsulated,
        frame.subarray(0, signedLength),
      );
      frame.set(sodium.crypto_sign_detached(signed, device.privateKey), signedLength);
      return concat(header, encapsulated, encrypt(frame, header));
    },

    open(envelope) {
      const front = envelope.subarray(0, HEADER);
      const { encapsulated, plaintext } = read(envelope.subarray(HEADER), prekey, front);
      const frame = decodeFrame(plaintext);
      const sender = certified(frame.certificate);
      verify(account.publicKey, sender.signature, sender.body);
      const signed = concat(front, prekey.publicKey, encapsulated, frame.signed);
      verify(sender.device, frame.signature, signed);
      return frame.content();
    },
  };
}

const nothing = new Uint8Array(0);

function box() {
  return {
    overhead: sodium.crypto_box_SEALBYTES,
    keyPair: () => sodium.crypto_box_keypair(),
    begin: (publicKey) => ({
      encapsulated: nothing,
      encrypt: (frame) => sodium.crypto_box_seal(frame, publicKey),
    }),
    read: (sealed, { publicKey, privateKey }) => ({
      encapsulated: nothing,
      plaintext: sodium.crypto_box_seal_open(sealed, publicKey, privateKey),
    }),
  };
}

function xwing() {
  const length = sodium.crypto_kem_xwing_CIPHERTEXTBYTES;
  const nonce = new Uint8Array(sodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
  return {
    overhead: length + sodium.crypto_aead_xchacha20poly1305_ietf_ABYTES,
    keyPair: () => sodium.crypto_kem_xwing_keypair(),
    begin(publicKey) {
      const { ciphertext, sharedSecret } = sodium.crypto_kem_xwing_enc(publicKey);
      return {
        encapsulated: ciphertext,
        // One message a key.
        encrypt: (frame, header) =>
          sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
            frame,
            header,
            null,
            nonce,
            sharedSecret,
          ),
      };
    },
    read(sealed, { privateKey }, header) {
      const encapsulated = sealed.subarray(0, length);
      const secret = sodium.crypto_kem_xwing_dec(encapsulated, privateKey);
      const plaintext = sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
        null,
        sealed.subarray(length),
        header,
        nonce,
        secret,
      );
      return { encapsulated, plaintext };
    },
  };
}

function verify(key, signature, bytes) {
  if (!sodium.crypto_sign_verify_detached(signature, bytes, key)) throw new Error("bad signature");
}
