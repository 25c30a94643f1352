//! Every code of reading what an envelope says.

use hushring::{Content, Suite};
use hushring_test_support::cbor;
use hushring_test_support::flate::{self, Stream};

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        bad_compression(),
        too_long(),
        bad_cbor(),
        too_deep(),
        too_many(),
        bad_content(),
        full_frame(),
    ]
}

fn refused_streams(s: &mut Scene, code: &'static str, cases: Vec<(&str, Vec<u8>)>) {
    for (name, stream) in cases {
        let letter = s.forge(name, by("alice"), nothing(), stream, |_| ());
        s.receive(&letter, at(1), Refused(code));
    }
}

fn bad_compression() -> Scene {
    let mut s = Scene::new(
        "bad-compression",
        "D1 D2 D3 E31 N9",
        "The content is one DEFLATE stream that ends with the content: not a reserved block type, a
         wrong complement, an end too early or too late, or a distance that reaches before the
         dictionary.",
    );
    s.trust("alice");
    let mut complement = short();
    complement[3] ^= 1;
    let trailing = [short(), vec![0]].concat();
    let unfinished = short()[..25].to_vec();
    let mut not_final = short();
    not_final[0] = 0;
    // A block of fixed codes: length 3, distance 8,193 and more, which is beyond 8,128 bytes.
    let too_far = bits(&[
        (1, 1),
        (1, 2),
        (0b100_0000, 7),
        (0b01011, 5),
        (0xfff, 12),
        (0, 7),
    ]);
    refused_streams(
        &mut s,
        "bad_compression",
        vec![
            ("reserved type", vec![0x07, 0, 0]),
            ("complement", complement),
            ("trailing byte", trailing),
            ("unfinished", unfinished),
            ("no final block", not_final),
            ("too far", too_far),
        ],
    );
    s
}

/// Values of so many bits, the lowest first.
fn bits(parts: &[(u32, u32)]) -> Vec<u8> {
    let stream = parts.iter();
    stream
        .fold(Stream::new(), |stream, (value, len)| {
            stream.bits(*value, *len)
        })
        .done()
}

fn too_long() -> Scene {
    let mut s = Scene::new(
        "too-long",
        "D4 E31",
        "At most 65,536 bytes come out of a stream. Exactly as many are accepted, one more is not,
         and a stream that would give sixteen million stops there.",
    );
    s.trust("alice");
    refused_streams(
        &mut s,
        "too_long",
        vec![(
            "one more",
            flate::deflated(&cbor::message_of_length(65_537)),
        )],
    );
    let most = cbor::message_of_length(65_536);
    let body = "a".repeat(65_536 - 22);
    let limit = s.forge(
        "limit",
        by("alice"),
        message(&body),
        flate::deflated(&most),
        |_| (),
    );
    s.receive(&limit, at(1), Notify);
    s
}

fn bad_cbor() -> Scene {
    let mut s = Scene::new(
        "bad-cbor",
        "C1 C2 C3 C4 C5 C6 C7 C9 E32",
        "One meaning has one encoding. Keys out of order or twice, a length that is not in its
         shortest form or indefinite, a tag, a float that is an integer, bytes behind the map, text
         that is no UTF-8, a key that is no text: all refused.",
    );
    s.trust("alice");
    let cases: [(&str, &[u8]); 10] = [
        ("order", b"\xa2\x64type\x67message\x64body\x61a"),
        ("twice", b"\xa2\x64type\x65cover\x64type\x65cover"),
        ("shortest form", b"\xa2\x64body\x78\x01a\x64type\x67message"),
        ("indefinite", b"\xbf\x64type\x65cover\xff"),
        ("tag", b"\xc0\xa1\x64type\x65cover"),
        (
            "float",
            b"\xa2\x64data\xfb\x3f\xf0\0\0\0\0\0\0\x64type\x67message",
        ),
        ("behind", b"\xa1\x64type\x65cover\x00"),
        ("utf-8", b"\xa2\x64body\x61\xff\x64type\x67message"),
        ("key", b"\xa1\x01\x65cover"),
        ("no map", b"\x65cover"),
    ];
    let cases = cases.map(|(name, cbor)| (name, flate::stored(cbor)));
    refused_streams(&mut s, "bad_cbor", cases.to_vec());
    s
}

fn too_deep() -> Scene {
    let mut s = Scene::new(
        "too-deep",
        "C10 E32",
        "Sixteen containers may stand in one another, the content's own map among them. The
         seventeenth is refused where it opens.",
    );
    s.trust("alice");
    let nested = |arrays: usize| {
        let mut cbor = b"\xa2\x64data".to_vec();
        cbor.extend(vec![0x81; arrays - 1]);
        cbor.extend(b"\x80\x64type\x67message");
        flate::stored(&cbor)
    };
    refused_streams(&mut s, "too_deep", vec![("seventeen", nested(16))]);
    let mut data = hushring::content::Value::Array(Vec::new());
    for _ in 1..15 {
        data = hushring::content::Value::Array(vec![data]);
    }
    let content = Content::Message(hushring::content::Message {
        data: Some(data),
        ..hushring::content::Message::default()
    });
    let sixteen = s.forge("sixteen", by("alice"), content, nested(15), |_| ());
    s.receive(&sixteen, at(1), Notify);
    s
}

fn too_many() -> Scene {
    let mut s = Scene::new(
        "too-many",
        "C12 E32",
        "The items of all arrays and the members of all maps, together, are at most 4,096: a few
         kilobytes do not become a hundred times as much in memory. The two members of the message
         count, and what stands deeper.",
    );
    s.trust("alice");
    let flat = |items: u16| {
        let mut cbor = b"\xa2\x64data\x99".to_vec();
        cbor.extend(items.to_be_bytes());
        cbor.extend(vec![0x00; items.into()]);
        cbor.extend(b"\x64type\x67message");
        flate::deflated(&cbor)
    };
    // Pairs of an empty array and an empty map, in arrays of two: three items for each.
    let deep = |pairs: u16| {
        let mut cbor = b"\xa2\x64data\x99".to_vec();
        cbor.extend(pairs.to_be_bytes());
        for _ in 0..pairs {
            cbor.extend([0x82, 0x80, 0xa0]);
        }
        cbor.extend(b"\x64type\x67message");
        flate::deflated(&cbor)
    };
    refused_streams(
        &mut s,
        "too_many",
        vec![("flat", flat(4_095)), ("deep", deep(1_365))],
    );
    let data = vec![hushring::content::Value::Integer(0); 4_094];
    let content = Content::Message(hushring::content::Message {
        data: Some(data.into()),
        ..hushring::content::Message::default()
    });
    let most = s.forge("most", by("alice"), content, flat(4_094), |_| ());
    s.receive(&most, at(1), Notify);
    s
}

fn bad_content() -> Scene {
    let mut s = Scene::new(
        "bad-content",
        "E33 M1 M2 M3 M5 M6 N9",
        "The members of known types are checked: one that is missing, one of another type, a value
         out of its range, a caller or a ring that has to be there. Nothing of such an invitation
         rings or is remembered.",
    );
    s.trust("alice");
    let id = b"\x66callId\x50\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01";
    let invite = b"\x64type\x6bcall.invite";
    let end = b"\x64type\x68call.end";
    let cases: [(&str, Vec<u8>); 11] = [
        ("no type", b"\xa1\x64body\x61a".to_vec()),
        ("type", b"\xa1\x64type\x01".to_vec()),
        ("no video", [b"\xa2", invite.as_slice(), id].concat()),
        (
            "video",
            [b"\xa3", invite.as_slice(), id, b"\x68hasVideo\x01"].concat(),
        ),
        (
            "lifetime",
            [
                b"\xa4",
                invite.as_slice(),
                id,
                b"\x68hasVideo\xf4\x68lifetime\x18\x5b",
            ]
            .concat(),
        ),
        (
            "call id",
            b"\xa2\x64type\x69call.hold\x66callId\x41\x01".to_vec(),
        ),
        ("null", b"\xa2\x64body\xf6\x64type\x67message".to_vec()),
        (
            "reason",
            [b"\xa3", end.as_slice(), id, b"\x66reason\x65other"].concat(),
        ),
        (
            "caller",
            [
                b"\xa3",
                end.as_slice(),
                id,
                b"\x66reason\x71answeredElsewhere",
            ]
            .concat(),
        ),
        (
            "ring of an answer",
            [b"\xa2", b"\x64type\x6bcall.answer".as_slice(), id].concat(),
        ),
        (
            "ring alone",
            [
                b"\xa4\x64ring\x01".as_slice(),
                end,
                id,
                b"\x66reason\x69cancelled",
            ]
            .concat(),
        ),
    ];
    let cases = cases.map(|(name, cbor)| (name, flate::stored(&cbor)));
    refused_streams(&mut s, "bad_content", cases.to_vec());
    let rings = s.seal("rings", by("alice"), crate::said::invite(1));
    s.receive(&rings, at(1), Ring);
    s
}

fn full_frame() -> Scene {
    let mut s = Scene::new(
        "content-that-fills-the-frame",
        "E22 E23 F1",
        "Content may take all of the room; then there is no padding. In both suites.",
    );
    s.trust("alice");
    for (suite, room) in [(Suite::X25519, 2588), (Suite::XWing, 1500)] {
        let cbor = cbor::message_of_length(room - 5);
        let body = "a".repeat(room - 5 - 22);
        let writer = by("alice").suite(suite);
        let full = s.forge(
            suite.as_str(),
            writer,
            message(&body),
            flate::stored(&cbor),
            |_| (),
        );
        s.receive(&full, at(1), Notify);
    }
    s
}
