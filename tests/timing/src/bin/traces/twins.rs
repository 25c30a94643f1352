//! What leaks on purpose, so that silence about everything else means something.

use std::hint::black_box;

/// Ends at the first byte that differs, as `memcmp` may.
pub fn early_exit(a: &[u8], b: &[u8]) -> bool {
    // Opaque, so that the compiler does not compare all of it at once.
    a.iter().zip(b).all(|(a, b)| black_box(*a) == black_box(*b))
}

/// Works more if the secret's lowest bit is set.
pub fn branch(secret: u8) -> u64 {
    let mut sum = u64::from(secret);
    if secret & 1 == 1 {
        for i in 0..32_u64 {
            sum = black_box(sum.rotate_left(5) ^ i);
        }
    }
    sum
}

/// Takes the same instructions whatever the secret is, but reads where it says.
pub fn look_up(table: &[u8; 4096], secret: u8) -> u8 {
    table[usize::from(secret) * 16]
}
