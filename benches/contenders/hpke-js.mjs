// hpke-js with the Ed25519 of WebCrypto. The suites are hushring's.

import { Chacha20Poly1305 } from "@hpke/chacha20poly1305";
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { XWing } from "@hpke/hybridkem-x-wing";
import { contenderOf, info, webCryptoEd25519 } from "./hpke.mjs";

export const name = "hpke-js";

export async function setUp(suiteName) {
  const suite = suiteOf(suiteName);
  // Keys that either side knows beforehand are imported once: hushring's are objects as well.
  const prekey = await suite.kem.generateKeyPair();
  const recipientKey = new Uint8Array(await suite.kem.serializePublicKey(prekey.publicKey));
  const hpke = {
    encLength: suiteName === "xwing" ? 1120 : 32,
    recipientKey,
    send: () => sender(suite, prekey.publicKey, info),
    async receive(enc) {
      const context = await suite.createRecipientContext({ recipientKey: prekey, enc, info });
      return { open: async (text, aad) => new Uint8Array(await context.open(text, aad)) };
    },
  };
  return contenderOf(hpke, webCryptoEd25519);
}

/** Encapsulates to a key in bytes. */
export async function createSender(suiteName, recipientKey, info) {
  const suite = suiteOf(suiteName);
  const key = await suite.kem.deserializePublicKey(recipientKey.buffer);
  return sender(suite, key, info);
}

async function sender(suite, recipientPublicKey, info) {
  const context = await suite.createSenderContext({ recipientPublicKey, info });
  return {
    enc: new Uint8Array(context.enc),
    seal: async (text, aad) => new Uint8Array(await context.seal(text, aad)),
  };
}

function suiteOf(name) {
  const [kem, aead] = {
    x25519: [new DhkemX25519HkdfSha256(), new Chacha20Poly1305()],
    xwing: [new XWing(), new Aes256Gcm()],
  }[name];
  return new CipherSuite({ kem, kdf: new HkdfSha256(), aead });
}
