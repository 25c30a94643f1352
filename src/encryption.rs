//! The one place that touches HPKE (RFC 9180, Base mode; spec/envelope.md, "Suites and
//! encryption"). Sealing takes two steps, so that the signature over the encapsulated key can stand
//! inside the ciphertext.

use hushring_algorithms::hpke::{x25519, xwing};
use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use crate::error::{KeyError, OpenError, SealError};
use crate::field::{P, is_below_p};
use crate::random::Taken;
use crate::suite::Suite;

/// A recipient's HPKE public key. It is canonical, and its X25519 part is not of low order.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct EncryptionKey {
    key: PublicKey,
    bytes: Vec<u8>,
}

#[derive(Clone, PartialEq, Eq)]
enum PublicKey {
    X25519(x25519::PublicKey),
    XWing(Box<xwing::PublicKey>),
}

impl EncryptionKey {
    /// Reads and checks a public key.
    ///
    /// # Errors
    /// `bad_length`; then `weak_key`: the X25519 part is of low order or not below p, or an ML-KEM
    /// coefficient is not below q.
    pub(crate) fn from_bytes(suite: Suite, bytes: &[u8]) -> Result<EncryptionKey, KeyError> {
        if bytes.len() != suite.public_key_len() {
            return Err(KeyError::BadLength);
        }
        if !ends_with_sound_x25519_key(bytes) {
            return Err(KeyError::WeakKey);
        }
        let weak = KeyError::WeakKey;
        let key = match suite {
            Suite::X25519 => PublicKey::X25519(x25519::public_key(bytes).ok_or(weak)?),
            Suite::XWing => PublicKey::XWing(Box::new(xwing::public_key(bytes).ok_or(weak)?)),
        };
        Ok(EncryptionKey {
            key,
            bytes: bytes.to_vec(),
        })
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Takes the first step: returns an encapsulated key, and the context that seals one plaintext.
    ///
    /// Takes 32 bytes (`x25519`: the input key material of the ephemeral key) or 64 bytes
    /// (`xwing`: ML-KEM's m ‖ the ephemeral X25519 key) from `rng`.
    ///
    /// # Errors
    /// `no_randomness`, then `weak_key`.
    pub(crate) fn encapsulate<R: TryCryptoRng + ?Sized>(
        &self,
        info: &[u8],
        rng: &mut R,
    ) -> Result<(Vec<u8>, SealingContext), SealError> {
        let weak = SealError::WeakKey;
        // With fewer than the bytes that were taken, the key would be predictable.
        match &self.key {
            PublicKey::X25519(key) => {
                let mut taken = Taken::<32>::new(rng)?;
                let (encapsulated, context) =
                    x25519::encapsulate(key, info, &mut taken).ok_or(weak)?;
                assert!(taken.is_spent(), "an encapsulation takes 32 random bytes");
                Ok((encapsulated, SealingContext::X25519(context)))
            }
            PublicKey::XWing(key) => {
                let mut taken = Taken::<64>::new(rng)?;
                let (encapsulated, context) =
                    xwing::encapsulate(key, info, &mut taken).ok_or(weak)?;
                assert!(taken.is_spent(), "an encapsulation takes 64 random bytes");
                Ok((encapsulated, SealingContext::XWing(context)))
            }
        }
    }
}

/// The context that seals one plaintext. The second step consumes it, so that no nonce is used
/// twice. Boxed, so that no move leaves a copy of its key behind.
pub(crate) enum SealingContext {
    X25519(Box<x25519::Context>),
    XWing(Box<xwing::Context>),
}

impl SealingContext {
    /// Takes the second step: encrypts in place, and returns the 16-byte tag.
    #[expect(
        clippy::expect_used,
        reason = "an AEAD fails for its second 2^64th message or for gigabytes, and this is the first frame"
    )]
    pub(crate) fn seal(self, text: &mut [u8], aad: &[u8]) -> [u8; 16] {
        match self {
            SealingContext::X25519(context) => context.seal(text, aad),
            SealingContext::XWing(context) => context.seal(text, aad),
        }
        .expect("a new context seals a frame")
    }
}

/// A recipient's HPKE private key, wiped when dropped. Boxed, both of them, so that no move leaves
/// a copy in the room of the larger.
#[derive(Clone)]
pub(crate) enum DecryptionKey {
    X25519(Box<x25519::PrivateKey>),
    XWing(Box<xwing::PrivateKey>),
}

impl DecryptionKey {
    /// Bytes of a private key in both suites. In X-Wing it is the seed.
    pub(crate) const LEN: usize = 32;

    /// Reads a private key.
    ///
    /// # Errors
    /// None: all 32 bytes are a private key in both suites, so `bad_key` does not occur.
    pub(crate) fn from_bytes(
        suite: Suite,
        bytes: &[u8; DecryptionKey::LEN],
    ) -> Result<DecryptionKey, KeyError> {
        let bad = KeyError::BadKey;
        Ok(match suite {
            Suite::X25519 => DecryptionKey::X25519(x25519::private_key(bytes).ok_or(bad)?),
            Suite::XWing => DecryptionKey::XWing(xwing::private_key(bytes).ok_or(bad)?),
        })
    }

    pub(crate) fn to_bytes(&self) -> Zeroizing<[u8; DecryptionKey::LEN]> {
        let mut bytes = Zeroizing::new([0; DecryptionKey::LEN]);
        match self {
            DecryptionKey::X25519(key) => x25519::write(key, &mut bytes),
            DecryptionKey::XWing(key) => xwing::write(key, &mut bytes),
        }
        bytes
    }

    pub(crate) fn suite(&self) -> Suite {
        match self {
            DecryptionKey::X25519(_) => Suite::X25519,
            DecryptionKey::XWing(_) => Suite::XWing,
        }
    }

    pub(crate) fn encryption_key(&self) -> EncryptionKey {
        let (key, bytes) = match self {
            DecryptionKey::X25519(key) => {
                let (key, bytes) = x25519::public_half(key);
                (PublicKey::X25519(key), bytes)
            }
            DecryptionKey::XWing(key) => {
                let (key, bytes) = xwing::public_half(key);
                (PublicKey::XWing(Box::new(key)), bytes)
            }
        };
        EncryptionKey { key, bytes }
    }

    /// Decapsulates and opens.
    ///
    /// # Errors
    /// `decryption_failed`, for every cause alike.
    pub(crate) fn open(
        &self,
        encapsulated: &[u8],
        info: &[u8],
        aad: &[u8],
        ciphertext: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        if !ends_with_sound_x25519_key(encapsulated) {
            return Err(OpenError::DecryptionFailed);
        }
        match self {
            DecryptionKey::X25519(key) => x25519::open(key, encapsulated, info, aad, ciphertext),
            DecryptionKey::XWing(key) => xwing::open(key, encapsulated, info, aad, ciphertext),
        }
        .ok_or(OpenError::DecryptionFailed)
    }
}

/// Returns whether the last 32 bytes, the X25519 key in both suites, are below p and not of low
/// order. Without this check one key would have several encodings, and the shared secret could be
/// zero.
fn ends_with_sound_x25519_key(bytes: &[u8]) -> bool {
    let Some(key) = bytes.last_chunk::<32>() else {
        return false;
    };
    is_below_p(key) && !LOW_ORDER.contains(key)
}

/// The u-coordinates below p of the points of low order, little-endian: 0, 1, the two of order 8,
/// and p − 1 (RFC 7748 section 6.1; the list is that of the curve and its twist).
const LOW_ORDER: [[u8; 32]; 5] = [
    [0; 32],
    {
        let mut one = [0; 32];
        one[0] = 1;
        one
    },
    [
        0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4,
        0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49,
        0xb8, 0x00,
    ],
    [
        0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef,
        0x5b, 0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f,
        0x11, 0x57,
    ],
    {
        let mut p_minus_one = P;
        p_minus_one[0] = 0xec;
        p_minus_one
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Fake;
    use curve25519_dalek::montgomery::MontgomeryPoint;

    /// A clamped scalar is a multiple of 8 and of no other small number, so it takes exactly the
    /// points of low order to zero.
    fn is_low_order(u: [u8; 32]) -> bool {
        MontgomeryPoint(u).mul_clamped([0; 32]) == MontgomeryPoint([0; 32])
    }

    #[test]
    fn the_list_of_low_order_points_is_right() {
        for u in LOW_ORDER {
            assert!(is_low_order(u));
            assert!(!ends_with_sound_x25519_key(&u));
        }
        let mut nine = [0; 32];
        nine[0] = 9;
        assert!(!is_low_order(nine));
        assert!(ends_with_sound_x25519_key(&nine));
    }

    #[test]
    fn nothing_from_p_upwards_is_a_key() {
        for low in 0xed..=0xff {
            let mut u = P;
            u[0] = low;
            assert!(!ends_with_sound_x25519_key(&u));
        }
        for u in LOW_ORDER.into_iter().chain([[9; 32]]) {
            let mut with_top_bit = u;
            with_top_bit[31] |= 0x80;
            assert!(!ends_with_sound_x25519_key(&with_top_bit));
        }
        assert!(!ends_with_sound_x25519_key(&[9; 31]));
    }

    #[test]
    fn weak_keys_are_refused_in_both_suites() {
        let mut key = DecryptionKey::from_bytes(Suite::XWing, &[7; 32])
            .map(|key| key.encryption_key().as_bytes().to_vec())
            .unwrap_or_default();
        assert!(EncryptionKey::from_bytes(Suite::XWing, &key).is_ok());
        // The first 12-bit coefficient becomes 4,095, which is not below q = 3,329.
        let sound = key.clone();
        key[0] = 0xff;
        key[1] |= 0x0f;
        assert_eq!(
            EncryptionKey::from_bytes(Suite::XWing, &key).err(),
            Some(KeyError::WeakKey)
        );
        for u in LOW_ORDER {
            assert_eq!(
                EncryptionKey::from_bytes(Suite::X25519, &u).err(),
                Some(KeyError::WeakKey)
            );
            let mut key = sound.clone();
            key[1184..].copy_from_slice(&u);
            assert_eq!(
                EncryptionKey::from_bytes(Suite::XWing, &key).err(),
                Some(KeyError::WeakKey)
            );
        }
    }

    /// The case of RFC 9180 for suite 1, with the code that seals and opens envelopes. Nobody
    /// publishes vectors for suite 2 as a whole; see tests/known_answers/README.md.
    #[test]
    fn suite_1_gives_the_answers_of_rfc_9180() {
        let cases = include_str!("../tests/known_answers/data/hpke.json");
        let cases: Vec<serde_json::Value> = serde_json::from_str(cases).unwrap();
        let case = &cases[0];
        let bytes = |value: &serde_json::Value| -> Vec<u8> {
            let hex = value.as_str().unwrap();
            (0..hex.len())
                .step_by(2)
                .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
                .collect()
        };
        let private_key = bytes(&case["skRm"]).try_into().unwrap();
        let receiver = DecryptionKey::from_bytes(Suite::X25519, &private_key).unwrap();
        let key = receiver.encryption_key();
        assert_eq!(key.as_bytes(), bytes(&case["pkRm"]));
        let info = bytes(&case["info"]);
        let ikm = bytes(&case["ikmE"]);
        let rng = &mut Fake(|to: &mut [u8]| to.copy_from_slice(&ikm));
        let Ok((encapsulated, context)) = key.encapsulate(&info, rng) else {
            panic!("the key is sound")
        };
        assert_eq!(encapsulated, bytes(&case["enc"]));
        let first = &case["encryptions"][0];
        let [aad, plaintext, ciphertext] = ["aad", "pt", "ct"].map(|name| bytes(&first[name]));
        let mut text = plaintext.clone();
        let tag = context.seal(&mut text, &aad);
        assert_eq!([text.as_slice(), &tag].concat(), ciphertext);
        let opened = receiver.open(&encapsulated, &info, &aad, &ciphertext);
        assert!(opened.is_ok_and(|opened| *opened == plaintext));
    }
}
