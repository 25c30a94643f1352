use crate::error::code::errors;
use crate::random::NoRandomness;

errors! {
    /// Says what is wrong with a key, certificate, prekey, bundle, link message or revocation.
    pub enum KeyError {
        /// The certificate has weak or equal keys, a lifetime beyond 366 days, or a wrong
        /// signature.
        #[error("the certificate is not valid")]
        BadCertificate,
        /// The bytes are not a key.
        #[error("not a valid key")]
        BadKey,
        /// The input does not have the length it should have.
        #[error("the input has the wrong length")]
        BadLength,
        /// The end is not after the start, or too long after it, or after the end of the
        /// certificate it depends on.
        #[error(
            "the lifetime is not positive or exceeds its cap: 366 days for a certificate, 90 days \
             for a prekey, the certificate's end for a bundle"
        )]
        BadLifetime,
        /// The link message was made with another secret, or changed.
        #[error("this secret does not authenticate the link message")]
        BadMac,
        /// The bundle's own suite is not among the suites that it says its device offers.
        #[error("the bundle does not offer its own suite")]
        BadOffers,
        /// The signature does not verify.
        #[error("the signature does not verify")]
        BadSignature,
        /// The bundle is past its end.
        #[error("the bundle has expired")]
        BundleExpired,
        /// The bundle was issued more than 10 minutes ahead of `now`.
        #[error("the bundle was issued in the future: compare the clocks")]
        BundleNotYetValid,
        /// The certificate is past its end.
        #[error("the certificate has expired")]
        CertificateExpired,
        /// The certificate starts more than 10 minutes ahead of `now`.
        #[error("the certificate is not yet valid: compare the clocks")]
        CertificateNotYetValid,
        /// The link request or revocation is dated more than 10 minutes ahead of `now`.
        #[error("dated more than 10 minutes ahead of now: compare the clocks")]
        Clock,
        /// The publication has two prekeys of one suite.
        #[error("a publication has one prekey for each suite")]
        DuplicateSuite,
        /// The publication has no prekeys.
        #[error("a publication needs at least one prekey")]
        NoPrekeys,
        /// The system gave no random bytes, zeros, or the same twice, so nothing was made.
        #[error("the system gave no random bytes, zeros, or the same twice")]
        NoRandomness,
        /// The prekey is past its end.
        #[error("the prekey has expired")]
        PrekeyExpired,
        /// The certificate starts before the account's revocation floor.
        #[error("the certificate is revoked")]
        Revoked,
        /// The bundle is older than what its device last published, whatever the suite.
        #[error("the bundle is older than what its device last published")]
        StaleBundle,
        /// The bundle is behind the 512th of its list, or the statement behind the 256th, and was
        /// not read.
        #[error("the list is too long: this one was not read")]
        TooMany,
        /// The link request is older than 30 days.
        #[error("the link request is older than 30 days")]
        TooOld,
        /// This version does not know the suite.
        #[error("unsupported suite")]
        UnsupportedSuite,
        /// This version does not know the input's version.
        #[error("unsupported version")]
        UnsupportedVersion,
        /// The public key is not canonical, of small order, or has a coefficient that is not
        /// reduced.
        #[error("the public key is weak")]
        WeakKey,
        /// The input belongs to an account other than the expected one.
        #[error("belongs to an account other than the expected one")]
        WrongAccount,
        /// The input belongs to a device other than the expected one.
        #[error("belongs to a device other than the expected one")]
        WrongDevice,
    }
}

impl From<NoRandomness> for KeyError {
    fn from(_: NoRandomness) -> Self {
        KeyError::NoRandomness
    }
}
