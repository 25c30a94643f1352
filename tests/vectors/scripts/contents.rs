//! What authenticated senders say (spec/envelope.md, E44 to E46; sections 15 to 17).

use hushring_test_support::cbor::{
    self, ARRAY, BYTES, MAP, NEGATIVE, TEXT, UNSIGNED, head, map, message_of_length, message_with,
    text,
};
use hushring_test_support::flate::{Stream, deflated, stored, with_dictionary};
use hushring_test_support::text::hex;
use serde_json::{Value as Json, json};

use crate::author::*;

const FOLDER: &str = "contents";

pub fn vectors() -> Vec<Vector> {
    let mut all = Vec::new();
    types(&mut all);
    values(&mut all);
    bounds(&mut all);
    streams(&mut all);
    bad_streams(&mut all);
    bad_cbor(&mut all);
    bad_members(&mut all);
    all
}

fn new(name: &str, rules: &str, comment: &str) -> Open {
    Open::new(FOLDER, name, rules, comment)
}

fn good(all: &mut Vec<Vector>, name: &str, rules: &str, comment: &str, content: &Json) {
    let bytes = cbor::content(content);
    all.push(
        new(name, rules, comment)
            .stream(with_dictionary(&bytes), Some(bytes))
            .gives(content),
    );
}

const CALL: &str = "3f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b33";

fn types(all: &mut Vec<Vector>) {
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
    ] {
        good(
            all,
            &format!("call-id-{}", &id[..8]),
            "M9",
            "Any 16 bytes are a callId.",
            &json!({ "type": "call.invite", "callId": id, "hasVideo": false }),
        );
    }
    good(
        all,
        "answer",
        "M2",
        "An answer.",
        &json!({ "type": "call.answer", "callId": CALL, "answer": offer, "data": [] }),
    );
    good(
        all,
        "answer-least",
        "M3",
        "An answer without its optional members.",
        &json!({ "type": "call.answer", "callId": CALL }),
    );
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
    let caller = json!({ "bytes": hex(&Key::account("carol").public) });
    for reason in [
        "failed",
        "remoteEnded",
        "unanswered",
        "declined",
        "busy",
        "cancelled",
    ] {
        good(
            all,
            &format!("end-{reason}"),
            "M2 M5",
            "A reason without a caller.",
            &json!({ "type": "call.end", "callId": CALL, "reason": reason }),
        );
    }
    for reason in ["answeredElsewhere", "declinedElsewhere", "cancelled"] {
        good(
            all,
            &format!("end-{reason}-with-caller"),
            "M5",
            "The caller, which two reasons need and the others may have.",
            &json!({ "type": "call.end", "callId": CALL, "reason": reason, "caller": caller }),
        );
    }
    good(
        all,
        "end-caller-that-is-no-key",
        "M5",
        "The caller has 32 bytes. Nobody verifies with it, and it is not checked to be a key.",
        &json!({
            "type": "call.end", "callId": CALL, "reason": "answeredElsewhere",
            "caller": { "bytes": "02".repeat(32) },
        }),
    );
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

fn values(all: &mut Vec<Vector>) {
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

fn bounds(all: &mut Vec<Vector>) {
    let invite = |name: &str, value: Json| {
        let mut content = json!({ "type": "call.invite", "callId": CALL, "hasVideo": true });
        content[name] = value;
        content
    };
    for (name, member, value) in [
        ("lifetime-1", "lifetime", json!(1)),
        ("lifetime-90", "lifetime", json!(90)),
        ("caller-name-128", "callerName", json!("é".repeat(64))),
        ("caller-name-0", "callerName", json!("")),
        ("group-id-64", "groupId", json!("€".repeat(21) + "x")),
        ("group-id-0", "groupId", json!("")),
        (
            "handle-128",
            "handle",
            json!({ "type": "generic", "value": "🎉".repeat(32) }),
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
        "C14",
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
            "C11 D4 D5",
            "65,536 bytes come out, and no more.",
        )
        .stream(deflated(&cbor), None)
        .gives(&content),
    );
}

fn streams(all: &mut Vec<Vector>) {
    let (hello, halves) = (cbor::content(&hi()), cbor::content(&hi()));
    let (front, back) = halves.split_at(10);
    let unused = Stream::new().fixed(true).literals(&hello).end_block();
    let free = unused.unused();
    assert!(free > 0);
    for (name, comment, stream) in [
        (
            "stored",
            "One stored block: the worked example of section 23.",
            stored(&hello),
        ),
        (
            "without-dictionary",
            "A writer may ignore the dictionary.",
            deflated(&hello),
        ),
        (
            "with-dictionary",
            "What a writer makes who uses the dictionary.",
            with_dictionary(&hello),
        ),
        (
            "fixed",
            "One block with the fixed codes, literals alone.",
            Stream::new()
                .fixed(true)
                .literals(&hello)
                .end_block()
                .done(),
        ),
        (
            "many-blocks",
            "Stored blocks, one of them empty, and blocks with the fixed codes, the last of them
             empty.",
            Stream::new()
                .stored(false, front)
                .stored(false, b"")
                .fixed(false)
                .literals(back)
                .end_block()
                .fixed(true)
                .end_block()
                .done(),
        ),
        (
            "a-block-for-each-byte",
            "As many blocks as bytes.",
            hello
                .iter()
                .fold(Stream::new(), |stream, byte| stream.stored(false, &[*byte]))
                .stored(true, b"")
                .done(),
        ),
        (
            "unused-bits",
            "The unused bits of the last byte are set: a reader ignores them.",
            Stream::new()
                .fixed(true)
                .literals(&hello)
                .end_block()
                .bits(0xff, free)
                .done(),
        ),
    ] {
        all.push(
            new(&format!("stream-{name}"), "D1 D2 D6", comment)
                .stream(stream, Some(hello.clone()))
                .gives(&hi()),
        );
    }
    // The dictionary begins with `kcall.invite`, and ends with `reasonksdpym`.
    let length = u32::try_from(hushring::DICTIONARY.len()).unwrap();
    let content = json!({ "type": "message", "body": "kcall." });
    let bytes = cbor::content(&content);
    let at = u32::try_from(bytes.windows(6).position(|part| part == b"kcall.").unwrap()).unwrap();
    let before = &bytes[..at as usize];
    let behind = &bytes[at as usize + 6..];
    all.push(
        new(
            "stream-first-byte-of-the-dictionary",
            "D3",
            "The farthest that a distance may reach: the dictionary's first byte.",
        )
        .stream(
            Stream::new()
                .fixed(true)
                .literals(before)
                .copy(6, length + at)
                .literals(behind)
                .end_block()
                .done(),
            Some(bytes.clone()),
        )
        .gives(&content),
    );
    let overlapping = json!({ "type": "message", "body": "sdpymymym" });
    let written = cbor::content(&overlapping);
    let start = written.windows(2).position(|part| part == b"sd").unwrap();
    // `sdpym` from the dictionary, and `ymym` from what was just written.
    let back = u32::try_from(start).unwrap() + 5;
    all.push(
        new(
            "stream-copy-of-what-it-writes",
            "D1 D3",
            "A copy of the dictionary's last bytes, and one that overlaps with what it writes.",
        )
        .stream(
            Stream::new()
                .fixed(true)
                .literals(&written[..start])
                .copy(5, back)
                .copy(4, 2)
                .literals(&written[start + 9..])
                .end_block()
                .done(),
            Some(written.clone()),
        )
        .gives(&overlapping),
    );
    all.push(
        new(
            "stream-distance-beyond-the-dictionary",
            "D3 E44",
            "The distance reaches one byte before the dictionary's first.",
        )
        .stream(
            Stream::new()
                .fixed(true)
                .literals(before)
                .copy(6, length + at + 1)
                .literals(behind)
                .end_block()
                .done(),
            None,
        )
        .refused("bad_compression"),
    );
    all.push(
        new(
            "stream-distance-at-the-beginning",
            "D3 E44",
            "The first symbol is a copy from 32,768 bytes back, and the dictionary is shorter. Who
             inflates into a ring of zeros sees zeros there.",
        )
        .stream(
            Stream::new()
                .fixed(true)
                .copy(3, 32_768)
                .literals(&hello)
                .end_block()
                .done(),
            None,
        )
        .refused("bad_compression"),
    );
    // One that a compressor describes codes of its own for.
    let long: String = (0..40)
        .map(|number| format!("{number} bottles of beer on the wall, "))
        .collect();
    let content = json!({ "type": "message", "body": long });
    let bytes = cbor::content(&content);
    let stream = deflated(&bytes);
    assert_eq!(stream[0] & 7, 5, "one block with codes of its own");
    all.push(
        new(
            "stream-own-codes",
            "D1 D7",
            "A block that describes its codes.",
        )
        .stream(stream, Some(bytes))
        .gives(&content),
    );
}

fn bad_streams(all: &mut Vec<Vector>) {
    let hello = cbor::content(&hi());
    let fixed = || Stream::new().fixed(true).literals(&hello);
    let with = |mut stream: Vec<u8>, more: &[u8]| {
        stream.extend(more);
        stream
    };
    for (name, rules, comment, stream) in [
        (
            "reserved-block-type",
            "D1",
            "BTYPE is 3.",
            Stream::new().bits(1, 1).bits(3, 2).bits(0, 5).done(),
        ),
        (
            "wrong-complement",
            "D1",
            "NLEN is not the complement of LEN.",
            Stream::new()
                .stored_with(true, &hello, !u16::try_from(hello.len()).unwrap() ^ 1)
                .done(),
        ),
        (
            "length-symbol-286",
            "D1",
            "A symbol without a meaning.",
            fixed().symbol(286).distance_code(0).end_block().done(),
        ),
        (
            "length-symbol-287",
            "D1",
            "A symbol without a meaning.",
            fixed().symbol(287).distance_code(0).end_block().done(),
        ),
        (
            "distance-symbol-30",
            "D1",
            "A distance code without a meaning.",
            fixed().symbol(257).distance_code(30).end_block().done(),
        ),
        (
            "distance-symbol-31",
            "D1",
            "A distance code without a meaning.",
            fixed().symbol(257).distance_code(31).end_block().done(),
        ),
        (
            "stored-input-missing",
            "D1 D2",
            "A stored block is longer than what is there.",
            stored(&hello)[..20].to_vec(),
        ),
        (
            "header-missing",
            "D1 D2",
            "A stored block without all of its head.",
            vec![1, 22],
        ),
        (
            "no-end-of-block",
            "D1 D2",
            "All of the content, and no end of the block.",
            fixed().done(),
        ),
        (
            "no-last-block",
            "D2",
            "The last block says that others follow.",
            Stream::new().stored(false, &hello).done(),
        ),
        (
            "one-byte-behind",
            "D2",
            "The stream ends one byte before the content does.",
            with(stored(&hello), &[0]),
        ),
        (
            "another-stream-behind",
            "D2",
            "A second stream follows the first.",
            with(stored(&hello), &stored(b"")),
        ),
        (
            "zlib",
            "D1",
            "A zlib header, with FDICT not set, in front of the stream. (78 begins a stored block
             whose NLEN is wrong.)",
            with(vec![0x78, 0xda], &deflated(&hello)),
        ),
        (
            "gzip",
            "D1",
            "A gzip header in front of the stream. (1f begins a block of the reserved type.)",
            with(vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], &deflated(&hello)),
        ),
        (
            "not-compressed",
            "D1",
            "The CBOR as it is. (a2 begins a block with the fixed codes, which does not end.)",
            hello.clone(),
        ),
    ] {
        all.push(
            new(&format!("stream-{name}"), &format!("E44 {rules}"), comment)
                .stream(stream, None)
                .refused("bad_compression"),
        );
    }
    for (name, length) in [("65537", 65_537), ("a-million", 1_000_000)] {
        all.push(
            new(
                &format!("too-long-{name}"),
                "C11 D4 E44",
                "More than 65,536 bytes come out. All of them are sound CBOR.",
            )
            .stream(deflated(&message_of_length(length)), None)
            .refused("too_long"),
        );
    }
}

fn bad_cbor(all: &mut Vec<Vector>) {
    let hello = cbor::content(&hi());
    // `data` comes before `type`.
    let data = |value: Vec<u8>| message_with("data", value);
    let body =
        |value: &[u8]| message_with("body", [&head(TEXT, value.len() as u64), value].concat());
    let list = |head: &[u8], items: &[u8]| data([head, items].concat());
    let mut refused = |name: &str, rules: &str, comment: &str, bytes: Vec<u8>| {
        all.push(
            new(&format!("cbor-{name}"), &format!("E45 {rules}"), comment)
                .cbor(bytes)
                .refused("bad_cbor"),
        );
    };

    refused("nothing", "C1", "There is no data item.", vec![]);
    refused(
        "byte-behind",
        "C1",
        "A byte follows the map.",
        [hello.as_slice(), &[0]].concat(),
    );
    refused(
        "two-maps",
        "C1",
        "A second map follows the first.",
        [hello.as_slice(), &hello].concat(),
    );
    refused("array", "C1", "The item is an array.", vec![0x81, 0xa0]);
    refused("text", "C1", "The item is text.", text("message"));
    refused("null", "C1", "The item is null.", vec![0xf6]);
    refused(
        "map-cut-short",
        "C13",
        "The map's last value is not there.",
        hello[..hello.len() - 8].to_vec(),
    );

    for (name, comment, value) in [
        ("tag", "A tag: the time 0.", vec![0xc1, 0x00]),
        (
            "big-integer",
            "A tag: a big integer.",
            vec![0xc2, 0x41, 0x01],
        ),
        (
            "self-described",
            "The tag of CBOR that describes itself, in front of a value.",
            vec![0xd9, 0xd9, 0xf7, 0x00],
        ),
        ("undefined", "Undefined.", vec![0xf7]),
        ("float-16", "0.5 in 16 bits.", vec![0xf9, 0x38, 0x00]),
        (
            "float-32",
            "0.5 in 32 bits.",
            vec![0xfa, 0x3f, 0x00, 0x00, 0x00],
        ),
        ("simple-0", "A simple value without a meaning.", vec![0xe0]),
        ("simple-19", "A simple value without a meaning.", vec![0xf3]),
        (
            "simple-32",
            "A simple value of two bytes.",
            vec![0xf8, 0x20],
        ),
        ("simple-false", "False in two bytes.", vec![0xf8, 0x14]),
        ("break", "A break where a value is due.", vec![0xff]),
    ] {
        refused(name, "C2", comment, data(value));
    }
    let tagged = [vec![0xd9, 0xd9, 0xf7], hello.clone()].concat();
    refused("tagged-map", "C1 C2", "A tag in front of the map.", tagged);

    for (name, value) in [
        ("array", vec![0x9f, 0x00, 0xff]),
        ("map", vec![0xbf, 0x61, b'a', 0x00, 0xff]),
        ("bytes", vec![0x5f, 0x41, 0x00, 0xff]),
        ("text", vec![0x7f, 0x61, b'a', 0xff]),
    ] {
        refused(
            &format!("indefinite-{name}"),
            "C3",
            "A length that is not definite.",
            data(value),
        );
    }
    let mut indefinite = hello.clone();
    indefinite[0] = 0xbf;
    indefinite.push(0xff);
    refused(
        "indefinite-content",
        "C3",
        "The content's map has no definite length.",
        indefinite,
    );
    for (major, name) in [
        (UNSIGNED, "unsigned"),
        (NEGATIVE, "negative"),
        (BYTES, "bytes"),
        (TEXT, "text"),
        (ARRAY, "array"),
        (MAP, "map"),
    ] {
        // All three with one major type, and one with each.
        for info in if major == TEXT { 28..31 } else { 30..31 } {
            refused(
                &format!("reserved-{name}-{info}"),
                "C3",
                "Reserved additional information.",
                data(vec![major | info]),
            );
        }
    }
    refused(
        "indefinite-unsigned",
        "C3",
        "Additional information 31 with an integer.",
        data(vec![0x1f]),
    );

    for (name, value) in [
        ("23-in-two-bytes", vec![0x18, 23]),
        ("255-in-three-bytes", vec![0x19, 0, 255]),
        ("65535-in-five-bytes", vec![0x1a, 0, 0, 255, 255]),
        (
            "4294967295-in-nine-bytes",
            vec![0x1b, 0, 0, 0, 0, 255, 255, 255, 255],
        ),
        ("minus-1-in-two-bytes", vec![0x38, 0]),
        ("text-length", vec![0x78, 1, b'a']),
        ("byte-length", vec![0x59, 0, 1, 0]),
        ("array-count", vec![0x98, 1, 0]),
        ("map-count", vec![0xb8, 1, 0x61, b'a', 0]),
    ] {
        refused(
            &format!("longer-form-{name}"),
            "C4",
            "An argument that has a shorter form.",
            data(value),
        );
    }
    let mut long_count = hello.clone();
    long_count.splice(..1, [0xb8, 2]);
    refused(
        "longer-form-content",
        "C4",
        "The count of the content's map has a shorter form.",
        long_count,
    );
    let long_key = [&[0xa1, 0x78, 4], b"type".as_slice(), &text("cover")].concat();
    refused(
        "longer-form-key",
        "C4",
        "The length of a key has a shorter form.",
        long_key,
    );

    for (name, key) in [
        ("integer", vec![0x01]),
        ("bytes", vec![0x41, b'a']),
        ("null", vec![0xf6]),
        ("array", vec![0x80]),
        ("map", vec![0xa0]),
    ] {
        refused(
            &format!("key-{name}"),
            "C5",
            "A key that is no text.",
            data([vec![0xa1], key, vec![0]].concat()),
        );
    }
    refused(
        "key-of-the-content",
        "C5",
        "A key that is no text, in the content's own map.",
        [&[0xa2, 1, 0], text("type").as_slice(), &text("cover")].concat(),
    );

    let entry = |name: &'static str| (name, vec![0_u8]);
    for (name, comment, entries) in [
        ("twice", "A key stands twice.", [entry("a"), entry("a")]),
        (
            "descending",
            "Keys of one length do not ascend.",
            [entry("b"), entry("a")],
        ),
        (
            "alphabetical",
            "In the order of letters. A shorter key comes first.",
            [entry("aa"), entry("b")],
        ),
        (
            "case",
            "In the order of letters. Upper case comes first.",
            [entry("a"), entry("B")],
        ),
    ] {
        refused(&format!("keys-{name}"), "C6", comment, data(map(&entries)));
    }
    refused(
        "keys-of-the-content",
        "C6",
        "The content's own keys do not ascend.",
        map(&[("type", text("message")), ("body", text("Hi"))]),
    );
    refused(
        "type-twice",
        "C6",
        "Two types.",
        map(&[("type", text("cover")), ("type", text("message"))]),
    );

    for (name, comment, value) in [
        ("overlong", "U+002F in two bytes.", &b"\xc0\xaf"[..]),
        ("overlong-3", "U+007F in three bytes.", b"\xe0\x81\xbf"),
        ("overlong-4", "U+FFFF in four bytes.", b"\xf0\x8f\xbf\xbf"),
        ("overlong-nul", "U+0000 in two bytes.", b"\xc0\x80"),
        ("surrogate", "U+D800.", b"\xed\xa0\x80"),
        (
            "surrogate-pair",
            "U+1F389 as two surrogates.",
            b"\xed\xa0\xbc\xed\xbe\x89",
        ),
        ("above", "U+110000.", b"\xf4\x90\x80\x80"),
        (
            "five-bytes",
            "A character of five bytes.",
            b"\xf8\x88\x80\x80\x80",
        ),
        ("continuation", "A continuation byte alone.", b"\x80"),
        ("cut-short", "The first byte of two.", b"a\xc3"),
        ("latin-1", "Latin-1.", b"Gr\xfc\xdfe"),
        ("nul", "U+0000 in a value.", b"a\0b"),
    ] {
        refused(&format!("text-{name}"), "C7", comment, body(value));
        if !matches!(name, "overlong" | "surrogate" | "nul") {
            continue;
        }
        let key = [&head(TEXT, value.len() as u64), value].concat();
        refused(
            &format!("key-text-{name}"),
            "C7",
            &format!("{} In a key.", comment.replace(" in a value.", ".")),
            data([vec![0xa1], key, vec![0]].concat()),
        );
    }

    for (name, comment, value) in [
        ("2-53", "2^53.", head(UNSIGNED, 1 << 53)),
        ("minus-2-53", "−2^53.", head(NEGATIVE, (1 << 53) - 1)),
        ("2-64-minus-1", "2^64 − 1.", head(UNSIGNED, u64::MAX)),
        ("minus-2-64", "−2^64.", head(NEGATIVE, u64::MAX)),
    ] {
        refused(&format!("integer-{name}"), "C8", comment, data(value));
    }
    for (name, comment, value) in [
        ("nan", "Not a number.", f64::NAN),
        ("infinity", "Infinity.", f64::INFINITY),
        ("minus-infinity", "Minus infinity.", f64::NEG_INFINITY),
        ("one", "1.0 is the integer 1.", 1.0),
        ("zero", "0.0 is the integer 0.", 0.0),
        ("minus-zero", "−0.0 is the integer 0.", -0.0),
        (
            "2-60",
            "2^60 is integral, and no integer of C8.",
            1152921504606846976.0,
        ),
        ("1e300", "10^300 is integral.", 1e300),
    ] {
        refused(
            &format!("float-{name}"),
            "C9",
            comment,
            data(cbor::float(value)),
        );
    }

    for (name, comment, value) in [
        ("text", "A text of 100 bytes.", vec![0x78, 100, b'a']),
        (
            "bytes-2-63",
            "A byte string of 2^63 bytes.",
            head(BYTES, 1 << 63),
        ),
        (
            "array-2-32",
            "An array of 2^32 items.",
            head(ARRAY, 1 << 32),
        ),
        (
            "map-2-64-minus-1",
            "A map of 2^64 − 1 entries.",
            head(MAP, u64::MAX),
        ),
        (
            "text-2-64-minus-1",
            "A text of 2^64 − 1 bytes.",
            head(TEXT, u64::MAX),
        ),
    ] {
        refused(
            &format!("declared-{name}"),
            "C13",
            &format!("{comment} So many are not there."),
            data(value),
        );
    }
    // What is behind `data` has 13 bytes.
    refused(
        "declared-array-15",
        "C13",
        "An array of 15 items, and 13 bytes are left.",
        list(&[0x8f], &[]),
    );
    refused(
        "declared-map-7",
        "C13",
        "A map of 7 entries, and 13 bytes are left.",
        list(&[0xa7], &[]),
    );
    refused(
        "declared-4097-that-are-not-there",
        "C13 C14",
        "An array of 4,097 items, which are not there: a count is held against the bytes first.",
        list(&head(ARRAY, 4097), &[]),
    );
    refused(
        "array-of-4097",
        "C1 C14",
        "An array, which is no content, of 4,097 items, which are there twice over: what it is comes before
         how many they are.",
        [head(ARRAY, 4097), vec![0; 2 * 4097]].concat(),
    );
    refused(
        "key-that-is-too-deep",
        "C5 C10",
        "The seventeenth container is a key: a key that is no text is bad_cbor, even where it is a
         container.",
        data([vec![0x81; 14], vec![0xa1, 0x80, 0x00]].concat()),
    );

    let mut deep = |name: &str, comment: &str, value: Vec<u8>| {
        all.push(
            new(&format!("too-deep-{name}"), "C10 E45", comment)
                .cbor(data(value))
                .refused("too_deep"),
        );
    };
    deep(
        "array",
        "17 containers: the last is an empty array.",
        [vec![0x81; 15], vec![0x80]].concat(),
    );
    deep(
        "map",
        "17 containers: the last is an empty map.",
        [vec![0x81; 15], vec![0xa0]].concat(),
    );
    deep(
        "of-maps",
        "17 containers, all of them maps.",
        [[0xa1, 0x61, b'a'].repeat(15), vec![0xa0]].concat(),
    );
    deep(
        "indefinite",
        "The seventeenth container has no definite length. It is too deep at its initial byte, before
         that counts.",
        [vec![0x81; 15], vec![0x9f, 0xff]].concat(),
    );
    deep("a-thousand", "A thousand arrays.", vec![0x81; 1000]);

    let mut many = |name: &str, comment: &str, bytes: Vec<u8>| {
        all.push(
            new(&format!("too-many-{name}"), "C14 E45", comment)
                .cbor(bytes)
                .refused("too_many"),
        );
    };
    many(
        "items",
        "Two members and 4,095 items.",
        data([head(ARRAY, 4095), vec![0; 4095]].concat()),
    );
    let half = [head(ARRAY, 2047), vec![0; 2047]].concat();
    many(
        "together",
        "Two members, two arrays, and 4,094 items in them. None has too many of its own.",
        data([vec![0x82], half.clone(), half].concat()),
    );
    let names: Vec<String> = (10..74).map(|number| number.to_string()).collect();
    let entries: Vec<_> = names.iter().map(|name| (name.as_str(), vec![0])).collect();
    many(
        "members",
        "Two members, 64 maps, and 64 members in each. Key and value count as one.",
        data([vec![0x98, 64], map(&entries).repeat(64)].concat()),
    );
}

fn bad_members(all: &mut Vec<Vector>) {
    let mut refused = |name: &str, rules: &str, comment: &str, member: &str, content: Json| {
        all.push(
            new(&format!("member-{name}"), &format!("E46 {rules}"), comment)
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
    let answer = json!({ "type": "call.answer", "callId": CALL, "answer": "a", "data": 1 });
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
        "caller": { "bytes": "01".repeat(32) },
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
            let rules = if path.contains("lifetime") || path.contains("Index") {
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
            "handle-129",
            "M8",
            "129 bytes.",
            &invite,
            "/handle/value",
            "handle.value",
            json!("x".repeat(129)),
        ),
        (
            "caller-name-129",
            "M8",
            "129 bytes.",
            &invite,
            "/callerName",
            "callerName",
            json!("x".repeat(129)),
        ),
        (
            "caller-name-65-characters",
            "M8",
            "65 characters of two bytes each: bytes are counted.",
            &invite,
            "/callerName",
            "callerName",
            json!("é".repeat(65)),
        ),
        (
            "group-id-65",
            "M8",
            "65 bytes.",
            &invite,
            "/groupId",
            "groupId",
            json!("x".repeat(65)),
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
    ] {
        let mut changed = content.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        refused(name, rules, comment, path, changed);
    }
    for reason in ["answeredElsewhere", "declinedElsewhere"] {
        refused(
            &format!("no-caller-{reason}"),
            "M5",
            "The reason needs the caller.",
            "caller",
            json!({ "type": "call.end", "callId": CALL, "reason": reason }),
        );
    }
    refused(
        "caller-16-with-cancelled",
        "M5",
        "Where the caller is optional, it has 32 bytes too.",
        "caller",
        json!({
            "type": "call.end", "callId": CALL, "reason": "cancelled",
            "caller": bytes(16),
        }),
    );
    for (name, value) in [
        ("text", text("3f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b33")),
        ("15", cbor::bytes(&[1; 15])),
        ("null", vec![0xf6]),
    ] {
        all.push(
            new(
                &format!("member-unknown-call-type-call-id-{name}"),
                "E46 M6",
                "A type that begins with call. and is not known: its callId is 16 bytes, if there is
                 one.",
            )
            .cbor(map(&[("type", text("call.hold")), ("callId", value)]))
            .refused_member("callId"),
        );
    }
}
