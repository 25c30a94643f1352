//! DEFLATE streams (spec/envelope.md, "Compression").

use hushring_test_support::cbor::{self, message_of_length};
use hushring_test_support::flate::{Stream, deflated, stored, with_dictionary};
use serde_json::json;

use super::new;
use crate::author::*;

pub fn sound(all: &mut Vec<Vector>) {
    let (hello, halves) = (cbor::content(&hi()), cbor::content(&hi()));
    let (front, back) = halves.split_at(10);
    let unused = Stream::new().fixed(true).literals(&hello).end_block();
    let free = unused.unused();
    assert!(free > 0);
    for (name, comment, stream) in [
        (
            "stored",
            "One stored block: the worked example of section 22.",
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
            "D3 E31",
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
            "D3 E31",
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

pub fn refused(all: &mut Vec<Vector>) {
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
            new(&format!("stream-{name}"), &format!("E31 {rules}"), comment)
                .stream(stream, None)
                .refused("bad_compression"),
        );
    }
    for (name, length) in [("65537", 65_537), ("a-million", 1_000_000)] {
        all.push(
            new(
                &format!("too-long-{name}"),
                "C13 D4 E31",
                "More than 65,536 bytes come out. All of them are sound CBOR.",
            )
            .stream(deflated(&message_of_length(length)), None)
            .refused("too_long"),
        );
    }
}
