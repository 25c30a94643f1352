//! Identifiers that are the beginning of a SHA-256 hash (spec/envelope.md, "Derived identifiers").

use sha2::{Digest, Sha256};

/// Returns the first `N` bytes of SHA-256 over `parts`, one after the other.
#[expect(
    clippy::expect_used,
    reason = "the compiler checks that a hash has N bytes"
)]
pub(crate) fn sha256_prefix<const N: usize>(parts: &[&[u8]]) -> [u8; N] {
    const { assert!(N <= 32) };
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    let digest: [u8; 32] = hash.finalize().into();
    *digest.first_chunk().expect("a hash has 32 bytes")
}
