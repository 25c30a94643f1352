// envelope.md, "Suites and encryption".

import { Chacha20Poly1305 } from "@hpke/chacha20poly1305";
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { XWing } from "@hpke/hybridkem-x-wing";
import { arrayBuffer, hex, little } from "./bytes.mjs";
import { Refusal, require } from "./refusal.mjs";

const P = 2n ** 255n - 19n;
const LOW_ORDER = new Set([
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]);

const hpke = (kem, aead) => new CipherSuite({ kem, kdf: new HkdfSha256(), aead });
export const suites = {
  1: {
    byte: 1,
    name: "x25519",
    hpke: hpke(new DhkemX25519HkdfSha256(), new Chacha20Poly1305()),
    publicKey: 32,
    encapsulated: 32,
    room: 2_588,
    random: 32,
  },
  2: {
    byte: 2,
    name: "xwing",
    hpke: hpke(new XWing(), new Aes256Gcm()),
    publicKey: 1_216,
    encapsulated: 1_120,
    room: 1_500,
    random: 64,
  },
};

/** Checks K7, of the last 32 bytes. */
function checkX25519(key) {
  const last = key.subarray(-32);
  require(little(last) < P && !LOW_ORDER.has(hex(last)), "weak_key");
}

/** Checks K7 and K8. */
export function checkPublicKey(suite, key) {
  checkX25519(key);
  if (suite.byte !== 2) return;
  for (let at = 0; at < 1_152; at += 3) {
    const [b0, b1, b2] = key.subarray(at, at + 3);
    require(b0 + 256 * (b1 % 16) < 3_329 && (b1 >> 4) + 16 * b2 < 3_329, "weak_key");
  }
}

/** Returns the key pair of a private key of 32 bytes, and the bytes of its public key. */
export async function keyPair(suite, seed) {
  const { kem } = suite.hpke;
  if (suite.byte === 2) {
    const pair = await kem.generateKeyPairDerand(new Uint8Array(seed));
    return { pair, public: Buffer.from(await kem.serializePublicKey(pair.publicKey)) };
  }
  const privateKey = await kem.importKey("raw", arrayBuffer(seed), false);
  const publicKey = await x25519PublicKey(seed);
  const pair = { privateKey, publicKey: await kem.importKey("raw", arrayBuffer(publicKey)) };
  return { pair, public: publicKey };
}

/** WebCrypto returns the public key of a private key that may be exported; hpke-js does not. */
async function x25519PublicKey(seed) {
  const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b656e04220420", "hex"), seed]);
  const key = await crypto.subtle.importKey("pkcs8", pkcs8, "X25519", true, ["deriveBits"]);
  const { x } = await crypto.subtle.exportKey("jwk", key);
  return Buffer.from(x, "base64url");
}

/** Decrypts (E21). Every failure has the same code. */
export async function open(suite, pair, encapsulated, info, aad, sealed) {
  try {
    checkX25519(encapsulated); // H6
    const context = await suite.hpke.createRecipientContext({
      recipientKey: pair,
      enc: arrayBuffer(encapsulated),
      info: arrayBuffer(info),
    });
    return Buffer.from(await context.open(arrayBuffer(sealed), arrayBuffer(aad)));
  } catch {
    throw new Refusal("decryption_failed");
  }
}

/** Encapsulates from given random bytes ("Deterministic twins"). */
export async function encapsulate(suite, key, info, random) {
  const { kem } = suite.hpke;
  const ikm = arrayBuffer(random);
  const ekm = suite.byte === 1 ? await kem.deriveKeyPair(ikm) : ikm;
  const recipientPublicKey = await kem.deserializePublicKey(arrayBuffer(key));
  const context = await suite.hpke.createSenderContext({
    recipientPublicKey,
    info: arrayBuffer(info),
    ekm,
  });
  return {
    encapsulated: Buffer.from(context.enc),
    seal: async (frame, aad) =>
      Buffer.from(await context.seal(arrayBuffer(frame), arrayBuffer(aad))),
  };
}
