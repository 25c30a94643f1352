import type { NowOption } from "./account.js";
import type { Bytes } from "./bytes.js";
import { bytesOf, currentMillisOf, dateOf, millisOf, optionsOf, suiteOf } from "./check.js";
import * as glue from "./glue.js";
import { handleOf, lend, own, Resource } from "./resource.js";
import { call, callWith } from "./runtime.js";
import type { Suite } from "./suite.js";

/** Options of {@link Prekey.generate}. */
export interface PrekeyOptions extends NowOption {
  /** At most 90 days from now. Counted in whole seconds. */
  readonly expiresAt: Date;
}

/**
 * An HPKE key pair of one suite (spec/envelope.md, Prekeys and bundles). Its public half travels in
 * a bundle; renew it weekly. Delete it 30 days after the expiry of its last bundle: what was sealed
 * to it can be read as long as it exists.
 */
export class Prekey extends Resource {
  private constructor(handle: glue.Prekey) {
    super();
    own(this, handle, glue.Prekey);
  }

  /** A new prekey. Throws `bad_lifetime`, `invalid_date`, `unsupported_suite`, `no_randomness`. */
  static generate(suite: Suite, options: PrekeyOptions): Prekey {
    return callWith(
      () => {
        const { expiresAt, now } = optionsOf(options);
        return { expiresAt: millisOf(expiresAt, "expiresAt"), now: currentMillisOf(now) };
      },
      ({ expiresAt, now }) => new Prekey(glue.Prekey.generate(suiteOf(suite), expiresAt, now)),
    );
  }

  /** The prekey that `export()` gave, 41 bytes. Throws `bad_length`, `unsupported_suite`. */
  static import(exported: Uint8Array): Prekey {
    return call(() => new Prekey(glue.Prekey.import(bytesOf(exported, "prekey"))));
  }

  /** The first 8 bytes of SHA-256 of the public key, in hex: what envelopes name. */
  get id(): string {
    return call(() => prekeyHandle(this).id());
  }

  /** The suite that the key is for. */
  get suite(): Suite {
    return call(() => prekeyHandle(this).suite() as Suite);
  }

  /** When senders must have stopped using it, in whole seconds. */
  get expiresAt(): Date {
    return call(() => dateOf(prekeyHandle(this).expiresAt()));
  }

  /** Suite, secret key and expiry, 41 bytes. Keep them encrypted at rest. */
  export(): Bytes {
    return call(() => prekeyHandle(this).export());
  }
}

/** @internal Lends the prekeys to the binding as one list. */
export function withPrekeys<T>(prekeys: readonly unknown[], body: (list: glue.PrekeyList) => T): T {
  return lend(new glue.PrekeyList(), (list) => {
    for (const prekey of prekeys) list.push(prekeyHandle(prekey));
    return body(list);
  });
}

/** @internal */
export function prekeyHandle(prekey: unknown): glue.Prekey {
  return handleOf(prekey, glue.Prekey, "prekey must be a Prekey");
}
