//! E25: the signature of the frame.

use hushring::Suite;

use crate::author::*;
use crate::points;

use super::{Change, in_suite, new};

/// Of the fields that are signed.
type ChangeFields = fn(&mut [Vec<u8>; 6]);

pub fn vectors(all: &mut Vec<Vector>) {
    let (from, until) = (seconds(-10), seconds(300));
    let alice = Key::account("alice");
    let phone = Key::device("alice", "phone");
    for suite in Suite::ALL {
        for (name, rules, comment, sign) in bad_signatures() {
            all.push(
                in_suite(
                    suite,
                    &format!("signature-{name}"),
                    &format!("E25 F4 {rules}"),
                    comment,
                )
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
                    "E25 F4 S1",
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
                    "E25 F4 S1",
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
            new(&format!("signature-{name}"), "E25 F4", comment)
                .change(|open| open.frame.spoil = change)
                .refused("bad_signature"),
        );
    }
    all.push(
        new(
            "signature-of-another-device",
            "E25 F4",
            "Signed by another device of the account.",
        )
        .change(|open| open.frame.seed = Key::device("alice", "laptop").seed)
        .refused("bad_signature"),
    );
    all.push(
        new(
            "signature-of-the-account",
            "E25 F4",
            "Signed by the account's key in place of the device's.",
        )
        .change(|open| open.frame.seed = Key::account("alice").seed)
        .refused("bad_signature"),
    );
    let mixed = Key::mixed("a mixed device");
    all.push(
        new(
            "mixed-device-key",
            "E25 K6 S6",
            "A key of mixed order is not refused, and the equation holds without the cofactor.",
        )
        .by(alice, mixed, from, until)
        .gives(&hi()),
    );
    all.push(
        new(
            "mixed-device-key-with-cofactor",
            "E25 F4 S6",
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
            "E25 F4",
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
