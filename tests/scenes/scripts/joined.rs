//! G9 and Z13: participants who signal each other in a call.

use hushring::Content;
use hushring::content::EndReason;
use hushring_test_support::clock::second;
use hushring_test_support::people::device_between;

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        participants_signal(),
        kept_signals_follow(),
        kept_too_long(),
        in_an_own_call(),
        ends_of_participants(),
        not_yet_answered(),
        own_call_without_open_legs(),
        stays_when_rung_again(),
        lapses_when_it_ends(),
        lapses_when_it_is_left(),
        lapses_when_it_is_answered_no_more(),
        lapses_when_it_is_forgotten(),
        lapses_when_the_own_call_is_forgotten(),
        own_call_lapses(),
        joined_again(),
        nobody_joined(),
        own_leg_comes_first(),
        call_of_the_participant_comes_first(),
        another_call_id(),
        too_many_accounts(),
        joined_calls_are_bounded(),
        pruned(),
        expired_certificate(),
    ]
}

/// Alice's call to Bob and others, which Bob has answered.
fn answered(name: &str, rules: &str, comment: &str) -> Scene {
    let mut s = Scene::new(name, rules, comment);
    for name in ["alice", "carol", "dave"] {
        s.trust(name);
    }
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&invite, at(1), Ring);
    s.answered("alice", 1, at(0));
    s
}

fn participants_signal() -> Scene {
    let mut s = answered(
        "participants-signal-each-other",
        "G9 G10 N4",
        "Alice has called Bob and Carol, who connect to each other as well. Carol's signals count
         once the app has joined her to the call, under the CallKit UUID of that call. Dave's do
         not.",
    );
    let offer = s.seal("offer", by("carol").at(at(3)), negotiate(1));
    let own_type = s.seal(
        "own type",
        by("carol").at(at(3)),
        unknown("call.mesh", Some(1)),
    );
    let more = s.seal("more", of("carol", "tablet").at(at(3)), candidates(1));
    let daves = s.seal("dave's", by("dave").at(at(3)), negotiate(1));
    s.joined("alice", 1, &["carol"], at(2), &[]);
    s.receive(&offer, at(4), SignalIn("alice"));
    s.receive(&own_type, at(4), SignalIn("alice"));
    s.receive(&more, at(4), SignalIn("alice"));
    s.receive(&daves, at(4), Drop("early"));
    s
}

fn kept_signals_follow() -> Scene {
    let mut s = answered(
        "kept-signals-follow-when-joined",
        "G9 G10 N4 N26 N27",
        "Carol's and Dave's signals come before the app has joined them. They are kept, and follow
         in the order in which they came. What is of another call, or of somebody else, stays.",
    );
    s.trust("erin");
    let first = s.seal("first", by("carol").at(at(9)), negotiate(1));
    let second = s.seal("second", by("dave").at(at(2)), negotiate(1));
    let third = s.seal("third", by("carol").at(at(3)), candidates(1));
    let other_call = s.seal("other call", by("carol").at(at(3)), candidates(2));
    let erins = s.seal("erin's", by("erin").at(at(3)), candidates(1));
    for letter in [&first, &second, &third, &other_call, &erins] {
        s.receive(letter, at(10), Drop("early"));
    }
    let followed = [
        (&first, SignalIn("alice")),
        (&second, SignalIn("alice")),
        (&third, SignalIn("alice")),
    ];
    s.joined("alice", 1, &["carol", "dave"], at(11), &followed);
    s.receive(&first, at(12), Duplicate);
    for letter in [&first, &second, &third] {
        s.acknowledge(letter, true);
    }
    s.joined(
        "alice",
        1,
        &["carol", "dave", "erin"],
        at(13),
        &[(&erins, SignalIn("alice"))],
    );
    s
}

fn kept_too_long() -> Scene {
    let mut s = answered(
        "kept-signals-of-participants-are-kept-for-2-minutes",
        "G9 G10 N4",
        "What came more than two minutes before the app joins its sender does not follow.",
    );
    let old = s.seal("old", by("carol").at(at(3)), negotiate(1));
    let new = s.seal("new", by("carol").at(at(4)), negotiate(1));
    s.receive(&old, at(4), Drop("early"));
    s.receive(&new, at(5), Drop("early"));
    s.joined(
        "alice",
        1,
        &["carol"],
        at(124) + 500,
        &[(&new, SignalIn("alice"))],
    );
    s
}

fn in_an_own_call() -> Scene {
    let mut s = Scene::new(
        "participants-of-an-own-call",
        "G6 G9 N4",
        "Bob has called Alice, who brings Carol into the call. The app joins Carol: her signals
         count under the UUID of Bob's call, although she has no leg of it.",
    );
    s.trust("alice");
    s.trust("carol");
    s.place(1, &["alice"], at(0));
    let answer = s.seal("answer", by("alice").at(at(1)), answer(1, at(0)));
    let carols = s.seal("carol's", by("carol").at(at(2)), negotiate(1));
    let alices = s.seal("alice's", by("alice").at(at(2)), negotiate(1));
    s.receive(&answer, at(2), SignalOfPlaced);
    s.joined(OWN, 1, &["carol"], at(2), &[]);
    s.receive(&carols, at(3), SignalIn(OWN));
    s.receive(&alices, at(3), SignalOfPlaced);
    s
}

fn ends_of_participants() -> Scene {
    let mut s = answered(
        "ends-of-participants-are-signals",
        "G9 Z2 Z3 Z13",
        "Carol leaves the call, and says so with an end that names its caller. That is a signal:
         only the caller ends the call. An end that names somebody else, or nobody, is not about
         it; nor is one of Dave, who was not joined.",
    );
    s.joined("alice", 1, &["carol"], at(2), &[]);
    let said =
        |s: &mut Scene, name, from, content: Content| s.seal(name, by(from).at(at(9)), content);
    let bye = end_of("alice", 1, at(0), EndReason::RemoteEnded);
    let left = said(&mut s, "left", "carol", bye.clone());
    let elsewhere = said(
        &mut s,
        "elsewhere",
        "carol",
        answered_elsewhere("alice", 1, at(0)),
    );
    let of_dave = said(
        &mut s,
        "of dave",
        "carol",
        end_of("dave", 1, at(0), EndReason::Failed),
    );
    let of_nobody = said(&mut s, "of nobody", "carol", cancel(1));
    let daves = said(&mut s, "dave's", "dave", bye);
    let alices = said(&mut s, "alice's", "alice", end(1, EndReason::RemoteEnded));
    s.receive(&left, at(10), SignalIn("alice"));
    s.receive(&elsewhere, at(10), SignalIn("alice"));
    s.receive(&of_dave, at(10), Drop("unknown"));
    s.receive(&of_nobody, at(10), Drop("unknown"));
    s.receive(&daves, at(10), Drop("unknown"));
    s.receive(&alices, at(10), End(2));
    s
}

fn not_yet_answered() -> Scene {
    let mut s = Scene::new(
        "joining-what-was-not-answered",
        "A5 G10 N4 N9 Z2",
        "Nobody is joined to a call that is unknown, rings, was missed, or has ended: call_over.",
    );
    s.trust("alice");
    s.trust("carol");
    s.refuse_joined("alice", 1, &["carol"], at(0), "call_over");
    let first = s.seal("invite", by("alice"), invite(1));
    s.receive(&first, at(1), Ring);
    s.refuse_joined("alice", 1, &["carol"], at(1), "call_over");
    let missed = s.seal("missed", by("alice").at(before(600)), invite(2));
    s.receive(&missed, at(1), Missed("expired"));
    s.refuse_joined("alice", 2, &["carol"], at(1), "call_over");
    s.answered("alice", 1, at(0));
    let end = s.seal("end", by("alice").at(at(2)), cancel(1));
    s.receive(&end, at(3), End(2));
    s.refuse_joined("alice", 1, &["carol"], at(3), "call_over");
    let carols = s.seal("carol's", by("carol").at(at(3)), negotiate(1));
    s.receive(&carols, at(4), Drop("early"));
    s
}

fn own_call_without_open_legs() -> Scene {
    let mut s = Scene::new(
        "joining-an-own-call-without-open-legs",
        "N4 N9 Z5 Z8",
        "Nobody is joined to an own call that was not placed, was placed to nobody, or whose legs
         are closed. A leg that has declined is open.",
    );
    s.trust("alice");
    s.refuse_joined(OWN, 1, &["carol"], at(0), "call_over");
    s.place(1, &[], at(0));
    s.refuse_joined(OWN, 1, &["carol"], at(0), "call_over");
    s.place(2, &["alice"], at(0));
    let declined = s.seal("declined", by("alice").at(at(1)), declined(2, at(0)));
    let answer = s.seal("answer", by("alice").at(at(2)), answer(2, at(0)));
    let end = s.seal("end", by("alice").at(at(3)), hung_up(2, at(0)));
    s.receive(&declined, at(2), EndOfPlaced(2, 0));
    s.joined(OWN, 2, &["carol"], at(2), &[]);
    s.receive(&answer, at(3), SignalOfPlaced);
    s.receive(&end, at(4), EndOfPlaced(2, 0));
    s.refuse_joined(OWN, 2, &["carol"], at(4), "call_over");
    s.note("A call of somebody else with this callId is not known.");
    s.refuse_joined("alice", 2, &["carol"], at(4), "call_over");
    s
}

fn stays_when_rung_again() -> Scene {
    let mut s = answered(
        "joining-stays-when-rung-again",
        "A2 G9 N4 Z10",
        "Alice rings again in the call that Bob has answered, and his desktop says that it answered.
         The call goes on, and Carol is in it.",
    );
    s.joined("alice", 1, &["carol"], at(2), &[]);
    let again = s.seal("again", by("alice").at(at(3)), invite(1));
    let word = desktop().at(at(4));
    let word = s.seal("word", word, answered_elsewhere("alice", 1, at(3)));
    let signal = s.seal("signal", by("carol").at(at(5)), negotiate(1));
    s.receive(&again, at(4), Signal);
    s.receive(&word, at(5), Drop("answered"));
    s.receive(&signal, at(6), SignalIn("alice"));
    s
}

fn lapses_when_it_ends() -> Scene {
    let mut s = answered(
        "joining-lapses-when-the-call-ends",
        "A6 G9 G10 N4 Z2",
        "Alice ends the call. Carol's signals do not count any more, and not in the next ring of
         the call either, before she is joined to it: she may not be in it.",
    );
    s.joined("alice", 1, &["carol"], at(2), &[]);
    let first = s.seal("first", by("carol").at(at(3)), negotiate(1));
    let end = s.seal("end", by("alice").at(at(4)), cancel(1));
    let second = s.seal("second", by("carol").at(at(5)), negotiate(1));
    let again = s.seal("again", by("alice").at(at(6)), invite(1));
    let third = s.seal("third", by("carol").at(at(7)), negotiate(1));
    s.receive(&first, at(4), SignalIn("alice"));
    s.receive(&end, at(5), End(2));
    s.receive(&second, at(6), Drop("early"));
    s.receive(&again, at(7), Ring);
    s.answered("alice", 1, at(6));
    s.receive(&third, at(8), Drop("early"));
    let kept = [(&second, SignalIn("alice")), (&third, SignalIn("alice"))];
    s.joined("alice", 1, &["carol"], at(9), &kept);
    s
}

fn lapses_when_it_is_left() -> Scene {
    let mut s = answered(
        "joining-lapses-when-the-call-is-left",
        "G9 G10 N4 Z13",
        "Bob hangs up and leaves. Carol's signals and her end do not count any more.",
    );
    s.joined("alice", 1, &["carol"], at(2), &[]);
    s.left("alice", 1);
    let signal = s.seal("signal", by("carol").at(at(3)), negotiate(1));
    let bye = end_of("alice", 1, at(0), EndReason::RemoteEnded);
    let bye = s.seal("bye", by("carol").at(at(3)), bye);
    s.receive(&signal, at(4), Drop("early"));
    s.receive(&bye, at(4), Drop("unknown"));
    s
}

fn lapses_when_it_is_answered_no_more() -> Scene {
    let mut s = answered(
        "joining-lapses-with-the-trust",
        "G9 G10 N2 N4",
        "The trust in Alice ends, and with it her calls. Carol, who was joined to one, is a contact
         still; the call is not one that was answered here.",
    );
    s.joined("alice", 1, &["carol"], at(2), &[]);
    s.untrust("alice");
    let signal = s.seal("signal", by("carol").at(at(3)), negotiate(1));
    s.receive(&signal, at(4), Drop("early"));
    s
}

fn lapses_when_it_is_forgotten() -> Scene {
    let mut s = answered(
        "joining-lapses-when-the-call-is-forgotten",
        "G9 G10 N4",
        "Alice has had 64 other calls since, so that this one is forgotten: it is not one that was
         answered here any more, and nobody is joined to it.",
    );
    s.joined("alice", 1, &["carol"], at(2), &[]);
    s.flood(
        &Flood {
            from: "alice",
            count: 64,
            first_sent_at: at(1),
            message_ids: *b"other calls ",
            call_ids: Some(*b"another call"),
            content: cancel(1),
            at: at(3),
        },
        Drop("unknown"),
    );
    s.refuse_answered("alice", 1);
    let signal = s.seal("signal", by("carol").at(at(3)), negotiate(1));
    s.receive(&signal, at(4), Drop("early"));
    s
}

fn lapses_when_the_own_call_is_forgotten() -> Scene {
    let mut s = Scene::new(
        "joining-lapses-when-the-own-call-is-forgotten",
        "G9 G10 N4",
        "64 other calls were placed since, so that this one is forgotten.",
    );
    s.trust("alice");
    s.trust("carol");
    s.place(1, &["alice"], at(0));
    s.joined(OWN, 1, &["carol"], at(0), &[]);
    for call in 2..=65 {
        s.place(call, &["alice"], at(1));
    }
    let signal = s.seal("signal", by("carol").at(at(3)), negotiate(1));
    s.receive(&signal, at(4), Drop("early"));
    s
}

fn own_call_lapses() -> Scene {
    let mut s = Scene::new(
        "joining-an-own-call-lapses",
        "G9 G10 N4 Z6",
        "An own call goes on while one leg is not closed. When the last one is, and when the caller
         has left, those who were joined do not count any more.",
    );
    for name in ["alice", "carol", "dave"] {
        s.trust(name);
    }
    s.place(1, &["alice", "dave"], at(0));
    s.joined(OWN, 1, &["carol"], at(0), &[]);
    let first = s.seal("first", by("carol").at(at(3)), negotiate(1));
    let second = s.seal("second", by("carol").at(at(4)), negotiate(1));
    let alices = s.seal("alice's", by("alice").at(at(2)), hung_up(1, at(0)));
    let daves = s.seal("dave's", by("dave").at(at(2)), hung_up(1, at(0)));
    s.receive(&alices, at(3), EndOfPlaced(2, 1));
    s.receive(&first, at(3), SignalIn(OWN));
    s.receive(&daves, at(4), EndOfPlaced(2, 0));
    s.receive(&second, at(4), Drop("early"));
    s.place(2, &["alice"], at(5));
    s.joined(OWN, 2, &["carol"], at(5), &[]);
    s.left(OWN, 2);
    let third = s.seal("third", by("carol").at(at(6)), negotiate(2));
    s.receive(&third, at(6), Drop("early"));
    s
}

fn joined_again() -> Scene {
    let mut s = answered(
        "joining-others-replaces-the-accounts",
        "G9 G10 N4",
        "Joining names all who count: Carol, who is not named any more, has left. Naming nobody
         ends it for all.",
    );
    s.joined("alice", 1, &["carol"], at(2), &[]);
    s.joined("alice", 1, &["dave"], at(2), &[]);
    let carols = s.seal("carol's", by("carol").at(at(3)), negotiate(1));
    let daves = s.seal("dave's", by("dave").at(at(3)), negotiate(1));
    let late = s.seal("late", by("dave").at(at(4)), negotiate(1));
    s.receive(&carols, at(4), Drop("early"));
    s.receive(&daves, at(4), SignalIn("alice"));
    s.joined("alice", 1, &[], at(5), &[]);
    s.receive(&late, at(5), Drop("early"));
    s
}

fn nobody_joined() -> Scene {
    let mut s = answered(
        "joining-nobody",
        "G9 G10 N4 N9",
        "Where no account is named, nobody is joined to the call any more: what Carol says is kept.
         The call keeps its place: of two calls of one callId to which Carol is joined, it is the
         one that was joined first.",
    );
    s.refuse_joined("dave", 1, &[], at(1), "call_over");
    s.joined("alice", 1, &["carol"], at(2), &[]);
    let daves = s.seal("dave's", by("dave").at(at(2)), invite(1));
    s.receive(&daves, at(3), Ring);
    s.answered("dave", 1, at(2));
    s.joined("dave", 1, &["erin"], at(4), &[]);
    s.joined("alice", 1, &[], at(5), &[]);
    let kept = s.seal("kept", by("carol").at(at(5)), negotiate(1));
    s.receive(&kept, at(6), Drop("early"));
    let counts = [(&kept, SignalIn("dave"))];
    s.joined("dave", 1, &["carol"], at(7), &counts);
    s.joined("alice", 1, &["carol"], at(8), &[]);
    let later = s.seal("later", by("carol").at(at(8)), negotiate(1));
    s.receive(&later, at(9), SignalIn("alice"));
    s
}

fn own_leg_comes_first() -> Scene {
    let mut s = Scene::new(
        "leg-comes-before-joining",
        "G6 G7 G9 N4 Z9",
        "Alice has a leg of Bob's call, and is joined to it as well. Her leg decides: signals of a
         device that was not taken are over.",
    );
    s.trust("alice");
    s.place(1, &["alice"], at(0));
    s.joined(OWN, 1, &["alice"], at(0), &[]);
    let answer = s.seal("answer", by("alice").at(at(1)), answer(1, at(0)));
    let taken = s.seal("taken", by("alice").at(at(2)), negotiate(1));
    let other = s.seal("other", of("alice", "tablet").at(at(2)), negotiate(1));
    let end = s.seal("end", of("alice", "tablet").at(at(2)), hung_up(1, at(0)));
    s.receive(&answer, at(2), SignalOfPlaced);
    s.receive(&taken, at(3), SignalOfPlaced);
    s.receive(&other, at(3), Drop("over"));
    s.receive(&end, at(3), Drop("over"));
    s
}

fn call_of_the_participant_comes_first() -> Scene {
    let mut s = answered(
        "own-call-of-a-participant-comes-first",
        "A6 G8 G9",
        "Carol is joined to Alice's call, and rings with a call of hers under the same callId. Her
         signals are of her call while it rings, under its own UUID; those from before its ring are
         over.",
    );
    s.joined("alice", 1, &["carol"], at(2), &[]);
    let hers = s.seal("hers", by("carol").at(at(5)), invite(1));
    let signal = s.seal("signal", by("carol").at(at(6)), candidates(1));
    let older = s.seal("older", by("carol").at(at(4)), candidates(1));
    s.receive(&hers, at(6), Ring);
    s.receive(&signal, at(7), Signal);
    s.receive(&older, at(7), Drop("over"));
    s
}

fn another_call_id() -> Scene {
    let mut s = answered(
        "joined-to-one-call-only",
        "G9 G10 N4",
        "Carol is joined to one of Alice's calls. Her signals with another callId are not of it.",
    );
    s.joined("alice", 1, &["carol"], at(2), &[]);
    let other = s.seal("other", by("carol").at(at(3)), negotiate(2));
    s.receive(&other, at(4), Drop("early"));
    s
}

fn too_many_accounts() -> Scene {
    let mut s = answered(
        "joining-too-many-accounts",
        "G9 G10 N4 N9",
        "256 accounts may be joined to one call. With one more, those joined before stay.",
    );
    let names: Vec<String> = (1..=256).map(|n| format!("guest {n}")).collect();
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    s.joined("alice", 1, &["carol"], at(2), &[]);
    let first = s.seal("first", by("carol").at(at(3)), negotiate(1));
    let second = s.seal("second", by("carol").at(at(4)), negotiate(1));
    let daves = s.seal("dave's", by("dave").at(at(4)), negotiate(1));
    names.push("dave");
    s.refuse_joined("alice", 1, &names, at(3), "inbox_full");
    s.receive(&first, at(4), SignalIn("alice"));
    s.joined("alice", 1, &names[1..], at(4), &[]);
    s.receive(&second, at(5), Drop("early"));
    s.receive(&daves, at(5), SignalIn("alice"));
    s
}

fn joined_calls_are_bounded() -> Scene {
    let mut s = answered(
        "joined-calls-are-bounded",
        "G9 G10 N4",
        "64 joined calls are remembered. With the 65th the one joined first is forgotten: its
         participants' signals are kept, as if nobody were joined. To join again to the second one
         did not make it newer, nor older.",
    );
    for call in 2..=65 {
        s.place(call, &["alice"], at(2));
        s.joined(OWN, call, &["carol"], at(2), &[]);
    }
    s.joined(OWN, 3, &["carol"], at(3), &[]);
    s.joined("alice", 1, &["carol"], at(3), &[]);
    let first = s.seal("first", by("carol").at(at(3)), negotiate(2));
    let second = s.seal("second", by("carol").at(at(3)), negotiate(3));
    let last = s.seal("last", by("carol").at(at(3)), negotiate(1));
    s.receive(&first, at(4), Drop("early"));
    s.receive(&second, at(4), SignalIn(OWN));
    s.receive(&last, at(4), SignalIn("alice"));
    s
}

fn pruned() -> Scene {
    let mut s = Scene::new(
        "pruning-forgets-joined-calls",
        "G9 G10 N5",
        "Calls that were placed and joined more than 30 days ago are forgotten; what is exactly
         30 days old stays.",
    );
    s.trust("alice");
    s.trust("carol");
    s.place(1, &["alice"], at(0));
    s.joined(OWN, 1, &["carol"], at(0), &[]);
    s.prune(at(30 * DAYS), &[]);
    let kept = s.seal("kept", by("carol").at(at(30 * DAYS)), negotiate(1));
    s.receive(&kept, at(30 * DAYS), SignalIn(OWN));
    s.prune(at(30 * DAYS) + 1, &[]);
    let gone = s.seal("gone", by("carol").at(at(30 * DAYS)), negotiate(1));
    s.receive(&gone, at(30 * DAYS) + 1, Drop("early"));
    s
}

fn expired_certificate() -> Scene {
    let mut s = answered(
        "participant-with-an-expired-certificate",
        "G9 T6 Z13",
        "Carol's tablet has a certificate that ends at second 30. Her signals and her end count
         until then, by the receiver's clock.",
    );
    s.joined("alice", 1, &["carol"], at(2), &[]);
    let tablet = || by_device(device_between("carol", "tablet", second(-3600), second(30)));
    let first = s.seal("first", tablet().at(at(29)), negotiate(1));
    let second_one = s.seal("second", tablet().at(at(29)), negotiate(1));
    let bye = end_of("alice", 1, at(0), EndReason::RemoteEnded);
    let bye = s.seal("bye", tablet().at(at(29)), bye);
    s.receive(&first, at(30) - 1, SignalIn("alice"));
    s.receive(&second_one, at(30), Drop("certificate"));
    s.receive(&bye, at(30), Drop("certificate"));
    s
}
