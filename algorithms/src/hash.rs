//! Hashes, and a message authentication code.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256, Sha512};
use zeroize::{Zeroize, Zeroizing};

/// Returns SHA-256 over `parts`, one after the other.
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// Returns SHA-512 over `parts`, one after the other.
pub fn sha512(parts: &[&[u8]]) -> [u8; 64] {
    let mut hash = Sha512::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// Returns HMAC-SHA512 under `key` over `parts`, one after the other.
#[expect(
    clippy::expect_used,
    reason = "no key length is invalid: RFC 2104 section 2"
)]
pub fn hmac_sha512(key: &[u8], parts: &[&[u8]]) -> Zeroizing<[u8; 64]> {
    let mut mac = Hmac::<Sha512>::new_from_slice(key).expect("HMAC takes keys of every length");
    for part in parts {
        mac.update(part);
    }
    let mut computed = mac.finalize().into_bytes();
    let mut bytes = Zeroizing::new([0; 64]);
    bytes.copy_from_slice(&computed);
    computed.as_mut_slice().zeroize();
    bytes
}
