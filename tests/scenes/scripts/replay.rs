//! What was received before.

use hushring_test_support::people::device;

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        push_and_mailbox(),
        same_id_another_device(),
        same_id_another_account(),
        after_eviction(),
        late_and_never_seen(),
        smallest_id_leaves(),
        floors_of_their_own(),
        untrust_then_replay(),
        untrust_drops_calls(),
        untrust_of_nothing(),
        pruning(),
        id_of_a_pending_event(),
        refused_is_not_remembered(),
        duplicate_before_everything(),
        duplicate_while_pending(),
        same_id_again_while_pending(),
    ]
}

fn push_and_mailbox() -> Scene {
    let mut s = Scene::new(
        "duplicate-by-push-and-mailbox",
        "E27 N15 N26",
        "Every envelope travels twice, by push and by mailbox. The second copy shows nothing and
         leaves the first event in the journal.",
    );
    s.trust("alice");
    let letter = s.seal("message", by("alice"), message("hi"));
    s.receive(&letter, at(1), Notify);
    s.receive(&letter, at(60), Duplicate);
    s.pending(at(60), &[(&letter, Notify)]);
    s.acknowledge(&letter, true);
    s.receive(&letter, at(120), Duplicate);
    s.pending(at(120), &[]);
    s
}

fn same_id_another_device() -> Scene {
    let mut s = Scene::new(
        "duplicate-whatever-its-time-and-device",
        "N15 N17",
        "The ids of an account are one space, for all its devices: a message id seen before is a
         duplicate, even from another device, with another time and other content.",
    );
    s.trust("alice");
    let tablet = || by_device(device("alice", "tablet"));
    let first = s.seal("first", by("alice").id(7), message("hi"));
    let second = s.seal("second", tablet().id(7).at(at(1)), invite(1));
    let older = s.seal("older", tablet().id(7).at(before(3600)), message("hi"));
    s.receive(&first, at(1), Notify);
    s.receive(&second, at(2), Duplicate);
    s.receive(&older, at(2), Duplicate);
    s
}

fn same_id_another_account() -> Scene {
    let mut s = Scene::new(
        "same-message-id-of-another-account",
        "N15 N26",
        "Nobody can block a message by using its id first: ids count for each account apart, and so
         do acknowledgements.",
    );
    s.trust("alice");
    s.trust("carol");
    let first = s.seal("first", by("carol").id(7), message("first"));
    let second = s.seal("second", by("alice").id(7), message("second"));
    s.receive(&first, at(1), Notify);
    s.receive(&second, at(1), Notify);
    s.acknowledge(&first, true);
    s.pending(at(1), &[(&second, Notify)]);
    s
}

/// Enough to make everything older leave.
fn newer(count: usize) -> Flood<'static> {
    Flood {
        from: "alice",
        count,
        first_sent_at: at(1),
        message_ids: *b"newer ones  ",
        call_ids: None,
        content: unasked(),
        at: at(10),
    }
}

fn after_eviction() -> Scene {
    let mut s = Scene::new(
        "replay-after-512-newer-messages",
        "E27 N15 N16 N17",
        "512 ids of an account are kept. With the 513th the oldest leaves and raises the floor: the
         same envelope is not known as a duplicate any more, and is refused all the same.",
    );
    s.trust("alice");
    let letter = s.seal("message", by("alice"), message("hi"));
    s.receive(&letter, at(1), Notify);
    s.acknowledge(&letter, true);
    s.flood(&newer(511), Drop("unknown"));
    s.receive(&letter, at(11), Duplicate);
    let last = s.seal("last", by("alice").at(at(9)), unasked());
    s.receive(&last, at(11), Drop("unknown"));
    s.receive(&letter, at(12), Refused("replayed"));
    s.receive(&last, at(12), Duplicate);
    s
}

fn late_and_never_seen() -> Scene {
    let mut s = Scene::new(
        "message-older-than-the-floor",
        "N16 N17 N18",
        "The price of the bound: what was sent at or before the floor, and was not delivered
         before 512 newer ones, is refused, though it was never seen. A millisecond above it is
         accepted.",
    );
    s.trust("alice");
    let oldest = s.seal("oldest", by("alice"), unasked());
    let never_seen = s.seal("never seen", by("alice"), message("late"));
    let older = s.seal("older", by("alice").at(at(0) - 1), message("later still"));
    let newer_one = s.seal("newer", by("alice").at(at(0) + 1), message("in time"));
    s.receive(&oldest, at(1), Drop("unknown"));
    s.flood(&newer(512), Drop("unknown"));
    s.receive(&never_seen, at(11), Refused("replayed"));
    s.receive(&older, at(11), Refused("replayed"));
    s.receive(&newer_one, at(11), Notify);
    s.acknowledge(&newer_one, true);
    s.note("It was the oldest of 513 itself, and raised the floor to its own time.");
    s.receive(&newer_one, at(12), Refused("replayed"));
    s
}

fn smallest_id_leaves() -> Scene {
    let mut s = Scene::new(
        "of-equally-old-messages-the-smallest-id-leaves",
        "N15 N16 N17",
        "Of several messages of the same time the one with the bytewise smallest id leaves first,
         in whatever order they came. Those that are left are still known as duplicates.",
    );
    s.trust("alice");
    let middle = s.seal("middle", by("alice").id(5), unasked());
    let smallest = s.seal("smallest", by("alice").id(1), unasked());
    let largest = s.seal("largest", by("alice").id(0xff), unasked());
    for letter in [&middle, &smallest, &largest] {
        s.receive(letter, at(1), Drop("unknown"));
    }
    s.flood(&newer(510), Drop("unknown"));
    s.receive(&smallest, at(11), Refused("replayed"));
    s.receive(&middle, at(11), Duplicate);
    s.receive(&largest, at(11), Duplicate);
    s
}

fn floors_of_their_own() -> Scene {
    let mut s = Scene::new(
        "a-flood-of-one-account-leaves-others-alone",
        "N15 N17",
        "However much one account sends, the ids and the floor of another are not touched.",
    );
    s.trust("alice");
    s.trust("carol");
    let seen = s.seal("seen", by("carol"), message("seen"));
    let late = s.seal("late", by("carol").at(before(60)), message("late"));
    s.receive(&seen, at(1), Notify);
    s.flood(&newer(600), Drop("unknown"));
    s.receive(&seen, at(11), Duplicate);
    s.receive(&late, at(11), Notify);
    s
}

fn untrust_then_replay() -> Scene {
    let mut s = Scene::new(
        "untrust-then-trust-then-replay",
        "E26 N2 N11 N15 N16 N18",
        "Ending the trust keeps what guards against replays: whoever trusts again does not get old
         messages anew. The floor stands at the newest message, so an older one that was still on
         its way is refused as well. A newer one is accepted.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), message("first"));
    let second = s.seal("second", by("alice").at(at(5)), message("second"));
    let on_its_way = s.seal("on its way", by("alice").at(at(4)), message("on its way"));
    let newer = s.seal("newer", by("alice").at(at(5) + 1), message("newer"));
    s.receive(&second, at(6), Notify);
    s.receive(&first, at(6), Notify);
    s.untrust("alice");
    s.note("The journal keeps its events.");
    s.pending(at(6), &[(&second, Notify), (&first, Notify)]);
    s.trust("alice");
    s.note("Their ids are known as long as they are in the journal, and no longer.");
    for letter in [&first, &second] {
        s.receive(letter, at(7), Duplicate);
        s.acknowledge(letter, true);
    }
    for letter in [&first, &second, &on_its_way] {
        s.receive(letter, at(7), Refused("replayed"));
    }
    s.receive(&newer, at(7), Notify);
    s
}

fn untrust_drops_calls() -> Scene {
    let mut s = Scene::new(
        "untrust-forgets-calls-and-names",
        "A6 N2 N24 Z3",
        "With the trust go the account's calls and its pinned name. What comes after trusting again
         finds no call, and CallKit is shown the fingerprint.",
    );
    s.trust_as("alice", Some(("phoneNumber", "+4930123456")), Some("Alice"));
    let first = s.seal("first", by("alice"), invite(1));
    let cancel = s.seal("cancel", by("alice").at(at(5)), cancel(1));
    let second = s.seal("second", by("alice").at(at(6)), invite(2));
    s.receive(&first, at(1), Ring);
    s.untrust("alice");
    s.trust("alice");
    s.receive(&cancel, at(6), Drop("unknown"));
    s.receive(&second, at(7), Ring);
    s
}

fn untrust_of_nothing() -> Scene {
    let mut s = Scene::new(
        "untrust-of-an-unknown-account",
        "E26 N2 N18",
        "Ending a trust that never was has no effect; nor has ending it twice.",
    );
    s.untrust("carol");
    s.trust("carol");
    let letter = s.seal("message", by("carol"), message("hi"));
    s.receive(&letter, at(1), Notify);
    s.acknowledge(&letter, true);
    s.untrust("carol");
    s.untrust("carol");
    s.trust("carol");
    s.receive(&letter, at(2), Refused("replayed"));
    s
}

fn pruning() -> Scene {
    let mut s = Scene::new(
        "pruning-raises-the-floor",
        "N5 N15 N16 N17",
        "Pruning removes ids older than 30 days and raises the floor, so that what leaves is
         refused and not accepted again. Exactly 30 days old is not older.",
    );
    s.trust("alice");
    let letter = s.seal("message", by("alice"), message("hi"));
    s.receive(&letter, at(1), Notify);
    s.acknowledge(&letter, true);
    s.prune(at(30 * DAYS), &[]);
    s.receive(&letter, at(30 * DAYS), Duplicate);
    s.prune(at(30 * DAYS) + 1, &[]);
    s.note("Not too_old: the replay check comes first.");
    s.receive(&letter, at(30 * DAYS) + 1, Refused("replayed"));
    s.note("A clock that was set back does not bring it back.");
    s.receive(&letter, at(1), Refused("replayed"));
    s
}

fn id_of_a_pending_event() -> Scene {
    let mut s = Scene::new(
        "id-of-a-pending-event",
        "N2 N15 N26",
        "An event is named by its sender's account and message id, so no second one enters the
         journal under one name, not even by a sender who uses an id twice, and not after the id
         was forgotten with the trust.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice").id(7), message("first"));
    let second = s.seal("second", by("alice").id(7).at(at(5)), message("second"));
    s.receive(&first, at(1), Notify);
    s.untrust("alice");
    s.trust("alice");
    s.receive(&second, at(6), Duplicate);
    s.pending(at(6), &[(&first, Notify)]);
    s.acknowledge(&first, true);
    s.receive(&second, at(7), Notify);
    s
}

fn refused_is_not_remembered() -> Scene {
    let mut s = Scene::new(
        "refused-is-not-remembered",
        "E28 E37 N9 N13",
        "What is refused and not held leaves no trace. A message from a clock that is more than a
         day fast is refused until its time is near enough, and is then new.",
    );
    s.trust("alice");
    let letter = s.seal("message", by("alice").at(at(DAYS + 60)), message("hi"));
    s.receive(&letter, at(0), Refused("clock"));
    s.receive(&letter, at(0), Refused("clock"));
    s.held(&[]);
    s.receive(&letter, at(DAYS), Notify);
    s.receive(&letter, at(DAYS + 1), Duplicate);
    s
}

fn duplicate_before_everything() -> Scene {
    let mut s = Scene::new(
        "duplicate-comes-before-times-and-revocation",
        "E27 E28 E29 N15",
        "A duplicate is one at any time, and after its device was revoked: it shows nothing in
         either case, and the app learns that it was accepted once.",
    );
    s.trust("alice");
    let letter = s.seal("message", by("alice"), message("hi"));
    s.receive(&letter, at(1), Notify);
    s.revoke("alice", 0, at(2));
    s.receive(&letter, at(40 * DAYS), Duplicate);
    s.receive(&letter, before(DAYS), Duplicate);
    s
}

fn duplicate_while_pending() -> Scene {
    let mut s = Scene::new(
        "duplicate-while-pending",
        "N5 N15 N16",
        "What waits in the journal is a duplicate, even when its id is not among those kept any
         more: here pruning has removed it. Once acknowledged, the floor refuses it.",
    );
    s.trust("alice");
    let letter = s.seal("message", by("alice"), message("hi"));
    s.receive(&letter, at(1), Notify);
    s.prune(at(30 * DAYS) + 1, &[]);
    s.receive(&letter, at(30 * DAYS) + 1, Duplicate);
    s.pending(at(30 * DAYS) + 1, &[(&letter, Notify)]);
    s.acknowledge(&letter, true);
    s.receive(&letter, at(30 * DAYS) + 1, Refused("replayed"));
    s
}

fn same_id_again_while_pending() -> Scene {
    let mut s = Scene::new(
        "message-id-used-again-while-pending",
        "N15 N17 N26",
        "A sender uses a message id a second time, with a newer time, after 512 others have driven
         it out. While the first one is pending that is a duplicate: an account and a message id
         name one event. After the acknowledgement it is a new message.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice").id(7), message("first"));
    let again = s.seal("again", by("alice").id(7).at(at(9)), message("again"));
    s.receive(&first, at(1), Notify);
    s.flood(&newer(512), Drop("unknown"));
    s.receive(&again, at(11), Duplicate);
    s.pending(at(11), &[(&first, Notify)]);
    s.acknowledge(&first, true);
    s.pending(at(11), &[]);
    s.receive(&again, at(12), Notify);
    s
}
