import type { Bytes } from "./bytes.js";
import * as glue from "./glue.js";
import type { NowOption } from "./now.js";
import { handleOf, lend, own, Resource } from "./resource.js";
import { call, callWith } from "./runtime.js";
import { nameClass } from "./untrusted/describe.js";
import { type Names, readOptions } from "./untrusted/options.js";
import { requireBytes, requireMillis, requireNow, requireSuite } from "./untrusted/require.js";
import type { Suite } from "./vocabulary.js";

/** Options of {@link Prekey.generate}. */
export interface PrekeyOptions extends NowOption {
  /** At most 90 days from now. Counted in whole seconds. */
  readonly expiresAt: Date;
}

/**
 * An HPKE key pair of one suite (spec/envelope.md, Prekeys and bundles). Its public half travels in
 * a bundle. Renew it weekly, and delete it 30 days after its last bundle expired: as long as it
 * exists, it can read everything that was sealed to it.
 */
export class Prekey extends Resource {
  private constructor(handle: glue.Prekey) {
    super();
    own(this, handle, glue.Prekey, "Prekey.generate() or Prekey.import()");
  }

  static {
    nameClass(Prekey, "Prekey");
  }

  /**
   * Generates a new prekey. Throws `bad_lifetime`, `invalid_date`, `unsupported_suite`,
   * `no_randomness`.
   */
  static generate(suite: Suite, options: PrekeyOptions): Prekey {
    return callWith(
      () => {
        const { expiresAt, now } = readOptions(options, names);
        return { expiresAt: requireMillis(expiresAt, "expiresAt"), now: requireNow(now) };
      },
      (lifetime) => new Prekey(glue.Prekey.generate(requireSuite(suite), lifetime)),
    );
  }

  /** Imports what `export()` returned, 41 bytes. Throws `bad_length`, `unsupported_suite`. */
  static import(exported: Uint8Array): Prekey {
    return call(() => new Prekey(glue.Prekey.import(requireBytes(exported, "prekey"))));
  }

  /**
   * Identifies the prekey in an envelope's header: the first 8 bytes of SHA-256 of the public key,
   * as 16 hex digits.
   */
  get id(): string {
    return call(() => prekeyHandle(this).id());
  }

  /** The suite that the key is for. */
  get suite(): Suite {
    return call(() => prekeyHandle(this).suite());
  }

  /** The end of its time, in whole seconds: senders do not use it afterwards. */
  get expiresAt(): Date {
    return call(() => prekeyHandle(this).expiresAt());
  }

  /** Returns suite, secret key and expiry, 41 bytes. Keep them encrypted at rest. */
  export(): Bytes {
    return call(() => prekeyHandle(this).export());
  }
}

/** @internal Lends the prekeys to the binding as one list. */
export function withPrekeys<T>(prekeys: readonly unknown[], body: (list: glue.PrekeyList) => T): T {
  return lend(new glue.PrekeyList(), (list) => {
    prekeys.forEach((prekey, index) => {
      list.push(prekeyHandle(prekey, `prekeys[${index}]`));
    });
    return body(list);
  });
}

/** @internal */
export function prekeyHandle(prekey: unknown, name = "prekey"): glue.Prekey {
  return handleOf(prekey, glue.Prekey, name, "Prekey");
}

const names: Names<PrekeyOptions> = { expiresAt: true, now: true };
