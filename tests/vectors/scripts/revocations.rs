//! Revocation (spec/envelope.md, section 7): of an account, and of one device.

use hushring_test_support::clock::NOW;
use hushring_test_support::text::hex;
use serde_json::{Value as Json, json};

use crate::author::*;
use crate::points;

pub fn vectors() -> Vec<Vector> {
    let mut all = Vec::new();
    sound(&mut all);
    made(&mut all);
    refused_account(&mut all);
    refused_device(&mut all);
    all
}

/// Section 7, for an account.
pub fn revocation(key: &Key, floor: u64) -> Vec<u8> {
    let fields = [key.public.as_slice(), &floor.to_be_bytes()].concat();
    let signature = key.signs("hushring/1 revocation", &fields);
    [&[1], fields.as_slice(), &signature].concat()
}

/// Section 7, for one device.
pub fn device_revocation(key: &Key, device: &[u8; 32], floor: u64) -> Vec<u8> {
    let fields = [key.public.as_slice(), device, &floor.to_be_bytes()].concat();
    let signature = key.signs("hushring/1 device revocation", &fields);
    [&[1], fields.as_slice(), &signature].concat()
}

fn inputs(statement: &[u8], account: &[u8]) -> Json {
    json!({ "revocation": hex(statement), "account": hex(account), "now": NOW.0 })
}

fn sound(all: &mut Vec<Vector>) {
    let (alice, phone) = (Key::account("alice"), Key::device("alice", "phone").public);
    let now = seconds(0);
    let mut good = |name: &str, rules: &str, comment: &str, bytes: &[u8], account: &Key, expect| {
        let inputs = inputs(bytes, &account.public);
        let kind = ("revocations", "revocation");
        all.push(vector(kind, name, rules, comment, inputs, expect));
    };
    for (name, comment, floor) in [
        ("now", "A floor at now.", now),
        ("in-10-minutes", "The limit itself is accepted.", now + 600),
        ("of-1970", "The lowest floor.", 0),
    ] {
        good(
            &format!("floor-{name}"),
            "R1 R3 R4 R5 S1",
            comment,
            &revocation(&alice, floor),
            &alice,
            json!({ "floor": floor }),
        );
        good(
            &format!("device-floor-{name}"),
            "R1 R3 R4 R5 S1",
            &format!("One device's. {comment}"),
            &device_revocation(&alice, &phone, floor),
            &alice,
            json!({ "floor": floor, "device": hex(&phone) }),
        );
    }
    let mixed = Key::mixed("a mixed account");
    let rules = "K6 R4 S6";
    let comment =
        "A key of mixed order is not refused, and the equation holds without the cofactor.";
    good(
        "mixed-key",
        rules,
        comment,
        &revocation(&mixed, now),
        &mixed,
        json!({ "floor": now }),
    );
    good(
        "device-mixed-key",
        rules,
        comment,
        &device_revocation(&mixed, &phone, now),
        &mixed,
        json!({ "floor": now, "device": hex(&phone) }),
    );
    let mixed_device = Key::mixed("a mixed device").public;
    good(
        "device-of-mixed-order",
        "K6 R4",
        "The device's key is of mixed order, and is not refused.",
        &device_revocation(&alice, &mixed_device, now),
        &alice,
        json!({ "floor": now, "device": hex(&mixed_device) }),
    );
}

fn made(all: &mut Vec<Vector>) {
    let rfc = Key::of(points::point(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    ));
    let phone = Key::device("alice", "phone").public;
    let (floor, now) = (1_790_000_000_u64, 1_790_000_000_000_u64);
    let mut revoke =
        |name: &str, rules: &str, comment: &str, device: Option<[u8; 32]>, floor, expect| {
            let mut inputs = json!({ "account": hex(&rfc.seed), "floor": floor, "now": now });
            if let Some(device) = device {
                inputs["device"] = hex(&device).into();
            }
            let kind = ("revocations", "revoke");
            all.push(vector(kind, name, rules, comment, inputs, expect));
        };
    let made = |bytes: &[u8]| json!({ "revocation": hex(bytes) });
    revoke(
        "made-of-the-specification",
        "R5 S1 S2",
        "The example of section 22. An Ed25519 signer that does not randomise gives exactly these
         bytes.",
        None,
        floor,
        made(&revocation(&rfc, floor)),
    );
    revoke(
        "made-of-a-device",
        "R5 S1 S2",
        "One device of that account. An Ed25519 signer that does not randomise gives exactly these
         bytes.",
        Some(phone),
        floor,
        made(&device_revocation(&rfc, &phone, floor)),
    );
    revoke(
        "made-10-minutes-ahead",
        "R5",
        "The limit itself is stated.",
        Some(phone),
        floor + 600,
        made(&device_revocation(&rfc, &phone, floor + 600)),
    );
    for (name, device) in [
        ("made-too-far-ahead", None),
        ("made-of-a-device-too-far-ahead", Some(phone)),
    ] {
        revoke(
            name,
            "R5",
            "A floor more than 10 minutes ahead is not stated either.",
            device,
            floor + 601,
            error("clock"),
        );
    }
}

/// The lengths, versions, owners and floors that both kinds refuse.
fn refused_both(
    all: &mut Vec<Vector>,
    prefix: &str,
    made: &dyn Fn(&Key, u64) -> Vec<u8>,
    sound_length: usize,
) {
    let alice = Key::account("alice");
    let mallory = Key::account("mallory");
    let now = seconds(0);
    let sound = made(&alice, now);
    assert_eq!(sound.len(), sound_length);
    let mut refused =
        |name: &str, rules: &str, comment: &str, bytes: &[u8], account: &[u8; 32], code: &str| {
            let name = format!("{prefix}{name}");
            let inputs = inputs(bytes, account);
            let kind = ("revocations", "revocation");
            all.push(vector(kind, &name, rules, comment, inputs, error(code)));
        };
    for (name, bytes) in [
        (
            format!("of-{}-bytes", sound_length - 1),
            &sound[..sound_length - 1],
        ),
        (
            format!("of-{}-bytes", sound_length + 1),
            &[sound.as_slice(), &[0]].concat(),
        ),
    ] {
        let comment = "A revocation has 105 bytes, or 137 where it names a device.";
        refused(&name, "R1", comment, bytes, &alice.public, "bad_length");
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
    refused(
        "of-another-account",
        "R3",
        "A sound revocation by Mallory, for Mallory's account.",
        &made(&mallory, now),
        &alice.public,
        "wrong_account",
    );
    for refusal in refused_keys("account", "R4") {
        refused(
            &refusal.name,
            &refusal.rules,
            &refusal.comment,
            &made(&refusal.key, now),
            &refusal.key.public,
            refusal.code,
        );
    }
    for (name, rules, comment, sign) in bad_signatures() {
        refused(
            &format!("signature-{name}"),
            &format!("R4 {rules}"),
            comment,
            &made(&alice.signing(sign), now),
            &alice.public,
            "bad_signature",
        );
    }
    let end = sound_length - 64;
    let mut changed = sound.clone();
    changed[end - 1] ^= 1;
    refused(
        "changed-floor",
        "R4",
        "The floor is not the one that was signed.",
        &changed,
        &alice.public,
        "bad_signature",
    );
    let by_mallory = made(&mallory, now);
    refused(
        "signature-of-another-account",
        "R4",
        "Signed by another account.",
        &[&sound[..end], &by_mallory[end..]].concat(),
        &alice.public,
        "bad_signature",
    );
    let mixed = Key::mixed("a mixed account").signing(points::by_mixed_key_with_cofactor);
    refused(
        "mixed-key-with-cofactor",
        "R4 S6",
        "The equation holds with the cofactor alone.",
        &made(&mixed, now),
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
            &made(&alice, floor),
            &alice.public,
            "clock",
        );
    }
}

fn refused_account(all: &mut Vec<Vector>) {
    let alice = Key::account("alice");
    let phone = Key::device("alice", "phone").public;
    let now = seconds(0);
    refused_both(all, "", &revocation, 105);
    let mut refused = |name: &str, rules: &str, comment: &str, bytes: &[u8], code: &str| {
        let inputs = inputs(bytes, &alice.public);
        let kind = ("revocations", "revocation");
        all.push(vector(kind, name, rules, comment, inputs, error(code)));
    };
    refused("empty", "R1", "There are no bytes.", &[], "bad_length");
    let fields = [alice.public.as_slice(), &now.to_be_bytes()].concat();
    let signature = alice.signs("hushring/1 device revocation", &fields);
    refused(
        "with-the-label-of-devices",
        "R4 S1",
        "Signed under the label of the other kind.",
        &[&[1], fields.as_slice(), &signature].concat(),
        "bad_signature",
    );
    let of_device = device_revocation(&alice, &phone, now);
    refused(
        "of-a-device-without-its-key",
        "R4",
        "A statement about a device, from which somebody has taken the device's key.",
        &[&of_device[..33], &of_device[65..]].concat(),
        "bad_signature",
    );
}

fn refused_device(all: &mut Vec<Vector>) {
    let alice = Key::account("alice");
    let phone = Key::device("alice", "phone").public;
    let now = seconds(0);
    refused_both(
        all,
        "device-",
        &|key, floor| device_revocation(key, &phone, floor),
        137,
    );
    let mut refused =
        |name: &str, rules: &str, comment: &str, bytes: &[u8], account: &[u8; 32], code: &str| {
            let inputs = inputs(bytes, account);
            let kind = ("revocations", "revocation");
            all.push(vector(kind, name, rules, comment, inputs, error(code)));
        };
    for refusal in refused_keys("device", "R4") {
        refused(
            &format!("of-a-{}", refusal.name),
            &refusal.rules.replace(" S3", ""),
            "The device's key does not satisfy K6. The account has signed the statement.",
            &device_revocation(&alice, &refusal.key.public, now),
            &alice.public,
            refusal.code,
        );
    }
    let no_point = [2; 32];
    refused(
        "of-a-key-that-is-no-point",
        "K6 R4",
        "The device's key is not a point of the curve.",
        &device_revocation(&alice, &no_point, now),
        &alice.public,
        "bad_key",
    );
    let weak = Key::weak(points::WEAK[0].1);
    refused(
        "device-account-key-before-the-devices",
        "K6 R4",
        "Both keys break K6, each in another way. The account's is checked first.",
        &device_revocation(&weak, &no_point, now),
        &weak.public,
        "weak_key",
    );
    let mut signature = device_revocation(&alice, &weak.public, now);
    signature[136] ^= 1;
    refused(
        "device-key-before-the-signature",
        "K6 R4",
        "The device's key is weak, and the signature does not verify.",
        &signature,
        &alice.public,
        "weak_key",
    );
    let mut other_device = device_revocation(&alice, &phone, now);
    other_device[33..65].copy_from_slice(&Key::device("alice", "laptop").public);
    refused(
        "device-changed-key",
        "R4",
        "The device's key is not the one that was signed.",
        &other_device,
        &alice.public,
        "bad_signature",
    );
    let fields = [alice.public.as_slice(), &phone, &now.to_be_bytes()].concat();
    let signature = alice.signs("hushring/1 revocation", &fields);
    refused(
        "device-with-the-label-of-accounts",
        "R4 S1",
        "Signed under the label of the other kind.",
        &[&[1], fields.as_slice(), &signature].concat(),
        &alice.public,
        "bad_signature",
    );
    let of_account = revocation(&alice, now);
    refused(
        "device-key-put-into-an-accounts",
        "R4",
        "A statement about the account, into which somebody has put a device's key.",
        &[&of_account[..33], &phone, &of_account[33..]].concat(),
        &alice.public,
        "bad_signature",
    );
}
