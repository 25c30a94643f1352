//! Lists with the revocation statements that came with them (B26), and one that is too long (B25).

use hushring::Suite;
use hushring_test_support::clock::NOW;
use hushring_test_support::text::hex;
use serde_json::{Value as Json, json};

use super::lists::{list, published};
use crate::author::*;
use crate::packed::entries;
use crate::scripts::revocations::{device_revocation, revocation};

/// A list with statements.
fn with_statements(
    name: &str,
    rules: &str,
    comment: &str,
    bundles: &[&[u8]],
    statements: &[&[u8]],
    mut expect: Json,
) -> Vector {
    expect["lastPublished"] = entries(expect["lastPublished"].take());
    let all_hex = |list: &[&[u8]]| list.iter().map(|bytes| hex(bytes)).collect::<Json>();
    let inputs = json!({
        "bundles": all_hex(bundles),
        "account": hex(&Key::account("bob").public),
        "now": NOW.0,
        "revocations": all_hex(statements),
    });
    let (kind, name) = (("bundles", "bundles"), format!("list-{name}"));
    vector(kind, &name, rules, comment, inputs, expect)
}

/// Keys of Bob's that never publish, in ascending order.
fn device_keys(count: usize) -> Vec<[u8; 32]> {
    let mut keys: Vec<[u8; 32]> = (0..count)
        .map(|number| Key::device("bob", &format!("revoked {number}")).public)
        .collect();
    keys.sort_unstable();
    keys
}

pub fn vectors(all: &mut Vec<Vector>) {
    let bob = Key::account("bob");
    // Their certificates begin 100 days ago.
    let phone = published(Suite::X25519, "phone", 0, 1);
    let tablet = published(Suite::X25519, "tablet", 0, 1);
    let (phones, tablets) = (phone.device.public, tablet.device.public);
    let bundles: [&[u8]; 2] = [&phone.bytes(), &tablet.bytes()];
    let revoked_phone = json!([{ "index": 0, "error": "revoked" }]);
    let tablet_alone = || {
        json!({
            "accepted": [1], "rejected": revoked_phone, "lastPublished": [tablet.last_published()],
            "targets": [1], "downgraded": [],
        })
    };
    let expect = |expect: Json, counting: &[&[u8]], rejected: Json| {
        let counting: Vec<String> = counting.iter().map(|bytes| hex(bytes)).collect();
        let more = json!({ "revocations": counting, "rejectedRevocations": rejected });
        with(expect, &more)
    };

    let old = revocation(&bob, seconds(-200));
    let older = revocation(&bob, seconds(-300));
    let of_phone = device_revocation(&bob, &phones, seconds(-1));
    let of_phone_earlier = device_revocation(&bob, &phones, seconds(-2));
    let of_tablet = device_revocation(&bob, &tablets, seconds(-150));
    all.push(with_statements(
        "statements-that-count",
        "R6 B11 B26",
        "Of the account and of each device, the statement with the highest floor counts, whatever
         the order: the account's first, then the devices' by their keys. The phone is revoked; the
         tablet's certificate begins after its floor.",
        &bundles,
        &[&of_phone_earlier, &older, &of_tablet, &of_phone, &old],
        expect(
            tablet_alone(),
            &match phones < tablets {
                true => [old.as_slice(), &of_phone, &of_tablet],
                false => [old.as_slice(), &of_tablet, &of_phone],
            },
            json!([]),
        ),
    ));

    let all_of_them = revocation(&bob, seconds(-150));
    all.push(with_statements(
        "statements-that-the-accounts-supersedes",
        "R6 B26",
        "A device's floor that is not above the account's is not given back: the tablet's is equal
         to it.",
        &bundles,
        &[&of_tablet, &of_phone, &all_of_them],
        expect(tablet_alone(), &[&all_of_them, &of_phone], json!([])),
    ));

    let mut later_version = of_phone.clone();
    later_version[0] = 2;
    let mut spoilt = revocation(&bob, seconds(0));
    *spoilt.last_mut().unwrap() ^= 1;
    let ahead = revocation(&bob, seconds(0) + 601);
    let foreign = revocation(&Key::account("alice"), seconds(0));
    all.push(with_statements(
        "statements-that-are-not-sound",
        "R1 R2 R3 R4 R5 B26",
        "Statements of a wrong length, of a later version, with a wrong signature, from too far
         ahead, and of another account, each of which would revoke both devices or the phone. They
         are reported, and the sound one between them counts.",
        &bundles,
        &[&[], &later_version, &spoilt, &of_phone, &ahead, &foreign],
        expect(
            tablet_alone(),
            &[&of_phone],
            json!([
                { "index": 0, "error": "bad_length" },
                { "index": 1, "error": "unsupported_version" },
                { "index": 2, "error": "bad_signature" },
                { "index": 4, "error": "clock" },
                { "index": 5, "error": "wrong_account" },
            ]),
        ),
    ));
    all.push(with_statements(
        "one-statement-twice",
        "B26",
        "The one that was kept has come again with the bundles: it is given back once.",
        &bundles,
        &[&of_phone, &of_phone],
        expect(tablet_alone(), &[&of_phone], json!([])),
    ));

    let keys = device_keys(65);
    let lowest: Vec<Vec<u8>> = (0..65)
        .map(|place| {
            let floor = if place == 7 { seconds(-2) } else { seconds(-1) };
            device_revocation(&bob, &keys[place], floor)
        })
        .collect();
    let reversed: Vec<&[u8]> = lowest.iter().rev().map(Vec::as_slice).collect();
    let no_room = |index: usize| json!([{ "index": index, "error": "too_many" }]);
    let both = json!({
        "accepted": [0, 1], "rejected": [],
        "lastPublished": [phone.last_published(), tablet.last_published()],
        "targets": [0, 1], "downgraded": [],
    });
    let mut counting: Vec<&[u8]> = lowest.iter().map(Vec::as_slice).collect();
    counting.remove(7);
    all.push(with_statements(
        "statements-of-65-devices",
        "B26",
        "Of 65 devices, the one with the lowest floor is not given back: it is reported.",
        &bundles,
        &reversed,
        expect(both.clone(), &counting, no_room(57)),
    ));
    let equal: Vec<Vec<u8>> = keys
        .iter()
        .map(|key| device_revocation(&bob, key, seconds(-1)))
        .collect();
    let reversed: Vec<&[u8]> = equal.iter().rev().map(Vec::as_slice).collect();
    let counting: Vec<&[u8]> = equal[..64].iter().map(Vec::as_slice).collect();
    all.push(with_statements(
        "statements-of-65-devices-with-one-floor",
        "B26",
        "Of 65 devices with one floor, the one with the largest key is not given back: it is reported.",
        &bundles,
        &reversed,
        expect(both, &counting, no_room(0)),
    ));

    // The 256th is read, and the 257th, which is sound, is not.
    let of_tablet = device_revocation(&bob, &tablets, seconds(0));
    let mut statements: Vec<&[u8]> = vec![&[]; 255];
    statements.extend([of_phone.as_slice(), &of_tablet]);
    let mut rejected: Vec<Json> = (0..255)
        .map(|index| json!({ "index": index, "error": "bad_length" }))
        .collect();
    rejected.push(json!({ "index": 256, "error": "too_many" }));
    all.push(with_statements(
        "of-257-statements",
        "B26",
        "A list with 257 statements: the 256th counts, and the 257th is passed over unread.",
        &bundles,
        &statements,
        expect(tablet_alone(), &[&of_phone], json!(rejected)),
    ));

    // The 512th is read, and the 513th, which is sound, is not.
    let mut long: Vec<&[u8]> = vec![&[]; 511];
    long.extend([bundles[0], bundles[1]]);
    let mut rejected: Vec<Json> = (0..511)
        .map(|index| json!({ "index": index, "error": "bad_length" }))
        .collect();
    rejected.push(json!({ "index": 512, "error": "too_many" }));
    all.push(list(
        "of-513-bundles",
        "B25",
        "A list of 513: the 512th is accepted, and the 513th is refused unread.",
        &long,
        json!([]),
        json!({
            "accepted": [511], "rejected": rejected, "lastPublished": [phone.last_published()],
            "targets": [511], "downgraded": [],
        }),
    ));
}
