// hushring, from the package that `make demo` packs and installs: what a user gets.

import {
  Account,
  capacity,
  Device,
  Inbox,
  init,
  measure,
  Prekey,
  PrekeyBundle,
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
  const prekey = Prekey.generate(suite, { expiresAt: inDays(90) });
  const [published] = phone.publish([prekey]);
  const bundle = PrekeyBundle.verify(published, recipient.publicKey);
  const inbox = new Inbox(phone);
  inbox.trust(sender.publicKey);
  const state = inbox.save();
  return {
    room: capacity(suite),
    measure,
    seal: (content) => laptop.seal(bundle, content),
    // One envelope is received once: every time by an inbox of its own, as after a start.
    open(envelope) {
      const inbox = Inbox.load(phone, state);
      inbox.addPrekey(prekey);
      const { content } = inbox.receive(envelope);
      inbox.free();
      return content;
    },
  };
}
