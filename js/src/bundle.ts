import type { NowOption } from "./account.js";
import type { Bytes } from "./bytes.js";
import {
  arrayOf,
  bytesOf,
  currentMillisOf,
  dateOf,
  invalid,
  isBytes,
  isObject,
  lengthOf,
  maxLength,
  millisOf,
  optionsOf,
} from "./check.js";
import type { HushringError } from "./error.js";
import * as glue from "./glue.js";
import { handleOf, lend, own, Resource } from "./resource.js";
import { call, callWith, translate } from "./runtime.js";
import type { Suite } from "./suite.js";

/**
 * When a device last published, as far as was seen: a publication counts as a whole, for all
 * suites. Plain data, for the application to store: by structured clone, since bytes and dates do not
 * survive JSON.
 */
export interface Newest {
  /** The device's public key, 32 bytes. */
  readonly device: Uint8Array;
  readonly issuedAt: Date;
}

/** Options of {@link PrekeyBundle.verify} and {@link PrekeyBundle.verifyAll}. */
export interface VerifyOptions extends NowOption {
  /** The account's revocation statement with the highest floor seen, 105 bytes. */
  readonly revocation?: Uint8Array | undefined;
  /** What an earlier `verifyAll` gave: bundles older than their device's entry are refused. */
  readonly newest?: readonly Newest[] | undefined;
}

/** A bundle that {@link PrekeyBundle.verifyAll} refused. */
export interface RejectedBundle {
  /** Where it stands in the list. */
  readonly index: number;
  readonly error: HushringError;
}

/** What {@link PrekeyBundle.verifyAll} gives. */
export interface VerifiedBundles {
  /** In the order of the list. */
  readonly bundles: PrekeyBundle[];
  readonly rejected: RejectedBundle[];
  /** What was passed in as `newest`, brought up to date: store it and pass it in the next time. */
  readonly newest: Newest[];
}

/**
 * A device whose newest publication offers a stronger suite than any bundle of it at hand: somebody
 * holds a bundle back, or it was refused.
 */
export interface Downgrade {
  /** The account's public key, 32 bytes. */
  readonly account: Bytes;
  /** The device's public key, 32 bytes. */
  readonly device: Bytes;
  /** The strongest suite that the device says it published. */
  readonly offered: Suite;
  /** The strongest suite that there is a bundle of. */
  readonly available: Suite;
}

/** What {@link PrekeyBundle.choose} gives. */
export interface Choice {
  /**
   * The strongest bundle of each device's newest publication, some of the objects passed in. In the
   * order in which the devices come first.
   */
  readonly targets: PrekeyBundle[];
  /**
   * The devices whose stronger bundle is missing. They are among the targets all the same: what to
   * do about them is the application's decision.
   */
  readonly downgraded: Downgrade[];
}

/**
 * The public half of a prekey, signed by its device (spec/envelope.md, Prekeys and bundles).
 * Verifying is the only way to get one.
 */
export class PrekeyBundle extends Resource {
  private constructor(handle: glue.PrekeyBundle) {
    super();
    own(this, handle, glue.PrekeyBundle);
  }

  /**
   * Checks a bundle (259 or 1,443 bytes) that the server handed out for `account`, a pinned 32-byte
   * key. Throws `bad_length`, `unsupported_version`, `unsupported_suite`, `bad_certificate`,
   * `wrong_account`, `bad_offers`, `bad_lifetime`, `weak_key`, `bad_signature`, `revoked`,
   * `certificate_expired`, `certificate_not_yet_valid`, `bundle_expired`, `bundle_not_yet_valid`,
   * `stale_bundle`.
   */
  static verify(bundle: Uint8Array, account: Uint8Array, options?: VerifyOptions): PrekeyBundle {
    return callWith(
      () => verifyOptions(options),
      (known) => {
        const copy = bytesOf(bundle, "bundle");
        const key = bytesOf(account, "account");
        const handle = withNewest(known.newest, (newest) =>
          glue.PrekeyBundle.verify(copy, key, known.revocation, newest, known.now),
        );
        return new PrekeyBundle(handle);
      },
    );
  }

  /**
   * Checks all the bundles of an account and keeps the good ones. A bad one is told of in
   * `rejected`, with the code that {@link PrekeyBundle.verify} would throw, or with `stale_bundle`
   * if it is older than another good one of its device; what is wrong with the other arguments is
   * thrown.
   */
  static verifyAll(
    bundles: readonly Uint8Array[],
    account: Uint8Array,
    options?: VerifyOptions,
  ): VerifiedBundles {
    return callWith(
      () => ({ ...verifyOptions(options), given: arrayOf(bundles, "bundles") }),
      ({ given, revocation, newest, now }) => {
        const list = given.map((bundle, index) => listedBytes(bundle, `bundles[${index}]`));
        const key = bytesOf(account, "account");
        const verification = withNewest(newest, (known) =>
          glue.verifyAll(list, key, revocation, known, now),
        );
        return lend(verification, () => ({
          bundles: verification.takeBundles().map((handle) => new PrekeyBundle(handle)),
          rejected: (verification.rejected() as BindingRejected[]).map(({ index, error }) => ({
            index,
            error: translate(error) as HushringError,
          })),
          newest: (verification.newest() as BindingNewest[]).map(({ device, issuedAt }) => ({
            device,
            issuedAt: dateOf(issuedAt),
          })),
        }));
      },
    );
  }

  /**
   * Picks the strongest bundle of each device's newest publication. A downgrade is to be treated as
   * an attack until the missing bundle arrives: tell the user, or do not call (spec/envelope.md,
   * Prekeys and bundles, B18).
   */
  static choose(bundles: readonly PrekeyBundle[]): Choice {
    return callWith(
      () => arrayOf(bundles, "bundles") as readonly PrekeyBundle[],
      (given) => {
        const choice = withBundles(given, (list) => list.choose() as BindingChoice);
        return {
          targets: choice.targets.map((index) => given[index] as PrekeyBundle),
          downgraded: choice.downgraded,
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
    return call(() => bundleHandle(this).suite() as Suite);
  }

  /**
   * The suites that the device published together with this bundle, as far as this version knows
   * them.
   */
  get offers(): Suite[] {
    return call(() => bundleHandle(this).offers() as Suite[]);
  }

  /** The prekey's id, 16 hex digits. */
  get id(): string {
    return call(() => bundleHandle(this).id());
  }

  /** When the device signed it, in whole seconds. */
  get issuedAt(): Date {
    return call(() => dateOf(bundleHandle(this).issuedAt()));
  }

  /** When it ends, in whole seconds. */
  get expiresAt(): Date {
    return call(() => dateOf(bundleHandle(this).expiresAt()));
  }

  /** The bytes that were verified. */
  toBytes(): Bytes {
    return call(() => bundleHandle(this).toBytes());
  }
}

/** @internal */
export function bundleHandle(bundle: unknown): glue.PrekeyBundle {
  return handleOf(bundle, glue.PrekeyBundle, "bundle must be a PrekeyBundle");
}

/** @internal Lends the bundles to the binding as one list. */
export function withBundles<T>(bundles: readonly unknown[], body: (list: glue.BundleList) => T): T {
  return lend(new glue.BundleList(), (list) => {
    for (const bundle of bundles) list.push(bundleHandle(bundle));
    return body(list);
  });
}

interface BindingNewest {
  readonly device: Bytes;
  readonly issuedAt: number;
}

interface BindingRejected {
  readonly index: number;
  readonly error: unknown;
}

interface BindingChoice {
  readonly targets: readonly number[];
  readonly downgraded: Downgrade[];
}

function verifyOptions(value: VerifyOptions | undefined): {
  revocation: Bytes | undefined;
  newest: readonly BindingNewest[];
  now: number;
} {
  const { revocation, newest, now } = optionsOf(value);
  return {
    revocation: revocation === undefined ? undefined : bytesOf(revocation, "revocation"),
    newest: newest === undefined ? [] : arrayOf(newest, "newest").map(newestOf),
    now: currentMillisOf(now),
  };
}

function newestOf(entry: unknown): BindingNewest {
  if (!isObject(entry)) throw invalid("newest must hold objects");
  const { device, issuedAt } = entry as Partial<Newest>;
  return {
    device: bytesOf(device, "newest.device"),
    issuedAt: millisOf(issuedAt, "newest.issuedAt"),
  };
}

function withNewest<T>(newest: readonly BindingNewest[], body: (list: glue.NewestList) => T): T {
  return lend(new glue.NewestList(), (list) => {
    for (const { device, issuedAt } of newest) list.push(device, issuedAt);
    return body(list);
  });
}

/** A bundle of the server's list. One that is far too long must not spoil the others. */
function listedBytes(bundle: unknown, name: string): Bytes {
  const tooLong = isBytes(bundle) && lengthOf(bundle) > maxLength;
  return tooLong ? new Uint8Array(0) : bytesOf(bundle, name);
}
