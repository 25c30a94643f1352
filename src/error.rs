//! Errors, split by who meets them. Each has a `code()`: the stable name that every language's API
//! gives to the same failure (spec/envelope.md, "Codes"). No error carries a secret or plaintext.

use thiserror::Error;

use crate::random::NoRandomness;
use crate::signing::AccountKey;

/// Content that the format does not allow. In sealing the caller's fault, in opening the sender's.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ContentError {
    /// A call id that is no UUID.
    #[error("the call id is no UUID")]
    BadCallId,
    /// Bytes that are not the one deterministic encoding of a map.
    #[error("the content is not CBOR in the one encoding that the format allows")]
    BadCbor,
    /// Bytes that are not one DEFLATE stream which ends exactly where the content does.
    #[error("the content is not one DEFLATE stream that ends where the content ends")]
    BadCompression,
    /// A member with a wrong type or value, or a required one that is missing.
    #[error("content member {member:?} has a type or value that the format does not allow")]
    BadContent {
        /// Where it stands, such as `candidates[1].sdpMid`.
        member: String,
    },
    /// More than 16 nested containers.
    #[error("the content nests deeper than 16 containers")]
    TooDeep,
    /// More than 65,536 bytes before compression.
    #[error("the content is longer than 65,536 bytes before compression")]
    TooLong,
}

/// Keys, certificates, prekeys, bundles, linking and revocation.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// A certificate with weak or equal keys, a lifetime beyond 366 days or a wrong signature.
    #[error("the certificate is not valid")]
    BadCertificate,
    /// Bytes that are no key.
    #[error("these bytes are no key")]
    BadKey,
    /// Input of the wrong length for what it should be.
    #[error("the input has the wrong length")]
    BadLength,
    /// An end that is not after the beginning, or too long after it, or after that of what it
    /// depends on.
    #[error("the lifetime is not positive or exceeds its cap")]
    BadLifetime,
    /// A link message that was not made with this secret, or was changed.
    #[error("the link message is not authenticated by this secret")]
    BadMac,
    /// A bundle whose own suite is not among the suites it says its device offers.
    #[error("the bundle does not offer its own suite")]
    BadOffers,
    /// A signature that does not verify.
    #[error("the signature does not verify")]
    BadSignature,
    /// A bundle past its end.
    #[error("the bundle has expired")]
    BundleExpired,
    /// A bundle issued more than 10 minutes ahead of now.
    #[error("the bundle was issued in the future: compare the clocks")]
    BundleNotYetValid,
    /// A certificate past its end.
    #[error("the certificate has expired")]
    CertificateExpired,
    /// A certificate that begins more than 10 minutes ahead of now.
    #[error("the certificate is not valid yet: compare the clocks")]
    CertificateNotYetValid,
    /// A link request or revocation dated more than 10 minutes ahead of now.
    #[error("dated more than 10 minutes ahead of now: compare the clocks")]
    Clock,
    /// Two prekeys of one suite in one publication.
    #[error("a publication has one prekey for each suite")]
    DuplicateSuite,
    /// A publication without prekeys.
    #[error("nothing to publish")]
    NoPrekeys,
    /// The system gave no random bytes; nothing was made.
    #[error("the system gave no random bytes")]
    NoRandomness,
    /// A prekey past its end.
    #[error("the prekey has expired")]
    PrekeyExpired,
    /// A certificate that begins before the account's revocation floor.
    #[error("the certificate is revoked")]
    Revoked,
    /// A bundle older than the newest one seen of this device and suite.
    #[error("an older bundle than one seen before")]
    StaleBundle,
    /// A link request older than 30 days.
    #[error("the link request is older than 30 days")]
    TooOld,
    /// A suite that this version does not know.
    #[error("unsupported suite")]
    UnsupportedSuite,
    /// A version that this one does not know.
    #[error("unsupported version")]
    UnsupportedVersion,
    /// A public key that is not canonical or of low order.
    #[error("the public key is weak")]
    WeakKey,
    /// Something of another account than the expected one.
    #[error("belongs to another account")]
    WrongAccount,
    /// Something of another device than this one.
    #[error("belongs to another device")]
    WrongDevice,
}

/// Why no envelope was made. Nothing has been emitted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SealError {
    /// An outside signer's signature does not verify.
    #[error("the signature does not verify")]
    BadSignature,
    /// The recipient's bundle is past its end: fetch a new one.
    #[error("the bundle has expired")]
    BundleExpired,
    /// Our certificate is past its end: renew it.
    #[error("the certificate has expired")]
    CertificateExpired,
    /// Our certificate begins more than 10 minutes ahead of now.
    #[error("the certificate is not valid yet: compare the clocks")]
    CertificateNotYetValid,
    /// The content is not what the format allows.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// The system gave no random bytes.
    #[error("the system gave no random bytes")]
    NoRandomness,
    /// The compressed content does not fit the envelope.
    #[error("the content needs {needed} bytes and the envelope has room for {available}")]
    TooLarge {
        /// Bytes that the compressed content needs.
        needed: usize,
        /// Bytes that the suite has for it.
        available: usize,
    },
    /// The recipient's key does not encapsulate.
    #[error("the recipient's key is weak")]
    WeakKey,
}

/// Why an envelope was not accepted, in the order of the checks. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// A certificate with weak or equal keys, a lifetime beyond 366 days or a wrong signature.
    #[error("the sender's certificate is not valid")]
    BadCertificate,
    /// A content length of 0 or beyond the frame.
    #[error("the content length does not fit the frame")]
    BadContentLength,
    /// Not 2,880 bytes.
    #[error("an envelope has 2,880 bytes")]
    BadLength,
    /// Padding that is not all zeros.
    #[error("the padding is not all zeros")]
    BadPadding,
    /// The sender's device did not sign this envelope for this recipient.
    #[error("the envelope's signature does not verify")]
    BadSignature,
    /// Sent at or after the end of the sender's certificate.
    #[error("the sender's certificate had expired when this was sent")]
    CertificateExpired,
    /// Sent more than 10 minutes before the beginning of the sender's certificate.
    #[error("the sender's certificate was not valid yet when this was sent")]
    CertificateNotYetValid,
    /// Sent more than 10 minutes ahead of now.
    #[error("sent {ahead_ms} ms ahead of now: compare the clocks")]
    Clock {
        /// How far ahead, in milliseconds.
        ahead_ms: u64,
    },
    /// The content is not what the format allows: the sender's fault.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// Damaged, forged, or sealed to somebody else.
    #[error("decryption failed")]
    DecryptionFailed,
    /// Sent more than 30 days ago.
    #[error("sent {age_ms} ms ago: older than 30 days")]
    TooOld {
        /// How long ago, in milliseconds.
        age_ms: u64,
    },
    /// No prekey here has this suite and id.
    #[error("no prekey here has this suite and id")]
    UnknownPrekey,
    /// A suite that this version does not know.
    #[error("unsupported suite")]
    UnsupportedSuite,
    /// A version that this one does not know.
    #[error("unsupported version")]
    UnsupportedVersion,
    /// Everything verifies, but nobody here trusts this account.
    #[error("the sender's account is not trusted")]
    Untrusted {
        /// The account that the sender has proved to be certified by.
        account: AccountKey,
    },
}

impl ContentError {
    /// The stable name of this failure.
    pub fn code(&self) -> &'static str {
        match self {
            ContentError::BadCallId => "bad_call_id",
            ContentError::BadCbor => "bad_cbor",
            ContentError::BadCompression => "bad_compression",
            ContentError::BadContent { .. } => "bad_content",
            ContentError::TooDeep => "too_deep",
            ContentError::TooLong => "too_long",
        }
    }
}

impl KeyError {
    /// The stable name of this failure.
    pub fn code(&self) -> &'static str {
        match self {
            KeyError::BadCertificate => "bad_certificate",
            KeyError::BadKey => "bad_key",
            KeyError::BadLength => "bad_length",
            KeyError::BadLifetime => "bad_lifetime",
            KeyError::BadMac => "bad_mac",
            KeyError::BadOffers => "bad_offers",
            KeyError::BadSignature => "bad_signature",
            KeyError::BundleExpired => "bundle_expired",
            KeyError::BundleNotYetValid => "bundle_not_yet_valid",
            KeyError::CertificateExpired => "certificate_expired",
            KeyError::CertificateNotYetValid => "certificate_not_yet_valid",
            KeyError::Clock => "clock",
            KeyError::DuplicateSuite => "duplicate_suite",
            KeyError::NoPrekeys => "no_prekeys",
            KeyError::NoRandomness => "no_randomness",
            KeyError::PrekeyExpired => "prekey_expired",
            KeyError::Revoked => "revoked",
            KeyError::StaleBundle => "stale_bundle",
            KeyError::TooOld => "too_old",
            KeyError::UnsupportedSuite => "unsupported_suite",
            KeyError::UnsupportedVersion => "unsupported_version",
            KeyError::WeakKey => "weak_key",
            KeyError::WrongAccount => "wrong_account",
            KeyError::WrongDevice => "wrong_device",
        }
    }
}

impl SealError {
    /// The stable name of this failure.
    pub fn code(&self) -> &'static str {
        match self {
            SealError::BadSignature => "bad_signature",
            SealError::BundleExpired => "bundle_expired",
            SealError::CertificateExpired => "certificate_expired",
            SealError::CertificateNotYetValid => "certificate_not_yet_valid",
            SealError::Content(error) => error.code(),
            SealError::NoRandomness => "no_randomness",
            SealError::TooLarge { .. } => "too_large",
            SealError::WeakKey => "weak_key",
        }
    }
}

impl OpenError {
    /// The stable name of this failure.
    pub fn code(&self) -> &'static str {
        match self {
            OpenError::BadCertificate => "bad_certificate",
            OpenError::BadContentLength => "bad_content_length",
            OpenError::BadLength => "bad_length",
            OpenError::BadPadding => "bad_padding",
            OpenError::BadSignature => "bad_signature",
            OpenError::CertificateExpired => "certificate_expired",
            OpenError::CertificateNotYetValid => "certificate_not_yet_valid",
            OpenError::Clock { .. } => "clock",
            OpenError::Content(error) => error.code(),
            OpenError::DecryptionFailed => "decryption_failed",
            OpenError::TooOld { .. } => "too_old",
            OpenError::UnknownPrekey => "unknown_prekey",
            OpenError::UnsupportedSuite => "unsupported_suite",
            OpenError::UnsupportedVersion => "unsupported_version",
            OpenError::Untrusted { .. } => "untrusted",
        }
    }
}

impl From<NoRandomness> for KeyError {
    fn from(_: NoRandomness) -> Self {
        KeyError::NoRandomness
    }
}

impl From<NoRandomness> for SealError {
    fn from(_: NoRandomness) -> Self {
        SealError::NoRandomness
    }
}
