//! Linking (spec/envelope.md, section 8).

mod grants;
mod requests;

use hushring_test_support::forge::mac;
use hushring_test_support::people::seed;

use crate::author::*;

pub fn vectors() -> Vec<Vector> {
    let mut all = Vec::new();
    requests::vectors(&mut all);
    grants::vectors(&mut all);
    all
}

fn secret(name: &str) -> [u8; 32] {
    seed(&format!("link secret {name}"))
}

/// A request whose parts may be changed before the MAC is made.
fn request_with(key: &Key, created_at: u64, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let fields = [key.public.as_slice(), &created_at.to_be_bytes()].concat();
    let proof = key.signs("hushring/1 link", &fields);
    let mut bytes = [&[1], fields.as_slice(), &proof].concat();
    change(&mut bytes);
    let mac = mac(&secret("one"), "hushring/1 link request", &[&bytes]);
    bytes.extend(mac);
    bytes
}

fn request(key: &Key, created_at: u64) -> Vec<u8> {
    request_with(key, created_at, |_| ())
}

fn grant(certificate: &[u8], request: &[u8]) -> Vec<u8> {
    let mut bytes = [&[1], certificate].concat();
    let mac = mac(&secret("one"), "hushring/1 link grant", &[&bytes, request]);
    bytes.extend(mac);
    bytes
}
