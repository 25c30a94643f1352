//! Ed25519.

use ed25519_dalek::{Signature, Signer, Verifier};

pub use ed25519_dalek::{SigningKey, VerifyingKey};

/// Makes both halves of a key pair. Boxed, so that no move leaves a copy behind.
pub fn key_pair(seed: &[u8; 32]) -> Box<SigningKey> {
    Box::new(SigningKey::from_bytes(seed))
}

/// Decompresses a public key. None if the bytes are not a point of the curve.
pub fn decompress(key: &[u8; 32]) -> Option<VerifyingKey> {
    VerifyingKey::from_bytes(key).ok()
}

/// Signs.
pub fn sign(key: &SigningKey, message: &[u8]) -> [u8; 64] {
    key.sign(message).to_bytes()
}

/// Returns whether a signature verifies without cofactor, with S < L. It compares R with the encoding
/// of a point, so a non-canonical one never matches.
pub fn verify(key: &VerifyingKey, message: &[u8], signature: &[u8; 64]) -> bool {
    let signature = Signature::from_bytes(signature);
    key.verify(message, &signature).is_ok()
}
