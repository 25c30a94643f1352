//! Ids of calls and messages.

use std::fmt;
use std::str::FromStr;

use rand_core::TryCryptoRng;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::error::ContentError;
use crate::random::{self, NoRandomness};
use crate::signing::{AccountKey, Hex};

/// A call's id: 16 bytes, a UUID string in the APIs. It belongs to the caller who chose it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId([u8; CallId::LEN]);

impl CallId {
    /// Bytes of a call id.
    pub const LEN: usize = 16;

    /// A call id from its bytes.
    pub const fn from_bytes(bytes: [u8; CallId::LEN]) -> CallId {
        CallId(bytes)
    }

    /// The id's 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; CallId::LEN] {
        &self.0
    }

    /// The UUID under which CallKit knows the call: the first 16 bytes of
    /// SHA-256(`hushring/1 callkit` ‖ 0x00 ‖ caller's account ‖ call id) with version 8 and the
    /// variant bits set. So nobody can choose the UUID of another account's call.
    pub fn callkit_uuid(&self, caller: &AccountKey) -> CallId {
        self.callkit_uuid_of(caller.as_bytes())
    }

    pub(crate) fn callkit_uuid_of(&self, caller: &[u8; AccountKey::LEN]) -> CallId {
        let digest: [u8; 32] = Sha256::new()
            .chain_update(b"hushring/1 callkit\0")
            .chain_update(caller)
            .chain_update(self.0)
            .finalize()
            .into();
        let (head, _) = digest.split_first_chunk().unwrap_or((&[0; 16], &[]));
        CallId(
            uuid::Builder::from_custom_bytes(*head)
                .into_uuid()
                .into_bytes(),
        )
    }
}

/// A UUID with hyphens, 36 characters in either case.
impl FromStr for CallId {
    type Err = ContentError;

    fn from_str(text: &str) -> Result<CallId, ContentError> {
        if text.len() != uuid::fmt::Hyphenated::LENGTH {
            return Err(ContentError::BadCallId);
        }
        let uuid = Uuid::try_parse(text).map_err(|_| ContentError::BadCallId)?;
        Ok(CallId(uuid.into_bytes()))
    }
}

/// A lowercase UUID with hyphens.
impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Uuid::from_bytes(self.0).hyphenated().fmt(f)
    }
}

impl fmt::Debug for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CallId({self})")
    }
}

/// A message's id: 16 random bytes, the same for every device that a message is sealed to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId([u8; MessageId::LEN]);

impl MessageId {
    /// Bytes of a message id.
    pub const LEN: usize = 16;

    /// A message id from its bytes.
    pub const fn from_bytes(bytes: [u8; MessageId::LEN]) -> MessageId {
        MessageId(bytes)
    }

    /// The id's 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; MessageId::LEN] {
        &self.0
    }

    pub(crate) fn generate<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
    ) -> Result<MessageId, NoRandomness> {
        random::take(rng).map(|bytes| MessageId(*bytes))
    }
}

/// Thirty-two lowercase hexadecimal digits.
impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hex(&self.0).fmt(f)
    }
}

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_id_is_a_hyphenated_uuid_and_nothing_else() {
        let text = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";
        let id = CallId::from_str(text);
        assert_eq!(id.as_ref().map(CallId::to_string), Ok(text.to_string()));
        assert_eq!(CallId::from_str(&text.to_uppercase()), id);
        for bad in [
            "",
            "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
            "{0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9}",
            "urn:uuid:0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",
            "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8fg",
            "0a1b2c3d-4e5f-60718-293-a4b5c6d7e8f9",
            "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9 ",
        ] {
            assert_eq!(CallId::from_str(bad), Err(ContentError::BadCallId), "{bad}");
        }
    }
}
