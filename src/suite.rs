//! The two cipher suites and their sizes (spec/envelope.md, "Suites").

use std::fmt;

/// What stands between a sender's plaintext and the wire: one HPKE suite (RFC 9180, Base mode).
///
/// The order is the order of strength: `Suite::X25519 < Suite::XWing`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Suite {
    /// Suite 1, `x25519`: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305.
    X25519 = 1,
    /// Suite 2, `xwing`: X-Wing (ML-KEM-768 and X25519), HKDF-SHA256, AES-256-GCM.
    XWing = 2,
}

impl Suite {
    /// Every suite of version 1, weakest first.
    pub const ALL: [Suite; 2] = [Suite::X25519, Suite::XWing];

    /// The suite that a byte on the wire stands for.
    pub const fn from_byte(byte: u8) -> Option<Suite> {
        match byte {
            1 => Some(Suite::X25519),
            2 => Some(Suite::XWing),
            _ => None,
        }
    }

    /// The suite of this name: `x25519` or `xwing`.
    pub fn from_name(name: &str) -> Option<Suite> {
        Suite::ALL.into_iter().find(|suite| suite.name() == name)
    }

    /// The byte that stands for the suite on the wire.
    pub const fn byte(self) -> u8 {
        self as u8
    }

    /// The name that the APIs use: `x25519` or `xwing`.
    pub const fn name(self) -> &'static str {
        match self {
            Suite::X25519 => "x25519",
            Suite::XWing => "xwing",
        }
    }

    /// The bit that stands for the suite in a bundle's `offers`.
    pub const fn offer_bit(self) -> u8 {
        1 << (self.byte() - 1)
    }

    /// Npk: bytes of an HPKE public key, 32 or 1,216.
    pub const fn public_key_len(self) -> usize {
        match self {
            Suite::X25519 => 32,
            Suite::XWing => 1216,
        }
    }

    /// Nenc: bytes of an encapsulated key, 32 or 1,120.
    pub const fn encapsulated_key_len(self) -> usize {
        match self {
            Suite::X25519 => 32,
            Suite::XWing => 1120,
        }
    }

    /// Bytes of randomness that one encapsulation takes, 32 or 64.
    pub(crate) const fn encapsulation_randomness_len(self) -> usize {
        match self {
            Suite::X25519 => 32,
            Suite::XWing => 64,
        }
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
