//! How many signals are kept (G10; spec/inbox.md, section 2), and the room that they take.

use hushring::{CallId, Content};

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        four_of_one_call(),
        eight_of_one_account(),
        sixty_four_in_all(),
        of_which_eight_and_four(),
        kept_signals_take_room(),
        room_that_was_taken(),
        kept_signals_take_room_in_all(),
        pruned_after_two_minutes(),
        id_of_a_kept_signal(),
        id_of_a_signal_that_has_had_its_time(),
    ]
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
        "Four signals of one call are kept. With the fifth, the one that was kept first leaves.
         Those of another call stay.",
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
        "Eight signals of one account are kept. With the ninth the one that was kept first leaves,
         of whichever call it is. Those of another account stay.",
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
    invite.call_id = CallId::from_bytes(counted(CALLS, index)).unwrap();
    Content::Invite(invite)
}

fn sixty_four_in_all() -> Scene {
    let mut s = Scene::new(
        "sixty-four-kept-signals-in-all",
        "G10 N26",
        "64 signals are kept in all. With the 65th the one that was kept first leaves, whosesoever
         it is.",
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
        "64 are kept, eight of them of one account, which sends a ninth: the first of its own
         leaves, so that nobody pushes out others by sending on.",
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

fn room_that_was_taken() -> Scene {
    let mut s = Scene::new(
        "kept-signal-whose-room-was-taken",
        "E30 G10 N26 N31",
        "63 messages of Alice wait, and a signal is kept. When it has had its two minutes, a 64th
         message comes. The clock goes back, and Alice joins the call: the signal follows, and the
         state with 65 events of hers is loaded again. Nothing more finds room.",
    );
    s.trust("alice");
    s.trust("carol");
    s.place(9, &["carol"], at(1));
    s.flood(&messages(63), Notify);
    let signal = s.seal("signal", by("alice").at(at(1)), candidates(9));
    let letter = s.seal("letter", by("alice").at(at(200)), message("one"));
    let another = s.seal("another", by("alice").at(at(60)), message("two"));
    s.receive(&signal, at(11), Drop("early"));
    s.receive(&letter, at(200), Notify);
    s.joined(OWN, 9, &["alice"], at(60), &[(&signal, SignalOfPlaced)]);
    s.pending_count(at(60), 65);
    s.save("disk");
    s.load("disk");
    s.pending_count(at(60), 65);
    s.receive(&another, at(60), Refused("inbox_full"));
    s
}

fn kept_signals_take_room() -> Scene {
    let mut s = Scene::new(
        "kept-signals-take-room",
        "E30 G10 N26",
        "A kept signal counts as an event of its account, so that there is room for it when its
         call rings: 62 messages and two kept signals are 64. The invitation itself needs a
         place.",
    );
    s.trust("alice");
    s.flood(&messages(62), Notify);
    let first = s.seal("first", by("alice").at(at(1)), candidates(1));
    let second = s.seal("second", by("alice").at(at(1)), candidates(1));
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&first, at(11), Drop("early"));
    s.receive(&second, at(11), Drop("early"));
    s.receive(&invite, at(11), Refused("inbox_full"));
    s.acknowledge_id("alice", counted(*b"many letters", 0), true);
    s.receive(&invite, at(12), Ring);
    s.pending_count(at(12), 64);
    let late = s.seal("late", by("alice").at(at(1)), candidates(1));
    s.receive(&late, at(12), Refused("inbox_full"));
    s
}

fn kept_signals_take_room_in_all() -> Scene {
    let mut s = Scene::new(
        "kept-signals-take-room-in-all",
        "E30 G10 N26",
        "They count among the 256 of all accounts as well. Four accounts have 255 events and one
         kept signal; a fifth has no room.",
    );
    for n in 1..=4 {
        let name = format!("friend {n}");
        s.trust(&name);
        let mut flood = messages(if n == 4 { 63 } else { 64 });
        flood.from = &name;
        s.flood(&flood, Notify);
    }
    s.trust("alice");
    let signal = s.seal("signal", by("friend 4").at(at(1)), candidates(1));
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
    s.flood(&messages(62), Notify);
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

/// Alice's call, which Bob has answered. Carol, who is in it, signals too early, and then sends 512
/// others that drive the id of the signal out.
fn kept_and_driven_out(name: &str, rules: &str, comment: &str) -> (Scene, Letter) {
    let mut s = Scene::new(name, rules, comment);
    s.trust("alice");
    s.trust("carol");
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&invite, at(1), Ring);
    s.answered("alice", 1, at(0));
    s.acknowledge(&invite, true);
    let signal = s.seal("signal", by("carol").id(7), negotiate(1));
    s.receive(&signal, at(2), Drop("early"));
    s.flood(
        &Flood {
            from: "carol",
            count: 512,
            first_sent_at: at(1),
            message_ids: *b"newer ones  ",
            call_ids: None,
            content: unasked(),
            at: at(10),
        },
        Drop("unknown"),
    );
    (s, signal)
}

fn id_of_a_kept_signal() -> Scene {
    let (mut s, signal) = kept_and_driven_out(
        "message-id-used-again-while-its-signal-is-kept",
        "E27 N15 N26",
        "Carol uses the message id of a kept signal again. It is no longer among her ids, and yet a
         duplicate: the signal becomes an event once she is joined to the call, and the journal
         would have two of one name. After the acknowledgement it is a new message.",
    );
    let again = s.seal("again", by("carol").id(7).at(at(9)), message("again"));
    s.receive(&again, at(11), Duplicate);
    s.receive(&signal, at(11), Duplicate);
    s.joined(
        "alice",
        1,
        &["carol"],
        at(12),
        &[(&signal, SignalIn("alice"))],
    );
    s.receive(&again, at(12), Duplicate);
    s.pending(at(12), &[(&signal, SignalIn("alice"))]);
    s.acknowledge(&signal, true);
    s.receive(&again, at(13), Notify);
    s.receive(&signal, at(13), Duplicate);
    s.acknowledge(&again, true);
    s.acknowledge(&again, false);
    s
}

fn id_of_a_signal_that_has_had_its_time() -> Scene {
    let (mut s, signal) = kept_and_driven_out(
        "message-id-of-a-signal-that-has-had-its-time",
        "E27 G10 N5 N15 N16",
        "A kept signal that has had its 2 minutes is there until another is kept, its call is
         joined, or the inbox is pruned. So long its message id is a duplicate, because a clock
         that goes back would let it follow.",
    );
    let again = s.seal("again", by("carol").id(7).at(at(9)), message("again"));
    s.receive(&again, at(123), Duplicate);
    s.prune(at(123), &[]);
    s.receive(&signal, at(124), Refused("replayed"));
    s.receive(&again, at(124), Notify);
    s
}
