//! Values, and content at the bounds (spec/envelope.md, sections 14 to 16).

use hushring_test_support::cbor::{self, message_of_length};
use hushring_test_support::flate::deflated;
use serde_json::{Value as Json, json};

use super::{CALL, good, new};
use crate::author::*;

pub fn sound(all: &mut Vec<Vector>) {
    good(
        all,
        "integers",
        "C4 C8",
        "Integers at the bounds of each length, and at those of C8.",
        &json!({ "type": "message", "data": [
            0, 1, 23, 24, 255, 256, 65535, 65536, 4294967295_u64, 4294967296_u64,
            9007199254740991_u64, -1, -24, -25, -256, -257, -65536, -65537, -4294967296_i64,
            -4294967297_i64, -9007199254740991_i64,
        ] }),
    );
    good(
        all,
        "floats",
        "C2 C9",
        "Floats that no integer equals, always in 64 bits.",
        &json!({ "type": "message", "data": [
            0.5, -0.5, 1.5, 0.1, -2.25, 1e-7, 1e-300, 5e-324, 2097151.5, 3.25,
        ] }),
    );
    good(
        all,
        "empty-values",
        "M8",
        "Empty text, bytes, array and map, and an empty name.",
        &json!({ "type": "message", "body": "", "": 0, "data": [[], {}, "", { "bytes": "" }] }),
    );
    good(
        all,
        "order-of-names",
        "C6",
        "A shorter name comes first, whatever its letters; then bytes decide, not letters.",
        &json!({ "type": "message", "b": 1, "a": 2, "B": 3, "é": 4, "zz": 5, "aaa": 6, "z": 7 }),
    );
    good(
        all,
        "names-that-mean-something-elsewhere",
        "C6 M4",
        "Names are bytes: none is special, and none is a number.",
        &json!({
            "type": "message", "constructor": 1, "10": 2, "9": 3, "toString": 4, "length": 5,
            "data": { "__proto__": { "polluted": true }, "hasOwnProperty": null },
        }),
    );
    good(
        all,
        "canonically-equivalent-names",
        "C5 C6",
        "é in one character and in two are two names. No Unicode normalisation takes place.",
        &json!({ "type": "message", "data": { "\u{e9}": 1, "e\u{301}": 2 } }),
    );
    good(
        all,
        "text-that-decoders-change",
        "C7",
        "A byte order mark at the beginning, noncharacters, the last character there is, controls
         other than U+0000.",
        &json!({
            "type": "message",
            "body": "\u{feff}\u{fffe}\u{ffff}\u{10ffff}\u{fffd}\u{1}\u{7f}\u{85}\u{2028}\r\n",
        }),
    );
    good(
        all,
        "text-around-surrogates",
        "C7",
        "The characters on both sides of the surrogates.",
        &json!({ "type": "message", "body": "\u{d7ff}\u{e000}" }),
    );
    good(
        all,
        "text-lengths",
        "C4",
        "Texts of 23, 24, 255 and 256 bytes: each length in its shortest form.",
        &json!({ "type": "message", "data": [
            "x".repeat(23), "x".repeat(24), "x".repeat(255), "x".repeat(256),
        ] }),
    );
    good(
        all,
        "byte-lengths",
        "C4",
        "Byte strings of 23, 24, 255 and 256 bytes.",
        &json!({ "type": "message", "data": [
            { "bytes": "61".repeat(23) }, { "bytes": "61".repeat(24) },
            { "bytes": "61".repeat(255) }, { "bytes": "61".repeat(256) },
        ] }),
    );
}

/// A value in so many arrays.
fn nested(depth: usize) -> Json {
    (1..depth).fold(json!([]), |inner, _| json!([inner]))
}

pub fn at_bounds(all: &mut Vec<Vector>) {
    let invite = |name: &str, value: Json| {
        let mut content = json!({ "type": "call.invite", "callId": CALL, "hasVideo": true });
        content[name] = value;
        content
    };
    for (name, member, value) in [
        ("lifetime-1", "lifetime", json!(1)),
        ("lifetime-90", "lifetime", json!(90)),
        ("caller-name-256", "callerName", json!("é".repeat(128))),
        ("caller-name-0", "callerName", json!("")),
        ("group-id-128", "groupId", json!("€".repeat(42) + "xx")),
        ("group-id-0", "groupId", json!("")),
        (
            "handle-255",
            "handle",
            json!({ "type": "generic", "value": "🎉".repeat(63) + "é!" }),
        ),
        (
            "handle-0",
            "handle",
            json!({ "type": "generic", "value": "" }),
        ),
    ] {
        let rules = if name.starts_with("lifetime") {
            "M2 M7"
        } else {
            "M2 M8"
        };
        let comment = "At a bound of the table. Texts are counted in bytes.";
        good(all, name, rules, comment, &invite(member, value));
    }
    good(
        all,
        "deepest",
        "C10",
        "16 containers: the content's map, and 15 arrays of which the last is empty.",
        &json!({ "type": "message", "data": nested(15) }),
    );
    good(
        all,
        "most-items",
        "C12",
        "4,096: two members, and 4,094 items. Bytes and texts do not count.",
        &json!({ "type": "message", "data": vec![0; 4094] }),
    );
    let cbor = message_of_length(65_536);
    let body = cbor.iter().filter(|byte| **byte == b'a').count();
    // `message` has an a of its own.
    let content = json!({ "type": "message", "body": "a".repeat(body - 1) });
    assert_eq!(cbor, cbor::content(&content));
    all.push(
        new(
            "longest",
            "C13 D4 D5",
            "65,536 bytes come out, and no more.",
        )
        .stream(deflated(&cbor), None)
        .gives(&content),
    );
}
