import * as glue from "./glue.js";
import { call } from "./runtime.js";
import { requireBytes, requireCallId } from "./untrusted/require.js";

/**
 * Returns the text that people compare to verify an account (spec/envelope.md, Keys): 16 bytes of
 * SHA-256 over its public key (32 bytes), as eight groups of four hex digits with single spaces
 * between them. Throws `bad_key`, `weak_key`.
 */
export function fingerprint(accountKey: Uint8Array): string {
  return call(() => glue.fingerprint(requireBytes(accountKey, "accountKey")));
}

/**
 * Returns the only part of an envelope to log: the first 4 bytes of SHA-256 over its 2,880, as 8
 * hex digits, the same for sender, relay and phone. Throws `bad_length`.
 */
export function envelopeTag(envelope: Uint8Array): string {
  return call(() => glue.envelopeTag(requireBytes(envelope, "envelope")));
}

/**
 * Returns the UUID that CallKit uses for a call (spec/envelope.md, Derived identifiers). It is made
 * from the caller's account key (32 bytes) and the callId, so that no contact can take over
 * another's call. Throws `bad_call_id`, `bad_key`, `weak_key`.
 */
export function callKitUUID(callerAccount: Uint8Array, callId: string): string {
  return call(() =>
    glue.callKitUuid(requireBytes(callerAccount, "callerAccount"), requireCallId(callId)),
  );
}
