//! G8, G10 and G11: signals that come before their invitation are kept for it.

use hushring::content::EndReason;
use hushring::{CallId, Content, UnixSeconds};
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
        four_of_one_call(),
        eight_of_one_account(),
        sixty_four_in_all(),
        of_which_eight_and_four(),
        kept_signals_take_room(),
        kept_signals_take_room_in_all(),
        pruned_after_two_minutes(),
        kept_over_a_restart(),
        of_another_callers_call(),
        in_1970(),
    ]
}

fn candidates_before_the_invite() -> Scene {
    let mut s = Scene::new(
        "signals-before-the-invite",
        "A6 G10 N15 N26 N27",
        "Candidates overtake their invitation. They show nothing, and are kept; the call rings, and
         they follow it as signals. Each is an event to be acknowledged, and a duplicate afterwards.",
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
        "Also a type that begins with `call.` and that version 1 does not know. An answer is not kept,
         and neither is a type without a callId.",
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
        "Signals of a first ring, whose invitation was lost, and of a second one were kept. When the
         second rings, those from before it leave: they would go to the wrong ring. One of the same
         millisecond follows.",
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
        "A signal is kept for two minutes after it came, whenever it was sent. What came a second
         earlier than that is gone.",
    );
    s.trust("alice");
    let old = s.seal("old", by("alice").at(at(120)), candidates(1));
    let new = s.seal("new", by("alice").at(at(110)), candidates(1));
    let invite = s.seal("invite", by("alice").at(at(100)), invite(1));
    s.receive(&old, at(1), Drop("early"));
    s.receive(&new, at(2), Drop("early"));
    s.receive(&invite, at(121) + 500, Ring);
    s.pending(at(121) + 500, &[(&invite, Ring), (&new, Signal)]);
    s
}

fn kept_through_a_missed_call() -> Scene {
    let mut s = Scene::new(
        "signals-are-kept-through-a-missed-call",
        "A4 A5 A6 G10",
        "Invitations that are missed leave what is kept: it may belong to a newer ring. Here the first
         ring had ended and the second came too late; the third one gets its candidates.",
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
        "A missed call takes no signals. One that is newer than its ring is kept for the next; one of
         the same time is over.",
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
        "The call rings a second time, and is answered. Signals of the first ring, which come late, are
         over; those from the second ring's millisecond on count.",
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
        "Signals that are no newer than the end of their call are over, whether it rang before or not.
         Newer ones are kept for the next ring.",
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

/// Signals of one caller, numbered, that come before anything of their calls.
fn kept(s: &mut Scene, calls: &[u8]) -> Vec<Letter> {
    let letters: Vec<Letter> = (1..)
        .zip(calls)
        .map(|(n, call)| {
            let name = format!("{n}, of call {call}");
            s.seal(&name, by("alice").at(at(n)), candidates(*call))
        })
        .collect();
    for letter in &letters {
        s.receive(letter, at(20), Drop("early"));
    }
    letters
}

fn four_of_one_call() -> Scene {
    let mut s = Scene::new(
        "four-kept-signals-of-one-call",
        "G10 N26",
        "Four signals of one call are kept. With the fifth, the one that was kept first leaves. Those
         of another call stay.",
    );
    s.trust("alice");
    let letters = kept(&mut s, &[2, 1, 1, 1, 1, 1]);
    let first = s.seal("first", by("alice"), invite(1));
    let second = s.seal("second", by("alice"), invite(2));
    s.receive(&first, at(21), Ring);
    s.receive(&second, at(21), Ring);
    s.pending(
        at(21),
        &[
            (&first, Ring),
            (&letters[2], Signal),
            (&letters[3], Signal),
            (&letters[4], Signal),
            (&letters[5], Signal),
            (&second, Ring),
            (&letters[0], Signal),
        ],
    );
    s
}

fn eight_of_one_account() -> Scene {
    let mut s = Scene::new(
        "eight-kept-signals-of-one-account",
        "G10 N26",
        "Eight signals of one account are kept. With the ninth the one that was kept first leaves, of
         whichever call it is. Those of another account stay.",
    );
    s.trust("alice");
    s.trust("carol");
    let other = s.seal("other", by("carol").at(at(1)), candidates(1));
    s.receive(&other, at(10), Drop("early"));
    let letters = kept(&mut s, &[1, 2, 2, 2, 3, 3, 3, 1, 4]);
    let first = s.seal("first", by("alice"), invite(1));
    let carols = s.seal("carol's", by("carol"), invite(1));
    s.receive(&first, at(21), Ring);
    s.receive(&carols, at(21), Ring);
    s.pending(
        at(21),
        &[
            (&first, Ring),
            (&letters[7], Signal),
            (&carols, Ring),
            (&other, Signal),
        ],
    );
    s
}

/// Eight kept signals of one account, each of a call of its own.
fn eight_of(s: &mut Scene, from: &str) {
    s.flood(
        &Flood {
            from,
            count: 8,
            first_sent_at: at(1),
            message_ids: *b"candidates  ",
            call_ids: Some(CALLS),
            content: candidates(0),
            at: at(20),
        },
        Drop("early"),
    );
}

const CALLS: [u8; 12] = *b"one of eight";

/// The invitation to one of the calls of [`eight_of`].
fn invite_counted(index: u32) -> Content {
    let mut invite = plain_invite(0);
    invite.call_id = CallId::from_bytes(counted(CALLS, index));
    Content::Invite(invite)
}

fn sixty_four_in_all() -> Scene {
    let mut s = Scene::new(
        "sixty-four-kept-signals-in-all",
        "G10 N26",
        "64 signals are kept in all. With the 65th the one that was kept first leaves, whosesoever it
         is.",
    );
    for n in 1..=8 {
        let name = format!("friend {n}");
        s.trust(&name);
        eight_of(&mut s, &name);
    }
    s.trust("alice");
    let last = s.seal("last", by("alice").at(at(1)), candidates(1));
    s.receive(&last, at(21), Drop("early"));
    let first = s.seal("first", by("friend 1"), invite_counted(0));
    s.receive(&first, at(22), Ring);
    s.pending_count(at(22), 1);
    let second = s.seal("second", by("friend 1"), invite_counted(1));
    s.receive(&second, at(22), Ring);
    s.pending_count(at(22), 3);
    let alices = s.seal("alice's", by("alice"), invite(1));
    s.receive(&alices, at(22), Ring);
    s.pending_count(at(22), 5);
    s
}

fn of_which_eight_and_four() -> Scene {
    let mut s = Scene::new(
        "own-kept-signal-leaves-at-the-bound",
        "G10 N26",
        "64 are kept, eight of them of one account, which sends a ninth: the first of its own leaves,
         so that nobody pushes out others by sending on.",
    );
    for n in 1..=8 {
        let name = format!("friend {n}");
        s.trust(&name);
        eight_of(&mut s, &name);
    }
    let ninth = s.seal("ninth", by("friend 8").at(at(1)), candidates(1));
    s.receive(&ninth, at(21), Drop("early"));
    let first = s.seal("first", by("friend 1"), invite_counted(0));
    let eighths = s.seal("eighth's", by("friend 8"), invite_counted(0));
    s.receive(&first, at(22), Ring);
    s.pending_count(at(22), 2);
    s.receive(&eighths, at(22), Ring);
    s.pending_count(at(22), 3);
    s
}

fn messages(count: usize) -> Flood<'static> {
    Flood {
        from: "alice",
        count,
        first_sent_at: at(1),
        message_ids: *b"many letters",
        call_ids: None,
        content: message("hello"),
        at: at(10),
    }
}

fn kept_signals_take_room() -> Scene {
    let mut s = Scene::new(
        "kept-signals-take-room",
        "E30 G10 N26",
        "A kept signal counts as an event of its account, so that there is room for it when its call
         rings: 126 messages and two kept signals are 128. The invitation itself needs a place.",
    );
    s.trust("alice");
    s.flood(&messages(126), Notify);
    let first = s.seal("first", by("alice").at(at(1)), candidates(1));
    let second = s.seal("second", by("alice").at(at(1)), candidates(1));
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&first, at(11), Drop("early"));
    s.receive(&second, at(11), Drop("early"));
    s.receive(&invite, at(11), Refused("inbox_full"));
    s.acknowledge_id("alice", counted(*b"many letters", 0), true);
    s.receive(&invite, at(12), Ring);
    s.pending_count(at(12), 128);
    let late = s.seal("late", by("alice").at(at(1)), candidates(1));
    s.receive(&late, at(12), Refused("inbox_full"));
    s
}

fn kept_signals_take_room_in_all() -> Scene {
    let mut s = Scene::new(
        "kept-signals-take-room-in-all",
        "E30 G10 N26",
        "They count among the 1,024 of all accounts as well. Eight accounts have 1,023 events and one
         kept signal; a ninth has no room.",
    );
    for n in 1..=8 {
        let name = format!("friend {n}");
        s.trust(&name);
        let mut flood = messages(if n == 8 { 127 } else { 128 });
        flood.from = &name;
        s.flood(&flood, Notify);
    }
    s.trust("alice");
    let signal = s.seal("signal", by("friend 8").at(at(1)), candidates(1));
    let letter = s.seal("letter", by("alice"), message("hi"));
    s.receive(&signal, at(11), Drop("early"));
    s.receive(&letter, at(11), Refused("inbox_full"));
    s.acknowledge_id("friend 1", counted(*b"many letters", 0), true);
    s.receive(&letter, at(12), Notify);
    s
}

fn pruned_after_two_minutes() -> Scene {
    let mut s = Scene::new(
        "pruning-drops-kept-signals",
        "E30 G10 N5",
        "Pruning drops kept signals that have had their two minutes, and no others: then there is
         room for as many events.",
    );
    s.trust("alice");
    s.flood(&messages(126), Notify);
    let first = s.seal("first", by("alice").at(at(1)), candidates(1));
    let second = s.seal("second", by("alice").at(at(1)), candidates(1));
    let letter = s.seal("letter", by("alice").at(at(200)), message("one"));
    let another = s.seal("another", by("alice").at(at(200)), message("two"));
    s.receive(&first, at(11), Drop("early"));
    s.receive(&second, at(100), Drop("early"));
    s.prune(at(200), &[]);
    s.receive(&letter, at(200), Notify);
    s.receive(&another, at(200), Refused("inbox_full"));
    s.prune(at(230), &[]);
    s.receive(&another, at(230), Notify);
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
