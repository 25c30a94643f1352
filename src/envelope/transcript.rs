//! The bytes that bind an envelope to its recipient: HPKE's `info`, and the signed transcript
//! (spec/envelope.md, "Suites and encryption" and "Frame").

use crate::encryption::EncryptionKey;
use crate::envelope::codec::Header;
use crate::keys::{AccountKey, DeviceKey};
use crate::labels::Label;
use crate::signing::{ToBeSigned, to_be_signed};

/// Returns HPKE's `info`: only this device of this account can open.
pub(super) fn info(account: &AccountKey, device: &DeviceKey) -> Vec<u8> {
    [
        Label::Envelope.as_bytes(),
        account.as_bytes(),
        device.as_bytes(),
    ]
    .concat()
}

/// The fields of the envelope's signature: the recipient, everything in clear, and the frame.
pub(super) struct Transcript<'a> {
    pub(super) account: &'a AccountKey,
    pub(super) device: &'a DeviceKey,
    pub(super) header: Header,
    pub(super) encapsulated_key: &'a [u8],
    pub(super) key: &'a EncryptionKey,
    /// Every byte of the frame before the signature.
    pub(super) frame: &'a [u8],
}

impl Transcript<'_> {
    pub(super) fn to_be_signed(&self) -> ToBeSigned {
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
