//! Ids of calls and messages (spec/envelope.md, "Derived identifiers").

use std::fmt;
use std::str::FromStr;

use rand_core::TryCryptoRng;
use uuid::Uuid;

use crate::digest::sha256_prefix;
use crate::error::ContentError;
use crate::hex::Hex;
use crate::keys::AccountKey;
use crate::labels::Label;
use crate::random::{self, NoRandomness};

/// Declares an id of 16 bytes that every API shows as a UUID. There are two types, because a call's
/// id and the UUID that CallKit uses for the call look alike and mean different things.
macro_rules! uuid {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $name::LEN]);

        impl $name {
            /// Bytes of an id.
            pub const LEN: usize = 16;

            /// Returns the id's 16 bytes.
            pub const fn as_bytes(&self) -> &[u8; $name::LEN] {
                &self.0
            }
        }

        /// Writes a lowercase UUID with hyphens.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                Uuid::from_bytes(self.0).hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    };
}

uuid! {
    /// A call's id, 16 bytes, but never a version 8 UUID, which would be a [`CallKitUuid`] in its
    /// place. It belongs to the caller, who chose it.
    CallId
}

uuid! {
    /// The UUID that CallKit uses for a call, 16 bytes: see [`CallId::callkit_uuid`].
    CallKitUuid
}

impl CallId {
    /// Makes a call's id of its bytes.
    ///
    /// # Errors
    /// [`ContentError::BadCallId`] (`bad_call_id`): the bytes are a version 8 UUID.
    pub const fn from_bytes(bytes: [u8; CallId::LEN]) -> Result<CallId, ContentError> {
        let (version, variant) = (bytes[6] >> 4, bytes[8] >> 6);
        match (version, variant) {
            (8, 0b10) => Err(ContentError::BadCallId),
            _ => Ok(CallId(bytes)),
        }
    }

    /// Returns the UUID that CallKit uses for this call: the first 16 bytes of
    /// SHA-256(`hushring/1 callkit` ‖ 0x00 ‖ caller's account ‖ call id) with version 8 and the
    /// variant bits set. So nobody can choose the UUID of another account's call.
    pub fn callkit_uuid(&self, caller: &AccountKey) -> CallKitUuid {
        self.callkit_uuid_of(caller.as_bytes())
    }

    pub(crate) fn callkit_uuid_of(&self, caller: &[u8; AccountKey::LEN]) -> CallKitUuid {
        let hash = sha256_prefix(&[Label::CallKit.as_bytes(), caller, &self.0]);
        CallKitUuid(
            uuid::Builder::from_custom_bytes(hash)
                .into_uuid()
                .into_bytes(),
        )
    }
}

/// Reads a UUID with hyphens, 36 characters in either case.
impl FromStr for CallId {
    type Err = ContentError;

    fn from_str(text: &str) -> Result<CallId, ContentError> {
        if text.len() != uuid::fmt::Hyphenated::LENGTH {
            return Err(ContentError::BadCallId);
        }
        let uuid = Uuid::try_parse(text).map_err(|_| ContentError::BadCallId)?;
        CallId::from_bytes(uuid.into_bytes())
    }
}

impl CallKitUuid {
    /// Makes a UUID of its bytes.
    pub const fn from_bytes(bytes: [u8; CallKitUuid::LEN]) -> CallKitUuid {
        CallKitUuid(bytes)
    }
}

/// A message's id: 16 random bytes, the same for every device that a message is sealed to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId([u8; MessageId::LEN]);

impl MessageId {
    /// Bytes of a message id.
    pub const LEN: usize = 16;

    /// Makes a message id of its bytes.
    pub const fn from_bytes(bytes: [u8; MessageId::LEN]) -> MessageId {
        MessageId(bytes)
    }

    /// Returns the id's 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; MessageId::LEN] {
        &self.0
    }

    pub(crate) fn generate<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
    ) -> Result<MessageId, NoRandomness> {
        random::take(rng).map(|bytes| MessageId(*bytes))
    }
}

/// Writes 32 lowercase hexadecimal digits.
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
    fn a_message_id_is_shown_as_text() {
        let shown = format!("{:?}", MessageId::from_bytes([0x07; 16]));
        assert_eq!(shown, format!("MessageId({})", "07".repeat(16)));
    }

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

    #[test]
    fn a_version_8_uuid_is_not_a_call_id() {
        for variant in ["8", "9", "a", "b"] {
            let text = format!("0a1b2c3d-4e5f-8071-{variant}293-a4b5c6d7e8f9");
            assert_eq!(CallId::from_str(&text), Err(ContentError::BadCallId));
            for near in ["0a1b2c3d-4e5f-7071", "0a1b2c3d-4e5f-9071"] {
                assert!(CallId::from_str(&text.replacen("0a1b2c3d-4e5f-8071", near, 1)).is_ok());
            }
        }
        for variant in ["7", "c"] {
            let text = format!("0a1b2c3d-4e5f-8071-{variant}293-a4b5c6d7e8f9");
            assert!(CallId::from_str(&text).is_ok());
        }
    }
}
