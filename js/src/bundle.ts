import type { NowOption } from "./account.js";
import type { Bytes } from "./bytes.js";
import {
  arrayOf,
  bytesOf,
  currentMillisOf,
  invalid,
  millisOf,
  optionsOf,
  suiteOf,
} from "./check.js";
import type { HushringError } from "./error.js";
import * as glue from "./glue.js";
import { handleOf, lend, own, Resource } from "./resource.js";
import { call, translate } from "./runtime.js";
import type { Suite } from "./suite.js";

/**
 * The newest bundle that was seen of a device's suite. Plain data, for the application to store.
 */
export interface Newest {
  /** The device's public key, 32 bytes. */
  readonly device: Uint8Array;
  readonly suite: Suite;
  readonly issuedAt: Date;
}

/** Options of {@link PrekeyBundle.verify} and {@link PrekeyBundle.verifyAll}. */
export interface VerifyOptions extends NowOption {
  /** The account's revocation statement with the highest floor seen, 105 bytes. */
  readonly revocation?: Uint8Array | undefined;
  /** What an earlier `verifyAll` gave: older bundles are refused. */
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
 * A device that offers a stronger suite than any bundle at hand: somebody may be holding one back.
 */
export interface Downgrade {
  /** The account's public key, 32 bytes. */
  readonly account: Bytes;
  /** The device's public key, 32 bytes. */
  readonly device: Bytes;
  /** The strongest suite that the device says it publishes. */
  readonly offered: Suite;
  /** The strongest suite that there is a bundle of. */
  readonly available: Suite;
}

/** What {@link PrekeyBundle.choose} gives. */
export interface Choice {
  /** The strongest bundle of each device, some of the objects passed in. */
  readonly targets: PrekeyBundle[];
  /** The devices whose stronger bundle is missing. They are among the targets all the same. */
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
    return call(() => {
      const known = verifyOptions(options);
      const copy = bytesOf(bundle, "bundle");
      const key = bytesOf(account, "account");
      const handle = withNewest(known.newest, (newest) =>
        glue.PrekeyBundle.verify(copy, key, known.revocation, newest, known.now),
      );
      return new PrekeyBundle(handle);
    });
  }

  /**
   * Checks all the bundles of an account and keeps the good ones. A bad one is told of in
   * `rejected`, with the code that {@link PrekeyBundle.verify} would throw; what is wrong with the
   * other arguments is thrown.
   */
  static verifyAll(
    bundles: readonly Uint8Array[],
    account: Uint8Array,
    options?: VerifyOptions,
  ): VerifiedBundles {
    return call(() => {
      const known = verifyOptions(options);
      const list = arrayOf(bundles, "bundles").map((bundle, index) =>
        bytesOf(bundle, `bundles[${index}]`),
      );
      const key = bytesOf(account, "account");
      const verification = withNewest(known.newest, (newest) =>
        glue.verifyAll(list, key, known.revocation, newest, known.now),
      );
      return lend(verification, () => ({
        bundles: verification.takeBundles().map((handle) => new PrekeyBundle(handle)),
        rejected: (verification.rejected() as BindingRejected[]).map(({ index, error }) => ({
          index,
          error: translate(error) as HushringError,
        })),
        newest: (verification.newest() as BindingNewest[]).map(({ device, suite, issuedAt }) => ({
          device,
          suite,
          issuedAt: new Date(issuedAt),
        })),
      }));
    });
  }

  /**
   * Picks the strongest bundle of each device. What to do about a downgrade is the application's
   * choice: a phone that cannot be called is worse than one that is called without post-quantum
   * security, as a rule.
   */
  static choose(bundles: readonly PrekeyBundle[]): Choice {
    return call(() => {
      const given = arrayOf(bundles, "bundles") as readonly PrekeyBundle[];
      const choice = withBundles(given, (list) => list.choose() as BindingChoice);
      return {
        targets: choice.targets.map((index) => given[index] as PrekeyBundle),
        downgraded: choice.downgraded,
      };
    });
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
    return call(() => new Date(bundleHandle(this).issuedAt()));
  }

  /** When it ends, in whole seconds. */
  get expiresAt(): Date {
    return call(() => new Date(bundleHandle(this).expiresAt()));
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
export function withBundles<T>(bundles: unknown, body: (list: glue.BundleList) => T): T {
  return lend(new glue.BundleList(), (list) => {
    for (const bundle of arrayOf(bundles, "bundles")) list.push(bundleHandle(bundle));
    return body(list);
  });
}

interface BindingNewest {
  readonly device: Bytes;
  readonly suite: Suite;
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
  newest: readonly unknown[];
  now: number;
} {
  const { revocation, newest, now } = optionsOf(value);
  return {
    revocation: revocation === undefined ? undefined : bytesOf(revocation, "revocation"),
    newest: newest === undefined ? [] : arrayOf(newest, "newest"),
    now: currentMillisOf(now),
  };
}

function withNewest<T>(newest: readonly unknown[], body: (list: glue.NewestList) => T): T {
  return lend(new glue.NewestList(), (list) => {
    for (const entry of newest) {
      if (typeof entry !== "object" || entry === null) throw invalid("newest must hold objects");
      const { device, suite, issuedAt } = entry as Partial<Newest>;
      list.push(
        bytesOf(device, "newest.device"),
        suiteOf(suite),
        millisOf(issuedAt, "newest.issuedAt"),
      );
    }
    return body(list);
  });
}
