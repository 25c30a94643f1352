//! The push that carries an envelope (spec/relay.md). The crate has no part of a
//! relay: the npm package plays these.

mod audit;

use hushring_test_support::clock::NOW;
use hushring_test_support::text::base64;
use serde_json::{Value as Json, json};

use crate::author::*;

pub fn vectors() -> Vec<Vector> {
    let mut all = Vec::new();
    made(&mut all);
    audit::vectors(&mut all);
    all
}

const TOKEN: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const TOPIC: &str = "com.example.app";

/// 2,880 bytes that look like an envelope.
fn envelope(version: u8) -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..2880_u32)
        .map(|at| (at * 37 % 251).to_le_bytes()[0])
        .collect();
    bytes[..2].copy_from_slice(&[version, 1]);
    bytes
}

/// P7 by hand: `escaped` is the key as JSON has it.
fn body(escaped: &str, envelope: &str) -> String {
    [
        r#"{"aps":{"alert":{"loc-key":""#,
        escaped,
        r#""},"mutable-content":1,"sound":"default"},"hushring":""#,
        envelope,
        r#""}"#,
    ]
    .concat()
}

fn request(token: &str, expiration: u64, escaped: &str) -> Json {
    request_with(1, token, expiration, escaped)
}

fn request_with(version: u8, token: &str, expiration: u64, escaped: &str) -> Json {
    json!({
        "path": format!("/3/device/{token}"),
        "headers": {
            "apns-push-type": "alert",
            "apns-priority": "10",
            "apns-expiration": expiration.to_string(),
            "apns-topic": TOPIC,
        },
        "body": body(escaped, &base64(&envelope(version))),
    })
}

/// 2026-11-20 is 20,777 days after 1970-01-01.
const TODAY: u64 = (20_777 + 30) * 86_400;

fn made(all: &mut Vec<Vector>) {
    let inputs = |token: &str, now: u64| {
        json!({
            "envelope": base64(&envelope(1)), "deviceToken": token, "topic": TOPIC, "now": now,
        })
    };
    let midnight = 20_777 * 86_400_000;
    for (name, rules, comment, now, expiration) in [
        ("plain", "P4 P8 P10", "A push.", NOW.0, TODAY),
        ("at-midnight", "P4", "A new day has begun.", midnight, TODAY),
        (
            "before-midnight",
            "P4",
            "The last millisecond of the day before.",
            midnight - 1,
            TODAY - 86_400,
        ),
        ("of-1970", "P4", "The first day.", 0, 30 * 86_400),
        (
            "of-the-specification",
            "P4",
            "The expiration of the example, relay.md, section 4.",
            1_790_000_000_000,
            1_792_540_800,
        ),
    ] {
        all.push(vector(
            ("push", "push"),
            name,
            rules,
            comment,
            inputs(TOKEN, now),
            request(TOKEN, expiration, "NEW_ACTIVITY"),
        ));
    }
    all.push(vector(
        ("push", "push"),
        "token-in-upper-case",
        "P6",
        "A token in upper case is made lower case.",
        inputs(&TOKEN.to_uppercase(), NOW.0),
        request(TOKEN, TODAY, "NEW_ACTIVITY"),
    ));
    all.push(vector(
        ("push", "push"),
        "token-of-one-byte",
        "P6",
        "Any even number of digits is a token.",
        inputs("0a", NOW.0),
        request("0a", TODAY, "NEW_ACTIVITY"),
    ));
    for (name, comment, topic) in [
        (
            "with-a-label-in-the-middle",
            "What names a type of push elsewhere than at the end.",
            "com.example.voip.push-type.app.x",
        ),
        (
            "that-ends-alike",
            "A label that only ends as the name of a type does.",
            "com.example.myvoip",
        ),
        (
            "of-one-label",
            "The name of a type alone, which nothing stands before.",
            "voip",
        ),
    ] {
        let mut with_topic = inputs(TOKEN, NOW.0);
        with_topic["topic"] = topic.into();
        let mut made = request(TOKEN, TODAY, "NEW_ACTIVITY");
        made["headers"]["apns-topic"] = topic.into();
        all.push(vector(
            ("push", "push"),
            &format!("topic-{name}"),
            "P6",
            comment,
            with_topic,
            made,
        ));
    }
    let mut later = request(TOKEN, TODAY, "NEW_ACTIVITY");
    later["body"] = body("NEW_ACTIVITY", &base64(&envelope(9))).into();
    let mut with_later = inputs(TOKEN, NOW.0);
    with_later["envelope"] = base64(&envelope(9)).into();
    all.push(vector(
        ("push", "push"),
        "later-version",
        "P1 V3",
        "2,880 bytes are an envelope, whatever they say: later versions pass.",
        with_later,
        later,
    ));
    for (name, comment, key, escaped) in [
        (
            "other",
            "Another key, for the whole app.",
            "ACTIVITY",
            "ACTIVITY".to_string(),
        ),
        (
            "of-64-bytes",
            "64 bytes of UTF-8, which are not escaped.",
            "é€🎉/</script>\u{7f}\u{2028}éééééééééééééééééééé",
            "é€🎉/</script>\u{7f}\u{2028}éééééééééééééééééééé".to_string(),
        ),
        (
            "escaped",
            "What JSON must escape, in the form of P7.",
            "\"\\\u{8}\t\n\u{c}\r\u{0}\u{1f}",
            r#"\"\\\b\t\n\f\r\u0000\u001f"#.to_string(),
        ),
    ] {
        let mut with_key = inputs(TOKEN, NOW.0);
        with_key["locKey"] = key.into();
        all.push(vector(
            ("push", "push"),
            &format!("loc-key-{name}"),
            "P7 P10",
            comment,
            with_key,
            request(TOKEN, TODAY, &escaped),
        ));
    }
    for (name, rules, comment, member, value, code) in [
        (
            "short",
            "P1",
            "2,879 bytes.",
            "envelope",
            base64(&envelope(1)[..2879]),
            "bad_length",
        ),
        (
            "long",
            "P1",
            "2,881 bytes.",
            "envelope",
            base64(&[envelope(1), vec![0]].concat()),
            "bad_length",
        ),
        (
            "token-empty",
            "P6",
            "No digits.",
            "deviceToken",
            String::new(),
            "bad_device_token",
        ),
        (
            "token-odd",
            "P6",
            "Three digits.",
            "deviceToken",
            "abc".into(),
            "bad_device_token",
        ),
        (
            "token-of-others",
            "P6",
            "Something that is no digit.",
            "deviceToken",
            "0g".into(),
            "bad_device_token",
        ),
        (
            "token-with-path",
            "P6",
            "A path in place of a token.",
            "deviceToken",
            "../ab".into(),
            "bad_device_token",
        ),
        (
            "topic-empty",
            "P6",
            "No topic.",
            "topic",
            String::new(),
            "bad_topic",
        ),
        (
            "topic-space",
            "P6",
            "A space.",
            "topic",
            "com.example app".into(),
            "bad_topic",
        ),
        (
            "topic-line",
            "P6",
            "A line break.",
            "topic",
            "com.example\n".into(),
            "bad_topic",
        ),
        (
            "topic-not-ascii",
            "P6",
            "No ASCII.",
            "topic",
            "com.exämple".into(),
            "bad_topic",
        ),
        (
            "topic-wildcard",
            "P6",
            "The topic of every app.",
            "topic",
            "*".into(),
            "bad_topic",
        ),
        (
            "topic-wildcard-below",
            "P6",
            "The topics of a company's apps.",
            "topic",
            "com.example.*".into(),
            "bad_topic",
        ),
        (
            "topic-voip",
            "P6",
            "A VoIP push says that it is a call.",
            "topic",
            "com.example.app.voip".into(),
            "bad_topic",
        ),
        (
            "topic-voip-in-upper-case",
            "P6",
            "The same in upper case.",
            "topic",
            "com.example.app.VoIP".into(),
            "bad_topic",
        ),
        (
            "topic-voip-ptt",
            "P6",
            "A push of PushToTalk.",
            "topic",
            "com.example.app.voip-ptt".into(),
            "bad_topic",
        ),
        (
            "topic-push-to-talk",
            "P6",
            "Something that is named like one.",
            "topic",
            "com.example.app.push-to-talk".into(),
            "bad_topic",
        ),
        (
            "topic-complication",
            "P6",
            "A push for a complication of a watch.",
            "topic",
            "com.example.app.complication".into(),
            "bad_topic",
        ),
        (
            "topic-location-query",
            "P6",
            "A push that asks for a location.",
            "topic",
            "com.example.app.location-query".into(),
            "bad_topic",
        ),
        (
            "topic-file-provider",
            "P6",
            "A push for a file provider.",
            "topic",
            "com.example.app.pushkit.fileprovider".into(),
            "bad_topic",
        ),
        (
            "topic-live-activity",
            "P6",
            "A push for a Live Activity.",
            "topic",
            "com.example.app.push-type.liveactivity".into(),
            "bad_topic",
        ),
        (
            "topic-of-a-type-to-come",
            "P6",
            "A type of push that is not known.",
            "topic",
            "com.example.app.push-type.x".into(),
            "bad_topic",
        ),
        (
            "loc-key-empty",
            "P7",
            "No key.",
            "locKey",
            String::new(),
            "bad_loc_key",
        ),
        (
            "loc-key-of-65-bytes",
            "P7",
            "65 bytes, in 64 characters.",
            "locKey",
            "x".repeat(63) + "é",
            "bad_loc_key",
        ),
        (
            "loc-key-too-long-in-json",
            "P10",
            "64 bytes, of which JSON makes 384: the body would have more than 4,096.",
            "locKey",
            "\u{1}".repeat(64),
            "bad_loc_key",
        ),
    ] {
        let mut changed = inputs(TOKEN, NOW.0);
        changed[member] = value.into();
        all.push(vector(
            ("push", "push"),
            &format!("refused-{name}"),
            rules,
            comment,
            changed,
            error(code),
        ));
    }
}
