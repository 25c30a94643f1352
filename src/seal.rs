//! Sealing (spec/envelope.md, "Sealing"): encapsulate, sign, seal.

use std::fmt;

use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use crate::bundle::PrekeyBundle;
use crate::certificate::Certificate;
use crate::content::Content;
use crate::encryption::{EncryptionKey, SealingContext};
use crate::envelope::{Envelope, Header};
use crate::error::{KeyError, SealError};
use crate::frame;
use crate::ids::MessageId;
use crate::random::SysRng;
use crate::signing::{AccountKey, DeviceKey, Label, Signature, ToBeSigned, to_be_signed};
use crate::suite::Suite;
use crate::time::UnixMillis;

/// When a message is sent and under which id.
#[derive(Clone, Copy, Debug)]
pub struct SealOptions {
    /// The time now, corrected by the server's clock: it becomes `sent_at`.
    pub now: UnixMillis,
    /// The message's id; a random one if there is none.
    pub message_id: Option<MessageId>,
}

impl SealOptions {
    /// Sent at `now` under a random id.
    pub const fn at(now: UnixMillis) -> SealOptions {
        SealOptions {
            now,
            message_id: None,
        }
    }
}

/// An envelope that waits for its device's signature. Sealing consumes it, so that its key is used
/// once; on any failure everything starts over.
pub struct UnsignedEnvelope {
    device: DeviceKey,
    header: Header,
    encapsulated_key: Vec<u8>,
    context: SealingContext,
    frame: Zeroizing<Vec<u8>>,
    to_be_signed: ToBeSigned,
}

impl UnsignedEnvelope {
    /// Begins an envelope to one recipient device.
    ///
    /// # Errors
    /// In this order: `certificate_not_yet_valid`, `certificate_expired`, `bundle_expired`: by
    /// `now`. What the content breaks: `bad_content`, `too_deep`, `too_long`, `too_many`.
    /// `too_large`: with the bytes needed and available. `no_randomness`.
    pub fn begin(
        certificate: &Certificate,
        bundle: &PrekeyBundle,
        content: &Content,
        options: SealOptions,
    ) -> Result<UnsignedEnvelope, SealError> {
        UnsignedEnvelope::begin_with_rng(certificate, bundle, content, options, &mut SysRng)
    }

    /// [`UnsignedEnvelope::begin`] from the bytes of `rng`: 16 for the message id unless it is
    /// given, then 32 (`x25519`) or 64 (`xwing`) for the encapsulation.
    ///
    /// # Errors
    /// As [`UnsignedEnvelope::begin`].
    pub fn begin_with_rng<R: TryCryptoRng + ?Sized>(
        certificate: &Certificate,
        bundle: &PrekeyBundle,
        content: &Content,
        options: SealOptions,
        rng: &mut R,
    ) -> Result<UnsignedEnvelope, SealError> {
        let draft = Draft::new(certificate, &[bundle], content, options, rng)?;
        draft.to(bundle, rng)
    }

    /// Begins envelopes to several devices under one message id, in the order of `bundles`.
    ///
    /// # Errors
    /// As [`UnsignedEnvelope::begin`], for the first bundle that fails.
    pub fn begin_many(
        certificate: &Certificate,
        bundles: &[&PrekeyBundle],
        content: &Content,
        options: SealOptions,
    ) -> Result<Vec<UnsignedEnvelope>, SealError> {
        UnsignedEnvelope::begin_many_with_rng(certificate, bundles, content, options, &mut SysRng)
    }

    /// [`UnsignedEnvelope::begin_many`] from the bytes of `rng`: 16 for the message id unless it is
    /// given, then 32 or 64 for each bundle.
    ///
    /// # Errors
    /// As [`UnsignedEnvelope::begin_many`].
    pub fn begin_many_with_rng<R: TryCryptoRng + ?Sized>(
        certificate: &Certificate,
        bundles: &[&PrekeyBundle],
        content: &Content,
        options: SealOptions,
        rng: &mut R,
    ) -> Result<Vec<UnsignedEnvelope>, SealError> {
        let draft = Draft::new(certificate, bundles, content, options, rng)?;
        bundles.iter().map(|bundle| draft.to(bundle, rng)).collect()
    }

    /// What the device has to sign.
    pub fn to_be_signed(&self) -> &ToBeSigned {
        &self.to_be_signed
    }

    /// The envelope, if the signature is the device's.
    ///
    /// # Errors
    /// `bad_signature`.
    pub fn finish(mut self, signature: Signature) -> Result<Envelope, SealError> {
        if !self.device.verify(&self.to_be_signed, &signature) {
            return Err(SealError::BadSignature);
        }
        frame::finish(self.header.suite, &mut self.frame, &signature);
        let ciphertext = self.context.seal(&self.frame, &self.header.to_bytes())?;
        Envelope::from_parts(self.header, &self.encapsulated_key, &ciphertext)
            .map_err(|_| SealError::WeakKey)
    }
}

impl fmt::Debug for UnsignedEnvelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnsignedEnvelope")
            .field("header", &self.header)
            .finish_non_exhaustive()
    }
}

/// HPKE's info: who alone may open.
pub(crate) fn info(account: &AccountKey, device: &DeviceKey) -> Vec<u8> {
    [
        b"hushring/1 envelope\0".as_slice(),
        account.as_bytes(),
        device.as_bytes(),
    ]
    .concat()
}

/// What the sender's device signs: the recipient, everything in clear, and the frame.
pub(crate) struct Transcript<'a> {
    pub(crate) account: &'a AccountKey,
    pub(crate) device: &'a DeviceKey,
    pub(crate) header: Header,
    pub(crate) encapsulated_key: &'a [u8],
    pub(crate) key: &'a EncryptionKey,
    pub(crate) frame: &'a [u8],
}

impl Transcript<'_> {
    pub(crate) fn to_be_signed(&self) -> ToBeSigned {
        to_be_signed(
            Label::Envelope,
            &[
                self.account.as_bytes(),
                self.device.as_bytes(),
                &self.header.to_bytes(),
                self.encapsulated_key,
                self.key.as_bytes(),
                self.frame,
            ],
        )
    }
}

/// What is the same for every recipient of a message.
struct Draft<'a> {
    certificate: &'a Certificate,
    message_id: MessageId,
    sent_at: UnixMillis,
    content: Zeroizing<Vec<u8>>,
}

impl<'a> Draft<'a> {
    /// Everything that can fail without randomness fails here, for every bundle, before any work
    /// on the first.
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

    fn to<R: TryCryptoRng + ?Sized>(
        &self,
        bundle: &PrekeyBundle,
        rng: &mut R,
    ) -> Result<UnsignedEnvelope, SealError> {
        let suite: Suite = bundle.suite();
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
        let key = bundle.encryption_key();
        let (encapsulated_key, context) =
            key.encapsulate(&info(bundle.account(), bundle.device()), rng)?;
        let to_be_signed = Transcript {
            account: bundle.account(),
            device: bundle.device(),
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
