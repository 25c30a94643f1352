//! The field of which coordinates of Curve25519 and Ed25519 are elements.

/// p = 2^255 − 19, little-endian.
pub(crate) const P: [u8; 32] = {
    let mut p = [0xff; 32];
    p[0] = 0xed;
    p[31] = 0x7f;
    p
};

/// Returns whether a number, little-endian, is below p: the one encoding of its element.
pub(crate) fn is_below_p(number: &[u8; 32]) -> bool {
    number.iter().rev().lt(P.iter().rev())
}
