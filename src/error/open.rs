use thiserror::Error;

use super::ContentError;
use crate::signing::AccountKey;

/// Why an envelope was not accepted. Nothing has changed, but that an inbox holds what is untrusted.
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
    /// An invitation to a call whose id this account has used for a call of its own.
    #[error("the call id belongs to a call that was placed here")]
    CallIdTaken,
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
    /// No room in the journal: events wait to be acknowledged.
    #[error("the journal is full: act on what is pending, acknowledge it, and try again")]
    InboxFull,
    /// Sent no later than the newest that this account's replay floor has swallowed.
    #[error("seen before, or too late to tell")]
    Replayed,
    /// A certificate from before its account's revocation floor.
    #[error("the sender's certificate is revoked")]
    Revoked,
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

impl OpenError {
    /// The stable name of this failure.
    pub fn code(&self) -> &'static str {
        match self {
            OpenError::BadCertificate => "bad_certificate",
            OpenError::BadContentLength => "bad_content_length",
            OpenError::BadLength => "bad_length",
            OpenError::BadPadding => "bad_padding",
            OpenError::BadSignature => "bad_signature",
            OpenError::CallIdTaken => "call_id_taken",
            OpenError::CertificateExpired => "certificate_expired",
            OpenError::CertificateNotYetValid => "certificate_not_yet_valid",
            OpenError::Clock { .. } => "clock",
            OpenError::Content(error) => error.code(),
            OpenError::DecryptionFailed => "decryption_failed",
            OpenError::InboxFull => "inbox_full",
            OpenError::Replayed => "replayed",
            OpenError::Revoked => "revoked",
            OpenError::TooOld { .. } => "too_old",
            OpenError::UnknownPrekey => "unknown_prekey",
            OpenError::UnsupportedSuite => "unsupported_suite",
            OpenError::UnsupportedVersion => "unsupported_version",
            OpenError::Untrusted { .. } => "untrusted",
        }
    }
}
