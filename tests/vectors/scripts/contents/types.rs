//! Content of every type, as it is allowed (spec/envelope.md, "Content types").

use hushring_test_support::cbor;
use hushring_test_support::text::hex;
use serde_json::json;

use super::{CALL, good};
use crate::author::*;

pub fn sound(all: &mut Vec<Vector>) {
    let offer = "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n";
    good(
        all,
        "invite-full",
        "M1 M2 M9 M12 D6",
        "An invitation with every member of the table.",
        &json!({
            "type": "call.invite", "callId": CALL, "hasVideo": true,
            "handle": { "type": "phoneNumber", "value": "+15551234567" },
            "callerName": "Alice", "lifetime": 45, "offer": offer, "groupId": "family",
            "data": { "room": 7, "tags": ["a", null, 0.5], "key": { "bytes": "00ff" } },
        }),
    );
    good(
        all,
        "invite-least",
        "M3 M11",
        "An invitation with what it needs alone. That it lasts 60 seconds is not added to it.",
        &json!({ "type": "call.invite", "callId": CALL, "hasVideo": false }),
    );
    for (name, kind) in [("generic", "generic"), ("email-address", "emailAddress")] {
        good(
            all,
            &format!("invite-handle-{name}"),
            "M2",
            "A type of handle.",
            &json!({
                "type": "call.invite", "callId": CALL, "hasVideo": false,
                "handle": { "type": kind, "value": "alice@example.com" },
            }),
        );
    }
    for id in [
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        // Nearly version 8: another version, and another variant.
        "7000ceb2-5162-779b-86ba-c67b229395a8",
        "c000ceb2-5162-879b-c6ba-c67b229395a8",
    ] {
        good(
            all,
            &format!("call-id-{}", &id[..8]),
            "M9",
            "A callId is any 16 bytes, but not a version 8 UUID.",
            &json!({ "type": "call.invite", "callId": id, "hasVideo": false }),
        );
    }
    good(
        all,
        "answer",
        "M2 M7",
        "An answer, to the ring of this time.",
        &json!({
            "type": "call.answer", "callId": CALL, "ring": RING, "answer": offer, "data": [],
        }),
    );
    good(
        all,
        "answer-least",
        "M3",
        "An answer without its optional members.",
        &json!({ "type": "call.answer", "callId": CALL, "ring": RING }),
    );
    for (name, ring) in [("0", 0), ("2-53-minus-1", 9_007_199_254_740_991_u64)] {
        good(
            all,
            &format!("answer-ring-{name}"),
            "M2 M7",
            "At a bound of the table: any time in milliseconds that is an integer of C8.",
            &json!({ "type": "call.answer", "callId": CALL, "ring": ring }),
        );
    }
    good(
        all,
        "candidates",
        "M2 M7",
        "Candidates, with every member and with the one that they need; an index at each bound.",
        &json!({
            "type": "call.candidates", "callId": CALL,
            "candidates": [
                {
                    "candidate": "candidate:1 1 udp 2122260223 192.0.2.1 54321 typ host",
                    "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": "abcd",
                },
                { "candidate": "", "sdpMLineIndex": 65535 },
                { "candidate": "candidate:2 1 udp 1686052607 198.51.100.7 40000 typ srflx" },
            ],
        }),
    );
    good(
        all,
        "candidates-none",
        "M8",
        "An empty array is an array.",
        &json!({ "type": "call.candidates", "callId": CALL, "candidates": [] }),
    );
    for kind in ["offer", "answer", "pranswer", "rollback"] {
        good(
            all,
            &format!("negotiate-{kind}"),
            "M2",
            "A type of description. Its text may be empty.",
            &json!({
                "type": "call.negotiate", "callId": CALL,
                "description": { "type": kind, "sdp": "" },
            }),
        );
    }
    good(
        all,
        "negotiate-rollback-without-sdp",
        "M3",
        "A rollback needs no text: browsers give it none.",
        &json!({
            "type": "call.negotiate", "callId": CALL, "description": { "type": "rollback" },
        }),
    );
    ends(all);
    good(
        all,
        "message-least",
        "M3",
        "A message may say nothing.",
        &json!({ "type": "message" }),
    );
    good(
        all,
        "message-full",
        "M2",
        "Body and data.",
        &json!({ "type": "message", "body": "Grüße, 世界 🎉", "data": false }),
    );
    good(
        all,
        "cover",
        "M13",
        "Cover, with members of the app.",
        &json!({ "type": "cover", "filler": { "bytes": "00".repeat(40) } }),
    );
    good(
        all,
        "unknown-type",
        "M10",
        "A type that version 1 does not know. What it calls callId is its own affair.",
        &json!({ "type": "app.poll", "callId": 5, "body": null, "lifetime": 1000 }),
    );
    good(
        all,
        "unknown-type-empty",
        "M10",
        "The empty text is a type like others.",
        &json!({ "type": "" }),
    );
    good(
        all,
        "unknown-call-type",
        "M6 M10",
        "A type that begins with call. and is not known.",
        &json!({ "type": "call.hold", "callId": CALL, "on": true }),
    );
    good(
        all,
        "unknown-call-type-without-call",
        "M6 M10",
        "Without a callId it is a message.",
        &json!({ "type": "call.", "reason": 1 }),
    );
    good(
        all,
        "unknown-call-type-with-a-combining-mark",
        "M6 M10",
        "A mark that combines with the dot: a comparison of characters would not find call. at the
         beginning, a comparison of bytes does. The callId is that of a call.",
        &json!({ "type": "call.\u{301}hold", "callId": CALL }),
    );
    good(
        all,
        "case-counts",
        "M10",
        "Types are compared byte by byte.",
        &json!({ "type": "Message", "body": 1 }),
    );
    good(
        all,
        "unknown-members",
        "M4",
        "Members that the table does not have, at every depth and of any value, are kept. Those of
         other types are among them.",
        &json!({
            "type": "call.invite", "callId": CALL, "hasVideo": false, "body": 1, "reason": null,
            "handle": { "type": "generic", "value": "a", "data": null, "sdp": 7 },
            "x": { "y": [{ "z": null }] },
        }),
    );
    good(
        all,
        "unknown-members-of-entries",
        "M4",
        "Also in candidates.",
        &json!({
            "type": "call.candidates", "callId": CALL,
            "candidates": [{ "candidate": "a", "address": null, "value": 1 }],
        }),
    );
    good(
        all,
        "unknown-members-of-descriptions",
        "M4",
        "Also in descriptions.",
        &json!({
            "type": "call.negotiate", "callId": CALL,
            "description": { "type": "offer", "sdp": "v=0", "value": null },
        }),
    );
}

/// The sent_at of an invitation, in milliseconds.
const RING: u64 = 1_795_168_800_000;

fn ends(all: &mut Vec<Vector>) {
    for reason in ["failed", "remoteEnded", "unanswered", "cancelled"] {
        good(
            all,
            &format!("end-{reason}"),
            "M2 M5",
            "An end by the caller: neither caller nor ring.",
            &json!({ "type": "call.end", "callId": CALL, "reason": reason }),
        );
    }
    let caller = json!({ "bytes": hex(&Key::account("carol").public) });
    for reason in [
        "failed",
        "remoteEnded",
        "unanswered",
        "answeredElsewhere",
        "declinedElsewhere",
        "declined",
        "busy",
        "cancelled",
    ] {
        good(
            all,
            &format!("end-{reason}-of-a-ring"),
            "M5",
            "An end by somebody who was called: the caller, and the ring that it is about.",
            &json!({
                "type": "call.end", "callId": CALL, "reason": reason,
                "caller": caller, "ring": RING,
            }),
        );
    }
    good(
        all,
        "end-taken",
        "M5",
        "The caller says which device it took.",
        &json!({
            "type": "call.end", "callId": CALL, "reason": "answeredElsewhere",
            "device": { "bytes": hex(&Key::device("carol", "phone").public) },
        }),
    );
    for (name, ring) in [("0", 0), ("2-53-minus-1", 9_007_199_254_740_991_u64)] {
        good(
            all,
            &format!("end-ring-{name}"),
            "M2 M5 M7",
            "At a bound of the table.",
            &json!({
                "type": "call.end", "callId": CALL, "reason": "declined",
                "caller": caller, "ring": ring,
            }),
        );
    }
    for (name, member, content) in [
        (
            "caller",
            "caller",
            json!({ "type": "call.end", "callId": CALL, "reason": "declined", "ring": RING }),
        ),
        (
            "device",
            "device",
            json!({ "type": "call.end", "callId": CALL, "reason": "answeredElsewhere" }),
        ),
    ] {
        let mut content = content;
        content[member] = json!({ "bytes": "02".repeat(32) });
        good(
            all,
            &format!("end-{name}-that-is-no-key"),
            "M5",
            "The key has 32 bytes. Nobody verifies with it, and it is not checked to be a key.",
            &content,
        );
    }
    // The example of section 22, byte for byte.
    let example = json!({
        "type": "call.end", "callId": CALL, "reason": "answeredElsewhere",
        "caller": {
            "bytes": "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        },
        "ring": 1_790_000_000_000_u64,
    });
    let bytes = "a56472696e671b000001a0c4506c0064747970656863616c6c2e656e646663616c6c4964503f1c6f0e\
                 5a644c8e9d0b7a2e4d9f1b336663616c6c65725820d75a980182b10ab7d54bfed3c964073a0ee172f3\
                 daa62325af021a68f707511a66726561736f6e71616e737765726564456c73657768657265";
    assert_eq!(hex(&cbor::content(&example)), bytes);
    good(
        all,
        "end-of-the-specification",
        "C6 M5",
        "The example of section 22: the end of a call, for the other devices of the account.",
        &example,
    );
}
