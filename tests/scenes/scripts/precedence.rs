//! Which rule decides where two could.

use hushring::content::EndReason;
use hushring_test_support::clock::{day, second};
use hushring_test_support::people::device_between;

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        placing_forgets_no_call(),
        elsewhere_is_not_used_up(),
        certificate_is_missed(),
        second_end_changes_nothing(),
        own_stranger_before_certificate(),
        room_before_the_own_content(),
        room_for_all_that_is_held(),
        room_in_all_for_all_that_is_held(),
        duplicate_at_the_release(),
        names_before_room(),
        refused_revocation_of_a_stranger(),
    ]
}

/// Of a device whose certificate ends 100 s after the beginning.
fn short_lived(owner: &str) -> Writer {
    by_device(device_between(owner, "tablet", day(-10), second(100)))
}

fn messages<'a>(from: &'a str, count: usize) -> Flood<'a> {
    Flood {
        from,
        count,
        first_sent_at: at(1),
        message_ids: *b"many letters",
        call_ids: None,
        content: message("hello"),
        at: at(10),
    }
}

fn placing_forgets_no_call() -> Scene {
    let mut s = Scene::new(
        "placing-a-call-of-a-recorded-call-id",
        "A0 G6 G8 N4 Z2 Z13",
        "Alice's call rings, and a call to Carol is placed under the same callId. Alice has no leg
         of that: her signals are still of her own call, and so is her end. A second invitation is
         refused. An end that names Bob as the caller is about nothing of hers.",
    );
    s.trust("alice");
    s.trust("carol");
    let ringing = s.seal("invite", by("alice"), invite(1));
    s.receive(&ringing, at(1), Ring);
    s.place(1, &["carol"], at(2));
    let signal = s.seal("signal", by("alice").at(at(3)), candidates(1));
    let again = s.seal("again", by("alice").at(at(3)), invite(1));
    let carols = s.seal("carol's", by("carol").at(at(3)), candidates(1));
    let named = s.seal("named", by("alice").at(at(3)), declined(1, at(2)));
    let unnamed = s.seal("unnamed", by("alice").at(at(3)), cancel(1));
    s.receive(&signal, at(4), Signal);
    s.receive(&again, at(4), Refused("call_id_taken"));
    s.receive(&carols, at(4), SignalOfPlaced);
    s.receive(&named, at(4), Drop("unknown"));
    s.receive(&unnamed, at(4), End(2));
    s
}

fn elsewhere_is_not_used_up() -> Scene {
    let mut s = Scene::new(
        "answered-elsewhere-is-not-used-up",
        "A3 A4 Z3 Z12",
        "The caller's end comes first, then the own desktop's, then two rings, of which the desktop
         has answered the first one. Each ring is judged anew by both.",
    );
    s.trust("alice");
    let cancelled = s.seal("cancelled", by("alice").at(at(20)), cancel(1));
    let answered = desktop().at(at(1));
    let answered = s.seal("answered", answered, answered_elsewhere("alice", 1, at(1)));
    let first = s.seal("first", by("alice"), invite(1));
    let second_ring = s.seal("second", by("alice").at(at(1)), invite(1));
    let third = s.seal("third", by("alice").at(at(2)), invite(1));
    let declined = desktop().at(at(9));
    let declined = s.seal("declined", declined, declined_elsewhere("alice", 1, at(9)));
    let fourth = s.seal("fourth", by("alice").at(at(9)), invite(1));
    let fifth = s.seal("fifth", by("alice").at(at(10)), invite(1));
    s.receive(&cancelled, at(21), Drop("unknown"));
    s.receive(&answered, at(21), Drop("over"));
    s.receive(&first, at(21), Drop("answeredElsewhere"));
    s.receive(&second_ring, at(21), Drop("answeredElsewhere"));
    s.receive(&third, at(21), Missed("ended"));
    s.receive(&declined, at(21), Drop("over"));
    s.receive(&fourth, at(21), Drop("declinedElsewhere"));
    s.receive(&fifth, at(21), Missed("ended"));
    s
}

fn certificate_is_missed() -> Scene {
    let mut s = Scene::new(
        "missed-for-its-certificate-is-not-ringing",
        "A5 G11",
        "An invitation whose device's certificate has ended since is a missed call, and recorded as
         one: signals of another device of the caller are over where they are no newer, and are not
         given.",
    );
    s.trust("alice");
    let invite = s.seal("invite", short_lived("alice").at(at(99)), invite(1));
    let signal = s.seal("signal", by("alice").at(at(99)), candidates(1));
    s.receive(&invite, at(101), Missed("certificate"));
    s.receive(&signal, at(102), Drop("over"));
    s.refuse_answered("alice", 1);
    s
}

fn second_end_changes_nothing() -> Scene {
    let mut s = Scene::new(
        "second-end-of-the-caller-changes-nothing",
        "A3 Z3 Z12",
        "The caller cancels, an own device has answered, and the caller ends the call once more.
         That second end is over and changes nothing: the invitation is dropped as answered
         elsewhere, and is not a missed call.",
    );
    s.trust("alice");
    let cancelled = s.seal("cancelled", by("alice").at(at(2)), cancel(1));
    let answered = desktop().at(at(1));
    let answered = s.seal("answered", answered, answered_elsewhere("alice", 1, at(0)));
    let failed = s.seal("failed", by("alice").at(at(3)), end(1, EndReason::Failed));
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&cancelled, at(3), Drop("unknown"));
    s.receive(&answered, at(3), Drop("over"));
    s.receive(&failed, at(4), Drop("over"));
    s.receive(&invite, at(4), Drop("answeredElsewhere"));
    s
}

fn own_stranger_before_certificate() -> Scene {
    let mut s = Scene::new(
        "own-account-comes-before-its-certificate",
        "N10 N11 T6",
        "An end of the own account, which is not trusted, from a device whose certificate has
         ended. Its reason is not one that counts without trust, and this is asked first:
         untrusted, and held. An end elsewhere passes that, and is dropped for the certificate.",
    );
    let cancelled = s.seal("cancelled", short_lived(OWN).at(at(99)), cancel(1));
    let answered = short_lived(OWN).at(at(99));
    let answered = s.seal("answered", answered, answered_elsewhere("alice", 1, at(0)));
    s.receive(&cancelled, at(101), RefusedOwn);
    s.receive(&answered, at(101), Drop("certificate"));
    s.held(&[&cancelled]);
    s
}

fn room_before_the_own_content() -> Scene {
    let mut s = Scene::new(
        "room-comes-before-the-own-content",
        "E30 N1 N10 N11 N12",
        "The own account's places are taken, and it is not trusted any more. Whether it is held is
         found out from the content, which is not read while there is no room: refused, and not
         held. With one place two are held, and there is no room to trust it.",
    );
    s.trust(OWN);
    s.flood(&messages(OWN, 64), Notify);
    s.untrust(OWN);
    let first = s.seal("first", desktop().at(at(11)), message("one"));
    let second = s.seal("second", desktop().at(at(12)), message("two"));
    s.receive(&first, at(12), Refused("inbox_full"));
    s.held(&[]);
    s.acknowledge_id(OWN, counted(*b"many letters", 0), true);
    s.receive(&first, at(12), RefusedOwn);
    s.receive(&second, at(12), RefusedOwn);
    s.refuse_trust(OWN, None, None, "inbox_full");
    s.held(&[&first, &second]);
    s.acknowledge_id(OWN, counted(*b"many letters", 1), true);
    s.trust_at(OWN, at(13), &[(&first, Notify), (&second, Notify)]);
    s
}

fn room_for_all_that_is_held() -> Scene {
    let mut s = Scene::new(
        "room-for-all-that-is-held",
        "E30 N1 N12",
        "To become trusted an account needs room for all that is held of it, not for one.",
    );
    s.trust("carol");
    s.flood(&messages("carol", 64), Notify);
    s.untrust("carol");
    let first = s.seal("first", by("carol").at(at(11)), message("one"));
    let second = s.seal("second", by("carol").at(at(12)), message("two"));
    s.receive(&first, at(12), Refused("untrusted"));
    s.receive(&second, at(12), Refused("untrusted"));
    s.acknowledge_id("carol", counted(*b"many letters", 0), true);
    s.refuse_trust("carol", None, None, "inbox_full");
    s.acknowledge_id("carol", counted(*b"many letters", 1), true);
    s.trust_at("carol", at(13), &[(&first, Notify), (&second, Notify)]);
    s
}

fn room_in_all_for_all_that_is_held() -> Scene {
    let mut s = Scene::new(
        "room-in-all-for-all-that-is-held",
        "E30 N1 N12",
        "The same for the room of all accounts together: one place is left, and two envelopes are
         held.",
    );
    for n in 1..=4 {
        let name = format!("friend {n}");
        s.trust(&name);
        s.flood(&messages(&name, if n == 4 { 63 } else { 64 }), Notify);
    }
    let first = s.seal("first", by("dave"), message("one"));
    let second = s.seal("second", by("dave"), message("two"));
    s.receive(&first, at(11), Refused("untrusted"));
    s.receive(&second, at(11), Refused("untrusted"));
    s.refuse_trust("dave", None, None, "inbox_full");
    s.acknowledge_id("friend 1", counted(*b"many letters", 0), true);
    s.trust_at("dave", at(12), &[(&first, Notify), (&second, Notify)]);
    s
}

fn duplicate_at_the_release() -> Scene {
    let mut s = Scene::new(
        "duplicate-at-the-release",
        "N10 N12 N15",
        "A message of the own account is held. Its id comes a second time, with what counts without
         trust, and is accepted. When the account is trusted, the message is a duplicate, and comes
         out as one.",
    );
    let held = s.seal("message", desktop().id(7), message("note to self"));
    let answered = desktop().id(7);
    let answered = s.seal("answered", answered, answered_elsewhere("alice", 1, at(0)));
    s.receive(&held, at(1), RefusedOwn);
    s.receive(&answered, at(1), Drop("unknown"));
    s.trust_at(OWN, at(2), &[(&held, Drop("duplicate"))]);
    s.held(&[]);
    s
}

fn names_before_room() -> Scene {
    let mut s = Scene::new(
        "names-are-checked-before-room",
        "N1 N12",
        "What is to be pinned is checked first, then whether there is room for what is held.",
    );
    s.trust("carol");
    s.flood(&messages("carol", 64), Notify);
    s.untrust("carol");
    let held = s.seal("held", by("carol").at(at(11)), message("one"));
    s.receive(&held, at(12), Refused("untrusted"));
    let long = "x".repeat(257);
    s.refuse_trust("carol", None, Some(&long), "bad_content");
    s.refuse_trust("carol", Some(("generic", &long)), None, "bad_content");
    s.refuse_trust("carol", None, Some("Carol"), "inbox_full");
    s
}

fn refused_revocation_of_a_stranger() -> Scene {
    let mut s = Scene::new(
        "refused-revocation-of-a-stranger",
        "N3 N9",
        "A statement of an account that nothing is known of, with a wrong signature and a floor
         that is far ahead. The signature is checked first, and nothing of the account is
         recorded.",
    );
    let mut statement = revocation("carol", 50);
    s.refuse_revocation(&statement, at(0), "clock");
    *statement.last_mut().unwrap() ^= 1;
    s.refuse_revocation(&statement, at(0), "bad_signature");
    s.refuse_revocation(&statement, at(60 * DAYS), "bad_signature");
    s
}
