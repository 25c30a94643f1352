// panva's `hpke` on Node's own primitives: ML-KEM and ChaCha20-Poly1305 of WebCrypto are in Node 24.7
// and later. Ed25519 is node:crypto's, synchronously, which is faster than WebCrypto's.

import { createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import * as HPKE from "hpke";
import { contenderOf, info } from "./hpke.mjs";

export const name = "panva's hpke";

export async function setUp(suiteName) {
  const [kem, aead] = {
    x25519: [HPKE.KEM_DHKEM_X25519_HKDF_SHA256, HPKE.AEAD_ChaCha20Poly1305],
    xwing: [HPKE.KEM_MLKEM768_X25519, HPKE.AEAD_AES_256_GCM],
  }[suiteName];
  const suite = new HPKE.CipherSuite(kem, HPKE.KDF_HKDF_SHA256, aead);
  const prekey = await suite.GenerateKeyPair();
  const hpke = {
    encLength: suiteName === "xwing" ? 1120 : 32,
    recipientKey: await suite.SerializePublicKey(prekey.publicKey),
    async send() {
      const { encapsulatedSecret, ctx } = await suite.SetupSender(prekey.publicKey, { info });
      return { enc: encapsulatedSecret, seal: (text, aad) => ctx.Seal(text, aad) };
    },
    async receive(enc) {
      const context = await suite.SetupRecipient(prekey, enc, { info });
      return { open: (text, aad) => context.Open(text, aad) };
    },
  };
  return contenderOf(hpke, nodeEd25519);
}

const nodeEd25519 = {
  generate() {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const { x } = publicKey.export({ format: "jwk" });
    return { privateKey, publicBytes: Buffer.from(x, "base64url"), verifier: publicKey };
  },
  sign: ({ privateKey }, bytes) => sign(null, bytes, privateKey),
  verifier: (bytes) =>
    createPublicKey({
      format: "jwk",
      key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(bytes).toString("base64url") },
    }),
  verify: (key, signature, bytes) => verify(null, bytes, key, signature),
};
