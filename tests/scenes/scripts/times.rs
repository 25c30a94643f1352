//! Clocks and certificates.

use hushring::Device;
use hushring_test_support::clock::second;
use hushring_test_support::people::device_between;
use hushring_test_support::{cbor, flate};

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        nine_minutes_ahead(),
        rings_no_longer_by_a_fast_clock(),
        ten_minutes_ahead(),
        eleven_minutes_ahead(),
        thirty_days_old(),
        slow_clock(),
        fast_clock_may_be_delayed(),
        stolen_expired_key(),
        sent_after_the_certificate(),
        sent_before_the_certificate(),
        certificate_from_the_future(),
        end_with_an_expired_certificate(),
        expired_certificate_before_table_z(),
        own_expired_device(),
    ]
}

fn nine_minutes_ahead() -> Scene {
    let mut s = Scene::new(
        "clock-9-minutes-ahead",
        "A6 E28",
        "A sender's clock may be up to ten minutes ahead. Its message is shown and its call rings.",
    );
    s.trust("alice");
    let message = s.seal(
        "message",
        by("alice").at(at(540)),
        message("from the future"),
    );
    let invite = s.seal("invite", by("alice").at(at(540)), invite(1));
    s.receive(&message, at(0), Notify);
    s.receive(&invite, at(0), Ring);
    s
}

fn rings_no_longer_by_a_fast_clock() -> Scene {
    let mut s = Scene::new(
        "clock-9-minutes-ahead-does-not-ring-for-longer",
        "A5 A6 N28",
        "The caller's clock is nine minutes fast. The phone rings for 90 seconds from when it
         received the invitation, as for anybody, and not until the caller's clock says so. One that
         comes late, as its date says, has the rest of its time; one that is held for trust rings
         from when it is released.",
    );
    s.trust("alice");
    let ahead = s.seal("ahead", by("alice").at(at(540)), invite(1));
    let short = s.seal("short", by("alice").at(at(540)), invite_for(2, 10));
    let late = s.seal("late", by("alice").at(at(0)), invite(3));
    let held = s.seal("held", by("carol").at(at(540)), invite(4));
    s.receive(&ahead, at(0), Ring);
    s.receive(&short, at(0) + 500, Ring);
    s.receive(&late, at(30), Ring);
    s.receive(&held, at(30), Refused("untrusted"));
    s.trust_at("carol", at(35), &[(&held, Ring)]);
    s.pending(
        at(40),
        &[(&ahead, Ring), (&short, Ring), (&late, Ring), (&held, Ring)],
    );
    s.save("disk");
    s.load("disk");
    let missed = Missed("expired");
    for (now, [of_ahead, of_short, of_late, of_held]) in [
        (at(40) + 501, [Ring, missed, Ring, Ring]),
        (at(90), [Ring, missed, Ring, Ring]),
        (at(90) + 1, [missed, missed, missed, Ring]),
        (at(125) + 1, [missed; 4]),
    ] {
        let events = [
            (&ahead, of_ahead),
            (&short, of_short),
            (&late, of_late),
            (&held, of_held),
        ];
        s.pending(now, &events);
    }
    s
}

fn ten_minutes_ahead() -> Scene {
    let mut s = Scene::new(
        "clock-exactly-10-minutes-ahead",
        "E28 E35 N13",
        "The limit itself is accepted; a millisecond more is not, and is held.",
    );
    s.trust("alice");
    let limit = s.seal("limit", by("alice").at(at(600)), message("just"));
    let beyond = s.seal("beyond", by("alice").at(at(600) + 1), message("not"));
    s.receive(&limit, at(0), Notify);
    s.receive(&beyond, at(0), Refused("clock"));
    s.held_because(&[(&beyond, "clock")]);
    s
}

fn eleven_minutes_ahead() -> Scene {
    let mut s = Scene::new(
        "clock-11-minutes-ahead",
        "A6 E28 N13",
        "A clock that is eleven minutes ahead of the receiver's is refused, with how far it is
         ahead, so that the app can say why. A minute later the same invitation, handed out again
         by the mailbox, rings: only what the inbox has released does not.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice").at(at(660)), invite(1));
    s.receive(&invite, at(0), Refused("clock"));
    s.pending(at(0), &[]);
    s.receive(&invite, at(60), Ring);
    s.release(at(60), &[(&invite, Drop("duplicate"))]);
    s
}

fn thirty_days_old() -> Scene {
    let mut s = Scene::new(
        "message-after-30-days",
        "E28 E35",
        "No relay keeps an envelope longer than 30 days. What is older by a millisecond is refused,
         with its age.",
    );
    s.trust("alice");
    let letter = s.seal("message", by("alice"), message("hi"));
    s.receive(&letter, at(30 * DAYS) + 1, Refused("too_old"));
    s.receive(&letter, at(30 * DAYS), Notify);
    s
}

fn slow_clock() -> Scene {
    let mut s = Scene::new(
        "clock-2-minutes-slow",
        "A5",
        "A sender whose clock is two minutes slow never rings: its invitations are 120 s old when
         they are made. The age in the event tells it apart from a slow network.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice").at(before(120)), invite(1));
    s.receive(&invite, at(1), Missed("expired"));
    s
}

fn fast_clock_may_be_delayed() -> Scene {
    let mut s = Scene::new(
        "invite-from-a-fast-clock",
        "A5 A6",
        "A sender's clock that is five minutes ahead lets a relay delay its invitation by five minutes:
         its age is counted from the time that it states.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice").at(at(300)), invite(1));
    let second = s.seal("second", by("alice").at(at(300)), invite(2));
    s.receive(&first, at(390), Ring);
    s.receive(&second, at(390) + 1, Missed("expired"));
    s
}

/// A device whose certificate ended an hour ago.
fn ended_an_hour_ago() -> Device {
    device_between(
        "alice",
        "old phone",
        second(-100 * 24 * 3600),
        second(-3600),
    )
}

fn stolen_expired_key() -> Scene {
    let mut s = Scene::new(
        "stolen-expired-key",
        "A5 E29",
        "Whoever has the key of a device whose certificate has ended can date an invitation back
         into the certificate's life, and ask for the longest lifetime. Ringing is what it does not
         get: certificates count at the time of receiving for that. A message is taken, because
         messages come late with good reason.",
    );
    s.trust("alice");
    // So short after its end that the invitation's age alone would let it ring.
    let device = || device_between("alice", "old phone", second(-100 * 24 * 3600), second(-10));
    let invite = s.seal(
        "invite",
        by_device(device()).at(before(11)),
        invite_for(1, 90),
    );
    let message = s.seal("message", by_device(device()).at(before(11)), message("hi"));
    s.receive(&invite, at(0), Missed("certificate"));
    s.receive(&message, at(0), Notify);
    s.pending(
        at(0),
        &[(&invite, Missed("certificate")), (&message, Notify)],
    );
    s
}

fn sent_after_the_certificate() -> Scene {
    let mut s = Scene::new(
        "sent-after-the-certificate-ended",
        "E29 T6",
        "What a device sends when its certificate has ended is refused, even at the first
         millisecond.",
    );
    s.trust("alice");
    let content = message("hi");
    let stream = flate::stored(&cbor::message_of_length(21));
    let late = s.forge(
        "late",
        by_device(ended_an_hour_ago()).at(before(3600)),
        content.clone(),
        stream.clone(),
        |_| (),
    );
    let content = message("a");
    let just = s.forge(
        "just",
        by_device(ended_an_hour_ago()).at(before(3600) - 1),
        content,
        stream,
        |_| (),
    );
    s.receive(&late, at(0), Refused("certificate_expired"));
    s.receive(&just, at(0), Notify);
    s
}

fn sent_before_the_certificate() -> Scene {
    let mut s = Scene::new(
        "sent-before-the-certificate-begins",
        "E29 T6",
        "A certificate holds from ten minutes before it begins, for clocks that differ. What is
         dated before that is refused.",
    );
    s.trust("alice");
    let device = || device_between("alice", "new phone", second(0), second(3600));
    let stream = flate::stored(&cbor::message_of_length(21));
    let early = s.forge(
        "early",
        by_device(device()).at(before(600) - 1),
        message("a"),
        stream.clone(),
        |_| (),
    );
    let limit = s.forge(
        "limit",
        by_device(device()).at(before(600)),
        message("a"),
        stream,
        |_| (),
    );
    s.receive(&early, at(0), Refused("certificate_not_yet_valid"));
    s.receive(&limit, at(0), Notify);
    s
}

fn certificate_from_the_future() -> Scene {
    let mut s = Scene::new(
        "certificate-that-does-not-hold-yet",
        "A5 A6 E29",
        "The certificate of a device whose account's clock is fast holds when the invitation says
         that it was sent, and not yet by the receiver's clock. It does not ring, though its
         message is shown.",
    );
    s.trust("alice");
    let device = || device_between("alice", "new phone", second(900), second(3600));
    let invite = s.seal("invite", by_device(device()).at(at(300)), invite(1));
    let other = s.seal(
        "other",
        by_device(device()).at(at(300)),
        crate::said::invite(2),
    );
    let message = s.seal("message", by_device(device()).at(at(300)), message("hi"));
    s.receive(&invite, at(300) - 1, Missed("certificate"));
    s.receive(&message, at(300) - 1, Notify);
    s.receive(&other, at(300), Ring);
    s
}

fn end_with_an_expired_certificate() -> Scene {
    let mut s = Scene::new(
        "end-and-signal-with-an-expired-certificate",
        "A6 G8 T6 Z2",
        "What a device says of a call counts as long as its certificate holds, when it is received.
         A stolen key that has expired cannot end a call, cannot stop one from ringing, and cannot
         speak or answer in one, and nothing of it is kept; another device of the account can.",
    );
    s.trust("alice");
    let device = || device_between("alice", "old phone", second(-3600), second(30));
    let invite_it = s.seal("invite", by_device(device()), invite(1));
    let writer = || by_device(device()).at(at(29));
    let signal = s.seal("signal", writer(), candidates(1));
    let cancel_it = s.seal("cancel", writer(), cancel(1));
    let answered = s.seal("answer", writer(), answer(2, at(2)));
    let declined = s.seal("declined", writer(), declined(2, at(2)));
    let early_end = s.seal("early end", writer(), cancel(3));
    let early_signal = s.seal("early signal", writer(), candidates(3));
    let unknown_signal = s.seal("unknown", writer(), unknown("call.hold", Some(1)));
    let note = s.seal("note", writer(), unknown("call.statistics", None));
    s.receive(&invite_it, at(1), Ring);
    s.place(2, &["alice"], at(2));
    for letter in [
        &signal,
        &cancel_it,
        &answered,
        &declined,
        &early_end,
        &early_signal,
        &unknown_signal,
    ] {
        s.receive(letter, at(30), Drop("certificate"));
    }
    s.note("This is about no call.");
    s.receive(&note, at(30), NotifyUnknown);
    s.left(OWN, 2);
    s.pending(at(30), &[(&invite_it, Ring), (&note, NotifyUnknown)]);
    let third = s.seal("third", by("alice"), invite(3));
    s.receive(&third, at(31), Ring);
    s.pending(
        at(31),
        &[(&invite_it, Ring), (&note, NotifyUnknown), (&third, Ring)],
    );
    let other = s.seal("other", by("alice").at(at(31)), cancel(1));
    s.receive(&other, at(32), End(2));
    s
}

fn expired_certificate_before_table_z() -> Scene {
    let mut s = Scene::new(
        "end-with-an-expired-certificate-before-table-z",
        "T6 Z13",
        "An end that only the own account may say, said by a contact. The certificate decides
         first: once it has expired, the reason is not that the sender has no part in this.",
    );
    s.trust("alice");
    let old = || {
        by_device(device_between(
            "alice",
            "old phone",
            second(-3600),
            second(30),
        ))
    };
    let said = |s: &mut Scene, name| {
        s.seal(
            name,
            old().at(at(29)),
            answered_elsewhere("carol", 1, at(0)),
        )
    };
    let early = said(&mut s, "early");
    let late = said(&mut s, "late");
    s.receive(&early, at(30) - 1, Drop("unknown"));
    s.receive(&late, at(30), Drop("certificate"));
    s
}

fn own_expired_device() -> Scene {
    let mut s = Scene::new(
        "elsewhere-with-an-expired-certificate",
        "A3 A6 T6 Z12",
        "The key of a desktop whose certificate has ended cannot silence Bob's phone. In the last
         millisecond of the certificate it could.",
    );
    s.trust("alice");
    let old = || by_device(device_between(OWN, "desktop", second(-3600), second(30))).at(at(29));
    let first = s.seal("first", old(), answered_elsewhere("alice", 1, at(29)));
    let second_one = s.seal("second", old(), answered_elsewhere("alice", 2, at(29)));
    let alices_first = s.seal("call 1", by("alice").at(at(29)), invite(1));
    let alices_second = s.seal("call 2", by("alice").at(at(29)), invite(2));
    s.receive(&first, at(30) - 1, Drop("unknown"));
    s.receive(&second_one, at(30), Drop("certificate"));
    s.receive(&alices_first, at(31), Drop("answeredElsewhere"));
    s.receive(&alices_second, at(31), Ring);
    s
}
