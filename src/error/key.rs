use thiserror::Error;

use crate::random::NoRandomness;

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
    #[error(
        "the lifetime is not positive or exceeds its cap: 366 days from its beginning for a certificate, 90 for a prekey, the certificate's end for a bundle"
    )]
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
    /// A bundle older than the newest one seen of this device, whatever the suite.
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
    #[error("belongs to another account than the expected one")]
    WrongAccount,
    /// Something of another device than this one.
    #[error("belongs to another device than this one")]
    WrongDevice,
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

impl From<NoRandomness> for KeyError {
    fn from(_: NoRandomness) -> Self {
        KeyError::NoRandomness
    }
}
