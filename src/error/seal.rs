use thiserror::Error;

use super::ContentError;
use crate::random::NoRandomness;

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

impl From<NoRandomness> for SealError {
    fn from(_: NoRandomness) -> Self {
        SealError::NoRandomness
    }
}
