//! CBOR that nobody accepts (spec/envelope.md, "Content encoding").

use hushring_test_support::cbor::{
    self, ARRAY, BYTES, MAP, NEGATIVE, TEXT, UNSIGNED, head, map, message_with, text,
};

use super::new;
use crate::author::*;

pub fn refused(all: &mut Vec<Vector>) {
    let hello = cbor::content(&hi());
    // `data` comes before `type`.
    let data = |value: Vec<u8>| message_with("data", value);
    let body =
        |value: &[u8]| message_with("body", [&head(TEXT, value.len() as u64), value].concat());
    let list = |head: &[u8], items: &[u8]| data([head, items].concat());
    let mut refused = |name: &str, rules: &str, comment: &str, bytes: Vec<u8>| {
        all.push(
            new(&format!("cbor-{name}"), &format!("E32 {rules}"), comment)
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
        "C11",
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
            "C11",
            &format!("{comment} So many are not there."),
            data(value),
        );
    }
    // What is behind `data` has 13 bytes.
    refused(
        "declared-array-15",
        "C11",
        "An array of 15 items, and 13 bytes are left.",
        list(&[0x8f], &[]),
    );
    refused(
        "declared-map-7",
        "C11",
        "A map of 7 entries, and 13 bytes are left.",
        list(&[0xa7], &[]),
    );
    refused(
        "declared-4097-that-are-not-there",
        "C11 C12",
        "An array of 4,097 items, which are not there: a count is held against the bytes first.",
        list(&head(ARRAY, 4097), &[]),
    );
    refused(
        "array-of-4097",
        "C1 C12",
        "An array, which is no content, of 4,097 items, which are there twice over: what it is
         comes before how many they are.",
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
            new(&format!("too-deep-{name}"), "C10 E32", comment)
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
        "The seventeenth container has no definite length. It is too deep at its initial byte,
         before that counts.",
        [vec![0x81; 15], vec![0x9f, 0xff]].concat(),
    );
    deep("a-thousand", "A thousand arrays.", vec![0x81; 1000]);

    let mut many = |name: &str, comment: &str, bytes: Vec<u8>| {
        all.push(
            new(&format!("too-many-{name}"), "C12 E32", comment)
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
