//! Z10 to Z12, and A3: what the other devices of the own account say.

use hushring::content::EndReason;
use hushring::{CallId, Content};

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        answered_after_ringing(),
        declined_after_ringing(),
        answered_before_ringing(),
        declined_before_ringing(),
        answered_after_an_early_end(),
        two_devices_before_ringing(),
        end_of_a_call_answered_elsewhere(),
        signals_of_what_was_answered(),
        declined_after_the_caller_ended(),
        missed_and_answered_elsewhere(),
        declined_after_the_answer_here(),
        ended_after_a_word_of_a_sibling(),
        answered_ring_that_comes_late(),
        declined_older_ring(),
        earlier_word_keeps_the_reason(),
        early_ends_are_bounded(),
        one_caller_does_not_stand_for_another(),
        pending_ring_of_a_forgotten_call(),
        older_word_of_a_forgotten_call(),
    ]
}

/// Bob's desktop reports that it has answered Alice's call.
fn answered(s: &mut Scene) -> Letter {
    let content = answered_elsewhere("alice", 1, at(0));
    s.seal("answered", desktop().at(at(3)), content)
}

/// Bob's desktop reports that it has declined Alice's call.
fn declined(s: &mut Scene) -> Letter {
    let content = declined_elsewhere("alice", 1, at(0));
    s.seal("declined", desktop().at(at(3)), content)
}

fn answered_after_ringing() -> Scene {
    let mut s = Scene::new(
        "answered-elsewhere-after-ringing",
        "N10 N28 Z11",
        "Bob takes the call on his desktop, which is not in the list of contacts and may say this
         one thing. The phone stops ringing (4), and the journal shows no missed call.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let answered = answered(&mut s);
    s.receive(&invite, at(1), Ring);
    s.receive(&answered, at(4), End(4));
    s.refuse_answered("alice", 1);
    s.pending(
        at(4),
        &[(&invite, Drop("answeredElsewhere")), (&answered, End(4))],
    );
    s.acknowledge(&invite, true);
    s.acknowledge(&answered, true);
    s.pending(at(4), &[]);
    s
}

fn declined_after_ringing() -> Scene {
    let mut s = Scene::new(
        "declined-elsewhere-after-ringing",
        "N10 N28 Z11",
        "Bob declines on his desktop: the phone stops ringing (5). He knows of the call, so it is
         not shown as missed.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let declined = declined(&mut s);
    s.receive(&invite, at(1), Ring);
    s.receive(&declined, at(4), End(5));
    s.pending(
        at(4),
        &[(&invite, Drop("declinedElsewhere")), (&declined, End(5))],
    );
    s
}

fn answered_before_ringing() -> Scene {
    let mut s = Scene::new(
        "answered-elsewhere-before-ringing",
        "A3 N26 Z12",
        "The desktop was faster than the invitation to the phone. The phone neither rings nor shows
         a missed call.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let answered = answered(&mut s);
    s.receive(&answered, at(4), Drop("unknown"));
    s.receive(&invite, at(5), Drop("answeredElsewhere"));
    s.refuse_answered("alice", 1);
    s.pending(at(5), &[]);
    s
}

fn declined_before_ringing() -> Scene {
    let mut s = Scene::new(
        "declined-elsewhere-before-ringing",
        "A3 A6 Z12",
        "The same when the desktop declined: the reason is the one that it gave. It holds for the
         ring that was declined. When the caller rings again, the phone rings.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let again = s.seal("again", by("alice").at(at(5)), crate::said::invite(1));
    let declined = declined(&mut s);
    s.receive(&declined, at(4), Drop("unknown"));
    s.receive(&invite, at(5), Drop("declinedElsewhere"));
    s.receive(&again, at(6), Ring);
    s
}

fn answered_after_an_early_end() -> Scene {
    let mut s = Scene::new(
        "answered-elsewhere-after-an-early-end",
        "A3 Z3 Z12",
        "The caller's end came first, then the news that the call had been answered on the desktop,
         and the invitation last. Bob has talked to Alice: nothing was missed.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let ended = s.seal(
        "ended",
        by("alice").at(at(60)),
        end(1, EndReason::RemoteEnded),
    );
    let answered = answered(&mut s);
    s.receive(&ended, at(61), Drop("unknown"));
    s.receive(&answered, at(62), Drop("over"));
    s.receive(&invite, at(63), Drop("answeredElsewhere"));
    s
}

fn two_devices_before_ringing() -> Scene {
    let mut s = Scene::new(
        "two-own-devices-before-ringing",
        "A3 Z12",
        "Two of Bob's devices report the same ring before it is known here. Of one ring, the last
         word counts.",
    );
    s.trust("alice");
    let answered = answered(&mut s);
    let declined = s.seal(
        "declined",
        of(OWN, "tablet").at(at(4)),
        declined_elsewhere("alice", 1, at(0)),
    );
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&answered, at(5), Drop("unknown"));
    s.receive(&declined, at(5), Drop("over"));
    s.receive(&invite, at(5), Drop("declinedElsewhere"));
    s
}

fn end_of_a_call_answered_elsewhere() -> Scene {
    let mut s = Scene::new(
        "end-of-a-call-answered-elsewhere",
        "A3 Z3 Z12",
        "The desktop answered before the phone knew of the call. The caller's hang-up, later,
         records the call here, and does not turn it into a missed one.",
    );
    s.trust("alice");
    let answered = answered(&mut s);
    let ended = s.seal(
        "ended",
        by("alice").at(at(60)),
        end(1, EndReason::RemoteEnded),
    );
    let twice = s.seal("twice", by("alice").at(at(60)), end(1, EndReason::Failed));
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&answered, at(4), Drop("unknown"));
    s.receive(&ended, at(61), Drop("unknown"));
    s.receive(&twice, at(61), Drop("over"));
    s.receive(&invite, at(62), Drop("answeredElsewhere"));
    s
}

fn signals_of_what_was_answered() -> Scene {
    let mut s = Scene::new(
        "signals-of-a-call-answered-elsewhere",
        "G10 G11 Z11 Z12",
        "The caller's candidates are for the device that answered. Here they may belong to a newer
         ring, and are kept for it; those that are no newer than the ring are over.",
    );
    s.trust("alice");
    let unseen = s.seal("unseen", desktop(), answered_elsewhere("alice", 1, at(0)));
    let early = s.seal("early", by("alice"), candidates(1));
    let invite = s.seal("invite", by("alice"), invite(2));
    let seen = s.seal("seen", desktop(), answered_elsewhere("alice", 2, at(0)));
    let same_time = s.seal("same time", by("alice"), candidates(2));
    let late = s.seal("late", by("alice").at(at(1)), candidates(2));
    s.receive(&unseen, at(1), Drop("unknown"));
    s.receive(&early, at(1), Drop("early"));
    s.receive(&invite, at(1), Ring);
    s.receive(&seen, at(2), End(4));
    s.receive(&same_time, at(2), Drop("over"));
    s.receive(&late, at(2), Drop("early"));
    s.pending(
        at(2),
        &[(&invite, Drop("answeredElsewhere")), (&seen, End(4))],
    );
    s
}

fn declined_after_the_caller_ended() -> Scene {
    let mut s = Scene::new(
        "declined-elsewhere-after-the-end",
        "N28 Z2 Z3 Z12",
        "The caller gave up, then Bob's desktop reports that it had declined. The call is over
         already, for CallKit. But Bob knows of it: the journal does not list it as missed.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let cancel = s.seal("cancel", by("alice").at(at(5)), cancel(1));
    let declined = s.seal(
        "declined",
        desktop().at(at(5)),
        declined_elsewhere("alice", 1, at(0)),
    );
    s.receive(&invite, at(1), Ring);
    s.receive(&cancel, at(6), End(2));
    s.pending(at(6), &[(&invite, Missed("ended")), (&cancel, End(2))]);
    s.receive(&declined, at(7), Drop("over"));
    s.pending(
        at(7),
        &[(&invite, Drop("declinedElsewhere")), (&cancel, End(2))],
    );
    s.note("Of the own account's ends of one ring, the last one counts.");
    let answered = s.seal(
        "answered",
        desktop().at(at(6)),
        answered_elsewhere("alice", 1, at(0)),
    );
    s.receive(&answered, at(8), Drop("over"));
    s.pending(
        at(8),
        &[(&invite, Drop("answeredElsewhere")), (&cancel, End(2))],
    );
    let failed = s.seal("failed", by("alice").at(at(9)), end(1, EndReason::Failed));
    s.note("The caller's later ends change nothing.");
    s.receive(&failed, at(10), Drop("over"));
    s.pending(
        at(10),
        &[(&invite, Drop("answeredElsewhere")), (&cancel, End(2))],
    );
    s
}

fn missed_and_answered_elsewhere() -> Scene {
    let mut s = Scene::new(
        "missed-call-that-was-answered-elsewhere",
        "A4 A5 N28 Z3 Z11 Z12",
        "A call that is listed as missed, by its age or by an early end, was answered on the
         desktop: Bob has missed nothing.",
    );
    s.trust("alice");
    let late = s.seal("late", by("alice"), invite(1));
    let answered = s.seal("answered", desktop(), answered_elsewhere("alice", 1, at(0)));
    let cancel = s.seal("cancel", by("alice"), cancel(2));
    let ended = s.seal("ended", by("alice"), invite(2));
    let declined = s.seal("declined", desktop(), declined_elsewhere("alice", 2, at(0)));
    s.receive(&late, at(600), Missed("expired"));
    s.receive(&cancel, at(600), Drop("unknown"));
    s.receive(&ended, at(600), Missed("ended"));
    s.pending(
        at(600),
        &[(&late, Missed("expired")), (&ended, Missed("ended"))],
    );
    s.receive(&answered, at(601), End(4));
    s.note("After an early end the call has no phase: only the ring that waits is changed.");
    s.receive(&declined, at(601), Drop("over"));
    s.pending(
        at(602),
        &[
            (&late, Drop("answeredElsewhere")),
            (&ended, Drop("declinedElsewhere")),
            (&answered, End(4)),
        ],
    );
    s
}

fn declined_after_the_answer_here() -> Scene {
    let mut s = Scene::new(
        "declined-elsewhere-after-the-answer-here",
        "G8 N28 Z10",
        "Bob answers on the phone. His desktop, which still rang, declines, and another device has
         answered in the same second. The phone believes the caller and not its siblings: the call
         goes on, and its ring is listed so.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let declined = declined(&mut s);
    let answered = s.seal(
        "answered",
        of(OWN, "tablet").at(at(3)),
        answered_elsewhere("alice", 1, at(0)),
    );
    let signal = s.seal("signal", by("alice").at(at(5)), candidates(1));
    s.receive(&invite, at(1), Ring);
    s.answered("alice", 1, at(0));
    s.receive(&declined, at(4), Drop("answered"));
    s.pending(at(4), &[(&invite, Signal)]);
    s.receive(&answered, at(4), Drop("answered"));
    s.answered("alice", 1, at(0));
    s.receive(&signal, at(5), Signal);
    s.pending(at(5), &[(&invite, Signal), (&signal, Signal)]);
    s
}

fn ended_after_a_word_of_a_sibling() -> Scene {
    let mut s = Scene::new(
        "end-of-an-answered-call-after-a-siblings-word",
        "Z2 Z10",
        "A sibling's word changes nothing of a call that was answered here: when its caller ends
         it, the reason is that of the caller.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let answered = answered(&mut s);
    let failed = s.seal("failed", by("alice").at(at(9)), end(1, EndReason::Failed));
    s.receive(&invite, at(1), Ring);
    s.answered("alice", 1, at(0));
    s.receive(&answered, at(4), Drop("answered"));
    s.receive(&failed, at(10), End(1));
    s
}

fn answered_ring_that_comes_late() -> Scene {
    let mut s = Scene::new(
        "ring-that-a-sibling-answered-comes-last",
        "A3 Z2 Z10",
        "The phone has answered the ring of second 0, and the desktop that of second 10. The caller
         ends the first one, and its second invitation reaches the phone last. It does not ring,
         because the desktop is in the call.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite(1));
    let desktops = s.seal(
        "desktop's",
        desktop().at(at(12)),
        answered_elsewhere("alice", 1, at(10)),
    );
    let ended = s.seal("ended", by("alice").at(at(9)), cancel(1));
    let second = s.seal("second", by("alice").at(at(10)), invite(1));
    s.receive(&first, at(1), Ring);
    s.answered("alice", 1, at(0));
    s.receive(&desktops, at(13), Drop("answered"));
    s.receive(&ended, at(13), End(2));
    s.receive(&second, at(14), Drop("answeredElsewhere"));
    s
}

fn declined_older_ring() -> Scene {
    let mut s = Scene::new(
        "declined-elsewhere-of-an-older-ring",
        "N28 Z11 Z12",
        "The desktop declines the first ring, late, and the caller rings a second time meanwhile.
         The phone rings on. Once the second ring is declined as well, it stops.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite(1));
    let second = s.seal("second", by("alice").at(at(10)), invite(1));
    let older = s.seal(
        "older",
        desktop().at(at(10)),
        declined_elsewhere("alice", 1, at(10) - 1),
    );
    let newer = s.seal(
        "newer",
        desktop().at(at(12)),
        declined_elsewhere("alice", 1, at(10)),
    );
    s.receive(&first, at(1), Ring);
    s.receive(&second, at(11), Ring);
    s.receive(&older, at(11), Drop("over"));
    s.pending(at(11), &[(&first, Drop("repeated")), (&second, Ring)]);
    s.receive(&newer, at(12), End(5));
    s.pending(
        at(12),
        &[
            (&first, Drop("repeated")),
            (&second, Drop("declinedElsewhere")),
            (&newer, End(5)),
        ],
    );
    s
}

fn earlier_word_keeps_the_reason() -> Scene {
    let mut s = Scene::new(
        "elsewhere-of-an-older-ring-keeps-the-reason",
        "A3 Z12",
        "One of Bob's devices has answered the ring of second 10. Another declined that of second
         5, and its word comes later. Rings up to second 10 were answered; the time does not go
         back, and its reason stays.",
    );
    s.trust("alice");
    let answered = s.seal(
        "answered",
        desktop().at(at(11)),
        answered_elsewhere("alice", 1, at(10)),
    );
    let declined = s.seal(
        "declined",
        of(OWN, "tablet").at(at(6)),
        declined_elsewhere("alice", 1, at(5)),
    );
    let first = s.seal("first", by("alice").at(at(5)), invite(1));
    let second = s.seal("second", by("alice").at(at(10)), invite(1));
    s.receive(&answered, at(12), Drop("unknown"));
    s.receive(&declined, at(12), Drop("over"));
    s.receive(&first, at(12), Drop("answeredElsewhere"));
    s.receive(&second, at(12), Drop("answeredElsewhere"));
    s
}

fn early_ends_are_bounded() -> Scene {
    let mut s = Scene::new(
        "own-ends-are-bounded",
        "A3 A6 Z12",
        "64 ends of calls that are not known here are kept. The 65th makes the first be forgotten,
         whose invitation then rings.",
    );
    s.trust("alice");
    let calls = *b"sixty-five e";
    s.flood(
        &Flood {
            from: OWN,
            count: 65,
            first_sent_at: at(0),
            message_ids: *b"ends of cal ",
            call_ids: Some(calls),
            content: answered_elsewhere("alice", 1, at(0)),
            at: at(1),
        },
        Drop("unknown"),
    );
    let invitation = |index| {
        let mut invite = plain_invite(1);
        invite.call_id = CallId::from_bytes(counted(calls, index)).unwrap();
        Content::Invite(invite)
    };
    let last = s.seal("last", by("alice"), invitation(64));
    let second = s.seal("second", by("alice"), invitation(1));
    let first = s.seal("first", by("alice"), invitation(0));
    s.receive(&last, at(2), Drop("answeredElsewhere"));
    s.receive(&second, at(2), Drop("answeredElsewhere"));
    s.receive(&first, at(2), Ring);
    s
}

fn one_caller_does_not_stand_for_another() -> Scene {
    let mut s = Scene::new(
        "elsewhere-names-its-caller",
        "A3 A6 Z12",
        "The end elsewhere names the caller, because callIds belong to callers: Carol's call with
         the same callId rings.",
    );
    s.trust("alice");
    s.trust("carol");
    let answered = s.seal("answered", desktop(), answered_elsewhere("alice", 1, at(0)));
    let alices = s.seal("alices", by("alice"), invite(1));
    let carols = s.seal("carols", by("carol"), invite(1));
    s.receive(&answered, at(1), Drop("unknown"));
    s.receive(&carols, at(1), Ring);
    s.receive(&alices, at(1), Drop("answeredElsewhere"));
    s
}

fn pending_ring_of_a_forgotten_call() -> Scene {
    let mut s = Scene::new(
        "answered-elsewhere-after-the-call-was-forgotten",
        "N2 N28 Z3 Z12",
        "The trust ended and came back, and the calls are forgotten; their rings still wait in the
         journal. Both calls were answered on the desktop, one after the caller had given up: Bob
         knows of both, and the journal keeps that with the rings.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite(1));
    let second = s.seal("second", by("alice"), invite(2));
    let gone = s.seal("gone", by("alice").at(at(3)), cancel(2));
    let answered = |call, at_| (desktop().at(at_), answered_elsewhere("alice", call, at(0)));
    let (writer, content) = answered(1, at(4));
    let first_answered = s.seal("first answered", writer, content);
    let (writer, content) = answered(2, at(5));
    let second_answered = s.seal("second answered", writer, content);
    s.receive(&first, at(1), Ring);
    s.receive(&second, at(1), Ring);
    s.untrust("alice");
    s.trust("alice");
    s.receive(&gone, at(6), Drop("unknown"));
    s.pending(
        at(6),
        &[(&first, Missed("ended")), (&second, Missed("ended"))],
    );
    s.receive(&first_answered, at(6), Drop("unknown"));
    s.receive(&second_answered, at(6), Drop("over"));
    s.pending(
        at(6),
        &[
            (&first, Drop("answeredElsewhere")),
            (&second, Drop("answeredElsewhere")),
        ],
    );
    s
}

fn older_word_of_a_forgotten_call() -> Scene {
    let mut s = Scene::new(
        "an-older-word-of-a-forgotten-call",
        "N2 N28 Z3 Z12",
        "Two calls are forgotten, and their rings wait. Bob's desktop has answered their rings of
         second 10, which the phone never saw, and his tablet declined those of second 20. Once the
         calls are forgotten again, only second 10 is still known, with its reason. A word about an
         older ring says that again: it does not raise that time, and what is known then is kept
         with the rings that wait.",
    );
    s.trust("alice");
    let anew = |s: &mut Scene| {
        s.untrust("alice");
        s.trust("alice");
    };
    let [first, second] =
        [1, 2].map(|call| s.seal(&format!("ring of {call}"), by("alice"), invite(call)));
    s.receive(&first, at(1), Ring);
    s.receive(&second, at(1), Ring);
    anew(&mut s);
    for call in [1, 2] {
        let name = format!("answer of {call}");
        let word = answered_elsewhere("alice", call, at(10));
        let word = s.seal(&name, desktop().at(at(11)), word);
        s.receive(&word, at(12), Drop("unknown"));
    }
    for call in [1, 2] {
        let name = format!("end of {call}");
        let end = s.seal(&name, by("alice").at(at(13)), cancel(call));
        s.receive(&end, at(14), Drop("unknown"));
        let name = format!("decline of {call}");
        let word = declined_elsewhere("alice", call, at(20));
        let word = s.seal(&name, of(OWN, "tablet").at(at(21)), word);
        s.receive(&word, at(22), Drop("over"));
    }
    let answered = Drop("answeredElsewhere");
    let declined = Drop("declinedElsewhere");
    s.pending(at(22), &[(&first, declined), (&second, declined)]);
    anew(&mut s);
    s.note("The first call is recorded again, by an end of its caller. That is no sibling's word.");
    let end = s.seal("end again", by("alice").at(at(30)), cancel(1));
    s.receive(&end, at(31), Drop("unknown"));
    s.left("alice", 1);
    s.pending(at(31), &[(&first, declined), (&second, declined)]);
    for call in [1, 2] {
        let name = format!("older word of {call}");
        let word = declined_elsewhere("alice", call, at(5));
        let word = s.seal(&name, desktop().at(at(32)), word);
        s.receive(&word, at(33), Drop("over"));
    }
    s.pending(at(33), &[(&first, answered), (&second, answered)]);
    s
}
