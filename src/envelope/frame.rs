//! The frame (spec/envelope.md, "Frame"): the plaintext of an envelope's ciphertext. A codec,
//! without cryptography.

use zeroize::Zeroizing;

use crate::certificate::Certificate;
use crate::envelope::codec::{Envelope, Header, TAG_LEN};
use crate::error::{OpenError, SealError};
use crate::ids::MessageId;
use crate::reader::Reader;
use crate::signing::Signature;
use crate::suite::Suite;
use crate::time::UnixMillis;

/// Bytes in front of the content: certificate, message id, sent_at, content length.
const HEAD_LEN: usize = Certificate::LEN + MessageId::LEN + 8 + 2;

/// Returns the bytes of a suite's frame, which fills what the header, the encapsulated key and the
/// tag leave of the envelope: 2,822 (`x25519`) or 1,734 (`xwing`).
pub(super) const fn frame_len(suite: Suite) -> usize {
    Envelope::LEN - Header::LEN - suite.encapsulated_key_len() - TAG_LEN
}

/// Returns the bytes of room for compressed content in an envelope of this suite: 2,588 (`x25519`)
/// or 1,500 (`xwing`).
pub const fn capacity(suite: Suite) -> usize {
    frame_len(suite) - HEAD_LEN - Signature::LEN
}

/// Writes every field before the signature.
///
/// # Errors
/// `too_large`: the content does not fit.
pub(super) fn encode(
    suite: Suite,
    certificate: &Certificate,
    message_id: MessageId,
    sent_at: UnixMillis,
    content: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let too_large = SealError::TooLarge {
        needed: content.len(),
        available: capacity(suite),
    };
    let length = match u16::try_from(content.len()) {
        Ok(length) if content.len() <= capacity(suite) => length,
        _ => return Err(too_large),
    };
    // The whole frame's room at once, because a vector that grew would leave plaintext behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(frame_len(suite)));
    bytes.extend_from_slice(&certificate.to_bytes());
    bytes.extend_from_slice(message_id.as_bytes());
    bytes.extend_from_slice(&sent_at.0.to_be_bytes());
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(content);
    Ok(bytes)
}

/// Adds the signature, and the zeros that make every frame of a suite equally long.
pub(super) fn finish(suite: Suite, frame: &mut Vec<u8>, signature: &Signature) {
    frame.extend_from_slice(signature.as_bytes());
    frame.resize(frame_len(suite), 0);
}

/// The fields of a frame. None of them is verified.
pub(super) struct Frame<'a> {
    /// Every byte before the signature.
    pub(super) signed: &'a [u8],
    pub(super) certificate: &'a [u8],
    pub(super) message_id: MessageId,
    pub(super) sent_at: UnixMillis,
    pub(super) content: &'a [u8],
    pub(super) signature: Signature,
}

/// Reads a frame.
///
/// # Errors
/// `bad_content_length`, then `bad_padding`.
pub(super) fn decode(bytes: &[u8]) -> Result<Frame<'_>, OpenError> {
    let mut reader = Reader::new(bytes);
    let (Some(certificate), Some(message_id), Some(sent_at), Some(length)) = (
        reader.slice(Certificate::LEN),
        reader.array(),
        reader.u64(),
        reader.u16(),
    ) else {
        return Err(OpenError::BadContentLength);
    };
    let length = usize::from(length);
    let (Some(content), Some(signature), Some((signed, _))) = (
        reader.slice(length).filter(|content| !content.is_empty()),
        reader.array(),
        bytes.split_at_checked(HEAD_LEN + length),
    ) else {
        return Err(OpenError::BadContentLength);
    };
    // Every byte is looked at, so that the time this takes does not say where the padding is wrong.
    if reader.rest().iter().fold(0, |all, byte| all | byte) != 0 {
        return Err(OpenError::BadPadding);
    }
    Ok(Frame {
        signed,
        certificate,
        message_id: MessageId::from_bytes(*message_id),
        sent_at: UnixMillis(sent_at),
        content,
        signature: Signature::from_bytes(*signature),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sizes_are_those_of_the_specification() {
        assert_eq!(Suite::ALL.map(frame_len), [2822, 1734]);
        assert_eq!(Suite::ALL.map(capacity), [2588, 1500]);
    }

    fn frame(len: u16, padding: u8) -> Vec<u8> {
        let mut bytes = vec![7; Certificate::LEN + MessageId::LEN + 8];
        bytes.extend_from_slice(&len.to_be_bytes());
        bytes.extend_from_slice(&vec![8; usize::from(len)]);
        bytes.extend_from_slice(&[9; Signature::LEN]);
        bytes.resize(frame_len(Suite::XWing), padding);
        bytes
    }

    #[test]
    fn a_content_length_fits_its_frame() {
        let code =
            |bytes: &[u8]| decode(bytes).map_or_else(|error| error.code().as_str(), |_| "ok");
        assert_eq!(code(&frame(1, 0)), "ok");
        assert_eq!(code(&frame(1500, 0)), "ok");
        assert_eq!(code(&frame(0, 0)), "bad_content_length");
        // One byte more leaves none for the signature's last.
        for len in [1501_u16, 1565, 1566, u16::MAX] {
            let mut bytes = frame(1, 0);
            bytes[168..170].copy_from_slice(&len.to_be_bytes());
            assert_eq!(code(&bytes), "bad_content_length", "{len}");
        }
    }

    #[test]
    fn padding_is_zero_to_the_last_byte() {
        assert_eq!(decode(&frame(1, 1)).err(), Some(OpenError::BadPadding));
        for place in [frame_len(Suite::XWing) - 1, 170 + 1 + 64] {
            let mut bytes = frame(1, 0);
            bytes[place] = 0x80;
            assert_eq!(decode(&bytes).err(), Some(OpenError::BadPadding));
        }
    }
}
