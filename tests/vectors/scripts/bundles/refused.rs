//! Bundles that are refused (B1 to B13).

use hushring::Suite;
use hushring_test_support::text::hex;
use serde_json::json;

use super::{Bundle, verify, verify_made};
use crate::author::*;
use crate::points::{self, WEAK, WEAK_X25519, point};

pub fn vectors(all: &mut Vec<Vector>, suite: Suite) {
    let mut made = |name: &str, rules: &str, comment: &str, bundle: Bundle, code: &str| {
        let expect = error(code);
        all.push(verify_made(suite, name, rules, comment, &bundle, expect));
    };
    let new = |change: &dyn Fn(&mut Bundle)| {
        let mut bundle = Bundle::new(suite);
        change(&mut bundle);
        bundle
    };
    for version in [0, 2, 255] {
        made(
            &format!("version-{version}"),
            "B2 V2",
            "Byte 0 is 1, or the version is not supported.",
            new(&|bundle| bundle.version = version),
            "unsupported_version",
        );
    }
    for byte in [0, 3, 255] {
        made(
            &format!("suite-{byte}"),
            "B3 V2",
            "The suite is 1 or 2, or it is not supported.",
            new(&|bundle| bundle.suite = byte),
            "unsupported_suite",
        );
    }
    made(
        "suite-of-the-other-key",
        "B4",
        "The suite is known, and the length is that of the other.",
        new(&|bundle| bundle.suite = 3 - bundle.suite),
        "bad_length",
    );
    made(
        "byte-behind",
        "B4",
        "A byte follows.",
        new(&|bundle| bundle.more = vec![0]),
        "bad_length",
    );
    // Certificates have vectors of their own: here is one for each rule.
    let (from, until) = (seconds(-100), seconds(200));
    for (name, digits) in [WEAK[0], WEAK[4], WEAK[8]] {
        made(
            &format!("weak-device-key-{name}"),
            "B5 K6 S3 T1",
            "The device's key is one of the strings of K6, and its equation holds.",
            new(&|bundle| {
                bundle.device = Key::weak(digits);
                bundle.certified(from, until);
            }),
            "bad_certificate",
        );
    }
    made(
        "equal-keys",
        "B5 T2",
        "The account certifies itself.",
        new(&|bundle| {
            bundle.device = bundle.account;
            bundle.certified(from, until);
        }),
        "bad_certificate",
    );
    made(
        "certificate-beyond-366-days",
        "B5 T3",
        "The certificate's lifetime is a second too long.",
        new(&|bundle| bundle.certified(from, from + 366 * 86_400 + 1)),
        "bad_certificate",
    );
    made(
        "certificate-signature",
        "B5 T4",
        "The certificate's signature does not verify.",
        new(&|bundle| bundle.certificate[100] ^= 1),
        "bad_certificate",
    );
    let mut other = new(&|bundle| {
        bundle.certificate = Key::account("mallory").certifies(&bundle.device.public, from, until);
    });
    other.account = Key::account("bob");
    made(
        "of-another-account",
        "B6",
        "Mallory has certified Bob's device. The certificate is sound; it is not Bob's.",
        other,
        "wrong_account",
    );
    for (name, offers) in [
        ("nothing", 0),
        ("the-other-suite", 3 - suite.byte()),
        ("others", 0xfc),
    ] {
        made(
            &format!("offers-{name}"),
            "B7",
            "The bit of its own suite is not set.",
            new(&|bundle| bundle.offers = offers),
            "bad_offers",
        );
    }
    for (name, comment, issued_at, expires_at) in [
        (
            "lifetime-0",
            "It ends as it is issued.",
            seconds(0),
            seconds(0),
        ),
        (
            "lifetime-negative",
            "It ends before it is issued.",
            seconds(0) + 2,
            seconds(0) + 1,
        ),
        (
            "lifetime-beyond-90-days",
            "It lasts a second longer than 90 days.",
            seconds(0),
            seconds(90) + 1,
        ),
        (
            "lifetime-that-wraps",
            "It ends before it is issued. Computed with wrapping, the lifetime would be 60 days.",
            u64::MAX - 10,
            60 * 86_400 - 11,
        ),
    ] {
        made(
            name,
            "B8",
            comment,
            new(&|bundle| {
                bundle.issued_at = issued_at;
                bundle.expires_at = expires_at;
            }),
            "bad_lifetime",
        );
    }
    made(
        "outlives-its-certificate",
        "B8",
        "It ends a second later than its certificate.",
        new(&|bundle| bundle.certified(from, bundle.expires_at - 1)),
        "bad_lifetime",
    );
    for (name, digits) in WEAK_X25519 {
        made(
            &format!("weak-key-{name}"),
            "B9 K7",
            "The X25519 key is one of the strings of K7, or not below p.",
            new(&|bundle| {
                let start = bundle.public_key.len() - 32;
                bundle.public_key[start..].copy_from_slice(&point(digits));
            }),
            "weak_key",
        );
    }
    made(
        "top-bit",
        "B9 K7",
        "The X25519 key has its top bit set. RFC 7748 ignores that bit; here all 256 count.",
        new(&|bundle| *bundle.public_key.last_mut().unwrap() |= 0x80),
        "weak_key",
    );
    made(
        "order-8-with-top-bit",
        "B9 K7",
        "A point of low order with the top bit set.",
        new(&|bundle| {
            let start = bundle.public_key.len() - 32;
            bundle.public_key[start..].copy_from_slice(&point(WEAK_X25519[2].1));
            bundle.public_key[start + 31] |= 0x80;
        }),
        "weak_key",
    );
    if suite == Suite::XWing {
        for (name, comment, place, change) in [
            (
                "first",
                "The first coefficient is 3,329.",
                0,
                (|at: &mut [u8]| {
                    at[0] = 0x01;
                    at[1] = at[1] & 0xf0 | 0x0d;
                }) as fn(&mut [u8]),
            ),
            (
                "second",
                "The second coefficient is 3,329.",
                1,
                (|at: &mut [u8]| {
                    at[0] = at[0] & 0x0f | 0x10;
                    at[1] = 0xd0;
                }) as fn(&mut [u8]),
            ),
            (
                "largest",
                "A coefficient in the middle is 4,095.",
                600,
                (|at: &mut [u8]| {
                    at[0] = 0xff;
                    at[1] |= 0x0f;
                }) as fn(&mut [u8]),
            ),
            (
                "last",
                "The last coefficient is 3,329.",
                1150,
                (|at: &mut [u8]| {
                    at[0] = at[0] & 0x0f | 0x10;
                    at[1] = 0xd0;
                }) as fn(&mut [u8]),
            ),
        ] {
            made(
                &format!("coefficient-{name}"),
                "B9 K8",
                comment,
                new(&|bundle| change(&mut bundle.public_key[place..place + 2])),
                "weak_key",
            );
        }
    }
    for (name, rules, comment, sign) in bad_signatures() {
        if suite == Suite::XWing && name != "wrong" {
            continue;
        }
        made(
            &format!("signature-{name}"),
            &format!("B10 {rules}"),
            comment,
            new(&|bundle| bundle.device.sign = sign),
            "bad_signature",
        );
    }
    made(
        "signature-of-the-account",
        "B10",
        "Signed by the account's key in place of the device's.",
        new(&|bundle| bundle.device.seed = bundle.account.seed),
        "bad_signature",
    );
    made(
        "mixed-device-key-with-cofactor",
        "B10 S6",
        "The equation holds with the cofactor alone.",
        new(&|bundle| {
            bundle.device =
                Key::mixed("a mixed device").signing(points::by_mixed_key_with_cofactor);
            bundle.certified(from, until);
        }),
        "bad_signature",
    );
    for (name, from, until, code) in [
        (
            "certificate-begins-later",
            seconds(0) + 601,
            until,
            "certificate_not_yet_valid",
        ),
        (
            "certificate-has-ended",
            from,
            seconds(0),
            "certificate_expired",
        ),
    ] {
        made(
            name,
            "B11 T6",
            "The certificate's times do not hold now.",
            new(&|bundle| {
                bundle.certified(from, until);
                bundle.expires_at = bundle.expires_at.min(until);
                bundle.issued_at = bundle.expires_at - 86_400;
            }),
            code,
        );
    }
    made(
        "issued-later",
        "B12",
        "Issued more than 10 minutes ahead.",
        new(&|bundle| bundle.issued_at += 601),
        "bundle_not_yet_valid",
    );
    made(
        "has-ended",
        "B13",
        "now is expires_at.",
        new(&|bundle| {
            bundle.issued_at -= 86_400;
            bundle.expires_at = seconds(0);
        }),
        "bundle_expired",
    );

    let sound = Bundle::new(suite).bytes();
    let bob = hex(&Key::account("bob").public);
    for (name, rules, length) in [
        ("empty", "B1", 0),
        ("of-146-bytes", "B1", 146),
        ("of-147-bytes", "B4", 147),
        ("without-its-last-byte", "B4", sound.len() - 1),
    ] {
        all.push(verify(
            &format!("{suite}-{name}"),
            rules,
            "The length is exactly that of the suite, and 147 bytes say which suite it is.",
            &sound[..length],
            json!({ "account": bob }),
            error("bad_length"),
        ));
    }
    for (name, place) in [
        ("offers", 145),
        ("issued-at", 154),
        ("expires-at", 162),
        ("key", 170),
    ] {
        let mut bytes = sound.clone();
        bytes[place] ^= if place == 145 { 4 } else { 1 };
        all.push(verify(
            &format!("{suite}-changed-{name}"),
            "B10",
            "One bit of what was signed is not what stands here.",
            &bytes,
            json!({}),
            error("bad_signature"),
        ));
    }
}
