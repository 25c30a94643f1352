//! Accounts: the long-term key that contacts pin (spec/envelope.md, "Keys").

use std::fmt;

use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use crate::certificate::{Certificate, UnsignedCertificate, Validity};
use crate::error::KeyError;
use crate::keys::{AccountKey, DeviceKey};
use crate::linking::{LinkGrant, LinkRequest, LinkSecret};
use crate::random::SysRng;
use crate::revocation::{Revocation, UnsignedRevocation};
use crate::signing::SigningKey;
use crate::time::{UnixMillis, UnixSeconds};

/// An account's private key. It stays where it was made, and certifies devices.
///
/// For a key that lives elsewhere, sign [`UnsignedCertificate`] and [`UnsignedRevocation`] there.
#[derive(Clone)]
pub struct Account {
    key: SigningKey,
    public_key: AccountKey,
}

impl Account {
    /// Bytes of an exported account.
    pub const EXPORT_LEN: usize = 32;

    /// Generates an account.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`] (`no_randomness`).
    pub fn generate() -> Result<Account, KeyError> {
        Account::generate_with_rng(&mut SysRng)
    }

    /// Does what [`Account::generate`] does with 32 bytes of `rng`.
    ///
    /// # Errors
    /// Those of [`Account::generate`].
    pub fn generate_with_rng<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Account, KeyError> {
        Ok(Account::from_key(SigningKey::generate(rng)?))
    }

    /// Reads the account that [`Account::export`] wrote: its 32-byte Ed25519 seed.
    ///
    /// # Errors
    /// [`KeyError::BadLength`] (`bad_length`): not 32 bytes.
    pub fn import(bytes: &[u8]) -> Result<Account, KeyError> {
        let seed = bytes.try_into().map_err(|_| KeyError::BadLength)?;
        Ok(Account::from_key(SigningKey::from_seed(seed)))
    }

    /// Returns the 32-byte Ed25519 seed, which is a secret.
    pub fn export(&self) -> Zeroizing<[u8; Account::EXPORT_LEN]> {
        self.key.seed()
    }

    /// Returns the key that contacts pin.
    pub fn public_key(&self) -> &AccountKey {
        &self.public_key
    }

    /// Certifies a device by its key.
    ///
    /// # Errors
    /// Those of [`UnsignedCertificate::new`], then [`KeyError::BadSignature`] (`bad_signature`): a
    /// hardware fault spoiled the signature, which is verified before it is used.
    pub fn enroll(&self, device: &DeviceKey, validity: &Validity) -> Result<Certificate, KeyError> {
        let unsigned = UnsignedCertificate::new(self.public_key, *device, validity)?;
        let signature = self.key.sign(&unsigned.to_be_signed());
        unsigned.finish(signature)
    }

    /// Certifies the device that made `request` with the same secret.
    ///
    /// # Errors
    /// Those of [`LinkRequest::from_bytes`], [`LinkRequest::check_time`] and [`Account::enroll`],
    /// in this order.
    pub fn certify(
        &self,
        request: &[u8],
        secret: &LinkSecret,
        validity: &Validity,
    ) -> Result<LinkGrant, KeyError> {
        let request = LinkRequest::from_bytes(request, secret)?;
        request.check_time(validity.now)?;
        let certificate = self.enroll(request.device(), validity)?;
        Ok(LinkGrant::new(certificate, &request, secret))
    }

    /// Revokes every certificate that starts before `floor`.
    ///
    /// # Errors
    /// Those of [`UnsignedRevocation::new`], then [`KeyError::BadSignature`] (`bad_signature`): a
    /// hardware fault spoiled the signature, which is verified before it is used.
    pub fn revoke(&self, floor: UnixSeconds, now: UnixMillis) -> Result<Revocation, KeyError> {
        let unsigned = UnsignedRevocation::new(self.public_key, floor, now)?;
        let signature = self.key.sign(&unsigned.to_be_signed());
        unsigned.finish(signature)
    }

    /// Revokes every certificate of one device that starts before `floor`. The other devices need
    /// nothing.
    ///
    /// # Errors
    /// In this order:
    /// - [`KeyError::Clock`] (`clock`): the floor is more than 10 minutes ahead of `now`.
    /// - [`KeyError::BadSignature`] (`bad_signature`): a fault of the machine.
    pub fn revoke_device(
        &self,
        device: &DeviceKey,
        floor: UnixSeconds,
        now: UnixMillis,
    ) -> Result<Revocation, KeyError> {
        let unsigned = UnsignedRevocation::of_device(self.public_key, *device, floor, now)?;
        let signature = self.key.sign(&unsigned.to_be_signed());
        unsigned.finish(signature)
    }

    fn from_key(key: SigningKey) -> Account {
        let public_key = key.account_key();
        Account { key, public_key }
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("public_key", &self.public_key)
            .finish_non_exhaustive()
    }
}
