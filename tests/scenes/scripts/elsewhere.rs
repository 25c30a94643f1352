//! What the other devices of the own account say.

use hushring::content::EndReason;
use hushring_test_support::people::device;

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        answered_after_ringing(),
        declined_after_ringing(),
        answered_before_ringing(),
        declined_before_ringing(),
        answered_over_a_tombstone(),
        second_device_too_late(),
        caller_cancels_what_was_answered(),
        signals_of_what_was_answered(),
        answered_after_the_caller_ended(),
        missed_and_answered_elsewhere(),
        by_a_foreign_account(),
        by_the_caller(),
        by_the_callee(),
        own_account_says_more(),
        own_account_trusted(),
        own_account_of_its_own_call(),
        own_ends_are_bounded(),
        one_caller_does_not_stand_for_another(),
        pending_ring_of_a_forgotten_call(),
        own_end_twice(),
    ]
}

/// Bob's desktop reports that it has answered Alice's call.
fn answered(s: &mut Scene) -> Letter {
    let content = answered_elsewhere("alice", 1);
    s.seal("answered", desktop().at(at(3)), content)
}

/// Bob's desktop reports that it has declined Alice's call.
fn declined(s: &mut Scene) -> Letter {
    let content = declined_elsewhere("alice", 1);
    s.seal("declined", desktop().at(at(3)), content)
}

fn pending_ring_of_a_forgotten_call() -> Scene {
    let mut s = Scene::new(
        "answered-elsewhere-after-the-call-was-forgotten",
        "N2 N28 Z7 Z8 Z12",
        "The trust ended and came back, and the calls are forgotten; their rings still wait in the
         journal. Both calls were answered on the desktop, one after the caller had given up: what
         the own account says last is what the journal keeps.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite(1));
    let second = s.seal("second", by("alice"), invite(2));
    let gone = s.seal("gone", by("alice").at(at(3)), cancel(2));
    let answered = |call, at| (desktop().at(at), answered_elsewhere("alice", call));
    let (writer, content) = answered(1, at(4));
    let first_answered = s.seal("first answered", writer, content);
    let (writer, content) = answered(2, at(5));
    let second_answered = s.seal("second answered", writer, content);
    s.receive(&first, at(1), Ring);
    s.receive(&second, at(1), Ring);
    s.untrust("alice");
    s.trust("alice");
    s.receive(&gone, at(6), Drop("unknown"));
    s.pending(at(6), &[(&first, Ring), (&second, Missed("ended"))]);
    s.receive(&first_answered, at(6), Drop("unknown"));
    s.receive(&second_answered, at(6), Drop("unknown"));
    s.pending(
        at(6),
        &[
            (&first, Drop("answeredElsewhere")),
            (&second, Drop("answeredElsewhere")),
        ],
    );
    s
}

fn own_end_twice() -> Scene {
    let mut s = Scene::new(
        "own-end-delivered-twice",
        "N15 N17 N10",
        "Ids of the own account are kept although it is not trusted: its end that comes twice is a
         duplicate.",
    );
    let answered = s.seal("answered", desktop(), answered_elsewhere("alice", 1));
    s.receive(&answered, at(1), Drop("unknown"));
    s.receive(&answered, at(2), Duplicate);
    s
}

fn answered_after_ringing() -> Scene {
    let mut s = Scene::new(
        "answered-elsewhere-after-ringing",
        "N10 N28 Z6",
        "Bob takes the call on his desktop, which is not in the list of contacts and may say this one
         thing. The phone stops ringing (4), and the journal shows no missed call.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let answered = answered(&mut s);
    s.receive(&invite, at(1), Ring);
    s.receive(&answered, at(4), End(4));
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
        "N10 N28 Z6",
        "Bob declines on his desktop: the phone stops ringing (5). He knows of the call, so it is not
         shown as missed.",
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
        "A2 N26 Z7",
        "The desktop was faster than the invitation to the phone. The phone neither rings nor shows a
         missed call.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let answered = answered(&mut s);
    s.receive(&answered, at(4), Drop("unknown"));
    s.receive(&invite, at(5), Drop("answeredElsewhere"));
    s.pending(at(5), &[]);
    s
}

fn declined_before_ringing() -> Scene {
    let mut s = Scene::new(
        "declined-elsewhere-before-ringing",
        "A2 Z7",
        "The same when the desktop declined: the reason is the one that it gave. It holds for every
         invitation to this call.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let again = s.seal("again", by("alice").at(at(5)), crate::said::invite(1));
    let declined = declined(&mut s);
    s.receive(&declined, at(4), Drop("unknown"));
    s.receive(&invite, at(5), Drop("declinedElsewhere"));
    s.receive(&again, at(6), Drop("declinedElsewhere"));
    s
}

fn answered_over_a_tombstone() -> Scene {
    let mut s = Scene::new(
        "answered-elsewhere-after-an-early-end",
        "A3 Z8 Z12",
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
    s.receive(&answered, at(62), Drop("unknown"));
    s.receive(&invite, at(63), Drop("answeredElsewhere"));
    s
}

fn second_device_too_late() -> Scene {
    let mut s = Scene::new(
        "two-own-devices-before-ringing",
        "A2 Z7 Z10",
        "Two of Bob's devices report the same call before it is known here. As everywhere, the own
         account's last word counts.",
    );
    s.trust("alice");
    let tablet = by_device(device(OWN, "tablet"));
    let answered = answered(&mut s);
    let declined = s.seal("declined", tablet.at(at(4)), declined_elsewhere("alice", 1));
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&answered, at(5), Drop("unknown"));
    s.receive(&declined, at(5), Drop("over"));
    s.receive(&invite, at(5), Drop("declinedElsewhere"));
    s
}

fn caller_cancels_what_was_answered() -> Scene {
    let mut s = Scene::new(
        "end-of-a-call-answered-elsewhere",
        "A2 Z7 Z11",
        "The desktop answered before the phone knew of the call. When the caller hangs up later, that
         is over for the phone, and does not turn the call into a missed one.",
    );
    s.trust("alice");
    let answered = answered(&mut s);
    let ended = s.seal(
        "ended",
        by("alice").at(at(60)),
        end(1, EndReason::RemoteEnded),
    );
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&answered, at(4), Drop("unknown"));
    s.receive(&ended, at(61), Drop("over"));
    s.receive(&invite, at(62), Drop("answeredElsewhere"));
    s
}

fn signals_of_what_was_answered() -> Scene {
    let mut s = Scene::new(
        "signals-of-a-call-answered-elsewhere",
        "G5 Z6 Z7",
        "The caller's candidates are for the device that answered. Here they are over, whether the
         invitation had come or not.",
    );
    s.trust("alice");
    let unseen = s.seal("unseen", desktop(), answered_elsewhere("alice", 1));
    let early = s.seal("early", by("alice"), candidates(1));
    let invite = s.seal("invite", by("alice"), invite(2));
    let seen = s.seal("seen", desktop(), answered_elsewhere("alice", 2));
    let late = s.seal("late", by("alice"), candidates(2));
    s.receive(&unseen, at(1), Drop("unknown"));
    s.receive(&early, at(1), Drop("over"));
    s.receive(&invite, at(1), Ring);
    s.receive(&seen, at(2), End(4));
    s.receive(&late, at(2), Drop("over"));
    s
}

fn answered_after_the_caller_ended() -> Scene {
    let mut s = Scene::new(
        "declined-elsewhere-after-the-end",
        "N28 Z6 Z9",
        "The caller gave up, then Bob's desktop reports that it had declined. The call is over already,
         for CallKit. But Bob knows of it: the journal does not list it as missed.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let cancel = s.seal("cancel", by("alice").at(at(5)), cancel(1));
    let declined = s.seal(
        "declined",
        desktop().at(at(5)),
        declined_elsewhere("alice", 1),
    );
    s.receive(&invite, at(1), Ring);
    s.receive(&cancel, at(6), End(2));
    s.pending(at(6), &[(&invite, Missed("ended")), (&cancel, End(2))]);
    s.receive(&declined, at(7), Drop("over"));
    s.pending(
        at(7),
        &[(&invite, Drop("declinedElsewhere")), (&cancel, End(2))],
    );
    s.note("The last end of the own account counts.");
    let answered = s.seal(
        "answered",
        desktop().at(at(6)),
        answered_elsewhere("alice", 1),
    );
    s.receive(&answered, at(8), Drop("over"));
    s.pending(
        at(8),
        &[(&invite, Drop("answeredElsewhere")), (&cancel, End(2))],
    );
    let failed = s.seal("failed", by("alice").at(at(9)), end(1, EndReason::Failed));
    s.note("The caller's later ends do not.");
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
        "A4 A6 N28 Z6 Z9 Z12",
        "A call that is listed as missed, by its age or by an early end, was answered on the desktop:
         Bob has missed nothing.",
    );
    s.trust("alice");
    let late = s.seal("late", by("alice"), invite(1));
    let answered = s.seal("answered", desktop(), answered_elsewhere("alice", 1));
    let cancel = s.seal("cancel", by("alice"), cancel(2));
    let ended = s.seal("ended", by("alice"), invite(2));
    let declined = s.seal("declined", desktop(), declined_elsewhere("alice", 2));
    s.receive(&late, at(600), Missed("expired"));
    s.receive(&cancel, at(600), Drop("unknown"));
    s.receive(&ended, at(600), Missed("ended"));
    s.pending(
        at(600),
        &[(&late, Missed("expired")), (&ended, Missed("ended"))],
    );
    s.receive(&answered, at(601), End(4));
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

fn by_the_caller() -> Scene {
    let mut s = Scene::new(
        "elsewhere-by-the-caller",
        "A8 G4 Z1",
        "Where a call was taken is for the own account to say. From the caller it has no effect: it
         would be a way to ring and leave no trace.",
    );
    s.trust("alice");
    let early = s.seal("early", by("alice"), answered_elsewhere("alice", 1));
    let invite = s.seal("invite", by("alice"), invite(1));
    let late = s.seal("late", by("alice"), declined_elsewhere("alice", 1));
    let signal = s.seal("signal", by("alice"), candidates(1));
    s.receive(&early, at(1), Drop("unknown"));
    s.receive(&invite, at(1), Ring);
    s.receive(&late, at(2), Drop("unknown"));
    s.receive(&signal, at(2), Signal);
    s.pending(at(3), &[(&invite, Ring), (&signal, Signal)]);
    s
}

fn by_the_callee() -> Scene {
    let mut s = Scene::new(
        "elsewhere-by-the-callee",
        "G1 N20 Z1",
        "Alice's phone tells Bob, who called her, that she answered elsewhere. That is for her own
         devices: it does not end his call, and her answer arrives.",
    );
    s.trust("alice");
    s.place_call(call_id(1), &["alice"], at(0));
    let elsewhere = s.seal("elsewhere", by("alice"), answered_elsewhere(OWN, 1));
    let answer = s.seal("answer", by("alice"), answer(1));
    s.receive(&elsewhere, at(1), Drop("unknown"));
    s.receive(&answer, at(2), SignalOfPlaced);
    s
}

fn by_a_foreign_account() -> Scene {
    let mut s = Scene::new(
        "elsewhere-by-a-foreign-account",
        "A8 Z1",
        "Only Bob's own account can say that a call to Bob was taken elsewhere. Carol cannot, before
         or after it rings.",
    );
    s.trust("alice");
    s.trust("carol");
    let early = s.seal("early", by("carol"), answered_elsewhere("alice", 1));
    let invite = s.seal("invite", by("alice"), invite(1));
    let late = s.seal("late", by("carol"), declined_elsewhere("alice", 1));
    s.receive(&early, at(1), Drop("unknown"));
    s.receive(&invite, at(1), Ring);
    s.receive(&late, at(2), Drop("unknown"));
    s.pending(at(2), &[(&invite, Ring)]);
    s
}

fn own_account_says_more() -> Scene {
    let mut s = Scene::new(
        "own-account-is-not-trusted",
        "E26 N11 N10",
        "The own account is no contact unless it is made one. Of it, only the two ends elsewhere are
         taken; all else is untrusted, though only its content tells, and is held.",
    );
    s.trust("alice");
    let note = s.seal("note", desktop(), message("note to self"));
    let ring = s.seal("ring", desktop(), invite(1));
    let ended = s.seal("ended", desktop(), end_of("alice", 1, EndReason::Cancelled));
    s.receive(&note, at(1), RefusedOwn);
    s.receive(&ring, at(1), RefusedOwn);
    s.receive(&ended, at(1), RefusedOwn);
    s.held(&[&note, &ring, &ended]);
    s.pending(at(1), &[]);
    s
}

fn own_account_trusted() -> Scene {
    let mut s = Scene::new(
        "own-account-is-trusted",
        "N11 N10 N12 Z5 Z6",
        "An app that wants notes to oneself adds its own account like any other. What was held is
         released. It still cannot end Alice's call but by saying that it was taken elsewhere.",
    );
    s.trust("alice");
    let note = s.seal("note", desktop(), message("note to self"));
    let invite = s.seal("invite", by("alice"), invite(1));
    let cancelled = s.seal(
        "cancelled",
        desktop(),
        end_of("alice", 1, EndReason::Cancelled),
    );
    let answered = s.seal("answered", desktop(), answered_elsewhere("alice", 1));
    s.receive(&note, at(1), RefusedOwn);
    s.release(OWN, at(2), &[(&note, Notify)]);
    s.held(&[]);
    s.receive(&invite, at(3), Ring);
    s.receive(&cancelled, at(3), Drop("unknown"));
    s.receive(&answered, at(3), End(4));
    s
}

fn own_account_of_its_own_call() -> Scene {
    let mut s = Scene::new(
        "elsewhere-of-a-placed-call",
        "G1 Z4",
        "A call that this account placed is ended by those who were called. The own account is not
         one of them.",
    );
    s.trust("alice");
    s.place_call(call_id(1), &["alice"], at(0));
    let elsewhere = s.seal("elsewhere", desktop(), answered_elsewhere(OWN, 1));
    let answer = s.seal("answer", by("alice"), answer(1));
    s.receive(&elsewhere, at(1), Drop("unknown"));
    s.receive(&answer, at(2), SignalOfPlaced);
    s
}

fn own_ends_are_bounded() -> Scene {
    let mut s = Scene::new(
        "own-ends-are-bounded",
        "A2 A8 Z7",
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
            content: answered_elsewhere("alice", 1),
            at: at(1),
        },
        Drop("unknown"),
    );
    let invitation = |index| {
        let mut invite = plain_invite(1);
        invite.call_id = hushring::CallId::from_bytes(counted(calls, index));
        hushring::Content::Invite(invite)
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
        "A2 A8 Z7",
        "The end elsewhere names the caller, because callIds belong to callers: Carol's call with the
         same callId rings.",
    );
    s.trust("alice");
    s.trust("carol");
    let answered = s.seal("answered", desktop(), answered_elsewhere("alice", 1));
    let alices = s.seal("alices", by("alice"), invite(1));
    let carols = s.seal("carols", by("carol"), invite(1));
    s.receive(&answered, at(1), Drop("unknown"));
    s.receive(&carols, at(1), Ring);
    s.receive(&alices, at(1), Drop("answeredElsewhere"));
    s
}
