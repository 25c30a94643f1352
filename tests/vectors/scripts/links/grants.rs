//! Grants, and activating a device with one (L10 to L16).

use hushring_test_support::clock::NOW;
use hushring_test_support::forge::mac;
use hushring_test_support::text::hex;
use serde_json::{Value as Json, json};

use super::{grant, request, secret};
use crate::author::*;
use crate::points::WEAK;

pub fn vectors(all: &mut Vec<Vector>) {
    let alice = Key::account("alice");
    let tablet = Key::device("alice", "tablet");
    let now = seconds(0);
    let (from, until) = (seconds(-1), seconds(100));
    let own = request(&tablet, now);
    let certificate = alice.certifies(&tablet.public, from, until);
    let sound = grant(&certificate, &own);
    let inputs = |device: &[u8], grant: &[u8]| {
        json!({
            "device": hex(device),
            "request": hex(&own),
            "grant": hex(grant),
            "secret": hex(&secret("one")),
            "now": NOW.0,
        })
    };
    let old = alice.certifies(&tablet.public, seconds(-300), seconds(-1));
    let active = [tablet.seed.as_slice(), &old].concat();
    let mut good = |name: &str, rules: &str, comment: &str, inputs: Json, certificate: &[u8]| {
        let export = [tablet.seed.as_slice(), certificate].concat();
        all.push(vector(
            ("links", "activate"),
            &format!("activate-{name}"),
            rules,
            comment,
            inputs,
            json!({ "device": hex(&export) }),
        ));
    };
    good(
        "sound",
        "L10 L12 L13 L14",
        "The device's export: its seed and the certificate.",
        inputs(&tablet.seed, &sound),
        &certificate,
    );
    good(
        "renewal",
        "L16",
        "The same account renews a certificate that has ended.",
        inputs(&active, &sound),
        &certificate,
    );
    let soon = alice.certifies(&tablet.public, now + 600, until);
    good(
        "begins-in-10-minutes",
        "L15 T6",
        "The limit itself is accepted.",
        inputs(&tablet.seed, &grant(&soon, &own)),
        &soon,
    );

    let mut refused = |name: &str, rules: &str, comment: &str, inputs: Json, code: &str| {
        all.push(vector(
            ("links", "activate"),
            &format!("activate-{name}"),
            rules,
            comment,
            inputs,
            error(code),
        ));
    };
    for (name, bytes) in [
        ("empty", &[][..]),
        ("of-176-bytes", &sound[..176]),
        ("of-178-bytes", &[sound.as_slice(), &[0]].concat()),
    ] {
        let comment = "A grant has 177 bytes.";
        let inputs = inputs(&tablet.seed, bytes);
        refused(name, "L10", comment, inputs, "bad_length");
    }
    for version in [0, 2] {
        let mut bytes = [&[version], certificate.as_slice()].concat();
        let mac = mac(&secret("one"), "hushring/1 link grant", &[&bytes, &own]);
        bytes.extend(mac);
        refused(
            &format!("version-{version}"),
            "L11 V2",
            "Byte 0 is 1, or the version is not supported. The MAC is over it as it is.",
            inputs(&tablet.seed, &bytes),
            "unsupported_version",
        );
    }
    let mut spoilt = sound.clone();
    spoilt[176] ^= 1;
    refused(
        "mac",
        "L12",
        "One bit of the MAC is wrong.",
        inputs(&tablet.seed, &spoilt),
        "bad_mac",
    );
    let mut other = inputs(&tablet.seed, &sound);
    other["secret"] = hex(&secret("two")).into();
    // The request is then not authenticated either; the device reads it again first.
    refused(
        "other-secret",
        "L4 L5 L12",
        "The secret is another: it authenticates neither the request nor the grant.",
        other,
        "bad_mac",
    );
    refused(
        "of-another-request",
        "L12",
        "The grant answers an earlier request of the same device and secret.",
        inputs(
            &tablet.seed,
            &grant(&certificate, &request(&tablet, now - 1)),
        ),
        "bad_mac",
    );
    refused(
        "over-the-request-without-its-mac",
        "L12",
        "The MAC is over the request without the MAC of that.",
        inputs(&tablet.seed, &grant(&certificate, &own[..105])),
        "bad_mac",
    );
    let swapped = {
        let evil = Key::account("mallory").certifies(&tablet.public, from, until);
        [&[1], evil.as_slice(), &sound[145..]].concat()
    };
    refused(
        "swapped-certificate",
        "L12",
        "A server has put another account's certificate in front of the MAC.",
        inputs(&tablet.seed, &swapped),
        "bad_mac",
    );
    let mut with = |name: &str, rules: &str, comment: &str, certificate: &[u8], code: &str| {
        let inputs = inputs(&tablet.seed, &grant(certificate, &own));
        refused(name, rules, comment, inputs, code);
    };
    with(
        "weak-account-key",
        "K6 L13 T1",
        "The account's key is of small order, and its equation holds.",
        &Key::weak(WEAK[4].1).certifies(&tablet.public, from, until),
        "bad_certificate",
    );
    with(
        "lifetime",
        "L13 T3",
        "The certificate lasts a second longer than 366 days.",
        &alice.certifies(&tablet.public, from, from + 366 * 86_400 + 1),
        "bad_certificate",
    );
    let mut wrong = certificate.clone();
    wrong[100] ^= 1;
    with(
        "signature",
        "L13 T4",
        "The certificate's signature does not verify.",
        &wrong,
        "bad_certificate",
    );
    with(
        "of-another-device",
        "L14",
        "The certificate is that of another device.",
        &alice.certifies(&Key::device("alice", "phone").public, from, until),
        "wrong_device",
    );
    with(
        "begins-later",
        "L15 T6",
        "The certificate begins in more than 10 minutes.",
        &alice.certifies(&tablet.public, now + 601, until),
        "certificate_not_yet_valid",
    );
    with(
        "has-ended",
        "L15 T6",
        "The certificate ends now.",
        &alice.certifies(&tablet.public, from, now),
        "certificate_expired",
    );
    let mallory = Key::account("mallory").certifies(&tablet.public, from, until);
    refused(
        "renewal-by-another-account",
        "L16",
        "Another account, which was shown the secret, grants the renewal.",
        inputs(&active, &grant(&mallory, &own)),
        "wrong_account",
    );
}
