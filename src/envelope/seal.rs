//! Sealing (spec/envelope.md, "Sealing"): encapsulate, sign, seal.

use std::{fmt, mem};

use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use crate::bundle::PrekeyBundle;
use crate::certificate::Certificate;
use crate::content::Content;
use crate::encryption::SealingContext;
use crate::envelope::codec::{Envelope, Header};
use crate::envelope::frame;
use crate::envelope::hedge::Hedged;
use crate::envelope::transcript::{Transcript, info};
use crate::error::{KeyError, SealError};
use crate::ids::MessageId;
use crate::keys::DeviceKey;
use crate::random::SysRng;
use crate::signing::{Signature, SigningKey, ToBeSigned};
use crate::time::UnixMillis;

/// The time and the message id of an envelope.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SealOptions {
    /// The time now, corrected by the server's clock. It becomes `sent_at`.
    pub now: UnixMillis,
    /// The message's id. If there is none, a random one is made.
    pub message_id: Option<MessageId>,
}

impl SealOptions {
    /// Seals at `now`, under a random id.
    pub const fn at(now: UnixMillis) -> SealOptions {
        SealOptions {
            now,
            message_id: None,
        }
    }

    /// Seals under this id, for instance to send the same message again.
    #[must_use]
    pub const fn with_message_id(self, message_id: MessageId) -> SealOptions {
        SealOptions {
            message_id: Some(message_id),
            ..self
        }
    }
}

/// An envelope that waits for its device's signature. [`UnsignedEnvelope::finish`] consumes it, so
/// that its key is used once. After any failure everything starts over.
#[must_use = "it becomes an envelope once it is signed"]
pub struct UnsignedEnvelope {
    device: DeviceKey,
    header: Header,
    encapsulated_key: Vec<u8>,
    context: SealingContext,
    frame: Zeroizing<Vec<u8>>,
    to_be_signed: ToBeSigned,
}

impl UnsignedEnvelope {
    /// Encapsulates to one recipient device, and forms the frame.
    ///
    /// The encapsulation's secrecy rests on the system's random bytes alone. They are not hedged
    /// (spec/envelope.md, H4) as those of [`Device::seal`](crate::Device::seal) are, because the
    /// device's private key is not at hand.
    ///
    /// # Errors
    /// In this order:
    /// - [`SealError::CertificateNotYetValid`] (`certificate_not_yet_valid`),
    ///   [`SealError::CertificateExpired`] (`certificate_expired`), [`SealError::BundleExpired`]
    ///   (`bundle_expired`): by `now`.
    /// - [`SealError::Content`] (`bad_content`, `too_deep`, `too_long`, `too_many`): the content
    ///   breaks a rule.
    /// - [`SealError::TooLarge`] (`too_large`): the content does not fit; with the bytes needed and
    ///   available.
    /// - [`SealError::NoRandomness`] (`no_randomness`).
    pub fn new(
        certificate: &Certificate,
        bundle: &PrekeyBundle,
        content: &Content,
        options: SealOptions,
    ) -> Result<UnsignedEnvelope, SealError> {
        UnsignedEnvelope::new_with_rng(certificate, bundle, content, options, &mut SysRng)
    }

    /// Does what [`UnsignedEnvelope::new`] does with bytes of `rng`: 16 for the message id unless
    /// it is given, then 32 (`x25519`) or 64 (`xwing`) for the encapsulation.
    ///
    /// # Errors
    /// Those of [`UnsignedEnvelope::new`].
    pub fn new_with_rng<R: TryCryptoRng + ?Sized>(
        certificate: &Certificate,
        bundle: &PrekeyBundle,
        content: &Content,
        options: SealOptions,
        rng: &mut R,
    ) -> Result<UnsignedEnvelope, SealError> {
        let draft = Draft::new(certificate, &[bundle], content, options, rng)?;
        draft.to(bundle, None, rng)
    }

    /// Encapsulates to several devices under one message id, in the order of `bundles`.
    ///
    /// # Errors
    /// Those of [`UnsignedEnvelope::new`], for the first bundle that fails.
    pub fn new_many(
        certificate: &Certificate,
        bundles: &[&PrekeyBundle],
        content: &Content,
        options: SealOptions,
    ) -> Result<Vec<UnsignedEnvelope>, SealError> {
        UnsignedEnvelope::new_many_with_rng(certificate, bundles, content, options, &mut SysRng)
    }

    /// Does what [`UnsignedEnvelope::new_many`] does with bytes of `rng`: 16 for the message id
    /// unless it is given, then 32 or 64 for each bundle.
    ///
    /// # Errors
    /// Those of [`UnsignedEnvelope::new_many`].
    pub fn new_many_with_rng<R: TryCryptoRng + ?Sized>(
        certificate: &Certificate,
        bundles: &[&PrekeyBundle],
        content: &Content,
        options: SealOptions,
        rng: &mut R,
    ) -> Result<Vec<UnsignedEnvelope>, SealError> {
        let draft = Draft::new(certificate, bundles, content, options, rng)?;
        let to = |bundle: &&PrekeyBundle| draft.to(bundle, None, rng);
        bundles.iter().map(to).collect()
    }

    /// Does what [`UnsignedEnvelope::new_with_rng`] does, and hedges the encapsulation's bytes by
    /// `key`, the private key of the certificate's device (spec/envelope.md, H4).
    pub(crate) fn new_hedged<R: TryCryptoRng + ?Sized>(
        (certificate, key): (&Certificate, &SigningKey),
        bundle: &PrekeyBundle,
        content: &Content,
        options: SealOptions,
        rng: &mut R,
    ) -> Result<UnsignedEnvelope, SealError> {
        let draft = Draft::new(certificate, &[bundle], content, options, rng)?;
        draft.to(bundle, Some(key), rng)
    }

    /// Returns the bytes that the device has to sign.
    pub fn to_be_signed(&self) -> &ToBeSigned {
        &self.to_be_signed
    }

    /// Seals the envelope with the device's signature.
    ///
    /// # Errors
    /// [`SealError::BadSignature`] (`bad_signature`): the signature is not the device's.
    pub fn finish(self, signature: Signature) -> Result<Envelope, SealError> {
        if !self.device.verify(&self.to_be_signed, &signature) {
            return Err(SealError::BadSignature);
        }
        Ok(self.finish_unverified(&signature))
    }

    /// Signs by the device's private key, and seals. That signature needs no verification
    /// (spec/envelope.md, S2).
    pub(crate) fn sign(self, key: &SigningKey) -> Envelope {
        let signature = key.sign(&self.to_be_signed);
        self.finish_unverified(&signature)
    }

    /// Seals to several devices, one after the other: an envelope is signed before the next one is
    /// begun, so that a thousand frames are not in memory at once. The bytes of each encapsulation
    /// are hedged if `is_hedged`.
    pub(crate) fn seal_many<R: TryCryptoRng + ?Sized>(
        (certificate, key): (&Certificate, &SigningKey),
        bundles: &[&PrekeyBundle],
        content: &Content,
        options: SealOptions,
        is_hedged: bool,
        rng: &mut R,
    ) -> Result<Vec<Envelope>, SealError> {
        let draft = Draft::new(certificate, bundles, content, options, rng)?;
        let hedge = is_hedged.then_some(key);
        let seal = |bundle: &&PrekeyBundle| Ok(draft.to(bundle, hedge, rng)?.sign(key));
        bundles.iter().map(seal).collect()
    }

    fn finish_unverified(mut self, signature: &Signature) -> Envelope {
        frame::finish(self.header.suite, &mut self.frame, signature);
        let tag = self.context.seal(&mut self.frame, &self.header.to_bytes());
        // Ciphertext by now, which needs no wiping.
        let ciphertext = mem::take(&mut *self.frame);
        Envelope::from_parts(self.header, &self.encapsulated_key, &ciphertext, &tag)
    }
}

impl fmt::Debug for UnsignedEnvelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnsignedEnvelope")
            .field("header", &self.header)
            .finish_non_exhaustive()
    }
}

/// The part of a message that is the same for every recipient.
struct Draft<'a> {
    certificate: &'a Certificate,
    message_id: MessageId,
    sent_at: UnixMillis,
    content: Zeroizing<Vec<u8>>,
}

impl<'a> Draft<'a> {
    /// Makes every check that needs no randomness, for every bundle, before any work on the first.
    ///
    /// # Errors
    /// Those of [`UnsignedEnvelope::new`].
    fn new<R: TryCryptoRng + ?Sized>(
        certificate: &'a Certificate,
        bundles: &[&PrekeyBundle],
        content: &Content,
        options: SealOptions,
        rng: &mut R,
    ) -> Result<Draft<'a>, SealError> {
        let sent_at = options.now;
        certificate
            .check_time(sent_at)
            .map_err(|error| match error {
                KeyError::CertificateNotYetValid => SealError::CertificateNotYetValid,
                _ => SealError::CertificateExpired,
            })?;
        if bundles.iter().any(|bundle| bundle.has_expired(sent_at)) {
            return Err(SealError::BundleExpired);
        }
        let content = content.compress()?;
        let least = bundles
            .iter()
            .map(|bundle| frame::capacity(bundle.suite()))
            .min();
        if let Some(available) = least.filter(|available| content.len() > *available) {
            return Err(SealError::TooLarge {
                needed: content.len(),
                available,
            });
        }
        let message_id = match options.message_id {
            Some(message_id) => message_id,
            None => MessageId::generate(rng)?,
        };
        Ok(Draft {
            certificate,
            message_id,
            sent_at,
            content,
        })
    }

    /// Encapsulates to a bundle, by hedged bytes if there is a key to hedge them by.
    fn to<R: TryCryptoRng + ?Sized>(
        &self,
        bundle: &PrekeyBundle,
        hedge: Option<&SigningKey>,
        rng: &mut R,
    ) -> Result<UnsignedEnvelope, SealError> {
        let suite = bundle.suite();
        let header = Header {
            suite,
            prekey_id: bundle.id(),
        };
        let frame = frame::encode(
            suite,
            self.certificate,
            self.message_id,
            self.sent_at,
            &self.content,
        )?;
        let (account, device) = (bundle.account(), bundle.device());
        let key = bundle.encryption_key();
        let info = info(account, device);
        let (encapsulated_key, context) = match hedge {
            None => key.encapsulate(&info, rng),
            Some(device_key) => {
                let (key, frame) = (device_key, frame.as_slice());
                let mut hedged = Hedged {
                    key,
                    bundle,
                    frame,
                    rng,
                };
                bundle.encryption_key().encapsulate(&info, &mut hedged)
            }
        }?;
        let to_be_signed = Transcript {
            account,
            device,
            header,
            encapsulated_key: &encapsulated_key,
            key,
            frame: &frame,
        }
        .to_be_signed();
        Ok(UnsignedEnvelope {
            device: *self.certificate.device(),
            header,
            encapsulated_key,
            context,
            frame,
            to_be_signed,
        })
    }
}
