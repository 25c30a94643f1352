//! What holds in each suite: E17 to E23, without the frame's signatures.

use hushring::Suite;
use hushring_test_support::cbor;
use hushring_test_support::clock::day;
use hushring_test_support::flate::stored;
use hushring_test_support::people::{bundle, device, prekey};
use sha2::{Digest, Sha256};

use super::{Change, in_suite};
use crate::author::*;

const fn room(suite: Suite) -> usize {
    match suite {
        Suite::X25519 => 2588,
        Suite::XWing => 1500,
    }
}

pub fn sound(all: &mut Vec<Vector>, suite: Suite) {
    all.push(
        in_suite(
            suite,
            "sound",
            "E1 E2 E3 E4 H1 H2 H3 I2 I3 S1",
            "A message from Alice's phone to Bob's, in one stored block: nothing of it depends on a
             compressor.",
        )
        .gives(&hi()),
    );
    let content = serde_json::json!({ "type": "message", "body": "x".repeat(room(suite) - 27) });
    let cbor = cbor::content(&content);
    all.push(
        in_suite(
            suite,
            "no-padding",
            "F1 F2",
            "The content fills its room to the last byte: there is no padding.",
        )
        .stream(stored(&cbor), None)
        .gives(&content),
    );
    all.push(
        in_suite(
            suite,
            "second-prekey",
            "E20 E34",
            "Of several prekeys of one suite the one with the id is used, also long after its
             expires_at.",
        )
        .change(|open| {
            let old = prekey(open.suite, "old", day(-20));
            let mut published = prekey(open.suite, "old", day(60));
            std::mem::swap(&mut published, &mut open.prekeys[0]);
            open.bundle = Some(bundle(&open.receiver, &open.prekeys[0]));
            open.prekeys[0] = published;
            open.prekeys.push(old);
        })
        .gives(&hi()),
    );
}

pub fn cleartext(all: &mut Vec<Vector>, suite: Suite) {
    let lengths: [(&str, Change); 3] = [
        ("empty", Vec::clear),
        ("short", |bytes| bytes.truncate(2879)),
        ("long", |bytes| bytes.push(0)),
    ];
    for (name, change) in lengths {
        all.push(
            in_suite(suite, name, "E1 E17", "An envelope has 2,880 bytes.")
                .spoil(change)
                .refused("bad_length"),
        );
    }
    if suite == Suite::XWing {
        return;
    }
    let versions: [(u8, Change); 3] = [
        (0, |bytes| bytes[0] = 0),
        (2, |bytes| bytes[0] = 2),
        (255, |bytes| bytes[0] = 255),
    ];
    for (version, change) in versions {
        all.push(
            in_suite(
                suite,
                &format!("version-{version}"),
                "E18 V2",
                "Byte 0 is 1, or the version is not supported.",
            )
            .spoil(change)
            .refused("unsupported_version"),
        );
    }
    let suites: [(u8, Change); 3] = [
        (0, |bytes| bytes[1] = 0),
        (3, |bytes| bytes[1] = 3),
        (255, |bytes| bytes[1] = 255),
    ];
    for (byte, change) in suites {
        all.push(
            in_suite(
                suite,
                &format!("suite-{byte}"),
                "E19 V2",
                "Byte 1 is 1 or 2, or the suite is not supported.",
            )
            .spoil(change)
            .refused("unsupported_suite"),
        );
    }
    all.push(
        in_suite(
            suite,
            "no-such-prekey",
            "E20",
            "The prekey that it was sealed to is not among the reader's.",
        )
        .change(|open| {
            let gone = prekey(open.suite, "gone", day(60));
            open.bundle = Some(bundle(&open.receiver, &gone));
        })
        .refused("unknown_prekey"),
    );
    all.push(
        in_suite(
            suite,
            "prekey-of-the-other-suite",
            "E20",
            "The id is that of a prekey of the reader, and the suite is the other one.",
        )
        .spoil(|bytes| bytes[1] = 3 - bytes[1])
        .refused("unknown_prekey"),
    );
    all.push(
        in_suite(
            suite,
            "id-of-another-hash",
            "E3 E20",
            "The id is the first 8 bytes of SHA-256 of the public key behind the suite byte, which
             is no prekey's id.",
        )
        .spoil(|bytes| {
            let digest = Sha256::digest(&bytes[1..10]);
            bytes[2..10].copy_from_slice(&digest[..8]);
        })
        .refused("unknown_prekey"),
    );
}

pub fn decryption(all: &mut Vec<Vector>, suite: Suite) {
    let places: [(&str, Change); 5] = [
        ("encapsulated-key-first-bit", |bytes| bytes[10] ^= 1),
        ("encapsulated-key-last-byte", |bytes| {
            let end = if bytes[1] == 1 { 41 } else { 1129 };
            bytes[end] ^= 0x10;
        }),
        ("ciphertext-first-bit", |bytes| {
            let start = if bytes[1] == 1 { 42 } else { 1130 };
            bytes[start] ^= 1;
        }),
        ("ciphertext-last-bit", |bytes| bytes[2863] ^= 0x80),
        ("tag", |bytes| bytes[2879] ^= 0x80),
    ];
    for (name, change) in places {
        all.push(
            in_suite(suite, name, "E21 E4 H1", "One bit is wrong.")
                .spoil(change)
                .refused("decryption_failed"),
        );
    }
    let infos: [(&str, &str, Change); 4] = [
        (
            "info-of-another-device",
            "The sender bound it to another device.",
            |info| info[52] ^= 1,
        ),
        (
            "info-of-another-account",
            "The sender bound it to another account.",
            |info| info[20] ^= 1,
        ),
        (
            "info-without-zero",
            "There is no zero byte behind the label.",
            |info| {
                info.remove(19);
            },
        ),
        ("info-empty", "The info is empty.", Vec::clear),
    ];
    for (name, comment, change) in infos {
        all.push(
            in_suite(suite, name, "E21 H2", comment)
                .change(|open| open.frame.info = change)
                .refused("decryption_failed"),
        );
    }
    let aads: [(&str, &str, Change); 2] = [
        ("aad-empty", "The aad is empty.", Vec::clear),
        (
            "aad-without-id",
            "The aad is version and suite alone.",
            |aad| aad.truncate(2),
        ),
    ];
    for (name, comment, change) in aads {
        all.push(
            in_suite(suite, name, "E21 H3", comment)
                .change(|open| open.frame.aad = change)
                .refused("decryption_failed"),
        );
    }
    all.push(
        in_suite(
            suite,
            "second-message-of-its-context",
            "E21 H5",
            "Sealed as the message of sequence number 1.",
        )
        .change(|open| open.frame.sequence = 1)
        .refused("decryption_failed"),
    );
    all.push(
        in_suite(
            suite,
            "aead-of-the-other-suite",
            "E21 H1",
            "Sealed with the KEM of its suite and the AEAD of the other.",
        )
        .change(|open| open.other_aead = true)
        .refused("decryption_failed"),
    );
    all.push(
        in_suite(
            suite,
            "passed-on",
            "E21 H2",
            "Sealed to Mallory's phone, which publishes Bob's HPKE key as its own.",
        )
        .change(|open| {
            let mallory = device("mallory", "phone");
            open.bundle = Some(bundle(&mallory, &prekey(open.suite, "weekly", day(60))));
        })
        .refused("decryption_failed"),
    );
}

pub fn frames(all: &mut Vec<Vector>, suite: Suite) {
    let too_long: Change = match suite {
        Suite::X25519 => |frame| frame[168..170].copy_from_slice(&2589_u16.to_be_bytes()),
        Suite::XWing => |frame| frame[168..170].copy_from_slice(&1501_u16.to_be_bytes()),
    };
    let lengths: [(&str, &str, Change); 3] = [
        ("content-length-0", "n is 0.", |frame| {
            frame[168..170].fill(0)
        }),
        (
            "content-length-beyond-the-room",
            "n leaves no room for the signature, by one byte.",
            too_long,
        ),
        ("content-length-65535", "n is 65,535.", |frame| {
            frame[168..170].fill(0xff)
        }),
    ];
    for (name, comment, change) in lengths {
        all.push(
            in_suite(suite, name, "E22 F1", comment)
                .change(|open| open.frame.spoil = change)
                .refused("bad_content_length"),
        );
    }
    let paddings: [(&str, Change); 2] = [
        ("padding-first-byte", |frame| {
            let n = usize::from(frame[169]);
            frame[234 + n] = 1;
        }),
        ("padding-last-bit", |frame| {
            *frame.last_mut().unwrap() = 0x80
        }),
    ];
    for (name, change) in paddings {
        all.push(
            in_suite(suite, name, "E23 F2", "A byte of the padding is not zero.")
                .change(|open| open.frame.spoil = change)
                .refused("bad_padding"),
        );
    }
}
