//! Lists of bundles (B14 to B18).

use hushring::Suite;
use hushring_test_support::clock::NOW;
use hushring_test_support::text::hex;
use serde_json::{Value as Json, json};

use super::{Bundle, last_published};
use crate::author::*;
use crate::packed::entries;

/// A bundle of a device of Bob's, this many seconds ago.
pub fn published(suite: Suite, device: &str, age: u64, offers: u8) -> Bundle {
    let mut bundle = Bundle::new(suite);
    bundle.device = Key::device("bob", device);
    bundle.certified(seconds(-100), seconds(200));
    bundle.issued_at -= age;
    bundle.offers = offers;
    bundle
}

/// A list, what is known before it, and the result.
pub fn list(
    name: &str,
    rules: &str,
    comment: &str,
    bundles: &[&[u8]],
    known: Json,
    mut expect: Json,
) -> Vector {
    let known_or_entries = |known: Json| match known {
        Json::Array(_) => entries(known),
        known => known,
    };
    expect["lastPublished"] = known_or_entries(expect["lastPublished"].take());
    let bundles: Vec<String> = bundles.iter().map(|bytes| hex(bytes)).collect();
    let inputs = json!({
        "bundles": bundles,
        "account": hex(&Key::account("bob").public),
        "now": NOW.0,
        "lastPublished": known_or_entries(known),
    });
    let name = format!("list-{name}");
    vector(
        ("bundles", "bundles"),
        &name,
        rules,
        comment,
        inputs,
        expect,
    )
}

fn downgraded(device: &str) -> Json {
    let device = hex(&Key::device("bob", device).public);
    json!({ "device": device, "offered": "xwing", "available": "x25519" })
}

pub fn vectors(all: &mut Vec<Vector>) {
    let (one, two) = (Suite::X25519, Suite::XWing);
    let phones = published(one, "phone", 0, 3);
    let phones_xwing = published(two, "phone", 0, 3);
    let (phone, phone_xwing) = (phones.bytes(), phones_xwing.bytes());
    all.push(list(
        "both-suites",
        "B15 B16 B17",
        "A publication of two bundles: the target is the one of the stronger suite.",
        &[&phone, &phone_xwing],
        json!([]),
        json!({
            "accepted": [0, 1], "rejected": [],
            "lastPublished": [last_published(&[&phones, &phones_xwing])],
            "targets": [1], "downgraded": [],
        }),
    ));
    let tablets = published(one, "tablet", 0, 3);
    let tablets_xwing = published(two, "tablet", 0, 3);
    let earlier = published(one, "phone", 50, 1);
    all.push(list(
        "two-devices",
        "B16",
        "One target for each device, in the order in which the devices come first.",
        &[&tablets_xwing.bytes(), &earlier.bytes(), &tablets.bytes()],
        json!([]),
        json!({
            "accepted": [0, 1, 2], "rejected": [],
            "lastPublished": [
                last_published(&[&tablets, &tablets_xwing]), earlier.last_published(),
            ],
            "targets": [0, 1], "downgraded": [],
        }),
    ));
    all.push(list(
        "withheld",
        "B17 B18",
        "The device says that it published suite 2, and that bundle is not there. The target is
         returned, and the downgrade is reported.",
        &[&phone],
        json!([]),
        json!({
            "accepted": [0], "rejected": [], "lastPublished": [phones.last_published()],
            "targets": [0], "downgraded": [downgraded("phone")],
        }),
    ));
    let mut spoilt = phone_xwing.clone();
    *spoilt.last_mut().unwrap() ^= 1;
    all.push(list(
        "refused-is-withheld",
        "B15 B18",
        "The bundle of suite 2 is there, and is refused.",
        &[&spoilt, &phone],
        json!([]),
        json!({
            "accepted": [1], "rejected": [{ "index": 0, "error": "bad_signature" }],
            "lastPublished": [phones.last_published()],
            "targets": [1], "downgraded": [downgraded("phone")],
        }),
    ));
    all.push(list(
        "withheld-and-known",
        "B15 B17 B18",
        "The bundle of suite 2 was accepted before, and is withheld now: its hash is known still,
         and the downgrade is reported.",
        &[&phone],
        json!([last_published(&[&phones, &phones_xwing])]),
        json!({
            "accepted": [0], "rejected": [],
            "lastPublished": [last_published(&[&phones, &phones_xwing])],
            "targets": [0], "downgraded": [downgraded("phone")],
        }),
    ));
    all.push(list(
        "the-other-suite-comes-later",
        "B14 B15",
        "The bundle of suite 1 was accepted before, and that of suite 2 of the same publication
         comes now: it is taken, and its hash is kept beside the other.",
        &[&phone_xwing],
        json!([phones.last_published()]),
        json!({
            "accepted": [0], "rejected": [],
            "lastPublished": [last_published(&[&phones, &phones_xwing])],
            "targets": [0], "downgraded": [],
        }),
    ));
    all.push(list(
        "one-bundle-twice",
        "B15 B16",
        "The same bytes stand in the list twice. They do not differ; the device has one target.",
        &[&phone_xwing, &phone_xwing],
        json!([]),
        json!({
            "accepted": [0, 1], "rejected": [], "lastPublished": [phones_xwing.last_published()],
            "targets": [0], "downgraded": [],
        }),
    ));

    let alone = published(one, "phone", 0, 1);
    let older_xwing = published(two, "phone", 1, 3);
    let stale = json!([{ "index": 1, "error": "stale_bundle" }]);
    all.push(list(
        "older-beside-newer",
        "B14 B15",
        "An older publication is stale beside a newer one of its device, whatever the suite.",
        &[&alone.bytes(), &older_xwing.bytes()],
        json!([]),
        json!({
            "accepted": [0], "rejected": stale, "lastPublished": [alone.last_published()],
            "targets": [0], "downgraded": [],
        }),
    ));
    all.push(list(
        "newer-beside-older",
        "B14 B15",
        "The order of the list does not matter.",
        &[&older_xwing.bytes(), &alone.bytes()],
        json!([]),
        json!({
            "accepted": [1], "rejected": [{ "index": 0, "error": "stale_bundle" }],
            "lastPublished": [alone.last_published()], "targets": [1], "downgraded": [],
        }),
    ));
    let not_offered = published(one, "phone", 0, 2);
    let nine = published(one, "phone", 9, 1);
    let ten = published(two, "phone", 10, 3);
    all.push(list(
        "refused-ones-do-not-make-others-stale",
        "B15",
        "A bundle that is refused does not count as the newest. The accepted one replaces what was
         known of an older publication, with all of its hashes.",
        &[&not_offered.bytes(), &nine.bytes()],
        json!([ten.last_published()]),
        json!({
            "accepted": [1], "rejected": [{ "index": 0, "error": "bad_offers" }],
            "lastPublished": [nine.last_published()], "targets": [1], "downgraded": [],
        }),
    ));
    let second_ago = published(one, "phone", 1, 1);
    let tablet = published(one, "tablet", 0, 1);
    all.push(list(
        "older-than-what-was-stored",
        "B14 B15",
        "An older bundle than the one that was stored before the list is stale; what was stored
         stays.",
        &[&tablet.bytes(), &second_ago.bytes()],
        json!([alone.last_published()]),
        json!({
            "accepted": [0], "rejected": stale,
            "lastPublished": [alone.last_published(), tablet.last_published()],
            "targets": [0], "downgraded": [],
        }),
    ));
    let ahead = {
        let mut ahead = published(one, "phone", 0, 1);
        ahead.issued_at += 86_400;
        ahead
    };
    all.push(list(
        "stored-a-day-ahead",
        "B14 B15",
        "What was stored is never lowered, whatever a clock does: it was stored when the clock of
         this reader was a day fast.",
        &[&alone.bytes()],
        json!([ahead.last_published()]),
        json!({
            "accepted": [], "rejected": [{ "index": 0, "error": "stale_bundle" }],
            "lastPublished": [ahead.last_published()], "targets": [], "downgraded": [],
        }),
    ));
    let mut later = alone.bytes();
    later[0] = 2;
    let mut other = alone.bytes();
    other[146] = 3;
    all.push(list(
        "later-versions-and-suites",
        "V1 V2",
        "Bundles of a version and a suite that are not known do not hinder the others.",
        &[&later, &other, &[], &alone.bytes()],
        json!([]),
        json!({
            "accepted": [3],
            "rejected": [
                { "index": 0, "error": "unsupported_version" },
                { "index": 1, "error": "unsupported_suite" },
                { "index": 2, "error": "bad_length" },
            ],
            "lastPublished": [alone.last_published()], "targets": [3], "downgraded": [],
        }),
    ));
    all.push(list(
        "empty",
        "B15",
        "There is nothing.",
        &[],
        json!([phones.last_published()]),
        json!({
            "accepted": [], "rejected": [], "lastPublished": [phones.last_published()],
            "targets": [], "downgraded": [],
        }),
    ));
}
