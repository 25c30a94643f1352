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

            /// Makes an id of its bytes.
            pub const fn from_bytes(bytes: [u8; $name::LEN]) -> $name {
                $name(bytes)
            }

            /// Returns the id's 16 bytes.
            pub const fn as_bytes(&self) -> &[u8; $name::LEN] {
                &self.0
            }
        }

        /// Reads a UUID with hyphens, 36 characters in either case.
        impl FromStr for $name {
            type Err = ContentError;

            fn from_str(text: &str) -> Result<$name, ContentError> {
                read_uuid(text).map($name)
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
    /// A call's id, 16 bytes. It belongs to the caller, who chose it.
    CallId
}

uuid! {
    /// The UUID that CallKit uses for a call, 16 bytes: see [`CallId::callkit_uuid`].
    CallKitUuid
}

impl CallId {
    /// Returns the UUID that CallKit uses for this call: the first 16 bytes of
    /// SHA-256(`hushring/1 callkit` ‖ 0x00 ‖ caller's account ‖ call id) with version 8 and the
    /// variant bits set. So nobody can choose the UUID of another account's call.
    pub fn callkit_uuid(&self, caller: &AccountKey) -> CallKitUuid {
        self.callkit_uuid_of(caller.as_bytes())
    }

    /// Returns whether it has the form of a CallKit UUID, which does not belong in a callId's place.
    pub(crate) fn is_callkit_uuid(&self) -> bool {
        let uuid = Uuid::from_bytes(self.0);
        uuid.get_version_num() == 8 && uuid.get_variant() == uuid::Variant::RFC4122
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

fn read_uuid(text: &str) -> Result<[u8; 16], ContentError> {
    if text.len() != uuid::fmt::Hyphenated::LENGTH {
        return Err(ContentError::BadCallId);
    }
    let uuid = Uuid::try_parse(text).map_err(|_| ContentError::BadCallId)?;
    Ok(uuid.into_bytes())
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
