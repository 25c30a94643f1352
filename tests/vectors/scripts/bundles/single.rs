//! Bundles that are accepted, and what a reader remembers of a device.

use hushring::Suite;
use hushring_test_support::forge;
use hushring_test_support::text::hex;
use serde_json::json;

use super::{Bundle, last_published, public_key, verify, verify_made};
use crate::author::*;
use crate::packed::entries;

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
    revoked(all);
    published_before(all);
}

fn revoked(all: &mut Vec<Vector>) {
    let bundle = Bundle::new(Suite::X25519);
    let begin = seconds(-100);
    let bob = Key::account("bob");
    let own = bundle.device.public;
    let other = Key::device("bob", "tablet").public;
    let of_account = |floor: u64| hex(&forge::revocation(&bob.seed, None, floor));
    let of_device =
        |device: &[u8; 32], floor: u64| hex(&forge::revocation(&bob.seed, Some(device), floor));
    for (name, comment, revocations, code) in [
        (
            "floor-at-the-certificate",
            "A certificate counts if its not_before is not below the account's floor.",
            vec![of_account(begin)],
            None,
        ),
        (
            "floor-above-the-certificate",
            "A certificate that begins before the account's floor is revoked.",
            vec![of_account(begin + 1)],
            Some("revoked"),
        ),
        (
            "device-floor-at-the-certificate",
            "A certificate counts if its not_before is not below the floor of its device key.",
            vec![of_device(&own, begin)],
            None,
        ),
        (
            "device-floor-above-the-certificate",
            "A certificate that begins before the floor of its device key is revoked.",
            vec![of_device(&own, begin + 1)],
            Some("revoked"),
        ),
        (
            "floor-of-another-device",
            "Another device of the account is revoked.",
            vec![of_device(&other, seconds(0))],
            None,
        ),
        (
            "device-floor-above-the-accounts",
            "Of the account's floor and the device's, the higher one counts.",
            vec![of_account(begin - 1), of_device(&own, begin + 1)],
            Some("revoked"),
        ),
        (
            "device-floor-below-the-accounts",
            "The device's floor is superseded by the account's.",
            vec![of_account(begin + 1), of_device(&own, begin - 1)],
            Some("revoked"),
        ),
        (
            "highest-of-several-floors",
            "Several statements of each kind: their order does not matter, and the highest floor
             counts.",
            vec![
                of_device(&other, begin + 9),
                of_device(&own, begin + 1),
                of_account(begin - 1),
                of_device(&own, begin - 9),
                of_account(begin),
            ],
            Some("revoked"),
        ),
        (
            "several-floors-none-above",
            "Several statements of each kind, none of which reaches above the certificate.",
            vec![
                of_account(begin),
                of_device(&own, begin),
                of_device(&other, begin + 1),
                of_account(begin - 1),
            ],
            None,
        ),
    ] {
        all.push(verify(
            name,
            "B11 R6 T5",
            comment,
            &bundle.bytes(),
            json!({ "revocations": revocations }),
            code.map_or_else(|| bundle.accepted(), error),
        ));
    }
    let mut ended = Bundle::new(Suite::X25519);
    ended.certified(begin, seconds(0) - 1);
    ended.issued_at = seconds(-20);
    ended.expires_at = seconds(0) - 1;
    for (name, revocation) in [
        ("revoked-and-ended", of_account(begin + 1)),
        ("device-revoked-and-ended", of_device(&own, begin + 1)),
    ] {
        all.push(verify(
            name,
            "B11 T5 T6",
            "Revocation is checked before the times.",
            &ended.bytes(),
            json!({ "revocations": [revocation] }),
            error("revoked"),
        ));
    }
}

fn published_before(all: &mut Vec<Vector>) {
    let bundle = Bundle::new(Suite::X25519);
    let now = bundle.issued_at;
    let new = |change: &dyn Fn(&mut Bundle)| {
        let mut bundle = Bundle::new(Suite::X25519);
        change(&mut bundle);
        bundle
    };
    let other_key = |bundle: &mut Bundle| {
        bundle.public_key = public_key(Suite::X25519, "another");
    };
    let xwing = Bundle::new(Suite::XWing);
    for (name, comment, known, code) in [
        (
            "known-itself",
            "The very bundle that is known.",
            bundle.last_published(),
            None,
        ),
        (
            "known-both-of-its-publication",
            "It and the other bundle of its publication are known.",
            last_published(&[&bundle, &xwing]),
            None,
        ),
        (
            "known-of-the-other-suite",
            "Of its publication only the bundle of the other suite is known: the offers are the
             same, and of this suite there is none.",
            xwing.last_published(),
            None,
        ),
        (
            "known-older",
            "An older publication is known, with other offers and another bundle.",
            new(&|bundle| {
                other_key(bundle);
                bundle.issued_at = now - 1;
                bundle.offers = 1;
            })
            .last_published(),
            None,
        ),
        (
            "known-newer",
            "A newer publication is known.",
            new(&|bundle| bundle.issued_at = now + 1).last_published(),
            Some("stale_bundle"),
        ),
        (
            "known-newer-of-the-other-suite",
            "A newer publication is known, of which the bundle of the other suite was accepted.",
            {
                let mut newer = Bundle::new(Suite::XWing);
                newer.issued_at = now + 1;
                newer.last_published()
            },
            Some("stale_bundle"),
        ),
        (
            "known-another-of-the-same-moment",
            "Another bundle of this suite and moment is known.",
            new(&other_key).last_published(),
            Some("stale_bundle"),
        ),
        (
            "known-with-another-end",
            "The bundle that is known differs in its expires_at alone.",
            new(&|bundle| bundle.expires_at -= 1).last_published(),
            Some("stale_bundle"),
        ),
        (
            "known-with-other-offers",
            "The publication of this moment that is known offers one suite.",
            new(&|bundle| bundle.offers = 1).last_published(),
            Some("stale_bundle"),
        ),
        (
            "known-with-other-unknown-offers",
            "Offers are compared with all their bits, also those that are not defined.",
            new(&|bundle| bundle.offers = 7).last_published(),
            Some("stale_bundle"),
        ),
        (
            "known-of-another-device",
            "Another device of the account has published later.",
            new(&|bundle| {
                bundle.device = Key::device("bob", "tablet");
                bundle.certified(seconds(-100), seconds(200));
                bundle.issued_at = now + 1;
            })
            .last_published(),
            None,
        ),
    ] {
        all.push(verify(
            name,
            "B14",
            comment,
            &bundle.bytes(),
            json!({ "lastPublished": entries(json!([known])) }),
            code.map_or_else(|| bundle.accepted(), error),
        ));
    }
}
