//! The room for what an account last published (B27).

use hushring::Suite;
use serde_json::{Value as Json, json};

use super::lists::{list, published};
use crate::author::*;
use crate::packed::entries;

/// Entries of many devices, one for each second from ten days ago on.
pub fn fill(first: u64, count: u64) -> Json {
    let more = json!({ "fill": {
        "devices": "66696c6c".repeat(7), "first": first, "count": count, "issuedAt": seconds(-10),
    } });
    with(entries(json!([])), &more)
}

/// These entries beside some of those, and a floor.
fn known(own: Json, first: u64, count: u64, floor: u64) -> Json {
    let known = with(fill(first, count), &entries(own));
    if floor == 0 {
        return known;
    }
    with(known, &json!({ "floor": floor }))
}

fn accepted(last_published: Json) -> Json {
    json!({
        "accepted": [0], "rejected": [], "lastPublished": last_published,
        "targets": [0], "downgraded": [],
    })
}

pub fn vectors(all: &mut Vec<Vector>) {
    let phone = published(Suite::X25519, "phone", 0, 1);
    let tablet = published(Suite::X25519, "tablet", 0, 1);
    let issued_at = phone.issued_at;
    let with_floor = |own: Json, floor: u64| with(entries(own), &json!({ "floor": floor }));
    for (name, comment, floor, is_stale) in [
        (
            "issued-at-the-floor",
            "The limit itself is accepted.",
            issued_at,
            false,
        ),
        (
            "issued-before-the-floor",
            "Nothing is known of the device, and it published before the publication floor.",
            issued_at + 1,
            true,
        ),
    ] {
        let expect = match is_stale {
            false => accepted(with_floor(json!([phone.last_published()]), floor)),
            true => json!({
                "accepted": [], "rejected": [{ "index": 0, "error": "stale_bundle" }],
                "lastPublished": with_floor(json!([]), floor), "targets": [], "downgraded": [],
            }),
        };
        all.push(list(
            name,
            "B14 B27",
            comment,
            &[&phone.bytes()],
            with_floor(json!([]), floor),
            expect,
        ));
    }
    let known_phone = with_floor(json!([phone.last_published()]), issued_at + 1);
    all.push(list(
        "known-from-before-the-floor",
        "B14 B27",
        "What is known of the device counts, and not the floor. (Of several with one issued_at, some
         stay below it.)",
        &[&phone.bytes()],
        known_phone.clone(),
        accepted(known_phone),
    ));

    all.push(list(
        "room-for-2048-devices",
        "B27",
        "The last of 2,048 devices: nothing leaves.",
        &[&phone.bytes()],
        fill(0, 2_047),
        accepted(known(json!([phone.last_published()]), 0, 2_047, 0)),
    ));
    all.push(list(
        "one-device-too-many",
        "B27",
        "The entry with the lowest issued_at leaves, and the floor rises to the second after it.",
        &[&phone.bytes()],
        fill(0, 2_048),
        accepted(known(
            json!([phone.last_published()]),
            1,
            2_047,
            seconds(-10) + 1,
        )),
    ));
    all.push(list(
        "another-publication-takes-no-room",
        "B15 B27",
        "The room is full, and the phone has its entry: it publishes anew.",
        &[&phone.bytes()],
        known(
            json!([published(Suite::X25519, "phone", 9, 1).last_published()]),
            0,
            2_047,
            0,
        ),
        accepted(known(json!([phone.last_published()]), 0, 2_047, 0)),
    ));
    all.push(list(
        "two-devices-too-many",
        "B27",
        "Two leave: the floor rises to the second after the later one.",
        &[&phone.bytes(), &tablet.bytes()],
        fill(0, 2_048),
        json!({
            "accepted": [0, 1], "rejected": [],
            "lastPublished": known(
                json!([phone.last_published(), tablet.last_published()]),
                2,
                2_046,
                seconds(-10) + 2,
            ),
            "targets": [0, 1], "downgraded": [],
        }),
    ));
    let old = published(Suite::X25519, "phone", 11 * 86_400, 1);
    all.push(list(
        "oldest-of-too-many",
        "B27",
        "The bundle that is accepted is older than all that is known: its own entry leaves, and it
         is stale the next time.",
        &[&old.bytes()],
        fill(0, 2_048),
        accepted(known(json!([]), 0, 2_048, old.issued_at + 1)),
    ));
    all.push(list(
        "too-many-below-the-floor",
        "B27",
        "The entry that leaves is from before the floor, which is not lowered.",
        &[&phone.bytes()],
        known(json!([]), 0, 2_048, seconds(-10) + 9),
        accepted(known(
            json!([phone.last_published()]),
            1,
            2_047,
            seconds(-10) + 9,
        )),
    ));
    let (one, other) = (
        published(Suite::X25519, "laptop", 11 * 86_400, 1),
        published(Suite::X25519, "watch", 11 * 86_400, 1),
    );
    let smaller = match one.device.public < other.device.public {
        true => &one,
        false => &other,
    };
    all.push(list(
        "too-many-of-one-moment",
        "B27",
        "Two have the lowest issued_at: the one with the larger key leaves. The other one stays,
         though it is from before the floor now.",
        &[&phone.bytes()],
        known(
            json!([one.last_published(), other.last_published()]),
            0,
            2_046,
            0,
        ),
        accepted(known(
            json!([phone.last_published(), smaller.last_published()]),
            0,
            2_046,
            one.issued_at + 1,
        )),
    ));
}
