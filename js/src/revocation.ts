import { type NowOption, nowOf } from "./account.js";
import { bytesOf, dateOf } from "./check.js";
import * as glue from "./glue.js";
import { callWith } from "./runtime.js";

/**
 * Checks a revocation statement (105 bytes, spec/envelope.md, Revocation) of an account (its public
 * key, 32 bytes) and gives its floor. Keep the statement with the highest one. Throws `bad_length`,
 * `unsupported_version`, `wrong_account`, `bad_signature`, `bad_key`, `weak_key`, and `clock` if
 * the floor is more than 10 minutes ahead.
 */
export function verifyRevocation(
  statement: Uint8Array,
  account: Uint8Array,
  options?: NowOption,
): Date {
  return callWith(
    () => nowOf(options),
    (now) =>
      dateOf(
        glue.verifyRevocation(bytesOf(statement, "statement"), bytesOf(account, "account"), now),
      ),
  );
}
