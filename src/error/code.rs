//! The codes of all languages' APIs, each with its meaning. To add one, add a line here: the errors
//! of this crate take their codes from it by name, `make vocabulary` writes the TypeScript, and a
//! test names the row that is missing in spec/envelope.md, "Codes".

use thiserror::Error;

use crate::vocabulary::vocabulary;

/// Declares the codes and their meanings.
macro_rules! codes {
    ($($name:ident = $code:literal: $meaning:literal,)+) => {
        vocabulary! {
            /// The stable name of a failure, the same in every language.
            ///
            /// `BadDeviceToken`, `BadLocKey`, `BadPush` and `BadTopic` are a relay's, `Freed`,
            /// `InvalidArgument`, `InvalidDate`, `InvalidSigner`, `NotInitialized`, `Trapped`,
            /// `UnsupportedPlatform` and `WrongWasm` the npm package's. This crate returns the
            /// others.
            #[non_exhaustive]
            pub enum ErrorCode {
                $(#[doc = concat!("`", $code, "`: ", $meaning, ".")] $name = $code,)+
            }
        }

        impl ErrorCode {
            /// Returns what the code says, as the specification has it.
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(ErrorCode::$name => $meaning,)+
                }
            }
        }
    };
}

codes! {
    BadCallId = "bad_call_id":
        "a callId, given to an API, that is not a UUID, or is a version 8 UUID",
    BadCbor = "bad_cbor": "content that is not in the one allowed encoding",
    BadCertificate = "bad_certificate":
        "a certificate with weak or equal keys, a lifetime out of bounds, or a wrong signature",
    BadCompression = "bad_compression":
        "content that is not a DEFLATE stream, or one that does not end where the content ends",
    BadContent = "bad_content": "content that breaks a rule of its type, or that cannot be encoded",
    BadContentLength = "bad_content_length": "a frame whose content length is 0 or exceeds its room",
    BadDeviceToken = "bad_device_token":
        "a device token that is not an even number of hexadecimal digits",
    BadKey = "bad_key": "a public key of the wrong length, or bytes that are not a key",
    BadLength = "bad_length": "input that does not have the length it should have",
    BadLifetime = "bad_lifetime":
        "a lifetime that is not positive, exceeds its cap, or outlives its certificate",
    BadLocKey = "bad_loc_key": "a loc-key that is empty, or too long",
    BadMac = "bad_mac": "a link message that this secret does not authenticate",
    BadOffers = "bad_offers": "a bundle that does not offer its own suite",
    BadPadding = "bad_padding": "padding that is not all zero",
    BadPush = "bad_push":
        "a push that departs from the template or the others of its set, or repeats an envelope",
    BadSignature = "bad_signature": "a signature that does not verify, other than a certificate's",
    BadState = "bad_state":
        "saved state, of an inbox or of what an account last published, that is damaged",
    BadTopic = "bad_topic":
        "a topic that is empty, not printable ASCII, a wildcard, or one of another type of push",
    BundleExpired = "bundle_expired": "a bundle past its end",
    BundleNotYetValid = "bundle_not_yet_valid": "a bundle issued more than 10 minutes ahead",
    CallIdTaken = "call_id_taken": "an invitation with the callId of a call that was placed here",
    CallOver = "call_over": "a call that does not ring, or is neither answered nor placed here",
    CertificateExpired = "certificate_expired": "a certificate past its end",
    CertificateNotYetValid = "certificate_not_yet_valid":
        "a certificate that starts more than 10 minutes ahead",
    Clock = "clock": "dated more than 10 minutes ahead",
    DecryptionFailed = "decryption_failed":
        "HPKE does not open the envelope, or refuses its encapsulated key",
    DuplicateSuite = "duplicate_suite": "a publication with two prekeys of one suite",
    Freed = "freed": "an object that is used after it was freed",
    InboxFull = "inbox_full": "a bound of the inbox that refuses",
    InvalidArgument = "invalid_argument":
        "an argument of the wrong type or much too long, or an option that does not exist",
    InvalidDate = "invalid_date": "a value that is not a Date, an Invalid Date, or one before 1970",
    InvalidSigner = "invalid_signer": "an outside signer that did not return 64 bytes",
    NoPrekeys = "no_prekeys": "a publication without prekeys",
    NoRandomness = "no_randomness":
        "the system gave no random bytes, zeros, or the same twice, so nothing was made",
    NotInitialized = "not_initialized": "a call before the WebAssembly was loaded",
    PrekeyExpired = "prekey_expired": "a prekey to publish that is past its end",
    Replayed = "replayed": "sent no later than the replay floor of its account",
    Revoked = "revoked": "a certificate from before its account's revocation floor",
    StaleBundle = "stale_bundle": "a bundle older than what its device last published, or another of the same moment",
    StateRolledBack = "state_rolled_back":
        "saved state of an inbox of a lower revision than was demanded",
    StateTooNew = "state_too_new":
        "saved state, of an inbox or of what an account last published, of a later version",
    TooDeep = "too_deep": "more than 16 nested containers",
    TooLarge = "too_large": "content that does not fit the envelope after compression",
    TooLong = "too_long": "more than 65,536 bytes of content before compression",
    TooMany = "too_many":
        "more than 4,096 items of arrays and members of maps in one content; a bundle behind the 512th of a list, a statement behind the 256th",
    TooOld = "too_old": "dated more than 30 days ago",
    Trapped = "trapped":
        "the WebAssembly failed within a call, such as for want of memory, and is not used again",
    UnknownPrekey = "unknown_prekey": "no prekey has this suite and id",
    UnsupportedPlatform = "unsupported_platform":
        "a platform, or a Content Security Policy, that lacks something that this package needs",
    UnsupportedSuite = "unsupported_suite": "a suite that this version does not know",
    UnsupportedVersion = "unsupported_version": "a version that this one does not know",
    Untrusted = "untrusted": "a sender that proved itself, and whose account is not trusted",
    WeakKey = "weak_key":
        "a public key that is not canonical, of small order, or has a coefficient that is not reduced",
    WrongAccount = "wrong_account": "belongs to an account other than the expected one",
    WrongDevice = "wrong_device": "belongs to a device other than the expected one",
    WrongWasm = "wrong_wasm": "WebAssembly that is not the one of this version of the package",
}

/// A name that is not in the closed set that it was looked up in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a name of this set")]
pub struct UnknownName;

/// Declares an error whose variants bear the names of their codes. A variant behind `..` passes on
/// the code of the error in it.
macro_rules! errors {
    (
        $(#[$meta:meta])*
        pub enum $error:ident {
            $($(#[$doc:meta])* $variant:ident $({ $($field:tt)+ })?,)+
            $(.. $(#[$inner_doc:meta])* $inner:ident($($source:tt)+),)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
        #[non_exhaustive]
        pub enum $error {
            $($(#[$doc])* $variant $({ $($field)+ })?,)+
            $($(#[$inner_doc])* #[error(transparent)] $inner($($source)+),)?
        }

        impl $error {
            /// Returns the stable name of this failure.
            pub fn code(&self) -> $crate::error::ErrorCode {
                match self {
                    $($error::$variant { .. } => $crate::error::ErrorCode::$variant,)+
                    $($error::$inner(error) => error.code(),)?
                }
            }
        }
    };
}
pub(crate) use errors;
