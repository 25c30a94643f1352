//! What an account last published: the form that vectors have it in, as bytes (spec/envelope.md,
//! "Packed").

use hushring_test_support::text::unhex;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

/// These entries, in the order of their devices.
pub fn entries(list: Json) -> Json {
    let mut entries = list.as_array().unwrap().clone();
    entries.sort_by_key(|entry| entry["device"].as_str().unwrap().to_owned());
    json!({ "entries": entries })
}

/// None if a member is missing or of the wrong kind.
pub fn pack(account: &[u8], known: &Json) -> Option<Vec<u8>> {
    let floor = known.get("floor").map_or(Some(0), Json::as_u64)?;
    let mut entries: Vec<Vec<u8>> = Vec::new();
    for entry in known.get("entries")?.as_array()? {
        entries.push(pack_entry(entry)?);
    }
    if let Some(fill) = known.get("fill") {
        let (first, count) = (fill["first"].as_u64()?, fill["count"].as_u64()?);
        let (devices, issued_at) = (bytes(&fill["devices"])?, fill["issuedAt"].as_u64()?);
        for number in first..first + count {
            let mut entry = devices.clone();
            entry.extend(u32::try_from(number).ok()?.to_be_bytes());
            entry.extend((issued_at + number).to_be_bytes());
            entry.extend([1, 1]);
            entry.extend([0; 32]);
            entries.push(entry);
        }
    }
    entries.sort();
    Some(sealed(account, floor, &entries.concat()))
}

/// With its checksum.
pub fn sealed(account: &[u8], floor: u64, entries: &[u8]) -> Vec<u8> {
    let mut packed = vec![1];
    packed.extend(account);
    packed.extend(floor.to_be_bytes());
    packed.extend(entries);
    with_checksum(packed)
}

pub fn with_checksum(mut fields: Vec<u8>) -> Vec<u8> {
    let checksum = Sha256::digest(&fields);
    fields.extend(checksum);
    fields
}

pub fn pack_entry(entry: &Json) -> Option<Vec<u8>> {
    let mut packed = bytes(&entry["device"])?;
    packed.extend(entry["issuedAt"].as_u64()?.to_be_bytes());
    packed.push(entry["offers"].as_u64()?.try_into().ok()?);
    let (mut suites, mut hashes) = (0, Vec::new());
    for bundle in entry["bundles"].as_array()? {
        suites |= match bundle["suite"].as_str()? {
            "x25519" => 1,
            "xwing" => 2,
            _ => return None,
        };
        hashes.extend(bytes(&bundle["hash"])?);
    }
    packed.push(suites);
    packed.extend(hashes);
    Some(packed)
}

fn bytes(text: &Json) -> Option<Vec<u8>> {
    let text = text.as_str()?;
    let is_hex = text.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_hex.then(|| unhex(text))
}
