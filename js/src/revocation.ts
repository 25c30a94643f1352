import type { Bytes } from "./bytes.js";
import * as glue from "./glue.js";
import { type NowOption, readNow } from "./now.js";
import { callWith } from "./runtime.js";
import { requireBytes } from "./untrusted/require.js";

/** What a revocation statement says. */
export interface RevocationFloor {
  /** Certificates that start before this moment count no more. In whole seconds. */
  readonly floor: Date;
  /** The public key of the only device that it is about, 32 bytes. Absent: all devices. */
  readonly device?: Bytes;
}

/**
 * Verifies a revocation statement (105 bytes, or 137 for one device; spec/envelope.md, Revocation)
 * of an account (its public key, 32 bytes). Keep the account's statement with the highest floor,
 * and for each device the one with the highest floor above that. Throws `bad_length`,
 * `unsupported_version`, `wrong_account`, `bad_signature`, `bad_key`, `weak_key`, and `clock` if
 * the floor is more than 10 minutes ahead.
 */
export function verifyRevocation(
  statement: Uint8Array,
  account: Uint8Array,
  options?: NowOption,
): RevocationFloor {
  return callWith(
    () => readNow(options),
    (now) => {
      const bytes = requireBytes(statement, "statement");
      return glue.verifyRevocation(bytes, requireBytes(account, "account"), now);
    },
  );
}
