//! E24: the certificate in the frame.

use crate::author::*;
use crate::points::{self, WEAK};

use super::new;

/// E24: the certificate, as everywhere, and here alone an envelope signature that belongs to it.
pub fn vectors(all: &mut Vec<Vector>) {
    let (from, until) = (seconds(-10), seconds(300));
    let alice = Key::account("alice");
    let phone = Key::device("alice", "phone");
    for (name, digits) in WEAK {
        let comment = "The key's equation holds for signatures that anybody can make.";
        all.push(
            new(
                &format!("weak-account-key-{name}"),
                "E24 F3 K6 S3 T1",
                comment,
            )
            .by(Key::weak(digits), phone, from, until)
            .change(|open| open.trusted = vec![alice.public])
            .refused("bad_certificate"),
        );
        all.push(
            new(
                &format!("weak-device-key-{name}"),
                "E24 F3 K6 S3 T1",
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
            ..Key::above_p(1)
        };
        all.push(
            new(&format!("device-key-{name}"), "E24 F3 K6 T1", comment)
                .by(alice, weak, from, until)
                .refused("bad_certificate"),
        );
        all.push(
            new(&format!("account-key-{name}"), "E24 F3 K6 T1", comment)
                .by(weak, phone, from, until)
                .change(|open| open.trusted = vec![alice.public])
                .refused("bad_certificate"),
        );
    }
    all.push(
        new(
            "device-key-is-the-account-key",
            "E24 F3 K2 T2",
            "An account certifies itself.",
        )
        .by(alice, alice, from, until)
        .refused("bad_certificate"),
    );
    for (name, comment, from, until) in refused_lifetimes(from) {
        all.push(
            new(&format!("certificate-{name}"), "E24 F3 T3", comment)
                .by(alice, phone, from, until)
                .refused("bad_certificate"),
        );
    }
    for (name, rules, comment, sign) in SIGNATURES {
        all.push(
            new(
                &format!("certificate-signature-{name}"),
                &format!("E24 F3 T4 {rules}"),
                comment,
            )
            .by(alice.signing(sign), phone, from, until)
            .refused("bad_certificate"),
        );
    }
    all.push(
        new(
            "certificate-of-366-days",
            "E24 T3",
            "366 days are the longest lifetime.",
        )
        .by(alice, phone, from, from + 366 * 86_400)
        .gives(&hi()),
    );
    let mixed = Key::mixed("a mixed account");
    all.push(
        new(
            "mixed-account-key",
            "E24 K6 S6",
            "A key of mixed order is not refused, and the equation holds without the cofactor.",
        )
        .by(mixed, phone, from, until)
        .gives(&hi()),
    );
    all.push(
        new(
            "mixed-account-key-with-cofactor",
            "E24 F3 S6 T4",
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
