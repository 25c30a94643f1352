import * as glue from "./glue.js";
import { type NowOption, readNow } from "./now.js";
import { callWith } from "./runtime.js";
import { requireBytes } from "./untrusted/require.js";

/**
 * Verifies a revocation statement (105 bytes, spec/envelope.md, Revocation) of an account (its
 * public key, 32 bytes) and returns its floor. Keep the statement with the highest one. Throws
 * `bad_length`, `unsupported_version`, `wrong_account`, `bad_signature`, `bad_key`, `weak_key`, and
 * `clock` if the floor is more than 10 minutes ahead.
 */
export function verifyRevocation(
  statement: Uint8Array,
  account: Uint8Array,
  options?: NowOption,
): Date {
  return callWith(
    () => readNow(options),
    (now) => {
      const bytes = requireBytes(statement, "statement");
      return glue.verifyRevocation(bytes, requireBytes(account, "account"), now);
    },
  );
}
