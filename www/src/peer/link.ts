// Linking a device to an account (docs/guide.md, "Link a device"). The new device shows a code: a
// secret, where the two meet at the relay, and its own key for the other one to show. The device
// that holds the account key reads it, asks its user, and certifies.

import { Account, ExternalDevice, fingerprint, generateLinkSecret } from "hushring";
import { fromBase64Url, sameBytes, toBase64Url, toHex } from "./bytes.js";
import { certificateEnd, settle } from "./enroll.js";
import { PeerError } from "./errors.js";
import { pace, sleep } from "./pace.js";
import type { Relay } from "./relay.js";
import type { Vault } from "./vault.js";

/** On the new device. */
export class Joining {
  private constructor(
    private readonly vault: Vault,
    private readonly relay: Relay,
    /** What the other device scans or is given. */
    readonly code: string,
    private readonly rendezvous: string,
    private readonly secret: Uint8Array,
    private readonly request: Uint8Array,
  ) {}

  /** Asks to be linked. `page` is the address that the code opens where a camera app reads it. */
  static async begin(vault: Vault, relay: Relay, page: string): Promise<Joining> {
    const { publicKey, sign } = vault.signing;
    const secret = generateLinkSecret();
    const rendezvous = toHex(crypto.getRandomValues(new Uint8Array(16)));
    await relay.getLink(rendezvous, "grant"); // there is none; but the answer has the time
    const now = relay.clock.now();
    const request = await ExternalDevice.request({ publicKey, sign, secret, now });
    await relay.putLink(rendezvous, "request", request);
    const code = `${page}#link=${rendezvous}.${toBase64Url(secret)}.${toBase64Url(publicKey)}`;
    return new Joining(vault, relay, code, rendezvous, secret, request);
  }

  /** Waits for the grant. Its account is to be compared with that of the other device. */
  async granted(signal: AbortSignal): Promise<Granted> {
    while (true) {
      const grant = await this.relay.getLink(this.rendezvous, "grant").catch(() => undefined);
      if (grant !== undefined) return this.#activate(grant);
      await sleep(pace.link, signal);
    }
  }

  #activate(grant: Uint8Array): Granted {
    const { vault, relay, request, secret } = this;
    const { publicKey, sign } = vault.signing;
    const now = relay.clock.now();
    const device = ExternalDevice.activate({ publicKey, sign, request, grant, secret, now });
    return {
      fingerprint: fingerprint(device.account),
      confirm: async (name) => {
        const registration = await relay.register();
        await settle({ vault, relay, device, name, registration });
      },
    };
  }
}

export interface Granted {
  /** That of the account which has certified this device. */
  readonly fingerprint: string;
  /** Becomes a device of that account, once the user has compared. */
  readonly confirm: (name: string) => Promise<void>;
}

/** What a link code says. */
export interface LinkCode {
  readonly rendezvous: string;
  readonly secret: Uint8Array;
  /** The new device's key. */
  readonly device: Uint8Array;
}

export function readLinkCode(text: string): LinkCode | undefined {
  const [, rendezvous, secretText, deviceText] =
    /#link=([0-9a-f]{32})\.([\w-]{43})\.([\w-]{43})$/.exec(text.trim()) ?? [];
  const secret = fromBase64Url(secretText ?? "");
  const device = fromBase64Url(deviceText ?? "");
  if (rendezvous === undefined || secret?.length !== 32 || device?.length !== 32) return undefined;
  return { rendezvous, secret, device };
}

/** On the device that holds the account key: certifies a device, after its user was asked. */
export async function grant(vault: Vault, relay: Relay, code: LinkCode): Promise<void> {
  const key = await vault.read("account");
  if (key === undefined) {
    throw new PeerError("no_account_key", "Only the device that made the account links others.");
  }
  const { rendezvous, secret, device } = code;
  // One that was removed and comes back: its certificate begins after it was lost.
  const floor = key.revoked.findLast((revoked) => sameBytes(revoked.device, device))?.floor;
  const request = await relay.getLink(rendezvous, "request");
  if (request === undefined) {
    throw new PeerError("no_link", "Nobody asks under this code. It is good for ten minutes.");
  }
  const account = Account.import(key.seed);
  try {
    const now = relay.clock.now();
    const expiresAt = certificateEnd(relay.clock);
    const granted = account.certify({ request, secret, expiresAt, now, floor });
    await relay.putLink(rendezvous, "grant", granted);
  } finally {
    account.free();
  }
}

/**
 * Revokes a lost device by its key, and returns the statement for contacts and the own devices. Its
 * floor is stored before anybody hears of it.
 */
export async function revokeDevice(
  vault: Vault,
  relay: Relay,
  device: Uint8Array,
): Promise<Uint8Array> {
  const key = await vault.read("account");
  if (key === undefined) {
    throw new PeerError("no_account_key", "Only the device that made the account removes others.");
  }
  const now = relay.clock.now();
  const account = Account.import(key.seed);
  try {
    const statement = account.revokeDevice(device, now, { now });
    await vault.write({ account: { ...key, revoked: [...key.revoked, { device, floor: now }] } });
    await relay.revoke(statement);
    return statement;
  } finally {
    account.free();
  }
}
