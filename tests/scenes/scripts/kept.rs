//! What is kept, in which place, and for how long.

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
        untrust_of_the_own_account(),
        untrusting_twice(),
        trusting_again_forgets_nothing(),
        called_twice_is_called_once(),
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
        own_end_forgotten_by_the_bound(),
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
    let call_id = CallId::from_bytes(counted(CALLS, index));
    match content {
        Content::Invite(invite) => Content::Invite(Invite { call_id, ..invite }),
        Content::Answer(mut answer) => {
            answer.call_id = call_id;
            Content::Answer(answer)
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
        "A2 N2 Z7",
        "What the own account said of a caller's call is the own account's: it stays when the trust in the
         caller ends.",
    );
    s.trust("alice");
    let answered = s.seal("answered", desktop(), answered_elsewhere("alice", 1));
    let invite = s.seal("invite", by("alice").at(at(1)), invite(1));
    s.receive(&answered, at(1), Drop("unknown"));
    s.untrust("alice");
    s.release("alice", at(2), &[]);
    s.receive(&invite, at(3), Drop("answeredElsewhere"));
    s
}

fn untrust_keeps_placed_calls() -> Scene {
    let mut s = Scene::new(
        "untrust-keeps-placed-calls",
        "G1 N2",
        "A call that was placed to an account is the caller's: it stays when the trust in who is called ends.",
    );
    s.trust("alice");
    s.place_call(call_id(1), &["alice"], at(0));
    s.untrust("alice");
    s.release("alice", at(1), &[]);
    let signal = s.seal("answer", by("alice").at(at(2)), answer(1));
    s.receive(&signal, at(3), SignalOfPlaced);
    s
}

fn untrust_of_the_own_account() -> Scene {
    let mut s = Scene::new(
        "untrust-of-an-own-account-that-was-not-trusted",
        "N2 N15 N17",
        "The own account is received without trust. To end a trust that there is not changes nothing: ids are
         still known.",
    );
    s.trust("alice");
    let answered = s.seal("answered", desktop().id(7), answered_elsewhere("alice", 1));
    let again = s.seal(
        "again",
        desktop().id(7).at(at(1)),
        answered_elsewhere("alice", 2),
    );
    s.receive(&answered, at(1), Drop("unknown"));
    s.untrust(OWN);
    s.receive(&again, at(2), Duplicate);
    s
}

fn untrusting_twice() -> Scene {
    let mut s = Scene::new(
        "untrusting-twice",
        "N2 N16 N18",
        "The floor that the end of a trust leaves is not lowered by the next end, before which nothing came.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice").at(at(5)), message("one"));
    let second = s.seal("second", by("alice").at(at(5)), message("two"));
    s.receive(&first, at(6), Notify);
    for _ in 0..2 {
        s.untrust("alice");
        s.release("alice", at(7), &[]);
    }
    s.receive(&second, at(8), Refused("replayed"));
    s
}

fn trusting_again_forgets_nothing() -> Scene {
    let mut s = Scene::new(
        "trusting-again-forgets-nothing",
        "N1 N15 Z6",
        "An account that is trusted is trusted again, with another name. Its ids and its calls stay.",
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

fn called_twice_is_called_once() -> Scene {
    let mut s = Scene::new(
        "account-that-is-called-twice",
        "G1 N4",
        "256 accounts are called, and one of them is named twice. It counts once.",
    );
    let names: Vec<String> = (1..=256).map(|n| format!("guest {n}")).collect();
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.push("guest 1");
    s.trust("guest 1");
    s.place_call(call_id(1), &names, at(0));
    let signal = s.seal("answer", by("guest 1"), answer(1));
    s.receive(&signal, at(1), SignalOfPlaced);
    s
}

fn own_ends_keep_their_place() -> Scene {
    let mut s = Scene::new(
        "own-ends-keep-their-place",
        "A2 A8 Z7 Z10",
        "64 ends of the own account are kept. One that changes the reason of the first does not make it the
         newest: with the 65th it is forgotten, and its call rings.",
    );
    s.trust("alice");
    let ends = calls(OWN, 64, answered_elsewhere("alice", 1), at(0));
    s.flood(&ends, Drop("unknown"));
    let changed = of_call(0, declined_elsewhere("alice", 1));
    let changed = s.seal("changed", desktop().at(at(1)), changed);
    let last = s.seal(
        "last",
        desktop().at(at(1)),
        answered_elsewhere("alice", 200),
    );
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
        "A2 N5 Z7 Z10",
        "What the own account said of an unknown call is kept for 30 days after it was received, to the
         millisecond. A second end changes the reason and not the time.",
    );
    s.trust("alice");
    let month = 30 * DAYS;
    let answered = s.seal("answered", desktop(), answered_elsewhere("alice", 1));
    let declined = desktop().at(at(month));
    let declined = s.seal("declined", declined, declined_elsewhere("alice", 1));
    let early = s.seal("early", by("alice").at(at(month)), invite(1));
    let late = s.seal("late", by("alice").at(at(month)), invite(1));
    s.receive(&answered, at(0), Drop("unknown"));
    s.prune(at(month), &[]);
    s.receive(&declined, at(month), Drop("over"));
    s.receive(&early, at(month), Drop("declinedElsewhere"));
    s.prune(at(month) + 1, &[]);
    s.receive(&late, at(month) + 1, Ring);
    s
}

fn what_the_own_account_said_is_pruned() -> Scene {
    let mut s = Scene::new(
        "what-the-own-account-said-is-pruned",
        "N5 N16 N17 Z12",
        "Also of the own account, which is not trusted, ids and calls are kept for 30 days. What comes again
         later, to a clock that went back, is below the floor and no duplicate; and of the call
         nothing is known any more.",
    );
    let month = 30 * DAYS;
    let answered = s.seal("answered", desktop(), answered_elsewhere("alice", 1));
    let of_own_call = s.seal("own call", desktop(), declined_elsewhere(OWN, 2));
    let later = desktop().at(at(month));
    let later = s.seal("later", later, declined_elsewhere(OWN, 2));
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
        "A8 N5 Z6",
        "An invitation that was 50 s under way. Its call is kept for 30 days from when it was received, not
         from when it was sent.",
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
        "A8 N5 Z12",
        "A prekey has had its time, and so has a call that ended before its invitation came. Both go in one
         step.",
        keys.to_vec(),
    );
    s.trust("alice");
    let cancelled = s.seal("cancelled", by("alice"), cancel(1));
    let later = by("alice").suite(Suite::XWing).at(at(45 * DAYS));
    let invite = s.seal("invite", later, invite(1));
    s.receive(&cancelled, at(1), Drop("unknown"));
    s.prune(at(45 * DAYS), &[&keys[0]]);
    s.receive(&invite, at(45 * DAYS), Ring);
    s
}

fn pruning_keeps_floors_of_strangers() -> Scene {
    let mut s = Scene::new(
        "pruning-keeps-the-floors-of-strangers",
        "N3 N5 N16 N18",
        "Of accounts that are not trusted, the floor of a revocation and the floor of what was received stay,
         however often the app prunes.",
    );
    s.trust("carol");
    s.revoke("alice", -1, at(0));
    let old = s.seal("old", by("carol").at(at(5)), message("old"));
    let same_time = s.seal("same time", by("carol").at(at(5)), message("same time"));
    let revoked = s.seal("revoked", by("alice").at(at(10)), message("hi"));
    s.receive(&old, at(6), Notify);
    s.acknowledge(&old, true);
    s.untrust("carol");
    s.prune(at(7), &[]);
    s.prune(at(20 * DAYS), &[]);
    s.release("alice", at(8), &[]);
    s.release("carol", at(8), &[]);
    s.receive(&revoked, at(11), Refused("revoked"));
    s.receive(&same_time, at(11), Refused("replayed"));
    s
}

fn own_ends_and_ended_calls_are_saved() -> Scene {
    let mut s = Scene::new(
        "own-ends-and-ended-calls-are-saved",
        "A2 G1 G2 N29 N31",
        "What own devices said of unknown calls, which calls were placed, and who has ended them, is in the
         saved state, and comes out of it in the same order.",
    );
    s.trust("alice");
    for call in [2, 1] {
        let name = format!("answered {call}");
        let answered = s.seal(&name, desktop(), answered_elsewhere("alice", call));
        s.receive(&answered, at(1), Drop("unknown"));
    }
    s.place_call(call_id(4), &["carol", "alice"], at(1));
    s.place_call(call_id(3), &["alice"], at(1));
    let declined = s.seal("declined", by("alice").at(at(1)), cancel(4));
    s.receive(&declined, at(2), EndOfPlaced(2));
    s.save("state");
    s.load("state");
    let invite = s.seal("invite", by("alice").at(at(2)), invite(1));
    let late = s.seal("late", by("alice").at(at(2)), answer(4));
    let signal = s.seal("signal", by("alice").at(at(2)), answer(3));
    s.receive(&invite, at(3), Drop("answeredElsewhere"));
    s.receive(&late, at(3), Drop("over"));
    s.receive(&signal, at(3), SignalOfPlaced);
    s
}

fn ended_calls_keep_place_and_time() -> Scene {
    let mut s = Scene::new(
        "ended-calls-keep-place-and-time",
        "A4 G5 G6 N5 Z6 Z12",
        "A call is recorded when its first envelope is received. Neither the invitation that comes a day after
         its end nor an end makes it newer, for the bound of 64 or for pruning.",
    );
    s.trust("alice");
    for call in [101, 102] {
        let name = format!("end of {call}");
        let ended = s.seal(&name, by("alice"), cancel(call));
        s.receive(&ended, at(1), Drop("unknown"));
    }
    let invite_later = s.seal("invite", by("alice").at(at(DAYS)), invite(101));
    s.receive(&invite_later, at(DAYS), Missed("ended"));
    s.flood(&calls("alice", 63, invite(1), at(DAYS)), Ring);
    let of_first = s.seal("of the first", by("alice").at(at(DAYS)), answer(101));
    let of_second = s.seal("of the second", by("alice").at(at(DAYS)), answer(102));
    s.receive(&of_first, at(DAYS + 2), Drop("unknown"));
    s.receive(&of_second, at(DAYS + 2), Drop("over"));
    let ended = s.seal("ended", by("alice").at(at(2 * DAYS)), of_call(5, cancel(1)));
    let signal = by("alice").at(at(31 * DAYS + 2));
    let signal = s.seal("signal", signal, of_call(5, answer(1)));
    s.receive(&ended, at(2 * DAYS), End(2));
    s.prune(at(31 * DAYS + 2), &[]);
    s.receive(&signal, at(31 * DAYS + 2), Drop("unknown"));
    s
}

fn tombstones_are_bounded() -> Scene {
    let mut s = Scene::new(
        "tombstones-are-bounded",
        "A4 A8 Z12",
        "Ends that come before their invitations count among the 64 calls of a caller: with the 65th the
         first is forgotten, and its invitation rings.",
    );
    s.trust("alice");
    s.flood(&calls("alice", 65, cancel(1), at(0)), Drop("unknown"));
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
        "Nine envelopes of a stranger, of which the newest comes first. With the ninth the one that was held
         first leaves, not the one that was sent first.",
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
        "A8 N2 N28 Z6",
        "An invitation waits, the trust ends and comes back, and the caller invites to the same call again:
         of what was known of it nothing is left, so it rings. The end of the call is the end of both.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite(1));
    let second = s.seal("second", by("alice").at(at(1)), invite(1));
    let cancelled = s.seal("cancelled", by("alice").at(at(3)), cancel(1));
    s.receive(&first, at(1), Ring);
    s.untrust("alice");
    s.release("alice", at(1), &[]);
    s.receive(&second, at(2), Ring);
    s.receive(&cancelled, at(4), End(2));
    s.pending(
        at(4),
        &[
            (&first, Missed("ended")),
            (&second, Missed("ended")),
            (&cancelled, End(2)),
        ],
    );
    s
}

fn own_end_of_a_forgotten_call() -> Scene {
    let mut s = Scene::new(
        "own-end-of-a-forgotten-call",
        "N28 Z7 Z10",
        "A call rings, and is forgotten because its caller starts 64 others. What own devices say of it
         reaches the event that waits all the same, and the last of it counts.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(100));
    s.receive(&invite, at(0), Ring);
    s.flood(&calls("alice", 64, cancel(1), at(0)), Drop("unknown"));
    let answered = desktop().at(at(1));
    let answered = s.seal("answered", answered, answered_elsewhere("alice", 100));
    let declined = desktop().at(at(2));
    let declined = s.seal("declined", declined, declined_elsewhere("alice", 100));
    s.receive(&answered, at(2), Drop("unknown"));
    s.pending(at(2), &[(&invite, Drop("answeredElsewhere"))]);
    s.receive(&declined, at(3), Drop("over"));
    s.pending(at(3), &[(&invite, Drop("declinedElsewhere"))]);
    s
}

fn own_end_forgotten_by_the_bound() -> Scene {
    let mut s = Scene::new(
        "dropped-invitation-is-not-recorded",
        "A2 A8 Z7",
        "An invitation that an own device has answered before is dropped and not recorded. When 64 further
         ends of own devices have pushed that one out, another invitation to the call rings.",
    );
    s.trust("alice");
    let answered = s.seal("answered", desktop(), answered_elsewhere("alice", 100));
    let first = s.seal("first", by("alice"), invite(100));
    let second = s.seal("second", by("alice").at(at(1)), invite(100));
    s.receive(&answered, at(0), Drop("unknown"));
    s.receive(&first, at(0), Drop("answeredElsewhere"));
    let ends = calls(OWN, 64, answered_elsewhere("alice", 1), at(0));
    s.flood(&ends, Drop("unknown"));
    s.receive(&second, at(2), Ring);
    s
}

fn prekey_keeps_its_end() -> Scene {
    let key = prekey(Suite::X25519, "weekly", day(60));
    let mut s = Scene::with_prekeys(
        "prekey-that-is-added-again-keeps-its-end",
        "N5",
        "A prekey that is there already is not added again, and keeps its end, whatever end it comes with.",
        vec![key.clone()],
    );
    s.add_prekey(&prekey(Suite::X25519, "weekly", day(85)));
    s.prune(at(90 * DAYS) - 1, &[]);
    s.prune(at(90 * DAYS), &[&key]);
    s
}
