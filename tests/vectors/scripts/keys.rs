//! Public keys, exports and identifiers, and certificates (spec/envelope.md, "Keys", "Derived
//! identifiers" and "Certificates").

use hushring::Suite;
use hushring_test_support::clock::day;
use hushring_test_support::derived::{call_uuid, fingerprint};
use hushring_test_support::forge::hpke_key;
use hushring_test_support::people::{self, device, prekey};
use hushring_test_support::text::{hex, uuid};
use serde_json::json;

use crate::author::*;
use crate::points::{self, WEAK, above_p, point};

pub fn vectors() -> Vec<Vector> {
    let mut all = Vec::new();
    public_keys(&mut all);
    exports(&mut all);
    identifiers(&mut all);
    certificates(&mut all);
    all
}

fn public_keys(all: &mut Vec<Vector>) {
    let mut key = |name: &str, comment: &str, bytes: &[u8], code: Option<&str>| {
        let expect = match code {
            Some(code) => error(code),
            None => json!({ "fingerprint": fingerprint(bytes.try_into().unwrap()) }),
        };
        let inputs = json!({ "publicKey": hex(bytes) });
        let kind = ("keys", "publicKey");
        all.push(vector(kind, name, "K6", comment, inputs, expect));
    };
    key(
        "of-rfc-8032",
        "The account of section 22, and its fingerprint.",
        &point("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
        None,
    );
    key(
        "of-mixed-order",
        "A key of mixed order is not refused.",
        &Key::mixed("a mixed account").public,
        None,
    );
    for (name, digits) in WEAK {
        key(
            &format!("weak-{name}"),
            "One of the strings of K6.",
            &point(digits),
            Some("weak_key"),
        );
    }
    // y mod p is the y of a point for 0, 1, 3 to 6, 9, 10, …, and not for 2 and 7: K6 says how to
    // find out.
    for (more, code) in [
        (0, "weak_key"),
        (1, "weak_key"),
        (2, "bad_key"),
        (3, "weak_key"),
        (7, "bad_key"),
        (18, "weak_key"),
    ] {
        let with_sign = {
            let mut bytes = above_p(more);
            bytes[31] = 0xff;
            bytes
        };
        let what = if code == "bad_key" { "no" } else { "a" };
        let comment = format!("y = p + {more}, and y mod p is the y of {what} point.");
        let name = format!("p-plus-{more}");
        key(&name, &comment, &above_p(more), Some(code));
        if more > 1 {
            key(
                &format!("{name}-with-sign"),
                &comment,
                &with_sign,
                Some(code),
            );
        }
    }
    key(
        "no-point",
        "No point of the curve has y = 2.",
        &point("0200000000000000000000000000000000000000000000000000000000000000"),
        Some("bad_key"),
    );
    for length in [0, 31, 33, 64] {
        key(
            &format!("of-{length}-bytes"),
            "A public key has 32 bytes.",
            &vec![1; length],
            Some("bad_key"),
        );
    }
}

fn exports(all: &mut Vec<Vector>) {
    let phone = device("alice", "phone");
    let export = phone.export().to_vec();
    let alice = Key::account("alice");
    let own = Key::device("alice", "phone");
    let mut import = |kind: &str, name: &str, rules: &str, comment: &str, bytes: &[u8], expect| {
        let name = format!("{kind}-{name}");
        let inputs = json!({ "export": hex(bytes) });
        all.push(vector(
            ("keys", kind),
            &name,
            rules,
            comment,
            inputs,
            expect,
        ));
    };
    let rfc = point("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    import(
        "account",
        "of-rfc-8032",
        "K6",
        "The account of section 22.",
        &rfc,
        json!({ "publicKey": public }),
    );
    import(
        "pendingDevice",
        "of-rfc-8032",
        "K6",
        "A device before activation: the seed alone.",
        &rfc,
        json!({ "publicKey": public }),
    );
    for length in [0, 31, 33] {
        let short = vec![7; length];
        for kind in ["account", "pendingDevice"] {
            import(
                kind,
                &format!("of-{length}-bytes"),
                "K3",
                "An export of 32 bytes.",
                &short,
                error("bad_length"),
            );
        }
    }
    import(
        "device",
        "sound",
        "T1 T4",
        "Seed and certificate.",
        &export,
        json!({ "publicKey": hex(&own.public), "account": hex(&alice.public) }),
    );
    for (name, bytes) in [
        ("empty", &[][..]),
        ("of-175-bytes", &export[..175]),
        ("of-177-bytes", &[export.as_slice(), &[0]].concat()),
        ("before-activation", &export[..32]),
    ] {
        import(
            "device",
            name,
            "T1",
            "An export of 176 bytes.",
            bytes,
            error("bad_length"),
        );
    }
    let mut spoilt = export.clone();
    spoilt[170] ^= 1;
    import(
        "device",
        "bad-certificate",
        "T4",
        "The certificate's signature does not verify.",
        &spoilt,
        error("bad_certificate"),
    );
    let other = [
        Key::device("alice", "laptop").seed.as_slice(),
        &export[32..],
    ]
    .concat();
    import(
        "device",
        "of-another-key",
        "T1",
        "The certificate is a sound one of another device of the account.",
        &other,
        error("wrong_device"),
    );
    for suite in Suite::ALL {
        let key = prekey(suite, "weekly", day(60));
        let bytes = key.export().to_vec();
        let published = people::bundle(&device("bob", "phone"), &key).to_bytes();
        let public_key = hpke_key(&published);
        import(
            "prekey",
            &suite.to_string(),
            "E3 I3 K3",
            "A prekey, and the id of its public key.",
            &bytes,
            json!({
                "suite": suite.to_string(),
                "id": hex(&<sha2::Sha256 as sha2::Digest>::digest(public_key)[..8]),
                "expiresAt": seconds(60),
            }),
        );
        for (name, bytes) in [
            ("of-40-bytes", &bytes[..40]),
            ("of-42-bytes", &[bytes.as_slice(), &[0]].concat()),
        ] {
            import(
                "prekey",
                &format!("{suite}-{name}"),
                "K3",
                "An export of 41 bytes.",
                bytes,
                error("bad_length"),
            );
        }
    }
    let key = prekey(Suite::X25519, "weekly", day(60));
    let (bytes, id) = (key.export().to_vec(), key.id().to_string());
    for (name, at, bits) in [("low", 1, 7), ("high", 32, 0xc0)] {
        let mut bytes = bytes.clone();
        bytes[at] ^= bits;
        import(
            "prekey",
            &format!("x25519-not-clamped-{name}"),
            "K3",
            "Bits that clamping sets or clears are others than in x25519: the key is the same.",
            &bytes,
            json!({ "suite": "x25519", "id": id, "expiresAt": seconds(60) }),
        );
    }
    for byte in [0, 3] {
        let mut bytes = prekey(Suite::X25519, "weekly", day(60)).export().to_vec();
        bytes[0] = byte;
        import(
            "prekey",
            &format!("suite-{byte}"),
            "V2",
            "A suite that is not supported.",
            &bytes,
            error("unsupported_suite"),
        );
    }
}

fn identifiers(all: &mut Vec<Vector>) {
    let rfc = point("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    let call_id = [
        0x3f, 0x1c, 0x6f, 0x0e, 0x5a, 0x64, 0x4c, 0x8e, 0x9d, 0x0b, 0x7a, 0x2e, 0x4d, 0x9f, 0x1b,
        0x33,
    ];
    for (name, account, call_id, comment) in [
        (
            "of-the-specification",
            rfc,
            call_id,
            "The example of section 22.",
        ),
        (
            "of-another-caller",
            Key::account("alice").public,
            call_id,
            "Another caller, who chose the same callId, has another call.",
        ),
        (
            "of-zeros",
            rfc,
            [0; 16],
            "A callId is any 16 bytes, but not a version 8 UUID.",
        ),
        (
            "of-ones",
            rfc,
            [0xff; 16],
            "A callId is any 16 bytes, but not a version 8 UUID.",
        ),
    ] {
        all.push(vector(
            ("identifiers", "callKit"),
            &format!("callkit-{name}"),
            "I1 M9",
            comment,
            json!({ "account": hex(&account), "callId": uuid(&call_id) }),
            json!({ "uuid": call_uuid(&account, &call_id) }),
        ));
    }
    all.push(vector(
        ("identifiers", "callKit"),
        "callkit-of-a-weak-key",
        "I1 K6",
        "The caller's key is one of the strings of K6.",
        json!({ "account": WEAK[0].1, "callId": uuid(&call_id) }),
        error("weak_key"),
    ));
    for (name, text) in [
        ("short", "3f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b3"),
        ("no-digit", "3f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b3g"),
        ("without-hyphens", "3f1c6f0e5a644c8e9d0b7a2e4d9f1b33"),
        ("hyphens-elsewhere", "3f1c6f0e5-a64-4c8e-9d0b-7a2e4d9f1b33"),
        ("empty", ""),
        ("of-callkit", "36ceb267-5162-879b-86ba-c67b229395a8"),
        (
            "of-version-8-in-capitals",
            "36CEB267-5162-8000-BFFF-C67B229395A8",
        ),
    ] {
        all.push(vector(
            ("identifiers", "callKit"),
            &format!("callkit-{name}"),
            "M9",
            "An API in which a callId is text takes a UUID: 32 digits with hyphens behind 8, 12, 16
             and 20 of them. It is not of version 8.",
            json!({ "account": hex(&rfc), "callId": text }),
            error("bad_call_id"),
        ));
    }
}

fn certificates(all: &mut Vec<Vector>) {
    let alice = Key::account("alice");
    let phone = Key::device("alice", "phone");
    let (from, until) = (seconds(-1), seconds(100));
    let year = 366 * 86_400;
    let mut good = |name: &str, rules: &str, comment: &str, account: Key, device, from, until| {
        all.push(vector(
            ("certificates", "certificate"),
            name,
            rules,
            comment,
            json!({ "certificate": hex(&account.certifies(device, from, until)) }),
            json!({
                "account": hex(&account.public), "device": hex(device),
                "notBefore": number(from), "expiresAt": number(until),
            }),
        ));
    };
    good(
        "sound",
        "S1 T1 T4",
        "A certificate.",
        alice,
        &phone.public,
        from,
        until,
    );
    good(
        "of-a-second",
        "T3",
        "The shortest lifetime.",
        alice,
        &phone.public,
        from,
        from + 1,
    );
    good(
        "of-366-days",
        "T3",
        "The longest lifetime.",
        alice,
        &phone.public,
        from,
        from + year,
    );
    good("from-1970", "T3", "From 0.", alice, &phone.public, 0, year);
    good(
        "until-the-end-of-time",
        "T3",
        "Until 2^64 − 1.",
        alice,
        &phone.public,
        u64::MAX - year,
        u64::MAX,
    );
    good(
        "of-a-mixed-account",
        "K6 S6",
        "A key of mixed order is not refused, and the equation holds without the cofactor.",
        Key::mixed("a mixed account"),
        &phone.public,
        from,
        until,
    );
    good(
        "of-a-mixed-device",
        "K6",
        "The device's key is of mixed order.",
        alice,
        &Key::mixed("a mixed device").public,
        from,
        until,
    );

    let mut refused = |name: &str, rules: &str, comment: &str, bytes: &[u8], code: &str| {
        all.push(vector(
            ("certificates", "certificate"),
            name,
            rules,
            comment,
            json!({ "certificate": hex(bytes) }),
            error(code),
        ));
    };
    let bad = "bad_certificate";
    for (name, digits) in WEAK {
        let comment = "The key's equation holds for signatures that anybody can make.";
        refused(
            &format!("weak-account-key-{name}"),
            "K6 S3 T1",
            comment,
            &Key::weak(digits).certifies(&phone.public, from, until),
            bad,
        );
        let comment = "One of the strings of K6, which the account has certified.";
        refused(
            &format!("weak-device-key-{name}"),
            "K6 T1",
            comment,
            &alice.certifies(&point(digits), from, until),
            bad,
        );
    }
    for more in [0, 1, 2, 3, 18] {
        refused(
            &format!("device-key-p-plus-{more}"),
            "K6 T1",
            "The device's y is not below p.",
            &alice.certifies(&above_p(more), from, until),
            bad,
        );
        let weak = Key::above_p(more);
        refused(
            &format!("account-key-p-plus-{more}"),
            "K6 T1",
            "The account's y is not below p.",
            &weak.certifies(&phone.public, from, until),
            bad,
        );
    }
    refused(
        "device-key-that-is-no-point",
        "K6 T1",
        "No point of the curve has this y.",
        &alice.certifies(&[2; 32], from, until),
        bad,
    );
    refused(
        "equal-keys",
        "K2 T2",
        "An account certifies itself.",
        &alice.certifies(&alice.public, from, until),
        bad,
    );
    let all_time = (
        "lifetime-of-all-time",
        "From 0 until 2^64 − 1.",
        0,
        u64::MAX,
    );
    for (name, comment, from, until) in refused_lifetimes(from).into_iter().chain([all_time]) {
        let bytes = alice.certifies(&phone.public, from, until);
        refused(name, "T3", comment, &bytes, bad);
    }
    for (name, rules, comment, sign) in SIGNATURES {
        let bytes = alice.signing(sign).certifies(&phone.public, from, until);
        let rules = format!("T4 {rules}");
        refused(&format!("signature-{name}"), &rules, comment, &bytes, bad);
    }
    for (name, comment, sign) in OTHER_BYTES {
        let bytes = alice.signing(sign).certifies(&phone.public, from, until);
        refused(&format!("signature-{name}"), "S1 T4", comment, &bytes, bad);
    }
    let mixed = Key::mixed("a mixed account").signing(points::by_mixed_key_with_cofactor);
    refused(
        "of-a-mixed-account-with-cofactor",
        "S6 T4",
        "The equation holds with the cofactor alone.",
        &mixed.certifies(&phone.public, from, until),
        bad,
    );
    let sound = alice.certifies(&phone.public, from, until);
    let other = Key::account("mallory").certifies(&phone.public, from, until);
    refused(
        "signature-of-another-account",
        "T4",
        "Signed by another account.",
        &[&sound[..80], &other[80..]].concat(),
        bad,
    );
    for (name, place) in [
        ("account", 0),
        ("device", 40),
        ("not-before", 71),
        ("expires-at", 79),
    ] {
        let mut bytes = sound.clone();
        bytes[place] ^= 1;
        // A key with another bit may be no point: the code is the same.
        refused(
            &format!("changed-{name}"),
            "T4",
            "One bit of what was signed is not what stands here.",
            &bytes,
            bad,
        );
    }
    for (name, bytes) in [
        ("empty", &[][..]),
        ("of-143-bytes", &sound[..143]),
        ("of-145-bytes", &[sound.as_slice(), &[0]].concat()),
    ] {
        refused(
            name,
            "T1",
            "A certificate has 144 bytes.",
            bytes,
            "bad_length",
        );
    }
}
