//! Opening (spec/envelope.md, "Opening"): [`Envelope`] → [`Opened`] → [`Verified`] → content. Each
//! step consumes the one before, so that nothing unverified can be read by mistake. It keeps no
//! state; receiving needs the inbox.

use std::fmt;

use zeroize::Zeroizing;

use crate::certificate::Certificate;
use crate::content::Content;
use crate::envelope::codec::Envelope;
use crate::envelope::frame;
use crate::envelope::transcript::{Transcript, info};
use crate::error::{KeyError, OpenError};
use crate::ids::MessageId;
use crate::keys::{AccountKey, DeviceKey};
use crate::prekey::Prekey;
use crate::signing::{Signature, ToBeSigned};
use crate::time::UnixMillis;

impl Envelope {
    /// Decrypts with the prekey that the header names. `recipient` is the certificate of the
    /// device that receives, because an envelope is bound to its account and device.
    ///
    /// # Errors
    /// In this order:
    /// - [`OpenError::UnknownPrekey`] (`unknown_prekey`): none of `prekeys` has the header's suite
    ///   and id.
    /// - [`OpenError::DecryptionFailed`] (`decryption_failed`).
    /// - [`OpenError::BadContentLength`] (`bad_content_length`).
    /// - [`OpenError::BadPadding`] (`bad_padding`).
    pub fn open<'p>(
        &self,
        prekeys: impl IntoIterator<Item = &'p Prekey>,
        recipient: &Certificate,
    ) -> Result<Opened, OpenError> {
        let prekey = prekeys
            .into_iter()
            .find(|prekey| prekey.suite() == self.suite() && prekey.id() == self.prekey_id())
            .ok_or(OpenError::UnknownPrekey)?;
        let (account, device) = (recipient.account(), recipient.device());
        let header = self.header();
        let (encapsulated_key, ciphertext) = self.parts();
        let bytes = prekey.decryption_key().open(
            encapsulated_key,
            &info(account, device),
            &header.to_bytes(),
            ciphertext,
        )?;
        let frame = frame::decode(&bytes)?;
        let to_be_signed = Transcript {
            account,
            device,
            header,
            encapsulated_key,
            key: prekey.encryption_key(),
            frame: frame.signed,
        }
        .to_be_signed();
        Ok(Opened {
            certificate: Zeroizing::new(frame.certificate.to_vec()),
            message_id: frame.message_id,
            sent_at: frame.sent_at,
            content: Zeroizing::new(frame.content.to_vec()),
            signature: frame.signature,
            to_be_signed,
        })
    }
}

/// A decrypted envelope. Its writer is not known yet, so nothing can be read from it.
#[must_use = "nothing is verified yet"]
pub struct Opened {
    certificate: Zeroizing<Vec<u8>>,
    message_id: MessageId,
    sent_at: UnixMillis,
    content: Zeroizing<Vec<u8>>,
    signature: Signature,
    to_be_signed: ToBeSigned,
}

impl Opened {
    /// Checks who wrote it, and asks whether that account is trusted.
    ///
    /// # Errors
    /// In this order: [`OpenError::BadCertificate`] (`bad_certificate`),
    /// [`OpenError::BadSignature`] (`bad_signature`), [`OpenError::Untrusted`] (`untrusted`) with
    /// the account.
    pub fn verify(
        self,
        is_trusted: impl FnOnce(&AccountKey) -> bool,
    ) -> Result<Verified, OpenError> {
        let signed = self.authenticate()?;
        let account = *signed.certificate.account();
        if !is_trusted(&account) {
            return Err(OpenError::Untrusted { account });
        }
        Ok(Verified(signed))
    }

    /// Checks who wrote it.
    ///
    /// # Errors
    /// In this order: `bad_certificate`, `bad_signature`.
    pub(crate) fn authenticate(self) -> Result<Signed, OpenError> {
        let certificate =
            Certificate::from_bytes(&self.certificate).map_err(|_| OpenError::BadCertificate)?;
        if !certificate
            .device()
            .verify(&self.to_be_signed, &self.signature)
        {
            return Err(OpenError::BadSignature);
        }
        Ok(Signed {
            certificate,
            message_id: self.message_id,
            sent_at: self.sent_at,
            content: self.content,
        })
    }
}

/// A message that a device has signed for this recipient. Whether its account is trusted is not
/// known yet.
pub(crate) struct Signed {
    pub(crate) certificate: Certificate,
    pub(crate) message_id: MessageId,
    pub(crate) sent_at: UnixMillis,
    /// Compressed, as the frame held it.
    pub(crate) content: Zeroizing<Vec<u8>>,
}

impl Signed {
    /// Checks the time of sending against the reader's clock.
    ///
    /// # Errors
    /// `clock`, `too_old`: sent more than 10 minutes ahead of `now`, or more than 30 days ago.
    pub(crate) fn check_sent_at(&self, now: UnixMillis) -> Result<(), OpenError> {
        let sent_at = self.sent_at;
        if sent_at.is_ahead_of(now) {
            let ahead_ms = sent_at.0.saturating_sub(now.0);
            return Err(OpenError::Clock { ahead_ms });
        }
        if sent_at.is_too_old(now) {
            let age_ms = now.0.saturating_sub(sent_at.0);
            return Err(OpenError::TooOld { age_ms });
        }
        Ok(())
    }

    /// Checks that the certificate was valid when the message was sent.
    ///
    /// # Errors
    /// `certificate_not_yet_valid`, `certificate_expired`.
    pub(crate) fn check_certificate(&self) -> Result<(), OpenError> {
        self.certificate
            .check_time(self.sent_at)
            .map_err(|error| match error {
                KeyError::CertificateNotYetValid => OpenError::CertificateNotYetValid,
                _ => OpenError::CertificateExpired,
            })
    }

    /// Reads the content.
    ///
    /// # Errors
    /// `bad_compression`, `too_long`, `bad_cbor`, `too_deep`, `too_many`, `bad_content`.
    pub(crate) fn content(&self) -> Result<Content, OpenError> {
        Ok(Content::decompress(&self.content)?)
    }
}

/// An envelope whose writer is known and trusted.
///
/// Nothing has checked whether it was seen before or its certificate is revoked;
/// [`Inbox`](crate::Inbox) does both.
pub struct Verified(Signed);

impl Verified {
    /// Returns the sender's account.
    pub fn account(&self) -> &AccountKey {
        self.0.certificate.account()
    }

    /// Returns the sender's device.
    pub fn device(&self) -> &DeviceKey {
        self.0.certificate.device()
    }

    /// Returns the certificate by which the sender's account vouches for the device.
    pub fn certificate(&self) -> &Certificate {
        &self.0.certificate
    }

    /// Returns the message's id, the same for every device that it was sealed to.
    pub fn message_id(&self) -> MessageId {
        self.0.message_id
    }

    /// Returns when the sender says it was sent.
    pub fn sent_at(&self) -> UnixMillis {
        self.0.sent_at
    }

    /// Checks the times, then reads the content.
    ///
    /// # Errors
    /// In this order:
    /// - [`OpenError::Clock`] (`clock`), [`OpenError::TooOld`] (`too_old`): `sent_at` is more than
    ///   10 minutes ahead of `now`, or more than 30 days ago.
    /// - [`OpenError::CertificateNotYetValid`] (`certificate_not_yet_valid`),
    ///   [`OpenError::CertificateExpired`] (`certificate_expired`): by `sent_at`.
    /// - [`OpenError::Content`] (`bad_compression`, `too_long`, `bad_cbor`, `too_deep`, `too_many`,
    ///   `bad_content`).
    pub fn content(&self, now: UnixMillis) -> Result<Content, OpenError> {
        self.0.check_sent_at(now)?;
        self.0.check_certificate()?;
        self.0.content()
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opened(…)")
    }
}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("account", self.account())
            .field("device", self.device())
            .field("message_id", &self.message_id())
            .field("sent_at", &self.sent_at())
            .finish_non_exhaustive()
    }
}
