//! Who is trusted, and what is held of those who are not.

use hushring_test_support::clock::day;
use hushring_test_support::flate;
use hushring_test_support::people::{self, device, device_between};

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        untrusted_then_trusted(),
        invite_released_in_time(),
        invite_released_late(),
        order_of_release(),
        held_once(),
        duplicates_of_the_released(),
        held_and_still_pending(),
        nine_of_one_account(),
        sixty_five_in_all(),
        refused_at_the_release(),
        released_after_a_revocation(),
        no_room_at_the_release(),
        pruning_the_held(),
        held_is_not_read(),
        held_only_if_it_could_be_released(),
        trust_again(),
        held_of_another(),
        ninth_of_one_among_64(),
        trust_with_a_full_journal_and_nothing_held(),
    ]
}

fn untrusted_then_trusted() -> Scene {
    let mut s = Scene::new(
        "untrusted-then-trusted",
        "E26 N1 N11 N12 N26",
        "A stranger's message is refused and held, and the refusal names its account, so that the
         user can be asked. When the account is trusted, what was held comes out at once.",
    );
    let letter = s.seal("message", by("carol"), message("it is me"));
    s.receive(&letter, at(1), Refused("untrusted"));
    s.held(&[&letter]);
    s.pending(at(1), &[]);
    s.trust_at("carol", at(60), &[(&letter, Notify)]);
    s.held(&[]);
    s.pending(at(60), &[(&letter, Notify)]);
    s.receive(&letter, at(61), Duplicate);
    s
}

fn invite_released_in_time() -> Scene {
    let mut s = Scene::new(
        "held-invite-released-in-time",
        "A6 N12",
        "An invitation that was held rings if the account is trusted while it still may.",
    );
    let invite = s.seal("invite", by("carol"), invite(1));
    s.receive(&invite, at(1), Refused("untrusted"));
    s.trust_at("carol", at(90), &[(&invite, Ring)]);
    s
}

fn invite_released_late() -> Scene {
    let mut s = Scene::new(
        "held-invite-released-late",
        "A5 N12",
        "What is released is received at the time of the release: an invitation that was held for
         an hour is a missed call.",
    );
    let invite = s.seal("invite", by("carol"), invite(1));
    s.receive(&invite, at(1), Refused("untrusted"));
    s.trust_at("carol", at(3600), &[(&invite, Missed("expired"))]);
    s
}

fn order_of_release() -> Scene {
    let mut s = Scene::new(
        "held-envelopes-are-released-in-order",
        "A6 G11 N12 N27 N28 Z2",
        "What was held comes out in the order in which it was held. The invitation rang and was
         cancelled: the events say both, and the journal shows a missed call.",
    );
    let invite = s.seal("invite", by("carol"), invite(1));
    let cancel = s.seal("cancel", by("carol").at(at(5)), cancel(1));
    let signal = s.seal("signal", by("carol"), candidates(1));
    let note = s.seal("note", by("carol").at(at(6)), message("call me"));
    for letter in [&invite, &cancel, &signal, &note] {
        s.receive(letter, at(7), Refused("untrusted"));
    }
    s.held(&[&invite, &cancel, &signal, &note]);
    s.trust_at(
        "carol",
        at(8),
        &[
            (&invite, Ring),
            (&cancel, End(2)),
            (&signal, Drop("over")),
            (&note, Notify),
        ],
    );
    s.pending(
        at(8),
        &[
            (&invite, Missed("ended")),
            (&cancel, End(2)),
            (&note, Notify),
        ],
    );
    s
}

fn held_once() -> Scene {
    let mut s = Scene::new(
        "held-once",
        "E26 N11",
        "Push and mailbox bring a stranger's message twice. It is held once.",
    );
    let letter = s.seal("message", by("carol"), message("hi"));
    let other = s.seal("other", by("carol"), message("hi"));
    s.receive(&letter, at(1), Refused("untrusted"));
    s.receive(&other, at(1), Refused("untrusted"));
    s.receive(&letter, at(2), Refused("untrusted"));
    s.held(&[&letter, &other]);
    s
}

fn duplicates_of_the_released() -> Scene {
    let mut s = Scene::new(
        "held-after-untrust",
        "N2 N11 N12 N16",
        "While an account is not trusted any more, what it sends is held like a stranger's. What
         the replay floor would refuse is not held: the old message is gone, the new one comes
         out.",
    );
    s.trust("carol");
    let old = s.seal("old", by("carol"), message("old"));
    let new = s.seal("new", by("carol").at(at(5)), message("new"));
    s.receive(&old, at(1), Notify);
    s.acknowledge(&old, true);
    s.untrust("carol");
    s.receive(&old, at(2), Refused("untrusted"));
    s.receive(&new, at(6), Refused("untrusted"));
    s.held(&[&new]);
    s.trust_at("carol", at(7), &[(&new, Notify)]);
    s.held(&[]);
    s
}

fn held_and_still_pending() -> Scene {
    let mut s = Scene::new(
        "not-held-while-pending",
        "E26 N2 N11 N12 N15",
        "A message waits in the journal when the trust ends, and comes again, also dated above the
         floor that the end of the trust has left. It is untrusted, since trust is asked first, and
         is not held: it is a duplicate, and waits once.",
    );
    s.trust("carol");
    let letter = s.seal("message", by("carol").id(7), message("hi"));
    let again = s.seal("again", by("carol").id(7).at(at(2)), message("hi"));
    s.receive(&letter, at(1), Notify);
    s.untrust("carol");
    s.receive(&letter, at(2), Refused("untrusted"));
    s.receive(&again, at(2), Refused("untrusted"));
    s.held(&[]);
    s.trust_at("carol", at(3), &[]);
    s.receive(&letter, at(3), Duplicate);
    s.receive(&again, at(3), Duplicate);
    s.pending(at(3), &[(&letter, Notify)]);
    s
}

fn nine_of_one_account() -> Scene {
    let mut s = Scene::new(
        "nine-held-of-one-account",
        "N11 N12",
        "Of each stranger eight envelopes are held. With the ninth the one held first leaves.
         Another stranger's stay.",
    );
    let other = s.seal("other", by("dave"), message("me too"));
    s.receive(&other, at(0), Refused("untrusted"));
    let letters: Vec<Letter> = (1..=9_u64)
        .map(|n| {
            let writer = by("carol").at(at(n));
            s.seal(&n.to_string(), writer, message(&format!("number {n}")))
        })
        .collect();
    for letter in &letters {
        s.receive(letter, at(10), Refused("untrusted"));
    }
    let mut held = vec![&other];
    held.extend(&letters[1..]);
    s.held(&held);
    let events: Vec<_> = letters[1..].iter().map(|letter| (letter, Notify)).collect();
    s.trust_at("carol", at(11), &events);
    s.held(&[&other]);
    s
}

fn sixty_five_in_all() -> Scene {
    let mut s = Scene::new(
        "sixty-five-held-in-all",
        "N11 N12",
        "64 envelopes are held in all. With the 65th the one held first leaves, whosesoever it is:
         eight strangers cannot keep out a ninth.",
    );
    let first = s.seal("first", by("carol"), message("first"));
    let second = s.seal("second", by("carol"), message("second"));
    s.receive(&first, at(0), Refused("untrusted"));
    s.receive(&second, at(0), Refused("untrusted"));
    for n in 1..=8_u64 {
        let count = if n == 8 { 6 } else { 8 };
        s.flood(
            &Flood {
                from: &format!("stranger {n}"),
                count,
                first_sent_at: at(n),
                message_ids: *b"of a strange",
                call_ids: None,
                content: message("hello"),
                at: at(20),
            },
            Refused("untrusted"),
        );
    }
    s.held_count(64);
    let last = s.seal("last", by("dave"), message("last"));
    s.receive(&last, at(21), Refused("untrusted"));
    s.held_count(64);
    s.trust_at("carol", at(22), &[(&second, Notify)]);
    s.held_count(63);
    s.trust_at("dave", at(22), &[(&last, Notify)]);
    s.held_count(62);
    s
}

fn refused_at_the_release() -> Scene {
    let mut s = Scene::new(
        "held-and-refused-at-the-release",
        "E28 E31 E33 N11 N12",
        "What is held is not read before its account is trusted. What then breaks a rule, or has
         become too old, is gone without an event; the rest comes out.",
    );
    let broken = s.forge(
        "broken",
        by("carol"),
        cover(),
        flate::stored(b"\xa1\x64type\x6bcall.invite"),
        |_| (),
    );
    let noise = s.forge("noise", by("carol"), cover(), vec![0xff; 40], |_| ());
    let old = s.seal("old", by("carol"), message("old"));
    let good = s.seal("good", by("carol").at(at(DAYS)), message("good"));
    for letter in [&broken, &noise, &old] {
        s.receive(letter, at(1), Refused("untrusted"));
    }
    s.receive(&good, at(DAYS), Refused("untrusted"));
    s.held(&[&broken, &noise, &old, &good]);
    s.trust_at("carol", at(30 * DAYS) + 1, &[(&good, Notify)]);
    s.held(&[]);
    s
}

fn released_after_a_revocation() -> Scene {
    let mut s = Scene::new(
        "held-and-revoked",
        "E29 N3 N12",
        "A stranger's device was revoked between its message and the trust: the message is gone.
         What its newer device sent comes out.",
    );
    let new_phone = || {
        by_device(people::device_between(
            "carol",
            "new phone",
            day(0),
            day(100),
        ))
    };
    let stolen = s.seal("stolen", by("carol"), message("from the old phone"));
    let good = s.seal("good", new_phone(), message("from the new phone"));
    s.receive(&stolen, at(1), Refused("untrusted"));
    s.receive(&good, at(1), Refused("untrusted"));
    let statement = revocation("carol", 0);
    s.trust_with("carol", &[statement], at(3), &[(&good, Notify)]);
    s
}

fn no_room_at_the_release() -> Scene {
    let mut s = Scene::new(
        "no-room-for-what-is-held",
        "E30 N2 N9 N12",
        "Carol's journal is full from the time when she was trusted before. While there is no room
         for all that is held of her, she does not become trusted, and nothing is lost: after one
         acknowledgement there is.",
    );
    s.trust("carol");
    let first = s.seal("first", by("carol"), message("first"));
    s.receive(&first, at(1), Notify);
    s.flood(
        &Flood {
            from: "carol",
            count: 63,
            first_sent_at: at(1),
            message_ids: *b"a full journ",
            call_ids: None,
            content: message("more"),
            at: at(10),
        },
        Notify,
    );
    s.untrust("carol");
    let held = s.seal("held", by("carol").at(at(20)), cover());
    s.receive(&held, at(20), Refused("untrusted"));
    s.note("It counts as an event, although it will be dropped: nobody has read it yet.");
    s.refuse_trust("carol", None, None, "inbox_full");
    s.held(&[&held]);
    s.receive(&held, at(21), Refused("untrusted"));
    s.acknowledge(&first, true);
    s.trust_at("carol", at(22), &[(&held, Drop("cover"))]);
    s.held(&[]);
    s.pending_count(at(22), 63);
    s
}

fn pruning_the_held() -> Scene {
    let mut s = Scene::new(
        "pruning-drops-old-held-envelopes",
        "N5 N11",
        "What is held and older than 30 days leaves with the daily pruning.",
    );
    let old = s.seal("old", by("carol"), message("old"));
    let newer = s.seal("newer", by("carol").at(at(1)), message("newer"));
    s.receive(&old, at(1), Refused("untrusted"));
    s.receive(&newer, at(1), Refused("untrusted"));
    s.prune(at(30 * DAYS), &[]);
    s.held(&[&old, &newer]);
    s.prune(at(30 * DAYS) + 1, &[]);
    s.held(&[&newer]);
    s
}

fn held_is_not_read() -> Scene {
    let mut s = Scene::new(
        "a-strangers-content-is-not-read",
        "E26 N11",
        "The content of a stranger's envelope is not looked at: trust comes first, and strangers do
         not reach the parsers behind it. What makes no sense is held like all else.",
    );
    let noise = s.forge("noise", by("carol"), cover(), vec![0xff; 100], |_| ());
    s.receive(&noise, at(1), Refused("untrusted"));
    s.held(&[&noise]);
    s
}

fn held_only_if_it_could_be_released() -> Scene {
    let mut s = Scene::new(
        "held-only-if-it-could-be-released",
        "E26 E28 E29 N3 N11",
        "What would be refused even if its account were trusted is not held, so that it takes no
         place: an envelope that is dated ahead or too old, by a revoked device, or by one whose
         certificate had ended. The refusal is `untrusted` in each case, and names the account.",
    );
    let ended = device_between("carol", "old phone", day(-50), day(-1));
    let ahead = s.seal("ahead", by("carol").at(at(601)), message("ahead"));
    let old = s.seal("old", by("carol").at(before(30 * DAYS)), message("old"));
    let expired = s.forge("expired", by_device(ended), cover(), vec![0xff; 40], |_| ());
    let revoked = s.seal("revoked", by("dave"), message("revoked"));
    s.note("Dave was trusted earlier, and so has a record, which keeps the floor.");
    s.trust("dave");
    s.untrust("dave");
    s.revoke("dave", 0, at(0));
    s.receive(&ahead, at(0), Refused("untrusted"));
    s.receive(&old, at(1), Refused("untrusted"));
    s.receive(&expired, at(0), Refused("untrusted"));
    s.receive(&revoked, at(0), Refused("untrusted"));
    s.held(&[]);
    s.note("A second later it is ten minutes ahead, and no more.");
    s.receive(&ahead, at(1), Refused("untrusted"));
    s.note("A second earlier it was 30 days old, and no older.");
    s.receive(&old, at(0), Refused("untrusted"));
    s.held(&[&ahead, &old]);
    s
}

fn trust_again() -> Scene {
    let mut s = Scene::new(
        "trusting-again-replaces-the-names",
        "A6 N1 N24",
        "Adding an account that is trusted already pins a new handle and name in place of the old,
         and changes nothing else: what was received is still a duplicate. What is pending is
         listed with the names of now.",
    );
    s.trust_as("alice", Some(("phoneNumber", "+4930123456")), Some("Alice"));
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&invite, at(1), Ring);
    s.trust_as("alice", Some(("emailAddress", "alice@example.org")), None);
    s.pending(at(2), &[(&invite, Ring)]);
    s.receive(&invite, at(2), Duplicate);
    s
}

fn held_of_another() -> Scene {
    let mut s = Scene::new(
        "trust-releases-one-account-only",
        "N1 N11 N12",
        "Trusting one stranger releases what is held of it, from all of its devices, and nothing of
         another.",
    );
    let first = s.seal("first", by("carol"), message("first"));
    let other = s.seal("other", by("dave"), message("other"));
    let tablet = by_device(device("carol", "tablet"));
    let second = s.seal("second", tablet, message("second"));
    for letter in [&first, &other, &second] {
        s.receive(letter, at(1), Refused("untrusted"));
    }
    s.trust_at("carol", at(2), &[(&first, Notify), (&second, Notify)]);
    s.held(&[&other]);
    s
}

fn ninth_of_one_among_64() -> Scene {
    let mut s = Scene::new(
        "ninth-of-one-account-among-sixty-four",
        "N11",
        "64 are held, eight of them of one stranger who sends a ninth: it takes the place of the
         first of its own, so that nobody pushes out others by sending on.",
    );
    let letters: Vec<Letter> = (0..=8_u64)
        .map(|n| s.seal(&n.to_string(), by("carol").at(at(n)), message("hi")))
        .collect();
    for stranger in 1..8 {
        let flood = Flood {
            from: &format!("stranger {stranger}"),
            count: 8,
            first_sent_at: at(0),
            message_ids: *b"of a strange",
            call_ids: None,
            content: message("hello"),
            at: at(10),
        };
        s.flood(&flood, Refused("untrusted"));
    }
    for letter in &letters {
        s.receive(letter, at(20), Refused("untrusted"));
    }
    s.held_count(64);
    let events: Vec<_> = letters[1..].iter().map(|letter| (letter, Notify)).collect();
    s.trust_at("carol", at(21), &events);
    s.held_count(56);
    s
}

fn trust_with_a_full_journal_and_nothing_held() -> Scene {
    let mut s = Scene::new(
        "trust-with-a-full-journal-and-nothing-held",
        "N1 N12",
        "A journal without room keeps nobody from being trusted of whom nothing is held.",
    );
    s.trust("alice");
    let flood = Flood {
        from: "alice",
        count: 64,
        first_sent_at: at(0),
        message_ids: *b"many letters",
        call_ids: None,
        content: message("hello"),
        at: at(10),
    };
    s.flood(&flood, Notify);
    s.trust_as("alice", None, Some("Alice"));
    let untold = s.seal("message", by("alice").at(at(200)), message("one more"));
    s.receive(&untold, at(200), Refused("inbox_full"));
    s
}
