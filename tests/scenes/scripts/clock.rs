//! N13: what is held because its sender's clock is fast.

use hushring_test_support::clock::second;
use hushring_test_support::people::device_between;

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        an_hour_fast(),
        trusted_while_the_clock_is_slow(),
        released_at_the_limit(),
        twenty_four_hours(),
        invitation_never_rings(),
        invitation_that_is_late_or_repeated(),
        invitation_whose_certificate_has_ended(),
        invitation_of_an_answered_call(),
        in_the_order_in_which_they_were_held(),
        own_account(),
        stranger(),
        held_once(),
        received_again(),
        same_id_received_meanwhile(),
        revoked_at_the_release(),
        unreadable_at_the_release(),
        untrusted_meanwhile(),
        over_a_restart(),
        pruned(),
        discarded(),
    ]
}

fn an_hour_fast() -> Scene {
    let mut s = Scene::new(
        "clock-an-hour-fast",
        "E28 N12 N13 N26",
        "A contact's clock is an hour fast. Its message is refused and held, and says why. Fifty
         minutes later its time is near enough, and it comes out. Before that nothing is
         released.",
    );
    s.trust("alice");
    let letter = s.seal("message", by("alice").at(at(3600)), message("hi"));
    s.receive(&letter, at(0), Refused("clock"));
    s.held_because(&[(&letter, "clock")]);
    s.held_accounts(&[("alice", 1, at(3600), at(3600))]);
    s.release(at(1800), &[]);
    s.pending(at(1800), &[]);
    s.release(at(3000), &[(&letter, Notify)]);
    s.held(&[]);
    s.pending(at(3000), &[(&letter, Notify)]);
    s.receive(&letter, at(3600), Duplicate);
    s
}

fn trusted_while_the_clock_is_slow() -> Scene {
    let mut s = Scene::new(
        "trusted-while-the-clock-is-slow",
        "E28 N11 N12 N13",
        "A stranger's envelopes are held; then the clock goes back by an hour, and the account is
         trusted. Now they are dated ahead, and are held for the clock instead of lost. One that is
         more than a day ahead is gone.",
    );
    let letter = s.seal("message", by("alice").at(at(3600)), message("hi"));
    let invite = s.seal("invite", by("alice").at(at(3600)), invite(1));
    let far = s.seal("far", by("alice").at(at(DAYS) + 1), message("later"));
    s.receive(&letter, at(3600), Refused("untrusted"));
    s.receive(&invite, at(3600), Refused("untrusted"));
    s.receive(&far, at(DAYS), Refused("untrusted"));
    s.held_because(&[
        (&letter, "untrusted"),
        (&invite, "untrusted"),
        (&far, "untrusted"),
    ]);
    s.trust_at("alice", at(0), &[]);
    s.held_because(&[(&letter, "clock"), (&invite, "clock")]);
    s.release(at(3600), &[(&letter, Notify), (&invite, Missed("clock"))]);
    s
}

fn released_at_the_limit() -> Scene {
    let mut s = Scene::new(
        "released-10-minutes-before-its-time",
        "E35 N13",
        "Ten minutes ahead is the limit, and is within it: a millisecond earlier the message
         stays.",
    );
    s.trust("alice");
    let letter = s.seal("message", by("alice").at(at(600) + 1), message("hi"));
    s.receive(&letter, at(0), Refused("clock"));
    s.release(at(0), &[]);
    s.held_because(&[(&letter, "clock")]);
    s.release(at(0) + 1, &[(&letter, Notify)]);
    s
}

fn twenty_four_hours() -> Scene {
    let mut s = Scene::new(
        "held-for-the-clock-24-hours-ahead",
        "E28 N9 N13",
        "24 hours ahead are held. A millisecond more is refused and nothing else; it can come
         again.",
    );
    s.trust("alice");
    let day = s.seal("day", by("alice").at(at(DAYS)), message("a day"));
    let more = s.seal("more", by("alice").at(at(DAYS) + 1), message("more"));
    s.receive(&more, at(0), Refused("clock"));
    s.held(&[]);
    s.receive(&day, at(0), Refused("clock"));
    s.held_because(&[(&day, "clock")]);
    s.receive(&more, at(DAYS), Notify);
    s.release(at(DAYS), &[(&day, Notify)]);
    s
}

fn invitation_never_rings() -> Scene {
    let mut s = Scene::new(
        "invitation-held-for-the-clock-is-missed",
        "A5 A6 G11 N13 N28",
        "An invitation that was held for the clock is a missed call, with the reason `clock`,
         although its time is young enough to ring when it comes out: nobody knows when it was
         sent. Rung again with a right clock, the phone rings where the time is newer.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice").at(at(3600)), invite(1));
    let signal = s.seal("signal", by("alice").at(at(3600)), candidates(1));
    let again = s.seal("again", by("alice").at(at(3601)), crate::said::invite(1));
    s.receive(&invite, at(0), Refused("clock"));
    s.release(at(3600), &[(&invite, Missed("clock"))]);
    s.pending(at(3600), &[(&invite, Missed("clock"))]);
    s.refuse_answered("alice", 1);
    s.receive(&signal, at(3600), Drop("over"));
    s.receive(&again, at(3601), Ring);
    s.pending(at(3601), &[(&invite, Drop("repeated")), (&again, Ring)]);
    s
}

fn invitation_that_is_late_or_repeated() -> Scene {
    let mut s = Scene::new(
        "invitation-held-for-the-clock-in-the-order-of-table-a",
        "A1 A3 A4 A5 N13 Z12",
        "That it was held is the last reason for which an invitation is missed. One that is too old
         when it comes out is `expired`; one that ended, was answered elsewhere, or is older than a
         ring that came meanwhile, is what those rules say.",
    );
    s.trust("alice");
    let held = |s: &mut Scene, call, name: &str| {
        let invite = s.seal(name, by("alice").at(at(3600)), invite(call));
        s.receive(&invite, at(0), Refused("clock"));
        invite
    };
    let expired = held(&mut s, 1, "expired");
    let ended = held(&mut s, 2, "ended");
    let elsewhere = held(&mut s, 3, "elsewhere");
    let repeated = held(&mut s, 4, "repeated");
    let later = at(3600) + 90_001;
    let cancel = s.seal("cancel", by("alice").at(at(3601)), cancel(2));
    let declined = desktop().at(at(3601));
    let declined = s.seal(
        "declined",
        declined,
        declined_elsewhere("alice", 3, at(3600)),
    );
    let newer = s.seal("newer", by("alice").at(at(3601)), invite(4));
    s.receive(&cancel, at(3601), Drop("unknown"));
    s.receive(&declined, at(3601), Drop("unknown"));
    s.receive(&newer, at(3601), Ring);
    s.release(
        later,
        &[
            (&expired, Missed("expired")),
            (&ended, Missed("ended")),
            (&elsewhere, Drop("declinedElsewhere")),
            (&repeated, Drop("repeated")),
        ],
    );
    s
}

fn invitation_whose_certificate_has_ended() -> Scene {
    let mut s = Scene::new(
        "invitation-held-for-the-clock-whose-certificate-has-ended",
        "A5 N13 T6",
        "The certificate of the device ends before the invitation comes out. That is the reason
         that is named, and an end by that device is dropped for it.",
    );
    s.trust("alice");
    let phone = || {
        by_device(device_between(
            "alice",
            "phone",
            second(-3600),
            second(3630),
        ))
    };
    let invite = s.seal("invite", phone().at(at(3600)), invite(1));
    let cancel = s.seal("cancel", phone().at(at(3629)), cancel(1));
    s.receive(&invite, at(0), Refused("clock"));
    s.receive(&cancel, at(0), Refused("clock"));
    let released = [
        (&invite, Missed("certificate")),
        (&cancel, Drop("certificate")),
    ];
    s.release(at(3630), &released);
    s
}

fn invitation_of_an_answered_call() -> Scene {
    let mut s = Scene::new(
        "invitation-held-for-the-clock-of-an-answered-call",
        "A2 N13",
        "In a call that was answered here, an invitation that comes out is a signal like any
         other.",
    );
    s.trust("alice");
    let held = s.seal("held", by("alice").at(at(3600)), invite(1));
    let rings = s.seal("rings", of("alice", "tablet"), invite(1));
    s.receive(&held, at(0), Refused("clock"));
    s.receive(&rings, at(1), Ring);
    s.answered("alice", 1, at(0));
    s.release(at(3600), &[(&held, Signal)]);
    s
}

fn in_the_order_in_which_they_were_held() -> Scene {
    let mut s = Scene::new(
        "released-in-the-order-in-which-they-were-held",
        "N13 N27",
        "What is due comes out in the order in which it was held, not in that of its times. What is
         not due stays in its place.",
    );
    s.trust("alice");
    s.trust("carol");
    let later = s.seal("later", by("alice").at(at(3600)), message("later"));
    let latest = s.seal("latest", by("carol").at(at(7200)), message("latest"));
    let earlier = s.seal("earlier", by("carol").at(at(1800)), message("earlier"));
    for letter in [&later, &latest, &earlier] {
        s.receive(letter, at(0), Refused("clock"));
    }
    s.held_because(&[(&later, "clock"), (&latest, "clock"), (&earlier, "clock")]);
    s.release(at(3600), &[(&later, Notify), (&earlier, Notify)]);
    s.held_because(&[(&latest, "clock")]);
    s.pending(at(3600), &[(&later, Notify), (&earlier, Notify)]);
    s
}

fn own_account() -> Scene {
    let mut s = Scene::new(
        "own-account-held-for-the-clock",
        "A3 N10 N13 Z12",
        "The desktop's clock is an hour fast, and it says that it answered. The own account is held
         for the clock without being trusted. When that comes out, the invitation behind it is
         dropped.",
    );
    s.trust("alice");
    let answered = desktop().at(at(3600));
    let answered = s.seal(
        "answered",
        answered,
        answered_elsewhere("alice", 1, at(2990)),
    );
    let invite = s.seal("invite", by("alice").at(at(2990)), invite(1));
    s.receive(&answered, at(0), Refused("clock"));
    s.held_because(&[(&answered, "clock")]);
    s.release(at(3000), &[(&answered, Drop("unknown"))]);
    s.receive(&invite, at(3001), Drop("answeredElsewhere"));
    s
}

fn stranger() -> Scene {
    let mut s = Scene::new(
        "stranger-is-not-held-for-the-clock",
        "E26 N11 N13",
        "What a stranger has dated ahead is untrusted, and not held: neither for the clock, since
         it is not of a contact, nor as a stranger's, since it would be refused if the account were
         trusted.",
    );
    let letter = s.seal("message", by("carol").at(at(3600)), message("hi"));
    s.receive(&letter, at(0), Refused("untrusted"));
    s.held(&[]);
    s.trust_at("carol", at(1), &[]);
    s.receive(&letter, at(1), Refused("clock"));
    s.held_because(&[(&letter, "clock")]);
    s
}

fn held_once() -> Scene {
    let mut s = Scene::new(
        "held-for-the-clock-once",
        "N13 N15",
        "Push and mailbox bring it twice, and somebody uses its id again: it is held once.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice").id(7).at(at(3600)), message("one"));
    let second = s.seal("second", by("alice").id(7).at(at(3601)), message("two"));
    s.receive(&first, at(0), Refused("clock"));
    s.receive(&first, at(1), Refused("clock"));
    s.receive(&second, at(1), Refused("clock"));
    s.held_because(&[(&first, "clock")]);
    s
}

fn received_again() -> Scene {
    let mut s = Scene::new(
        "held-for-the-clock-and-received-again",
        "N13 N15",
        "The mailbox hands it out again when its time is near enough. It is accepted; the copy that
         is held comes out as a duplicate.",
    );
    s.trust("alice");
    let letter = s.seal("message", by("alice").at(at(3600)), message("hi"));
    s.receive(&letter, at(0), Refused("clock"));
    s.receive(&letter, at(3000), Notify);
    s.held_because(&[(&letter, "clock")]);
    s.release(at(3000), &[(&letter, Drop("duplicate"))]);
    s.held(&[]);
    s.pending(at(3000), &[(&letter, Notify)]);
    s
}

fn same_id_received_meanwhile() -> Scene {
    let mut s = Scene::new(
        "id-that-was-received-while-it-was-held",
        "E27 N13 N15 N16",
        "Another message under the id of one that is held is accepted meanwhile. And of a third,
         the replay floor has risen above its time: it is gone without an event.",
    );
    s.trust("alice");
    let held = s.seal("held", by("alice").id(7).at(at(3600)), message("held"));
    let other = s.seal("other", of("alice", "tablet").id(7), message("other"));
    let below = s.seal("below", by("alice").at(at(3600) - 1), message("below"));
    s.receive(&held, at(0), Refused("clock"));
    s.receive(&below, at(0), Refused("clock"));
    s.receive(&other, at(1), Notify);
    s.flood(
        &Flood {
            from: "alice",
            count: 513,
            first_sent_at: at(3600),
            message_ids: *b"newer ones  ",
            call_ids: None,
            content: unasked(),
            at: at(3600),
        },
        Drop("unknown"),
    );
    s.release(at(3600), &[(&held, Drop("duplicate"))]);
    s.held(&[]);
    s
}

fn revoked_at_the_release() -> Scene {
    let mut s = Scene::new(
        "revoked-while-held-for-the-clock",
        "E29 N3 N13",
        "The device is revoked between the message and the release: the message is gone. One that
         is revoked already is held like any other, since its time is looked at first.",
    );
    s.trust("alice");
    let before = s.seal("before", by("alice").at(at(3600)), message("before"));
    let after = s.seal("after", by("alice").at(at(3600)), message("after"));
    s.receive(&before, at(0), Refused("clock"));
    s.revoke_device("alice", "phone", 0, at(1));
    s.receive(&after, at(1), Refused("clock"));
    s.held_because(&[(&before, "clock"), (&after, "clock")]);
    s.release(at(3600), &[]);
    s.held(&[]);
    s
}

fn unreadable_at_the_release() -> Scene {
    let mut s = Scene::new(
        "unreadable-and-held-for-the-clock",
        "E31 N13 N14",
        "What is held is not read. When it comes out, content that makes no sense is gone without
         an event; the device's own words are dropped; and what was to be decided by the tables
         is.",
    );
    s.trust("alice");
    let noise = by("alice").at(at(3600));
    let noise = s.forge("noise", noise, cover(), vec![0xff; 40], |_| ());
    let own = s.seal("own", by(OWN).at(at(3600)), message("own"));
    let told = s.seal("cancel", by("alice").at(at(3600)), cancel(1));
    for letter in [&noise, &own, &told] {
        s.receive(letter, at(0), Refused("clock"));
    }
    s.release(at(3600), &[(&own, Drop("own")), (&told, Drop("unknown"))]);
    s.held(&[]);
    s
}

fn untrusted_meanwhile() -> Scene {
    let mut s = Scene::new(
        "untrusted-while-held-for-the-clock",
        "N2 N13",
        "Ending the trust in an account discards what is held of it for the clock. The own account,
         which is not trusted, keeps what is held: ending a trust that there is not changes
         nothing.",
    );
    s.trust("alice");
    s.trust("carol");
    let alices = s.seal("alice's", by("alice").at(at(3600)), message("hi"));
    let carols = s.seal("carol's", by("carol").at(at(3600)), message("hi"));
    let own = desktop().at(at(3600));
    let own = s.seal("own", own, answered_elsewhere("alice", 1, at(0)));
    for letter in [&alices, &carols, &own] {
        s.receive(letter, at(0), Refused("clock"));
    }
    s.untrust("alice");
    s.untrust(OWN);
    s.held_because(&[(&carols, "clock"), (&own, "clock")]);
    s.trust_at("alice", at(1), &[]);
    s.release(at(3600), &[(&carols, Notify), (&own, Drop("unknown"))]);
    s
}

fn over_a_restart() -> Scene {
    let mut s = Scene::new(
        "held-for-the-clock-over-a-restart",
        "A5 N13 N31",
        "What is held for the clock is part of the saved state.",
    );
    s.trust("alice");
    let note = s.seal("message", by("alice").at(at(3600)), message("hi"));
    let invite = s.seal("invite", by("alice").at(at(3600)), invite(1));
    s.receive(&note, at(0), Refused("clock"));
    s.receive(&invite, at(0), Refused("clock"));
    s.save("disk");
    s.load("disk");
    s.held_because(&[(&note, "clock"), (&invite, "clock")]);
    s.release(at(3600), &[(&note, Notify), (&invite, Missed("clock"))]);
    s.save("disk");
    s.load("disk");
    s.pending(at(3600), &[(&note, Notify), (&invite, Missed("clock"))]);
    s
}

fn pruned() -> Scene {
    let mut s = Scene::new(
        "pruning-drops-what-was-held-for-the-clock",
        "N5 N13",
        "What was never released leaves 30 days after its own time.",
    );
    s.trust("alice");
    let letter = s.seal("message", by("alice").at(at(3600)), message("hi"));
    s.receive(&letter, at(0), Refused("clock"));
    s.prune(at(3600) + 30 * DAYS * 1000, &[]);
    s.held_because(&[(&letter, "clock")]);
    s.prune(at(3600) + 30 * DAYS * 1000 + 1, &[]);
    s.held(&[]);
    s
}

fn discarded() -> Scene {
    let mut s = Scene::new(
        "discarding-what-is-held-for-the-clock",
        "N7 N13",
        "Discarding takes what is held for the clock as well. The account stays trusted.",
    );
    s.trust("alice");
    let letter = s.seal("message", by("alice").at(at(3600)), message("hi"));
    s.receive(&letter, at(0), Refused("clock"));
    s.discard("alice", 1);
    s.held(&[]);
    s.release(at(3600), &[]);
    s.receive(&letter, at(3600), Notify);
    s
}
