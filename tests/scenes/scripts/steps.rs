//! What the app does in a call (spec/inbox.md, section 8.2): placing, answering, leaving.

use hushring::content::EndReason;
use hushring_test_support::derived::call_uuid;
use hushring_test_support::people::account;
use hushring_test_support::text::uuid_bytes;

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        time_to_seal_with(),
        time_to_seal_with_after_a_restart(),
        time_to_seal_with_far_ahead(),
        system_uuids(),
        answering(),
        answering_the_newest_ring(),
        answering_what_does_not_ring(),
        answering_at_the_last_moment(),
        answering_too_late(),
        declining(),
        hanging_up_and_rung_again(),
        leaving_what_is_not_there(),
        leaving_a_missed_call(),
        leaving_an_own_call(),
        leaving_what_a_device_has_closed(),
        leaving_some_legs(),
        call_of_an_own_device(),
        call_of_an_own_device_with_a_placed_id(),
        crash_before_the_answer_is_saved(),
        crash_before_leaving_is_saved(),
        crash_while_placing(),
        steps_are_saved(),
    ]
}

fn time_to_seal_with() -> Scene {
    let mut s = Scene::new(
        "time-to-seal-an-invitation-with",
        "G1 G2 N4",
        "Placing gives the time with which to seal the invitation. When the clock went back
         between two rings, or both are in one millisecond, it is a millisecond after the newest
         ring of the call: a callee would drop the second as repeated. Each call has its own
         times.",
    );
    s.trust("alice");
    s.trust("carol");
    s.place(1, &["alice"], at(10));
    s.place_call(call_id(1), &["alice"], at(10), at(10) + 1);
    s.place_call(call_id(1), &["alice"], at(4), at(10) + 2);
    s.note("Whomever the newest ring was for.");
    s.place_call(call_id(1), &["carol"], at(5), at(10) + 3);
    s.place(2, &["alice"], at(6));
    let before = s.seal("before", by("carol").at(at(11)), answer(1, at(10) + 2));
    let carols = s.seal("carol's", by("carol").at(at(11)), answer(1, at(10) + 3));
    let alices = s.seal("alice's", by("alice").at(at(11)), answer(1, at(10) + 2));
    s.receive(&before, at(12), Drop("over"));
    s.receive(&carols, at(12), SignalOfPlaced);
    s.receive(&alices, at(12), SignalOfPlaced);
    s.place(1, &["alice"], at(12));
    s
}

fn time_to_seal_with_after_a_restart() -> Scene {
    let mut s = Scene::new(
        "time-to-seal-with-after-a-restart",
        "N4 N31",
        "The newest ring's time is part of the saved state. A call that was left keeps it as well.",
    );
    s.place(1, &["alice"], at(10));
    s.left(OWN, 1);
    s.save("disk");
    s.load("disk");
    s.place_call(call_id(1), &["alice"], at(0), at(10) + 1);
    s
}

fn time_to_seal_with_far_ahead() -> Scene {
    let mut s = Scene::new(
        "placing-after-the-clock-was-fast",
        "N4 N9",
        "A call was placed while the clock was fast. Up to ten minutes ahead it may be placed again.
         Further ahead every callee would refuse its invitation: the app places a call with a new
         id. That is refused before there is no room for an account.",
    );
    s.trust("alice");
    s.trust("carol");
    s.place(1, &["alice"], at(600) - 1);
    s.refuse_place(1, &["alice"], at(0) - 1, "clock");
    s.place_call(call_id(1), &["alice"], at(0), at(600));
    s.refuse_place(1, &["alice"], at(0), "clock");
    s.refuse_place(1, &["carol"], at(0), "clock");
    s.refuse_place(1, &[], at(0), "clock");
    s.place(2, &["alice"], at(0));
    let early = s.seal("early", by("carol").at(at(1)), answer(1, at(600)));
    let hers = s.seal("hers", by("alice").at(at(1)), answer(1, at(600)));
    s.receive(&early, at(1), Drop("unknown"));
    s.receive(&hers, at(1), SignalOfPlaced);
    s.place_call(call_id(1), &["alice"], at(0) + 1, at(600) + 1);
    s
}

fn system_uuids() -> Scene {
    let mut s = Scene::new(
        "steps-with-the-uuid-of-callkit",
        "M9 N4 N9",
        "CallKit's UUID is not the callId: no step takes it, whichever call is meant. The call
         rings on, and its callId answers it.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&invite, at(1), Ring);
    let of_alice = call_uuid(account("alice").public_key().as_bytes(), &call_id(1));
    s.refuse_call_id(uuid_bytes(&of_alice), "alice", at(2));
    let mut whichever = [0x00; 16];
    (whichever[6], whichever[8]) = (0x8f, 0xbf);
    s.refuse_call_id(whichever, "alice", at(2));
    s.pending(at(2), &[(&invite, Ring)]);
    s.answered("alice", 1, at(0));
    s
}

fn answering() -> Scene {
    let mut s = Scene::new(
        "answering-gives-the-ring",
        "G8 N4 Z2",
        "Answering gives the time of the ring, for the answer to name. In doubt after a crash it
         gives the same again. The call does not ring any more: an invitation of the same time is
         repeated, and a hang-up ends it as an answered call does.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let signal = s.seal("signal", by("alice").at(at(3)), candidates(1));
    let failed = s.seal("failed", by("alice").at(at(9)), end(1, EndReason::Failed));
    s.receive(&invite, at(1), Ring);
    s.answered("alice", 1, at(0));
    s.answered("alice", 1, at(0));
    s.receive(&signal, at(4), Signal);
    s.receive(&failed, at(10), End(1));
    s
}

fn answering_the_newest_ring() -> Scene {
    let mut s = Scene::new(
        "answering-names-the-newest-ring",
        "A6 N4",
        "The call has rung twice. Whoever answers names the newest ring, which alone counts with
         the caller.",
    );
    s.trust("alice");
    let second = s.seal("second", by("alice").at(at(7)), invite(1));
    let first = s.seal("first", by("alice").at(at(8)), invite(1));
    s.receive(&second, at(9), Ring);
    s.receive(&first, at(9), Ring);
    s.answered("alice", 1, at(8));
    s
}

fn answering_what_does_not_ring() -> Scene {
    let mut s = Scene::new(
        "answering-what-does-not-ring",
        "N4 N9 Z2 Z11",
        "A call cannot be answered that is unknown, missed, has ended, was answered or declined
         elsewhere, was left, was forgotten with the trust, or is an own one: call_over, and
         nothing is to be sealed.",
    );
    s.trust("alice");
    s.trust("carol");
    s.refuse_answered("alice", 1);
    let missed = s.seal("missed", by("alice").at(before(600)), invite(2));
    s.receive(&missed, at(0), Missed("expired"));
    s.refuse_answered("alice", 2);
    let rings = |s: &mut Scene, call| {
        let invite = s.seal(&format!("invite {call}"), by("alice"), invite(call));
        s.receive(&invite, at(1), Ring);
    };
    rings(&mut s, 3);
    let ended = s.seal("ended", by("alice").at(at(1)), cancel(3));
    s.receive(&ended, at(2), End(2));
    s.refuse_answered("alice", 3);
    rings(&mut s, 4);
    let elsewhere = s.seal(
        "elsewhere",
        desktop(),
        declined_elsewhere("alice", 4, at(0)),
    );
    s.receive(&elsewhere, at(2), End(5));
    s.refuse_answered("alice", 4);
    rings(&mut s, 5);
    s.left("alice", 5);
    s.refuse_answered("alice", 5);
    s.note("A call of the same callId, by another caller.");
    rings(&mut s, 6);
    s.refuse_answered("carol", 6);
    s.answered("alice", 6, at(0));
    s.place(7, &["alice"], at(3));
    s.refuse_answered(OWN, 7);
    s.untrust("alice");
    s.refuse_answered("alice", 6);
    s
}

fn answering_at_the_last_moment() -> Scene {
    let mut s = Scene::new(
        "answering-at-the-last-moment",
        "A6 N4 N28",
        "A call can be answered up to the last moment at which it rings, that one included. In doubt
         after a crash the ring is given again, whenever.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite_for(1, 10));
    s.receive(&invite, at(1), Ring);
    s.pending(at(40), &[(&invite, Ring)]);
    s.answered("alice", 1, at(0));
    s.pending(at(40) + 1, &[(&invite, Signal)]);
    s.answered("alice", 1, at(0));
    s.pending(at(DAYS), &[(&invite, Signal)]);
    s.answered("alice", 1, at(0));
    s
}

fn answering_too_late() -> Scene {
    let mut s = Scene::new(
        "answering-too-late",
        "A6 N4 N9 N28",
        "Nobody has picked up, and the last moment is past: the caller has given up without a word.
         The call cannot be answered any more. Of a clock that is fast, the last moment counts from
         when the invitation was received. A newer ring can be answered.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite_for(1, 10));
    let ahead = s.seal("ahead", by("alice").at(at(300)), invite_for(2, 10));
    let again = s.seal("again", by("alice").at(at(50)), invite_for(1, 10));
    s.receive(&first, at(1), Ring);
    s.receive(&ahead, at(1), Ring);
    s.pending(at(40) + 1, &[(&first, Missed("expired")), (&ahead, Ring)]);
    s.refuse_answered("alice", 1);
    s.pending(
        at(41) + 1,
        &[(&first, Missed("expired")), (&ahead, Missed("expired"))],
    );
    s.refuse_answered("alice", 2);
    s.receive(&again, at(60), Ring);
    s.answered("alice", 1, at(50));
    s
}

fn declining() -> Scene {
    let mut s = Scene::new(
        "declining",
        "A4 A6 G10 N4 N28 Z3",
        "Bob declines, and leaves the call when that is posted. The caller's end behind it is over.
         A late copy of the ring, from another device, has ended; a newer ring rings.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice").at(at(1)), invite(1));
    let cancel = s.seal("cancel", by("alice").at(at(5)), cancel(1));
    let signal = s.seal("signal", by("alice").at(at(2)), candidates(1));
    let again = s.seal("again", by("alice").at(at(9)), crate::said::invite(1));
    s.receive(&invite, at(2), Ring);
    s.left("alice", 1);
    s.note("Of a newer ring, for all that is known.");
    s.receive(&signal, at(3), Drop("early"));
    s.receive(&cancel, at(6), Drop("over"));
    s.note("The app has not acknowledged the ring. It does not ring again, and is not missed.");
    s.pending(at(6), &[(&invite, Drop("over"))]);
    s.receive(&again, at(10), Ring);
    s
}

fn hanging_up_and_rung_again() -> Scene {
    let mut s = Scene::new(
        "hanging-up-and-rung-again",
        "A2 A6 N4",
        "Bob hangs up and leaves. When the caller rings again, the phone rings: it is not taken for
         an invitation in a call that goes on.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite(1));
    let second = s.seal("second", by("alice").at(at(30)), invite(1));
    let third = s.seal("third", by("alice").at(at(40)), invite(1));
    s.receive(&first, at(1), Ring);
    s.answered("alice", 1, at(0));
    s.receive(&second, at(31), Signal);
    s.left("alice", 1);
    s.refuse_answered("alice", 1);
    s.receive(&third, at(41), Ring);
    s.answered("alice", 1, at(40));
    s
}

fn leaving_what_is_not_there() -> Scene {
    let mut s = Scene::new(
        "leaving-what-is-not-there",
        "A6 G2 N4 Z2",
        "To leave a call that is not known, or that has ended, or legs that are not there, changes
         nothing: the next ring rings, and other legs go on.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let cancel = s.seal("cancel", by("alice").at(at(2)), cancel(1));
    let again = s.seal("again", by("alice").at(at(2) + 1), crate::said::invite(1));
    let answer = s.seal("answer", by("alice").at(at(5)), answer(2, at(4)));
    s.left("alice", 1);
    s.receive(&invite, at(1), Ring);
    s.receive(&cancel, at(2), End(2));
    s.left("alice", 1);
    s.receive(&again, at(3), Ring);
    s.left(OWN, 2);
    s.left_accounts(2, &["alice"]);
    s.place(2, &["alice"], at(4));
    s.left_accounts(2, &["carol"]);
    s.receive(&answer, at(6), SignalOfPlaced);
    s
}

fn leaving_a_missed_call() -> Scene {
    let mut s = Scene::new(
        "leaving-a-missed-call",
        "A5 N4 N28 Z3",
        "Bob declines a call that the app has shown as missed. An end of it is over then; it
         stays a missed call for the reason that it had.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let cancel = s.seal("cancel", by("alice").at(at(60)), cancel(1));
    s.receive(&invite, at(100), Missed("expired"));
    s.left("alice", 1);
    s.receive(&cancel, at(101), Drop("over"));
    s.pending(at(101), &[(&invite, Missed("expired"))]);
    s
}

fn leaving_an_own_call() -> Scene {
    let mut s = Scene::new(
        "leaving-an-own-call",
        "G5 G7 N4 Z9",
        "Bob ends his call. All of its legs are closed; nothing that comes later counts. When he
         rings one of them again, its leg is open, and the other stays closed.",
    );
    s.trust("alice");
    s.trust("carol");
    s.place(1, &["alice", "carol"], at(0));
    let alices = s.seal("alice's", by("alice").at(at(2)), answer(1, at(0)));
    let carols = s.seal("carol's", by("carol").at(at(2)), declined(1, at(0)));
    let signal = s.seal("signal", by("carol").at(at(2)), candidates(1));
    s.left(OWN, 1);
    s.receive(&alices, at(3), Drop("over"));
    s.receive(&carols, at(3), Drop("over"));
    s.receive(&signal, at(3), Drop("over"));
    s.place(1, &["alice"], at(10));
    let anew = s.seal("anew", by("alice").at(at(11)), answer(1, at(10)));
    let carols_late = s.seal("carol's late", by("carol").at(at(11)), answer(1, at(10)));
    let end = s.seal("end", by("alice").at(at(20)), hung_up(1, at(10)));
    s.receive(&anew, at(12), SignalOfPlaced);
    s.receive(&carols_late, at(12), Drop("over"));
    s.receive(&end, at(21), EndOfPlaced(2, 0));
    s
}

fn leaving_what_a_device_has_closed() -> Scene {
    let mut s = Scene::new(
        "leaving-what-a-device-has-closed",
        "G4 G5 N4 N28 Z8",
        "Alice's phone has answered and hung up, and Bob gives up Carol as well. He posts no end to
         Alice, whose leg is closed. Her laptop had answered in the same second, and its answer comes
         now: it has to be told, or it would wait for Bob. Leaving keeps the leg as it is.",
    );
    s.trust("alice");
    s.trust("carol");
    s.place(1, &["alice", "carol"], at(0));
    let phones = s.seal("phone's", by("alice").at(at(2)), answer(1, at(0)));
    let bye = s.seal("bye", by("alice").at(at(9)), hung_up(1, at(0)));
    let laptop = || of("alice", "laptop").at(at(2));
    let laptops = s.seal("laptop's", laptop(), answer(1, at(0)));
    let again = s.seal("again", laptop(), answer(1, at(0)));
    let carols = s.seal("carol's", by("carol").at(at(9)), answer(1, at(0)));
    s.receive(&phones, at(3), SignalOfPlaced);
    s.receive(&bye, at(10), EndOfPlaced(2, 1));
    s.left(OWN, 1);
    s.receive(&laptops, at(11), Second(phones.device));
    s.receive(&again, at(11), Drop("over"));
    s.receive(&carols, at(11), Drop("over"));
    s.left_accounts(1, &["alice"]);
    s.pending(
        at(12),
        &[
            (&phones, SignalOfPlaced),
            (&bye, EndOfPlaced(2, 1)),
            (&laptops, Second(phones.device)),
        ],
    );
    s
}

fn leaving_some_legs() -> Scene {
    let mut s = Scene::new(
        "leaving-some-legs",
        "G2 G5 N4 Z5",
        "Bob stops ringing Alice, and goes on ringing Carol and Dave. Alice's leg is closed, and is
         not among those that remain.",
    );
    for name in ["alice", "carol", "dave"] {
        s.trust(name);
    }
    s.place(1, &["alice", "carol", "dave"], at(0));
    let alices = s.seal("alice's", by("alice").at(at(2)), answer(1, at(0)));
    let carols = s.seal("carol's", by("carol").at(at(2)), declined(1, at(0)));
    let daves = s.seal("dave's", by("dave").at(at(2)), answer(1, at(0)));
    s.left_accounts(1, &["alice"]);
    s.receive(&alices, at(3), Drop("over"));
    s.receive(&carols, at(3), EndOfPlaced(2, 1));
    s.receive(&daves, at(3), SignalOfPlaced);
    s
}

fn call_of_an_own_device() -> Scene {
    let mut s = Scene::new(
        "call-of-an-own-device",
        "A6 G8 N4 N28 Z2",
        "The desktop calls the phone, which shares its account. The phone answers it, and leaves it, as
         it does with anybody's call: this device has not placed it, and it has no legs here.",
    );
    s.trust(OWN);
    let first = s.seal("first", desktop(), invite(1));
    let second = s.seal("second", desktop(), invite(2));
    let signal = s.seal("signal", desktop().at(at(1)), candidates(1));
    let end = s.seal("end", desktop().at(at(9)), end(1, EndReason::Failed));
    s.receive(&first, at(1), Ring);
    s.receive(&second, at(1), Ring);
    s.answered(OWN, 1, at(0));
    s.receive(&signal, at(2), Signal);
    s.left(OWN, 2);
    s.refuse_answered(OWN, 2);
    s.pending(
        at(2),
        &[(&first, Signal), (&second, Drop("over")), (&signal, Signal)],
    );
    s.receive(&end, at(10), End(1));
    s
}

fn call_of_an_own_device_with_a_placed_id() -> Scene {
    let mut s = Scene::new(
        "call-of-an-own-device-with-a-placed-id",
        "N4 N28 Z2",
        "The desktop calls, and the phone places a call under the same callId. What the app says of
         the own account's call is about the one that it has placed: the desktop's cannot be
         answered, and is not left with it. The desktop ends its own.",
    );
    s.trust(OWN);
    let invite = s.seal("invite", desktop(), invite(1));
    let end = s.seal("end", desktop().at(at(9)), cancel(1));
    s.receive(&invite, at(1), Ring);
    s.place(1, &["alice"], at(1));
    s.refuse_answered(OWN, 1);
    s.left(OWN, 1);
    s.refuse_joined(OWN, 1, &["alice"], at(2), "call_over");
    s.pending(at(2), &[(&invite, Ring)]);
    s.receive(&end, at(10), End(2));
    s
}

fn crash_before_the_answer_is_saved() -> Scene {
    let mut s = Scene::new(
        "crash-between-answering-and-saving",
        "N4 N29",
        "The app answers and dies before that is saved, so that nothing was sealed: the call rings
         still. Saved, it is answered, and the same ring is named once more.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let failed = s.seal("failed", by("alice").at(at(9)), end(1, EndReason::Failed));
    s.receive(&invite, at(1), Ring);
    s.save("disk");
    s.answered("alice", 1, at(0));
    s.note("Crash.");
    s.load("disk");
    s.answered("alice", 1, at(0));
    s.save("disk");
    s.note("Crash, with the answer sealed or not.");
    s.load("disk");
    s.answered("alice", 1, at(0));
    s.receive(&failed, at(10), End(1));
    s
}

fn crash_before_leaving_is_saved() -> Scene {
    let mut s = Scene::new(
        "crash-between-posting-and-leaving",
        "N4 N29 Z2",
        "The app has posted its decline and dies before it leaves the call. It rings still, and the
         decline is posted once more: an envelope is repeated and none is lost.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&invite, at(1), Ring);
    s.save("disk");
    s.left("alice", 1);
    s.note("Crash.");
    s.load("disk");
    s.pending(at(5), &[(&invite, Ring)]);
    s.left("alice", 1);
    s.save("disk");
    s.load("disk");
    s.pending(at(6), &[(&invite, Drop("over"))]);
    s
}

fn crash_while_placing() -> Scene {
    let mut s = Scene::new(
        "crash-after-placing-without-saving",
        "N4 N29 Z5 Z13",
        "A placed call that was not saved before its invitation was sealed is not known after a
         crash: its answer is lost. Saved, it is known.",
    );
    s.trust("alice");
    s.save("disk");
    s.place(1, &["alice"], at(0));
    s.note("Crash.");
    s.load("disk");
    let lost = s.seal("lost", by("alice"), answer(1, at(0)));
    s.receive(&lost, at(1), Drop("unknown"));
    s.place(2, &["alice"], at(2));
    s.save("disk");
    s.load("disk");
    let declined = s.seal("declined", by("alice").at(at(2)), declined(2, at(2)));
    s.receive(&declined, at(3), EndOfPlaced(2, 0));
    s
}

fn steps_are_saved() -> Scene {
    let mut s = Scene::new(
        "steps-of-a-call-are-saved",
        "G3 G4 G5 G9 N4 N31 Z5",
        "Which calls were answered here, who was joined, which device of a leg was taken, who has
         declined and who was told: all of it is in the saved state.",
    );
    for name in ["alice", "carol", "dave"] {
        s.trust(name);
    }
    s.place(1, &["alice", "carol"], at(0));
    let phones = s.seal("phone's", by("alice").at(at(1)), answer(1, at(0)));
    let again = s.seal("phone's again", by("alice").at(at(1)), answer(1, at(0)));
    let laptops = s.seal(
        "laptop's",
        of("alice", "laptop").at(at(1)),
        answer(1, at(0)),
    );
    let tablets = s.seal(
        "tablet's",
        of("alice", "tablet").at(at(1)),
        answer(1, at(0)),
    );
    let carols = s.seal("carol's", by("carol").at(at(1)), declined(1, at(0)));
    let carols_again = s.seal("carol's again", by("carol").at(at(1)), declined(1, at(0)));
    let invite = s.seal("invite", by("dave"), invite(2));
    let signal = s.seal("signal", by("carol").at(at(2)), negotiate(2));
    s.receive(&phones, at(2), SignalOfPlaced);
    s.receive(&carols, at(2), EndOfPlaced(2, 1));
    s.receive(&invite, at(2), Ring);
    s.answered("dave", 2, at(0));
    s.joined("dave", 2, &["carol"], at(2), &[]);
    s.save("disk");
    s.load("disk");
    s.receive(&again, at(3), SignalOfPlaced);
    s.receive(&laptops, at(3), Second(phones.device));
    s.receive(&carols_again, at(3), Drop("over"));
    s.answered("dave", 2, at(0));
    s.receive(&signal, at(3), SignalIn("dave"));
    s.save("disk");
    s.load("disk");
    s.receive(&tablets, at(4), Drop("over"));
    s
}
