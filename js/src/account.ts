import type { Bytes } from "./bytes.js";
import { bytesOf, currentMillisOf, millisOf, optionalMillisOf, optionsOf } from "./check.js";
import * as glue from "./glue.js";
import { handleOf, own, Resource } from "./resource.js";
import { call, callWith } from "./runtime.js";

/** The moment that a call counts as now. */
export interface NowOption {
  /**
   * By default the system's clock. Correct it by the server's: an invitation from a slow clock does
   * not ring.
   */
  readonly now?: Date | undefined;
}

/** The lifetime of a certificate (spec/envelope.md, Certificates). Counted in whole seconds. */
export interface CertificateOptions extends NowOption {
  /** At most 366 days after `notBefore`. */
  readonly expiresAt: Date;
  /** By default the later of a day ago and `floor`. */
  readonly notBefore?: Date | undefined;
  /**
   * The account's revocation floor, if it ever revoked. Whoever keeps the account key stores it.
   */
  readonly floor?: Date | undefined;
}

/**
 * A long-term Ed25519 key pair (spec/envelope.md, Keys). Contacts verify its fingerprint and pin
 * its public key. To sign with a key that lives elsewhere, see {@link ExternalAccount}.
 */
export class Account extends Resource {
  private constructor(handle: glue.Account) {
    super();
    own(this, handle, glue.Account);
  }

  /** A new account. Throws `no_randomness`. */
  static generate(): Account {
    return call(() => new Account(glue.Account.generate()));
  }

  /** The account of a seed that `export()` gave, 32 bytes. Throws `bad_length`. */
  static import(seed: Uint8Array): Account {
    return call(() => new Account(glue.Account.import(bytesOf(seed, "seed"))));
  }

  /** The Ed25519 public key, 32 bytes. */
  get publicKey(): Bytes {
    return call(() => accountHandle(this).publicKey());
  }

  /** What people compare: eight groups of four hex digits (see {@link fingerprint}). */
  get fingerprint(): string {
    return call(() => accountHandle(this).fingerprint());
  }

  /** The secret 32-byte seed. Keep it encrypted at rest. */
  export(): Bytes {
    return call(() => accountHandle(this).export());
  }

  /**
   * Answers a link request (137 bytes, spec/envelope.md, Linking) with a grant (177 bytes) that
   * certifies its device. `secret` is the 32 bytes of {@link generateLinkSecret} that both devices
   * know. Make one for each link. Throws `bad_length`, `unsupported_version`, `bad_mac`, `bad_key`,
   * `weak_key`, `bad_signature`, `clock`, `too_old`, `bad_lifetime`, `revoked` if `notBefore` is
   * before `floor`, `bad_certificate` if the device key is the account's, `invalid_date`.
   */
  certify(request: Uint8Array, secret: Uint8Array, options: CertificateOptions): Bytes {
    return callWith(
      () => certificateTimes(options),
      ({ notBefore, floor, expiresAt, now }) =>
        accountHandle(this).certify(
          bytesOf(request, "request"),
          bytesOf(secret, "secret"),
          notBefore,
          floor,
          expiresAt,
          now,
        ),
    );
  }

  /**
   * Signs a revocation (105 bytes, spec/envelope.md, Revocation): every certificate whose
   * `notBefore` is before `floor` stops counting for whoever sees the statement, those of the
   * devices that remain as well: renew them. Store the floor and pass it to later certificates,
   * which are refused otherwise. Throws `clock` if the floor is more than 10 minutes ahead,
   * `invalid_date`.
   */
  revoke(floor: Date, options?: NowOption): Bytes {
    return callWith(
      () => nowOf(options),
      (now) => accountHandle(this).revoke(millisOf(floor, "floor"), now),
    );
  }
}

/** @internal */
export function accountHandle(account: unknown): glue.Account {
  return handleOf(account, glue.Account, "account must be an Account");
}

/** @internal */
export function nowOf(value: NowOption | undefined): number {
  return currentMillisOf(optionsOf(value).now);
}

/** @internal */
export function certificateTimes(value: CertificateOptions): {
  expiresAt: number;
  notBefore: number | undefined;
  floor: number | undefined;
  now: number;
} {
  const { expiresAt, notBefore, floor, now } = optionsOf(value);
  return {
    expiresAt: millisOf(expiresAt, "expiresAt"),
    notBefore: optionalMillisOf(notBefore, "notBefore"),
    floor: optionalMillisOf(floor, "floor"),
    now: currentMillisOf(now),
  };
}
