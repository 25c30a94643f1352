//! Devices: the keys that sign envelopes and bundles.

use std::fmt;

use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use crate::account::Account;
use crate::bundle::{PrekeyBundle, UnsignedBundle};
use crate::certificate::{Certificate, Validity};
use crate::content::Content;
use crate::envelope::codec::Envelope;
use crate::envelope::seal::{SealOptions, UnsignedEnvelope};
use crate::error::{KeyError, SealError};
use crate::keys::{AccountKey, DeviceKey};
use crate::linking::{LinkGrant, LinkRequest, LinkSecret, UnsignedLinkRequest};
use crate::prekey::Prekey;
use crate::random::SysRng;
use crate::reader::Reader;
use crate::signing::SigningKey;
use crate::time::UnixMillis;

/// A device that has no certificate yet: it can only ask for one.
#[derive(Clone)]
pub struct PendingDevice {
    key: SigningKey,
    public_key: DeviceKey,
}

/// A device with a certificate from its account.
///
/// For a key that lives elsewhere, sign [`UnsignedEnvelope`], [`UnsignedBundle`] and
/// [`UnsignedLinkRequest`] there.
#[derive(Clone)]
pub struct Device {
    key: SigningKey,
    certificate: Certificate,
}

impl PendingDevice {
    /// Bytes of an exported device that has no certificate.
    pub const EXPORT_LEN: usize = 32;

    /// A new device key.
    ///
    /// # Errors
    /// `no_randomness`.
    pub fn generate() -> Result<PendingDevice, KeyError> {
        PendingDevice::generate_with_rng(&mut SysRng)
    }

    /// [`PendingDevice::generate`] from 32 bytes of `rng`.
    ///
    /// # Errors
    /// `no_randomness`.
    pub fn generate_with_rng<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
    ) -> Result<PendingDevice, KeyError> {
        Ok(PendingDevice::from_key(SigningKey::generate(rng)?))
    }

    /// The device that [`PendingDevice::export`] wrote: its 32-byte Ed25519 seed.
    ///
    /// # Errors
    /// `bad_length`.
    pub fn import(bytes: &[u8]) -> Result<PendingDevice, KeyError> {
        let seed = bytes.try_into().map_err(|_| KeyError::BadLength)?;
        Ok(PendingDevice::from_key(SigningKey::from_seed(seed)))
    }

    /// The 32-byte Ed25519 seed: a secret.
    pub fn export(&self) -> Zeroizing<[u8; PendingDevice::EXPORT_LEN]> {
        self.key.seed()
    }

    /// The device's public key.
    pub fn public_key(&self) -> &DeviceKey {
        &self.public_key
    }

    /// Asks an account for a certificate. Keep the request until the grant comes.
    ///
    /// # Errors
    /// None that a caller can cause.
    pub fn request(&self, secret: &LinkSecret, now: UnixMillis) -> Result<LinkRequest, KeyError> {
        let unsigned = UnsignedLinkRequest::new(self.public_key, now);
        let proof = self.key.sign(&unsigned.to_be_signed());
        unsigned.finish(proof, secret)
    }

    /// The certified device, by the grant that answers `request`. A grant that is refused changes
    /// nothing.
    ///
    /// # Errors
    /// Those of [`LinkGrant::from_bytes`]; `wrong_device`: the request is another device's.
    pub fn activate(
        &self,
        grant: &[u8],
        request: &LinkRequest,
        secret: &LinkSecret,
        now: UnixMillis,
    ) -> Result<Device, KeyError> {
        if *request.device() != self.public_key {
            return Err(KeyError::WrongDevice);
        }
        let grant = LinkGrant::from_bytes(grant, request, secret, now)?;
        Ok(Device {
            key: self.key.clone(),
            certificate: grant.certificate().clone(),
        })
    }

    fn from_key(key: SigningKey) -> PendingDevice {
        let public_key = key.device_key();
        PendingDevice { key, public_key }
    }
}

impl Device {
    /// Bytes of an exported device.
    pub const EXPORT_LEN: usize = PendingDevice::EXPORT_LEN + Certificate::LEN;

    /// A new device of an account whose key is here.
    ///
    /// # Errors
    /// `no_randomness`, and those of [`Account::enroll`].
    pub fn enroll(account: &Account, validity: &Validity) -> Result<Device, KeyError> {
        Device::enroll_with_rng(account, validity, &mut SysRng)
    }

    /// [`Device::enroll`] from 32 bytes of `rng`.
    ///
    /// # Errors
    /// As [`Device::enroll`].
    pub fn enroll_with_rng<R: TryCryptoRng + ?Sized>(
        account: &Account,
        validity: &Validity,
        rng: &mut R,
    ) -> Result<Device, KeyError> {
        let key = SigningKey::generate(rng)?;
        let certificate = account.enroll(&key.device_key(), validity)?;
        Ok(Device { key, certificate })
    }

    /// The device that [`Device::export`] wrote.
    ///
    /// # Errors
    /// `bad_length`: not 176 bytes. `bad_certificate`. `wrong_device`: the certificate is for
    /// another key. A certificate that has expired is imported: the device can still renew it.
    pub fn import(bytes: &[u8]) -> Result<Device, KeyError> {
        let mut reader = Reader::new(bytes);
        let seed = reader.array().ok_or(KeyError::BadLength)?;
        let certificate = Certificate::from_bytes(reader.rest())?;
        let key = SigningKey::from_seed(seed);
        if *certificate.device() != key.device_key() {
            return Err(KeyError::WrongDevice);
        }
        Ok(Device { key, certificate })
    }

    /// The 32-byte Ed25519 seed ‖ the certificate: a secret of 176 bytes.
    pub fn export(&self) -> Zeroizing<[u8; Device::EXPORT_LEN]> {
        let mut bytes = Zeroizing::new([0; Device::EXPORT_LEN]);
        let (seed, certificate) = bytes.split_at_mut(PendingDevice::EXPORT_LEN);
        seed.copy_from_slice(&*self.key.seed());
        certificate.copy_from_slice(&self.certificate.to_bytes());
        bytes
    }

    /// The device's public key.
    pub fn public_key(&self) -> &DeviceKey {
        self.certificate.device()
    }

    /// The account that certified the device.
    pub fn account(&self) -> &AccountKey {
        self.certificate.account()
    }

    /// The device's certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Asks the account for a new certificate. Keep the request until the grant comes.
    ///
    /// # Errors
    /// None that a caller can cause.
    pub fn request(&self, secret: &LinkSecret, now: UnixMillis) -> Result<LinkRequest, KeyError> {
        self.pending().request(secret, now)
    }

    /// The same device with the new certificate that the grant brings.
    ///
    /// # Errors
    /// Those of [`PendingDevice::activate`]; `wrong_account`: from another account.
    pub fn activate(
        &self,
        grant: &[u8],
        request: &LinkRequest,
        secret: &LinkSecret,
        now: UnixMillis,
    ) -> Result<Device, KeyError> {
        let device = self.pending().activate(grant, request, secret, now)?;
        if device.account() != self.account() {
            return Err(KeyError::WrongAccount);
        }
        Ok(device)
    }

    /// Signs a bundle for each prekey, each saying which suites the device offers, for the server
    /// to hand out. A bundle ends with its prekey or with the certificate, whichever is earlier.
    ///
    /// # Errors
    /// Those of [`UnsignedBundle::new_many`].
    pub fn publish(
        &self,
        prekeys: &[&Prekey],
        now: UnixMillis,
    ) -> Result<Vec<PrekeyBundle>, KeyError> {
        UnsignedBundle::new_many(&self.certificate, prekeys, now)?
            .into_iter()
            .map(|unsigned| {
                let signature = self.key.sign(&unsigned.to_be_signed());
                unsigned.finish(signature)
            })
            .collect()
    }

    /// Seals content to one recipient device: always 2,880 bytes.
    ///
    /// # Errors
    /// Those of [`UnsignedEnvelope::new`].
    pub fn seal(
        &self,
        bundle: &PrekeyBundle,
        content: &Content,
        options: SealOptions,
    ) -> Result<Envelope, SealError> {
        self.seal_with_rng(bundle, content, options, &mut SysRng)
    }

    /// [`Device::seal`] from the bytes of `rng`: see [`UnsignedEnvelope::new_with_rng`].
    ///
    /// # Errors
    /// As [`Device::seal`].
    pub fn seal_with_rng<R: TryCryptoRng + ?Sized>(
        &self,
        bundle: &PrekeyBundle,
        content: &Content,
        options: SealOptions,
        rng: &mut R,
    ) -> Result<Envelope, SealError> {
        let unsigned =
            UnsignedEnvelope::new_with_rng(&self.certificate, bundle, content, options, rng)?;
        self.sign(unsigned)
    }

    /// Seals the same content to several devices under one message id, in the order of `bundles`:
    /// all or nothing.
    ///
    /// # Errors
    /// Those of [`UnsignedEnvelope::new`].
    pub fn seal_many(
        &self,
        bundles: &[&PrekeyBundle],
        content: &Content,
        options: SealOptions,
    ) -> Result<Vec<Envelope>, SealError> {
        self.seal_many_with_rng(bundles, content, options, &mut SysRng)
    }

    /// [`Device::seal_many`] from the bytes of `rng`: see [`UnsignedEnvelope::new_with_rng`].
    ///
    /// # Errors
    /// As [`Device::seal_many`].
    pub fn seal_many_with_rng<R: TryCryptoRng + ?Sized>(
        &self,
        bundles: &[&PrekeyBundle],
        content: &Content,
        options: SealOptions,
        rng: &mut R,
    ) -> Result<Vec<Envelope>, SealError> {
        UnsignedEnvelope::new_many_with_rng(&self.certificate, bundles, content, options, rng)?
            .into_iter()
            .map(|unsigned| self.sign(unsigned))
            .collect()
    }

    fn sign(&self, unsigned: UnsignedEnvelope) -> Result<Envelope, SealError> {
        let signature = self.key.sign(unsigned.to_be_signed());
        unsigned.finish(signature)
    }

    fn pending(&self) -> PendingDevice {
        PendingDevice {
            key: self.key.clone(),
            public_key: *self.public_key(),
        }
    }
}

impl fmt::Debug for PendingDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingDevice")
            .field("public_key", &self.public_key)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Device")
            .field("certificate", &self.certificate)
            .finish_non_exhaustive()
    }
}
