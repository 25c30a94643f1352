//! Two publications of one moment (B14, B15): no server can take a sender back to the first.

use hushring::Suite;
use serde_json::{Value as Json, json};

use super::lists::{list, published};
use super::{Bundle, last_published, public_key};
use crate::author::*;

/// The bundles at these places are all refused.
fn stale(places: &[usize]) -> Json {
    let stale = places
        .iter()
        .map(|index| json!({ "index": index, "error": "stale_bundle" }));
    stale.collect()
}

/// Another bundle than `published` makes.
fn another(suite: Suite, device: &str, age: u64, offers: u8) -> Bundle {
    let mut bundle = published(suite, device, age, offers);
    bundle.public_key = public_key(suite, "another");
    bundle
}

pub fn vectors(all: &mut Vec<Vector>) {
    let (one, two) = (Suite::X25519, Suite::XWing);
    let nothing_new = |known: &Json, refused: &[usize]| {
        json!({
            "accepted": [], "rejected": stale(refused), "lastPublished": known,
            "targets": [], "downgraded": [],
        })
    };
    // The device published suite 1 alone, and within the same second both.
    let first = published(one, "phone", 0, 1);
    let second = published(one, "phone", 0, 3);
    let second_xwing = published(two, "phone", 0, 3);
    let known = json!([last_published(&[&second, &second_xwing])]);
    all.push(list(
        "taken-back-to-the-first-of-a-second",
        "B14 B15",
        "The device published suite 1 alone, and both suites within the same second. The sender
         knows the second publication; the server shows the first one alone, in which nothing is
         downgraded. It is stale.",
        &[&first.bytes()],
        known.clone(),
        nothing_new(&known, &[0]),
    ));
    all.push(list(
        "first-of-a-second-beside-the-other-suite",
        "B14 B15 B18",
        "The same, with the bundle of suite 2 beside it. That one is of the publication that is
         known.",
        &[&first.bytes(), &second_xwing.bytes()],
        known.clone(),
        json!({
            "accepted": [1], "rejected": stale(&[0]), "lastPublished": known,
            "targets": [1], "downgraded": [],
        }),
    ));
    let known_first = json!([first.last_published()]);
    all.push(list(
        "second-of-a-second-where-the-first-is-known",
        "B14 B15",
        "The sender knows the first publication of that second. The second one is not taken either:
         which of them is the newer cannot be told.",
        &[&second.bytes(), &second_xwing.bytes()],
        known_first.clone(),
        nothing_new(&known_first, &[0, 1]),
    ));
    all.push(list(
        "both-of-a-second",
        "B15",
        "Nothing is known, and both publications of that second are in the list. Two of them differ
         in their offers: all are refused, so that the order of the list does not matter.",
        &[&first.bytes(), &second.bytes(), &second_xwing.bytes()],
        json!([]),
        nothing_new(&json!([]), &[0, 1, 2]),
    ));
    all.push(list(
        "both-of-a-second-in-another-order",
        "B15",
        "In another order.",
        &[&second_xwing.bytes(), &first.bytes(), &second.bytes()],
        json!([]),
        nothing_new(&json!([]), &[0, 1, 2]),
    ));
    all.push(list(
        "other-offers-of-the-other-suite",
        "B15",
        "Two bundles of one moment, each of another suite, whose offers differ.",
        &[&first.bytes(), &second_xwing.bytes()],
        json!([]),
        nothing_new(&json!([]), &[0, 1]),
    ));
    let other_key = another(one, "phone", 0, 3);
    all.push(list(
        "two-bundles-of-one-suite-and-moment",
        "B15",
        "Two bundles of suite 1 with the same offers, and other keys. The one of suite 2 is refused
         with them: it cannot be told whose it is.",
        &[&second_xwing.bytes(), &second.bytes(), &other_key.bytes()],
        json!([]),
        nothing_new(&json!([]), &[0, 1, 2]),
    ));
    let other_end = {
        let mut bundle = published(two, "phone", 0, 3);
        bundle.expires_at -= 1;
        bundle
    };
    all.push(list(
        "two-bundles-that-differ-in-their-end",
        "B15",
        "Two bundles of suite 2 that differ in nothing but their end.",
        &[&second_xwing.bytes(), &other_end.bytes()],
        json!([]),
        nothing_new(&json!([]), &[0, 1]),
    ));
    let known_second = json!([second.last_published()]);
    all.push(list(
        "another-of-a-known-suite-and-moment",
        "B14 B15",
        "One of the two is known: the other one is stale before the list is looked at, and so is
         not in the way of the first.",
        &[&other_key.bytes(), &second.bytes(), &second_xwing.bytes()],
        known_second,
        json!({
            "accepted": [1, 2], "rejected": stale(&[0]),
            "lastPublished": [last_published(&[&second, &second_xwing])],
            "targets": [2], "downgraded": [],
        }),
    ));
    all.push(list(
        "two-of-one-moment-beside-a-newer-one",
        "B15",
        "Two older bundles differ, and a newer one is there: only the newest issued_at is looked
         at.",
        &[
            &published(one, "phone", 1, 1).bytes(),
            &first.bytes(),
            &another(one, "phone", 1, 1).bytes(),
        ],
        json!([]),
        json!({
            "accepted": [1], "rejected": stale(&[0, 2]), "lastPublished": [first.last_published()],
            "targets": [1], "downgraded": [],
        }),
    ));
    all.push(list(
        "two-of-one-moment-beside-an-older-one",
        "B15",
        "The two newest differ. The older one is not taken in their place.",
        &[
            &published(one, "phone", 1, 1).bytes(),
            &first.bytes(),
            &another(one, "phone", 0, 1).bytes(),
        ],
        json!([]),
        nothing_new(&json!([]), &[0, 1, 2]),
    ));
    let mut spoilt = other_key.bytes();
    *spoilt.last_mut().unwrap() ^= 1;
    all.push(list(
        "refused-ones-do-not-differ",
        "B15",
        "A bundle that is refused for its signature is not one of two that differ.",
        &[&spoilt, &second.bytes(), &second_xwing.bytes()],
        json!([]),
        json!({
            "accepted": [1, 2], "rejected": [{ "index": 0, "error": "bad_signature" }],
            "lastPublished": [last_published(&[&second, &second_xwing])],
            "targets": [2], "downgraded": [],
        }),
    ));
    let tablets = published(two, "tablet", 0, 3);
    let older = published(two, "phone", 5, 3);
    all.push(list(
        "two-of-one-moment-leave-other-devices-alone",
        "B15 B18",
        "The phone's bundles are refused; the tablet's is not. What was known of the phone stays.",
        &[&first.bytes(), &tablets.bytes(), &second.bytes()],
        json!([older.last_published()]),
        json!({
            "accepted": [1], "rejected": stale(&[0, 2]),
            "lastPublished": [older.last_published(), tablets.last_published()],
            "targets": [1], "downgraded": [],
        }),
    ));
}
