// Written by `make vocabulary` from the Rust crate, where these names are declared.

/**
 * Every `code` of a HushringError. Codes are stable; messages are not.
 *
 * | code | meaning |
 * |---|---|
 * | `bad_call_id` | a callId, given to an API, that is not a UUID, or is a version 8 UUID |
 * | `bad_cbor` | content that is not in the one allowed encoding |
 * | `bad_certificate` | a certificate with weak or equal keys, a lifetime out of bounds, or a wrong signature |
 * | `bad_compression` | content that is not a DEFLATE stream, or one that does not end where the content ends |
 * | `bad_content` | content that breaks a rule of its type, or that cannot be encoded |
 * | `bad_content_length` | a frame whose content length is 0 or exceeds its room |
 * | `bad_device_token` | a device token that is not an even number of hexadecimal digits |
 * | `bad_key` | a public key of the wrong length, or bytes that are not a key |
 * | `bad_length` | input that does not have the length it should have |
 * | `bad_lifetime` | a lifetime that is not positive, exceeds its cap, or outlives its certificate |
 * | `bad_loc_key` | a loc-key that is empty, or too long |
 * | `bad_mac` | a link message that this secret does not authenticate |
 * | `bad_offers` | a bundle that does not offer its own suite |
 * | `bad_padding` | padding that is not all zero |
 * | `bad_push` | a push that departs from the template or the others of its set, or repeats an envelope |
 * | `bad_signature` | a signature that does not verify, other than a certificate's |
 * | `bad_state` | saved state, of an inbox or of what an account last published, that is damaged |
 * | `bad_topic` | a topic that is empty, not printable ASCII, a wildcard, or one of another type of push |
 * | `bundle_expired` | a bundle past its end |
 * | `bundle_not_yet_valid` | a bundle issued more than 10 minutes ahead |
 * | `call_id_taken` | an invitation with the callId of a call that was placed here |
 * | `call_over` | a call that does not ring, or is neither answered nor placed here |
 * | `certificate_expired` | a certificate past its end |
 * | `certificate_not_yet_valid` | a certificate that starts more than 10 minutes ahead |
 * | `clock` | dated more than 10 minutes ahead |
 * | `decryption_failed` | HPKE does not open the envelope, or refuses its encapsulated key |
 * | `duplicate_suite` | a publication with two prekeys of one suite |
 * | `freed` | an object that is used after it was freed |
 * | `inbox_full` | a bound of the inbox that refuses |
 * | `invalid_argument` | an argument of the wrong type or much too long, or an option that does not exist |
 * | `invalid_date` | a value that is not a Date, an Invalid Date, or one before 1970 |
 * | `invalid_signer` | an outside signer that did not return 64 bytes |
 * | `no_prekeys` | a publication without prekeys |
 * | `no_randomness` | the system gave no random bytes, zeros, or the same twice, so nothing was made |
 * | `not_initialized` | a call before the WebAssembly was loaded |
 * | `prekey_expired` | a prekey to publish that is past its end |
 * | `replayed` | sent no later than the replay floor of its account |
 * | `revoked` | a certificate from before its account's revocation floor |
 * | `stale_bundle` | a bundle older than what its device last published, or another of the same moment |
 * | `state_rolled_back` | saved state of an inbox of a lower revision than was demanded |
 * | `state_too_new` | saved state, of an inbox or of what an account last published, of a later version |
 * | `too_deep` | more than 16 nested containers |
 * | `too_large` | content that does not fit the envelope after compression |
 * | `too_long` | more than 65,536 bytes of content before compression |
 * | `too_many` | more than 4,096 items of arrays and members of maps in one content; a bundle behind the 512th of a list, a statement behind the 256th |
 * | `too_old` | dated more than 30 days ago |
 * | `trapped` | the WebAssembly failed within a call, such as for want of memory, and is not used again |
 * | `unknown_prekey` | no prekey has this suite and id |
 * | `unsupported_platform` | a platform, or a Content Security Policy, that lacks something that this package needs |
 * | `unsupported_suite` | a suite that this version does not know |
 * | `unsupported_version` | a version that this one does not know |
 * | `untrusted` | a sender that proved itself, and whose account is not trusted |
 * | `weak_key` | a public key that is not canonical, of small order, or has a coefficient that is not reduced |
 * | `wrong_account` | belongs to an account other than the expected one |
 * | `wrong_device` | belongs to a device other than the expected one |
 * | `wrong_wasm` | WebAssembly that is not the one of this version of the package |
 */
export type ErrorCode = (typeof errorCodes)[number];

/** Every ErrorCode. */
export const errorCodes = [
  "bad_call_id",
  "bad_cbor",
  "bad_certificate",
  "bad_compression",
  "bad_content",
  "bad_content_length",
  "bad_device_token",
  "bad_key",
  "bad_length",
  "bad_lifetime",
  "bad_loc_key",
  "bad_mac",
  "bad_offers",
  "bad_padding",
  "bad_push",
  "bad_signature",
  "bad_state",
  "bad_topic",
  "bundle_expired",
  "bundle_not_yet_valid",
  "call_id_taken",
  "call_over",
  "certificate_expired",
  "certificate_not_yet_valid",
  "clock",
  "decryption_failed",
  "duplicate_suite",
  "freed",
  "inbox_full",
  "invalid_argument",
  "invalid_date",
  "invalid_signer",
  "no_prekeys",
  "no_randomness",
  "not_initialized",
  "prekey_expired",
  "replayed",
  "revoked",
  "stale_bundle",
  "state_rolled_back",
  "state_too_new",
  "too_deep",
  "too_large",
  "too_long",
  "too_many",
  "too_old",
  "trapped",
  "unknown_prekey",
  "unsupported_platform",
  "unsupported_suite",
  "unsupported_version",
  "untrusted",
  "weak_key",
  "wrong_account",
  "wrong_device",
  "wrong_wasm",
] as const;

/** A check that an envelope passes on the way to its event, in the order of the checks. */
export type Check =
  | "length"
  | "version"
  | "suite"
  | "prekey"
  | "decryption"
  | "contentLength"
  | "padding"
  | "certificate"
  | "signature"
  | "trust"
  | "replay"
  | "sentAt"
  | "revocation"
  | "certificateTimes"
  | "room"
  | "inflation"
  | "cbor"
  | "members"
  | "call";

/** The outcome of a check. */
export type Outcome = "passed" | "stopped" | "notReached";

/** What an app does with an event. */
export type Action = "ring" | "missed" | "end" | "signal" | "second" | "notify" | "drop";

/**
 * Why a call is missed. `ended`: the caller has given up. `expired`: the invitation arrived more
 * than 30 seconds after its lifetime, or a clock is wrong. `certificate`: that of the caller's
 * device is not valid now. `clock`: it was dated ahead, and held until its time came.
 */
export type MissedReason = "certificate" | "clock" | "ended" | "expired";

/** Why nothing is to be done. */
export type DropReason =
  | "answered"
  | "answeredElsewhere"
  | "certificate"
  | "cover"
  | "declinedElsewhere"
  | "duplicate"
  | "early"
  | "over"
  | "own"
  | "repeated"
  | "taken"
  | "unknown";

/**
 * Why an envelope is held. `untrusted`: until its account is trusted. `clock`: until its time
 * comes, because it is dated ahead.
 */
export type HeldReason = "clock" | "untrusted";

/** Why a call ended. */
export type EndReason =
  | "failed"
  | "remoteEnded"
  | "unanswered"
  | "answeredElsewhere"
  | "declinedElsewhere"
  | "declined"
  | "busy"
  | "cancelled";

/**
 * CallKit's `CXCallEndedReason`: 1 failed, 2 remoteEnded (also declined, busy, cancelled),
 * 3 unanswered, 4 answeredElsewhere, 5 declinedElsewhere.
 */
export type EndedReason = 1 | 2 | 3 | 4 | 5;

/** The types of a description, those of the browser's `RTCSdpType`. */
export type DescriptionType = (typeof descriptionTypes)[number];

/** Every DescriptionType. */
export const descriptionTypes = ["offer", "answer", "pranswer", "rollback"] as const;

/** The kinds of `CXHandle`. */
export type HandleType = (typeof handleTypes)[number];

/** Every HandleType. */
export const handleTypes = ["generic", "phoneNumber", "emailAddress"] as const;

/** The byte that stands for each suite on the wire. */
export const suites = { x25519: 1, xwing: 2 } as const;

/**
 * A cipher suite. `x25519` is suite 1, iOS 17 and later; `xwing` is suite 2, post-quantum, iOS 26
 * and later.
 */
export type Suite = keyof typeof suites;

/** Bytes of an envelope. */
export const envelopeLength = 2_880;

/** Bytes of a certificate. */
export const certificateLength = 144;

/** Bytes of a link request. */
export const linkRequestLength = 137;

/** Bytes of a link grant. */
export const linkGrantLength = 177;

/** Bytes of a revocation of an account's certificates. */
export const revocationLength = 105;

/** Bytes of a revocation of one device's certificates. */
export const deviceRevocationLength = 137;

/** Bytes of content before compression, at most. */
export const maxContentLength = 65_536;

/** Bundles of one list, at most. Those behind are refused unread. */
export const maxBundles = 512;

/** Revocation statements of one list, at most. Those behind are passed over unread. */
export const maxStatements = 256;

/** Bytes of what an account last published, at most. */
export const maxLastPublishedLength = 217_161;

/** Nested containers in content, at most. */
export const maxDepth = 16;

/** Bytes of a handle's value, at most. */
export const maxHandleLength = 255;

/** Bytes of a name, at most. */
export const maxNameLength = 256;
