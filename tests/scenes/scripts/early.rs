//! G8, G10 and G11: signals that come before their invitation are kept for it.

use hushring::UnixSeconds;
use hushring::content::EndReason;
use hushring_test_support::people::device_between;

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        candidates_before_the_invite(),
        every_type_is_kept(),
        older_ones_leave(),
        two_minutes(),
        kept_through_a_missed_call(),
        kept_through_a_dropped_ring(),
        kept_after_a_missed_call(),
        signals_of_an_older_ring(),
        signals_up_to_an_end(),
        ends_take_kept_signals_away(),
        kept_over_a_restart(),
        released_together(),
        placing_gives_no_kept_signals(),
        of_another_callers_call(),
        in_1970(),
    ]
}

fn candidates_before_the_invite() -> Scene {
    let mut s = Scene::new(
        "signals-before-the-invite",
        "A6 G10 N15 N26 N27",
        "Candidates overtake their invitation. They show nothing, and are kept; the call rings, and
         they follow it as signals. Each is an event to be acknowledged, and a duplicate
         afterwards.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice").at(at(2)), candidates(1));
    let second = s.seal("second", by("alice").at(at(1)), negotiate(1));
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&first, at(3), Drop("early"));
    s.receive(&second, at(3), Drop("early"));
    s.pending(at(3), &[]);
    s.acknowledge(&first, false);
    s.receive(&invite, at(4), Ring);
    s.pending(
        at(4),
        &[(&invite, Ring), (&first, Signal), (&second, Signal)],
    );
    s.receive(&first, at(5), Duplicate);
    s.acknowledge(&first, true);
    s.pending(at(5), &[(&invite, Ring), (&second, Signal)]);
    s
}

fn every_type_is_kept() -> Scene {
    let mut s = Scene::new(
        "signals-of-every-type-are-kept",
        "G10 M10",
        "Also a type that begins with `call.` and that version 1 does not know. An answer is not
         kept, and neither is a type without a callId.",
    );
    s.trust("alice");
    let hold = s.seal("hold", by("alice").at(at(1)), unknown("call.hold", Some(1)));
    let answer = s.seal("answer", by("alice").at(at(1)), answer(1, at(0)));
    let nothing = s.seal("nothing", by("alice").at(at(1)), unknown("call.hold", None));
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&hold, at(2), Drop("early"));
    s.receive(&answer, at(2), Drop("unknown"));
    s.receive(&nothing, at(2), NotifyUnknown);
    s.receive(&invite, at(2), Ring);
    s.pending(
        at(2),
        &[(&nothing, NotifyUnknown), (&invite, Ring), (&hold, Signal)],
    );
    s
}

fn older_ones_leave() -> Scene {
    let mut s = Scene::new(
        "kept-signals-of-an-older-ring-leave",
        "A6 G10 N26",
        "Signals of a first ring, whose invitation was lost, and of a second one were kept. When
         the second rings, those from before it leave: they would go to the wrong ring. One of
         the same millisecond follows.",
    );
    s.trust("alice");
    let older = s.seal("older", by("alice").at(at(10) - 1), candidates(1));
    let equal = s.seal("equal", by("alice").at(at(10)), candidates(1));
    let newer = s.seal("newer", by("alice").at(at(11)), negotiate(1));
    let invite = s.seal("invite", by("alice").at(at(10)), invite(1));
    for letter in [&newer, &older, &equal] {
        s.receive(letter, at(12), Drop("early"));
    }
    s.receive(&invite, at(12), Ring);
    s.pending(
        at(12),
        &[(&invite, Ring), (&newer, Signal), (&equal, Signal)],
    );
    s.receive(&older, at(13), Duplicate);
    s
}

fn two_minutes() -> Scene {
    let mut s = Scene::new(
        "signals-are-kept-for-2-minutes",
        "A6 G10",
        "A signal is kept for two minutes after it came, whenever it was sent. What came a
         millisecond earlier than that is gone.",
    );
    s.trust("alice");
    let old = s.seal("old", by("alice").at(at(120)), candidates(1));
    let new = s.seal("new", by("alice").at(at(110)), candidates(1));
    let invite = s.seal("invite", by("alice").at(at(100)), invite(1));
    s.receive(&old, at(2) - 1, Drop("early"));
    s.receive(&new, at(2), Drop("early"));
    s.receive(&invite, at(122), Ring);
    s.pending(at(122), &[(&invite, Ring), (&new, Signal)]);
    s
}

fn kept_through_a_missed_call() -> Scene {
    let mut s = Scene::new(
        "signals-are-kept-through-a-missed-call",
        "A4 A5 A6 G10",
        "Invitations that are missed leave what is kept: it may belong to a newer ring. Here the
         first ring had ended and the second came too late; the third one gets its candidates.",
    );
    s.trust("alice");
    let signal = s.seal("signal", by("alice").at(at(300)), candidates(1));
    let cancel = s.seal("cancel", by("alice").at(at(5)), cancel(1));
    let ended = s.seal("ended", by("alice"), invite(1));
    let late = s.seal("late", by("alice").at(at(10)), invite(1));
    let third = s.seal("third", by("alice").at(at(299)), invite(1));
    s.receive(&signal, at(300), Drop("early"));
    s.receive(&cancel, at(300), Drop("unknown"));
    s.receive(&ended, at(301), Missed("ended"));
    s.receive(&late, at(302), Missed("expired"));
    s.receive(&third, at(303), Ring);
    s.pending(
        at(303),
        &[
            (&ended, Drop("repeated")),
            (&late, Drop("repeated")),
            (&third, Ring),
            (&signal, Signal),
        ],
    );
    s
}

fn kept_through_a_dropped_ring() -> Scene {
    let mut s = Scene::new(
        "signals-are-kept-through-a-dropped-ring",
        "A3 A6 G10 Z12",
        "The same where the first ring was declined on the desktop, and is dropped.",
    );
    s.trust("alice");
    let signal = s.seal("signal", by("alice").at(at(11)), candidates(1));
    let declined = s.seal("declined", desktop(), declined_elsewhere("alice", 1, at(0)));
    let first = s.seal("first", by("alice"), invite(1));
    let second = s.seal("second", by("alice").at(at(10)), invite(1));
    s.receive(&signal, at(12), Drop("early"));
    s.receive(&declined, at(12), Drop("unknown"));
    s.receive(&first, at(12), Drop("declinedElsewhere"));
    s.receive(&second, at(12), Ring);
    s.pending(at(12), &[(&second, Ring), (&signal, Signal)]);
    s
}

fn kept_after_a_missed_call() -> Scene {
    let mut s = Scene::new(
        "signals-of-a-missed-call",
        "A5 A6 G10 G11",
        "A missed call takes no signals. One that is newer than its ring is kept for the next; one
         of the same time is over.",
    );
    s.trust("alice");
    let missed = s.seal("missed", by("alice"), invite(1));
    let equal = s.seal("equal", by("alice"), candidates(1));
    let newer = s.seal("newer", by("alice").at(at(600)), candidates(1));
    let second = s.seal("second", by("alice").at(at(599)), invite(1));
    s.receive(&missed, at(600), Missed("expired"));
    s.receive(&equal, at(600), Drop("over"));
    s.receive(&newer, at(600), Drop("early"));
    s.receive(&second, at(601), Ring);
    s.pending(
        at(601),
        &[
            (&missed, Drop("repeated")),
            (&second, Ring),
            (&newer, Signal),
        ],
    );
    s
}

fn signals_of_an_older_ring() -> Scene {
    let mut s = Scene::new(
        "signals-of-an-older-ring",
        "G8",
        "The call rings a second time, and is answered. Signals of the first ring, which come late,
         are over; those from the second ring's millisecond on count.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice").at(at(10)), invite(1));
    let older = s.seal("older", by("alice").at(at(10) - 1), candidates(1));
    let equal = s.seal("equal", by("alice").at(at(10)), candidates(1));
    let older_again = s.seal("older again", by("alice").at(at(9)), negotiate(1));
    let newer = s.seal("newer", by("alice").at(at(11)), negotiate(1));
    s.receive(&invite, at(11), Ring);
    s.receive(&older, at(11), Drop("over"));
    s.receive(&equal, at(11), Signal);
    s.answered("alice", 1, at(10));
    s.receive(&older_again, at(12), Drop("over"));
    s.receive(&newer, at(12), Signal);
    s
}

fn signals_up_to_an_end() -> Scene {
    let mut s = Scene::new(
        "signals-up-to-an-end",
        "A6 G10 G11 Z2 Z3",
        "Signals that are no newer than the end of their call are over, whether it rang before or
         not. Newer ones are kept for the next ring.",
    );
    s.trust("alice");
    let invite_it = s.seal("invite", by("alice"), invite(1));
    let cancel_it = s.seal("cancel", by("alice").at(at(5)), cancel(1));
    let early_end = s.seal("early end", by("alice").at(at(5)), cancel(2));
    s.receive(&invite_it, at(1), Ring);
    s.receive(&cancel_it, at(6), End(2));
    s.receive(&early_end, at(6), Drop("unknown"));
    for call in [1, 2] {
        let signal = |s: &mut Scene, name: &str, sent_at| {
            let name = format!("{name} {call}");
            s.seal(&name, by("alice").at(sent_at), candidates(call))
        };
        let equal = signal(&mut s, "equal", at(5));
        let newer = signal(&mut s, "newer", at(5) + 1);
        let again = by("alice").at(at(5) + 1);
        let again = s.seal(&format!("again {call}"), again, invite(call));
        s.receive(&equal, at(7), Drop("over"));
        s.receive(&newer, at(7), Drop("early"));
        s.receive(&again, at(7), Ring);
        s.acknowledge(&newer, true);
    }
    s
}

fn ends_take_kept_signals_away() -> Scene {
    let mut s = Scene::new(
        "ends-take-kept-signals-away",
        "G9 G10 Z2 Z3",
        "Carol is in Alice's call as well. Her signals are kept until the app joins her. An end of
         hers, which would end a call of hers with this callId, takes away those that are no newer
         than it. So does one that ends a ring.",
    );
    for name in ["alice", "carol", "dave"] {
        s.trust(name);
    }
    let invite_it = s.seal("invite", by("alice"), invite(1));
    s.receive(&invite_it, at(1), Ring);
    s.answered("alice", 1, at(0));
    let signal = |s: &mut Scene, from: &str, second| {
        let name = format!("{from}'s {second}");
        s.seal(&name, by(from).at(at(second)), negotiate(1))
    };
    let older = signal(&mut s, "carol", 3);
    let equal = signal(&mut s, "carol", 5);
    let newer = signal(&mut s, "carol", 6);
    let cancel_it = s.seal("cancel", by("carol").at(at(5)), end(1, EndReason::Failed));
    for letter in [&older, &equal, &newer] {
        s.receive(letter, at(7), Drop("early"));
    }
    s.receive(&cancel_it, at(7), Drop("unknown"));
    s.joined(
        "alice",
        1,
        &["carol"],
        at(8),
        &[(&newer, SignalIn("alice"))],
    );

    let daves_call = s.seal("dave's call", by("dave").at(before(600)), invite(1));
    let before_the_end = signal(&mut s, "dave", 4);
    let behind_the_end = signal(&mut s, "dave", 6);
    let ended = s.seal("dave's end", by("dave").at(at(5)), cancel(1));
    s.receive(&daves_call, at(8), Missed("expired"));
    s.receive(&before_the_end, at(8), Drop("early"));
    s.receive(&behind_the_end, at(8), Drop("early"));
    s.receive(&ended, at(8), End(2));
    let followed = [(&behind_the_end, SignalIn("alice"))];
    s.joined("alice", 1, &["carol", "dave"], at(9), &followed);
    s
}

fn kept_over_a_restart() -> Scene {
    let mut s = Scene::new(
        "kept-signals-survive-a-restart",
        "G10 N31",
        "What is kept is part of the saved state, with the time at which it came.",
    );
    s.trust("alice");
    let old = s.seal("old", by("alice").at(at(100)), candidates(1));
    let new = s.seal("new", by("alice").at(at(100)), candidates(1));
    let invite = s.seal("invite", by("alice").at(at(100)), invite(1));
    s.receive(&old, at(1), Drop("early"));
    s.receive(&new, at(60), Drop("early"));
    s.save("disk");
    s.load("disk");
    s.receive(&invite, at(130), Ring);
    s.pending(at(130), &[(&invite, Ring), (&new, Signal)]);
    s
}

fn released_together() -> Scene {
    let mut s = Scene::new(
        "kept-signals-follow-a-released-ring",
        "A6 G10 N12 N26 N27",
        "A stranger's candidates and invitation were held, in this order. When the account is
         trusted, the candidates come out as too early, and the call rings. They follow it in the
         journal.",
    );
    let signal = s.seal("signal", by("carol").at(at(1)), candidates(1));
    let invite = s.seal("invite", by("carol"), invite(1));
    s.receive(&signal, at(2), Refused("untrusted"));
    s.receive(&invite, at(2), Refused("untrusted"));
    s.trust_at("carol", at(3), &[(&signal, Drop("early")), (&invite, Ring)]);
    s.pending(at(3), &[(&invite, Ring), (&signal, Signal)]);
    s
}

fn placing_gives_no_kept_signals() -> Scene {
    let mut s = Scene::new(
        "placing-gives-no-kept-signals",
        "G6 G10 N4",
        "Signals are kept for an invitation, or for those who are joined. To place a call with
         their callId does not give them.",
    );
    s.trust("alice");
    let early = s.seal("early", by("alice").at(at(1)), candidates(1));
    let later = s.seal("later", by("alice").at(at(3)), candidates(1));
    s.receive(&early, at(1), Drop("early"));
    s.place(1, &["alice"], at(2));
    s.receive(&later, at(3), SignalOfPlaced);
    s.pending(at(3), &[(&later, SignalOfPlaced)]);
    s
}

fn of_another_callers_call() -> Scene {
    let mut s = Scene::new(
        "signals-of-a-foreign-call",
        "G8 G10 N26",
        "Carol's signal with the callId of Alice's call is about a call of Carol's, which may still
         come. It does not follow when Alice rings.",
    );
    s.trust("alice");
    s.trust("carol");
    let foreign = s.seal("foreign", by("carol").at(at(1)), candidates(1));
    let invite = s.seal("invite", by("alice"), invite(1));
    let again = s.seal("again", by("carol").at(at(1)), candidates(1));
    let real = s.seal("real", by("alice"), candidates(1));
    s.receive(&foreign, at(1), Drop("early"));
    s.receive(&invite, at(1), Ring);
    s.receive(&again, at(1), Drop("early"));
    s.receive(&real, at(1), Signal);
    s.pending(at(1), &[(&invite, Ring), (&real, Signal)]);
    s
}

fn in_1970() -> Scene {
    let mut s = Scene::new(
        "signal-of-the-first-millisecond-of-1970",
        "G11",
        "A signal that is dated 0 is newer than nothing, and so not kept, although its call is not
         known: it is the one signal that is unknown.",
    );
    s.trust("alice");
    let phone = device_between("alice", "phone", UnixSeconds(0), UnixSeconds(1000));
    let signal = s.seal("signal", by_device(phone).at(0), candidates(1));
    s.receive(&signal, 0, Drop("unknown"));
    s
}
