use crate::error::ContentError;
use crate::error::code::errors;
use crate::random::NoRandomness;

errors! {
    /// Says why no envelope was made. Nothing has been emitted.
    pub enum SealError {
        /// An outside signer's signature does not verify.
        #[error("the signature does not verify")]
        BadSignature,
        /// The recipient's bundle is past its end: fetch a new one.
        #[error("the bundle has expired")]
        BundleExpired,
        /// The sender's own certificate is past its end: renew it.
        #[error("the certificate has expired")]
        CertificateExpired,
        /// The sender's own certificate starts more than 10 minutes ahead of `now`.
        #[error("the certificate is not yet valid: compare the clocks")]
        CertificateNotYetValid,
        /// The system gave no random bytes, zeros, or the same twice.
        #[error("the system gave no random bytes, zeros, or the same twice")]
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
        .. /// The content breaks a rule of the format.
        Content(#[from] ContentError),
    }
}

impl From<NoRandomness> for SealError {
    fn from(_: NoRandomness) -> Self {
        SealError::NoRandomness
    }
}
