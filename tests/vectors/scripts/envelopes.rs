//! Opening up to the times (spec/envelope.md, E31 to E43).

use hushring::Suite;
use hushring_test_support::cbor;
use hushring_test_support::clock::{self, NOW, day};
use hushring_test_support::flate::stored;
use hushring_test_support::forge::Frame;
use hushring_test_support::pair::Pair;
use hushring_test_support::people::{bundle, device, prekey};
use sha2::{Digest, Sha256};

use crate::author::*;
use crate::points::{self, WEAK};

const FOLDER: &str = "envelopes";

type Change = fn(&mut Vec<u8>);
/// Of the fields that are signed.
type ChangeFields = fn(&mut [Vec<u8>; 6]);

pub fn vectors() -> Vec<Vector> {
    let mut all = Vec::new();
    for suite in Suite::ALL {
        sound(&mut all, suite);
        cleartext(&mut all, suite);
        decryption(&mut all, suite);
        frames(&mut all, suite);
    }
    elsewhere(&mut all);
    certificates(&mut all);
    signatures(&mut all);
    trust(&mut all);
    times(&mut all);
    all
}

fn new(name: &str, rules: &str, comment: &str) -> Open {
    Open::new(FOLDER, name, rules, comment)
}

fn in_suite(suite: Suite, name: &str, rules: &str, comment: &str) -> Open {
    new(&format!("{suite}-{name}"), rules, comment).in_suite(suite)
}

const fn room(suite: Suite) -> usize {
    match suite {
        Suite::X25519 => 2588,
        Suite::XWing => 1500,
    }
}

fn sound(all: &mut Vec<Vector>, suite: Suite) {
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
            "E34 E53",
            "Of several prekeys of one suite the one with the id is used, also long after its expires_at.",
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

fn cleartext(all: &mut Vec<Vector>, suite: Suite) {
    let lengths: [(&str, Change); 3] = [
        ("empty", Vec::clear),
        ("short", |bytes| bytes.truncate(2879)),
        ("long", |bytes| bytes.push(0)),
    ];
    for (name, change) in lengths {
        all.push(
            in_suite(suite, name, "E1 E31", "An envelope has 2,880 bytes.")
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
                "E32 V2",
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
                "E33 V2",
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
            "E34",
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
            "E34",
            "The id is that of a prekey of the reader, and the suite is the other one.",
        )
        .spoil(|bytes| bytes[1] = 3 - bytes[1])
        .refused("unknown_prekey"),
    );
    all.push(
        in_suite(
            suite,
            "id-of-another-hash",
            "E3 E34",
            "The id is the first 8 bytes of SHA-256 of the public key behind the suite byte, which is
             no prekey's id.",
        )
        .spoil(|bytes| {
            let digest = Sha256::digest(&bytes[1..10]);
            bytes[2..10].copy_from_slice(&digest[..8]);
        })
        .refused("unknown_prekey"),
    );
}

fn decryption(all: &mut Vec<Vector>, suite: Suite) {
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
            in_suite(suite, name, "E35 E4 H1", "One bit is wrong.")
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
            in_suite(suite, name, "E35 H2", comment)
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
            in_suite(suite, name, "E35 H3", comment)
                .change(|open| open.frame.aad = change)
                .refused("decryption_failed"),
        );
    }
    all.push(
        in_suite(
            suite,
            "second-message-of-its-context",
            "E35 H4",
            "Sealed as the message of sequence number 1.",
        )
        .change(|open| open.frame.sequence = 1)
        .refused("decryption_failed"),
    );
    all.push(
        in_suite(
            suite,
            "aead-of-the-other-suite",
            "E35 H1",
            "Sealed with the KEM of its suite and the AEAD of the other.",
        )
        .change(|open| open.other_aead = true)
        .refused("decryption_failed"),
    );
    all.push(
        in_suite(
            suite,
            "passed-on",
            "E35 H2",
            "Sealed to Mallory's phone, which publishes Bob's HPKE key as its own.",
        )
        .change(|open| {
            let mallory = device("mallory", "phone");
            open.bundle = Some(bundle(&mallory, &prekey(open.suite, "weekly", day(60))));
        })
        .refused("decryption_failed"),
    );
}

fn frames(all: &mut Vec<Vector>, suite: Suite) {
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
            in_suite(suite, name, "E36 F1", comment)
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
            in_suite(suite, name, "E37 F2", "A byte of the padding is not zero.")
                .change(|open| open.frame.spoil = change)
                .refused("bad_padding"),
        );
    }
}

/// From another encoder: tests/data/README.md.
fn elsewhere(all: &mut Vec<Vector>) {
    let files: [(Suite, &str, &[u8]); 8] = [
        (
            Suite::X25519,
            "sound",
            include_bytes!("../../data/x25519-sound.envelope"),
        ),
        (
            Suite::XWing,
            "sound",
            include_bytes!("../../data/xwing-sound.envelope"),
        ),
        (
            Suite::X25519,
            "low-order",
            include_bytes!("../../data/x25519-low-order.envelope"),
        ),
        (
            Suite::XWing,
            "low-order",
            include_bytes!("../../data/xwing-low-order.envelope"),
        ),
        (
            Suite::X25519,
            "not-below-p",
            include_bytes!("../../data/x25519-not-below-p.envelope"),
        ),
        (
            Suite::XWing,
            "not-below-p",
            include_bytes!("../../data/xwing-not-below-p.envelope"),
        ),
        (
            Suite::X25519,
            "top-bit",
            include_bytes!("../../data/x25519-top-bit.envelope"),
        ),
        (
            Suite::XWing,
            "top-bit",
            include_bytes!("../../data/xwing-top-bit.envelope"),
        ),
    ];
    for (suite, name, envelope) in files {
        let pair = Pair::new(suite);
        let (rules, comment) = match name {
            "sound" => (
                "E1 H1 H2 H3 S1",
                "Made by a writer in Python that shares no code with this one.",
            ),
            "low-order" => (
                "E35 H6 H7 K7",
                "Sealed with the secret that X25519 computes from an encapsulated key of low order,
                 which is the same for everybody. Everything else is sound.",
            ),
            "not-below-p" => (
                "E35 H6 K7",
                "Sealed with the secret that X25519 computes from an encapsulated key that is not
                 below p. Everything else is sound.",
            ),
            _ => (
                "E35 H6 K7",
                "The encapsulated key has its top bit set, which X25519 ignores. Everything else is
                 sound, and sealed for it as it stands here.",
            ),
        };
        let open = in_suite(suite, &format!("elsewhere-{name}"), rules, comment)
            .at(NOW.0)
            .sealed(envelope)
            .change(|open| {
                open.trusted = vec![*pair.alice.public_key().as_bytes()];
                open.prekeys = vec![pair.prekey];
                open.receiver = pair.phone;
                // Of it the certificate, the id and the time are looked at; they are what the
                // writer in Python was given.
                open.frame = Frame::of(&pair.laptop, PYTHON_ID, NOW.0, Vec::new());
            });
        all.push(if name == "sound" {
            let content = serde_json::json!({
                "type": "message",
                "body": "from a writer that shares no code",
            });
            open.gives(&content)
        } else {
            open.refused("decryption_failed")
        });
    }
}

/// The message id that the writer in Python was given: 00, 01, and so on.
const PYTHON_ID: [u8; 16] = 0x0001_0203_0405_0607_0809_0a0b_0c0d_0e0f_u128.to_be_bytes();

/// E38: the certificate, as everywhere, and here alone an envelope signature that belongs to it.
fn certificates(all: &mut Vec<Vector>) {
    let (from, until) = (seconds(-10), seconds(300));
    let alice = Key::account("alice");
    let phone = Key::device("alice", "phone");
    for (name, digits) in WEAK {
        let comment = "The key's equation holds for signatures that anybody can make.";
        all.push(
            new(
                &format!("weak-account-key-{name}"),
                "E38 F3 K6 S4 T1",
                comment,
            )
            .by(Key::weak(digits), phone, from, until)
            .change(|open| open.trusted = vec![alice.public])
            .refused("bad_certificate"),
        );
        all.push(
            new(
                &format!("weak-device-key-{name}"),
                "E38 F3 K6 S4 T1",
                comment,
            )
            .by(alice, Key::weak(digits), from, until)
            .refused("bad_certificate"),
        );
    }
    for (name, key, comment) in [
        (
            "p-plus-1",
            points::above_p(1),
            "y = p + 1 is another encoding of the identity.",
        ),
        (
            "p-plus-3",
            points::above_p(3),
            "y = p + 3 is another encoding of a point of large order. (Nobody knows its private key:
             the signature is somebody's.)",
        ),
        (
            "no-point",
            [2; 32],
            "No point of the curve has this y. Some libraries find out when they verify: this is
             bad_certificate, and never bad_signature.",
        ),
    ] {
        let weak = Key {
            public: key,
            ..Key::weak(WEAK[0].1)
        };
        all.push(
            new(&format!("device-key-{name}"), "E38 F3 K6 T1", comment)
                .by(alice, weak, from, until)
                .refused("bad_certificate"),
        );
        all.push(
            new(&format!("account-key-{name}"), "E38 F3 K6 T1", comment)
                .by(weak, phone, from, until)
                .change(|open| open.trusted = vec![alice.public])
                .refused("bad_certificate"),
        );
    }
    all.push(
        new(
            "device-key-is-the-account-key",
            "E38 F3 K2 T2",
            "An account certifies itself.",
        )
        .by(alice, alice, from, until)
        .refused("bad_certificate"),
    );
    for (name, comment, from, until) in [
        ("lifetime-0", "It ends as it begins.", from, from),
        (
            "lifetime-negative",
            "It ends before it begins.",
            from,
            from - 1,
        ),
        (
            "lifetime-beyond-366-days",
            "It lasts a second longer than 366 days.",
            from,
            from + 366 * 86_400 + 1,
        ),
        (
            "lifetime-that-wraps",
            "It ends before it begins. Computed with wrapping, the lifetime would be 100 days.",
            u64::MAX - 50 * 86_400,
            50 * 86_400 - 1,
        ),
    ] {
        all.push(
            new(&format!("certificate-{name}"), "E38 F3 T3", comment)
                .by(alice, phone, from, until)
                .refused("bad_certificate"),
        );
    }
    for (name, rules, comment, sign) in SIGNATURES {
        all.push(
            new(
                &format!("certificate-signature-{name}"),
                &format!("E38 F3 T4 {rules}"),
                comment,
            )
            .by(alice.signing(sign), phone, from, until)
            .refused("bad_certificate"),
        );
    }
    all.push(
        new(
            "certificate-of-366-days",
            "E38 T3",
            "366 days are the longest lifetime.",
        )
        .by(alice, phone, from, from + 366 * 86_400)
        .gives(&hi()),
    );
    let mixed = Key::mixed("a mixed account");
    all.push(
        new(
            "mixed-account-key",
            "E38 K6 S5",
            "A key of mixed order is not refused, and the equation holds without the cofactor.",
        )
        .by(mixed, phone, from, until)
        .gives(&hi()),
    );
    all.push(
        new(
            "mixed-account-key-with-cofactor",
            "E38 F3 S5 T4",
            "The equation holds with the cofactor alone.",
        )
        .by(
            mixed.signing(points::by_mixed_key_with_cofactor),
            phone,
            from,
            until,
        )
        .refused("bad_certificate"),
    );
}

fn signatures(all: &mut Vec<Vector>) {
    let (from, until) = (seconds(-10), seconds(300));
    let alice = Key::account("alice");
    let phone = Key::device("alice", "phone");
    for suite in Suite::ALL {
        for (name, rules, comment, sign) in SIGNATURES {
            all.push(
                in_suite(
                    suite,
                    &format!("signature-{name}"),
                    &format!("E39 F4 {rules}"),
                    comment,
                )
                .change(|open| open.frame.sign = sign)
                .refused("bad_signature"),
            );
        }
        for (name, comment, sign) in OTHER_BYTES {
            all.push(
                in_suite(suite, &format!("signature-{name}"), "E39 F4 S1", comment)
                    .change(|open| open.frame.sign = sign)
                    .refused("bad_signature"),
            );
        }
        let fields: [(&str, ChangeFields); 6] = [
            ("recipient-account", |fields| fields[0][0] ^= 1),
            ("recipient-device", |fields| fields[1][0] ^= 1),
            ("header", |fields| fields[2][9] ^= 1),
            ("encapsulated-key", |fields| fields[3][0] ^= 1),
            ("recipient-hpke-key", |fields| fields[4][0] ^= 1),
            ("frame", |fields| fields[5][160] ^= 1),
        ];
        for (name, change) in fields {
            all.push(
                in_suite(
                    suite,
                    &format!("signature-over-another-{name}"),
                    "E39 F4 S1",
                    "One bit of what was signed is not what stands here.",
                )
                .change(|open| open.frame.fields = change)
                .refused("bad_signature"),
            );
        }
        if suite == Suite::X25519 {
            continue;
        }
        let without: [(&str, ChangeFields); 5] = [
            ("recipient-account", |fields| fields[0].clear()),
            ("recipient-device", |fields| fields[1].clear()),
            ("header", |fields| fields[2].clear()),
            ("encapsulated-key", |fields| fields[3].clear()),
            ("recipient-hpke-key", |fields| fields[4].clear()),
        ];
        for (name, change) in without {
            all.push(
                in_suite(
                    suite,
                    &format!("signature-without-{name}"),
                    "E39 F4 S1",
                    "One of the fields was not signed.",
                )
                .change(|open| open.frame.fields = change)
                .refused("bad_signature"),
            );
        }
    }
    let spoilt: [(&str, &str, Change); 4] = [
        (
            "message-id",
            "The message id is not what was signed.",
            |f| f[144] ^= 1,
        ),
        ("sent-at", "The time is not what was signed.", |f| {
            f[167] ^= 1
        }),
        ("content", "The content is not what was signed.", |f| {
            f[180] ^= 1
        }),
        ("all-zero", "The signature is 64 zero bytes.", |f| {
            let n = usize::from(f[169]);
            f[170 + n..234 + n].fill(0);
        }),
    ];
    for (name, comment, change) in spoilt {
        all.push(
            new(&format!("signature-{name}"), "E39 F4", comment)
                .change(|open| open.frame.spoil = change)
                .refused("bad_signature"),
        );
    }
    all.push(
        new(
            "signature-of-another-device",
            "E39 F4",
            "Signed by another device of the account.",
        )
        .change(|open| open.frame.seed = Key::device("alice", "laptop").seed)
        .refused("bad_signature"),
    );
    all.push(
        new(
            "signature-of-the-account",
            "E39 F4",
            "Signed by the account's key in place of the device's.",
        )
        .change(|open| open.frame.seed = Key::account("alice").seed)
        .refused("bad_signature"),
    );
    let mixed = Key::mixed("a mixed device");
    all.push(
        new(
            "mixed-device-key",
            "E39 K6 S5",
            "A key of mixed order is not refused, and the equation holds without the cofactor.",
        )
        .by(alice, mixed, from, until)
        .gives(&hi()),
    );
    all.push(
        new(
            "mixed-device-key-with-cofactor",
            "E39 F4 S5",
            "The equation holds with the cofactor alone.",
        )
        .by(
            alice,
            mixed.signing(points::by_mixed_key_with_cofactor),
            from,
            until,
        )
        .refused("bad_signature"),
    );
    all.push(
        new(
            "certificate-of-another-device",
            "E39 F4",
            "The certificate is a sound one, of the account's other device.",
        )
        .change(|open| {
            let laptop = Key::device("alice", "laptop");
            open.frame.certificate = alice.certifies(&laptop.public, from, until);
            open.frame.seed = phone.seed;
        })
        .refused("bad_signature"),
    );
}

fn trust(all: &mut Vec<Vector>) {
    let mallory = |name: &str, comment: &str| {
        new(name, "E40", comment).by(
            Key::account("mallory"),
            Key::device("mallory", "phone"),
            seconds(-10),
            seconds(300),
        )
    };
    all.push(
        mallory(
            "untrusted",
            "Mallory proves to be Mallory, whom nobody here trusts.",
        )
        .change(|open| open.trusted = vec![Key::account("alice").public])
        .refused("untrusted"),
    );
    all.push(
        mallory(
            "trusted-among-others",
            "The account is one of several that are trusted.",
        )
        .change(|open| open.trusted.insert(0, Key::account("alice").public))
        .gives(&hi()),
    );
    all.push(
        mallory(
            "device-key-that-is-trusted-as-an-account",
            "What is trusted is the key of the device. Accounts are trusted, not devices.",
        )
        .change(|open| open.trusted = vec![Key::device("mallory", "phone").public])
        .refused("untrusted"),
    );
}

fn times(all: &mut Vec<Vector>) {
    let now = NOW.0;
    for (name, sent_at) in [
        ("10-minutes-ahead", now + 10 * MINUTE),
        ("30-days-old", now - 30 * DAY),
    ] {
        all.push(
            new(name, "E42 E54", "The limit itself is accepted.")
                .by_alice(-100, 200)
                .at(now)
                .sent_at(sent_at)
                .gives(&hi()),
        );
    }
    for (name, sent_at, code) in [
        ("more-than-10-minutes-ahead", now + 10 * MINUTE + 1, "clock"),
        ("at-the-end-of-time", u64::MAX, "clock"),
        ("older-than-30-days", now - 30 * DAY - 1, "too_old"),
        ("of-1970", 0, "too_old"),
    ] {
        all.push(
            new(name, "E42", "A millisecond or more beyond the limit.")
                .by_alice(-100, 200)
                .at(now)
                .sent_at(sent_at)
                .refused(code),
        );
    }
    // Certificates, by the time at which it was sent.
    for (name, from, until, sent_at) in [
        ("certificate-begins-in-10-minutes", 600, 86_400, now),
        ("certificate-ends-in-a-millisecond", -86_400, 0, now - 1),
        (
            "certificate-has-ended-since",
            -86_400,
            -3_600,
            now - 2 * 3_600_000,
        ),
    ] {
        all.push(
            new(
                name,
                "E43 T5",
                "The certificate's times are held against sent_at, whatever the time is now; 10 minutes
                 before it begins are granted.",
            )
            .by(
                Key::account("alice"),
                Key::device("alice", "phone"),
                at_second(from),
                at_second(until),
            )
            .at(now)
            .sent_at(sent_at)
            .gives(&hi()),
        );
    }
    for (name, from, until, sent_at, code) in [
        (
            "certificate-begins-later",
            601,
            86_400,
            now + 999,
            "certificate_not_yet_valid",
        ),
        (
            "certificate-ends-now",
            -86_400,
            0,
            now,
            "certificate_expired",
        ),
        (
            "certificate-holds-now-and-not-then",
            -3_600,
            86_400,
            now - 2 * 3_600_000,
            "certificate_not_yet_valid",
        ),
    ] {
        all.push(
            new(name, "E43 T5", "The certificate does not hold at sent_at.")
                .by(
                    Key::account("alice"),
                    Key::device("alice", "phone"),
                    at_second(from),
                    at_second(until),
                )
                .at(now)
                .sent_at(sent_at)
                .refused(code),
        );
    }
    let wraps = u64::MAX / 1000 + 1 + at_second(-86_400);
    all.push(
        new(
            "certificate-of-seconds-that-wrap",
            "E43 T5",
            "not_before and expires_at, multiplied by 1,000 with wrapping, would be a day ago and in
             100 days. They saturate.",
        )
        .by(
            Key::account("alice"),
            Key::device("alice", "phone"),
            wraps,
            wraps + 101 * 86_400,
        )
        .refused("certificate_not_yet_valid"),
    );
    all.push(
        new(
            "in-1970",
            "E42 E43 T5",
            "Everything is at 0: subtracting a tolerance stops there.",
        )
        .by(
            Key::account("alice"),
            Key::device("alice", "phone"),
            0,
            86_400,
        )
        .at(0)
        .sent_at(0)
        .gives(&hi()),
    );
    let end = 8_640_000_000_000_000;
    all.push(
        new(
            "in-the-year-275760",
            "E42 E43 T5",
            "The last time that some clocks can show.",
        )
        .by(
            Key::account("alice"),
            Key::device("alice", "phone"),
            end / 1000 - 86_400,
            end / 1000 + 86_400,
        )
        .at(end)
        .sent_at(end)
        .gives(&hi()),
    );
    all.push(
        new(
            "certificate-without-end",
            "E43 T3 T5",
            "expires_at is 2^64 − 1, and not_before 366 days earlier: far ahead.",
        )
        .by(
            Key::account("alice"),
            Key::device("alice", "phone"),
            u64::MAX - 366 * 86_400,
            u64::MAX,
        )
        .refused("certificate_not_yet_valid"),
    );
}

/// Seconds since 1970, so many from the time at which the vectors are.
fn at_second(seconds: i64) -> u64 {
    clock::second(seconds).0
}

impl Open {
    fn by_alice(self, from: i64, until: i64) -> Open {
        self.by(
            Key::account("alice"),
            Key::device("alice", "phone"),
            seconds(from),
            seconds(until),
        )
    }
}
