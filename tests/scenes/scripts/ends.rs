//! Z1 to Z3: how callers end their calls, and what others can do to them.

use hushring::content::EndReason;
use hushring::{CallId, Content, Suite};
use hushring_test_support::people::device;

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        cancel_before_invite(),
        cancel_after_invite(),
        reasons_while_it_rings(),
        reasons_after_the_answer(),
        reasons_before_the_invite(),
        cancel_twice(),
        cancel_of_a_missed_call(),
        end_of_an_older_ring(),
        end_of_an_older_ring_of_an_answered_call(),
        end_of_an_answered_call(),
        this_device_was_taken(),
        another_device_was_taken(),
        another_was_taken_while_it_rings(),
        end_that_names_its_sender(),
        foreign_account_ends(),
        squatting_on_a_foreign_call(),
        squatting_before_the_call(),
        two_calls_at_once(),
        second_end_before_the_invite(),
        calls_of_one_caller_are_bounded(),
        both_suites(),
    ]
}

fn cancel_before_invite() -> Scene {
    let mut s = Scene::new(
        "cancel-before-invite",
        "A4 A6 N26 Z2 Z3",
        "Pushes may overtake one another. The cancellation of a call that is not known yet shows
         nothing and is remembered, so that the invitation behind it does not ring: it is a missed
         call. When the caller rings again afterwards, it rings.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let cancel = s.seal("cancel", by("alice").at(at(1)), cancel(1));
    s.receive(&cancel, at(2), Drop("unknown"));
    s.pending(at(2), &[]);
    s.receive(&invite, at(3), Missed("ended"));
    s.pending(at(3), &[(&invite, Missed("ended"))]);
    let again = s.seal("again", by("alice").at(at(4)), crate::said::invite(1));
    s.receive(&again, at(5), Ring);
    let late = s.seal("late", by("alice").at(at(6)), crate::said::cancel(1));
    s.receive(&late, at(7), End(2));
    s
}

fn cancel_after_invite() -> Scene {
    let mut s = Scene::new(
        "cancel-after-invite",
        "N27 N28 Z2",
        "The caller hangs up while the phone rings: CallKit is told that the other side ended.
         Whoever comes to the journal only now does not ring, and shows a missed call.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let cancel = s.seal("cancel", by("alice").at(at(5)), cancel(1));
    s.receive(&invite, at(1), Ring);
    s.receive(&cancel, at(6), End(2));
    s.pending(at(6), &[(&invite, Missed("ended")), (&cancel, End(2))]);
    s
}

/// The reasons that a caller gives.
const BY_CALLERS: [EndReason; 4] = [
    EndReason::Failed,
    EndReason::RemoteEnded,
    EndReason::Unanswered,
    EndReason::Cancelled,
];

fn reasons_while_it_rings() -> Scene {
    let mut s = Scene::new(
        "reasons-of-a-caller-while-it-rings",
        "Z2",
        "A call that was not answered here was ended by the other side, whatever reason its caller
         gives. Only the own account's devices silence a ring as answered elsewhere.",
    );
    s.trust("alice");
    let tablet = *device("alice", "tablet").public_key().as_bytes();
    let ends = BY_CALLERS.map(|reason| (reason.as_str(), end(0, reason)));
    let ends = ends.into_iter().chain([("taken", taken(0, &tablet))]);
    for (call, (name, mut content)) in (1..).zip(ends) {
        if let Content::End(end) = &mut content {
            end.call_id = id_of(call);
        }
        let invite = s.seal(&format!("invite {name}"), by("alice"), invite(call));
        let end = s.seal(name, by("alice").at(at(1)), content);
        s.receive(&invite, at(1), Ring);
        s.receive(&end, at(2), End(2));
    }
    s
}

fn reasons_after_the_answer() -> Scene {
    let mut s = Scene::new(
        "reasons-of-a-caller-after-the-answer",
        "Z2",
        "CallKit's ended reasons for each reason with which a caller ends a call that was answered
         here: 1 failed, 2 ended by the other side, 3 unanswered.",
    );
    s.trust("alice");
    for (call, (reason, number)) in (1..).zip(BY_CALLERS.into_iter().zip([1, 2, 3, 2])) {
        let name = reason.as_str();
        let invite = s.seal(&format!("invite {name}"), by("alice"), invite(call));
        let end = s.seal(name, by("alice").at(at(1)), end(call, reason));
        s.receive(&invite, at(1), Ring);
        s.answered("alice", call, at(0));
        s.receive(&end, at(2), End(number));
        s.refuse_answered("alice", call);
    }
    s
}

fn reasons_before_the_invite() -> Scene {
    let mut s = Scene::new(
        "every-reason-before-the-invite",
        "A4 Z3",
        "Whatever reason a caller gives for an end that comes before its invitation, the invitation
         is a missed call.",
    );
    s.trust("alice");
    for (call, reason) in (1..).zip(BY_CALLERS) {
        let name = reason.as_str();
        let invite = s.seal(&format!("invite {name}"), by("alice"), invite(call));
        let end = s.seal(name, by("alice").at(at(1)), end(call, reason));
        s.receive(&end, at(1), Drop("unknown"));
        s.receive(&invite, at(2), Missed("ended"));
    }
    let tablet = *device("alice", "tablet").public_key().as_bytes();
    let invite = s.seal("invite taken", by("alice"), invite(9));
    let taken = s.seal("taken", by("alice").at(at(1)), taken(9, &tablet));
    s.receive(&taken, at(1), Drop("unknown"));
    s.receive(&invite, at(2), Missed("ended"));
    s
}

fn cancel_twice() -> Scene {
    let mut s = Scene::new(
        "cancel-twice",
        "N15 Z2 Z3",
        "A ring ends once. A second end of it, in an envelope of its own, is over; the same end
         again is a duplicate.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let first = s.seal("first", by("alice").at(at(1)), cancel(1));
    let second = s.seal(
        "second",
        by("alice").at(at(2)),
        end(1, EndReason::Unanswered),
    );
    s.receive(&invite, at(1), Ring);
    s.receive(&first, at(2), End(2));
    s.receive(&second, at(3), Drop("over"));
    s.receive(&first, at(4), Duplicate);
    s
}

fn cancel_of_a_missed_call() -> Scene {
    let mut s = Scene::new(
        "cancel-of-a-missed-call",
        "A5 Z2 Z3",
        "A missed call ends like a ringing one. Then it is over.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let cancel = s.seal(
        "cancel",
        by("alice").at(at(60)),
        end(1, EndReason::Unanswered),
    );
    let late = s.seal("late", by("alice").at(at(61)), crate::said::cancel(1));
    s.receive(&invite, at(600), Missed("expired"));
    s.receive(&cancel, at(601), End(2));
    s.receive(&late, at(602), Drop("over"));
    s
}

fn end_of_an_older_ring() -> Scene {
    let mut s = Scene::new(
        "end-of-an-older-ring",
        "A6 N28 Z2 Z3",
        "The caller rings, ends it, and rings again. The end comes last: it is older than the
         second ring, which goes on. An end of the same millisecond as a ring does end it.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite(1));
    let cancel = s.seal("cancel", by("alice").at(at(3) - 1), crate::said::cancel(1));
    let second = s.seal("second", by("alice").at(at(3)), invite(1));
    let equal = s.seal("equal", by("alice").at(at(3)), crate::said::cancel(1));
    s.receive(&first, at(1), Ring);
    s.receive(&second, at(4), Ring);
    s.receive(&cancel, at(4), Drop("over"));
    s.pending(at(4), &[(&first, Drop("repeated")), (&second, Ring)]);
    s.receive(&equal, at(5), End(2));
    s
}

fn end_of_an_older_ring_of_an_answered_call() -> Scene {
    let mut s = Scene::new(
        "end-of-an-older-ring-of-an-answered-call",
        "G8 Z3",
        "The end of a first ring comes after the second one was answered here. The call goes on.",
    );
    s.trust("alice");
    let second = s.seal("second", by("alice").at(at(5)), invite(1));
    let cancel = s.seal("cancel", by("alice").at(at(4)), cancel(1));
    let signal = s.seal("signal", by("alice").at(at(8)), candidates(1));
    s.receive(&second, at(6), Ring);
    s.answered("alice", 1, at(5));
    s.receive(&cancel, at(7), Drop("over"));
    s.answered("alice", 1, at(5));
    s.receive(&signal, at(9), Signal);
    s
}

fn end_of_an_answered_call() -> Scene {
    let mut s = Scene::new(
        "end-of-an-answered-call",
        "A6 Z2 Z3",
        "The caller hangs up in a call that was answered here. It is over: it cannot be answered
         any more, and further ends show nothing. Rung again, it rings.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let hung_up = s.seal(
        "hung up",
        by("alice").at(at(60)),
        end(1, EndReason::RemoteEnded),
    );
    let twice = s.seal("twice", by("alice").at(at(61)), end(1, EndReason::Failed));
    let again = s.seal("again", by("alice").at(at(70)), crate::said::invite(1));
    s.receive(&invite, at(1), Ring);
    s.answered("alice", 1, at(0));
    s.receive(&hung_up, at(60), End(2));
    s.refuse_answered("alice", 1);
    s.receive(&twice, at(61), Drop("over"));
    s.receive(&again, at(71), Ring);
    s
}

fn this_device_was_taken() -> Scene {
    let mut s = Scene::new(
        "this-device-was-taken",
        "A6 G8 Z1",
        "Two devices answered, and the caller says which it took. It was this one: the call goes
         on. Nothing is recorded either of a call that is not known, nor of what a stranger to
         the call says.",
    );
    s.trust("alice");
    s.trust("carol");
    let own = *device(OWN, "phone").public_key().as_bytes();
    let early = s.seal("early", by("alice").at(at(9)), taken(1, &own));
    let invite = s.seal("invite", by("alice"), invite(1));
    let told = s.seal("told", by("alice").at(at(3)), taken(1, &own));
    let foreign = s.seal("foreign", by("carol").at(at(3)), taken(1, &own));
    let signal = s.seal("signal", by("alice").at(at(4)), candidates(1));
    s.receive(&early, at(1), Drop("taken"));
    s.receive(&invite, at(1), Ring);
    s.answered("alice", 1, at(0));
    s.receive(&told, at(4), Drop("taken"));
    s.receive(&foreign, at(4), Drop("taken"));
    s.answered("alice", 1, at(0));
    s.receive(&signal, at(5), Signal);
    s
}

fn another_device_was_taken() -> Scene {
    let mut s = Scene::new(
        "another-device-was-taken",
        "Z2",
        "Two devices answered, and the caller says that it took the other one: the call was
         answered elsewhere (4), and is over here.",
    );
    s.trust("alice");
    let desktop = *device(OWN, "desktop").public_key().as_bytes();
    let invite = s.seal("invite", by("alice"), invite(1));
    let told = s.seal("told", by("alice").at(at(3)), taken(1, &desktop));
    s.receive(&invite, at(1), Ring);
    s.answered("alice", 1, at(0));
    s.receive(&told, at(4), End(4));
    s.refuse_answered("alice", 1);
    s
}

fn another_was_taken_while_it_rings() -> Scene {
    let mut s = Scene::new(
        "another-device-was-taken-while-it-rings",
        "N28 Z2",
        "The caller says which device it took while the phone still rings. That ends the ring, and
         is listed as a missed call: a caller must not be able to ring and leave no trace.",
    );
    s.trust("alice");
    let desktop = *device(OWN, "desktop").public_key().as_bytes();
    let invite = s.seal("invite", by("alice"), invite(1));
    let told = s.seal("told", by("alice").at(at(3)), taken(1, &desktop));
    s.receive(&invite, at(1), Ring);
    s.receive(&told, at(4), End(2));
    s.pending(at(4), &[(&invite, Missed("ended")), (&told, End(2))]);
    s
}

fn end_that_names_its_sender() -> Scene {
    let mut s = Scene::new(
        "end-that-names-its-sender-as-the-caller",
        "A6 Z13",
        "A caller ends its calls without naming anybody. An end that names its own sender as the
         caller is about nothing: the phone rings on, before and after.",
    );
    s.trust("alice");
    let early = s.seal(
        "early",
        by("alice").at(at(5)),
        end_of("alice", 1, at(0), EndReason::Cancelled),
    );
    let invite = s.seal("invite", by("alice"), invite(1));
    let late = s.seal(
        "late",
        by("alice").at(at(5)),
        end_of("alice", 1, at(0), EndReason::Failed),
    );
    s.receive(&early, at(1), Drop("unknown"));
    s.receive(&invite, at(1), Ring);
    s.receive(&late, at(6), Drop("unknown"));
    s.pending(at(6), &[(&invite, Ring)]);
    s
}

fn foreign_account_ends() -> Scene {
    let mut s = Scene::new(
        "foreign-account-ends-a-call",
        "A6 Z3 Z13",
        "Carol is trusted too, and knows the callId. She cannot end Alice's call: not as her own,
         of which nothing is known, and not by naming Alice. It goes on ringing.",
    );
    s.trust("alice");
    s.trust("carol");
    let invite = s.seal("invite", by("alice"), invite(1));
    let own = s.seal("own", by("carol"), cancel(1));
    let named = s.seal(
        "named",
        by("carol"),
        end_of("alice", 1, at(0), EndReason::Cancelled),
    );
    let elsewhere = s.seal(
        "elsewhere",
        by("carol"),
        answered_elsewhere("alice", 1, at(0)),
    );
    s.receive(&invite, at(1), Ring);
    s.receive(&own, at(2), Drop("unknown"));
    s.receive(&named, at(2), Drop("unknown"));
    s.receive(&elsewhere, at(2), Drop("unknown"));
    s.pending(at(2), &[(&invite, Ring)]);
    s
}

fn squatting_on_a_foreign_call() -> Scene {
    let mut s = Scene::new(
        "squatting-on-a-foreign-call-id",
        "A6 Z2",
        "Carol invites with the callId of Alice's call. That is another call, with another CallKit
         UUID; its end leaves Alice's call alone.",
    );
    s.trust("alice");
    s.trust("carol");
    let real = s.seal("real", by("alice"), invite(1));
    let squatter = s.seal("squatter", by("carol"), invite(1));
    let end = s.seal("end", by("carol").at(at(2)), cancel(1));
    let real_end = s.seal("real end", by("alice").at(at(3)), cancel(1));
    s.receive(&real, at(1), Ring);
    s.receive(&squatter, at(2), Ring);
    s.receive(&end, at(3), End(2));
    s.pending(
        at(3),
        &[(&real, Ring), (&squatter, Missed("ended")), (&end, End(2))],
    );
    s.receive(&real_end, at(4), End(2));
    s
}

fn squatting_before_the_call() -> Scene {
    let mut s = Scene::new(
        "squatting-on-a-call-id-beforehand",
        "A6 Z3 Z13",
        "Carol learns Alice's callId before Bob's phone does, and ends it in every way she can.
         Alice rings all the same.",
    );
    s.trust("alice");
    s.trust("carol");
    let own = s.seal("own", by("carol"), cancel(1));
    let named = s.seal(
        "named",
        by("carol"),
        end_of("alice", 1, at(9), EndReason::Failed),
    );
    let elsewhere = s.seal(
        "elsewhere",
        by("carol"),
        declined_elsewhere("alice", 1, at(9)),
    );
    let real = s.seal("real", by("alice"), invite(1));
    s.receive(&own, at(1), Drop("unknown"));
    s.receive(&named, at(1), Drop("unknown"));
    s.receive(&elsewhere, at(1), Drop("unknown"));
    s.receive(&real, at(1), Ring);
    s
}

fn two_calls_at_once() -> Scene {
    let mut s = Scene::new(
        "two-calls-at-once",
        "A6 N27 N28 Z2",
        "Two calls of one caller are two calls: the end of one is not that of the other. The
         journal keeps the order in which they came.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite(1));
    let second = s.seal("second", by("alice"), invite(2));
    let end = s.seal("end", by("alice").at(at(1)), cancel(1));
    s.receive(&second, at(1), Ring);
    s.receive(&first, at(1), Ring);
    s.receive(&end, at(2), End(2));
    s.pending(
        at(2),
        &[(&second, Ring), (&first, Missed("ended")), (&end, End(2))],
    );
    s
}

fn second_end_before_the_invite() -> Scene {
    let mut s = Scene::new(
        "second-end-before-the-invite",
        "A4 Z3",
        "Two ends of a call that is not known yet: the first is remembered, the second finds the
         call recorded. Whatever their order, rings up to the later end have ended.",
    );
    s.trust("alice");
    let later = s.seal("later", by("alice").at(at(2)), cancel(1));
    let earlier = s.seal("earlier", by("alice"), end(1, EndReason::Unanswered));
    let first = s.seal("first", by("alice"), invite(1));
    let second = s.seal("second", by("alice").at(at(2)), invite(1));
    s.receive(&later, at(3), Drop("unknown"));
    s.receive(&earlier, at(3), Drop("over"));
    s.receive(&first, at(3), Missed("ended"));
    s.receive(&second, at(3), Missed("ended"));
    s
}

fn calls_of_one_caller_are_bounded() -> Scene {
    let mut s = Scene::new(
        "calls-of-one-caller-are-bounded",
        "A6 Z2 Z3",
        "64 calls of one caller are remembered. The 65th makes the one recorded first be forgotten:
         its end finds nothing to end, that of the next one does.",
    );
    s.trust("alice");
    let calls = *b"sixty-five c";
    s.flood(
        &Flood {
            from: "alice",
            count: 64,
            first_sent_at: at(0),
            message_ids: *b"invitations ",
            call_ids: Some(calls),
            content: invite(1),
            at: at(1),
        },
        Ring,
    );
    let end_of_call = |index| {
        let call_id = CallId::from_bytes(counted(calls, index)).unwrap();
        Content::End(hushring::content::End::by_caller(
            call_id,
            EndReason::Cancelled,
        ))
    };
    for n in 10..14 {
        s.acknowledge_id("alice", counted(*b"invitations ", n), true);
    }
    let of_last = CallId::from_bytes(counted(calls, 64)).unwrap();
    let of_last = Content::Invite(hushring::content::Invite::new(of_last, true));
    let one_more = s.seal("one more", by("alice").at(at(1)), of_last);
    s.receive(&one_more, at(1), Ring);
    let first = s.seal("first", by("alice").at(at(1)), end_of_call(0));
    let last = s.seal("last", by("alice").at(at(1)), end_of_call(64));
    let second = s.seal("second", by("alice").at(at(1)), end_of_call(1));
    s.receive(&last, at(2), End(2));
    s.receive(&second, at(2), End(2));
    s.note("It is remembered as an end before its invitation, in place of the second call.");
    s.receive(&first, at(2), Drop("unknown"));
    s
}

fn both_suites() -> Scene {
    let mut s = Scene::new(
        "both-suites",
        "A6 E19 E20 Z2",
        "A call may begin in one suite and end in the other: to the inbox they are the same.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice").suite(Suite::XWing), invite(1));
    let signal = s.seal("signal", by("alice"), candidates(1));
    let cancel = s.seal("cancel", by("alice").suite(Suite::XWing), cancel(1));
    s.receive(&invite, at(1), Ring);
    s.receive(&signal, at(1), Signal);
    s.receive(&cancel, at(2), End(2));
    s
}
