//! Envelopes of another encoder: tests/data/README.md.

use std::fs;
use std::path::Path;

use hushring::Suite;
use hushring_test_support::clock::NOW;
use hushring_test_support::forge::Frame;
use hushring_test_support::pair::Pair;

use super::in_suite;
use crate::author::*;

pub fn vectors(all: &mut Vec<Vector>) {
    let names = ["sound", "low-order", "not-below-p", "top-bit"];
    for (suite, name) in Suite::ALL
        .into_iter()
        .flat_map(|suite| names.map(|name| (suite, name)))
    {
        let file = format!("tests/data/{suite}-{name}.envelope");
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        let pair = Pair::new(suite);
        let (rules, comment) = match name {
            "sound" => (
                "E1 H1 H2 H3 S1",
                "Made by a writer in Python that shares no code with this one.",
            ),
            "low-order" => (
                "E21 H6 H7 K7",
                "Sealed with the secret that X25519 computes from an encapsulated key of low order,
                 which is the same for everybody. Everything else is sound.",
            ),
            "not-below-p" => (
                "E21 H6 K7",
                "Sealed with the secret that X25519 computes from an encapsulated key that is not
                 below p. Everything else is sound.",
            ),
            _ => (
                "E21 H6 K7",
                "The encapsulated key has its top bit set, which X25519 ignores. Everything else is
                 sound, and sealed for it as it stands here.",
            ),
        };
        let open = in_suite(suite, &format!("elsewhere-{name}"), rules, comment)
            .at(NOW.0)
            .sealed(&fs::read(file).unwrap())
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
