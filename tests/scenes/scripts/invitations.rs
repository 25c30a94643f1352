//! Table A: what an invitation leads to.

use hushring::Content;
use hushring::content::{EndReason, HandleType, Invite, Value};
use hushring_test_support::clock::{day, second};
use hushring_test_support::people::device_between;

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        invite_rings(),
        invite_with_all_members(),
        rings_at_the_last_second(),
        rings_at_the_last_millisecond(),
        missed_a_millisecond_later(),
        missed_a_second_later(),
        custom_lifetime(),
        longest_lifetime(),
        missed_after_a_day(),
        rung_again_while_it_rings(),
        rung_again_after_the_end(),
        rung_again_by_another_device(),
        repeated(),
        repeated_before_late(),
        rung_again_after_the_answer(),
        late_ring_of_an_answered_call(),
        rings_up_to_an_answer_elsewhere(),
        rings_up_to_an_end(),
        elsewhere_before_ended(),
        ended_before_late(),
        age_before_certificate(),
        call_id_of_a_placed_call(),
        call_id_of_whomever(),
        call_id_taken_comes_first(),
        call_id_of_a_call_that_was_left(),
    ]
}

fn invite_rings() -> Scene {
    let mut s = Scene::new(
        "invite-rings",
        "A6 E26 E27 E28 E29 E30 N24 N26",
        "An invitation of a trusted account, in time, rings. Nothing was pinned but the key, so
         CallKit is shown the fingerprint, and no name.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&invite, at(2), Ring);
    s.pending(at(2), &[(&invite, Ring)]);
    s.acknowledge(&invite, true);
    s.pending(at(2), &[]);
    s
}

fn invite_with_all_members() -> Scene {
    let mut s = Scene::new(
        "invite-with-all-members",
        "A6 N24 N25",
        "Video goes into CallKit's dictionary. The names that the caller gives itself do not: the
         app is given them as claims. The group and the offer are in the event alone.",
    );
    s.trust("alice");
    let content = Content::Invite(Invite {
        handle: Some(handle(HandleType::EmailAddress, "alice@example.org")),
        caller_name: Some("Alice".into()),
        has_video: true,
        lifetime: Some(45),
        offer: Some("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n".into()),
        group_id: Some("book club".into()),
        data: Some(vec![Value::Integer(1), true.into()].into()),
        extra: [("later", Value::Null)].into_iter().collect(),
        ..plain_invite(1)
    });
    let invite = s.seal("invite", by("alice"), content);
    s.receive(&invite, at(1), Ring);
    s
}

fn rings_at_the_last_second() -> Scene {
    let mut s = Scene::new(
        "invite-at-lifetime-and-29-s",
        "A5 A6",
        "A minute's lifetime and half a minute for slow clocks and pushes: 89 s after it was sent
         the invitation still rings.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&invite, at(89), Ring);
    s
}

fn rings_at_the_last_millisecond() -> Scene {
    let mut s = Scene::new(
        "invite-at-lifetime-and-30-s",
        "A5 A6 N28",
        "The limit itself still rings: it is missed when more than lifetime + 30 s have gone by.
         The journal judges by the same limit.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&invite, at(90), Ring);
    s.pending(at(90), &[(&invite, Ring)]);
    s.pending(at(90) + 1, &[(&invite, Missed("expired"))]);
    s
}

fn missed_a_millisecond_later() -> Scene {
    let mut s = Scene::new(
        "invite-1-ms-after-lifetime-and-30-s",
        "A5",
        "One millisecond beyond the limit the invitation is a missed call.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    s.explain(&invite, at(90), Ring);
    s.receive(&invite, at(90) + 1, Missed("expired"));
    s
}

fn missed_a_second_later() -> Scene {
    let mut s = Scene::new(
        "invite-at-lifetime-and-31-s",
        "A5 N26",
        "An invitation that arrives too late never rings. It is shown as a missed call, and says
         how old it is.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&invite, at(91), Missed("expired"));
    s.pending(at(91), &[(&invite, Missed("expired"))]);
    s
}

fn custom_lifetime() -> Scene {
    let mut s = Scene::new(
        "invite-with-a-lifetime-of-10-s",
        "A5 A6",
        "The invitation's own lifetime counts, here 10 s: it rings for 40 s and no millisecond
         longer.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite_for(1, 10));
    let second = s.seal("second", by("alice"), invite_for(2, 10));
    s.receive(&first, at(40), Ring);
    s.receive(&second, at(40) + 1, Missed("expired"));
    s
}

fn longest_lifetime() -> Scene {
    let mut s = Scene::new(
        "invite-with-the-longest-lifetime",
        "A5 A6",
        "90 s is the longest that an invitation may ask for: it rings for two minutes. The shortest
         is 1 s.",
    );
    s.trust("alice");
    let long = s.seal("long", by("alice"), invite_for(1, 90));
    let late = s.seal("late", by("alice"), invite_for(2, 90));
    let short = s.seal("short", by("alice"), invite_for(3, 1));
    s.receive(&short, at(31), Ring);
    s.receive(&long, at(120), Ring);
    s.receive(&late, at(120) + 1, Missed("expired"));
    s
}

fn missed_after_a_day() -> Scene {
    let mut s = Scene::new(
        "invite-after-a-day-off-the-net",
        "A5 N27 N28 Z2",
        "The phone was off for a day and gets the mailbox: the invitation, then its cancellation.
         One call was missed and is over; nothing rings. The missed call keeps its reason.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let cancel = s.seal("cancel", by("alice").at(at(30)), cancel(1));
    s.receive(&invite, at(DAYS), Missed("expired"));
    s.receive(&cancel, at(DAYS), End(2));
    s.pending(at(DAYS), &[(&invite, Missed("expired")), (&cancel, End(2))]);
    s
}

fn rung_again_while_it_rings() -> Scene {
    let mut s = Scene::new(
        "rung-again-while-it-rings",
        "A6 N28",
        "The caller rings again in the same call, as when its network has changed. The newer
         invitation rings in place of the older one, which the journal lists as repeated.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite(1));
    let second = s.seal("second", by("alice").at(at(10)), invite(1));
    s.receive(&first, at(1), Ring);
    s.receive(&second, at(11), Ring);
    s.pending(at(11), &[(&first, Drop("repeated")), (&second, Ring)]);
    s.answered("alice", 1, at(10));
    s
}

fn rung_again_after_the_end() -> Scene {
    let mut s = Scene::new(
        "rung-again-after-the-end",
        "A1 A6 N15 Z2",
        "A call that was cancelled rings when its caller rings again later. What was cancelled does
         not come back: neither the same envelope, nor another of the same time.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite(1));
    let same_time = s.seal("same time", by("alice"), invite(1));
    let cancel = s.seal("cancel", by("alice").at(at(1)), cancel(1));
    let again = s.seal("again", by("alice").at(at(2)), invite(1));
    s.receive(&first, at(1), Ring);
    s.receive(&cancel, at(2), End(2));
    s.receive(&first, at(3), Duplicate);
    s.receive(&same_time, at(3), Drop("repeated"));
    s.receive(&again, at(3), Ring);
    s
}

fn rung_again_by_another_device() -> Scene {
    let mut s = Scene::new(
        "two-devices-of-one-caller",
        "A6 Z2",
        "A call belongs to the caller's account. What one of its devices began, another may ring
         again, and may end.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let again = s.seal(
        "again",
        of("alice", "tablet").at(at(1)),
        crate::said::invite(1),
    );
    let cancel = s.seal("cancel", of("alice", "tablet").at(at(2)), cancel(1));
    s.receive(&invite, at(1), Ring);
    s.receive(&again, at(2), Ring);
    s.receive(&cancel, at(3), End(2));
    s
}

fn repeated() -> Scene {
    let mut s = Scene::new(
        "invitation-that-is-not-newer",
        "A1 N26",
        "Only a newer invitation rings again. One of the same time or an older one, in an envelope
         of its own, is dropped, in whatever order they come.",
    );
    s.trust("alice");
    let older = s.seal("older", by("alice").at(before(5)), invite(1));
    let first = s.seal("first", by("alice"), invite(1));
    let equal = s.seal("equal", by("alice"), invite(1));
    let newer = s.seal("newer", by("alice").at(at(0) + 1), invite(1));
    s.receive(&first, at(1), Ring);
    s.receive(&older, at(1), Drop("repeated"));
    s.receive(&equal, at(1), Drop("repeated"));
    s.pending(at(1), &[(&first, Ring)]);
    s.receive(&newer, at(1), Ring);
    s
}

fn repeated_before_late() -> Scene {
    let mut s = Scene::new(
        "repeated-comes-before-late",
        "A1 A5",
        "A second invitation of the same time is dropped, also if it comes too late: it is not a
         second missed call.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite(1));
    let second = s.seal("second", by("alice"), invite(1));
    s.receive(&first, at(1), Ring);
    s.receive(&second, at(200), Drop("repeated"));
    s
}

fn rung_again_after_the_answer() -> Scene {
    let mut s = Scene::new(
        "rung-again-after-the-answer",
        "A2 N28",
        "The caller rings again while the answer is on its way. The phone does not ring a second
         time: the invitation is a signal, and the call engine answers anew, naming the newer
         ring.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite(1));
    let second = s.seal("second", by("alice").at(at(10)), invite(1));
    s.receive(&first, at(1), Ring);
    s.answered("alice", 1, at(0));
    s.receive(&second, at(11), Signal);
    s.pending(at(11), &[(&first, Drop("repeated")), (&second, Signal)]);
    s.answered("alice", 1, at(10));
    s
}

fn late_ring_of_an_answered_call() -> Scene {
    let mut s = Scene::new(
        "late-ring-of-an-answered-call",
        "A2 A3 A5 Z10",
        "In a call that was answered here, a newer invitation is a signal even where it comes too
         late, and where another device of the own account has answered it as well.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice").at(at(20)), invite(1));
    let late = s.seal("late", by("alice").at(at(30)), invite(1));
    let sibling = s.seal(
        "sibling",
        desktop().at(at(40)),
        answered_elsewhere("alice", 1, at(40)),
    );
    let elsewhere = s.seal("elsewhere", by("alice").at(at(40)), invite(1));
    s.receive(&first, at(21), Ring);
    s.answered("alice", 1, at(20));
    s.receive(&late, at(200), Signal);
    s.receive(&sibling, at(201), Drop("answered"));
    s.receive(&elsewhere, at(202), Signal);
    s.answered("alice", 1, at(40));
    s
}

fn rings_up_to_an_answer_elsewhere() -> Scene {
    let mut s = Scene::new(
        "rings-up-to-an-answer-elsewhere",
        "A1 A3 A6 Z12",
        "The desktop has answered the ring of second 10, of which the phone knows nothing yet. That
         ring and older ones are dropped, whatever their order. A newer one rings: the desktop has
         not answered it.",
    );
    s.trust("alice");
    let answered = s.seal(
        "answered",
        desktop().at(at(12)),
        answered_elsewhere("alice", 1, at(10)),
    );
    let older = s.seal("older", by("alice"), invite(1));
    let equal = s.seal("equal", by("alice").at(at(10)), invite(1));
    let between = s.seal("between", by("alice").at(at(5)), invite(1));
    let newer = s.seal("newer", by("alice").at(at(10) + 1), invite(1));
    s.receive(&answered, at(12), Drop("unknown"));
    s.receive(&older, at(13), Drop("answeredElsewhere"));
    s.receive(&equal, at(13), Drop("answeredElsewhere"));
    s.receive(&between, at(13), Drop("repeated"));
    s.pending(at(13), &[]);
    s.receive(&newer, at(13), Ring);
    s
}

fn rings_up_to_an_end() -> Scene {
    let mut s = Scene::new(
        "rings-up-to-an-end",
        "A4 A6 Z3",
        "The caller's end of second 5 comes first. Rings up to that time have ended, and are missed
         calls. One that is a millisecond newer rings.",
    );
    s.trust("alice");
    let cancel = s.seal("cancel", by("alice").at(at(5)), cancel(1));
    let older = s.seal("older", by("alice"), invite(1));
    let equal = s.seal("equal", by("alice").at(at(5)), invite(1));
    let newer = s.seal("newer", by("alice").at(at(5) + 1), invite(1));
    s.receive(&cancel, at(6), Drop("unknown"));
    s.receive(&older, at(6), Missed("ended"));
    s.receive(&equal, at(6), Missed("ended"));
    s.receive(&newer, at(6), Ring);
    s
}

fn elsewhere_before_ended() -> Scene {
    let mut s = Scene::new(
        "answered-elsewhere-comes-before-ended",
        "A3 A4 Z3 Z12",
        "The caller has ended the ring, and the desktop has declined it. Bob knows of it: it is not
         a missed call. The next ring, which the desktop does not know, was ended by its caller
         alone.",
    );
    s.trust("alice");
    let cancel = s.seal("cancel", by("alice").at(at(9)), cancel(1));
    let declined = s.seal(
        "declined",
        desktop().at(at(2)),
        declined_elsewhere("alice", 1, at(0)),
    );
    let first = s.seal("first", by("alice"), invite(1));
    let second = s.seal("second", by("alice").at(at(5)), invite(1));
    s.receive(&cancel, at(10), Drop("unknown"));
    s.receive(&declined, at(10), Drop("over"));
    s.receive(&first, at(10), Drop("declinedElsewhere"));
    s.receive(&second, at(10), Missed("ended"));
    s
}

fn ended_before_late() -> Scene {
    let mut s = Scene::new(
        "ended-comes-before-late-and-certificate",
        "A4 A5 Z3",
        "An invitation that is too late, whose device's certificate has ended meanwhile, and whose
         call has ended: the last is what the missed call says.",
    );
    s.trust("alice");
    let tablet = by_device(device_between("alice", "tablet", day(-10), second(100)));
    let cancelled = s.seal("cancelled", by("alice").at(at(60)), cancel(1));
    let invite = s.seal("invite", tablet.at(at(50)), invite(1));
    s.receive(&cancelled, at(61), Drop("unknown"));
    s.receive(&invite, at(200), Missed("ended"));
    s
}

fn age_before_certificate() -> Scene {
    let mut s = Scene::new(
        "certificate-that-ends-while-the-call-is-under-way",
        "A5 A6 Z2",
        "A certificate's last millisecond still rings, its end does not. Where an invitation is
         also too old, its age is the reason that is named.",
    );
    s.trust("alice");
    let phone = || {
        by_device(device_between(
            "alice",
            "old phone",
            second(-3600),
            second(30),
        ))
    };
    let first = s.seal("first", phone(), invite(1));
    let second_one = s.seal("second", phone(), invite(2));
    let third = s.seal("third", phone(), invite(3));
    s.receive(&first, at(30) - 1, Ring);
    s.receive(&second_one, at(30), Missed("certificate"));
    s.receive(&third, at(91), Missed("expired"));
    let cancel = s.seal("cancel", by("alice").at(at(29)), cancel(2));
    s.note("The end of a call that was missed for its certificate is one like any other.");
    s.receive(&cancel, at(91), End(2));
    s
}

fn call_id_of_a_placed_call() -> Scene {
    let mut s = Scene::new(
        "squatting-on-a-placed-call-id",
        "A0 E37 G2 N9",
        "Whoever was called knows the callId, and could invite with it, so that two calls had one
         id. Such an invitation is refused, and nothing of it is remembered: it is refused again.",
    );
    s.trust("alice");
    s.place(1, &["alice"], at(0));
    let squatter = s.seal("squatter", by("alice"), invite(1));
    let answer = s.seal("answer", by("alice"), answer(1, at(0)));
    s.receive(&squatter, at(1), Refused("call_id_taken"));
    s.receive(&squatter, at(2), Refused("call_id_taken"));
    s.pending(at(2), &[]);
    s.receive(&answer, at(3), SignalOfPlaced);
    s
}

fn call_id_of_whomever() -> Scene {
    let mut s = Scene::new(
        "call-id-of-a-placed-call-from-whomever",
        "A0",
        "The callId of a placed call is taken for everybody, not only for those who are called. So
         is that of a call which was placed to nobody yet.",
    );
    s.trust("alice");
    s.trust("carol");
    s.place(1, &["alice"], at(0));
    s.place(2, &[], at(0));
    let first = s.seal("first", by("carol"), invite(1));
    let second = s.seal("second", by("carol"), invite(2));
    s.receive(&first, at(1), Refused("call_id_taken"));
    s.receive(&second, at(1), Refused("call_id_taken"));
    s
}

fn call_id_taken_comes_first() -> Scene {
    let mut s = Scene::new(
        "call-id-taken-comes-first",
        "A0 A1 A3 Z2 Z12",
        "This device places a call under a callId that Alice uses as well: of a call that rings,
         and of one that the desktop has answered. A0 stands before A1 and A3: her invitations
         are refused, not dropped. Her call is still there, and she can end it.",
    );
    s.trust("alice");
    let ringing = s.seal("ringing", by("alice"), invite(1));
    let answered = s.seal("answered", desktop(), answered_elsewhere("alice", 2, at(9)));
    let repeated = s.seal("repeated", by("alice"), invite(1));
    let elsewhere = s.seal("elsewhere", by("alice").at(at(1)), invite(2));
    let ended = s.seal("ended", by("alice").at(at(4)), end(1, EndReason::Cancelled));
    s.receive(&ringing, at(1), Ring);
    s.receive(&answered, at(1), Drop("unknown"));
    s.place(1, &["carol"], at(2));
    s.place(2, &["carol"], at(2));
    s.receive(&repeated, at(3), Refused("call_id_taken"));
    s.receive(&elsewhere, at(3), Refused("call_id_taken"));
    s.receive(&ended, at(5), End(2));
    s
}

fn call_id_of_a_call_that_was_left() -> Scene {
    let mut s = Scene::new(
        "call-id-of-a-call-that-was-left",
        "A0",
        "A call that was placed and left is still a placed call, so nobody else can ring with its
         callId.",
    );
    s.trust("alice");
    s.place(1, &["alice"], at(0));
    s.left(OWN, 1);
    let invite = s.seal("invite", by("alice").at(at(5)), invite(1));
    s.receive(&invite, at(6), Refused("call_id_taken"));
    s
}
