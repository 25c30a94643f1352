//! Linking and revocation (spec/envelope.md, sections 7 and 8).

use hmac::{Hmac, KeyInit, Mac};
use hushring_test_support::clock::NOW;
use hushring_test_support::people::seed;
use hushring_test_support::text::hex;
use serde_json::{Value as Json, json};
use sha2::Sha256;

use crate::author::*;
use crate::points::{self, WEAK, above_p};

pub fn vectors() -> Vec<Vector> {
    let mut all = Vec::new();
    requests(&mut all);
    grants(&mut all);
    revocations(&mut all);
    all
}

/// Section 7.
pub fn revocation(key: &Key, floor: u64) -> Vec<u8> {
    let fields = [key.public.as_slice(), &floor.to_be_bytes()].concat();
    let signature = key.signs("hushring/1 revocation", &fields);
    [&[1], fields.as_slice(), &signature].concat()
}

fn secret(name: &str) -> [u8; 32] {
    seed(&format!("link secret {name}"))
}

fn mac(secret: &[u8], label: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(label.as_bytes());
    mac.update(&[0]);
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
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

fn requests(all: &mut Vec<Vector>) {
    let alice = Key::account("alice");
    let tablet = Key::device("alice", "tablet");
    let now = seconds(0);
    let sound = request(&tablet, now);
    all.push(vector(
        ("links", "request"),
        "request",
        "L1 S1 S6",
        "What a new device makes. An Ed25519 signer that does not randomise gives exactly these
         bytes.",
        json!({ "device": hex(&tablet.seed), "secret": hex(&secret("one")), "now": NOW.0 + 999 }),
        json!({ "request": hex(&sound) }),
    ));
    for length in [0, 31, 33] {
        all.push(vector(
            ("links", "request"),
            &format!("request-secret-of-{length}-bytes"),
            "L1",
            "A secret has 32 bytes.",
            json!({
                "device": hex(&tablet.seed), "secret": "07".repeat(length), "now": NOW.0,
            }),
            error("bad_length"),
        ));
    }

    let inputs = |request: &[u8], more: Json| {
        let mut inputs = json!({
            "account": hex(&alice.seed),
            "request": hex(request),
            "secret": hex(&secret("one")),
            "now": NOW.0,
            "expiresAt": seconds(100),
        });
        for (name, value) in more.as_object().unwrap() {
            inputs[name] = value.clone();
        }
        inputs
    };
    let certificate = |from: u64, until: u64| alice.certifies(&tablet.public, from, until);
    let day = 86_400;
    for (name, rules, comment, created_at, more, from, until) in [
        (
            "sound",
            "L3 L5 L6 T7",
            "The certificate begins a day ago, unless it is chosen otherwise.",
            now,
            json!({}),
            now - day,
            seconds(100),
        ),
        (
            "of-30-days-ago",
            "L7",
            "The limit itself is accepted.",
            seconds(-30),
            json!({}),
            now - day,
            seconds(100),
        ),
        (
            "in-10-minutes",
            "L7",
            "The limit itself is accepted.",
            now + 600,
            json!({}),
            now - day,
            seconds(100),
        ),
        (
            "with-a-floor",
            "R7 T7",
            "The certificate begins at the account's revocation floor, which is later than a day ago.",
            now,
            json!({ "floor": now - 60 }),
            now - 60,
            seconds(100),
        ),
        (
            "with-an-earlier-floor",
            "T7",
            "The certificate begins a day ago, which is later than the floor.",
            now,
            json!({ "floor": now - 2 * day }),
            now - day,
            seconds(100),
        ),
        (
            "with-a-beginning",
            "L9 T7",
            "The beginning is chosen, at the floor.",
            now,
            json!({ "notBefore": now - 5 * day, "floor": now - 5 * day }),
            now - 5 * day,
            seconds(100),
        ),
        (
            "of-366-days",
            "L9 T3",
            "The longest lifetime.",
            now,
            json!({ "notBefore": now, "expiresAt": now + 366 * day }),
            now,
            now + 366 * day,
        ),
    ] {
        let request = request(&tablet, created_at);
        let expect = json!({ "grant": hex(&grant(&certificate(from, until), &request)) });
        all.push(vector(
            ("links", "certify"),
            &format!("certify-{name}"),
            rules,
            comment,
            inputs(&request, more),
            expect,
        ));
    }

    let mut refused =
        |name: &str, rules: &str, comment: &str, request: &[u8], more: Json, code: &str| {
            all.push(vector(
                ("links", "certify"),
                &format!("certify-{name}"),
                rules,
                comment,
                inputs(request, more),
                error(code),
            ));
        };
    for (name, bytes) in [
        ("empty", &[][..]),
        ("of-136-bytes", &sound[..136]),
        ("of-138-bytes", &[sound.as_slice(), &[0]].concat()),
    ] {
        let comment = "A request has 137 bytes.";
        refused(name, "L3", comment, bytes, json!({}), "bad_length");
    }
    for version in [0, 2] {
        refused(
            &format!("version-{version}"),
            "L4 V2",
            "Byte 0 is 1, or the version is not supported. The MAC is over it as it is.",
            &request_with(&tablet, now, |bytes| bytes[0] = version),
            json!({}),
            "unsupported_version",
        );
    }
    let mut spoilt = sound.clone();
    spoilt[136] ^= 1;
    refused(
        "mac",
        "L5",
        "One bit of the MAC is wrong.",
        &spoilt,
        json!({}),
        "bad_mac",
    );
    let other = json!({ "secret": hex(&secret("two")) });
    refused(
        "other-secret",
        "L5",
        "Made with another secret.",
        &sound,
        other,
        "bad_mac",
    );
    let evil = Key::device("mallory", "phone");
    let mut swapped = request(&evil, now);
    swapped.truncate(105);
    swapped.extend(&sound[105..]);
    refused(
        "swapped-key",
        "L5",
        "A server has put another device's key and proof in front of the MAC.",
        &swapped,
        json!({}),
        "bad_mac",
    );
    let mac_without_label = {
        let mut bytes = sound[..105].to_vec();
        let mut mac = Hmac::<Sha256>::new_from_slice(&secret("one")).unwrap();
        mac.update(&bytes);
        bytes.extend(mac.finalize().into_bytes());
        bytes
    };
    refused(
        "mac-without-label",
        "L5",
        "The MAC is over the request alone, without the label.",
        &mac_without_label,
        json!({}),
        "bad_mac",
    );
    for length in [31, 33] {
        refused(
            &format!("secret-of-{length}-bytes"),
            "L1",
            "A secret has 32 bytes.",
            &sound,
            json!({ "secret": "07".repeat(length) }),
            "bad_length",
        );
    }
    for (name, digits) in WEAK {
        refused(
            &format!("weak-key-{name}"),
            "K6 L6 S4",
            "The device's key is one of the strings of K6, and its equation holds.",
            &request(&Key::weak(digits), now),
            json!({}),
            "weak_key",
        );
    }
    for (more, code) in [(1, "weak_key"), (2, "bad_key"), (3, "weak_key")] {
        let key = Key {
            public: above_p(more),
            ..Key::weak(WEAK[0].1)
        };
        refused(
            &format!("key-p-plus-{more}"),
            "K6 L6",
            "The device's y is not below p.",
            &request(&key, now),
            json!({}),
            code,
        );
    }
    for (name, rules, comment, sign) in SIGNATURES {
        refused(
            &format!("proof-{name}"),
            &format!("L6 {rules}"),
            comment,
            &request(&tablet.signing(sign), now),
            json!({}),
            "bad_signature",
        );
    }
    for (name, comment, sign) in OTHER_BYTES {
        refused(
            &format!("proof-{name}"),
            "L6 S1",
            comment,
            &request(&tablet.signing(sign), now),
            json!({}),
            "bad_signature",
        );
    }
    refused(
        "proof-of-another-time",
        "L6",
        "The proof is over another time.",
        &request_with(&tablet, now, |bytes| bytes[40] ^= 1),
        json!({}),
        "bad_signature",
    );
    for (name, created_at, code) in [
        ("in-more-than-10-minutes", now + 601, "clock"),
        ("at-the-end-of-time", u64::MAX, "clock"),
        ("of-more-than-30-days-ago", seconds(-30) - 1, "too_old"),
        ("of-1970", 0, "too_old"),
    ] {
        refused(
            name,
            "L7",
            "Made outside the limits.",
            &request(&tablet, created_at),
            json!({}),
            code,
        );
    }
    refused(
        "the-account-itself",
        "K2 L8",
        "The device's key is the account's.",
        &request(&alice, now),
        json!({}),
        "bad_certificate",
    );
    for (name, rules, comment, more, code) in [
        (
            "of-more-than-366-days",
            "L9 T3",
            "A second longer than 366 days.",
            json!({ "notBefore": now, "expiresAt": now + 366 * day + 1 }),
            "bad_lifetime",
        ),
        (
            "of-0-seconds",
            "L9 T3",
            "It would end as it begins.",
            json!({ "notBefore": now + 9, "expiresAt": now + 9 }),
            "bad_lifetime",
        ),
        (
            "below-the-floor",
            "L9 T7",
            "The beginning that was chosen is below the floor.",
            json!({ "notBefore": now - day, "floor": now - day + 1 }),
            "revoked",
        ),
        (
            "that-has-ended",
            "L9 T8",
            "It would have ended already.",
            json!({ "notBefore": now - 2 * day, "expiresAt": now }),
            "bad_lifetime",
        ),
    ] {
        refused(name, rules, comment, &sound, more, code);
    }
}

fn grants(all: &mut Vec<Vector>) {
    let alice = Key::account("alice");
    let tablet = Key::device("alice", "tablet");
    let now = seconds(0);
    let (from, until) = (seconds(-1), seconds(100));
    let own = request(&tablet, now);
    let certificate = alice.certifies(&tablet.public, from, until);
    let sound = grant(&certificate, &own);
    let inputs = |device: &[u8], grant: &[u8]| {
        json!({
            "device": hex(device),
            "request": hex(&own),
            "grant": hex(grant),
            "secret": hex(&secret("one")),
            "now": NOW.0,
        })
    };
    let old = alice.certifies(&tablet.public, seconds(-300), seconds(-1));
    let active = [tablet.seed.as_slice(), &old].concat();
    let mut good = |name: &str, rules: &str, comment: &str, inputs: Json, certificate: &[u8]| {
        let export = [tablet.seed.as_slice(), certificate].concat();
        all.push(vector(
            ("links", "activate"),
            &format!("activate-{name}"),
            rules,
            comment,
            inputs,
            json!({ "device": hex(&export) }),
        ));
    };
    good(
        "sound",
        "L10 L12 L13 L14",
        "The device's export: its seed and the certificate.",
        inputs(&tablet.seed, &sound),
        &certificate,
    );
    good(
        "renewal",
        "L16",
        "The same account renews a certificate that has ended.",
        inputs(&active, &sound),
        &certificate,
    );
    let soon = alice.certifies(&tablet.public, now + 600, until);
    good(
        "begins-in-10-minutes",
        "L15 T5",
        "The limit itself is accepted.",
        inputs(&tablet.seed, &grant(&soon, &own)),
        &soon,
    );

    let mut refused = |name: &str, rules: &str, comment: &str, inputs: Json, code: &str| {
        all.push(vector(
            ("links", "activate"),
            &format!("activate-{name}"),
            rules,
            comment,
            inputs,
            error(code),
        ));
    };
    for (name, bytes) in [
        ("empty", &[][..]),
        ("of-176-bytes", &sound[..176]),
        ("of-178-bytes", &[sound.as_slice(), &[0]].concat()),
    ] {
        let comment = "A grant has 177 bytes.";
        let inputs = inputs(&tablet.seed, bytes);
        refused(name, "L10", comment, inputs, "bad_length");
    }
    for version in [0, 2] {
        let mut bytes = [&[version], certificate.as_slice()].concat();
        let mac = mac(&secret("one"), "hushring/1 link grant", &[&bytes, &own]);
        bytes.extend(mac);
        refused(
            &format!("version-{version}"),
            "L11 V2",
            "Byte 0 is 1, or the version is not supported. The MAC is over it as it is.",
            inputs(&tablet.seed, &bytes),
            "unsupported_version",
        );
    }
    let mut spoilt = sound.clone();
    spoilt[176] ^= 1;
    refused(
        "mac",
        "L12",
        "One bit of the MAC is wrong.",
        inputs(&tablet.seed, &spoilt),
        "bad_mac",
    );
    let mut other = inputs(&tablet.seed, &sound);
    other["secret"] = hex(&secret("two")).into();
    // The request is then not authenticated either; the device reads it again first.
    refused(
        "other-secret",
        "L4 L5 L12",
        "The secret is another: it authenticates neither the request nor the grant.",
        other,
        "bad_mac",
    );
    refused(
        "of-another-request",
        "L12",
        "The grant answers an earlier request of the same device and secret.",
        inputs(
            &tablet.seed,
            &grant(&certificate, &request(&tablet, now - 1)),
        ),
        "bad_mac",
    );
    refused(
        "over-the-request-without-its-mac",
        "L12",
        "The MAC is over the request without the MAC of that.",
        inputs(&tablet.seed, &grant(&certificate, &own[..105])),
        "bad_mac",
    );
    let swapped = {
        let evil = Key::account("mallory").certifies(&tablet.public, from, until);
        [&[1], evil.as_slice(), &sound[145..]].concat()
    };
    refused(
        "swapped-certificate",
        "L12",
        "A server has put another account's certificate in front of the MAC.",
        inputs(&tablet.seed, &swapped),
        "bad_mac",
    );
    let mut with = |name: &str, rules: &str, comment: &str, certificate: &[u8], code: &str| {
        let inputs = inputs(&tablet.seed, &grant(certificate, &own));
        refused(name, rules, comment, inputs, code);
    };
    with(
        "weak-account-key",
        "K6 L13 T1",
        "The account's key is of small order, and its equation holds.",
        &Key::weak(WEAK[4].1).certifies(&tablet.public, from, until),
        "bad_certificate",
    );
    with(
        "lifetime",
        "L13 T3",
        "The certificate lasts a second longer than 366 days.",
        &alice.certifies(&tablet.public, from, from + 366 * 86_400 + 1),
        "bad_certificate",
    );
    let mut wrong = certificate.clone();
    wrong[100] ^= 1;
    with(
        "signature",
        "L13 T4",
        "The certificate's signature does not verify.",
        &wrong,
        "bad_certificate",
    );
    with(
        "of-another-device",
        "L14",
        "The certificate is that of another device.",
        &alice.certifies(&Key::device("alice", "phone").public, from, until),
        "wrong_device",
    );
    with(
        "begins-later",
        "L15 T5",
        "The certificate begins in more than 10 minutes.",
        &alice.certifies(&tablet.public, now + 601, until),
        "certificate_not_yet_valid",
    );
    with(
        "has-ended",
        "L15 T5",
        "The certificate ends now.",
        &alice.certifies(&tablet.public, from, now),
        "certificate_expired",
    );
    let mallory = Key::account("mallory").certifies(&tablet.public, from, until);
    refused(
        "renewal-by-another-account",
        "L16",
        "Another account, which was shown the secret, grants the renewal.",
        inputs(&active, &grant(&mallory, &own)),
        "wrong_account",
    );
}

fn revocations(all: &mut Vec<Vector>) {
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
        "K6 R4 S5",
        "A key of mixed order is not refused, and the equation holds without the cofactor.",
        inputs(&revocation(&mixed, now), &mixed.public),
        json!({ "floor": now }),
    ));
    let rfc = Key::of(points::point(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    ));
    all.push(vector(
        ("revocations", "revoke"),
        "made-of-section-23",
        "R5 S1 S6",
        "The example of section 23. An Ed25519 signer that does not randomise gives exactly these
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
    for (name, digits) in WEAK {
        let weak = Key::weak(digits);
        refused(
            &format!("weak-key-{name}"),
            "K6 R4 S4",
            "The account's key is one of the strings of K6, and its equation holds.",
            &revocation(&weak, now),
            &weak.public,
            "weak_key",
        );
    }
    for (more, code) in [(1, "weak_key"), (2, "bad_key"), (3, "weak_key")] {
        let key = Key {
            public: above_p(more),
            ..Key::weak(WEAK[0].1)
        };
        refused(
            &format!("key-p-plus-{more}"),
            "K6 R4",
            "The account's y is not below p.",
            &revocation(&key, now),
            &key.public,
            code,
        );
    }
    for (name, rules, comment, sign) in SIGNATURES {
        refused(
            &format!("signature-{name}"),
            &format!("R4 {rules}"),
            comment,
            &revocation(&alice.signing(sign), now),
            &alice.public,
            "bad_signature",
        );
    }
    for (name, comment, sign) in OTHER_BYTES {
        refused(
            &format!("signature-{name}"),
            "R4 S1",
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
        "R4 S5",
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
}
