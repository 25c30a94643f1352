// libsodium.js: crypto_box_seal (X25519, XSalsa20-Poly1305) for `x25519`; X-Wing and
// XChaCha20-Poly1305 for `xwing`.
//
// A sealed box does not show its ephemeral key before it is sealed, so the signature inside cannot
// cover it, and nothing outside it is authenticated but through that signature. In `xwing` the
// signature covers the encapsulated key. The key of the AEAD is X-Wing's shared secret as it is.

import sodium from "libsodium-wrappers";
import { certificateBody, certified, concat, decodeFrame, ENVELOPE, HEADER } from "./frame.mjs";

export const name = "libsodium.js";

export async function setUp(suite) {
  await sodium.ready;
  const { overhead, keyPair, begin, read } = suite === "xwing" ? xwing() : box();

  const account = sodium.crypto_sign_keypair();
  const device = sodium.crypto_sign_keypair();
  const body = certificateBody(account.publicKey, device.publicKey);
  const certificate = concat(body, sodium.crypto_sign_detached(body, account.privateKey));

  const prekey = keyPair();
  const header = concat([1, 1], sodium.crypto_generichash(16, prekey.publicKey).subarray(0, 8));

  return {
    frameSize: ENVELOPE - HEADER - overhead,
    certificate,

    sealFrame(frame, signedLength) {
      const { encapsulated, encrypt } = begin(prekey.publicKey);
      const covered = frame.subarray(0, signedLength);
      const signed = concat(header, prekey.publicKey, encapsulated, covered);
      frame.set(sodium.crypto_sign_detached(signed, device.privateKey), signedLength);
      return concat(header, encapsulated, encrypt(frame, header));
    },

    openFrame(envelope) {
      const front = envelope.subarray(0, HEADER);
      const { encapsulated, plaintext } = read(envelope.subarray(HEADER), prekey, front);
      const { certificate, content, signature, signed } = decodeFrame(plaintext);
      const sender = certified(certificate);
      verify(account.publicKey, sender.signature, sender.body);
      verify(sender.device, signature, concat(front, prekey.publicKey, encapsulated, signed));
      return content;
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
