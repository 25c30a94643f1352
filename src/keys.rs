//! The public keys that name accounts and devices (spec/envelope.md, "Keys").

use std::fmt;

use crate::digest::sha256_prefix;
use crate::hex::Hex;
use crate::labels::Label;

/// Declares a public key. There are two types, so that an account's key is never taken for a
/// device's.
macro_rules! public_key {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $name::LEN]);

        impl $name {
            /// Bytes of a public key.
            pub const LEN: usize = 32;

            /// Returns the key's 32 bytes.
            pub const fn as_bytes(&self) -> &[u8; $name::LEN] {
                &self.0
            }

            /// Makes a key of bytes that `signing` has found sound, or that belong to a private
            /// key.
            pub(crate) const fn from_sound(bytes: [u8; $name::LEN]) -> $name {
                $name(bytes)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), Hex(self.as_bytes()))
            }
        }
    };
}

public_key! {
    /// The public key of an account, which contacts verify by its fingerprint and pin. A value of
    /// this type is a sound key: canonical, and not of small order.
    AccountKey
}

public_key! {
    /// The public key of a device. A value of this type is a sound key: canonical, and not of small
    /// order.
    DeviceKey
}

impl AccountKey {
    /// Returns the text that people compare: the first 16 bytes of
    /// SHA-256(`hushring/1 fingerprint` ‖ 0x00 ‖ key) as eight groups of four hexadecimal digits,
    /// 39 characters.
    pub fn fingerprint(&self) -> String {
        let digest: [u8; 16] = sha256_prefix(&[Label::Fingerprint.as_bytes(), self.as_bytes()]);
        let groups: Vec<String> = digest
            .chunks(2)
            .map(|group| Hex(group).to_string())
            .collect();
        groups.join(" ")
    }
}
