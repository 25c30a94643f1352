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
    ends(all);
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

/// M5: which of caller, ring and device an end has.
fn ends(all: &mut Vec<Vector>) {
    let pair = || json!({ "caller": { "bytes": "01".repeat(32) }, "ring": 1 });
    let caller = || json!({ "caller": { "bytes": "01".repeat(32) } });
    let ring = || json!({ "ring": 1 });
    let device = || json!({ "device": { "bytes": "01".repeat(32) } });
    let none = || json!({});
    let both = |one: Json, other: Json| with(one, &other);
    let mut refused = |name: &str, comment: &str, reason: &str, member: &str, members: Json| {
        let content = json!({ "type": "call.end", "callId": CALL, "reason": reason });
        all.push(
            new(&format!("member-end-{name}-{reason}"), "E33 M5", comment)
                .cbor(cbor::content(&with(content, &members)))
                .refused_member(member),
        );
    };
    let comment =
        "The reason is one of somebody who was called: caller and ring are missing, and the first
                   of them is named.";
    for reason in ["declined", "busy", "declinedElsewhere", "answeredElsewhere"] {
        refused("nothing", comment, reason, "caller", none());
    }
    let comment = "Caller and ring are both there or both not: the one that is missing is named.";
    for reason in ["cancelled", "remoteEnded", "declined", "answeredElsewhere"] {
        refused("caller-alone", comment, reason, "ring", caller());
        refused("ring-alone", comment, reason, "caller", ring());
    }
    let comment = "Only answeredElsewhere has a device.";
    for reason in ["failed", "remoteEnded", "unanswered", "cancelled"] {
        refused("device", comment, reason, "device", device());
    }
    for reason in ["declined", "busy", "declinedElsewhere", "failed"] {
        let members = both(pair(), device());
        refused("device-of-a-ring", comment, reason, "device", members);
    }
    refused(
        "device-of-a-ring",
        "A device is what the caller says, caller and ring what those say who were called: the
         device must not be there.",
        "answeredElsewhere",
        "device",
        both(pair(), device()),
    );
    let comment = "A device does not stand for caller and ring. Of a pair of which one is missing,
                   that one is named; of members that are missing or wrong, the first in the order
                   of the table.";
    let reason = "answeredElsewhere";
    refused(
        "device-and-caller",
        comment,
        reason,
        "ring",
        both(caller(), device()),
    );
    refused(
        "device-and-ring",
        comment,
        reason,
        "caller",
        both(ring(), device()),
    );
    refused("device-alone", comment, "declined", "caller", device());
    refused("device-alone", comment, "busy", "caller", device());
    let comment =
        "One member is missing and a later one is wrong, or the other way round: the first
                   in the order of the table is named.";
    let wrong = || json!({ "bytes": "00" });
    for (name, reason, member, members) in [
        (
            "wrong-ring-alone",
            "declinedElsewhere",
            "caller",
            json!({ "ring": wrong() }),
        ),
        (
            "null-ring-alone",
            "remoteEnded",
            "caller",
            json!({ "ring": null }),
        ),
        (
            "wrong-caller-alone",
            "declined",
            "caller",
            json!({ "caller": wrong() }),
        ),
        (
            "ring-and-wrong-device",
            "answeredElsewhere",
            "caller",
            json!({ "ring": 1, "device": wrong() }),
        ),
        (
            "caller-and-wrong-device",
            "declined",
            "ring",
            both(caller(), json!({ "device": wrong() })),
        ),
        (
            "wrong-device-alone",
            "declined",
            "caller",
            json!({ "device": wrong() }),
        ),
        (
            "null-device-alone",
            "busy",
            "caller",
            json!({ "device": null }),
        ),
        (
            "wrong-pair",
            "failed",
            "caller",
            json!({ "caller": wrong(), "ring": wrong(), "device": wrong() }),
        ),
    ] {
        refused(name, comment, reason, member, members);
    }
    for (name, value) in [
        ("31-bytes", json!({ "bytes": "01".repeat(31) })),
        ("33-bytes", json!({ "bytes": "01".repeat(33) })),
        ("text", json!("x".repeat(32))),
        ("null", json!(null)),
    ] {
        refused(
            &format!("device-of-{name}"),
            "The device's key has 32 bytes. Null is not the same as none.",
            reason,
            "device",
            json!({ "device": value }),
        );
    }
    for (name, value) in [
        ("16-bytes", json!({ "bytes": "01".repeat(16) })),
        ("null", json!(null)),
    ] {
        refused(
            &format!("caller-of-{name}"),
            "Where the caller is optional, it has 32 bytes too.",
            "cancelled",
            "caller",
            with(pair(), &json!({ "caller": value })),
        );
    }
    refused(
        "reason-before-the-others",
        "The reason is read first, and is none that there is.",
        "tired",
        "reason",
        device(),
    );
}
