// How an installation becomes a device: by an account that is made here, or by one that another
// device holds (link.ts). The device's key is made in the vault and never leaves it.

import {
  Account,
  ExternalDevice,
  generateLinkSecret,
  Inbox,
  Prekey,
  type ServerClock,
} from "hushring";
import { pace } from "./pace.js";
import type { AccountKey, Identity, StoredPrekey } from "./records.js";
import type { Relay } from "./relay.js";
import type { Vault } from "./vault.js";

/** Makes an account, and of this installation its first device. */
export async function makeAccount(vault: Vault, relay: Relay, name: string): Promise<void> {
  const registration = await relay.register(); // and the server's time comes with it
  const now = relay.clock.now();
  const account = Account.generate();
  const { publicKey, sign } = vault.signing;
  const secret = generateLinkSecret();
  const request = await ExternalDevice.request({ publicKey, sign, secret, now });
  const expiresAt = certificateEnd(relay.clock);
  const grant = account.certify({ request, secret, expiresAt, now });
  const device = ExternalDevice.activate({ publicKey, sign, request, grant, secret, now });
  const key: AccountKey = { seed: account.export(), revoked: [] };
  account.free();
  await settle({ vault, relay, device, name, registration, key });
}

/** Stores who this device is, with its empty inbox and what it publishes: all of it or nothing. */
export async function settle(options: {
  vault: Vault;
  relay: Relay;
  device: ExternalDevice;
  name: string;
  registration: Pick<Identity, "mailbox" | "token">;
  key?: AccountKey | undefined;
}): Promise<void> {
  const { vault, relay, device, name, registration, key } = options;
  const now = relay.clock.now();
  const inbox = new Inbox(device);
  // What the own devices tell each other beyond cover and ends is received only so.
  inbox.trust(device.account, { displayName: name, now });
  const { prekeys, stored } = newPrekeys(relay.clock);
  const bundles = await inbox.publish(device, prekeys, { now });
  const identity = { account: device.account, certificate: device.certificate, name };
  await vault.write({
    identity: { ...identity, ...registration },
    account: key,
    prekeys: stored,
    inbox: inbox.save(),
    publication: { bundles, at: now, isUploaded: false },
  });
  inbox.free();
}

/** Prekeys of both suites, and how they are stored. */
export function newPrekeys(clock: ServerClock): { prekeys: Prekey[]; stored: StoredPrekey[] } {
  const now = clock.now();
  const expiresAt = new Date(now.getTime() + pace.prekeyLifetime);
  const prekeys = (["x25519", "xwing"] as const).map((suite) =>
    Prekey.generate(suite, { expiresAt, now }),
  );
  return { prekeys, stored: prekeys.map((key) => ({ id: key.id, exported: key.export() })) };
}

export function certificateEnd(clock: ServerClock): Date {
  return new Date(clock.now().getTime() + pace.certificateLifetime);
}
