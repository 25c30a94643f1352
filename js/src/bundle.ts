import type { Bytes } from "./bytes.js";
import { HushringError } from "./error.js";
import * as glue from "./glue.js";
import type { NowOption } from "./now.js";
import { handleOf, lend, own, Resource } from "./resource.js";
import { call, callWith, errorOf } from "./runtime.js";
import { nameClass } from "./untrusted/describe.js";
import { type Names, readOptions } from "./untrusted/options.js";
import {
  maxLength,
  requireArray,
  requireBytes,
  requireManyBytes,
  requireNow,
  requireOptionalBytes,
} from "./untrusted/require.js";
import { isBytes, lengthOf } from "./untrusted/slots.js";
import { maxBundles, maxLastPublishedLength, maxStatements, type Suite } from "./vocabulary.js";

/** Options of {@link PrekeyBundle.verify} and {@link PrekeyBundle.verifyAll}. */
export interface VerifyOptions extends NowOption {
  /**
   * Revocation statements of the account, 105 bytes, and of its single devices, 137 bytes each: the
   * `revocations` that an earlier `verifyAll` returned, and those that came with the bundles.
   */
  readonly revocations?: readonly Uint8Array[] | undefined;
  /**
   * The `lastPublished` that the last `verifyAll` of this account returned; nothing the first time.
   * A bundle is refused that is older than what its device last published, or another one of the
   * same moment.
   */
  readonly lastPublished?: Uint8Array | undefined;
}

/** A bundle that {@link PrekeyBundle.verifyAll} refused. */
export interface RejectedBundle {
  /** Its index in the list. */
  readonly index: number;
  readonly error: HushringError;
}

/** A revocation statement that {@link PrekeyBundle.verifyAll} passed over. */
export interface RejectedRevocation {
  /** Its index in `revocations`. */
  readonly index: number;
  readonly error: HushringError;
}

/** The result of {@link PrekeyBundle.verifyAll}. */
export interface VerifiedBundles {
  /** The good ones, in the order of the list. */
  readonly bundles: PrekeyBundle[];
  /** The index and error of each refused bundle. */
  readonly rejected: RejectedBundle[];
  /**
   * What the account's devices last published, by what was passed in and the good bundles: store it
   * and pass it in the next time (spec/envelope.md, B15). 73 to 217,161 bytes.
   */
  readonly lastPublished: Bytes;
  /**
   * Of the revocation statements that were passed in, those that count: at most one of the account,
   * then at most 64 of its devices. Store them and pass them in the next time.
   */
  readonly revocations: Bytes[];
  /**
   * The index and error of each statement that is not sound, or cannot be kept (`too_many`): it is
   * that of a device for which there is no room among 64. Ask the contact to revoke the account.
   */
  readonly rejectedRevocations: RejectedRevocation[];
}

/**
 * A device whose latest publication offers a stronger suite than any of its bundles here: one was
 * withheld or refused.
 */
export interface Downgrade {
  /** The account's public key, 32 bytes. */
  readonly account: Bytes;
  /** The device's public key, 32 bytes. */
  readonly device: Bytes;
  /** The strongest suite that the device says it published. */
  readonly offered: Suite;
  /** The strongest suite among its bundles. */
  readonly available: Suite;
}

/** Options of {@link PrekeyBundle.choose}. */
export interface ChooseOptions extends NowOption {
  /** The public key of a device to leave out, 32 bytes: one's own, among those of one's account. */
  readonly except?: Uint8Array | undefined;
}

/** The result of {@link PrekeyBundle.choose}. */
export interface Choice {
  /**
   * The strongest bundle of each device's latest publication that has not expired, in the order in
   * which the devices come first. They are some of the objects that were passed in.
   */
  readonly targets: PrekeyBundle[];
  /**
   * The devices whose stronger bundle is missing. They are among the targets too: the application
   * decides what to do about them.
   */
  readonly downgraded: Downgrade[];
  /**
   * For each device whose latest bundles have all expired by `now`, the strongest of them. They are
   * not among the targets: nothing can be sealed to them until the device's next bundles are there.
   */
  readonly expired: PrekeyBundle[];
}

/**
 * The public half of a prekey, signed by its device (spec/envelope.md, Prekeys and bundles).
 * Obtained only by verifying one.
 */
export class PrekeyBundle extends Resource {
  private constructor(handle: glue.PrekeyBundle) {
    super();
    own(this, handle, glue.PrekeyBundle, "PrekeyBundle.verify() or PrekeyBundle.verifyAll()");
  }

  static {
    nameClass(PrekeyBundle, "PrekeyBundle");
  }

  /**
   * Verifies a bundle (259 or 1,443 bytes) that the server handed out for `account`, a pinned key
   * of 32 bytes. Throws `state_too_new`, `bad_state` or `wrong_account` for `lastPublished`, then
   * the error of the first revocation statement that is not sound (see {@link verifyRevocation}),
   * then `bad_length`, `unsupported_version`, `unsupported_suite`, `bad_certificate`,
   * `wrong_account`, `bad_offers`, `bad_lifetime`, `weak_key`, `bad_signature`, `revoked`,
   * `certificate_expired`, `certificate_not_yet_valid`, `bundle_expired`, `bundle_not_yet_valid`,
   * `stale_bundle`.
   */
  static verify(bundle: Uint8Array, account: Uint8Array, options?: VerifyOptions): PrekeyBundle {
    return callWith(
      () => readVerify(options),
      ({ against, statements }) => {
        const copy = requireBytes(bundle, "bundle");
        const check = {
          ...against,
          revocations: requireManyBytes(statements, "revocations"),
          account: requireBytes(account, "account"),
        };
        return new PrekeyBundle(glue.PrekeyBundle.verify(copy, check));
      },
    );
  }

  /**
   * Verifies all the bundles of an account and returns the good ones. A bad one appears in
   * `rejected`, with the code that {@link PrekeyBundle.verify} would throw, or with `stale_bundle`
   * if another good one of its device is newer, or contradicts it. Those behind the 512th are not
   * read, and are `too_many`. A revocation statement that is not sound appears in
   * `rejectedRevocations`, with the code that {@link verifyRevocation} would throw; those behind
   * the 256th, and those that cannot be kept, with `too_many`. Throws if another argument is wrong:
   * `state_too_new`, `bad_state` or `wrong_account` for a `lastPublished` that is not what an
   * earlier call returned for this account. Then do not go on without it: the server could bring
   * back old bundles.
   */
  static verifyAll(
    bundles: readonly Uint8Array[],
    account: Uint8Array,
    options?: VerifyOptions,
  ): VerifiedBundles {
    return callWith(
      () => ({ ...readVerify(options), given: requireArray(bundles, "bundles") }),
      ({ against, statements, given }) => {
        const list = listedBytes(given, "bundles", maxBundles);
        const check = {
          ...against,
          revocations: listedBytes(statements, "revocations", maxStatements),
          account: requireBytes(account, "account"),
        };
        const verified = glue.PrekeyBundle.verifyAll(list, check);
        return {
          bundles: verified.bundles.map((handle) => new PrekeyBundle(handle)),
          rejected: rejectedOf(verified.rejected, given, maxBundles),
          lastPublished: verified.lastPublished,
          revocations: verified.revocations,
          rejectedRevocations: rejectedOf(verified.rejectedRevocations, statements, maxStatements),
        };
      },
    );
  }

  /**
   * Chooses the strongest bundle of each device's latest publication. Bundles that have expired
   * since they were verified are left out, so that one old device does not stop the others. Treat a
   * downgrade as an attack until the missing bundle arrives: tell the user, or do not call
   * (spec/envelope.md, Prekeys and bundles). Throws `bad_key`, `weak_key` for `except`.
   */
  static choose(bundles: readonly PrekeyBundle[], options?: ChooseOptions): Choice {
    return callWith(
      () => {
        const { except, now } = readOptions(options, chooseNames);
        return {
          given: requireArray(bundles, "bundles"),
          except: requireOptionalBytes(except, "except"),
          now: requireNow(now),
        };
      },
      ({ given, except, now }) => {
        const choice = withBundles(given, (list) => list.choose(except, now));
        const bundlesAt = (places: number[]) => places.map((place) => given[place] as PrekeyBundle);
        return {
          targets: bundlesAt(choice.targets),
          downgraded: choice.downgraded,
          expired: bundlesAt(choice.expired),
        };
      },
    );
  }

  /** The public key of the account, 32 bytes. */
  get account(): Bytes {
    return call(() => bundleHandle(this).account());
  }

  /** The public key of the device, 32 bytes. */
  get device(): Bytes {
    return call(() => bundleHandle(this).device());
  }

  /** The suite of its key. */
  get suite(): Suite {
    return call(() => bundleHandle(this).suite());
  }

  /** The suites that the device published together with this bundle, if this version knows them. */
  get offers(): Suite[] {
    return call(() => bundleHandle(this).offers());
  }

  /** The prekey's id, 16 hex digits. */
  get id(): string {
    return call(() => bundleHandle(this).id());
  }

  /** When the device signed it, in whole seconds. */
  get issuedAt(): Date {
    return call(() => bundleHandle(this).issuedAt());
  }

  /** When it ends, in whole seconds. */
  get expiresAt(): Date {
    return call(() => bundleHandle(this).expiresAt());
  }

  /** Returns the bytes that were verified. */
  toBytes(): Bytes {
    return call(() => bundleHandle(this).toBytes());
  }
}

/** @internal */
export function bundleHandle(bundle: unknown, name = "bundle"): glue.PrekeyBundle {
  return handleOf(bundle, glue.PrekeyBundle, name, "PrekeyBundle");
}

/** @internal Lends the bundles to the binding as one list. */
export function withBundles<T>(bundles: readonly unknown[], body: (list: glue.BundleList) => T): T {
  return lend(new glue.BundleList(), (list) => {
    bundles.forEach((bundle, index) => {
      list.push(bundleHandle(bundle, `bundles[${index}]`));
    });
    return body(list);
  });
}

const verifyNames: Names<VerifyOptions> = { lastPublished: true, now: true, revocations: true };
const chooseNames: Names<ChooseOptions> = { except: true, now: true };

function readVerify(value: VerifyOptions | undefined) {
  const { lastPublished, now, revocations = [] } = readOptions(value, verifyNames);
  return {
    against: {
      lastPublished: lastPublished === undefined ? undefined : readLastPublished(lastPublished),
      now: requireNow(now),
    },
    statements: requireArray(revocations, "revocations"),
  };
}

function readLastPublished(value: unknown): Bytes {
  if (isBytes(value) && lengthOf(value) > maxLastPublishedLength) {
    throw new HushringError("bad_state", "no account's lastPublished is as long as this");
  }
  return requireBytes(value, "lastPublished", maxLastPublishedLength);
}

/**
 * A server's list. An item that is far too long must not spoil the others, and of those behind the
 * bound, which are not read, one stands for all.
 */
function listedBytes(list: readonly unknown[], name: string, max: number): Bytes[] {
  const read = list.slice(0, max).map((item, index) => {
    const tooLong = isBytes(item) && lengthOf(item) > maxLength;
    return tooLong ? new Uint8Array(0) : requireBytes(item, `${name}[${index}]`);
  });
  if (list.length > max) read.push(new Uint8Array(0));
  return read;
}

/** Each with its index in the list: also those behind the bound. */
function rejectedOf(
  failures: readonly glue.Rejected[],
  list: readonly unknown[],
  max: number,
): RejectedBundle[] {
  const rejected = failures.map(({ index, error }) => ({ index, error: errorOf(error) }));
  const last = rejected.at(-1);
  if (last === undefined || last.index < max) return rejected;
  for (let index = last.index + 1; index < list.length; index += 1) {
    rejected.push({ index, error: last.error });
  }
  return rejected;
}
