//! Linking: certifying a device by an account key that lives on another device (spec/envelope.md,
//! "Linking"). The server that carries request and grant can neither read the secret nor swap a
//! key.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use rand_core::TryCryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::certificate::Certificate;
use crate::error::KeyError;
use crate::keys::DeviceKey;
use crate::labels::Label;
use crate::random::{self, SysRng};
use crate::reader::Reader;
use crate::signing::{Signature, ToBeSigned, to_be_signed};
use crate::time::{UnixMillis, UnixSeconds};

const VERSION: u8 = 1;
const MAC_LEN: usize = 32;

/// The single-use secret that travels as a QR code between the two devices, and never through a
/// server. Either side may show it. Generate a new one for every attempt.
// Boxed, so that no move leaves a copy behind.
#[derive(Clone)]
pub struct LinkSecret(Box<Zeroizing<[u8; LinkSecret::LEN]>>);

impl LinkSecret {
    /// Bytes of a secret.
    pub const LEN: usize = 32;

    /// Generates a secret.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`] (`no_randomness`).
    pub fn generate() -> Result<LinkSecret, KeyError> {
        LinkSecret::generate_with_rng(&mut SysRng)
    }

    /// Does what [`LinkSecret::generate`] does with 32 bytes of `rng`.
    ///
    /// # Errors
    /// Those of [`LinkSecret::generate`].
    pub fn generate_with_rng<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
    ) -> Result<LinkSecret, KeyError> {
        Ok(LinkSecret(Box::new(random::take(rng)?)))
    }

    /// Reads the secret that the QR code carries.
    ///
    /// # Errors
    /// [`KeyError::BadLength`] (`bad_length`): not 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<LinkSecret, KeyError> {
        let bytes = bytes.try_into().map_err(|_| KeyError::BadLength)?;
        Ok(LinkSecret(Box::new(Zeroizing::new(bytes))))
    }

    /// Returns the 32 bytes for the QR code.
    pub fn to_bytes(&self) -> Zeroizing<[u8; LinkSecret::LEN]> {
        Zeroizing::clone(&self.0)
    }

    #[expect(
        clippy::expect_used,
        reason = "no key length is invalid: RFC 2104 section 2"
    )]
    fn mac(&self, label: Label, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_slice())
            .expect("HMAC takes keys of every length");
        mac.update(label.as_bytes());
        for part in parts {
            mac.update(part);
        }
        mac
    }
}

impl fmt::Debug for LinkSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkSecret(…)")
    }
}

/// A device's request for a certificate, with proof that it holds its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkRequest {
    fields: UnsignedLinkRequest,
    proof: Signature,
    mac: [u8; MAC_LEN],
}

/// A link request before the device's signature.
#[must_use = "it becomes a request once it is signed"]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsignedLinkRequest {
    device: DeviceKey,
    created_at: UnixSeconds,
}

impl LinkRequest {
    /// Bytes of a request.
    pub const LEN: usize = 137;

    /// Reads and checks a request, all but its date: see [`LinkRequest::check_time`].
    ///
    /// # Errors
    /// In this order:
    /// - [`KeyError::BadLength`] (`bad_length`): not 137 bytes.
    /// - [`KeyError::UnsupportedVersion`] (`unsupported_version`).
    /// - [`KeyError::BadMac`] (`bad_mac`): made with another secret, or changed.
    /// - [`KeyError::BadKey`] (`bad_key`), [`KeyError::WeakKey`] (`weak_key`): the device key is
    ///   not sound.
    /// - [`KeyError::BadSignature`] (`bad_signature`): the device does not hold its key.
    pub fn from_bytes(bytes: &[u8], secret: &LinkSecret) -> Result<LinkRequest, KeyError> {
        let mut reader = Reader::new(bytes);
        let (Some(version), Some(device), Some(created_at), Some(proof), Some(mac), true) = (
            reader.u8(),
            reader.array::<32>(),
            reader.u64(),
            reader.array(),
            reader.array(),
            reader.is_empty(),
        ) else {
            return Err(KeyError::BadLength);
        };
        if version != VERSION {
            return Err(KeyError::UnsupportedVersion);
        }
        let created_at = UnixSeconds(created_at);
        let proof = Signature::from_bytes(*proof);
        secret
            .mac(
                Label::LinkRequest,
                &[&signed_part(device, created_at, &proof)],
            )
            .verify(mac.into())
            .map_err(|_| KeyError::BadMac)?;
        let fields = UnsignedLinkRequest {
            device: DeviceKey::from_bytes(device)?,
            created_at,
        };
        fields.check(&proof)?;
        Ok(LinkRequest {
            fields,
            proof,
            mac: *mac,
        })
    }

    /// Returns the request's 137 bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = signed_part(
            self.device().as_bytes(),
            self.fields.created_at,
            &self.proof,
        );
        bytes.extend_from_slice(&self.mac);
        bytes
    }

    /// Returns the device that requests a certificate.
    pub fn device(&self) -> &DeviceKey {
        &self.fields.device
    }

    /// Checks, on the account's side, that the request is recent.
    ///
    /// # Errors
    /// In this order:
    /// - [`KeyError::Clock`] (`clock`): dated more than 10 minutes ahead of `now`.
    /// - [`KeyError::TooOld`] (`too_old`): dated more than 30 days before `now`.
    pub fn check_time(&self, now: UnixMillis) -> Result<(), KeyError> {
        let made = self.fields.created_at.to_millis();
        if made.is_ahead_of(now) {
            return Err(KeyError::Clock);
        }
        if made.is_too_old(now) {
            return Err(KeyError::TooOld);
        }
        Ok(())
    }
}

impl UnsignedLinkRequest {
    /// Makes a request that waits for its device's signature.
    pub fn new(device: DeviceKey, now: UnixMillis) -> UnsignedLinkRequest {
        UnsignedLinkRequest {
            device,
            created_at: now.to_seconds(),
        }
    }

    /// Returns the bytes that the device has to sign.
    pub fn to_be_signed(&self) -> ToBeSigned {
        let created_at = self.created_at.0.to_be_bytes();
        to_be_signed(Label::Link, &[self.device.as_bytes(), &created_at])
    }

    /// Completes the request with the device's signature.
    ///
    /// # Errors
    /// [`KeyError::BadSignature`] (`bad_signature`): the signature is not the device's.
    pub fn finish(self, proof: Signature, secret: &LinkSecret) -> Result<LinkRequest, KeyError> {
        self.check(&proof)?;
        let signed = signed_part(self.device.as_bytes(), self.created_at, &proof);
        let mac = secret.mac(Label::LinkRequest, &[&signed]);
        Ok(LinkRequest {
            fields: self,
            proof,
            mac: mac.finalize().into_bytes().into(),
        })
    }

    fn check(&self, proof: &Signature) -> Result<(), KeyError> {
        if !self.device.verify(&self.to_be_signed(), proof) {
            return Err(KeyError::BadSignature);
        }
        Ok(())
    }
}

/// An account's answer to a request: the certificate, authenticated by the same secret and bound
/// to the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkGrant {
    certificate: Certificate,
    mac: [u8; MAC_LEN],
}

impl LinkGrant {
    /// Bytes of a grant.
    pub const LEN: usize = 177;

    /// Makes the grant that brings `certificate` to the device that made `request`.
    pub fn new(certificate: Certificate, request: &LinkRequest, secret: &LinkSecret) -> LinkGrant {
        let mac = grant_mac(&certificate.to_bytes(), request, secret);
        LinkGrant {
            certificate,
            mac: mac.finalize().into_bytes().into(),
        }
    }

    /// Reads and checks the grant that answers `request`.
    ///
    /// # Errors
    /// In this order:
    /// - [`KeyError::BadLength`] (`bad_length`): not 177 bytes.
    /// - [`KeyError::UnsupportedVersion`] (`unsupported_version`).
    /// - [`KeyError::BadMac`] (`bad_mac`): made with another secret or for another request, or
    ///   changed.
    /// - [`KeyError::BadCertificate`] (`bad_certificate`).
    /// - [`KeyError::WrongDevice`] (`wrong_device`): the certificate is not for the device that
    ///   made the request.
    /// - [`KeyError::CertificateNotYetValid`] (`certificate_not_yet_valid`),
    ///   [`KeyError::CertificateExpired`] (`certificate_expired`): by `now`.
    pub fn from_bytes(
        bytes: &[u8],
        request: &LinkRequest,
        secret: &LinkSecret,
        now: UnixMillis,
    ) -> Result<LinkGrant, KeyError> {
        let mut reader = Reader::new(bytes);
        let (Some(version), Some(certificate), Some(mac), true) = (
            reader.u8(),
            reader.array::<{ Certificate::LEN }>(),
            reader.array(),
            reader.is_empty(),
        ) else {
            return Err(KeyError::BadLength);
        };
        if version != VERSION {
            return Err(KeyError::UnsupportedVersion);
        }
        grant_mac(certificate, request, secret)
            .verify(mac.into())
            .map_err(|_| KeyError::BadMac)?;
        let certificate = Certificate::from_bytes(certificate)?;
        if certificate.device() != request.device() {
            return Err(KeyError::WrongDevice);
        }
        certificate.check_time(now)?;
        Ok(LinkGrant {
            certificate,
            mac: *mac,
        })
    }

    /// Returns the grant's 177 bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(LinkGrant::LEN);
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.certificate.to_bytes());
        bytes.extend_from_slice(&self.mac);
        bytes
    }

    /// Returns the certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }
}

/// Returns every byte of a request before its MAC.
fn signed_part(device: &[u8; 32], created_at: UnixSeconds, proof: &Signature) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(LinkRequest::LEN);
    bytes.push(VERSION);
    bytes.extend_from_slice(device);
    bytes.extend_from_slice(&created_at.0.to_be_bytes());
    bytes.extend_from_slice(proof.as_bytes());
    bytes
}

fn grant_mac(
    certificate: &[u8; Certificate::LEN],
    request: &LinkRequest,
    secret: &LinkSecret,
) -> Hmac<Sha256> {
    secret.mac(
        Label::LinkGrant,
        &[&[VERSION], certificate, &request.to_bytes()],
    )
}
