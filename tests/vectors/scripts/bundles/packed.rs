//! What an account last published, as bytes (B28 to B32).

use hushring::Suite;
use hushring_test_support::text::hex;
use serde_json::{Value as Json, json};

use super::last_published;
use super::lists::published;
use super::room::fill;
use crate::author::*;
use crate::packed::{entries, pack, pack_entry, sealed, with_checksum};

fn of_bob(name: &str, rules: &str, comment: &str, inputs: Json, expect: Json) -> Vector {
    let inputs = with(
        json!({ "account": hex(&Key::account("bob").public) }),
        &inputs,
    );
    let (kind, name) = (("bundles", "lastPublished"), format!("packed-{name}"));
    vector(kind, &name, rules, comment, inputs, expect)
}

pub fn vectors(all: &mut Vec<Vector>) {
    let bob = Key::account("bob").public;
    let (one, two) = (Suite::X25519, Suite::XWing);
    let phone = last_published(&[
        &published(one, "phone", 0, 3),
        &published(two, "phone", 0, 3),
    ]);
    let tablet = published(two, "tablet", 86_400, 0xfe).last_published();
    let both = with(
        entries(json!([phone, tablet])),
        &json!({ "floor": seconds(-3) }),
    );
    for (name, rules, comment, known) in [
        (
            "nothing",
            "B28 B29",
            "An account of which nothing was seen: 73 bytes.",
            entries(json!([])),
        ),
        (
            "both-suites",
            "B31 B32",
            "A device of which the bundles of both suites were accepted.",
            entries(json!([phone])),
        ),
        (
            "two-devices",
            "B27 B31 B32 V4",
            "Two devices, and a publication floor. The bundle of suite 1 of one of them is not known,
             and its offers have bits that are not defined.",
            both.clone(),
        ),
    ] {
        let packed = hex(&pack(&bob, &known).unwrap());
        let inputs = json!({ "packed": packed });
        all.push(of_bob(name, rules, comment, inputs, known));
    }
    for (count, expect) in [(2_048, fill(0, 2_048)), (2_049, error("bad_state"))] {
        all.push(of_bob(
            &format!("of-{count}-devices"),
            "B27 B31",
            "At most 2,048 device keys have an entry. (A player packs what the vector says.)",
            json!({ "lastPublished": fill(0, count) }),
            expect,
        ));
    }
    refused(all, &bob, &pack(&bob, &both).unwrap(), [&phone, &tablet]);
}

fn refused(all: &mut Vec<Vector>, bob: &[u8; 32], sound: &[u8], devices: [&Json; 2]) {
    let mut refuse = |name: &str, rules: &str, comment: &str, packed: &[u8], code: &str| {
        let inputs = json!({ "packed": hex(packed) });
        all.push(of_bob(name, rules, comment, inputs, error(code)));
    };
    let changed = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = sound.to_vec();
        change(&mut bytes);
        bytes
    };
    let made = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = sound[..sound.len() - 32].to_vec();
        change(&mut bytes);
        with_checksum(bytes)
    };
    let alice = Key::account("alice").public;
    refuse("empty", "B28", "No bytes.", &[], "bad_state");
    refuse(
        "version-0",
        "B28",
        "Version 0.",
        &made(&|bytes| bytes[0] = 0),
        "bad_state",
    );
    refuse(
        "version-2",
        "B28",
        "A later version. Its checksum is not looked at.",
        &changed(&|bytes| bytes[0] = 2),
        "state_too_new",
    );
    refuse(
        "too-short",
        "B29",
        "72 bytes, the last 32 of which are the SHA-256 of the others.",
        &with_checksum(sound[..40].to_vec()),
        "bad_state",
    );
    refuse(
        "without-its-last-byte",
        "B29",
        "The last byte is missing.",
        &sound[..sound.len() - 1],
        "bad_state",
    );
    refuse(
        "with-another-byte",
        "B29",
        "A byte follows.",
        &changed(&|bytes| bytes.push(0)),
        "bad_state",
    );
    refuse(
        "changed",
        "B29",
        "One bit of the publication floor differs.",
        &changed(&|bytes| bytes[40] ^= 1),
        "bad_state",
    );
    refuse(
        "of-another-account",
        "B30",
        "What another account last published. Its entries are not looked at.",
        &sealed(&alice, 0, &[0]),
        "wrong_account",
    );
    refuse(
        "of-another-account-and-changed",
        "B29 B30",
        "The checksum comes first.",
        &changed(&|bytes| bytes[1..33].copy_from_slice(&alice)),
        "bad_state",
    );
    let [mut phone, mut tablet] = devices.map(|device| pack_entry(device).unwrap());
    if tablet < phone {
        (phone, tablet) = (tablet, phone);
    }
    let mut entries = |name: &str, rule: &str, comment: &str, list: &[&[u8]]| {
        let packed = sealed(bob, 0, &list.concat());
        refuse(name, rule, comment, &packed, "bad_state");
    };
    entries(
        "descending",
        "B31",
        "The device keys descend.",
        &[&tablet, &phone],
    );
    entries(
        "a-device-twice",
        "B31",
        "A device has two entries.",
        &[&phone, &phone],
    );
    entries(
        "half-an-entry",
        "B31",
        "The last hash lacks a byte.",
        &[&phone[..phone.len() - 1]],
    );
    entries(
        "a-byte-behind-the-entries",
        "B31",
        "There is not even a device key.",
        &[&phone, &[0]],
    );
    let first = [0x55_u8; 32];
    let entry = |offers: u8, suites: u8, hashes: usize| {
        let mut entry = first.to_vec();
        entry.extend(seconds(0).to_be_bytes());
        entry.extend([offers, suites]);
        entry.extend(vec![7; 32 * hashes]);
        entry
    };
    entries(
        "without-bundles",
        "B32",
        "An entry of a device of which no bundle was accepted.",
        &[&entry(3, 0, 0)],
    );
    entries(
        "of-an-unknown-suite",
        "B32",
        "A bundle of a suite that version 1 does not know.",
        &[&entry(7, 4, 1)],
    );
    entries(
        "of-an-unknown-suite-beside-another",
        "B32",
        "Bundles of suite 1 and of one that version 1 does not know.",
        &[&entry(7, 5, 1)],
    );
    entries(
        "of-a-suite-that-is-not-offered",
        "B32",
        "No bundle without its own suite among its offers is accepted (B7).",
        &[&entry(1, 3, 2)],
    );
}
