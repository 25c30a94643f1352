//! Bundles that are accepted, and what a reader remembers of a device.

use hushring::Suite;
use hushring_test_support::text::hex;
use serde_json::json;

use super::{Bundle, verify, verify_made};
use crate::author::*;
use crate::scripts::revocations;

pub fn sound(all: &mut Vec<Vector>, suite: Suite) {
    let mut good = |name: &str, rules: &str, comment: &str, change: fn(&mut Bundle)| {
        let mut bundle = Bundle::new(suite);
        change(&mut bundle);
        let expect = bundle.accepted();
        all.push(verify_made(suite, name, rules, comment, &bundle, expect));
    };
    good("sound", "B1 B4 B10 E3 S1", "A bundle.", |_| ());
    good(
        "offers-its-own-suite-alone",
        "B7",
        "The device publishes one suite.",
        |bundle| bundle.offers = bundle.suite,
    );
    good(
        "offers-unknown-suites",
        "B7 V4",
        "The other bits are signed, and otherwise ignored.",
        |bundle| bundle.offers = 0xff,
    );
    good("of-90-days", "B8", "The longest lifetime.", |bundle| {
        bundle.expires_at = bundle.issued_at + 90 * 86_400
    });
    good(
        "as-long-as-its-certificate",
        "B8",
        "It ends with its certificate.",
        |bundle| bundle.certified(seconds(-100), seconds(60)),
    );
    good(
        "issued-in-10-minutes",
        "B12",
        "The limit itself is accepted.",
        |bundle| bundle.issued_at += 600,
    );
    good(
        "certificate-begins-in-10-minutes",
        "B11 T6",
        "The limit itself is accepted.",
        |bundle| bundle.certified(seconds(0) + 600, seconds(200)),
    );
    good(
        "ends-in-a-second",
        "B13",
        "now is before expires_at.",
        |bundle| {
            bundle.issued_at -= 86_400;
            bundle.expires_at = seconds(0) + 1;
        },
    );
    good(
        "mixed-device-key",
        "B10 K6 S6",
        "A key of mixed order is not refused, and the equation holds without the cofactor.",
        |bundle| {
            bundle.device = Key::mixed("a mixed device");
            bundle.certified(seconds(-100), seconds(200));
        },
    );
    if suite == Suite::XWing {
        good(
            "largest-coefficients",
            "B9 K8",
            "A key whose first and last coefficient is 3,328. (Nobody has its private key.)",
            |bundle| {
                bundle.public_key[0] = 0x00;
                bundle.public_key[1] = bundle.public_key[1] & 0xf0 | 0x0d;
                bundle.public_key[1150] &= 0x0f;
                bundle.public_key[1151] = 0xd0;
            },
        );
        good(
            "seed-of-ones",
            "B9 K8",
            "The 32 bytes behind the coefficients are free. (Nobody has the private key.)",
            |bundle| bundle.public_key[1152..1184].fill(0xff),
        );
    }
}

pub fn with_state(all: &mut Vec<Vector>) {
    let bundle = Bundle::new(Suite::X25519);
    let bytes = bundle.bytes();
    let own = hex(&bundle.device.public);
    let other = hex(&Key::device("bob", "tablet").public);
    let begin = seconds(-100);
    let issued_at = bundle.issued_at;
    let revocation = |name: &str, floor: u64| {
        let key = Key::account(name);
        hex(&revocations::revocation(&key, floor))
    };
    for (name, floor, code) in [
        ("floor-at-the-certificate", begin, None),
        ("floor-above-the-certificate", begin + 1, Some("revoked")),
    ] {
        all.push(verify(
            name,
            "B11 T5",
            "A certificate counts if its not_before is not below the floor.",
            &bytes,
            json!({ "revocation": revocation("bob", floor) }),
            code.map_or_else(|| bundle.accepted(), error),
        ));
    }
    let mut ended = Bundle::new(Suite::X25519);
    ended.certified(begin, seconds(0) - 1);
    ended.issued_at = seconds(-20);
    ended.expires_at = seconds(0) - 1;
    all.push(verify(
        "revoked-and-ended",
        "B11 T5",
        "Revocation is checked before the times.",
        &ended.bytes(),
        json!({ "revocation": revocation("bob", begin + 1) }),
        error("revoked"),
    ));
    for (name, device, newest, code) in [
        ("newest-is-equal", &own, issued_at, None),
        ("newest-is-older", &own, issued_at - 1, None),
        ("newest-is-newer", &own, issued_at + 1, Some("stale_bundle")),
        (
            "newest-of-another-device-is-newer",
            &other,
            issued_at + 1,
            None,
        ),
    ] {
        all.push(verify(
            name,
            "B14",
            "Held against the newest accepted issued_at of this device, whatever its suite was; equal
             is accepted.",
            &bytes,
            json!({ "newest": [{ "device": device, "issuedAt": newest }] }),
            code.map_or_else(|| bundle.accepted(), error),
        ));
    }
}
