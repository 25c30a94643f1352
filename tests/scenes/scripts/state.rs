//! The journal, the saved state, crashes, prekeys.

use hushring::{Prekey, Suite};
use hushring_test_support::clock::{day, second};
use hushring_test_support::people::{device, prekey};
use hushring_test_support::text::hex;
use serde_json::json;

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        save_and_load(),
        crash_before_the_first_save(),
        crash_before_acting(),
        crash_before_acknowledging(),
        crash_before_the_second_save(),
        crash_after_the_second_save(),
        pending_after_untrust(),
        pending_ended_and_forgotten(),
        pending_answered_after_untrust(),
        pending_over_an_early_end(),
        acknowledging(),
        damaged_state(),
        later_version(),
        state_of_another(),
        without_prekeys(),
        pruning_prekeys(),
        expired_prekey_still_opens(),
        too_many_prekeys(),
        held_survives(),
    ]
}

fn save_and_load() -> Scene {
    let mut s = Scene::new(
        "save-and-load",
        "G2 G8 N15 N24 N26 N31 N33 Z3",
        "A restart changes nothing: names, ids, calls, the journal and placed calls are in the
         saved state. Prekeys are not; the app adds them again from its key store.",
    );
    s.trust_as("alice", Some(("phoneNumber", "+4930123456")), Some("Alice"));
    let note = s.seal("message", by("alice"), message("hi"));
    let ring = s.seal("invite", by("alice"), invite(1));
    let ended = s.seal("ended", by("alice"), invite(2));
    let cancel_it = s.seal("cancel", by("alice"), cancel(2));
    s.receive(&note, at(1), Notify);
    s.receive(&ring, at(1), Ring);
    s.receive(&ended, at(1), Ring);
    s.receive(&cancel_it, at(1), End(2));
    s.acknowledge(&ended, true);
    s.place(9, &["alice", "carol"], at(1));
    s.save("disk");
    s.load("disk");
    s.pending(
        at(2),
        &[(&note, Notify), (&ring, Ring), (&cancel_it, End(2))],
    );
    s.receive(&note, at(2), Duplicate);
    s.receive(&ended, at(2), Duplicate);
    let answered = s.seal("answer", by("alice"), answer(9, at(1)));
    let signal = s.seal("signal", by("alice"), candidates(1));
    let late = s.seal(
        "late",
        by("alice"),
        end(2, hushring::content::EndReason::Failed),
    );
    s.receive(&answered, at(3), SignalOfPlaced);
    s.receive(&signal, at(3), Signal);
    s.receive(&late, at(3), Drop("over"));
    s
}

fn crash_before_the_first_save() -> Scene {
    let mut s = Scene::new(
        "crash-between-receiving-and-saving",
        "N26 N29",
        "The app dies after receiving, before anything was saved or told to the relay. After the
         start nothing was received; the mailbox delivers again, and the call rings.",
    );
    s.trust("alice");
    s.save("disk");
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&invite, at(1), Ring);
    s.note("Crash.");
    s.load("disk");
    s.pending(at(5), &[]);
    s.receive(&invite, at(6), Ring);
    s
}

fn crash_before_acting() -> Scene {
    let mut s = Scene::new(
        "crash-between-saving-and-acting",
        "N15 N26 N29",
        "Saved, and died before CallKit was told: the mailbox's copy is a duplicate, but the
         journal still says that it rings.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&invite, at(1), Ring);
    s.save("disk");
    s.note("Crash.");
    s.load("disk");
    s.receive(&invite, at(5), Duplicate);
    s.pending(at(5), &[(&invite, Ring)]);
    s.acknowledge(&invite, true);
    s.save("disk");
    s.load("disk");
    s.pending(at(6), &[]);
    s
}

fn crash_before_acknowledging() -> Scene {
    let mut s = Scene::new(
        "crash-between-acting-and-acknowledging",
        "N26 N29",
        "Shown, and died before the acknowledgement: the event comes once more. It is the same one,
         by its message id and CallKit UUID, so that the app can tell.",
    );
    s.trust("alice");
    let letter = s.seal("message", by("alice"), message("hi"));
    s.receive(&letter, at(1), Notify);
    s.save("disk");
    s.note("The app shows it, and crashes.");
    s.load("disk");
    s.pending(at(5), &[(&letter, Notify)]);
    s.acknowledge(&letter, true);
    s.save("disk");
    s
}

fn crash_before_the_second_save() -> Scene {
    let mut s = Scene::new(
        "crash-between-acknowledging-and-saving",
        "N26 N29",
        "Acknowledged, and died before that was saved: the event comes once more, and is lost in no
         case.",
    );
    s.trust("alice");
    let letter = s.seal("message", by("alice"), message("hi"));
    s.receive(&letter, at(1), Notify);
    s.save("disk");
    s.acknowledge(&letter, true);
    s.pending(at(2), &[]);
    s.note("Crash.");
    s.load("disk");
    s.pending(at(5), &[(&letter, Notify)]);
    s
}

fn crash_after_the_second_save() -> Scene {
    let mut s = Scene::new(
        "crash-after-the-second-save",
        "N15 N26 N29",
        "Everything was done and saved. After the crash nothing is pending, and the mailbox's copy
         is a duplicate.",
    );
    s.trust("alice");
    let letter = s.seal("message", by("alice"), message("hi"));
    s.receive(&letter, at(1), Notify);
    s.save("disk");
    s.acknowledge(&letter, true);
    s.save("disk");
    s.note("Crash.");
    s.load("disk");
    s.pending(at(5), &[]);
    s.receive(&letter, at(5), Duplicate);
    s
}

fn pending_after_untrust() -> Scene {
    let mut s = Scene::new(
        "pending-after-untrust",
        "N2 N24 N26 N28",
        "Events in the journal stay when the trust in their account ends. They are listed without a
         name, and can be acknowledged. A ring cannot be answered any more, and is a missed call.",
    );
    s.trust_as("alice", None, Some("Alice"));
    let letter = s.seal("message", by("alice"), message("hi"));
    let invite = s.seal("invite", by("alice"), invite_for(1, 10));
    s.receive(&letter, at(1), Notify);
    s.receive(&invite, at(1), Ring);
    s.untrust("alice");
    s.pending(at(2), &[(&letter, Notify), (&invite, Missed("ended"))]);
    s.refuse_answered("alice", 1);
    s.pending(at(60), &[(&letter, Notify), (&invite, Missed("ended"))]);
    s.acknowledge(&letter, true);
    s.acknowledge(&invite, true);
    s.pending(at(60), &[]);
    s
}

fn pending_ended_and_forgotten() -> Scene {
    let mut s = Scene::new(
        "pending-ring-that-ended-and-was-forgotten",
        "N2 N5 N28 Z2 Z11",
        "How a pending ring's call has ended is kept with the ring: that the call itself is
         forgotten, with the trust or by pruning, does not make it ring.",
    );
    s.trust("alice");
    s.trust("carol");
    let alices = s.seal("alices", by("alice"), invite(1));
    let cancel_of_alice = s.seal("end of alices", by("alice").at(at(5)), cancel(1));
    let carols = s.seal("carols", by("carol"), invite(1));
    let answered = answered_elsewhere("carol", 1, at(0));
    let answered = s.seal("end of carols", desktop(), answered);
    s.receive(&alices, at(1), Ring);
    s.receive(&cancel_of_alice, at(6), End(2));
    s.receive(&carols, at(6), Ring);
    s.receive(&answered, at(7), End(4));
    s.untrust("alice");
    let expected = [
        (&alices, Missed("ended")),
        (&cancel_of_alice, End(2)),
        (&carols, Drop("answeredElsewhere")),
        (&answered, End(4)),
    ];
    s.pending(at(8), &expected);
    s.prune(at(40 * DAYS), &[]);
    s.pending(at(40 * DAYS), &expected);
    s
}

fn pending_answered_after_untrust() -> Scene {
    let mut s = Scene::new(
        "pending-ring-answered-elsewhere-after-untrust",
        "N2 N28 Z12",
        "The same with an end by the own account: the call is not known any more, and the ring that
         waits was answered on the desktop.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let answered = s.seal("answered", desktop(), answered_elsewhere("alice", 1, at(0)));
    s.receive(&invite, at(1), Ring);
    s.untrust("alice");
    s.receive(&answered, at(2), Drop("unknown"));
    s.pending(at(2), &[(&invite, Drop("answeredElsewhere"))]);
    s
}

fn pending_over_an_early_end() -> Scene {
    let mut s = Scene::new(
        "pending-ring-with-two-ends",
        "N2 N28 Z3 Z12",
        "A ring that waits, of a call that was forgotten: its caller has ended it, and then the own
         account declined it. Bob knows of it.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let cancel = s.seal("cancel", by("alice").at(at(5)), cancel(1));
    let declined = s.seal("declined", desktop(), declined_elsewhere("alice", 1, at(0)));
    s.receive(&invite, at(1), Ring);
    s.untrust("alice");
    s.trust("alice");
    s.receive(&cancel, at(6), Drop("unknown"));
    s.pending(at(6), &[(&invite, Missed("ended"))]);
    s.receive(&declined, at(7), Drop("over"));
    s.pending(at(7), &[(&invite, Drop("declinedElsewhere"))]);
    s
}

fn acknowledging() -> Scene {
    let mut s = Scene::new(
        "acknowledging-what-is-not-there",
        "N26 N27",
        "Acknowledging twice, or what never was pending, or another account's message of the same
         id, changes nothing and is no error.",
    );
    s.trust("alice");
    s.trust("carol");
    let first = s.seal("first", by("alice").id(1), message("first"));
    let second = s.seal("second", by("alice").id(2), message("second"));
    let third = s.seal("third", by("carol").id(2), message("third"));
    for letter in [&first, &second, &third] {
        s.receive(letter, at(1), Notify);
    }
    s.acknowledge_id("carol", [1; 16], false);
    s.acknowledge_id("alice", [9; 16], false);
    s.acknowledge(&second, true);
    s.acknowledge(&second, false);
    s.pending(at(1), &[(&first, Notify), (&third, Notify)]);
    s
}

/// Something of everything that is saved.
fn furnished(name: &str, rules: &str, comment: &str) -> (Scene, Letter) {
    let mut s = Scene::new(name, rules, comment);
    s.trust_as("alice", Some(("phoneNumber", "+4930123456")), Some("Alice"));
    s.revoke("dave", 0, at(0));
    s.revoke_device("erin", "phone", 0, at(0));
    s.block("mallory");
    let note = s.seal("message", by("alice"), message("hi"));
    let ring = s.seal("invite", by("alice"), invite(1));
    let stranger = s.seal("stranger", by("carol"), message("hello"));
    let ahead = s.seal("ahead", by("alice").at(at(3600)), message("ahead"));
    let early = s.seal("early", by("alice"), candidates(2));
    let answered = s.seal("answered", desktop(), answered_elsewhere("alice", 3, at(0)));
    s.receive(&note, at(1), Notify);
    s.receive(&ring, at(1), Ring);
    s.receive(&stranger, at(1), Refused("untrusted"));
    s.receive(&ahead, at(1), Refused("clock"));
    s.receive(&early, at(1), Drop("early"));
    s.receive(&answered, at(1), Drop("unknown"));
    s.answered("alice", 1, at(0));
    s.place(9, &["alice"], at(1));
    s.joined("alice", 1, &["carol"], at(1), &[]);
    let key = prekey(Suite::X25519, "weekly", day(60));
    s.publish(&[&key], at(1), second(1));
    s.save("disk");
    (s, note)
}

fn damaged_state() -> Scene {
    let (mut s, note) = furnished(
        "damaged-state",
        "N32",
        "State that was cut off, lengthened, emptied, or has one wrong bit anywhere, is refused.
         The app goes on with what it has, and does not start with an empty inbox: here the
         message is still known as a duplicate.",
    );
    s.refuse_load(json!({ "state": "disk", "length": 0 }), "bad_state");
    s.refuse_load(json!({ "state": "disk", "length": 1 }), "bad_state");
    s.refuse_load(json!({ "state": "disk", "cut": 1 }), "bad_state");
    s.refuse_load(json!({ "state": "disk", "append": "00" }), "bad_state");
    s.note("Every 13th bit behind the first byte, one after the other.");
    s.refuse_load(
        json!({ "state": "disk", "flipFrom": 8, "flipEvery": 13 }),
        "bad_state",
    );
    s.receive(&note, at(2), Duplicate);
    s.load("disk");
    s.receive(&note, at(3), Duplicate);
    s
}

fn later_version() -> Scene {
    let (mut s, note) = furnished(
        "state-of-a-later-version",
        "N31 N32",
        "The state begins with a version. One that a later version of the app wrote is refused by
         that name, so that the user is told to update; it is not overwritten.",
    );
    s.refuse_load(json!({ "state": "disk", "version": 2 }), "state_too_new");
    s.refuse_load(json!({ "state": "disk", "version": 255 }), "state_too_new");
    s.refuse_load(json!({ "state": "disk", "version": 0 }), "bad_state");
    s.load("disk");
    s.receive(&note, at(2), Duplicate);
    s
}

fn state_of_another() -> Scene {
    let (mut s, note) = furnished(
        "state-of-another-device",
        "N32",
        "State belongs to one device of one account. That of Bob's other device, and that of
         another account, are refused.",
    );
    let tablet = hex(&*device(OWN, "tablet").export());
    let carols = hex(&*device("carol", "phone").export());
    let step = json!({ "state": "disk", "device": tablet });
    s.refuse_load(step, "wrong_device");
    let step = json!({ "state": "disk", "device": carols });
    s.refuse_load(step, "wrong_account");
    s.load("disk");
    s.receive(&note, at(2), Duplicate);
    s
}

fn without_prekeys() -> Scene {
    let mut s = Scene::new(
        "load-without-adding-prekeys",
        "E20 N33",
        "Saved state holds no private key. Before the prekeys are added again nothing opens, not
         even what was received already; adding one twice changes nothing.",
    );
    s.trust("alice");
    let letter = s.seal("message", by("alice"), message("hi"));
    s.receive(&letter, at(1), Notify);
    s.save("disk");
    s.load_without_prekeys("disk");
    s.receive(&letter, at(2), Refused("unknown_prekey"));
    let key = prekey(Suite::X25519, "weekly", day(60));
    s.add_prekey(&key);
    s.add_prekey(&key);
    s.receive(&letter, at(2), Duplicate);
    s.pending(at(2), &[(&letter, Notify)]);
    s
}

fn pruning_prekeys() -> Scene {
    let keys = Suite::ALL.map(|suite| prekey(suite, "weekly", day(60)));
    let mut s = Scene::new(
        "pruning-deletes-prekeys",
        "E20 K5 N5",
        "A prekey's private key is deleted 30 days after its expiry, and named, so that the app
         deletes it in its key store. Until that moment it opens.",
    );
    s.trust("alice");
    let then = at(90 * DAYS);
    let letter = s.seal("message", by("alice").at(at(59 * DAYS)), message("hi"));
    let late = s.seal("late", by("alice").at(at(59 * DAYS) + 1), message("hi"));
    s.prune(then - 1, &[]);
    s.receive(&letter, at(89 * DAYS), Notify);
    s.prune(then, &[&keys[0], &keys[1]]);
    s.receive(&late, at(89 * DAYS), Refused("unknown_prekey"));
    s.prune(then, &[]);
    s
}

fn expired_prekey_still_opens() -> Scene {
    let mut s = Scene::new(
        "expired-prekey-still-opens",
        "E20 E34",
        "A prekey past its expiry still opens what was sealed to it before, as long as it is there:
         senders stop, mailboxes do not.",
    );
    s.trust("alice");
    let letter = s.seal("message", by("alice").at(at(60 * DAYS) - 1), message("hi"));
    s.receive(&letter, at(80 * DAYS), Notify);
    s
}

fn too_many_prekeys() -> Scene {
    let key = |n: usize| prekey(Suite::X25519, &format!("number {n}"), day(60));
    let keys: Vec<Prekey> = (0..256).map(key).collect();
    let mut s = Scene::with_prekeys(
        "prekeys-are-bounded",
        "N9",
        "256 prekeys may be there at once. One more is refused; one of those that are there is no
         change.",
        keys,
    );
    s.refuse_prekey(&key(256), "inbox_full");
    s.add_prekey(&key(255));
    s.trust("alice");
    let letter = s.seal("message", by("alice"), message("hi"));
    s.receive(&letter, at(1), Notify);
    s
}

fn held_survives() -> Scene {
    let mut s = Scene::new(
        "held-envelopes-survive-a-restart",
        "N11 N12 N33",
        "What is held is part of the saved state, and is released after a restart like before it.",
    );
    let letter = s.seal("message", by("carol"), message("it is me"));
    let ring = s.seal("ring", by("carol"), invite(1));
    s.receive(&letter, at(1), Refused("untrusted"));
    s.receive(&ring, at(1), Refused("untrusted"));
    s.save("disk");
    s.load("disk");
    s.held(&[&letter, &ring]);
    s.trust_at("carol", at(2), &[(&letter, Notify), (&ring, Ring)]);
    s
}
