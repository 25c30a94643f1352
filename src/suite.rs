//! The two cipher suites and their sizes (spec/envelope.md, "Suites and encryption").

use crate::vocabulary::vocabulary;

vocabulary! {
    /// An HPKE suite (RFC 9180, Base mode).
    ///
    /// The order is that of strength: `Suite::X25519 < Suite::XWing`.
    pub enum Suite {
        /// Suite 1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305.
        X25519 = "x25519",
        /// Suite 2: X-Wing (ML-KEM-768 and X25519), HKDF-SHA256, AES-256-GCM.
        XWing = "xwing",
    }
}

impl Suite {
    /// Returns the suite that a byte on the wire stands for.
    pub const fn from_byte(byte: u8) -> Option<Suite> {
        match byte {
            1 => Some(Suite::X25519),
            2 => Some(Suite::XWing),
            _ => None,
        }
    }

    /// Returns the byte that stands for the suite on the wire, 1 or 2.
    pub const fn byte(self) -> u8 {
        match self {
            Suite::X25519 => 1,
            Suite::XWing => 2,
        }
    }

    /// Returns the bit that stands for the suite in a bundle's `offers`.
    pub const fn offer_bit(self) -> u8 {
        1 << (self.byte() - 1)
    }

    /// Returns Npk, the bytes of an HPKE public key: 32 or 1,216.
    pub const fn public_key_len(self) -> usize {
        match self {
            Suite::X25519 => 32,
            Suite::XWing => 1216,
        }
    }

    /// Returns Nenc, the bytes of an encapsulated key: 32 or 1,120.
    pub const fn encapsulated_key_len(self) -> usize {
        match self {
            Suite::X25519 => 32,
            Suite::XWing => 1120,
        }
    }
}
