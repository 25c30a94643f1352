//! Choosing among bundles that were accepted some time ago, and of which some have expired since.

use hushring::Suite;
use hushring_test_support::text::hex;
use serde_json::json;

use super::lists::{list, published};
use super::{Bundle, last_published};
use crate::author::*;

pub fn vectors(all: &mut Vec<Vector>) {
    let (one, two) = (Suite::X25519, Suite::XWing);
    let ending = |suite, device, days| -> Bundle {
        let mut bundle = published(suite, device, 0, 3);
        bundle.expires_at = seconds(days);
        bundle
    };
    let (phone, phone_xwing) = (ending(one, "phone", 30), ending(two, "phone", 20));
    let (tablet, tablet_xwing) = (ending(one, "tablet", 60), ending(two, "tablet", 60));
    let [a, b, c, d] = [&phone, &phone_xwing, &tablet, &tablet_xwing].map(Bundle::bytes);
    let known = json!([
        last_published(&[&phone, &phone_xwing]),
        last_published(&[&tablet, &tablet_xwing]),
    ]);
    let of_phone = json!({
        "device": hex(&phone.device.public), "offered": "xwing", "available": "x25519",
    });
    let (at_20, at_30) = (millis_of(20), millis_of(30));
    for (name, comment, at, targets, downgraded, expired) in [
        (
            "before-one-expires",
            "A millisecond before the phone's bundle of suite 2 expires.",
            at_20 - 1,
            json!([1, 3]),
            json!([]),
            json!([]),
        ),
        (
            "when-one-has-expired",
            "The phone's bundle of suite 2 has expired, and that of suite 1 has not: it is the
             target, and the device is downgraded.",
            at_20,
            json!([0, 3]),
            json!([of_phone]),
            json!([]),
        ),
        (
            "when-all-of-a-device-have-expired",
            "Both of the phone's bundles have expired. It is no target, and does not hinder the
             tablet.",
            at_30,
            json!([3]),
            json!([]),
            json!([1]),
        ),
        (
            "when-all-have-expired",
            "All bundles have expired.",
            millis_of(60),
            json!([]),
            json!([]),
            json!([1, 3]),
        ),
    ] {
        let expect = json!({
            "accepted": [0, 1, 2, 3], "rejected": [], "lastPublished": known,
            "targets": targets, "downgraded": downgraded, "expired": expired,
        });
        let vector = list(name, "B16", comment, &[&a, &b, &c, &d], json!([]), expect);
        all.push(vector.with("chooseAt", at.into()));
    }

    // A newer publication that has expired is not replaced by an older one.
    let older = published(one, "phone", 50, 1);
    let mut brief = published(one, "phone", 0, 1);
    brief.expires_at = seconds(10);
    let expect = json!({
        "accepted": [1], "rejected": [{ "index": 0, "error": "stale_bundle" }],
        "lastPublished": [brief.last_published()],
        "targets": [], "downgraded": [], "expired": [1],
    });
    let vector = list(
        "expired-beside-an-older-publication",
        "B16",
        "The older publication has not expired. It does not count.",
        &[&older.bytes(), &brief.bytes()],
        json!([]),
        expect,
    );
    all.push(vector.with("chooseAt", millis_of(10).into()));
}

fn millis_of(days: i64) -> u64 {
    seconds(days) * 1000
}
