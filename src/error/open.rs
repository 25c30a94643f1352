use crate::error::ContentError;
use crate::error::code::errors;
use crate::keys::AccountKey;

errors! {
    /// Says why an envelope was refused. Nothing has changed, except that an inbox holds what an
    /// untrusted account sent.
    pub enum OpenError {
        /// The sender's certificate has weak or equal keys, a lifetime beyond 366 days, or a wrong
        /// signature.
        #[error("the sender's certificate is not valid")]
        BadCertificate,
        /// The content length is 0 or exceeds the frame's room.
        #[error("the content length does not fit the frame")]
        BadContentLength,
        /// The input does not have 2,880 bytes.
        #[error("an envelope has 2,880 bytes")]
        BadLength,
        /// The padding is not all zeros.
        #[error("the padding is not all zeros")]
        BadPadding,
        /// The sender's device did not sign this envelope for this recipient.
        #[error("the envelope's signature does not verify")]
        BadSignature,
        /// The invitation bears the id of a call that was placed here.
        #[error("the call id belongs to a call that was placed here")]
        CallIdTaken,
        /// The envelope was sent at or after the end of the sender's certificate.
        #[error("the sender's certificate had expired when this was sent")]
        CertificateExpired,
        /// The envelope was sent more than 10 minutes before the sender's certificate starts.
        #[error("the sender's certificate was not yet valid when this was sent")]
        CertificateNotYetValid,
        /// The envelope is dated more than 10 minutes ahead of `now`.
        #[error("sent {ahead_ms} ms ahead of now: compare the clocks")]
        Clock {
            /// How far ahead, in milliseconds.
            ahead_ms: u64,
        },
        /// The envelope is damaged, forged, or sealed to somebody else.
        #[error("decryption failed")]
        DecryptionFailed,
        /// The journal has no room: events wait to be acknowledged.
        #[error("the journal is full: act on what is pending, acknowledge it, and try again")]
        InboxFull,
        /// The envelope was sent no later than the replay floor of its account.
        #[error("received before, or too late to tell")]
        Replayed,
        /// The sender's certificate is from before its account's revocation floor.
        #[error("the sender's certificate is revoked")]
        Revoked,
        /// The envelope was sent more than 30 days ago.
        #[error("sent {age_ms} ms ago: older than 30 days")]
        TooOld {
            /// How long ago, in milliseconds.
            age_ms: u64,
        },
        /// No prekey here has the envelope's suite and id.
        #[error("no prekey here has this suite and id")]
        UnknownPrekey,
        /// This version does not know the suite.
        #[error("unsupported suite")]
        UnsupportedSuite,
        /// This version does not know the envelope's version.
        #[error("unsupported version")]
        UnsupportedVersion,
        /// Everything verifies, but nobody here trusts this account.
        #[error("the sender's account is not trusted")]
        Untrusted {
            /// The account that certified the sender.
            account: AccountKey,
        },
        .. /// The content breaks a rule of the format: the sender's fault.
        Content(#[from] ContentError),
    }
}
