//! What follows from the specification for those who write expectations: which check a code belongs
//! to, and identifiers. Made without asking the crate.

use sha2::{Digest, Sha256};

use crate::text::{hex, uuid};

/// The check that each code belongs to (spec/envelope.md, "Opening"; spec/inbox.md, "Order of the
/// checks").
pub fn check(code: &str) -> &'static str {
    match code {
        "bad_length" => "length",
        "unsupported_version" => "version",
        "unsupported_suite" => "suite",
        "unknown_prekey" => "prekey",
        "decryption_failed" => "decryption",
        "bad_content_length" => "contentLength",
        "bad_padding" => "padding",
        "bad_certificate" => "certificate",
        "bad_signature" => "signature",
        "untrusted" => "trust",
        "replayed" => "replay",
        "clock" | "too_old" => "sentAt",
        "revoked" => "revocation",
        "certificate_not_yet_valid" | "certificate_expired" => "certificateTimes",
        "inbox_full" => "room",
        "bad_compression" | "too_long" => "inflation",
        "bad_cbor" | "too_deep" | "too_many" => "cbor",
        "bad_content" => "members",
        "call_id_taken" => "call",
        _ => panic!("{code}"),
    }
}

/// I1 (spec/envelope.md).
pub fn call_uuid(caller: &[u8; 32], call_id: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(b"hushring/1 callkit\0");
    hash.update(caller);
    hash.update(call_id);
    let mut bytes = hash.finalize()[..16].to_vec();
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    uuid(&bytes)
}

/// I2 (spec/envelope.md).
pub fn tag(envelope: &[u8]) -> String {
    hex(&Sha256::digest(envelope)[..4])
}

/// spec/envelope.md, "Keys".
pub fn fingerprint(account: &[u8; 32]) -> String {
    let mut hash = Sha256::new();
    hash.update(b"hushring/1 fingerprint\0");
    hash.update(account);
    let bytes = hash.finalize();
    let groups: Vec<String> = bytes[..16].chunks(2).map(hex).collect();
    groups.join(" ")
}
