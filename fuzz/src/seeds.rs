//! Where the fuzzers begin: the vectors, in the form that each target takes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use hushring_test_support::cbor;
use hushring_test_support::clock::NOW;
use hushring_test_support::flate::stored;
use hushring_test_support::text::{unbase64, unhex};
use serde_json::Value as Json;

/// The inputs of a target.
pub fn of(target: &str) -> Vec<Vec<u8>> {
    let mut seeds = BTreeSet::new();
    for vector in vectors(&root()) {
        add(target, &vector, &mut seeds);
    }
    seeds.extend(made(target));
    seeds.into_iter().collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}

fn vectors(folder: &Path) -> Vec<Json> {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    let mut found = Vec::new();
    for path in entries {
        if path.is_dir() {
            found.extend(vectors(&path));
        } else if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            found.push(serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap());
        }
    }
    found
}

fn add(target: &str, vector: &Json, seeds: &mut BTreeSet<Vec<u8>>) {
    let bytes = |name: &str| vector[name].as_str().map(unhex);
    let mut with = |mode: u8, body: Option<Vec<u8>>| {
        seeds.extend(body.map(|body| [&[mode], body.as_slice()].concat()));
    };
    match (target, vector["kind"].as_str()) {
        ("envelope", Some("open")) => seeds.extend(vector["envelope"].as_str().map(unbase64)),
        ("certificate", Some("certificate")) => {
            with(0, bytes("certificate"));
            with(3, bytes("certificate"));
        }
        ("bundle", Some("bundle")) => {
            with(0, bytes("bundle"));
            with(7, bytes("bundle"));
        }
        ("bundle", Some("lastPublished")) => {
            with(8, bytes("packed"));
            with(11, bytes("packed"));
        }
        ("link", Some("certify")) => {
            with(0, bytes("request"));
            with(14, bytes("request"));
        }
        ("link", Some("activate")) => {
            with(16, bytes("grant"));
            with(27, bytes("grant"));
        }
        ("keys", Some("publicKey")) => with(0, bytes("publicKey")),
        ("keys", Some("revocation")) => {
            with(0, bytes("revocation"));
            with(1, bytes("revocation"));
        }
        ("keys", Some("account" | "device" | "pendingDevice" | "prekey")) => {
            with(0, bytes("export"))
        }
        ("content", Some("open")) => seeds.extend(bytes("cbor")),
        ("compression", Some("open" | "seal")) => {
            seeds.extend(bytes("stream"));
            seeds.extend(vector["expect"]["stream"].as_str().map(unhex));
        }
        ("frame", Some("open")) => {
            for suite in [0, 1] {
                let Some(stream) = bytes("stream") else {
                    return;
                };
                let length = u16::try_from(stream.len()).unwrap().to_be_bytes();
                seeds.insert([&[suite], &length[..], &stream].concat());
            }
        }
        _ => {}
    }
}

/// What no vector holds: changes of a frame, steps of an app, and states that they lead to.
fn made(target: &str) -> Vec<Vec<u8>> {
    let frame = |options: u8, tail: &[u8]| {
        let stream = stored(&cbor::message_with("body", cbor::text("Hi")));
        let length = u16::try_from(stream.len()).unwrap().to_be_bytes();
        [&[options], &length[..], &stream, tail].concat()
    };
    // A time that is held, the last one, and the first that is not.
    let ahead = [600_001, 86_400_000, 86_400_001].map(|by| (NOW.0 + by).to_be_bytes());
    let steps: Vec<Vec<u8>> = (0..64_u8)
        .map(|seed| {
            let trusts = [4, 0, 4, 1, 4, 2];
            let rest = (0..60_u8).map(|place| place.wrapping_mul(seed | 1).wrapping_add(seed));
            trusts.into_iter().chain(rest).collect()
        })
        .collect();
    match target {
        // The content's length, the padding, the certificate, the message id, the time, the signature.
        "frame" => [
            [0x00, 0xa9, 1],
            [0x8a, 0xff, 1],
            [0x80, 0, 1],
            [0, 0x90, 1],
            [0, 0xa0, 1],
            [0x80, 0xd0, 1],
        ]
        .iter()
        .map(|change| frame(0, change))
        .chain(ahead.iter().map(|time| frame(2, time)))
        .collect(),
        "inbox" | "session" => steps,
        "state" => steps
            .iter()
            .map(|steps| [&[3], crate::receiving::state_after(steps).as_slice()].concat())
            .collect(),
        _ => Vec::new(),
    }
}
