// What the relay checks of bundles and statements before it hands them out, with hushring itself: a
// server that hands out what nobody verifies helps nobody. Senders verify all of it again.

import { createHash } from "node:crypto";
import { HushringError, init, PrekeyBundle, type Suite, verifyRevocation } from "hushring";
import { second } from "./limits.js";
import { Refusal } from "./refusal.js";
import type { Publication, Statement } from "./store/store.js";

/** Must be awaited before the rest. */
export const ready = init;

const suites: Record<Suite, number> = { x25519: 1, xwing: 2 };

/** The account key stands behind the version, in a bundle as in a statement. */
const accountAt = [1, 33] as const;

/** Verifies what one device publishes at once: its bundles, of one second (B20). */
export function readPublication(bundles: readonly Buffer[], now: number): Publication {
  const verified = bundles.map((bytes) => {
    const bundle = check(() => {
      return PrekeyBundle.verify(bytes, accountOf(bytes), { now: new Date(now) });
    });
    const { account, device, suite, issuedAt, expiresAt } = bundle;
    bundle.free();
    return {
      account: Buffer.from(account),
      device: Buffer.from(device),
      issuedAt: issuedAt.getTime() / second,
      bundle: { suite: suites[suite], bytes, expiresAt: expiresAt.getTime() / second },
    };
  });
  const [first, next] = verified;
  if (first === undefined) throw new Refusal("bad_request", "no bundle");
  const { account, device, issuedAt } = first;
  if (next !== undefined) {
    const isOne =
      next.account.equals(account) &&
      next.device.equals(device) &&
      next.issuedAt === issuedAt &&
      next.bundle.suite !== first.bundle.suite;
    if (!isOne) throw new Refusal("bad_bundle", "the bundles are not one publication of a device");
  }
  return { account, device, issuedAt, bundles: verified.map(({ bundle }) => bundle) };
}

/** Verifies a statement by the account that it names. */
export function readStatement(bytes: Buffer, now: number): Statement {
  const account = accountOf(bytes);
  const { floor, device } = check(() => verifyRevocation(bytes, account, { now: new Date(now) }));
  return {
    account,
    device: device === undefined ? Buffer.alloc(0) : Buffer.from(device),
    floor: floor.getTime() / second,
    bytes,
  };
}

/** The devices of an account whose bundles its statements have shut out. */
export function revokedDevices(
  account: Buffer,
  devices: readonly { readonly device: Buffer; readonly bundles: readonly Buffer[] }[],
  statements: readonly Buffer[],
  now: number,
): Buffer[] {
  const options = { revocations: statements, now: new Date(now) };
  return devices
    .filter(({ bundles }) => {
      const { bundles: good, rejected } = PrekeyBundle.verifyAll(bundles, account, options);
      for (const bundle of good) bundle.free();
      return rejected.some(({ error }) => error.code === "revoked");
    })
    .map(({ device }) => device);
}

function accountOf(bytes: Buffer): Buffer {
  const account = bytes.subarray(...accountAt);
  if (account.length !== 32) throw new Refusal("bad_bundle", "too short");
  return Buffer.from(account);
}

function check<T>(verify: () => T): T {
  try {
    return verify();
  } catch (error) {
    if (!HushringError.is(error)) throw error;
    throw new Refusal("bad_bundle", error.message, { details: { hushring: error.code } });
  }
}

/** A short name of bytes, for tests of equality that need no secrecy. */
export function sha256(bytes: Uint8Array | string): Buffer {
  return createHash("sha256").update(bytes).digest();
}
