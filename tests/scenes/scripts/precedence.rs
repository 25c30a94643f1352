//! Which rule decides where two could.

use hushring::content::EndReason;
use hushring_test_support::clock::{day, second};
use hushring_test_support::people::device_between;

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        call_id_of_whomever(),
        call_id_taken_comes_first(),
        placing_forgets_no_call(),
        elsewhere_is_not_used_up(),
        ended_before_late(),
        repeated_before_late(),
        certificate_is_missed(),
        second_end_changes_nothing(),
        own_end_of_an_own_call(),
        own_account_among_the_called(),
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

fn call_id_of_whomever() -> Scene {
    let mut s = Scene::new(
        "call-id-of-a-placed-call-from-whomever",
        "A1",
        "The callId of a placed call is taken for everybody, not only for those who are called.",
    );
    s.trust("alice");
    s.trust("carol");
    s.place_call(call_id(1), &["alice"], at(0));
    let invite = s.seal("invite", by("carol"), invite(1));
    s.receive(&invite, at(1), Refused("call_id_taken"));
    s
}

fn call_id_taken_comes_first() -> Scene {
    let mut s = Scene::new(
        "call-id-taken-comes-before-elsewhere",
        "A1 A2 Z7",
        "An own device has answered a call that is unknown here, and this device places one of the same
         callId. An invitation to it is refused, not dropped: A1 stands before A2.",
    );
    s.trust("alice");
    let answered = s.seal("answered", desktop(), answered_elsewhere("alice", 1));
    let invite = s.seal("invite", by("alice").at(at(1)), invite(1));
    s.receive(&answered, at(1), Drop("unknown"));
    s.place_call(call_id(1), &["alice"], at(1));
    s.receive(&invite, at(2), Refused("call_id_taken"));
    s
}

fn placing_forgets_no_call() -> Scene {
    let mut s = Scene::new(
        "placing-a-call-of-a-recorded-call-id",
        "A1 A5 G3 G4 N4 Z4 Z6",
        "Alice's call rings, and a call to Carol is placed under the same callId. Alice's signals and her end
         are about the placed call then, which is not hers, and a second invitation is refused, not
         repeated. Her call is still there: an end that names her as the caller reaches it.",
    );
    s.trust("alice");
    let ringing = s.seal("invite", by("alice"), invite(1));
    s.receive(&ringing, at(1), Ring);
    s.place_call(call_id(1), &["carol"], at(2));
    let signal = s.seal("signal", by("alice").at(at(3)), answer(1));
    let again = s.seal("again", by("alice").at(at(3)), invite(1));
    let unnamed = s.seal("unnamed", by("alice").at(at(3)), cancel(1));
    let named = end_of("alice", 1, EndReason::Cancelled);
    let named = s.seal("named", by("alice").at(at(3)), named);
    s.receive(&signal, at(4), Drop("unknown"));
    s.receive(&again, at(4), Refused("call_id_taken"));
    s.receive(&unnamed, at(4), Drop("unknown"));
    s.receive(&named, at(4), End(2));
    s
}

fn elsewhere_is_not_used_up() -> Scene {
    let mut s = Scene::new(
        "answered-elsewhere-is-not-used-up",
        "A3 Z8 Z12",
        "The caller's end comes first, then the own desktop's, then the invitation, twice. Each time it is
         the drop that the desktop asked for: a tombstone that A3 used is still one, for a later end of the
         own account as well.",
    );
    s.trust("alice");
    let cancelled = s.seal("cancelled", by("alice").at(at(2)), cancel(1));
    let answered = s.seal(
        "answered",
        desktop().at(at(1)),
        answered_elsewhere("alice", 1),
    );
    let first = s.seal("first", by("alice"), invite(1));
    let second = s.seal("second", by("alice"), invite(1));
    let declined = s.seal(
        "declined",
        desktop().at(at(1)),
        declined_elsewhere("alice", 1),
    );
    let third = s.seal("third", by("alice"), invite(1));
    s.receive(&cancelled, at(3), Drop("unknown"));
    s.receive(&answered, at(3), Drop("unknown"));
    s.receive(&first, at(3), Drop("answeredElsewhere"));
    s.receive(&second, at(3), Drop("answeredElsewhere"));
    s.receive(&declined, at(3), Drop("unknown"));
    s.receive(&third, at(3), Drop("declinedElsewhere"));
    s
}

fn ended_before_late() -> Scene {
    let mut s = Scene::new(
        "ended-comes-before-late-and-certificate",
        "A4 A6 A7 Z12",
        "An invitation that is too late, whose device's certificate has ended meanwhile, and whose call has
         ended: the last is what the missed call says.",
    );
    s.trust("alice");
    let cancelled = s.seal("cancelled", by("alice").at(at(60)), cancel(1));
    let invite = s.seal("invite", short_lived("alice").at(at(50)), invite(1));
    s.receive(&cancelled, at(61), Drop("unknown"));
    s.receive(&invite, at(200), Missed("ended"));
    s
}

fn repeated_before_late() -> Scene {
    let mut s = Scene::new(
        "repeated-comes-before-late",
        "A5 A6",
        "A second invitation to a call that rang is dropped, also if it comes too late: it is no second
         missed call.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite(1));
    let second = s.seal("second", by("alice"), invite(1));
    s.receive(&first, at(1), Ring);
    s.receive(&second, at(200), Drop("repeated"));
    s
}

fn certificate_is_missed() -> Scene {
    let mut s = Scene::new(
        "missed-for-its-certificate-is-not-ringing",
        "A7 G5",
        "An invitation whose device's certificate has ended since is a missed call, and recorded as one:
         signals of another device of the caller are over.",
    );
    s.trust("alice");
    let invite = s.seal("invite", short_lived("alice").at(at(99)), invite(1));
    let signal = s.seal("signal", by("alice").at(at(101)), candidates(1));
    s.receive(&invite, at(101), Missed("certificate"));
    s.receive(&signal, at(102), Drop("over"));
    s
}

fn second_end_changes_nothing() -> Scene {
    let mut s = Scene::new(
        "second-end-of-the-caller-changes-nothing",
        "A3 Z8 Z11 Z12",
        "The caller cancels, an own device has answered, and the caller ends the call once more. That
         second end is over and changes nothing: the invitation is dropped as answered elsewhere, and is
         no missed call.",
    );
    s.trust("alice");
    let cancelled = s.seal("cancelled", by("alice").at(at(2)), cancel(1));
    let answered = s.seal(
        "answered",
        desktop().at(at(1)),
        answered_elsewhere("alice", 1),
    );
    let busy = s.seal("busy", by("alice").at(at(3)), end(1, EndReason::Busy));
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&cancelled, at(3), Drop("unknown"));
    s.receive(&answered, at(3), Drop("unknown"));
    s.receive(&busy, at(4), Drop("over"));
    s.receive(&invite, at(4), Drop("answeredElsewhere"));
    s
}

fn own_end_of_an_own_call() -> Scene {
    let mut s = Scene::new(
        "own-end-of-an-own-call-is-a-tombstone",
        "N2 Z7 Z12",
        "The desktop ends a call that it names its own account as the caller of. That is an end of the
         caller (Z12), not one of the callee (Z7): it goes with the other calls of the account when the trust
         in it ends.",
    );
    s.trust(OWN);
    let declined = s.seal("declined", desktop(), declined_elsewhere(OWN, 1));
    let invite = s.seal("invite", desktop().at(at(2)), invite(1));
    s.receive(&declined, at(1), Drop("unknown"));
    s.untrust(OWN);
    s.release(OWN, at(2), &[]);
    s.receive(&invite, at(3), Ring);
    s
}

fn own_account_among_the_called() -> Scene {
    let mut s = Scene::new(
        "call-between-own-devices",
        "G1 G2 Z2",
        "A call to the own account. Z2 comes first: an end of an own device, whatever its reason, ends the
         placed call. So the desktop does not tell the caller that it was answered elsewhere (N20).",
    );
    s.trust(OWN);
    s.place_call(call_id(1), &[OWN], at(0));
    let answer_of_desktop = s.seal("answer", desktop().at(at(1)), answer(1));
    let elsewhere = s.seal("elsewhere", desktop().at(at(2)), answered_elsewhere(OWN, 1));
    let late = s.seal("late", desktop().at(at(3)), candidates(1));
    s.receive(&answer_of_desktop, at(2), SignalOfPlaced);
    s.receive(&elsewhere, at(3), EndOfPlaced(4));
    s.receive(&late, at(4), Drop("over"));
    s
}

fn own_stranger_before_certificate() -> Scene {
    let mut s = Scene::new(
        "own-account-comes-before-its-certificate",
        "N11 N10 N14",
        "An end of the own account, which is not trusted, from a device whose certificate has ended. Its
         reason is none that counts without trust, and this is asked first: untrusted, and held.",
    );
    let cancelled = s.seal("cancelled", short_lived(OWN).at(at(99)), cancel(1));
    s.receive(&cancelled, at(101), RefusedOwn);
    s.held(&[&cancelled]);
    s
}

fn room_before_the_own_content() -> Scene {
    let mut s = Scene::new(
        "room-comes-before-the-own-content",
        "E30 N1 N11 N10 N12",
        "The own account's places are taken, and it is not trusted any more. Whether it is held is found
         out from the content, which is not read while there is no room: refused, and not held. With one place
         two are held, and there is no room to trust it.",
    );
    s.trust(OWN);
    s.flood(&messages(OWN, 128), Notify);
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
    s.release(OWN, at(13), &[(&first, Notify), (&second, Notify)]);
    s
}

fn room_for_all_that_is_held() -> Scene {
    let mut s = Scene::new(
        "room-for-all-that-is-held",
        "E30 N1 N12",
        "To become trusted an account needs room for all that is held of it, not for one.",
    );
    s.trust("carol");
    s.flood(&messages("carol", 128), Notify);
    s.untrust("carol");
    let first = s.seal("first", by("carol").at(at(11)), message("one"));
    let second = s.seal("second", by("carol").at(at(12)), message("two"));
    s.receive(&first, at(12), Refused("untrusted"));
    s.receive(&second, at(12), Refused("untrusted"));
    s.acknowledge_id("carol", counted(*b"many letters", 0), true);
    s.refuse_trust("carol", None, None, "inbox_full");
    s.acknowledge_id("carol", counted(*b"many letters", 1), true);
    s.release("carol", at(13), &[(&first, Notify), (&second, Notify)]);
    s
}

fn room_in_all_for_all_that_is_held() -> Scene {
    let mut s = Scene::new(
        "room-in-all-for-all-that-is-held",
        "E30 N1 N12",
        "The same for the room of all accounts together: one place is left, and two envelopes are held.",
    );
    for n in 1..=8 {
        let name = format!("friend {n}");
        s.trust(&name);
        s.flood(&messages(&name, if n == 8 { 127 } else { 128 }), Notify);
    }
    let first = s.seal("first", by("dave"), message("one"));
    let second = s.seal("second", by("dave"), message("two"));
    s.receive(&first, at(11), Refused("untrusted"));
    s.receive(&second, at(11), Refused("untrusted"));
    s.refuse_trust("dave", None, None, "inbox_full");
    s.acknowledge_id("friend 1", counted(*b"many letters", 0), true);
    s.release("dave", at(12), &[(&first, Notify), (&second, Notify)]);
    s
}

fn duplicate_at_the_release() -> Scene {
    let mut s = Scene::new(
        "duplicate-at-the-release",
        "N15 N10 N12",
        "A message of the own account is held. Its id comes a second time, with what counts without trust,
         and is accepted. When the account is trusted, the message is a duplicate, and comes out as one.",
    );
    let held = s.seal("message", desktop().id(7), message("note to self"));
    let answered = s.seal("answered", desktop().id(7), answered_elsewhere("alice", 1));
    s.receive(&held, at(1), RefusedOwn);
    s.receive(&answered, at(1), Drop("unknown"));
    s.release(OWN, at(2), &[(&held, Drop("duplicate"))]);
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
    s.flood(&messages("carol", 128), Notify);
    s.untrust("carol");
    let held = s.seal("held", by("carol").at(at(11)), message("one"));
    s.receive(&held, at(12), Refused("untrusted"));
    let long = "x".repeat(129);
    s.refuse_trust("carol", None, Some(&long), "bad_content");
    s.refuse_trust("carol", Some(("generic", &long)), None, "bad_content");
    s.refuse_trust("carol", None, Some("Carol"), "inbox_full");
    s
}

fn refused_revocation_of_a_stranger() -> Scene {
    let mut s = Scene::new(
        "refused-revocation-of-a-stranger",
        "N3 N9",
        "A statement of an account that nothing is known of, with a wrong signature and a floor that is far
         ahead. The signature is checked first, and nothing of the account is recorded.",
    );
    let mut statement = revocation("carol", 50);
    s.refuse_revocation(&statement, at(0), "clock");
    *statement.last_mut().unwrap() ^= 1;
    s.refuse_revocation(&statement, at(0), "bad_signature");
    s.refuse_revocation(&statement, at(60 * DAYS), "bad_signature");
    s
}
