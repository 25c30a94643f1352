//! Devices: the keys that sign envelopes and bundles (spec/envelope.md, "Keys").

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
use crate::time::{UnixMillis, UnixSeconds};

/// A device that has no certificate yet, and can only request one.
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
    /// Bytes of an exported pending device.
    pub const EXPORT_LEN: usize = 32;

    /// Generates a device key.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`] (`no_randomness`).
    pub fn generate() -> Result<PendingDevice, KeyError> {
        PendingDevice::generate_with_rng(&mut SysRng)
    }

    /// Does what [`PendingDevice::generate`] does with 32 bytes of `rng`.
    ///
    /// # Errors
    /// Those of [`PendingDevice::generate`].
    pub fn generate_with_rng<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
    ) -> Result<PendingDevice, KeyError> {
        Ok(PendingDevice::from_key(SigningKey::generate(rng)?))
    }

    /// Reads the device that [`PendingDevice::export`] wrote: its 32-byte Ed25519 seed.
    ///
    /// # Errors
    /// [`KeyError::BadLength`] (`bad_length`): not 32 bytes.
    pub fn import(bytes: &[u8]) -> Result<PendingDevice, KeyError> {
        let seed = bytes.try_into().map_err(|_| KeyError::BadLength)?;
        Ok(PendingDevice::from_key(SigningKey::from_seed(seed)))
    }

    /// Returns the 32-byte Ed25519 seed, which is a secret.
    pub fn export(&self) -> Zeroizing<[u8; PendingDevice::EXPORT_LEN]> {
        self.key.seed()
    }

    /// Returns the device's public key.
    pub fn public_key(&self) -> &DeviceKey {
        &self.public_key
    }

    /// Makes a request for a certificate. Keep it until the grant comes.
    ///
    /// # Errors
    /// [`KeyError::BadSignature`] (`bad_signature`): a hardware fault spoiled the signature, which
    /// is verified before it is used.
    pub fn request(&self, secret: &LinkSecret, now: UnixMillis) -> Result<LinkRequest, KeyError> {
        let unsigned = UnsignedLinkRequest::new(self.public_key, now);
        let proof = self.key.sign(&unsigned.to_be_signed());
        unsigned.finish(proof, secret)
    }

    /// Returns the device with the certificate from the grant that answers `request`. A grant that
    /// is refused changes nothing.
    ///
    /// # Errors
    /// [`KeyError::WrongDevice`] (`wrong_device`): the request is another device's. Then those of
    /// [`LinkGrant::from_bytes`].
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

    /// Generates a device and certifies it, where the account's key is on the same device.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`] (`no_randomness`), then those of [`Account::enroll`].
    pub fn enroll(account: &Account, validity: &Validity) -> Result<Device, KeyError> {
        Device::enroll_with_rng(account, validity, &mut SysRng)
    }

    /// Does what [`Device::enroll`] does with 32 bytes of `rng`.
    ///
    /// # Errors
    /// Those of [`Device::enroll`].
    pub fn enroll_with_rng<R: TryCryptoRng + ?Sized>(
        account: &Account,
        validity: &Validity,
        rng: &mut R,
    ) -> Result<Device, KeyError> {
        let key = SigningKey::generate(rng)?;
        let certificate = account.enroll(&key.device_key(), validity)?;
        Ok(Device { key, certificate })
    }

    /// Reads the device that [`Device::export`] wrote. Its certificate may have expired, because
    /// the device can still renew it.
    ///
    /// # Errors
    /// In this order:
    /// - [`KeyError::BadLength`] (`bad_length`): not 176 bytes.
    /// - [`KeyError::BadCertificate`] (`bad_certificate`).
    /// - [`KeyError::WrongDevice`] (`wrong_device`): the certificate is for another key.
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

    /// Returns the 32-byte Ed25519 seed ‖ the certificate: 176 bytes, which are a secret.
    pub fn export(&self) -> Zeroizing<[u8; Device::EXPORT_LEN]> {
        let mut bytes = Zeroizing::new([0; Device::EXPORT_LEN]);
        let (seed, certificate) = bytes.split_at_mut(PendingDevice::EXPORT_LEN);
        seed.copy_from_slice(&*self.key.seed());
        certificate.copy_from_slice(&self.certificate.to_bytes());
        bytes
    }

    /// Returns the device's public key.
    pub fn public_key(&self) -> &DeviceKey {
        self.certificate.device()
    }

    /// Returns the account that certified the device.
    pub fn account(&self) -> &AccountKey {
        self.certificate.account()
    }

    /// Returns the device's certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Makes a request for a new certificate. Keep it until the grant comes.
    ///
    /// # Errors
    /// Those of [`PendingDevice::request`].
    pub fn request(&self, secret: &LinkSecret, now: UnixMillis) -> Result<LinkRequest, KeyError> {
        self.pending().request(secret, now)
    }

    /// Returns the same device with the new certificate from the grant.
    ///
    /// # Errors
    /// Those of [`PendingDevice::activate`], then [`KeyError::WrongAccount`] (`wrong_account`): the
    /// certificate is another account's.
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

    /// Signs a bundle for each prekey, for the server to hand out. Each of them offers the suites
    /// of all prekeys, and ends with its prekey or with the certificate, whichever is earlier.
    ///
    /// # Errors
    /// Those of [`UnsignedBundle::new_many`], then [`KeyError::BadSignature`] (`bad_signature`): a
    /// hardware fault spoiled the signature, which is verified before it is used.
    pub fn publish(
        &self,
        prekeys: &[&Prekey],
        now: UnixMillis,
    ) -> Result<Vec<PrekeyBundle>, KeyError> {
        self.publish_after(prekeys, None, now)
    }

    /// Does what [`Device::publish`] does, at least one second after the last publication: for who
    /// keeps that time elsewhere than in the inbox.
    ///
    /// # Errors
    /// Those of [`UnsignedBundle::new_many_after`], then those of [`Device::publish`].
    pub fn publish_after(
        &self,
        prekeys: &[&Prekey],
        last_issued_at: Option<UnixSeconds>,
        now: UnixMillis,
    ) -> Result<Vec<PrekeyBundle>, KeyError> {
        let unsigned =
            UnsignedBundle::new_many_after(&self.certificate, prekeys, last_issued_at, now)?;
        self.sign_bundles(unsigned)
    }

    pub(crate) fn sign_bundles(
        &self,
        unsigned: Vec<UnsignedBundle>,
    ) -> Result<Vec<PrekeyBundle>, KeyError> {
        let sign = |unsigned: UnsignedBundle| {
            let signature = self.key.sign(&unsigned.to_be_signed());
            unsigned.finish(signature)
        };
        unsigned.into_iter().map(sign).collect()
    }

    /// Seals content to one recipient device. Every envelope has 2,880 bytes.
    ///
    /// The encapsulation's random bytes are hedged by the device's private key (spec/envelope.md,
    /// H4): should they be known or repeat, others still cannot open the envelope.
    ///
    /// # Errors
    /// Those of [`UnsignedEnvelope::new`].
    pub fn seal(
        &self,
        bundle: &PrekeyBundle,
        content: &Content,
        options: SealOptions,
    ) -> Result<Envelope, SealError> {
        self.seal_hedged(bundle, content, options, &mut SysRng)
    }

    /// Does what [`Device::seal`] does with bytes of `rng`, which are not hedged: see
    /// [`UnsignedEnvelope::new_with_rng`].
    ///
    /// # Errors
    /// Those of [`Device::seal`].
    pub fn seal_with_rng<R: TryCryptoRng + ?Sized>(
        &self,
        bundle: &PrekeyBundle,
        content: &Content,
        options: SealOptions,
        rng: &mut R,
    ) -> Result<Envelope, SealError> {
        let unsigned =
            UnsignedEnvelope::new_with_rng(&self.certificate, bundle, content, options, rng)?;
        Ok(unsigned.sign(&self.key))
    }

    /// Seals the same content to several devices under one message id, in the order of `bundles`.
    /// If one of them fails, no envelope is made.
    ///
    /// # Errors
    /// Those of [`Device::seal`], for the first bundle that fails.
    pub fn seal_many(
        &self,
        bundles: &[&PrekeyBundle],
        content: &Content,
        options: SealOptions,
    ) -> Result<Vec<Envelope>, SealError> {
        self.seal_many_hedged(bundles, content, options, &mut SysRng)
    }

    /// Does what [`Device::seal_many`] does with bytes of `rng`, which are not hedged: see
    /// [`UnsignedEnvelope::new_many_with_rng`].
    ///
    /// # Errors
    /// Those of [`Device::seal_many`].
    pub fn seal_many_with_rng<R: TryCryptoRng + ?Sized>(
        &self,
        bundles: &[&PrekeyBundle],
        content: &Content,
        options: SealOptions,
        rng: &mut R,
    ) -> Result<Vec<Envelope>, SealError> {
        let own = (&self.certificate, &self.key);
        UnsignedEnvelope::seal_many(own, bundles, content, options, false, rng)
    }

    pub(crate) fn seal_hedged<R: TryCryptoRng + ?Sized>(
        &self,
        bundle: &PrekeyBundle,
        content: &Content,
        options: SealOptions,
        rng: &mut R,
    ) -> Result<Envelope, SealError> {
        let own = (&self.certificate, &self.key);
        let unsigned = UnsignedEnvelope::new_hedged(own, bundle, content, options, rng)?;
        Ok(unsigned.sign(&self.key))
    }

    pub(crate) fn seal_many_hedged<R: TryCryptoRng + ?Sized>(
        &self,
        bundles: &[&PrekeyBundle],
        content: &Content,
        options: SealOptions,
        rng: &mut R,
    ) -> Result<Vec<Envelope>, SealError> {
        let own = (&self.certificate, &self.key);
        UnsignedEnvelope::seal_many(own, bundles, content, options, true, rng)
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
