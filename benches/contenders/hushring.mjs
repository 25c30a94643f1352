// hushring, from the package that `make demo` packs and installs: what a user gets.

import {
  Account,
  Device,
  Prekey,
  PrekeyBundle,
  capacity,
  init,
  measure,
  openEnvelope,
} from "../../target/demo/node_modules/hushring/esm/index.js";

export const name = "hushring";
export const suites = ["x25519", "xwing"];

export async function setUp(suite) {
  await init();
  const inDays = (days) => new Date(Date.now() + days * 86_400_000);
  const sender = Account.generate();
  const laptop = Device.enroll(sender, { expiresAt: inDays(365) });
  const recipient = Account.generate();
  const phone = Device.enroll(recipient, { expiresAt: inDays(365) });
  const prekeys = [Prekey.generate(suite, { expiresAt: inDays(90) })];
  const [published] = phone.publish(prekeys);
  const bundle = PrekeyBundle.verify(published, recipient.publicKey);
  const options = { device: phone, prekeys, trusted: [sender.publicKey] };
  return {
    room: capacity(suite),
    measure,
    seal: (content) => laptop.seal(bundle, content),
    open: (envelope) => openEnvelope(envelope, options).content,
  };
}
