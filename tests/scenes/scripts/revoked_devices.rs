//! One device that was revoked (spec/envelope.md, section 7).

use hushring_test_support::clock::day;
use hushring_test_support::forge;
use hushring_test_support::people::{account, device, device_between};

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        one_device(),
        certified_anew(),
        floor_is_never_lowered(),
        superseded_by_the_account(),
        above_the_account(),
        before_the_trust(),
        own_desktop(),
        key_of_another_account(),
        refused(),
        sixty_four_devices(),
        room_after_an_account_floor(),
        over_a_restart(),
        order_of_the_checks(),
    ]
}

/// A device that was certified on a day.
fn since(owner: &str, name: &str, days: i64) -> Writer {
    by_device(device_between(owner, name, day(days), day(150)))
}

fn one_device() -> Scene {
    let mut s = Scene::new(
        "revoked-device-alone",
        "E29 N3 N28 R6 T5",
        "Alice revokes the phone that she lost. What it sends is refused from now on; its events in
         the journal stay. Her other devices need nothing, although they were certified as long
         ago.",
    );
    s.trust("alice");
    let before_it = s.seal("before", by("alice"), message("before"));
    let ring = s.seal("ring", by("alice"), invite(1));
    let after_it = s.seal("after", by("alice"), message("after"));
    let laptops = s.seal(
        "laptop's",
        of("alice", "laptop"),
        message("from the laptop"),
    );
    let cancel = s.seal("cancel", of("alice", "laptop").at(at(5)), cancel(1));
    s.receive(&before_it, at(1), Notify);
    s.receive(&ring, at(1), Ring);
    s.revoke_device("alice", "phone", 0, at(2));
    s.receive(&after_it, at(3), Refused("revoked"));
    s.receive(&laptops, at(3), Notify);
    s.pending(
        at(3),
        &[(&before_it, Notify), (&ring, Ring), (&laptops, Notify)],
    );
    s.receive(&cancel, at(6), End(2));
    s
}

fn certified_anew() -> Scene {
    let mut s = Scene::new(
        "revoked-device-that-is-certified-anew",
        "E29 N3 T5",
        "The phone is found, and certified anew, at the floor. That certificate counts; one from a
         day before does not.",
    );
    s.trust("alice");
    s.revoke_device("alice", "phone", -1, at(0));
    let anew = s.seal("anew", since("alice", "phone", -1), message("found"));
    let older = s.seal("older", since("alice", "phone", -2), message("older"));
    s.receive(&anew, at(1), Notify);
    s.receive(&older, at(1), Refused("revoked"));
    s
}

fn floor_is_never_lowered() -> Scene {
    let mut s = Scene::new(
        "device-floor-is-never-lowered",
        "E29 N3 R6",
        "An older statement about the device, with a lower floor, is no error and changes
         nothing. A higher one counts.",
    );
    s.trust("alice");
    s.revoke_device("alice", "phone", -10, at(0));
    s.revoke_device("alice", "phone", -50, at(0));
    let old = s.seal("old", since("alice", "phone", -20), message("old"));
    let new = s.seal("new", since("alice", "phone", -5), message("new"));
    s.receive(&old, at(1), Refused("revoked"));
    s.receive(&new, at(1), Notify);
    s.revoke_device("alice", "phone", -1, at(2));
    let again = s.seal("again", since("alice", "phone", -5), message("again"));
    s.receive(&again, at(3), Refused("revoked"));
    s
}

fn superseded_by_the_account() -> Scene {
    let mut s = Scene::new(
        "device-floor-that-the-accounts-supersedes",
        "E29 N3 R6",
        "The account's floor is higher, and holds for the device too, whichever statement came
         first.",
    );
    s.trust("alice");
    s.revoke_device("alice", "phone", -10, at(0));
    s.revoke("alice", -5, at(0));
    s.revoke_device("alice", "tablet", -10, at(0));
    let phones = s.seal("phone's", since("alice", "phone", -8), message("phone"));
    let tablets = s.seal("tablet's", since("alice", "tablet", -8), message("tablet"));
    let laptops = s.seal("laptop's", since("alice", "laptop", -8), message("laptop"));
    let new = s.seal("new", since("alice", "phone", -5), message("new"));
    for letter in [&phones, &tablets, &laptops] {
        s.receive(letter, at(1), Refused("revoked"));
    }
    s.receive(&new, at(1), Notify);
    s
}

fn above_the_account() -> Scene {
    let mut s = Scene::new(
        "device-floor-above-the-accounts",
        "E29 N3 R6",
        "The account has a floor, and one device a higher one: that holds for the device alone, and
         a lower floor of the account that comes later does not touch it.",
    );
    s.trust("alice");
    s.revoke("alice", -20, at(0));
    s.revoke_device("alice", "phone", -5, at(0));
    s.revoke("alice", -10, at(0));
    let phones = s.seal("phone's", since("alice", "phone", -8), message("phone"));
    let laptops = s.seal("laptop's", since("alice", "laptop", -8), message("laptop"));
    let older = s.seal("older", since("alice", "laptop", -15), message("older"));
    s.receive(&phones, at(1), Refused("revoked"));
    s.receive(&laptops, at(1), Notify);
    s.receive(&older, at(1), Refused("revoked"));
    s
}

fn before_the_trust() -> Scene {
    let mut s = Scene::new(
        "device-revoked-before-the-trust",
        "E29 N1 N3 N11 N12",
        "A statement about a stranger's device leaves nothing, so what that device sends is held.
         With the statement, which the app has kept, it is gone when the account becomes trusted.",
    );
    let held = s.seal("held", by("carol"), message("held"));
    let later = s.seal("later", by("carol"), message("later"));
    let laptops = s.seal("laptop's", of("carol", "laptop"), message("laptop"));
    s.receive(&held, at(1), Refused("untrusted"));
    s.revoke_device("carol", "phone", 0, at(1));
    s.receive(&later, at(2), Refused("untrusted"));
    s.receive(&laptops, at(2), Refused("untrusted"));
    s.held(&[&held, &later, &laptops]);
    let statement = device_revocation("carol", "phone", 0);
    s.trust_with("carol", &[statement], at(3), &[(&laptops, Notify)]);
    s
}

fn own_desktop() -> Scene {
    let mut s = Scene::new(
        "own-desktop-that-was-revoked",
        "A6 E29 N3 N10",
        "Bob's desktop was stolen, and is revoked alone. It cannot silence his phone any more; his
         tablet can.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite(1));
    let second = s.seal("second", by("alice"), invite(2));
    let thief = s.seal("thief", desktop(), answered_elsewhere("alice", 1, at(0)));
    let tablets = of(OWN, "tablet");
    let tablets = s.seal("tablet's", tablets, answered_elsewhere("alice", 2, at(0)));
    s.revoke_device(OWN, "desktop", 0, at(0));
    s.receive(&thief, at(1), Refused("revoked"));
    s.receive(&tablets, at(1), Drop("unknown"));
    s.receive(&first, at(1), Ring);
    s.receive(&second, at(1), Drop("answeredElsewhere"));
    s
}

fn key_of_another_account() -> Scene {
    let mut s = Scene::new(
        "device-revoked-by-another-account",
        "N3 R6",
        "Carol states that Alice's device key is revoked. That is a statement about certificates of
         Carol's: Alice's device is not touched.",
    );
    s.trust("alice");
    let key = *device("alice", "phone").public_key().as_bytes();
    let statement = forge::revocation(&account("carol").export(), Some(&key), day(0).0);
    s.revoke_by(&statement, at(0));
    let letter = s.seal("message", by("alice"), message("hi"));
    s.receive(&letter, at(1), Notify);
    s
}

fn refused() -> Scene {
    let mut s = Scene::new(
        "device-revocations-that-are-refused",
        "E29 N3 N9 R1 R2 R4 R5",
        "A statement about a device is checked like one about an account. One that was cut down to
         the length of the other kind is not one of the other kind.",
    );
    s.trust("alice");
    let sound = device_revocation("alice", "phone", 0);
    let changed = |change: fn(&mut Vec<u8>)| {
        let mut bytes = sound.clone();
        change(&mut bytes);
        bytes
    };
    s.refuse_revocation(&changed(|bytes| bytes.truncate(136)), at(0), "bad_length");
    s.refuse_revocation(&changed(|bytes| bytes.push(0)), at(0), "bad_length");
    s.refuse_revocation(&changed(|bytes| bytes[0] = 2), at(0), "unsupported_version");
    s.refuse_revocation(&changed(|bytes| bytes[72] ^= 1), at(0), "bad_signature");
    s.refuse_revocation(&changed(|bytes| bytes[136] ^= 1), at(0), "bad_signature");
    let of_the_account = |bytes: &mut Vec<u8>| drop(bytes.drain(33..65));
    s.refuse_revocation(&changed(of_the_account), at(0), "bad_signature");
    s.refuse_revocation(&sound, before(601), "clock");
    let letter = s.seal("message", by("alice"), message("hi"));
    s.receive(&letter, at(1), Notify);
    s.note("Ten minutes ahead are allowed.");
    s.revoke_device("alice", "phone", 0, before(600));
    let next = s.seal("next", by("alice"), message("hi"));
    s.receive(&next, at(1), Refused("revoked"));
    s
}

fn sixty_four_devices() -> Scene {
    let mut s = Scene::new(
        "sixty-four-revoked-devices-of-one-account",
        "E29 N3 N9 R6",
        "Of each account 64 device keys may have a floor above the account's. One more is refused,
         so that the app revokes the account; raising one that is there is not one more, and
         another account has its own.",
    );
    s.trust("alice");
    s.trust("carol");
    for n in 1..=64 {
        s.revoke_device("alice", &format!("device {n}"), -10, at(0));
    }
    let more = device_revocation("alice", "device 65", -10);
    s.refuse_revocation(&more, at(0), "inbox_full");
    s.revoke_device("alice", "device 1", -5, at(0));
    s.revoke_device("carol", "phone", -10, at(0));
    let of_65 = since("alice", "device 65", -20);
    let of_65 = s.seal("of 65", of_65, message("not revoked"));
    let of_1 = s.seal("of 1", since("alice", "device 1", -8), message("revoked"));
    let of_64 = s.seal(
        "of 64",
        since("alice", "device 64", -20),
        message("revoked"),
    );
    s.receive(&of_65, at(1), Notify);
    s.receive(&of_1, at(1), Refused("revoked"));
    s.receive(&of_64, at(1), Refused("revoked"));
    s
}

fn room_after_an_account_floor() -> Scene {
    let mut s = Scene::new(
        "room-for-devices-after-an-account-floor",
        "N3 R6",
        "64 device keys have a floor. The account's rises above eight of them, which are
         superseded: there is room for eight others. One whose floor is not above the account's
         takes no room.",
    );
    s.trust("alice");
    for n in 1..=64 {
        let floor = if n <= 8 { -10 } else { -2 };
        s.revoke_device("alice", &format!("device {n}"), floor, at(0));
    }
    let more = device_revocation("alice", "device 65", -2);
    s.refuse_revocation(&more, at(0), "inbox_full");
    s.revoke("alice", -10, at(0));
    s.note("Equal is superseded.");
    for n in 65..=72 {
        s.revoke_device("alice", &format!("device {n}"), -2, at(0));
    }
    let more = device_revocation("alice", "device 73", -2);
    s.refuse_revocation(&more, at(0), "inbox_full");
    s.revoke_device("alice", "device 73", -10, at(0));
    s.refuse_revocation(&more, at(0), "inbox_full");
    s
}

fn over_a_restart() -> Scene {
    let mut s = Scene::new(
        "device-floor-survives-untrust-and-restart",
        "E29 N2 N3 N18 N31",
        "The floors of devices stay when the trust ends, and are part of the saved state.",
    );
    s.trust("alice");
    s.revoke_device("alice", "phone", 0, at(0));
    s.untrust("alice");
    s.save("disk");
    s.load("disk");
    s.trust("alice");
    let phones = s.seal("phone's", by("alice"), message("phone"));
    let laptops = s.seal("laptop's", of("alice", "laptop"), message("laptop"));
    s.receive(&phones, at(1), Refused("revoked"));
    s.receive(&laptops, at(1), Notify);
    s
}

fn order_of_the_checks() -> Scene {
    let mut s = Scene::new(
        "revoked-device-in-the-order-of-the-checks",
        "E27 E28 E29 N15",
        "A duplicate of a device that was revoked since is a duplicate, and an envelope that is too
         old is too_old.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), message("first"));
    let old = s.seal("old", by("alice"), message("old"));
    s.receive(&first, at(1), Notify);
    s.revoke_device("alice", "phone", 0, at(2));
    s.receive(&first, at(3), Duplicate);
    s.receive(&old, at(31 * DAYS), Refused("too_old"));
    s.receive(&old, at(3), Refused("revoked"));
    s
}
