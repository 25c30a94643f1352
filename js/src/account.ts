import type { Bytes } from "./bytes.js";
import * as glue from "./glue.js";
import { type NowOption, readNow } from "./now.js";
import { handleOf, own, Resource } from "./resource.js";
import { call, callWith } from "./runtime.js";
import { nameClass } from "./untrusted/describe.js";
import { type Given, type Names, readOptions } from "./untrusted/options.js";
import {
  requireBytes,
  requireMillis,
  requireNow,
  requireOptionalMillis,
} from "./untrusted/require.js";

/** The lifetime of a certificate (spec/envelope.md, Certificates). Counted in whole seconds. */
export interface CertificateOptions extends NowOption {
  /** At most 366 days after `notBefore`. */
  readonly expiresAt: Date;
  /** By default the later of a day ago and `floor`. */
  readonly notBefore?: Date | undefined;
  /** The account's revocation floor, if it ever revoked. Store it beside the account key. */
  readonly floor?: Date | undefined;
}

/** Options of {@link Account.certify}. */
export interface CertifyOptions extends CertificateOptions {
  /** The link request, 137 bytes. */
  readonly request: Uint8Array;
  /** The link secret, 32 bytes: the one that the other device used. */
  readonly secret: Uint8Array;
}

/**
 * A long-term Ed25519 key pair (spec/envelope.md, Keys). Contacts compare its fingerprint and pin
 * its public key. To sign with a key that lives elsewhere, see {@link ExternalAccount}.
 */
export class Account extends Resource {
  private constructor(handle: glue.Account) {
    super();
    own(this, handle, glue.Account, "Account.generate() or Account.import()");
  }

  static {
    nameClass(Account, "Account");
  }

  /** Generates a new account. Throws `no_randomness`. */
  static generate(): Account {
    return call(() => new Account(glue.Account.generate()));
  }

  /** Imports the seed that `export()` returned, 32 bytes. Throws `bad_length`. */
  static import(seed: Uint8Array): Account {
    return call(() => new Account(glue.Account.import(requireBytes(seed, "seed"))));
  }

  /** The Ed25519 public key, 32 bytes. */
  get publicKey(): Bytes {
    return call(() => accountHandle(this).publicKey());
  }

  /** The text that people compare: eight groups of four hex digits (see {@link fingerprint}). */
  get fingerprint(): string {
    return call(() => accountHandle(this).fingerprint());
  }

  /** Returns the secret seed, 32 bytes. Keep it encrypted at rest. */
  export(): Bytes {
    return call(() => accountHandle(this).export());
  }

  /**
   * Answers a link request (spec/envelope.md, Linking) with a grant of 177 bytes, which certifies
   * the device that made the request. Make a new secret for each link
   * ({@link generateLinkSecret}). Throws `bad_length`, `unsupported_version`, `bad_mac`, `bad_key`,
   * `weak_key`, `bad_signature`, `clock`, `too_old`, `bad_lifetime`, `revoked` if `notBefore` is
   * before `floor`, `bad_certificate` if the device key is the account's, `invalid_date`.
   */
  certify(options: CertifyOptions): Bytes {
    return callWith(
      () => readCertify(options),
      ({ requested, validity }) => accountHandle(this).certify(requested, validity),
    );
  }

  /**
   * Revokes every certificate that starts before `floor`, also those of the devices that remain:
   * renew them. For a lost device there is {@link Account.revokeDevice}; this is for keys that
   * nobody can name anymore. Returns a statement of 105 bytes (spec/envelope.md, Revocation) for
   * all contacts and for the account's own devices. Store the floor and pass it to later
   * certificates, which are refused otherwise. Throws `clock` if the floor is more than 10 minutes
   * ahead, `invalid_date`.
   */
  revoke(floor: Date, options?: NowOption): Bytes {
    return callWith(
      () => readFloor(undefined, floor, options),
      (times) => accountHandle(this).revoke(times),
    );
  }

  /**
   * Revokes those certificates of one device (its public key, 32 bytes) that start before `floor`.
   * The other devices need nothing. Returns a statement of 137 bytes (spec/envelope.md, Revocation)
   * for all contacts and for the account's other devices. Throws `bad_key`, `weak_key`, `clock` if
   * the floor is more than 10 minutes ahead, `invalid_date`.
   */
  revokeDevice(device: Uint8Array, floor: Date, options?: NowOption): Bytes {
    return callWith(
      () => readFloor(requireBytes(device, "device"), floor, options),
      (times) => accountHandle(this).revoke(times),
    );
  }
}

/** @internal */
export function accountHandle(account: unknown): glue.Account {
  return handleOf(account, glue.Account, "account", "Account");
}

/** @internal */
export function readFloor(
  device: Bytes | undefined,
  floor: unknown,
  options: NowOption | undefined,
): glue.Floor {
  return { device, floor: requireMillis(floor, "floor"), now: readNow(options) };
}

/** @internal */
export function readValidity(value: CertificateOptions): glue.Validity {
  return validityOf(readOptions(value, certificateNames));
}

/** @internal */
export function readCertify(value: CertifyOptions): {
  requested: glue.Requested;
  validity: glue.Validity;
} {
  const options = readOptions(value, certifyNames);
  const requested = {
    request: requireBytes(options.request, "request"),
    secret: requireBytes(options.secret, "secret"),
  };
  return { requested, validity: validityOf(options) };
}

const certificateNames: Names<CertificateOptions> = {
  expiresAt: true,
  floor: true,
  notBefore: true,
  now: true,
};

const certifyNames: Names<CertifyOptions> = { ...certificateNames, request: true, secret: true };

function validityOf(options: Given<CertificateOptions>): glue.Validity {
  return {
    expiresAt: requireMillis(options.expiresAt, "expiresAt"),
    notBefore: requireOptionalMillis(options.notBefore, "notBefore"),
    floor: requireOptionalMillis(options.floor, "floor"),
    now: requireNow(options.now),
  };
}
