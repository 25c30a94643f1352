// Accounts, devices and envelopes, made by hushring.

import { Account, type Content, Device, Inbox, init, Prekey, PrekeyBundle } from "hushring";

await init();

export const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);

export interface Person {
  readonly account: Account;
  readonly device: Device;
  readonly inbox: Inbox;
  /** What the device publishes, in both suites. */
  readonly published: readonly Uint8Array[];
}

export function newPerson(account = Account.generate()): Person {
  const device = Device.enroll(account, { expiresAt: inDays(360) });
  const inbox = new Inbox(device);
  const prekeys = (["x25519", "xwing"] as const).map((suite) =>
    Prekey.generate(suite, { expiresAt: inDays(80) }),
  );
  return { account, device, inbox, published: inbox.publish(device, prekeys) };
}

/** The device's strongest bundle, as another sees it. */
export function bundleOf({
  account,
  published,
}: Pick<Person, "account" | "published">): PrekeyBundle {
  const { bundles } = PrekeyBundle.verifyAll(published, account.publicKey);
  const [target] = PrekeyBundle.choose(bundles).targets;
  if (target === undefined) throw new Error("no bundle");
  return target;
}

export const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

/** Calls, messages of many lengths, and cover, in turn. */
export function contentOf(index: number): Content {
  switch (index % 3) {
    case 0: {
      const offer = `v=0\r\ns=${"x".repeat(index % 900)}\r\n`;
      return { type: "call.invite", callId: crypto.randomUUID(), hasVideo: index % 2 === 0, offer };
    }
    case 1:
      return { type: "message", body: `Message ${index} ${"y".repeat(index % 700)}` };
    default:
      return { type: "cover" };
  }
}
