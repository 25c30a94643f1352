//! Members that nobody accepts (spec/envelope.md, "Content types").

use hushring_test_support::cbor::{self, map, text};
use hushring_test_support::text::hex;
use serde_json::{Value as Json, json};

use super::{CALL, new};
use crate::author::*;

pub fn refused(all: &mut Vec<Vector>) {
    let mut refused = |name: &str, rules: &str, comment: &str, member: &str, content: Json| {
        all.push(
            new(&format!("member-{name}"), &format!("E33 {rules}"), comment)
                .cbor(cbor::content(&content))
                .refused_member(member),
        );
    };
    refused(
        "no-type",
        "M1",
        "There is no type.",
        "type",
        json!({ "body": "Hi" }),
    );
    refused(
        "empty-content",
        "M1",
        "There is nothing at all.",
        "type",
        json!({}),
    );
    for (name, value) in [
        ("integer", json!(1)),
        ("null", json!(null)),
        ("bytes", json!({ "bytes": hex(b"message") })),
        ("array", json!(["message"])),
    ] {
        let comment = "The type is no text.";
        let name = format!("type-{name}");
        refused(&name, "M1", comment, "type", json!({ "type": value }));
    }

    let invite = json!({
        "type": "call.invite", "callId": CALL, "hasVideo": true,
        "handle": { "type": "generic", "value": "a" }, "callerName": "a", "lifetime": 1,
        "offer": "a", "groupId": "a", "data": 1,
    });
    let answer = json!({
        "type": "call.answer", "callId": CALL, "ring": 1, "answer": "a", "data": 1,
    });
    let candidates = json!({
        "type": "call.candidates", "callId": CALL,
        "candidates": [
            { "candidate": "a" },
            { "candidate": "a", "sdpMid": "a", "sdpMLineIndex": 1, "usernameFragment": "a" },
        ],
    });
    let negotiate = json!({
        "type": "call.negotiate", "callId": CALL,
        "description": { "type": "offer", "sdp": "a" },
    });
    let end = json!({
        "type": "call.end", "callId": CALL, "reason": "answeredElsewhere",
        "caller": { "bytes": "01".repeat(32) }, "ring": 1,
    });
    let message = json!({ "type": "message", "body": "a", "data": 1 });

    // Every member of the table: null, and a value of another type; and left out, where it must not be.
    let table = [
        ("invite", &invite, "/callId", "callId", true),
        ("invite", &invite, "/hasVideo", "hasVideo", true),
        ("invite", &invite, "/handle", "handle", false),
        ("invite", &invite, "/handle/type", "handle.type", true),
        ("invite", &invite, "/handle/value", "handle.value", true),
        ("invite", &invite, "/callerName", "callerName", false),
        ("invite", &invite, "/lifetime", "lifetime", false),
        ("invite", &invite, "/offer", "offer", false),
        ("invite", &invite, "/groupId", "groupId", false),
        ("invite", &invite, "/data", "data", false),
        ("answer", &answer, "/callId", "callId", true),
        ("answer", &answer, "/ring", "ring", true),
        ("answer", &answer, "/answer", "answer", false),
        ("answer", &answer, "/data", "data", false),
        ("candidates", &candidates, "/callId", "callId", true),
        ("candidates", &candidates, "/candidates", "candidates", true),
        (
            "candidates",
            &candidates,
            "/candidates/1",
            "candidates[1]",
            false,
        ),
        (
            "candidates",
            &candidates,
            "/candidates/1/candidate",
            "candidates[1].candidate",
            true,
        ),
        (
            "candidates",
            &candidates,
            "/candidates/1/sdpMid",
            "candidates[1].sdpMid",
            false,
        ),
        (
            "candidates",
            &candidates,
            "/candidates/1/sdpMLineIndex",
            "candidates[1].sdpMLineIndex",
            false,
        ),
        (
            "candidates",
            &candidates,
            "/candidates/1/usernameFragment",
            "candidates[1].usernameFragment",
            false,
        ),
        ("negotiate", &negotiate, "/callId", "callId", true),
        ("negotiate", &negotiate, "/description", "description", true),
        (
            "negotiate",
            &negotiate,
            "/description/type",
            "description.type",
            true,
        ),
        (
            "negotiate",
            &negotiate,
            "/description/sdp",
            "description.sdp",
            true,
        ),
        ("end", &end, "/callId", "callId", true),
        ("end", &end, "/reason", "reason", true),
        ("end", &end, "/caller", "caller", true),
        ("end", &end, "/ring", "ring", true),
        ("message", &message, "/body", "body", false),
        ("message", &message, "/data", "data", false),
    ];
    for (kind, content, pointer, path, is_required) in table {
        let file = path
            .replace(['[', ']', '.'], "-")
            .replace("--", "-")
            .trim_end_matches('-')
            .to_string();
        let file = format!("{kind}-{file}");
        // Null where it could be taken for a member that is not there.
        if !is_required {
            let comment = "A member of the table is null, which is not the same as none.";
            let mut changed = content.clone();
            *changed.pointer_mut(pointer).unwrap() = Json::Null;
            refused(&format!("{file}-null"), "M2", comment, path, changed);
        }
        if pointer != "/data" {
            let comment = "A member of the table has another type.";
            let mut changed = content.clone();
            // No member of the table is a float.
            *changed.pointer_mut(pointer).unwrap() = json!(1.5);
            let rules = if ["lifetime", "ring"].contains(&path) || path.contains("Index") {
                "M2 M7"
            } else {
                "M2"
            };
            refused(&format!("{file}-type"), rules, comment, path, changed);
        }
        if is_required {
            let comment = "A member that the table needs is not there.";
            let mut changed = content.clone();
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            let parent = changed.pointer_mut(parent).unwrap();
            parent.as_object_mut().unwrap().remove(name);
            refused(&format!("{file}-missing"), "M3", comment, path, changed);
        }
    }

    let bytes = |length: usize| json!({ "bytes": "01".repeat(length) });
    for (name, rules, comment, content, pointer, path, value) in [
        (
            "call-id-15",
            "M2",
            "15 bytes.",
            &invite,
            "/callId",
            "callId",
            bytes(15),
        ),
        (
            "call-id-17",
            "M2",
            "17 bytes.",
            &invite,
            "/callId",
            "callId",
            bytes(17),
        ),
        (
            "has-video-1",
            "M2",
            "1 is not true.",
            &invite,
            "/hasVideo",
            "hasVideo",
            json!(1),
        ),
        (
            "handle-type",
            "M2",
            "None of the handle's types.",
            &invite,
            "/handle/type",
            "handle.type",
            json!("phone"),
        ),
        (
            "handle-256",
            "M8",
            "256 bytes.",
            &invite,
            "/handle/value",
            "handle.value",
            json!("x".repeat(256)),
        ),
        (
            "caller-name-257",
            "M8",
            "257 bytes.",
            &invite,
            "/callerName",
            "callerName",
            json!("x".repeat(257)),
        ),
        (
            "caller-name-129-characters",
            "M8",
            "129 characters of two bytes each: bytes are counted.",
            &invite,
            "/callerName",
            "callerName",
            json!("é".repeat(129)),
        ),
        (
            "group-id-129",
            "M8",
            "129 bytes.",
            &invite,
            "/groupId",
            "groupId",
            json!("x".repeat(129)),
        ),
        (
            "lifetime-0",
            "M2",
            "0 seconds.",
            &invite,
            "/lifetime",
            "lifetime",
            json!(0),
        ),
        (
            "lifetime-91",
            "M2",
            "91 seconds.",
            &invite,
            "/lifetime",
            "lifetime",
            json!(91),
        ),
        (
            "lifetime-negative",
            "M2",
            "−1 second.",
            &invite,
            "/lifetime",
            "lifetime",
            json!(-1),
        ),
        (
            "lifetime-316",
            "M2",
            "316 seconds, which are 60 in a byte.",
            &invite,
            "/lifetime",
            "lifetime",
            json!(316),
        ),
        (
            "index-65536",
            "M2 M7",
            "65,536.",
            &candidates,
            "/candidates/1/sdpMLineIndex",
            "candidates[1].sdpMLineIndex",
            json!(65_536),
        ),
        (
            "index-negative",
            "M2 M7",
            "−1.",
            &candidates,
            "/candidates/1/sdpMLineIndex",
            "candidates[1].sdpMLineIndex",
            json!(-1),
        ),
        (
            "description-type",
            "M2",
            "None of the description's types.",
            &negotiate,
            "/description/type",
            "description.type",
            json!("Offer"),
        ),
        (
            "reason",
            "M2",
            "None of the reasons.",
            &end,
            "/reason",
            "reason",
            json!("tired"),
        ),
        (
            "caller-31",
            "M5",
            "31 bytes.",
            &end,
            "/caller",
            "caller",
            bytes(31),
        ),
        (
            "caller-33",
            "M5",
            "33 bytes.",
            &end,
            "/caller",
            "caller",
            bytes(33),
        ),
        (
            "caller-text",
            "M5",
            "Text in place of bytes.",
            &end,
            "/caller",
            "caller",
            json!("x".repeat(32)),
        ),
        (
            "caller-null",
            "M2 M5",
            "Null is no caller, and not the same as none.",
            &end,
            "/caller",
            "caller",
            json!(null),
        ),
        (
            "ring-null",
            "M2 M5",
            "Null is no ring, and not the same as none.",
            &end,
            "/ring",
            "ring",
            json!(null),
        ),
        (
            "ring-negative",
            "M2 M7",
            "−1.",
            &end,
            "/ring",
            "ring",
            json!(-1),
        ),
        (
            "ring-text",
            "M2 M7",
            "Text in place of an integer.",
            &end,
            "/ring",
            "ring",
            json!("1795168800000"),
        ),
        (
            "answer-ring-negative",
            "M2 M7",
            "−1.",
            &answer,
            "/ring",
            "ring",
            json!(-1),
        ),
        (
            "answer-ring-text",
            "M2 M7",
            "Text in place of an integer.",
            &answer,
            "/ring",
            "ring",
            json!("1795168800000"),
        ),
    ] {
        let mut changed = content.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        refused(name, rules, comment, path, changed);
    }
    for (kind, description) in [
        ("offer", json!({ "type": "offer" })),
        ("answer", json!({ "type": "answer" })),
        ("pranswer", json!({ "type": "pranswer" })),
        ("rollback-null", json!({ "type": "rollback", "sdp": null })),
        ("rollback-type", json!({ "type": "rollback", "sdp": 1 })),
    ] {
        refused(
            &format!("description-{kind}-without-sdp"),
            "M2 M3",
            "Only a rollback may be without its text, and if there is one it is text.",
            "description.sdp",
            json!({ "type": "call.negotiate", "callId": CALL, "description": description }),
        );
    }
    system_uuids(all);
    for (name, value) in [
        ("text", text("3f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b33")),
        ("15", cbor::bytes(&[1; 15])),
        ("null", vec![0xf6]),
    ] {
        all.push(
            new(
                &format!("member-unknown-call-type-call-id-{name}"),
                "E33 M6",
                "A type that begins with call. and is not known: its callId is 16 bytes, if there is
                 one.",
            )
            .cbor(map(&[("type", text("call.hold")), ("callId", value)]))
            .refused_member("callId"),
        );
    }
}

/// M9, for every type that has a callId.
fn system_uuids(all: &mut Vec<Vector>) {
    let caller = json!({ "bytes": "01".repeat(32) });
    for (kind, content) in [
        ("invite", json!({ "hasVideo": false })),
        ("answer", json!({ "ring": 1 })),
        ("candidates", json!({ "candidates": [] })),
        (
            "negotiate",
            json!({ "description": { "type": "offer", "sdp": "v=0" } }),
        ),
        ("end", json!({ "reason": "cancelled" })),
        (
            "end-of-a-callee",
            json!({ "reason": "declined", "caller": caller, "ring": 1 }),
        ),
        ("hold", json!({})),
    ] {
        let call = json!({
            "type": format!("call.{}", kind.split('-').next().unwrap()),
            "callId": "36ceb267-5162-879b-86ba-c67b229395a8",
        });
        all.push(
            new(
                &format!("member-{kind}-call-id-of-version-8"),
                "E33 M9",
                "A version 8 UUID in the callId's place: CallKit's, which names no call.",
            )
            .cbor(cbor::content(&with(call, &content)))
            .refused_member("callId"),
        );
    }
}
