//! Revoked devices.

use hushring_test_support::clock::day;
use hushring_test_support::people::device_between;
use hushring_test_support::{cbor, flate};

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        revoked_device(),
        revoked_before_the_trust(),
        floor_is_never_lowered(),
        floor_survives_untrust(),
        own_device_revoked(),
        refused_revocations(),
        order_of_the_checks(),
    ]
}

/// A device that was certified anew on a day.
fn since(owner: &str, days: i64) -> Writer {
    by_device(device_between(owner, "new phone", day(days), day(100)))
}

fn revoked_device() -> Scene {
    let mut s = Scene::new(
        "revoked-device",
        "E29 N3 N28",
        "Alice revokes what was certified before yesterday. Her old phone is refused from now on,
         and what it sent before stays in the journal. Her new phone, certified at the floor, is
         accepted.",
    );
    s.trust("alice");
    let before = s.seal("before", by("alice"), message("before"));
    let ring = s.seal("ring", by("alice"), invite(1));
    let after = s.seal("after", by("alice"), message("after"));
    let new = s.seal("new", since("alice", -1), message("new"));
    s.receive(&before, at(1), Notify);
    s.receive(&ring, at(1), Ring);
    s.revoke("alice", -1, at(2));
    s.receive(&after, at(3), Refused("revoked"));
    s.receive(&new, at(3), Notify);
    s.pending(at(3), &[(&before, Notify), (&ring, Ring), (&new, Notify)]);
    s
}

fn revoked_before_the_trust() -> Scene {
    let mut s = Scene::new(
        "revoked-before-the-trust",
        "E29 N1 N3",
        "A revocation of an account that is not trusted yet is kept by the app, and holds when it is
         passed in with the trust.",
    );
    let statement = revocation("carol", 0);
    s.revoke_known(&statement, at(0), false);
    s.trust_with("carol", &[statement], at(0), &[]);
    let old = s.seal("old", by("carol"), message("old"));
    let new = s.seal("new", since("carol", 0), message("new"));
    s.receive(&old, at(1), Refused("revoked"));
    s.receive(&new, at(1), Notify);
    s
}

fn floor_is_never_lowered() -> Scene {
    let mut s = Scene::new(
        "revocation-floor-is-never-lowered",
        "E29 N3 R6",
        "An older statement with a lower floor is no error and changes nothing. A higher floor
         replaces the one before.",
    );
    s.trust("alice");
    s.revoke("alice", -10, at(0));
    s.revoke("alice", -50, at(0));
    let old = s.seal("old", since("alice", -20), message("old"));
    let new = s.seal("new", since("alice", -5), message("new"));
    s.receive(&old, at(1), Refused("revoked"));
    s.receive(&new, at(1), Notify);
    s.revoke("alice", -1, at(2));
    let again = s.seal("again", since("alice", -5), message("again"));
    s.receive(&again, at(3), Refused("revoked"));
    s
}

fn floor_survives_untrust() -> Scene {
    let mut s = Scene::new(
        "revocation-floor-survives-untrust-and-restart",
        "E29 N2 N3 N18",
        "The record with its floors stays when the trust ends, and is part of the saved state.",
    );
    s.trust("alice");
    s.revoke("alice", 0, at(0));
    s.untrust("alice");
    s.save("disk");
    s.load("disk");
    s.trust("alice");
    let old = s.seal("old", by("alice"), message("old"));
    s.receive(&old, at(1), Refused("revoked"));
    s
}

fn own_device_revoked() -> Scene {
    let mut s = Scene::new(
        "own-stolen-device",
        "A6 E29 N3 N10",
        "Bob's desktop was stolen and revoked. It cannot silence his phone any more by saying
         that a call was answered elsewhere.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let thief = desktop();
    let answered = s.seal("answered", thief, answered_elsewhere("alice", 1, at(0)));
    s.revoke(OWN, 0, at(0));
    s.receive(&answered, at(1), Refused("revoked"));
    s.receive(&invite, at(1), Ring);
    s
}

fn refused_revocations() -> Scene {
    let mut s = Scene::new(
        "revocations-that-are-refused",
        "E29 N3 N9 R1 R2 R4 R5",
        "A revocation is checked like any other message: its length, its version, its signature,
         and a floor that is not ahead of the clock. What is refused changes nothing.",
    );
    s.trust("alice");
    let sound = revocation("alice", 0);
    let changed = |change: fn(&mut Vec<u8>)| {
        let mut bytes = sound.clone();
        change(&mut bytes);
        bytes
    };
    s.refuse_revocation(&changed(|bytes| bytes.truncate(104)), at(0), "bad_length");
    s.refuse_revocation(&changed(|bytes| bytes.push(0)), at(0), "bad_length");
    s.refuse_revocation(&changed(|bytes| bytes[0] = 2), at(0), "unsupported_version");
    s.refuse_revocation(&changed(|bytes| bytes[40] ^= 1), at(0), "bad_signature");
    s.refuse_revocation(&changed(|bytes| bytes[104] ^= 1), at(0), "bad_signature");
    s.refuse_revocation(&sound, before(601), "clock");
    let letter = s.seal("message", by("alice"), message("hi"));
    s.receive(&letter, at(1), Notify);
    s.note("Ten minutes ahead are allowed.");
    s.revoke("alice", 0, before(600));
    let next = s.seal("next", by("alice"), message("hi"));
    s.receive(&next, at(1), Refused("revoked"));
    s
}

fn order_of_the_checks() -> Scene {
    let mut s = Scene::new(
        "revoked-in-the-order-of-the-checks",
        "E26 E28 E29",
        "A revoked device's envelope that is too old is too_old, one of a stranger is untrusted,
         and one whose certificate has ended as well is revoked: the first check that fails names
         the code.",
    );
    s.trust("alice");
    s.revoke("alice", 0, at(0));
    s.revoke("carol", 0, at(0));
    let stranger = s.seal("stranger", by("carol"), message("hi"));
    let old = s.seal("old", by("alice"), message("hi"));
    let ended = device_between("alice", "old phone", day(-100), day(-1));
    let expired = s.forge(
        "expired",
        by_device(ended),
        message("a"),
        flate::stored(&cbor::message_of_length(21)),
        |_| (),
    );
    s.receive(&stranger, at(1), Refused("untrusted"));
    s.receive(&old, at(31 * DAYS), Refused("too_old"));
    s.receive(&expired, at(1), Refused("revoked"));
    s
}
