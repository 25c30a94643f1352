/**
 * Every `code` of a {@link HushringError}. Codes are stable; messages are not.
 *
 * | code | meaning |
 * |---|---|
 * | `bad_call_id` | a `callId` that is no UUID |
 * | `bad_cbor` | received content is not deterministic CBOR of the profile |
 * | `bad_certificate` | a certificate with weak or equal keys, a lifetime beyond 366 days or a wrong signature |
 * | `bad_compression` | received content is no DEFLATE stream that ends at its last byte |
 * | `bad_content` | content breaks a rule of the format; `member` names the path |
 * | `bad_content_length` | a frame's content length is 0 or beyond its room |
 * | `bad_device_token` | relay: a device token that is not an even number of hex digits |
 * | `bad_key` | a key of the wrong length, or bytes that are no key |
 * | `bad_length` | bytes of the wrong length for what they should be |
 * | `bad_lifetime` | a lifetime that is not positive, exceeds its cap, or outlives its certificate |
 * | `bad_loc_key` | relay: a `locKey` that is empty or over 64 bytes, or too long in JSON |
 * | `bad_mac` | a link request or grant that this secret did not authenticate |
 * | `bad_offers` | a bundle whose own suite is missing in its offers |
 * | `bad_padding` | a frame's padding is not all zero |
 * | `bad_push` | relay: a push departs from the template, or from the others of its set |
 * | `bad_signature` | a signature does not verify |
 * | `bad_state` | the state of an inbox is damaged |
 * | `bad_topic` | relay: a topic that is empty or not printable ASCII |
 * | `bundle_expired`, `bundle_not_yet_valid` | a bundle outside its lifetime |
 * | `call_id_taken` | an invitation with the callId of a call that was placed here |
 * | `certificate_expired`, `certificate_not_yet_valid` | a certificate outside its lifetime |
 * | `clock` | a time more than ten minutes ahead; of an envelope with its `age`, which is negative |
 * | `decryption_failed` | the envelope does not open with the prekey that it names, or its encapsulated key is refused |
 * | `duplicate_suite` | two prekeys of one suite in one publish |
 * | `freed` | the object was used after `free()` |
 * | `inbox_full` | one more than an inbox has room for: acknowledge what is pending, and try again |
 * | `invalid_argument` | an argument of the wrong type |
 * | `invalid_date` | no `Date`, an Invalid Date, or one before 1970 |
 * | `invalid_signer` | an outside signer returned something else than a `Uint8Array` of 64 bytes |
 * | `no_prekeys` | publish was called without prekeys |
 * | `no_randomness` | the system gave no random bytes |
 * | `not_initialized` | a call before `await init()` |
 * | `prekey_expired` | a prekey to publish is past its expiry |
 * | `replayed` | received before, or too late to tell |
 * | `revoked` | the certificate is older than its account's revocation floor |
 * | `stale_bundle` | a bundle older than the newest one seen of its device |
 * | `state_too_new` | the state of an inbox of a later version |
 * | `too_deep` | more than 16 nested containers |
 * | `too_large` | content does not fit the envelope; `needed` and `available` are bytes |
 * | `too_long` | content over 65,536 bytes before compression |
 * | `too_many` | more than 4,096 items of arrays and members of maps in one content |
 * | `too_old` | an envelope or a link request older than 30 days; of an envelope with its `age` |
 * | `unknown_prekey` | no prekey with the envelope's suite and id |
 * | `unsupported_suite`, `unsupported_version` | a suite or version that this build does not know |
 * | `untrusted` | the sender is no trusted account; `account` is its key |
 * | `weak_key` | a public key that is not canonical, of small order, or has a coefficient that is not reduced |
 * | `wrong_account` | signed for or by another account than the expected one |
 * | `wrong_device` | made for another device key |
 */
export type ErrorCode =
  | "bad_call_id"
  | "bad_cbor"
  | "bad_certificate"
  | "bad_compression"
  | "bad_content"
  | "bad_content_length"
  | "bad_device_token"
  | "bad_key"
  | "bad_length"
  | "bad_lifetime"
  | "bad_loc_key"
  | "bad_mac"
  | "bad_offers"
  | "bad_padding"
  | "bad_push"
  | "bad_signature"
  | "bad_state"
  | "bad_topic"
  | "bundle_expired"
  | "bundle_not_yet_valid"
  | "call_id_taken"
  | "certificate_expired"
  | "certificate_not_yet_valid"
  | "clock"
  | "decryption_failed"
  | "duplicate_suite"
  | "freed"
  | "inbox_full"
  | "invalid_argument"
  | "invalid_date"
  | "invalid_signer"
  | "no_prekeys"
  | "no_randomness"
  | "not_initialized"
  | "prekey_expired"
  | "replayed"
  | "revoked"
  | "stale_bundle"
  | "state_too_new"
  | "too_deep"
  | "too_large"
  | "too_long"
  | "too_many"
  | "too_old"
  | "unknown_prekey"
  | "unsupported_suite"
  | "unsupported_version"
  | "untrusted"
  | "weak_key"
  | "wrong_account"
  | "wrong_device";

/** What a {@link HushringError} may carry beside its code. */
export interface ErrorDetails {
  /** `too_large`: bytes that the content needs. */
  readonly needed?: number | undefined;
  /** `too_large`: bytes that there are. */
  readonly available?: number | undefined;
  /** `bad_content`, `too_deep`: the path of the member, for example `candidates[1].sdpMid`. */
  readonly member?: string | undefined;
  /** `untrusted`: the sender's account key, 32 bytes. */
  readonly account?: ReturnType<typeof Uint8Array.of> | undefined;
  /** `clock`, `too_old`: how long ago the envelope was sent, in milliseconds. Negative: ahead. */
  readonly age?: number | undefined;
}

/**
 * What every function of this package throws on purpose. Tell errors apart by `code`, and ask
 * {@link HushringError.is} rather than `instanceof`: an application may hold this package twice, as
 * an ES module and as CommonJS. What the application's own code throws, an accessor in an argument
 * or a signer, is passed on as it is.
 */
export class HushringError extends Error {
  /** What went wrong. See {@link ErrorCode}. */
  readonly code: ErrorCode;
  /** `too_large`: bytes that the content needs. */
  declare readonly needed?: number;
  /** `too_large`: bytes that there are. */
  declare readonly available?: number;
  /** `bad_content`, `too_deep`: the path of the member, for example `candidates[1].sdpMid`. */
  declare readonly member?: string;
  /** `untrusted`: the sender's account key, 32 bytes. */
  declare readonly account?: ReturnType<typeof Uint8Array.of>;
  /** `clock`, `too_old`: how long ago the envelope was sent, in milliseconds. Negative: ahead. */
  declare readonly age?: number;

  /** For tests and for what wraps this package. */
  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message);
    this.code = code;
    if (details.needed !== undefined) this.needed = details.needed;
    if (details.available !== undefined) this.available = details.available;
    if (details.member !== undefined) this.member = details.member;
    if (details.account !== undefined) this.account = details.account;
    if (details.age !== undefined) this.age = details.age;
  }

  /** Whether `value` is a HushringError, of whichever copy of this package. */
  static is(value: unknown): value is HushringError {
    return typeof value === "object" && value !== null && brand in value;
  }
}

const brand = Symbol.for("hushring.error");

Object.defineProperty(HushringError.prototype, brand, { value: true });
Object.defineProperty(HushringError.prototype, "name", {
  value: "HushringError",
  configurable: true,
  writable: true,
});
