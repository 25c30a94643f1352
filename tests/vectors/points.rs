//! Keys and signatures that no honest signer makes (spec/envelope.md, "Signatures" and
//! "Keys"). Each breaks
//! one rule and satisfies the others: the equation holds wherever it can.

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT as B, EIGHT_TORSION};
use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;
use ed25519_dalek::SigningKey;
use hushring_test_support::forge::sign;
use hushring_test_support::text::unhex;
use sha2::{Digest, Sha512};

/// L of spec/envelope.md, "Signatures", little-endian.
const L: [u8; 32] = {
    let mut l = [0; 32];
    let low: [u8; 16] = 27_742_317_777_372_353_535_851_937_790_883_648_493_u128.to_le_bytes();
    let mut place = 0;
    while place < 16 {
        l[place] = low[place];
        place += 1;
    }
    l[31] = 0x10;
    l
};

/// The strings of K6: the points of small order, then the two with x = 0 and the sign set.
pub const WEAK: [(&str, &str); 10] = [
    (
        "identity",
        "0100000000000000000000000000000000000000000000000000000000000000",
    ),
    (
        "order-2",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ),
    (
        "order-4",
        "0000000000000000000000000000000000000000000000000000000000000000",
    ),
    (
        "order-4-negative",
        "0000000000000000000000000000000000000000000000000000000000000080",
    ),
    (
        "order-8",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    ),
    (
        "order-8-negative",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    ),
    (
        "order-8-other",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    ),
    (
        "order-8-other-negative",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ),
    (
        "identity-with-sign",
        "0100000000000000000000000000000000000000000000000000000000000080",
    ),
    (
        "order-2-with-sign",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ),
];

/// The strings of K7 that are below p, and those beside them that are not.
pub const WEAK_X25519: [(&str, &str); 8] = [
    (
        "zero",
        "0000000000000000000000000000000000000000000000000000000000000000",
    ),
    (
        "one",
        "0100000000000000000000000000000000000000000000000000000000000000",
    ),
    (
        "order-8",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    ),
    (
        "other-order-8",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    ),
    (
        "p-minus-1",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ),
    (
        "p",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ),
    (
        "p-plus-1",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ),
    (
        "p-plus-9",
        "f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ),
];

/// y = p + this many, without the sign.
pub fn above_p(more: u8) -> [u8; 32] {
    let mut y = [0xff; 32];
    y[0] = 0xed + more;
    y[31] = 0x7f;
    y
}

pub fn point(digits: &str) -> [u8; 32] {
    unhex(digits).try_into().unwrap()
}

/// The key of a seed, and a point of order 8 added to it.
pub fn mixed_key(seed: &[u8; 32]) -> [u8; 32] {
    (secret(seed) * B + EIGHT_TORSION[1]).compress().to_bytes()
}

/// S4: the same equation with S + L.
pub fn s_not_reduced(seed: &[u8; 32], key: &[u8; 32], message: &[u8]) -> [u8; 64] {
    let mut signature = sign(seed, key, message);
    let mut carry = 0;
    for (byte, more) in signature[32..].iter_mut().zip(L) {
        let sum = u16::from(*byte) + u16::from(more) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    signature
}

/// S5: R is the identity, and S = k·a.
pub fn r_of_small_order(seed: &[u8; 32], key: &[u8; 32], message: &[u8]) -> [u8; 64] {
    let mut r = [0; 32];
    r[0] = 1;
    for_this_r(seed, key, message, r)
}

/// S5: the identity again, written as y = p + 1.
pub fn r_not_canonical(seed: &[u8; 32], key: &[u8; 32], message: &[u8]) -> [u8; 64] {
    for_this_r(seed, key, message, above_p(1))
}

/// S6: R is off by a point of order 8. Multiplied by the cofactor, the equation holds.
pub fn only_with_cofactor(seed: &[u8; 32], key: &[u8; 32], message: &[u8]) -> [u8; 64] {
    let r = scalar(&[seed.as_slice(), message].concat());
    let point = (r * B + EIGHT_TORSION[1]).compress().to_bytes();
    let s = r + hash(&point, key, message) * secret(seed);
    [point, s.to_bytes()].concat().try_into().unwrap()
}

/// For a key of small order, whoever signs: k is a multiple of 8, and so [k]A the identity.
pub fn by_weak_key(_: &[u8; 32], key: &[u8; 32], message: &[u8]) -> [u8; 64] {
    let (point, r) = first_r(message, |k| k == 0, key, &EIGHT_TORSION[0]);
    [point, r.to_bytes()].concat().try_into().unwrap()
}

/// For a mixed key: the equation holds, with R of mixed order too.
pub fn by_mixed_key(seed: &[u8; 32], key: &[u8; 32], message: &[u8]) -> [u8; 64] {
    // R = rB + 3T and [S]B − [k]A = rB − kT: the same where k + 3 is a multiple of 8.
    let (point, r) = first_r(message, |k| (k + 3) % 8 == 0, key, &EIGHT_TORSION[3]);
    let s = r + hash(&point, key, message) * secret(seed);
    [point, s.to_bytes()].concat().try_into().unwrap()
}

/// For a mixed key: as its owner would sign. The equation holds with the cofactor alone.
pub fn by_mixed_key_with_cofactor(seed: &[u8; 32], key: &[u8; 32], message: &[u8]) -> [u8; 64] {
    let (point, r) = first_r(message, |k| k != 0, key, &EIGHT_TORSION[0]);
    let s = r + hash(&point, key, message) * secret(seed);
    [point, s.to_bytes()].concat().try_into().unwrap()
}

fn for_this_r(seed: &[u8; 32], key: &[u8; 32], message: &[u8], r: [u8; 32]) -> [u8; 64] {
    let s = hash(&r, key, message) * secret(seed);
    [r, s.to_bytes()].concat().try_into().unwrap()
}

/// The first r of a row whose R = rB + T gives a k of which the rest by 8 is as it should be.
fn first_r(
    message: &[u8],
    is_good: fn(u8) -> bool,
    key: &[u8; 32],
    torsion: &EdwardsPoint,
) -> ([u8; 32], Scalar) {
    (0_u32..)
        .map(|number| scalar(&[&number.to_be_bytes(), message].concat()))
        .map(|r| ((r * B + torsion).compress().to_bytes(), r))
        .find(|(point, _)| is_good(hash(point, key, message).to_bytes()[0] % 8))
        .unwrap()
}

fn secret(seed: &[u8; 32]) -> Scalar {
    SigningKey::from_bytes(seed).to_scalar()
}

fn scalar(of: &[u8]) -> Scalar {
    Scalar::from_bytes_mod_order_wide(&Sha512::digest(of).into())
}

/// k of S6.
fn hash(r: &[u8; 32], key: &[u8; 32], message: &[u8]) -> Scalar {
    scalar(&[r, key.as_slice(), message].concat())
}
