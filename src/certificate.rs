//! Certificates: the statements of an account which devices are its own (spec/envelope.md,
//! "Certificates").

use crate::error::KeyError;
use crate::keys::{AccountKey, DeviceKey};
use crate::labels::Label;
use crate::limits::{CLOCK_TOLERANCE, DAY, MAX_CERTIFICATE_LIFETIME};
use crate::reader::Reader;
use crate::signing::{Known, Signature, ToBeSigned, to_be_signed};
use crate::time::{UnixMillis, UnixSeconds, check_lifetime};

/// An account's signed statement that a device is its own until the certificate ends.
///
/// In a value of this type the keys are sound and differ, the lifetime is positive and at most 366
/// days, and the signature is the account's. [`Certificate::check_time`] checks whether it is valid
/// at a given time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    fields: UnsignedCertificate,
    signature: Signature,
}

thread_local! {
    /// By all of their bytes.
    static VERIFIED: Known<{ Certificate::LEN }, Certificate> = const { Known::new() };
}

/// A certificate before its signature.
#[must_use = "it becomes a certificate once it is signed"]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsignedCertificate {
    account: AccountKey,
    device: DeviceKey,
    not_before: UnixSeconds,
    expires_at: UnixSeconds,
}

/// The time for which an account certifies a device.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Validity {
    /// When the certificate starts. By default the later of a day ago and the floor.
    pub not_before: Option<UnixSeconds>,
    /// The account's revocation floor, stored beside the account key. No certificate starts before
    /// it.
    pub floor: Option<UnixSeconds>,
    /// When the certificate ends: after `not_before` and after `now`, at most 366 days after
    /// `not_before`.
    pub expires_at: UnixSeconds,
    /// The time now.
    pub now: UnixMillis,
}

impl Validity {
    /// Starts a day before `now`, and ends at `expires_at`.
    pub const fn until(expires_at: UnixSeconds, now: UnixMillis) -> Validity {
        Validity {
            not_before: None,
            floor: None,
            expires_at,
            now,
        }
    }

    /// Starts at this moment.
    #[must_use]
    pub const fn with_not_before(self, not_before: UnixSeconds) -> Validity {
        Validity {
            not_before: Some(not_before),
            ..self
        }
    }

    /// Refuses to start before this revocation floor.
    #[must_use]
    pub const fn with_floor(self, floor: UnixSeconds) -> Validity {
        Validity {
            floor: Some(floor),
            ..self
        }
    }
}

impl Certificate {
    /// Bytes of a certificate.
    pub const LEN: usize = 144;

    /// Reads and checks a certificate.
    ///
    /// # Errors
    /// In this order:
    /// - [`KeyError::BadLength`] (`bad_length`): not 144 bytes.
    /// - [`KeyError::BadCertificate`] (`bad_certificate`): weak or equal keys, a lifetime that is
    ///   not positive or exceeds 366 days, or a signature that is not the account's.
    pub fn from_bytes(bytes: &[u8]) -> Result<Certificate, KeyError> {
        let bytes = bytes.try_into().map_err(|_| KeyError::BadLength)?;
        VERIFIED.with(|known| known.get_or(bytes, || Certificate::read(bytes)))
    }

    fn read(bytes: &[u8; Certificate::LEN]) -> Result<Certificate, KeyError> {
        let mut reader = Reader::new(bytes);
        let (
            Some(account),
            Some(device),
            Some(not_before),
            Some(expires_at),
            Some(signature),
            true,
        ) = (
            reader.array::<32>(),
            reader.array::<32>(),
            reader.u64(),
            reader.u64(),
            reader.array(),
            reader.is_empty(),
        )
        else {
            return Err(KeyError::BadLength);
        };
        let bad = |_| KeyError::BadCertificate;
        UnsignedCertificate::from_parts(
            AccountKey::from_bytes(account).map_err(bad)?,
            DeviceKey::from_bytes(device).map_err(bad)?,
            UnixSeconds(not_before),
            UnixSeconds(expires_at),
        )
        .and_then(|fields| fields.finish(Signature::from_bytes(*signature)))
        .map_err(bad)
    }

    /// Returns the certificate's 144 bytes.
    pub fn to_bytes(&self) -> [u8; Certificate::LEN] {
        let mut bytes = [0; Certificate::LEN];
        let (fields, signature) = bytes.split_at_mut(UnsignedCertificate::LEN);
        fields.copy_from_slice(&self.fields.to_bytes());
        signature.copy_from_slice(self.signature.as_bytes());
        bytes
    }

    /// Returns the account that signed it.
    pub fn account(&self) -> &AccountKey {
        &self.fields.account
    }

    /// Returns the certified device.
    pub fn device(&self) -> &DeviceKey {
        &self.fields.device
    }

    /// Returns when it starts to be valid.
    pub fn not_before(&self) -> UnixSeconds {
        self.fields.not_before
    }

    /// Returns when it ends. At that moment it is not valid any more.
    pub fn expires_at(&self) -> UnixSeconds {
        self.fields.expires_at
    }

    /// Checks that the certificate is valid at `time`:
    /// `not_before` − 10 min ≤ `time` < `expires_at`.
    ///
    /// # Errors
    /// In this order:
    /// - [`KeyError::CertificateNotYetValid`] (`certificate_not_yet_valid`).
    /// - [`KeyError::CertificateExpired`] (`certificate_expired`).
    pub fn check_time(&self, time: UnixMillis) -> Result<(), KeyError> {
        let begins = self.not_before().to_millis();
        if time < begins.saturating_sub(CLOCK_TOLERANCE) {
            return Err(KeyError::CertificateNotYetValid);
        }
        if time >= self.expires_at().to_millis() {
            return Err(KeyError::CertificateExpired);
        }
        Ok(())
    }
}

impl UnsignedCertificate {
    const LEN: usize = Certificate::LEN - Signature::LEN;

    /// Makes a certificate that waits for its account's signature.
    ///
    /// # Errors
    /// In this order:
    /// - [`KeyError::BadCertificate`] (`bad_certificate`): the two keys are equal.
    /// - [`KeyError::BadLifetime`] (`bad_lifetime`): not positive, or over 366 days.
    /// - [`KeyError::Revoked`] (`revoked`): it would start before the floor.
    /// - [`KeyError::BadLifetime`] (`bad_lifetime`): it would have ended already.
    pub fn new(
        account: AccountKey,
        device: DeviceKey,
        validity: &Validity,
    ) -> Result<UnsignedCertificate, KeyError> {
        let floor = validity.floor.unwrap_or(UnixSeconds(0));
        let a_day_ago = validity.now.saturating_sub(DAY).to_seconds();
        let not_before = validity.not_before.unwrap_or(a_day_ago.max(floor));
        let unsigned =
            UnsignedCertificate::from_parts(account, device, not_before, validity.expires_at)?;
        if not_before < floor {
            return Err(KeyError::Revoked);
        }
        if validity.expires_at.to_millis() <= validity.now {
            return Err(KeyError::BadLifetime);
        }
        Ok(unsigned)
    }

    fn from_parts(
        account: AccountKey,
        device: DeviceKey,
        not_before: UnixSeconds,
        expires_at: UnixSeconds,
    ) -> Result<UnsignedCertificate, KeyError> {
        if account.as_bytes() == device.as_bytes() {
            return Err(KeyError::BadCertificate);
        }
        check_lifetime(not_before, expires_at, MAX_CERTIFICATE_LIFETIME)?;
        Ok(UnsignedCertificate {
            account,
            device,
            not_before,
            expires_at,
        })
    }

    /// Returns the bytes that the account has to sign.
    pub fn to_be_signed(&self) -> ToBeSigned {
        to_be_signed(Label::Certificate, &[&self.to_bytes()])
    }

    /// Completes the certificate with the account's signature.
    ///
    /// # Errors
    /// [`KeyError::BadSignature`] (`bad_signature`): the signature is not the account's.
    pub fn finish(self, signature: Signature) -> Result<Certificate, KeyError> {
        if !self.account.verify(&self.to_be_signed(), &signature) {
            return Err(KeyError::BadSignature);
        }
        Ok(Certificate {
            fields: self,
            signature,
        })
    }

    fn to_bytes(&self) -> [u8; UnsignedCertificate::LEN] {
        let mut bytes = [0; UnsignedCertificate::LEN];
        let (account, rest) = bytes.split_at_mut(AccountKey::LEN);
        let (device, rest) = rest.split_at_mut(DeviceKey::LEN);
        let (not_before, expires_at) = rest.split_at_mut(8);
        account.copy_from_slice(self.account.as_bytes());
        device.copy_from_slice(self.device.as_bytes());
        not_before.copy_from_slice(&self.not_before.0.to_be_bytes());
        expires_at.copy_from_slice(&self.expires_at.0.to_be_bytes());
        bytes
    }
}
