//! Requests, and certifying them (L1 to L9).

use hmac::{Hmac, KeyInit, Mac};
use hushring_test_support::clock::NOW;
use hushring_test_support::text::hex;
use serde_json::{Value as Json, json};
use sha2::Sha256;

use super::{grant, request, request_with, secret};
use crate::author::*;

pub fn vectors(all: &mut Vec<Vector>) {
    let alice = Key::account("alice");
    let tablet = Key::device("alice", "tablet");
    let now = seconds(0);
    let sound = request(&tablet, now);
    all.push(vector(
        ("links", "request"),
        "request",
        "L1 S1 S2",
        "What a new device makes. An Ed25519 signer that does not randomise gives exactly these
         bytes.",
        json!({ "device": hex(&tablet.seed), "secret": hex(&secret("one")), "now": NOW.0 + 999 }),
        json!({ "request": hex(&sound) }),
    ));
    for length in [0, 31, 33] {
        all.push(vector(
            ("links", "request"),
            &format!("request-secret-of-{length}-bytes"),
            "L1",
            "A secret has 32 bytes.",
            json!({
                "device": hex(&tablet.seed), "secret": "07".repeat(length), "now": NOW.0,
            }),
            error("bad_length"),
        ));
    }

    let inputs = |request: &[u8], more: Json| {
        let inputs = json!({
            "account": hex(&alice.seed),
            "request": hex(request),
            "secret": hex(&secret("one")),
            "now": NOW.0,
            "expiresAt": seconds(100),
        });
        with(inputs, &more)
    };
    let certificate = |from: u64, until: u64| alice.certifies(&tablet.public, from, until);
    let day = 86_400;
    for (name, rules, comment, created_at, more, from, until) in [
        (
            "sound",
            "L3 L5 L6 T7",
            "The certificate begins a day ago, unless it is chosen otherwise.",
            now,
            json!({}),
            now - day,
            seconds(100),
        ),
        (
            "of-30-days-ago",
            "L7",
            "The limit itself is accepted.",
            seconds(-30),
            json!({}),
            now - day,
            seconds(100),
        ),
        (
            "in-10-minutes",
            "L7",
            "The limit itself is accepted.",
            now + 600,
            json!({}),
            now - day,
            seconds(100),
        ),
        (
            "with-a-floor",
            "R7 T7",
            "The certificate begins at the account's revocation floor, which is later than a day
             ago.",
            now,
            json!({ "floor": now - 60 }),
            now - 60,
            seconds(100),
        ),
        (
            "with-an-earlier-floor",
            "T7",
            "The certificate begins a day ago, which is later than the floor.",
            now,
            json!({ "floor": now - 2 * day }),
            now - day,
            seconds(100),
        ),
        (
            "with-a-beginning",
            "L9 T7",
            "The beginning is chosen, at the floor.",
            now,
            json!({ "notBefore": now - 5 * day, "floor": now - 5 * day }),
            now - 5 * day,
            seconds(100),
        ),
        (
            "of-366-days",
            "L9 T3",
            "The longest lifetime.",
            now,
            json!({ "notBefore": now, "expiresAt": now + 366 * day }),
            now,
            now + 366 * day,
        ),
    ] {
        let request = request(&tablet, created_at);
        let expect = json!({ "grant": hex(&grant(&certificate(from, until), &request)) });
        all.push(vector(
            ("links", "certify"),
            &format!("certify-{name}"),
            rules,
            comment,
            inputs(&request, more),
            expect,
        ));
    }

    let mut refused =
        |name: &str, rules: &str, comment: &str, request: &[u8], more: Json, code: &str| {
            all.push(vector(
                ("links", "certify"),
                &format!("certify-{name}"),
                rules,
                comment,
                inputs(request, more),
                error(code),
            ));
        };
    for (name, bytes) in [
        ("empty", &[][..]),
        ("of-136-bytes", &sound[..136]),
        ("of-138-bytes", &[sound.as_slice(), &[0]].concat()),
    ] {
        let comment = "A request has 137 bytes.";
        refused(name, "L3", comment, bytes, json!({}), "bad_length");
    }
    for version in [0, 2] {
        refused(
            &format!("version-{version}"),
            "L4 V2",
            "Byte 0 is 1, or the version is not supported. The MAC is over it as it is.",
            &request_with(&tablet, now, |bytes| bytes[0] = version),
            json!({}),
            "unsupported_version",
        );
    }
    let mut spoilt = sound.clone();
    spoilt[136] ^= 1;
    refused(
        "mac",
        "L5",
        "One bit of the MAC is wrong.",
        &spoilt,
        json!({}),
        "bad_mac",
    );
    let other = json!({ "secret": hex(&secret("two")) });
    refused(
        "other-secret",
        "L5",
        "Made with another secret.",
        &sound,
        other,
        "bad_mac",
    );
    let evil = Key::device("mallory", "phone");
    let mut swapped = request(&evil, now);
    swapped.truncate(105);
    swapped.extend(&sound[105..]);
    refused(
        "swapped-key",
        "L5",
        "A server has put another device's key and proof in front of the MAC.",
        &swapped,
        json!({}),
        "bad_mac",
    );
    let mac_without_label = {
        let mut bytes = sound[..105].to_vec();
        let mut mac = Hmac::<Sha256>::new_from_slice(&secret("one")).unwrap();
        mac.update(&bytes);
        bytes.extend(mac.finalize().into_bytes());
        bytes
    };
    refused(
        "mac-without-label",
        "L5",
        "The MAC is over the request alone, without the label.",
        &mac_without_label,
        json!({}),
        "bad_mac",
    );
    for length in [31, 33] {
        refused(
            &format!("secret-of-{length}-bytes"),
            "L1",
            "A secret has 32 bytes.",
            &sound,
            json!({ "secret": "07".repeat(length) }),
            "bad_length",
        );
    }
    for refusal in refused_keys("device", "L6") {
        refused(
            &refusal.name,
            &refusal.rules,
            &refusal.comment,
            &request(&refusal.key, now),
            json!({}),
            refusal.code,
        );
    }
    for (name, rules, comment, sign) in bad_signatures() {
        refused(
            &format!("proof-{name}"),
            &format!("L6 {rules}"),
            comment,
            &request(&tablet.signing(sign), now),
            json!({}),
            "bad_signature",
        );
    }
    refused(
        "proof-of-another-time",
        "L6",
        "The proof is over another time.",
        &request_with(&tablet, now, |bytes| bytes[40] ^= 1),
        json!({}),
        "bad_signature",
    );
    for (name, created_at, code) in [
        ("in-more-than-10-minutes", now + 601, "clock"),
        ("at-the-end-of-time", u64::MAX, "clock"),
        ("of-more-than-30-days-ago", seconds(-30) - 1, "too_old"),
        ("of-1970", 0, "too_old"),
    ] {
        refused(
            name,
            "L7",
            "Made outside the limits.",
            &request(&tablet, created_at),
            json!({}),
            code,
        );
    }
    refused(
        "the-account-itself",
        "K2 L8",
        "The device's key is the account's.",
        &request(&alice, now),
        json!({}),
        "bad_certificate",
    );
    for (name, rules, comment, more, code) in [
        (
            "of-more-than-366-days",
            "L9 T3",
            "A second longer than 366 days.",
            json!({ "notBefore": now, "expiresAt": now + 366 * day + 1 }),
            "bad_lifetime",
        ),
        (
            "of-0-seconds",
            "L9 T3",
            "It would end as it begins.",
            json!({ "notBefore": now + 9, "expiresAt": now + 9 }),
            "bad_lifetime",
        ),
        (
            "below-the-floor",
            "L9 T7",
            "The beginning that was chosen is below the floor.",
            json!({ "notBefore": now - day, "floor": now - day + 1 }),
            "revoked",
        ),
        (
            "that-has-ended",
            "L9 T8",
            "It would have ended already.",
            json!({ "notBefore": now - 2 * day, "expiresAt": now }),
            "bad_lifetime",
        ),
    ] {
        refused(name, rules, comment, &sound, more, code);
    }
}
