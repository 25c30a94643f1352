//! What a device publishes (B20, B21).

use hushring::Suite;
use hushring_test_support::clock::{NOW, day};
use hushring_test_support::people::{self, device, prekey};
use hushring_test_support::text::hex;
use serde_json::{Value as Json, json};

use super::Bundle;
use crate::author::*;

pub fn vectors(all: &mut Vec<Vector>) {
    let keys = [Suite::X25519, Suite::XWing];
    let keys = keys.map(|suite| prekey(suite, "weekly", day(60)));
    let mut publish =
        |name: &str, rules: &str, comment: &str, device: &Json, keys: &[Json], now, expect| {
            let inputs = json!({ "device": device, "prekeys": keys, "now": now });
            let name = format!("publish-{name}");
            all.push(vector(
                ("bundles", "publish"),
                &name,
                rules,
                comment,
                inputs,
                expect,
            ));
        };
    let export = |key: &hushring::Prekey| json!(hex(&*key.export()));
    let phone = json!(hex(&*device("bob", "phone").export()));
    let both = [export(&keys[0]), export(&keys[1])];
    let bundles: Vec<String> = Suite::ALL
        .map(|suite| hex(&Bundle::new(suite).bytes()))
        .to_vec();
    publish(
        "both-suites",
        "B20 B21 S1 S2 V4",
        "One bundle for each prekey, in their order. An Ed25519 signer that does not randomise gives
         exactly these bytes.",
        &phone,
        &both,
        NOW.0 + 999,
        json!({ "bundles": bundles }),
    );
    let mut one = Bundle::new(Suite::X25519);
    one.offers = 1;
    publish(
        "one-suite",
        "B20",
        "What it offers is what it publishes. now is rounded down.",
        &phone,
        &both[..1],
        NOW.0,
        json!({ "bundles": [hex(&one.bytes())] }),
    );
    let ending = people::device_between("bob", "phone", day(-100), day(30));
    let mut short = Bundle::new(Suite::X25519);
    short.certified(seconds(-100), seconds(30));
    short.offers = 1;
    short.expires_at = seconds(30);
    publish(
        "ends-with-its-certificate",
        "B8 B21",
        "It ends with the prekey or the certificate, whichever is earlier.",
        &json!(hex(&*ending.export())),
        &both[..1],
        NOW.0,
        json!({ "bundles": [hex(&short.bytes())] }),
    );
    publish(
        "nothing",
        "B20",
        "There is no prekey.",
        &phone,
        &[],
        NOW.0,
        error("no_prekeys"),
    );
    let second = export(&prekey(Suite::X25519, "second", day(60)));
    publish(
        "one-suite-twice",
        "B20",
        "Two prekeys of one suite.",
        &phone,
        &[both[0].clone(), second],
        NOW.0,
        error("duplicate_suite"),
    );
    let ended = export(&prekey(Suite::X25519, "ended", day(0)));
    publish(
        "ended-prekey",
        "B21",
        "now is the prekey's expires_at.",
        &phone,
        &[ended],
        NOW.0,
        error("prekey_expired"),
    );
    let long = export(&prekey(Suite::X25519, "long", day(91)));
    publish(
        "prekey-of-91-days",
        "B8 B21",
        "The bundle would live longer than 90 days.",
        &phone,
        &[long],
        NOW.0,
        error("bad_lifetime"),
    );
    for (name, from, until, code) in [
        ("certificate-has-ended", -100, 0, "certificate_expired"),
        (
            "certificate-begins-later",
            1,
            200,
            "certificate_not_yet_valid",
        ),
    ] {
        let device = people::device_between("bob", "phone", day(from), day(until));
        publish(
            name,
            "T9",
            "A device does not publish outside its certificate's times.",
            &json!(hex(&*device.export())),
            &both,
            NOW.0,
            error(code),
        );
    }
    after_another(all);
}

/// When the device has published before, at `last`.
fn after_another(all: &mut Vec<Vector>) {
    let key = prekey(Suite::X25519, "weekly", day(60));
    let phone = hex(&*device("bob", "phone").export());
    let now = seconds(0);
    for (name, comment, last, issued_at) in [
        (
            "after-an-older-one",
            "The last publication was an hour ago: issued_at is now.",
            now - 3600,
            Some(now),
        ),
        (
            "a-second-later",
            "The last publication was a second ago.",
            now - 1,
            Some(now),
        ),
        (
            "twice-in-a-second",
            "The last publication was in the same second: issued_at is a second later than it, so
             that no two publications share a moment.",
            now,
            Some(now + 1),
        ),
        (
            "after-one-nine-minutes-ahead",
            "The clock was nine minutes fast at the last publication, and is right now: issued_at
             is a second later than the last.",
            now + 540,
            Some(now + 541),
        ),
        (
            "10-minutes-ahead",
            "A second after the last publication is ten minutes ahead: the limit itself is
             published.",
            now + 599,
            Some(now + 600),
        ),
        (
            "more-than-10-minutes-ahead",
            "A second after the last publication is more than ten minutes ahead: every sender would
             refuse it.",
            now + 600,
            None,
        ),
        (
            "a-day-ahead",
            "The clock was a day fast at the last publication.",
            now + 86_400,
            None,
        ),
    ] {
        let inputs = json!({
            "device": phone, "prekeys": [hex(&*key.export())], "last": last, "now": NOW.0,
        });
        let expect = match issued_at {
            None => error("clock"),
            Some(issued_at) => {
                let mut bundle = Bundle::new(Suite::X25519);
                bundle.offers = 1;
                bundle.issued_at = issued_at;
                json!({ "bundles": [hex(&bundle.bytes())] })
            }
        };
        all.push(vector(
            ("bundles", "publish"),
            &format!("publish-{name}"),
            "B20",
            comment,
            inputs,
            expect,
        ));
    }
}
