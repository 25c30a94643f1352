import { people } from "./work.mjs";

/** What a sender has stored, and a bundle as the server hands it out: lists of bytes. */
export function storedKeys(hushring) {
  const { bob, senders, published } = people(hushring, "x25519");
  const keys = { device: senders[0].export(), bundle: published, account: bob.publicKey };
  return Object.fromEntries(Object.entries(keys).map(([name, bytes]) => [name, [...bytes]]));
}
