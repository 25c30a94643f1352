//! Revocation (spec/envelope.md, section 7).

use hushring_test_support::clock::NOW;
use hushring_test_support::text::hex;
use serde_json::json;

use crate::author::*;
use crate::points;

pub fn vectors() -> Vec<Vector> {
    let mut all = Vec::new();
    let alice = Key::account("alice");
    let now = seconds(0);
    let sound = revocation(&alice, now);
    let inputs = |statement: &[u8], account: &[u8]| json!({ "revocation": hex(statement), "account": hex(account), "now": NOW.0 });
    for (name, comment, floor) in [
        ("now", "A floor at now.", now),
        ("in-10-minutes", "The limit itself is accepted.", now + 600),
        ("of-1970", "The lowest floor.", 0),
    ] {
        all.push(vector(
            ("revocations", "revocation"),
            &format!("floor-{name}"),
            "R1 R3 R4 R5 S1",
            comment,
            inputs(&revocation(&alice, floor), &alice.public),
            json!({ "floor": floor }),
        ));
    }
    let mixed = Key::mixed("a mixed account");
    all.push(vector(
        ("revocations", "revocation"),
        "mixed-key",
        "K6 R4 S6",
        "A key of mixed order is not refused, and the equation holds without the cofactor.",
        inputs(&revocation(&mixed, now), &mixed.public),
        json!({ "floor": now }),
    ));
    let rfc = Key::of(points::point(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    ));
    all.push(vector(
        ("revocations", "revoke"),
        "made-of-the-specification",
        "R5 S1 S2",
        "The example of section 22. An Ed25519 signer that does not randomise gives exactly these
         bytes.",
        json!({ "account": hex(&rfc.seed), "floor": 1_790_000_000, "now": 1_790_000_000_000_u64 }),
        json!({ "revocation": hex(&revocation(&rfc, 1_790_000_000)) }),
    ));
    all.push(vector(
        ("revocations", "revoke"),
        "made-too-far-ahead",
        "R5",
        "A floor more than 10 minutes ahead is not stated either.",
        json!({ "account": hex(&rfc.seed), "floor": now + 601, "now": NOW.0 }),
        error("clock"),
    ));

    let mut refused =
        |name: &str, rules: &str, comment: &str, bytes: &[u8], account: &[u8], code: &str| {
            all.push(vector(
                ("revocations", "revocation"),
                name,
                rules,
                comment,
                inputs(bytes, account),
                error(code),
            ));
        };
    for (name, bytes) in [
        ("empty", &[][..]),
        ("of-104-bytes", &sound[..104]),
        ("of-106-bytes", &[sound.as_slice(), &[0]].concat()),
    ] {
        let comment = "A revocation has 105 bytes.";
        refused(name, "R1", comment, bytes, &alice.public, "bad_length");
    }
    for version in [0, 2] {
        let mut bytes = sound.clone();
        bytes[0] = version;
        refused(
            &format!("version-{version}"),
            "R2 V2",
            "Byte 0 is 1, or the version is not supported. It is not among the signed fields.",
            &bytes,
            &alice.public,
            "unsupported_version",
        );
    }
    let mallory = Key::account("mallory");
    refused(
        "of-another-account",
        "R3",
        "A sound revocation by Mallory, for Mallory's account.",
        &revocation(&mallory, now),
        &alice.public,
        "wrong_account",
    );
    for refusal in refused_keys("account", "R4") {
        refused(
            &refusal.name,
            &refusal.rules,
            &refusal.comment,
            &revocation(&refusal.key, now),
            &refusal.key.public,
            refusal.code,
        );
    }
    for (name, rules, comment, sign) in bad_signatures() {
        refused(
            &format!("signature-{name}"),
            &format!("R4 {rules}"),
            comment,
            &revocation(&alice.signing(sign), now),
            &alice.public,
            "bad_signature",
        );
    }
    let mut by_mallory = sound.clone();
    by_mallory[41..].copy_from_slice(&mallory.signs("hushring/1 revocation", &sound[1..41]));
    refused(
        "signature-of-another-account",
        "R4",
        "Signed by another account.",
        &by_mallory,
        &alice.public,
        "bad_signature",
    );
    let mut changed = sound.clone();
    changed[40] ^= 1;
    refused(
        "changed-floor",
        "R4",
        "The floor is not what was signed.",
        &changed,
        &alice.public,
        "bad_signature",
    );
    let mixed = mixed.signing(points::by_mixed_key_with_cofactor);
    refused(
        "mixed-key-with-cofactor",
        "R4 S6",
        "The equation holds with the cofactor alone.",
        &revocation(&mixed, now),
        &mixed.public,
        "bad_signature",
    );
    for (name, floor) in [
        ("floor-in-more-than-10-minutes", now + 601),
        ("floor-at-the-end-of-time", u64::MAX),
        ("floor-that-wraps", u64::MAX / 1000 + 1 + now),
    ] {
        refused(
            name,
            "R5",
            "The floor is more than 10 minutes ahead. Seconds are compared as milliseconds,
             saturating.",
            &revocation(&alice, floor),
            &alice.public,
            "clock",
        );
    }
    all
}

/// Section 7.
pub fn revocation(key: &Key, floor: u64) -> Vec<u8> {
    let fields = [key.public.as_slice(), &floor.to_be_bytes()].concat();
    let signature = key.signs("hushring/1 revocation", &fields);
    [&[1], fields.as_slice(), &signature].concat()
}
