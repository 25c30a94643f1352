//! Identifiers that are the beginning of a SHA-256 hash (spec/envelope.md, "Derived identifiers").

use hushring_algorithms::hash;

/// Returns the first `N` bytes of SHA-256 over `parts`, one after the other.
#[expect(
    clippy::expect_used,
    reason = "the compiler checks that a hash has N bytes"
)]
pub(crate) fn sha256_prefix<const N: usize>(parts: &[&[u8]]) -> [u8; N] {
    const { assert!(N <= 32) };
    *hash::sha256(parts)
        .first_chunk()
        .expect("a hash has 32 bytes")
}
