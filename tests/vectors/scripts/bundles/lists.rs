//! Lists of bundles (B14 to B18).

use hushring::Suite;
use hushring_test_support::clock::NOW;
use hushring_test_support::text::hex;
use serde_json::{Value as Json, json};

use super::Bundle;
use crate::author::*;

pub fn vectors(all: &mut Vec<Vector>) {
    let published = |suite: Suite, owner: &str, age: u64, offers: u8| {
        let mut bundle = Bundle::new(suite);
        bundle.device = Key::device("bob", owner);
        bundle.certified(seconds(-100), seconds(200));
        bundle.issued_at -= age;
        bundle.offers = offers;
        bundle.bytes()
    };
    let newest = |owner: &str, age: u64| {
        let device = hex(&Key::device("bob", owner).public);
        json!({ "device": device, "issuedAt": seconds(0) - age })
    };
    let mut list =
        |name: &str, rules: &str, comment: &str, bundles: &[Vec<u8>], known: Json, expect| {
            let bundles: Vec<String> = bundles.iter().map(|bytes| hex(bytes)).collect();
            let inputs = json!({
                "bundles": bundles,
                "account": hex(&Key::account("bob").public),
                "now": NOW.0,
                "newest": known,
            });
            all.push(vector(
                ("bundles", "bundles"),
                &format!("list-{name}"),
                rules,
                comment,
                inputs,
                expect,
            ));
        };
    let (one, two) = (Suite::X25519, Suite::XWing);
    let downgraded = |owner: &str| {
        let device = hex(&Key::device("bob", owner).public);
        json!({ "device": device, "offered": "xwing", "available": "x25519" })
    };
    list(
        "both-suites",
        "B15 B16 B17",
        "A publication of two bundles: the target is the one of the stronger suite.",
        &[published(one, "phone", 0, 3), published(two, "phone", 0, 3)],
        json!([]),
        json!({
            "accepted": [0, 1], "rejected": [], "newest": [newest("phone", 0)],
            "targets": [1], "downgraded": [],
        }),
    );
    list(
        "two-devices",
        "B16",
        "One target for each device, in the order in which the devices come first.",
        &[
            published(two, "tablet", 0, 3),
            published(one, "phone", 50, 1),
            published(one, "tablet", 0, 3),
        ],
        json!([]),
        json!({
            "accepted": [0, 1, 2], "rejected": [],
            "newest": [newest("tablet", 0), newest("phone", 50)],
            "targets": [0, 1], "downgraded": [],
        }),
    );
    list(
        "withheld",
        "B17 B18",
        "The device says that it published suite 2, and that bundle is not there. The target is
         returned, and the downgrade is reported.",
        &[published(one, "phone", 0, 3)],
        json!([]),
        json!({
            "accepted": [0], "rejected": [], "newest": [newest("phone", 0)],
            "targets": [0], "downgraded": [downgraded("phone")],
        }),
    );
    let mut spoilt = published(two, "phone", 0, 3);
    *spoilt.last_mut().unwrap() ^= 1;
    list(
        "refused-is-withheld",
        "B15 B18",
        "The bundle of suite 2 is there, and is refused.",
        &[spoilt, published(one, "phone", 0, 3)],
        json!([]),
        json!({
            "accepted": [1], "rejected": [{ "index": 0, "error": "bad_signature" }],
            "newest": [newest("phone", 0)],
            "targets": [1], "downgraded": [downgraded("phone")],
        }),
    );
    let stale = json!([{ "index": 1, "error": "stale_bundle" }]);
    list(
        "older-beside-newer",
        "B14 B15",
        "An older publication is stale beside a newer one of its device, whatever the suite.",
        &[published(one, "phone", 0, 1), published(two, "phone", 1, 3)],
        json!([]),
        json!({
            "accepted": [0], "rejected": stale, "newest": [newest("phone", 0)],
            "targets": [0], "downgraded": [],
        }),
    );
    list(
        "newer-beside-older",
        "B14 B15",
        "The order of the list does not matter.",
        &[published(two, "phone", 1, 3), published(one, "phone", 0, 1)],
        json!([]),
        json!({
            "accepted": [1], "rejected": [{ "index": 0, "error": "stale_bundle" }],
            "newest": [newest("phone", 0)], "targets": [1], "downgraded": [],
        }),
    );
    list(
        "refused-ones-do-not-make-others-stale",
        "B15",
        "A bundle that is refused does not count as the newest.",
        &[published(one, "phone", 0, 2), published(one, "phone", 9, 1)],
        json!([newest("phone", 10)]),
        json!({
            "accepted": [1], "rejected": [{ "index": 0, "error": "bad_offers" }],
            "newest": [newest("phone", 9)], "targets": [1], "downgraded": [],
        }),
    );
    list(
        "older-than-what-was-stored",
        "B14 B15",
        "What was stored before the list counts, and stays.",
        &[
            published(one, "tablet", 0, 1),
            published(one, "phone", 1, 1),
        ],
        json!([newest("phone", 0)]),
        json!({
            "accepted": [0], "rejected": stale,
            "newest": [newest("phone", 0), newest("tablet", 0)],
            "targets": [0], "downgraded": [],
        }),
    );
    let mut later = published(one, "phone", 0, 1);
    later[0] = 2;
    let mut other = published(one, "phone", 0, 1);
    other[146] = 3;
    list(
        "later-versions-and-suites",
        "V1 V2",
        "Bundles of a version and a suite that are not known do not hinder the others.",
        &[later, other, vec![], published(one, "phone", 0, 1)],
        json!([]),
        json!({
            "accepted": [3],
            "rejected": [
                { "index": 0, "error": "unsupported_version" },
                { "index": 1, "error": "unsupported_suite" },
                { "index": 2, "error": "bad_length" },
            ],
            "newest": [newest("phone", 0)], "targets": [3], "downgraded": [],
        }),
    );
    list(
        "empty",
        "B15",
        "There is nothing.",
        &[],
        json!([newest("phone", 0)]),
        json!({
            "accepted": [], "rejected": [], "newest": [newest("phone", 0)],
            "targets": [], "downgraded": [],
        }),
    );
}
