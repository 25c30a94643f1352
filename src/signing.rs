//! Labelled Ed25519 (spec/envelope.md, "Signatures"): every signature is made over
//! `label ‖ 0x00 ‖ SHA-512(fields)`, so that an outside signer never sees content.

use std::fmt;

use hushring_algorithms::{ed25519, hash};
use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use crate::error::KeyError;
use crate::field::{P, is_below_p};
use crate::keys::{AccountKey, DeviceKey};
use crate::labels::Label;
use crate::random::{self, NoRandomness};

mod known;

pub(crate) use known::Known;

/// The message of an Ed25519 signature: at most 128 bytes, which reveal nothing of the signed
/// fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToBeSigned(Vec<u8>);

impl ToBeSigned {
    /// Returns the bytes to hand to Ed25519 as its message.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// An Ed25519 signature, 64 bytes. Not verified by itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; Signature::LEN]);

impl Signature {
    /// Bytes of a signature.
    pub const LEN: usize = 64;

    /// Makes a signature of its bytes.
    pub const fn from_bytes(bytes: [u8; Signature::LEN]) -> Signature {
        Signature(bytes)
    }

    /// Returns the signature's bytes.
    pub const fn as_bytes(&self) -> &[u8; Signature::LEN] {
        &self.0
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature(…)")
    }
}

/// Declares how a public key is read and verifies.
macro_rules! verifying {
    ($name:ident) => {
        impl $name {
            /// Reads a public key.
            ///
            /// # Errors
            /// - [`KeyError::BadKey`] (`bad_key`): not 32 bytes, or not a point of the curve.
            /// - [`KeyError::WeakKey`] (`weak_key`): a point of small order, or not in its
            ///   canonical encoding.
            pub fn from_bytes(bytes: &[u8]) -> Result<$name, KeyError> {
                let bytes = bytes.try_into().map_err(|_| KeyError::BadKey)?;
                parse(bytes).map(|_| $name::from_sound(*bytes))
            }

            pub(crate) fn verify(&self, message: &ToBeSigned, signature: &Signature) -> bool {
                verify(self.as_bytes(), message, signature)
            }
        }
    };
}
verifying!(AccountKey);
verifying!(DeviceKey);

/// An Ed25519 private key, wiped when dropped.
#[derive(Clone)]
pub(crate) struct SigningKey(Box<ed25519::SigningKey>);

impl SigningKey {
    pub(crate) const LEN: usize = 32;

    pub(crate) fn generate<R: TryCryptoRng + ?Sized>(
        rng: &mut R,
    ) -> Result<SigningKey, NoRandomness> {
        random::take(rng).map(|seed| SigningKey::from_seed(&seed))
    }

    pub(crate) fn from_seed(seed: &[u8; SigningKey::LEN]) -> SigningKey {
        SigningKey(ed25519::key_pair(seed))
    }

    pub(crate) fn seed(&self) -> Zeroizing<[u8; SigningKey::LEN]> {
        Zeroizing::new(self.0.to_bytes())
    }

    pub(crate) fn account_key(&self) -> AccountKey {
        AccountKey::from_sound(self.0.verifying_key().to_bytes())
    }

    pub(crate) fn device_key(&self) -> DeviceKey {
        DeviceKey::from_sound(self.0.verifying_key().to_bytes())
    }

    pub(crate) fn sign(&self, message: &ToBeSigned) -> Signature {
        Signature(ed25519::sign(&self.0, message.as_bytes()))
    }

    /// Writes the beginning of HMAC-SHA512 under the private key over the label and `parts`, one
    /// after the other, to `output`, of which it fills 64 bytes at most.
    pub(crate) fn mac(&self, label: Label, parts: &[&[u8]], output: &mut [u8]) {
        let parts = [&[label.as_bytes()], parts].concat();
        let bytes = hash::hmac_sha512(self.0.as_bytes(), &parts);
        for (to, from) in output.iter_mut().zip(bytes.iter()) {
            *to = *from;
        }
    }
}

/// Returns the bytes to be signed for `fields`, in their order.
pub(crate) fn to_be_signed(label: Label, fields: &[&[u8]]) -> ToBeSigned {
    let mut bytes = label.as_bytes().to_vec();
    bytes.extend_from_slice(&hash::sha512(fields));
    ToBeSigned(bytes)
}

thread_local! {
    /// Points that were decompressed.
    static POINTS: Known<32, ed25519::VerifyingKey> = const { Known::new() };
}

/// Decompresses a point that is canonical and not of small order, so that two verifiers never judge
/// it differently.
fn parse(bytes: &[u8; 32]) -> Result<ed25519::VerifyingKey, KeyError> {
    POINTS.with(|points| {
        points.get_or(bytes, || {
            let key = ed25519::decompress(bytes).ok_or(KeyError::BadKey)?;
            match is_canonical(bytes) && !is_of_small_order(bytes) {
                true => Ok(key),
                false => Err(KeyError::WeakKey),
            }
        })
    })
}

/// Verifies without cofactor, with S < L and R canonical and not of small order.
fn verify(key: &[u8; 32], message: &ToBeSigned, signature: &Signature) -> bool {
    let (r, _) = signature.0.split_at(32);
    !SMALL_ORDER.iter().any(|y| has_y(r, y))
        && parse(key).is_ok_and(|key| ed25519::verify(&key, message.as_bytes(), &signature.0))
}

/// Returns whether y is below p. The two points whose x is 0 have a second encoding, with a sign;
/// they are of small order.
fn is_canonical(point: &[u8; 32]) -> bool {
    let mut y = *point;
    y[31] &= 0x7f;
    is_below_p(&y)
}

fn is_of_small_order(point: &[u8; 32]) -> bool {
    SMALL_ORDER.iter().any(|y| has_y(point, y))
}

/// Returns whether the encoding of a point has this y, with either sign.
fn has_y(point: &[u8], y: &[u8; 32]) -> bool {
    let masks = [0xff; 31].into_iter().chain([0x7f]);
    point.len() == 32
        && point
            .iter()
            .zip(masks)
            .map(|(byte, mask)| byte & mask)
            .eq(*y)
}

/// y of the points of small order, little-endian: 1, −1 and 0, of orders 1, 2 and 4, and the two of
/// order 8.
const SMALL_ORDER: [[u8; 32]; 5] = [
    {
        let mut one = [0; 32];
        one[0] = 1;
        one
    },
    {
        let mut minus_one = P;
        minus_one[0] = 0xec;
        minus_one
    },
    [0; 32],
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SysRng;
    use sha2::{Digest, Sha512};

    #[test]
    fn every_label_gives_at_most_128_bytes() {
        for label in [
            Label::Certificate,
            Label::Envelope,
            Label::Link,
            Label::Prekey,
            Label::Revocation,
        ] {
            assert!(to_be_signed(label, &[]).as_bytes().len() <= 128);
        }
    }

    #[test]
    fn fields_are_hashed_one_after_the_other() {
        let whole = to_be_signed(Label::Link, &[b"ab"]);
        assert_eq!(whole, to_be_signed(Label::Link, &[b"a", b"b"]));
        assert_ne!(whole, to_be_signed(Label::Prekey, &[b"ab"]));
        assert_eq!(whole.as_bytes().len(), 15 + 1 + 64);
    }

    /// The points of small order, their non-canonical encodings, and others that are not
    /// canonical: y = p + 3 is the first y ≥ p that is on the curve and not of small order.
    #[test]
    fn weak_public_keys_are_refused() {
        let mut y_above_p = [0xff; 32];
        y_above_p[31] = 0x7f;
        let mut refused = 0;
        for low in 0xed..=0xff_u8 {
            y_above_p[0] = low;
            for sign in [0x7f, 0xff] {
                y_above_p[31] = sign;
                assert!(AccountKey::from_bytes(&y_above_p).is_err());
                refused += u32::from(AccountKey::from_bytes(&y_above_p) == Err(KeyError::WeakKey));
            }
        }
        assert!(refused > 10, "most of these are on the curve: {refused}");
        let mut identity = [0; 32];
        identity[0] = 1;
        assert_eq!(AccountKey::from_bytes(&identity), Err(KeyError::WeakKey));
        assert_eq!(AccountKey::from_bytes(&[0; 32]), Err(KeyError::WeakKey));
        assert_eq!(AccountKey::from_bytes(&[0; 31]), Err(KeyError::BadKey));
    }

    /// The library's own tests of a point say the same as the comparison of bytes.
    #[test]
    fn the_list_of_small_orders_is_right() {
        use curve25519_dalek::constants::EIGHT_TORSION;
        use curve25519_dalek::edwards::CompressedEdwardsY;
        for point in EIGHT_TORSION {
            let bytes = point.compress().to_bytes();
            assert!(is_of_small_order(&bytes) && is_canonical(&bytes));
        }
        let ys = EIGHT_TORSION.map(|point| {
            let mut y = point.compress().to_bytes();
            y[31] &= 0x7f;
            y
        });
        assert!(SMALL_ORDER.iter().all(|y| ys.contains(y)));
        let mut points = 0;
        for seed in 0..200_u8 {
            let bytes: [u8; 32] = Sha512::digest([seed])[..32].try_into().unwrap();
            let near_p = std::array::from_fn(|at| if at == 0 { seed } else { P[at] | bytes[at] });
            for bytes in [bytes, near_p] {
                let Some(point) = CompressedEdwardsY(bytes).decompress() else {
                    continue;
                };
                points += 1;
                assert_eq!(is_of_small_order(&bytes), point.is_small_order());
                let is_same = point.compress().to_bytes() == bytes;
                assert_eq!(is_canonical(&bytes), is_same || point.is_small_order());
            }
        }
        assert!(points > 100, "{points}");
    }

    #[test]
    fn a_signature_serves_one_key_and_one_message() {
        let Ok(key) = SigningKey::generate(&mut SysRng) else {
            panic!("no randomness")
        };
        let message = to_be_signed(Label::Link, &[b"field"]);
        let signature = key.sign(&message);
        assert!(key.device_key().verify(&message, &signature));
        assert!(
            !key.device_key()
                .verify(&to_be_signed(Label::Prekey, &[b"field"]), &signature)
        );
    }

    /// R is the identity and S = k·a: the equation holds, and only the rule about R refuses it.
    #[test]
    fn a_signature_with_an_r_of_small_order_is_refused() {
        use curve25519_dalek::scalar::Scalar;
        let key = SigningKey::from_seed(&[7; 32]);
        let message = to_be_signed(Label::Link, &[b"field"]);
        let mut r = [0; 32];
        r[0] = 1;
        let hash = Sha512::new()
            .chain_update(r)
            .chain_update(key.0.verifying_key().as_bytes())
            .chain_update(message.as_bytes())
            .finalize();
        let k = Scalar::from_bytes_mod_order_wide(&hash.into());
        let s = (k * key.0.to_scalar()).to_bytes();
        let signature: [u8; 64] = [r, s].concat().try_into().unwrap();
        let lax = ed25519_dalek::Signature::from_bytes(&signature);
        let verifier: &dyn ed25519_dalek::Verifier<_> = &key.0.verifying_key();
        assert!(verifier.verify(message.as_bytes(), &lax).is_ok());
        let signature = Signature::from_bytes(signature);
        assert!(!key.device_key().verify(&message, &signature));
    }

    /// Every case of Wycheproof, over its own messages (tests/known_answers/README.md).
    /// Exactly the valid cases verify here, because all keys there are sound, and it has no
    /// signature that only some verifiers accept.
    #[test]
    fn wycheproof_is_judged_as_published() {
        let cases = include_str!("../tests/known_answers/data/ed25519.json");
        let cases: Vec<serde_json::Value> = serde_json::from_str(cases).unwrap();
        let bytes = |case: &serde_json::Value, name: &str| -> Vec<u8> {
            let hex = case[name].as_str().unwrap();
            (0..hex.len())
                .step_by(2)
                .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
                .collect()
        };
        let (mut valid, mut invalid, mut other_length) = (0, 0, 0);
        for case in &cases {
            let key = DeviceKey::from_bytes(&bytes(case, "pk")).unwrap();
            // Where 64 bytes are read, a signature of another length does not come so far.
            let Ok(signature) = bytes(case, "sig").try_into() else {
                assert_eq!(case["result"], "invalid", "{case}");
                other_length += 1;
                continue;
            };
            let message = ToBeSigned(bytes(case, "msg"));
            let verified = key.verify(&message, &Signature::from_bytes(signature));
            assert_eq!(verified, case["result"] == "valid", "{case}");
            match verified {
                true => valid += 1,
                false => invalid += 1,
            }
        }
        assert_eq!((valid, invalid, other_length), (88, 51, 12));
    }
}
