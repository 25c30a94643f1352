//! Every code of opening an envelope, in the order of the checks.

use hushring::Suite;
use hushring_test_support::clock::{day, second};
use hushring_test_support::people::{account, bundle, device, prekey};
use hushring_test_support::{forge, text};

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
        first_failure(),
    ]
}

fn bad_length() -> Scene {
    let mut s = Scene::new(
        "bad-length",
        "E17 N9",
        "An envelope has 2,880 bytes and nothing else has. What is shorter or longer is not looked
         at.",
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
        "E18 V2",
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
        "E19 V2",
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
        "E20",
        "The prekey is found by suite and id together. A prekey that is not there, and the id of
         one with the other suite, are unknown.",
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
        "E21 H2 N9",
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
        "E21 H6 K7",
        "An encapsulated key of low order, or one that is not below p, is refused before anything
         is computed with it. The code is the same as for every envelope that does not open.",
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

fn bad_content_length() -> Scene {
    let mut s = Scene::new(
        "bad-content-length",
        "E22 F1",
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
        "E23 F2",
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
        "E24 F3 T1 T2 T3 T4",
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
        "E25 F4 S4",
        "The device of the certificate signs the frame for this recipient. Another device's
         signature, a wrong bit, a changed content, and a signature whose S is not below L are
         refused; Mallory cannot speak with Alice's certificate.",
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

fn first_failure() -> Scene {
    let mut s = Scene::new(
        "the-first-check-that-fails-names-the-code",
        "E17 E23 E24 E25 E26 E27 E28 E31",
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
