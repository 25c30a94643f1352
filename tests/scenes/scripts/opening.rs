//! Every code of opening, in the order of the checks.

use hushring::{Content, Suite};
use hushring_test_support::clock::{day, second};
use hushring_test_support::people::{account, bundle, device, prekey};
use hushring_test_support::{cbor, flate, forge, text};

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        bad_length(),
        unsupported_version(),
        unsupported_suite(),
        unknown_prekey(),
        decryption_failed(),
        weak_encapsulated_key(),
        bad_content_length(),
        bad_padding(),
        bad_certificate(),
        bad_signature(),
        bad_compression(),
        too_long(),
        bad_cbor(),
        too_deep(),
        too_many(),
        bad_content(),
        full_frame(),
        first_failure(),
    ]
}

fn bad_length() -> Scene {
    let mut s = Scene::new(
        "bad-length",
        "E31 N6",
        "An envelope has 2,880 bytes and nothing else has. What is shorter or longer is not looked at.",
    );
    s.trust("alice");
    let sound = s.seal("sound", by("alice"), message("hi"));
    let empty = s.spoil("empty", &sound, Vec::clear);
    let short = s.spoil("short", &sound, |bytes| bytes.truncate(2879));
    let long = s.spoil("long", &sound, |bytes| bytes.push(0));
    for letter in [&empty, &short, &long] {
        s.receive(letter, at(1), Refused("bad_length"));
    }
    s.receive(&sound, at(1), Notify);
    s
}

fn unsupported_version() -> Scene {
    let mut s = Scene::new(
        "unsupported-version",
        "E32 V2",
        "Byte 0 is the version. Another one is named as such, whatever follows.",
    );
    s.trust("alice");
    let sound = s.seal("sound", by("alice"), message("hi"));
    let two = s.spoil("two", &sound, |bytes| bytes[0] = 2);
    let zero = s.spoil("zero", &sound, |bytes| bytes[..2].fill(0));
    s.receive(&two, at(1), Refused("unsupported_version"));
    s.receive(&zero, at(1), Refused("unsupported_version"));
    s
}

fn unsupported_suite() -> Scene {
    let mut s = Scene::new(
        "unsupported-suite",
        "E33 V2",
        "Byte 1 is the suite: 1 or 2.",
    );
    s.trust("alice");
    let sound = s.seal("sound", by("alice"), message("hi"));
    let zero = s.spoil("zero", &sound, |bytes| bytes[1] = 0);
    let three = s.spoil("three", &sound, |bytes| bytes[1] = 3);
    s.receive(&zero, at(1), Refused("unsupported_suite"));
    s.receive(&three, at(1), Refused("unsupported_suite"));
    s
}

fn unknown_prekey() -> Scene {
    let mut s = Scene::new(
        "unknown-prekey",
        "E34",
        "The prekey is found by suite and id together. A prekey that is not there, and the id of one
         with the other suite, are unknown.",
    );
    s.trust("alice");
    let old = prekey(Suite::X25519, "last year's", day(60));
    let to_old = bundle(&device(OWN, "phone"), &old);
    let letter = s.seal_to("to an old one", &to_old, message("hi"));
    let sound = s.seal("sound", by("alice"), message("hi"));
    let other_suite = s.spoil("other suite", &sound, |bytes| bytes[1] = 2);
    s.receive(&letter, at(1), Refused("unknown_prekey"));
    s.receive(&other_suite, at(1), Refused("unknown_prekey"));
    s.add_prekey(&old);
    s.receive(&letter, at(1), Notify);
    s
}

fn decryption_failed() -> Scene {
    let mut s = Scene::new(
        "decryption-failed",
        "E35 H2 N6",
        "One wrong bit in the encapsulated key, the ciphertext or the tag, in either suite. Also an
         envelope that was sealed to another device which published the same prekey: it is bound to
         that device.",
    );
    s.trust("alice");
    for suite in Suite::ALL {
        let name = |what: &str| format!("{what}, {suite}");
        let sound = s.seal(&name("sound"), by("alice").suite(suite), message("hi"));
        for (what, place) in [("key", 20), ("ciphertext", 2000), ("tag", 2879)] {
            let spoiled = s.spoil(&name(what), &sound, |bytes| bytes[place] ^= 0x10);
            s.receive(&spoiled, at(1), Refused("decryption_failed"));
        }
    }
    let shared = prekey(Suite::X25519, "weekly", day(60));
    let mallory = bundle(&device("mallory", "phone"), &shared);
    let passed_on = s.seal_to("passed on", &mallory, message("to Mallory"));
    let tablet = bundle(&device(OWN, "tablet"), &shared);
    let to_tablet = s.seal_to("to the tablet", &tablet, message("to the tablet"));
    s.receive(&passed_on, at(1), Refused("decryption_failed"));
    s.receive(&to_tablet, at(1), Refused("decryption_failed"));
    s
}

fn weak_encapsulated_key() -> Scene {
    let mut s = Scene::new(
        "weak-encapsulated-key",
        "E35 H6 K7",
        "An encapsulated key of low order, or one that is not below p, is refused before anything is
         computed with it. The code is the same as for every envelope that does not open.",
    );
    s.trust("alice");
    let sound = s.seal("sound", by("alice"), message("hi"));
    let zero = s.spoil("zero", &sound, |bytes| bytes[10..42].fill(0));
    let top_bit = s.spoil("top bit", &sound, |bytes| bytes[41] |= 0x80);
    let xwing = s.seal(
        "sound, xwing",
        by("alice").suite(Suite::XWing),
        message("hi"),
    );
    let xwing_zero = s.spoil("zero, xwing", &xwing, |bytes| bytes[1098..1130].fill(0));
    for letter in [&zero, &top_bit, &xwing_zero] {
        s.receive(letter, at(1), Refused("decryption_failed"));
    }
    s
}

/// One short message as a DEFLATE stream: `message("a")`.
fn short() -> Vec<u8> {
    flate::stored(&cbor::message_of_length(21))
}

/// What has to be refused is not read.
fn nothing() -> Content {
    cover()
}

fn bad_content_length() -> Scene {
    let mut s = Scene::new(
        "bad-content-length",
        "E36 F1",
        "A frame's content has at least one byte, and leaves room for the signature.",
    );
    s.trust("alice");
    let none = s.forge("none", by("alice"), nothing(), Vec::new(), |_| ());
    let beyond = s.forge("beyond", by("alice"), nothing(), short(), |frame| {
        frame.spoil = |bytes| bytes[168..170].copy_from_slice(&2589_u16.to_be_bytes());
    });
    let most = s.forge("most", by("alice"), nothing(), short(), |frame| {
        frame.spoil = |bytes| bytes[168..170].fill(0xff);
    });
    let xwing = by("alice").suite(Suite::XWing);
    let beyond_xwing = s.forge("beyond, xwing", xwing, nothing(), short(), |frame| {
        frame.spoil = |bytes| bytes[168..170].copy_from_slice(&1501_u16.to_be_bytes());
    });
    for letter in [&none, &beyond, &most, &beyond_xwing] {
        s.receive(letter, at(1), Refused("bad_content_length"));
    }
    s
}

fn bad_padding() -> Scene {
    let mut s = Scene::new(
        "bad-padding",
        "E37 F2",
        "Every byte behind the signature is zero: the first, the last, and those between.",
    );
    s.trust("alice");
    let first = s.forge("first", by("alice"), nothing(), short(), |frame| {
        frame.spoil = |bytes| bytes[234 + 26] = 1;
    });
    let last = s.forge("last", by("alice"), nothing(), short(), |frame| {
        frame.spoil = |bytes| *bytes.last_mut().unwrap() = 0x80;
    });
    assert_eq!(short().len(), 26);
    s.receive(&first, at(1), Refused("bad_padding"));
    s.receive(&last, at(1), Refused("bad_padding"));
    s
}

fn bad_certificate() -> Scene {
    let mut s = Scene::new(
        "bad-certificate",
        "E38 F3 T1 T2 T3 T4",
        "The certificate inside is checked before anything that it certifies: its signature, its
         lifetime of at most 366 days, keys that are sound and not the same.",
    );
    s.trust("alice");
    let seed_of = |name: &str| -> [u8; 32] { *account(name).export() };
    let key = *device("alice", "phone").public_key().as_bytes();
    let (from, year) = (second(0).0, 366 * 24 * 3600);
    let sound = |from, until| forge::certificate(&seed_of("alice"), &key, from, until);
    let mut cases: Vec<(&str, Vec<u8>)> = vec![
        ("too long", sound(from, from + year + 1)),
        ("no life", sound(from, from)),
        ("ends first", sound(from, from - 1)),
    ];
    let mut signature = sound(from, from + year);
    signature[100] ^= 1;
    cases.push(("signature", signature));
    // Signed by Mallory in Alice's name.
    let mut stolen_name = forge::certificate(&seed_of("mallory"), &key, from, from + year);
    stolen_name[..32].copy_from_slice(account("alice").public_key().as_bytes());
    cases.push(("name", stolen_name));
    // The neutral point, which verifies anything.
    let mut one = [0; 32];
    one[0] = 1;
    let weak = forge::certificate(&seed_of("alice"), &one, from, from + year);
    cases.push(("weak key", weak));
    let same = *account("alice").public_key().as_bytes();
    let same = forge::certificate(&seed_of("alice"), &same, from, from + year);
    cases.push(("same key", same));
    for (name, certificate) in cases {
        let letter = s.forge(name, by("alice"), nothing(), short(), |frame| {
            frame.certificate = certificate;
        });
        s.receive(&letter, at(1), Refused("bad_certificate"));
    }
    let letter = s.forge("sound", by("alice"), message("a"), short(), |frame| {
        frame.certificate = sound(from, from + year);
    });
    s.receive(&letter, at(1), Notify);
    s
}

fn bad_signature() -> Scene {
    let mut s = Scene::new(
        "bad-signature",
        "E39 F4 S2",
        "The device of the certificate signs the frame for this recipient. Another device's signature,
         a wrong bit, a changed content, and a signature whose S is not below L are refused; Mallory
         cannot speak with Alice's certificate.",
    );
    s.trust("alice");
    let bit = s.forge("bit", by("alice"), nothing(), short(), |frame| {
        frame.spoil = |bytes| bytes[170 + 26 + 3] ^= 1;
    });
    let content = s.forge("content", by("alice"), nothing(), short(), |frame| {
        frame.spoil = |bytes| bytes[170 + 10] ^= 1;
    });
    let id = s.forge("message id", by("alice"), nothing(), short(), |frame| {
        frame.spoil = |bytes| bytes[144] ^= 1;
    });
    let borrowed = s.forge("borrowed", by("mallory"), nothing(), short(), |frame| {
        frame.certificate = device("alice", "phone").certificate().to_bytes().to_vec();
    });
    let not_reduced = s.forge("not reduced", by("alice"), nothing(), short(), |frame| {
        frame.spoil = |bytes| {
            // S + L, little-endian, is the same number modulo L.
            let order = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
            let (start, mut carry) = (170 + 26 + 32, 0);
            for (place, byte) in text::unhex(order).into_iter().enumerate() {
                let sum = u16::from(bytes[start + place]) + u16::from(byte) + carry;
                bytes[start + place] = sum.to_le_bytes()[0];
                carry = sum >> 8;
            }
        };
    });
    for letter in [&bit, &content, &id, &borrowed, &not_reduced] {
        s.receive(letter, at(1), Refused("bad_signature"));
    }
    s
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
        "D1 D2 D3 E44 N6",
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
    let mut bytes = Vec::new();
    let mut count = 0;
    for (value, len) in parts {
        for bit in 0..*len {
            if count % 8 == 0 {
                bytes.push(0);
            }
            let bit = u8::try_from(value >> bit & 1).unwrap();
            *bytes.last_mut().unwrap() |= bit << (count % 8);
            count += 1;
        }
    }
    bytes
}

fn too_long() -> Scene {
    let mut s = Scene::new(
        "too-long",
        "D4 E44",
        "At most 65,536 bytes come out of a stream. Exactly as many are accepted, one more is not, and
         a stream that would give sixteen million stops there.",
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
        "C1 C2 C3 C4 C5 C6 C7 C9 E45",
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
        "C10 E45",
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
    let mut data = hushring::Value::Array(Vec::new());
    for _ in 1..15 {
        data = hushring::Value::Array(vec![data]);
    }
    let content = Content::Message(hushring::Message {
        data: Some(data),
        ..hushring::Message::default()
    });
    let sixteen = s.forge("sixteen", by("alice"), content, nested(15), |_| ());
    s.receive(&sixteen, at(1), Notify);
    s
}

fn too_many() -> Scene {
    let mut s = Scene::new(
        "too-many",
        "C14 E45",
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
    let data = vec![hushring::Value::Integer(0); 4_094];
    let content = Content::Message(hushring::Message {
        data: Some(data.into()),
        ..hushring::Message::default()
    });
    let most = s.forge("most", by("alice"), content, flat(4_094), |_| ());
    s.receive(&most, at(1), Notify);
    s
}

fn bad_content() -> Scene {
    let mut s = Scene::new(
        "bad-content",
        "E46 M1 M2 M3 M5 M6 N6",
        "The members of known types are checked: one that is missing, one of another type, a value out
         of its range, a caller that has to be there. Nothing of such an invitation rings or is
         remembered.",
    );
    s.trust("alice");
    let id = b"\x66callId\x50\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01";
    let invite = b"\x64type\x6bcall.invite";
    let end = b"\x64type\x68call.end";
    let cases: [(&str, Vec<u8>); 9] = [
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
        "E36 E37 F1",
        "Content may take all of the room; then there is no padding. In both suites.",
    );
    s.trust("alice");
    for (suite, room) in [(Suite::X25519, 2588), (Suite::XWing, 1500)] {
        let cbor = cbor::message_of_length(room - 5);
        let body = "a".repeat(room - 5 - 22);
        let writer = by("alice").suite(suite);
        let full = s.forge(
            suite.name(),
            writer,
            message(&body),
            flate::stored(&cbor),
            |_| (),
        );
        s.receive(&full, at(1), Notify);
    }
    s
}

fn first_failure() -> Scene {
    let mut s = Scene::new(
        "the-first-check-that-fails-names-the-code",
        "E31 E37 E38 E39 E40 E41 E42 E44",
        "Envelopes that break several rules at once. The order of the checks is fixed, so that all
         readers give the same code.",
    );
    s.trust("alice");
    let padding = s.forge("padding", by("carol"), nothing(), vec![0xff; 26], |frame| {
        frame.certificate[100] ^= 1;
        frame.spoil = |bytes| bytes[300] = 1;
    });
    let certificate = s.forge(
        "certificate",
        by("carol"),
        nothing(),
        vec![0xff; 26],
        |frame| {
            frame.certificate[100] ^= 1;
            frame.spoil = |bytes| bytes[200] ^= 1;
        },
    );
    let signature = s.forge(
        "signature",
        by("carol"),
        nothing(),
        vec![0xff; 26],
        |frame| {
            frame.spoil = |bytes| bytes[200] ^= 1;
        },
    );
    let ahead = s.forge(
        "ahead",
        by("alice").at(at(3600)),
        nothing(),
        vec![0xff; 26],
        |_| (),
    );
    s.receive(&padding, at(1), Refused("bad_padding"));
    s.receive(&certificate, at(1), Refused("bad_certificate"));
    s.receive(&signature, at(1), Refused("bad_signature"));
    s.receive(&ahead, at(1), Refused("clock"));
    s
}
