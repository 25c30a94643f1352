//! How many envelopes are held for the clock (N13; spec/inbox.md, section 2), and the room for them.

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        nine_of_one_account(),
        sixty_five_in_all(),
        bounds_of_their_own(),
        full_journal(),
        no_room_at_the_release(),
    ]
}

fn nine_of_one_account() -> Scene {
    let mut s = Scene::new(
        "nine-of-one-account-held-for-the-clock",
        "N13",
        "Of each account eight envelopes are held. With the ninth, the one that was held first
         leaves, not the one with the earliest time.",
    );
    s.trust("alice");
    s.trust("carol");
    let other = s.seal("other", by("carol").at(at(3600)), message("hi"));
    s.receive(&other, at(0), Refused("clock"));
    let letters: Vec<Letter> = [9, 1, 2, 3, 4, 5, 6, 7, 8]
        .into_iter()
        .map(|n| s.seal(&n.to_string(), by("alice").at(at(3600 + n)), message("hi")))
        .collect();
    for letter in &letters {
        s.receive(letter, at(1), Refused("clock"));
    }
    let mut held = vec![(&other, "clock")];
    held.extend(letters[1..].iter().map(|letter| (letter, "clock")));
    s.held_because(&held);
    s.held_accounts(&[
        ("carol", 1, at(3600), at(3600)),
        ("alice", 8, at(3601), at(3608)),
    ]);
    s
}

/// Eight envelopes of one account that are an hour ahead.
fn eight_of(s: &mut Scene, from: &str, expect: Expect) {
    let sent_at = if matches!(expect, Refused("clock")) {
        3600
    } else {
        1
    };
    s.flood(
        &Flood {
            from,
            count: 8,
            first_sent_at: at(sent_at),
            message_ids: *b"of one of ei",
            call_ids: None,
            content: message("hello"),
            at: at(2),
        },
        expect,
    );
}

fn sixty_five_in_all() -> Scene {
    let mut s = Scene::new(
        "sixty-five-held-for-the-clock",
        "N13",
        "64 are held for the clock in all. With the 65th the one that was held first leaves,
         whosesoever it is.",
    );
    s.trust("carol");
    let first = s.seal("first", by("carol").at(at(3600)), message("first"));
    let second = s.seal("second", by("carol").at(at(3600)), message("second"));
    s.receive(&first, at(0), Refused("clock"));
    s.receive(&second, at(0), Refused("clock"));
    for n in 1..=7 {
        let name = format!("friend {n}");
        s.trust(&name);
        eight_of(&mut s, &name, Refused("clock"));
    }
    s.trust("alice");
    let letters: Vec<Letter> = (1..=7_u64)
        .map(|n| s.seal(&n.to_string(), by("alice").at(at(3600 + n)), message("hi")))
        .collect();
    for letter in &letters[..6] {
        s.receive(letter, at(3), Refused("clock"));
    }
    s.held_count(64);
    s.receive(&letters[6], at(3), Refused("clock"));
    s.held_count(64);
    s.untrust("alice");
    for n in 1..=7 {
        s.untrust(&format!("friend {n}"));
    }
    s.held_because(&[(&second, "clock")]);
    s
}

fn bounds_of_their_own() -> Scene {
    let mut s = Scene::new(
        "strangers-push-out-nobody-held-for-the-clock",
        "N11 N13",
        "What is held of strangers and for the clock have bounds of their own: 64 of strangers
         leave one of a contact in its place.",
    );
    s.trust("alice");
    let letter = s.seal("message", by("alice").at(at(3600)), message("hi"));
    s.receive(&letter, at(0), Refused("clock"));
    for n in 1..=8 {
        eight_of(&mut s, &format!("stranger {n}"), Refused("untrusted"));
    }
    let more = s.seal("more", by("carol").at(at(1)), message("hi"));
    s.receive(&more, at(2), Refused("untrusted"));
    s.held_count(65);
    s.release(at(3600), &[(&letter, Notify)]);
    s.held_count(64);
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

fn full_journal() -> Scene {
    let mut s = Scene::new(
        "held-for-the-clock-with-a-full-journal",
        "E28 E30 N13",
        "The time is checked before the room: with a full journal it is held all the same.",
    );
    s.trust("alice");
    s.flood(&messages(64), Notify);
    let letter = s.seal("message", by("alice").at(at(3600)), message("hi"));
    s.receive(&letter, at(10), Refused("clock"));
    s.held_because(&[(&letter, "clock")]);
    s
}

fn no_room_at_the_release() -> Scene {
    let mut s = Scene::new(
        "no-room-for-what-was-held-for-the-clock",
        "E30 N13 N26",
        "The journal has one place, and two messages are due. The first comes out; the second stays
         held, in its place, and comes out when there is room. One of another account has room.",
    );
    s.trust("alice");
    s.trust("carol");
    s.flood(&messages(63), Notify);
    let first = s.seal("first", by("alice").at(at(3600)), message("first"));
    let second = s.seal("second", by("alice").at(at(3600)), message("second"));
    let other = s.seal("other", by("carol").at(at(3600)), message("other"));
    let third = s.seal("third", by("alice").at(at(3600)), message("third"));
    for letter in [&first, &second, &other, &third] {
        s.receive(letter, at(10), Refused("clock"));
    }
    s.release(at(3600), &[(&first, Notify), (&other, Notify)]);
    s.held_because(&[(&second, "clock"), (&third, "clock")]);
    s.release(at(3600), &[]);
    s.acknowledge_id("alice", counted(*b"many letters", 0), true);
    s.release(at(3601), &[(&second, Notify)]);
    s.held_because(&[(&third, "clock")]);
    s
}
