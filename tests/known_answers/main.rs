//! The primitives that the crate is built on give the answers that others have published, and what
//! the format refuses of them is refused at every door. README.md says where the answers are from.

#![cfg(not(target_arch = "wasm32"))]

mod by_hand;
mod hpke;
mod mlkem;
mod points;
mod x25519;
mod xwing;

use hushring_test_support::text::unhex;
use serde_json::Value;

/// The cases of a file of `data/`.
fn cases(file: &str) -> Vec<Value> {
    serde_json::from_str(file).unwrap()
}

/// The bytes of a member that is hexadecimal.
fn bytes(case: &Value, name: &str) -> Vec<u8> {
    unhex(case[name].as_str().unwrap())
}

fn array<const N: usize>(case: &Value, name: &str) -> [u8; N] {
    bytes(case, name).try_into().unwrap()
}

fn has_flag(case: &Value, flag: &str) -> bool {
    case["flags"].as_array().unwrap().iter().any(|f| f == flag)
}
