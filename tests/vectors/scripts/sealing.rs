//! Sealing from given random bytes, and what is not sealed (spec/envelope.md, sections 3 and 12).

use hushring::{Device, PrekeyBundle, Suite};
use hushring_test_support::cbor;
use hushring_test_support::clock::{NOW, day};
use hushring_test_support::flate::with_dictionary;
use hushring_test_support::forge::Frame;
use hushring_test_support::people::{self, device, prekey, seed};
use hushring_test_support::random::Given;
use hushring_test_support::text::{base64, hex};
use serde_json::{Value as Json, json};

use crate::author::*;

pub fn vectors() -> Vec<Vector> {
    let mut all = Vec::new();
    good(&mut all);
    refused(&mut all);
    refused_call_ids(&mut all);
    all
}

fn bundle(owner: &str, suite: Suite) -> PrekeyBundle {
    people::bundle(&device(owner, "phone"), &prekey(suite, "weekly", day(60)))
}

fn to(bundles: &[PrekeyBundle]) -> Json {
    let bundles = bundles.iter().map(|bundle| {
        json!({ "account": hex(bundle.account().as_bytes()), "bundle": hex(&bundle.to_bytes()) })
    });
    bundles.collect()
}

/// As many bytes as are asked for, from a name.
fn random(name: &str, length: usize) -> Vec<u8> {
    (0..)
        .flat_map(|block: u32| seed(&format!("random bytes {block} of {name}")))
        .take(length)
        .collect()
}

fn good(all: &mut Vec<Vector>) {
    let mut good = |name: &str,
                    rules: &str,
                    comment: &str,
                    bundles: &[PrekeyBundle],
                    now: u64,
                    message_id: Option<[u8; 16]>,
                    content: Json| {
        let sender = device("alice", "phone");
        let stream = with_dictionary(&cbor::content(&content));
        let needs: usize = bundles
            .iter()
            .map(|bundle| match bundle.suite() {
                Suite::X25519 => 32,
                Suite::XWing => 64,
            })
            .sum();
        let bytes = random(name, needs + if message_id.is_none() { 16 } else { 0 });
        let id = message_id.unwrap_or_else(|| bytes[..16].try_into().unwrap());
        let mut rng = Given::new(&bytes[bytes.len() - needs..]);
        let envelopes: Vec<String> = bundles
            .iter()
            .map(|bundle| {
                base64(&Frame::of(&sender, id, now, stream.clone()).seal(bundle, &mut rng))
            })
            .collect();
        assert!(rng.is_spent());
        let mut inputs = json!({
            "device": hex(&*sender.export()),
            "to": to(bundles),
            "now": now,
            "content": content,
            "random": hex(&bytes),
        });
        if let Some(id) = message_id {
            inputs["messageId"] = hex(&id).into();
        }
        all.push(vector(
            ("sealing", "seal"),
            name,
            rules,
            comment,
            inputs,
            json!({ "messageId": hex(&id), "stream": hex(&stream), "envelopes": envelopes }),
        ));
    };
    let invite = json!({
        "type": "call.invite", "callId": "3f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b33",
        "hasVideo": true, "lifetime": 45, "callerName": "Alice",
    });
    for suite in Suite::ALL {
        good(
            &format!("{suite}-message"),
            "E9 E10 E11 E12 E13 E14 E15 F1 F2 F4 F6 H1 H2 H3 S1",
            "A message, its id from the random bytes as well.",
            &[bundle("bob", suite)],
            NOW.0,
            None,
            hi(),
        );
        good(
            &format!("{suite}-invitation"),
            "E7 E8 E9 E10 E11 E12 E13 E14 E15 F6",
            "An invitation whose message id is given.",
            &[bundle("bob", suite)],
            NOW.0 + 999,
            Some([7; 16]),
            invite.clone(),
        );
    }
    let caller = json!({ "bytes": hex(&Key::account("carol").public) });
    good(
        "x25519-end",
        "E7 E8 F6 M5",
        "An end for the other devices of the account: caller and ring are in the order of C6.",
        &[bundle("bob", Suite::X25519)],
        NOW.0,
        Some([8; 16]),
        json!({
            "type": "call.end", "callId": "3f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b33",
            "reason": "declinedElsewhere", "caller": caller, "ring": NOW.0 - 5_000,
        }),
    );
    good(
        "x25519-answer",
        "E7 E8 F6 M3",
        "An answer, without its optional members.",
        &[bundle("bob", Suite::X25519)],
        NOW.0,
        Some([9; 16]),
        json!({
            "type": "call.answer", "callId": "3f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b33",
            "ring": NOW.0 - 5_000,
        }),
    );
    good(
        "x25519-rollback",
        "E7 E8 F6 M3",
        "A rollback without text.",
        &[bundle("bob", Suite::X25519)],
        NOW.0,
        Some([10; 16]),
        json!({
            "type": "call.negotiate", "callId": "3f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b33",
            "description": { "type": "rollback" },
        }),
    );
    good(
        "several",
        "E9 E16 F5",
        "One content to three devices of two accounts, in both suites: one message id, then the
         random bytes of each in their order.",
        &[
            bundle("bob", Suite::XWing),
            bundle("carol", Suite::X25519),
            bundle("bob", Suite::X25519),
        ],
        NOW.0,
        None,
        invite,
    );
}

fn refused(all: &mut Vec<Vector>) {
    let mut refused = |name: &str,
                       rules: &str,
                       comment: &str,
                       sender: &Device,
                       bundles: &[PrekeyBundle],
                       now: u64,
                       content: Json,
                       expect: Json| {
        let inputs = json!({
            "device": hex(&*sender.export()),
            "to": to(bundles),
            "now": now,
            "content": content,
        });
        let name = format!("refused-{name}");
        all.push(vector(
            ("sealing", "seal"),
            &name,
            rules,
            comment,
            inputs,
            expect,
        ));
    };
    let phone = device("alice", "phone");
    let bob = |suite| [bundle("bob", suite)];
    for (name, from, until, now, code) in [
        (
            "certificate-has-ended",
            -100,
            1,
            NOW.0 + DAY,
            "certificate_expired",
        ),
        (
            "certificate-begins-later",
            1,
            100,
            NOW.0 + DAY - 10 * MINUTE - 1,
            "certificate_not_yet_valid",
        ),
    ] {
        refused(
            name,
            "E6 T6 T9",
            "The sender's own certificate does not hold.",
            &people::device_between("alice", "phone", day(from), day(until)),
            &bob(Suite::X25519),
            now,
            hi(),
            error(code),
        );
    }
    refused(
        "bundle-has-ended",
        "E6",
        "The bundle was verified in time, and now is its expires_at.",
        &phone,
        &bob(Suite::X25519),
        NOW.0 + 60 * DAY,
        hi(),
        error("bundle_expired"),
    );
    refused(
        "one-of-two-bundles-has-ended",
        "E6 E16",
        "All or nothing.",
        &phone,
        &[
            people::bundle(
                &device("bob", "phone"),
                &prekey(Suite::X25519, "weekly", day(80)),
            ),
            bundle("carol", Suite::X25519),
        ],
        NOW.0 + 60 * DAY,
        hi(),
        error("bundle_expired"),
    );
    // Hexadecimal digits of hashes: no compressor brings two of them into less than a byte.
    let random = |bytes: usize| hex(&random("what does not get smaller", bytes));
    for (suite, available) in [(Suite::X25519, 2588), (Suite::XWing, 1500)] {
        refused(
            &format!("{suite}-too-large"),
            "B19 E8 F1",
            "Nothing makes this fit. It is not sent in another suite instead.",
            &phone,
            &bob(suite),
            NOW.0,
            json!({ "type": "message", "data": { "bytes": random(available + 1) } }),
            json!({ "error": "too_large", "available": available }),
        );
    }
    refused(
        "too-large-for-one-of-two",
        "E8 E16",
        "It fits suite 1 and not suite 2.",
        &phone,
        &[bundle("carol", Suite::X25519), bundle("bob", Suite::XWing)],
        NOW.0,
        json!({ "type": "message", "data": { "bytes": random(2000) } }),
        json!({ "error": "too_large", "available": 1500 }),
    );
    for (name, rules, comment, content, expect) in [
        (
            "no-type",
            "E7 M1",
            "A writer keeps to the table as a reader does.",
            json!({ "body": "Hi" }),
            json!({ "error": "bad_content", "member": "type" }),
        ),
        (
            "lifetime-91",
            "E7 M2",
            "A value that the table does not have.",
            json!({
                "type": "call.invite", "callId": "3f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b33",
                "hasVideo": true, "lifetime": 91,
            }),
            json!({ "error": "bad_content", "member": "lifetime" }),
        ),
        (
            "end-without-caller",
            "E7 M5",
            "A decline says whose call it is about, and of which ring.",
            json!({
                "type": "call.end", "callId": "3f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b33",
                "reason": "declined",
            }),
            json!({ "error": "bad_content", "member": "caller" }),
        ),
        (
            "answer-without-ring",
            "E7 M3",
            "An answer says which ring it answers.",
            json!({ "type": "call.answer", "callId": "3f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b33" }),
            json!({ "error": "bad_content", "member": "ring" }),
        ),
        (
            "nul",
            "C7 E7",
            "A value that cannot be encoded.",
            json!({ "type": "message", "body": "a\0b" }),
            json!({ "error": "bad_content", "member": "body" }),
        ),
        (
            "integer-2-53",
            "C8 E7",
            "2^53 cannot be encoded.",
            json!({ "type": "message", "more": 9007199254740992_u64 }),
            json!({ "error": "bad_content", "member": "more" }),
        ),
        (
            "too-deep",
            "C10 E7",
            "17 containers.",
            json!({ "type": "message", "data": (0..15).fold(json!([]), |inner, _| json!([inner])) }),
            error("too_deep"),
        ),
        (
            "too-many",
            "C12 E7",
            "4,162: two members, 64 arrays, and 4,096 items in them.",
            json!({ "type": "message", "data": vec![vec![0; 64]; 64] }),
            error("too_many"),
        ),
        (
            "too-many-members",
            "C12 E7",
            "4,162: two members, 64 maps in an array, and 64 members in each.",
            json!({ "type": "message", "data": vec![members_64(); 64] }),
            error("too_many"),
        ),
        (
            "too-long",
            "C13 D5 E7",
            "65,537 bytes before compression, which would be few after it.",
            json!({ "type": "message", "body": "a".repeat(65_537 - 22) }),
            error("too_long"),
        ),
    ] {
        refused(
            name,
            rules,
            comment,
            &phone,
            &bob(Suite::X25519),
            NOW.0,
            content,
            expect,
        );
    }
}

/// M9, for every type that has a callId. The UUID is a CallKit UUID.
fn refused_call_ids(all: &mut Vec<Vector>) {
    let phone = device("alice", "phone");
    let caller = json!({ "bytes": hex(&Key::account("bob").public) });
    for content in [
        json!({ "type": "call.invite", "hasVideo": false }),
        json!({ "type": "call.answer", "ring": NOW.0 }),
        json!({ "type": "call.candidates", "candidates": [] }),
        json!({ "type": "call.negotiate", "description": { "type": "offer", "sdp": "v=0" } }),
        json!({ "type": "call.end", "reason": "declined", "caller": caller, "ring": NOW.0 }),
        json!({ "type": "call.hold" }),
    ] {
        let mut content = content;
        content["callId"] = "36ceb267-5162-879b-86ba-c67b229395a8".into();
        let kind = content["type"].as_str().unwrap().replace("call.", "");
        let inputs = json!({
            "device": hex(&*phone.export()),
            "to": to(&[bundle("bob", Suite::X25519)]),
            "now": NOW.0,
            "content": content,
        });
        all.push(vector(
            ("sealing", "seal"),
            &format!("refused-system-uuid-in-{kind}"),
            "E7 M9",
            "A UUID of version 8 in the callId's place: it is the one that CallKit knows the call
             by, and would name no call at the other end.",
            inputs,
            error("bad_call_id"),
        ));
    }
}

fn members_64() -> Json {
    Json::Object((0..64).map(|name| (name.to_string(), 0.into())).collect())
}
