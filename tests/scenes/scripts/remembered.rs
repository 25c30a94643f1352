//! What is remembered of calls, in which place, and for how long; and of prekeys and strangers.

use hushring::content::Invite;
use hushring::{CallId, Content, Suite};
use hushring_test_support::clock::day;
use hushring_test_support::people::prekey;

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        untrust_keeps_own_ends(),
        untrust_keeps_placed_calls(),
        untrust_keeps_early_ends_of_the_own_account(),
        untrust_of_the_own_account(),
        untrusting_twice(),
        trusting_again_forgets_nothing(),
        own_ends_keep_their_place(),
        own_ends_are_pruned_by_their_first_time(),
        what_the_own_account_said_is_pruned(),
        calls_are_recorded_when_received(),
        everything_is_pruned_at_once(),
        pruning_keeps_floors_of_strangers(),
        own_ends_and_ended_calls_are_saved(),
        ended_calls_keep_place_and_time(),
        tombstones_are_bounded(),
        one_id_is_held_once(),
        held_first_leaves_first(),
        two_invitations_of_one_call(),
        own_end_of_a_forgotten_call(),
        early_end_that_was_pushed_out(),
        early_end_is_not_used_up(),
        prekey_keeps_its_end(),
    ]
}

/// What a flood says of calls, of which it gives each a callId of its own.
fn calls(from: &str, count: usize, content: Content, sent_at: u64) -> Flood<'_> {
    Flood {
        from,
        count,
        first_sent_at: sent_at,
        message_ids: *b"many of them",
        call_ids: Some(CALLS),
        content,
        at: sent_at + 1000,
    }
}

const CALLS: [u8; 12] = *b"of many call";

/// About one of these calls.
fn of_call(index: u32, content: Content) -> Content {
    let call_id = CallId::from_bytes(counted(CALLS, index)).unwrap();
    match content {
        Content::Invite(invite) => Content::Invite(Invite { call_id, ..invite }),
        Content::Candidates(mut candidates) => {
            candidates.call_id = call_id;
            Content::Candidates(candidates)
        }
        Content::End(mut end) => {
            end.call_id = call_id;
            Content::End(end)
        }
        _ => unreachable!(),
    }
}

fn untrust_keeps_own_ends() -> Scene {
    let mut s = Scene::new(
        "untrust-keeps-what-own-devices-ended",
        "A3 N2 Z12",
        "The own account's word on a caller's call stays when the trust in the caller ends.",
    );
    s.trust("alice");
    let answered = s.seal("answered", desktop(), answered_elsewhere("alice", 1, at(1)));
    let invite = s.seal("invite", by("alice").at(at(1)), invite(1));
    s.receive(&answered, at(1), Drop("unknown"));
    s.untrust("alice");
    s.trust_at("alice", at(2), &[]);
    s.receive(&invite, at(3), Drop("answeredElsewhere"));
    s
}

fn untrust_keeps_placed_calls() -> Scene {
    let mut s = Scene::new(
        "untrust-keeps-placed-calls",
        "G2 G4 N2",
        "A call that was placed to an account is the caller's: it stays when the trust in the one
         who is called ends, with the device that was taken.",
    );
    s.trust("alice");
    s.place(1, &["alice"], at(0));
    let answered = s.seal("answer", by("alice"), answer(1, at(0)));
    s.receive(&answered, at(1), SignalOfPlaced);
    s.untrust("alice");
    s.trust_at("alice", at(1), &[]);
    let laptops = of("alice", "laptop").at(at(2));
    let laptops = s.seal("laptop's", laptops, answer(1, at(0)));
    s.receive(&laptops, at(3), Second(answered.device));
    s
}

fn untrust_keeps_early_ends_of_the_own_account() -> Scene {
    let mut s = Scene::new(
        "own-account-declines-a-call-of-its-own",
        "A3 N2 Z12",
        "The desktop declines a call whose caller is its own account. That is an end elsewhere like
         any other: it stays when the trust in the own account ends, and the ring is dropped.",
    );
    s.trust(OWN);
    let declined = s.seal("declined", desktop(), declined_elsewhere(OWN, 1, at(2)));
    let invite = s.seal("invite", desktop().at(at(2)), invite(1));
    s.receive(&declined, at(1), Drop("unknown"));
    s.untrust(OWN);
    s.trust_at(OWN, at(1), &[]);
    s.receive(&invite, at(3), Drop("declinedElsewhere"));
    s
}

fn untrust_of_the_own_account() -> Scene {
    let mut s = Scene::new(
        "untrust-of-an-own-account-that-was-not-trusted",
        "N2 N15 N17",
        "The own account is received without trust. To end a trust that there is not changes
         nothing: ids are still known.",
    );
    s.trust("alice");
    let answered = desktop().id(7);
    let answered = s.seal("answered", answered, answered_elsewhere("alice", 1, at(0)));
    let again = desktop().id(7).at(at(1));
    let again = s.seal("again", again, answered_elsewhere("alice", 2, at(0)));
    s.receive(&answered, at(1), Drop("unknown"));
    s.untrust(OWN);
    s.receive(&again, at(2), Duplicate);
    s
}

fn untrusting_twice() -> Scene {
    let mut s = Scene::new(
        "untrusting-twice",
        "N2 N16 N18",
        "The floor that the end of a trust leaves is not lowered by the next end, before which
         nothing came.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice").at(at(5)), message("one"));
    let second = s.seal("second", by("alice").at(at(5)), message("two"));
    s.receive(&first, at(6), Notify);
    for _ in 0..2 {
        s.untrust("alice");
        s.trust_at("alice", at(7), &[]);
    }
    s.receive(&second, at(8), Refused("replayed"));
    s
}

fn trusting_again_forgets_nothing() -> Scene {
    let mut s = Scene::new(
        "trusting-again-forgets-nothing",
        "N1 N15 Z2",
        "An account that is trusted is trusted again, with another name. Its ids and its calls
         stay.",
    );
    s.trust("alice");
    let letter = s.seal("message", by("alice").id(7), message("hi"));
    let again = s.seal("again", by("alice").id(7).at(at(2)), message("hi"));
    let invite = s.seal("invite", by("alice"), invite(1));
    let cancelled = s.seal("cancelled", by("alice").at(at(2)), cancel(1));
    s.receive(&letter, at(1), Notify);
    s.acknowledge(&letter, true);
    s.receive(&invite, at(1), Ring);
    s.trust_as("alice", None, Some("Alice at work"));
    s.receive(&again, at(3), Duplicate);
    s.receive(&cancelled, at(3), End(2));
    s
}

fn own_ends_keep_their_place() -> Scene {
    let mut s = Scene::new(
        "own-ends-keep-their-place",
        "A3 A6 Z12",
        "64 early ends of the own account are kept. One that changes the reason of the first does
         not make it the newest: with the 65th it is forgotten, and its call rings.",
    );
    s.trust("alice");
    let ends = calls(OWN, 64, answered_elsewhere("alice", 1, at(1)), at(0));
    s.flood(&ends, Drop("unknown"));
    let changed = of_call(0, declined_elsewhere("alice", 1, at(1)));
    let changed = s.seal("changed", desktop().at(at(1)), changed);
    let last = desktop().at(at(1));
    let last = s.seal("last", last, answered_elsewhere("alice", 200, at(1)));
    let first_call = s.seal("first call", by("alice").at(at(1)), of_call(0, invite(1)));
    let second_call = s.seal("second call", by("alice").at(at(1)), of_call(1, invite(1)));
    s.receive(&changed, at(2), Drop("over"));
    s.receive(&last, at(2), Drop("unknown"));
    s.receive(&first_call, at(2), Ring);
    s.receive(&second_call, at(2), Drop("answeredElsewhere"));
    s
}

fn own_ends_are_pruned_by_their_first_time() -> Scene {
    let mut s = Scene::new(
        "own-ends-are-pruned",
        "A6 N5 Z12",
        "An early end is kept for 30 days after it was received, to the millisecond. A second word
         changes the reason and not the time.",
    );
    s.trust("alice");
    let month = 30 * DAYS;
    let answered = s.seal(
        "answered",
        desktop(),
        answered_elsewhere("alice", 1, at(month)),
    );
    let declined = desktop().at(at(month));
    let declined = s.seal(
        "declined",
        declined,
        declined_elsewhere("alice", 1, at(month)),
    );
    let late = s.seal("late", by("alice").at(at(month)), invite(1));
    s.receive(&answered, at(0), Drop("unknown"));
    s.prune(at(month), &[]);
    s.receive(&declined, at(month), Drop("over"));
    s.prune(at(month) + 1, &[]);
    s.receive(&late, at(month) + 1, Ring);
    s
}

fn what_the_own_account_said_is_pruned() -> Scene {
    let mut s = Scene::new(
        "what-the-own-account-said-is-pruned",
        "N5 N16 N17 Z12",
        "Also of the own account, which is not trusted, ids are kept for 30 days, and so are early
         ends of its own calls. An envelope that comes again later, to a clock that went back, is
         below the floor and not a duplicate; and of the call nothing is known any more.",
    );
    let month = 30 * DAYS;
    let answered = s.seal("answered", desktop(), answered_elsewhere("alice", 1, at(0)));
    let of_own_call = s.seal("own call", desktop(), declined_elsewhere(OWN, 2, at(0)));
    let later = desktop().at(at(month));
    let later = s.seal("later", later, declined_elsewhere(OWN, 2, at(0)));
    s.receive(&answered, at(0), Drop("unknown"));
    s.receive(&of_own_call, at(0), Drop("unknown"));
    s.prune(at(month) + 1, &[]);
    s.receive(&answered, at(1), Refused("replayed"));
    s.receive(&later, at(month) + 1, Drop("unknown"));
    s
}

fn calls_are_recorded_when_received() -> Scene {
    let mut s = Scene::new(
        "calls-are-recorded-when-they-are-received",
        "A6 N5 Z2",
        "An invitation that was 50 s under way. Its call is kept for 30 days from when it was
         received, not from when it was sent.",
    );
    s.trust("alice");
    let month = 30 * DAYS;
    let invite = s.seal("invite", by("alice"), invite(1));
    let cancelled = s.seal("cancelled", by("alice").at(at(month)), cancel(1));
    s.receive(&invite, at(50), Ring);
    s.prune(at(month) + 1, &[]);
    s.receive(&cancelled, at(month) + 1, End(2));
    s
}

fn everything_is_pruned_at_once() -> Scene {
    let keys = [
        prekey(Suite::X25519, "weekly", day(10)),
        prekey(Suite::XWing, "later", day(60)),
    ];
    let mut s = Scene::with_prekeys(
        "everything-is-pruned-at-once",
        "N5 Z3",
        "A prekey has had its time, and so has a call that ended before its invitation came. Both
         go in one step.",
        keys.to_vec(),
    );
    s.trust("alice");
    let cancelled = s.seal("cancelled", by("alice"), cancel(1));
    let later = by("alice").suite(Suite::XWing).at(at(45 * DAYS));
    let again = s.seal("again", later, cancel(1));
    s.receive(&cancelled, at(1), Drop("unknown"));
    s.prune(at(45 * DAYS), &[&keys[0]]);
    s.receive(&again, at(45 * DAYS), Drop("unknown"));
    s
}

fn pruning_keeps_floors_of_strangers() -> Scene {
    let mut s = Scene::new(
        "pruning-keeps-the-floors-of-strangers",
        "N3 N5 N16 N18",
        "Of accounts that are not trusted any more, the floor of a revocation and the floor of what
         was received stay, however often the app prunes within 30 days.",
    );
    s.trust("carol");
    s.trust("alice");
    s.revoke("alice", -1, at(0));
    s.untrust("alice");
    let old = s.seal("old", by("carol").at(at(5)), message("old"));
    let same_time = s.seal("same time", by("carol").at(at(5)), message("same time"));
    let revoked = s.seal("revoked", by("alice").at(at(10)), message("hi"));
    s.receive(&old, at(6), Notify);
    s.acknowledge(&old, true);
    s.untrust("carol");
    s.prune(at(7), &[]);
    s.prune(at(20 * DAYS), &[]);
    s.trust_at("alice", at(8), &[]);
    s.trust_at("carol", at(8), &[]);
    s.receive(&revoked, at(11), Refused("revoked"));
    s.receive(&same_time, at(11), Refused("replayed"));
    s
}

fn own_ends_and_ended_calls_are_saved() -> Scene {
    let mut s = Scene::new(
        "own-ends-and-ended-calls-are-saved",
        "A3 A4 G2 G7 N29 N31 Z3 Z12",
        "What own devices said of unknown calls, what their callers ended, and which legs of placed
         calls are closed, is in the saved state.",
    );
    s.trust("alice");
    s.trust("carol");
    for call in [2, 1] {
        let name = format!("answered {call}");
        let answered = s.seal(&name, desktop(), answered_elsewhere("alice", call, at(2)));
        s.receive(&answered, at(1), Drop("unknown"));
    }
    let ended = s.seal("ended", by("alice").at(at(2)), cancel(5));
    s.receive(&ended, at(1), Drop("unknown"));
    s.place(4, &["carol", "alice"], at(1));
    s.place(3, &["alice"], at(1));
    let failed = s.seal("failed", by("alice").at(at(1)), hung_up(4, at(1)));
    s.receive(&failed, at(2), EndOfPlaced(2, 1));
    s.save("state");
    s.load("state");
    let invite_it = s.seal("invite", by("alice").at(at(2)), invite(1));
    let of_ended = s.seal("invite of ended", by("alice").at(at(2)), invite(5));
    let late = s.seal("late", by("alice").at(at(2)), candidates(4));
    let signal = s.seal("signal", by("alice").at(at(2)), answer(3, at(1)));
    let carols = s.seal("carol's", by("carol").at(at(2)), answer(4, at(1)));
    s.receive(&invite_it, at(3), Drop("answeredElsewhere"));
    s.receive(&of_ended, at(3), Missed("ended"));
    s.receive(&late, at(3), Drop("over"));
    s.receive(&signal, at(3), SignalOfPlaced);
    s.receive(&carols, at(3), SignalOfPlaced);
    s
}

fn ended_calls_keep_place_and_time() -> Scene {
    let mut s = Scene::new(
        "ended-calls-keep-place-and-time",
        "A4 N5 Z2 Z3",
        "A call is recorded when its first envelope is received. Neither the invitation that comes
         a day after its end nor an end makes it newer, for the bound of 64 or for pruning.",
    );
    s.trust("alice");
    for call in [101, 102] {
        let name = format!("end of {call}");
        let ended = s.seal(&name, by("alice").at(at(300)), cancel(call));
        s.receive(&ended, at(1), Drop("unknown"));
    }
    let missed = s.seal("missed", by("alice").at(at(200)), invite(101));
    s.receive(&missed, at(DAYS), Missed("ended"));
    s.flood(&calls("alice", 63, invite(1), at(DAYS)), Ring);
    for n in 10..13 {
        s.acknowledge_id("alice", counted(*b"many of them", n), true);
    }
    let of_second = s.seal("of the second", by("alice").at(at(DAYS)), cancel(102));
    let of_first = s.seal("of the first", by("alice").at(at(DAYS)), cancel(101));
    s.receive(&of_second, at(DAYS + 2), Drop("over"));
    s.note("It is recorded anew, in place of the second one.");
    s.receive(&of_first, at(DAYS + 2), Drop("unknown"));
    let month = at(31 * DAYS + 2);
    let ended = s.seal("ended", by("alice").at(at(2 * DAYS)), of_call(5, cancel(1)));
    let again = s.seal("again", by("alice").at(month), of_call(5, cancel(1)));
    s.receive(&ended, at(2 * DAYS), End(2));
    s.prune(month, &[]);
    s.receive(&again, month, Drop("unknown"));
    s
}

fn tombstones_are_bounded() -> Scene {
    let mut s = Scene::new(
        "tombstones-are-bounded",
        "A4 A6 Z3",
        "Ends that come before their invitations count among the 64 calls of a caller: with the
         65th the first is forgotten, and its invitation rings.",
    );
    s.trust("alice");
    s.flood(&calls("alice", 65, cancel(1), at(1)), Drop("unknown"));
    let second = s.seal("second", by("alice").at(at(1)), of_call(1, invite(1)));
    let first = s.seal("first", by("alice").at(at(1)), of_call(0, invite(1)));
    s.receive(&second, at(2), Missed("ended"));
    s.receive(&first, at(2), Ring);
    s
}

fn one_id_is_held_once() -> Scene {
    let mut s = Scene::new(
        "one-id-is-held-once",
        "N11",
        "A stranger sends two messages under one id. The first is held, and is not replaced.",
    );
    let first = s.seal("first", by("carol").id(7), message("one"));
    let second = s.seal("second", by("carol").id(7).at(at(1)), message("two"));
    s.receive(&first, at(2), Refused("untrusted"));
    s.receive(&second, at(2), Refused("untrusted"));
    s.held(&[&first]);
    s
}

fn held_first_leaves_first() -> Scene {
    let mut s = Scene::new(
        "held-first-leaves-first",
        "N11",
        "Nine envelopes of a stranger, of which the newest comes first. With the ninth the one that
         was held first leaves, not the one that was sent first.",
    );
    let letters: Vec<Letter> = [9, 1, 2, 3, 4, 5, 6, 7, 8]
        .into_iter()
        .map(|n| s.seal(&n.to_string(), by("carol").at(at(n)), message("hi")))
        .collect();
    for letter in &letters {
        s.receive(letter, at(10), Refused("untrusted"));
    }
    let held: Vec<&Letter> = letters[1..].iter().collect();
    s.held(&held);
    s
}

fn two_invitations_of_one_call() -> Scene {
    let mut s = Scene::new(
        "two-invitations-of-one-call-wait",
        "A6 N2 N28 Z2",
        "An invitation waits, the trust ends and comes back, and the caller rings again in the same
         call. It rings, and the first one is listed as repeated, although the call was forgotten
         in between.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite(1));
    let second = s.seal("second", by("alice").at(at(1)), invite(1));
    let cancelled = s.seal("cancelled", by("alice").at(at(3)), cancel(1));
    s.receive(&first, at(1), Ring);
    s.untrust("alice");
    s.trust_at("alice", at(1), &[]);
    s.receive(&second, at(2), Ring);
    s.receive(&cancelled, at(4), End(2));
    s.pending(
        at(4),
        &[
            (&first, Drop("repeated")),
            (&second, Missed("ended")),
            (&cancelled, End(2)),
        ],
    );
    s
}

fn own_end_of_a_forgotten_call() -> Scene {
    let mut s = Scene::new(
        "own-end-of-a-forgotten-call",
        "N28 Z12",
        "A call rings, and is forgotten because its caller starts 64 others. What own devices say
         of it reaches the event that waits all the same, and the last word counts.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(100));
    s.receive(&invite, at(0), Ring);
    s.flood(&calls("alice", 64, cancel(1), at(0)), Drop("unknown"));
    let answered = desktop().at(at(1));
    let answered = s.seal(
        "answered",
        answered,
        answered_elsewhere("alice", 100, at(0)),
    );
    let declined = desktop().at(at(2));
    let declined = s.seal(
        "declined",
        declined,
        declined_elsewhere("alice", 100, at(0)),
    );
    s.receive(&answered, at(2), Drop("unknown"));
    s.pending(at(2), &[(&invite, Drop("answeredElsewhere"))]);
    s.receive(&declined, at(3), Drop("over"));
    s.pending(at(3), &[(&invite, Drop("declinedElsewhere"))]);
    s
}

fn early_end_that_was_pushed_out() -> Scene {
    let mut s = Scene::new(
        "recorded-call-keeps-its-early-end",
        "A3 Z12",
        "A ring that the desktop has answered before is dropped, and its call recorded with what
         the desktop said. 64 further early ends push that one out; an older ring of the same call
         that comes afterwards is dropped all the same.",
    );
    s.trust("alice");
    let answered = desktop().at(at(1));
    let answered = s.seal(
        "answered",
        answered,
        answered_elsewhere("alice", 100, at(5)),
    );
    let first = s.seal("first", by("alice"), invite(100));
    let second = s.seal("second", by("alice").at(at(5)), invite(100));
    s.receive(&answered, at(1), Drop("unknown"));
    s.receive(&first, at(1), Drop("answeredElsewhere"));
    let ends = calls(OWN, 64, answered_elsewhere("alice", 1, at(0)), at(1));
    s.flood(&ends, Drop("unknown"));
    s.receive(&second, at(6), Drop("answeredElsewhere"));
    s
}

fn early_end_is_not_used_up() -> Scene {
    let mut s = Scene::new(
        "early-end-is-not-used-up",
        "A3 Z3 Z12",
        "The same, where the call is forgotten because its caller has 64 others: the early end is
         still there, and a further ring that it includes is dropped.",
    );
    s.trust("alice");
    let answered = desktop().at(at(1));
    let answered = s.seal(
        "answered",
        answered,
        answered_elsewhere("alice", 100, at(5)),
    );
    let first = s.seal("first", by("alice"), invite(100));
    let second = s.seal("second", by("alice").at(at(5)), invite(100));
    s.receive(&answered, at(1), Drop("unknown"));
    s.receive(&first, at(1), Drop("answeredElsewhere"));
    s.flood(&calls("alice", 64, cancel(1), at(1)), Drop("unknown"));
    s.receive(&second, at(6), Drop("answeredElsewhere"));
    s
}

fn prekey_keeps_its_end() -> Scene {
    let key = prekey(Suite::X25519, "weekly", day(60));
    let mut s = Scene::with_prekeys(
        "prekey-that-is-added-again-keeps-its-end",
        "N5",
        "A prekey that is there already is not added again, and keeps its end, whatever end it
         comes with.",
        vec![key.clone()],
    );
    s.add_prekey(&prekey(Suite::X25519, "weekly", day(85)));
    s.prune(at(90 * DAYS) - 1, &[]);
    s.prune(at(90 * DAYS), &[&key]);
    s
}
