//! Invitations, and the ends that callers send.

use hushring::content::{EndReason, HandleType, Invite};
use hushring::{Content, Suite};
use hushring_test_support::people::device;

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
        cancel_before_invite(),
        cancel_after_invite(),
        every_ended_reason(),
        every_reason_before_the_invite(),
        cancel_twice(),
        cancel_of_a_missed_call(),
        second_invitation(),
        invitation_after_the_end(),
        third_invitation_after_a_cancel(),
        two_devices_of_one_caller(),
        foreign_account_ends(),
        squatting_on_a_foreign_call(),
        squatting_before_the_call(),
        two_calls_at_once(),
        tombstones_are_not_signals(),
        calls_of_one_caller_are_bounded(),
        both_suites(),
    ]
}

fn invite_rings() -> Scene {
    let mut s = Scene::new(
        "invite-rings",
        "A8 E26 E27 E28 E29 E30 N23 N26",
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
        "A8 N23 N24",
        "Video and group go into CallKit's dictionary. What the caller calls itself does not: it is
         given to the app as a claim. The offer stands in the event alone.",
    );
    s.trust("alice");
    let content = Content::Invite(Invite {
        handle: Some(handle(HandleType::EmailAddress, "alice@example.org")),
        caller_name: Some("Alice".into()),
        has_video: true,
        lifetime: Some(45),
        offer: Some("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n".into()),
        group_id: Some("book club".into()),
        data: Some(vec![hushring::content::Value::Integer(1), true.into()].into()),
        extra: [("later", hushring::content::Value::Null)]
            .into_iter()
            .collect(),
        ..plain_invite(1)
    });
    let invite = s.seal("invite", by("alice"), content);
    s.receive(&invite, at(1), Ring);
    s
}

fn rings_at_the_last_second() -> Scene {
    let mut s = Scene::new(
        "invite-at-lifetime-and-29-s",
        "A6 A8",
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
        "A6 A8 N28",
        "The limit itself still rings: it is missed when more than lifetime + 30 s have gone by. The
         journal judges by the same limit.",
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
        "A6",
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
        "A6 N26",
        "An invitation that arrives too late never rings. It is shown as a missed call, and says how
         old it is.",
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
        "A6 A8",
        "The invitation's own lifetime counts, here 10 s: it rings for 40 s and no millisecond longer.",
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
        "A6 A8",
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
        "A6 N27 Z6",
        "The phone was off for a day and gets the mailbox: the invitation, then its cancellation. One
         call was missed and is over; nothing rings.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let cancel = s.seal("cancel", by("alice").at(at(30)), cancel(1));
    s.receive(&invite, at(DAYS), Missed("expired"));
    s.receive(&cancel, at(DAYS), End(2));
    s.pending(at(DAYS), &[(&invite, Missed("expired")), (&cancel, End(2))]);
    s
}

fn cancel_before_invite() -> Scene {
    let mut s = Scene::new(
        "cancel-before-invite",
        "A4 A5 N26 Z11 Z12",
        "Pushes may overtake one another. The cancellation of a call that is not known yet shows
         nothing and is remembered, so that the invitation behind it does not ring: it is a missed
         call.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let cancel = s.seal("cancel", by("alice").at(at(1)), cancel(1));
    s.receive(&cancel, at(2), Drop("unknown"));
    s.pending(at(2), &[]);
    s.receive(&invite, at(3), Missed("ended"));
    s.pending(at(3), &[(&invite, Missed("ended"))]);
    let again = s.seal("again", by("alice").at(at(4)), crate::said::invite(1));
    s.note("The call is recorded as ended, and is no tombstone any more.");
    s.receive(&again, at(5), Drop("repeated"));
    let late = s.seal("late", by("alice").at(at(6)), crate::said::cancel(1));
    s.receive(&late, at(7), Drop("over"));
    s
}

fn cancel_after_invite() -> Scene {
    let mut s = Scene::new(
        "cancel-after-invite",
        "N27 N28 Z6",
        "The caller hangs up while the phone rings: CallKit is told that the other side ended. Whoever
         comes to the journal only now does not ring, and shows a missed call.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let cancel = s.seal("cancel", by("alice").at(at(5)), cancel(1));
    s.receive(&invite, at(1), Ring);
    s.receive(&cancel, at(6), End(2));
    s.pending(at(6), &[(&invite, Missed("ended")), (&cancel, End(2))]);
    s
}

fn every_ended_reason() -> Scene {
    let mut s = Scene::new(
        "every-ended-reason",
        "Z6",
        "CallKit's ended reasons for each reason of an end: 1 failed, 2 ended by the other side, 3
         unanswered; 4 and 5 elsewhere, which the own account says.",
    );
    s.trust("alice");
    let reasons = [
        (EndReason::Failed, by("alice"), 1),
        (EndReason::RemoteEnded, by("alice"), 2),
        (EndReason::Declined, by("alice"), 2),
        (EndReason::Busy, by("alice"), 2),
        (EndReason::Cancelled, by("alice"), 2),
        (EndReason::Unanswered, by("alice"), 3),
        (EndReason::AnsweredElsewhere, desktop(), 4),
        (EndReason::DeclinedElsewhere, desktop(), 5),
    ];
    for (call, (reason, writer, number)) in (1..).zip(reasons) {
        let name = reason.as_str();
        let invite = s.seal(&format!("invite {name}"), by("alice"), invite(call));
        let end = s.seal(name, writer.at(at(1)), end_of("alice", call, reason));
        s.receive(&invite, at(1), Ring);
        s.receive(&end, at(2), End(number));
    }
    s
}

fn every_reason_before_the_invite() -> Scene {
    let mut s = Scene::new(
        "every-reason-before-the-invite",
        "A4 Z12",
        "Whatever reason a caller gives for an end that comes before its invitation, the invitation is
         a missed call.",
    );
    s.trust("alice");
    let reasons = [
        EndReason::Failed,
        EndReason::RemoteEnded,
        EndReason::Unanswered,
        EndReason::Declined,
        EndReason::Busy,
        EndReason::Cancelled,
    ];
    for (call, reason) in (1..).zip(reasons) {
        let name = reason.as_str();
        let invite = s.seal(&format!("invite {name}"), by("alice"), invite(call));
        let end = s.seal(name, by("alice").at(at(1)), end_of("alice", call, reason));
        s.receive(&end, at(1), Drop("unknown"));
        s.receive(&invite, at(2), Missed("ended"));
    }
    s
}

fn cancel_twice() -> Scene {
    let mut s = Scene::new(
        "cancel-twice",
        "N15 Z11",
        "A call ends once. A second end of it, in an envelope of its own, is over; the same end again
         is a duplicate.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let first = s.seal("first", by("alice").at(at(1)), cancel(1));
    let second = s.seal(
        "second",
        by("alice").at(at(2)),
        end(1, EndReason::Unanswered),
    );
    s.receive(&invite, at(1), Ring);
    s.receive(&first, at(2), End(2));
    s.receive(&second, at(3), Drop("over"));
    s.receive(&first, at(4), Duplicate);
    s
}

fn cancel_of_a_missed_call() -> Scene {
    let mut s = Scene::new(
        "cancel-of-a-missed-call",
        "A6 Z6 Z11",
        "A missed call ends like a ringing one: an app that shows it can say why. Then it is over.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let cancel = s.seal(
        "cancel",
        by("alice").at(at(60)),
        end(1, EndReason::Unanswered),
    );
    let late = s.seal("late", by("alice").at(at(61)), crate::said::cancel(1));
    s.receive(&invite, at(600), Missed("expired"));
    s.receive(&cancel, at(601), End(3));
    s.receive(&late, at(602), Drop("over"));
    s
}

fn second_invitation() -> Scene {
    let mut s = Scene::new(
        "second-invitation-with-a-new-message-id",
        "A5 N19",
        "A caller uses a callId once. Another invitation to the same call is new to the replay check,
         and does not ring a second time.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite(1));
    let second = s.seal("second", by("alice").at(at(10)), invite(1));
    s.receive(&first, at(1), Ring);
    s.receive(&second, at(11), Drop("repeated"));
    s.pending(at(11), &[(&first, Ring)]);
    s
}

fn invitation_after_the_end() -> Scene {
    let mut s = Scene::new(
        "invitation-after-the-end",
        "A5 N15 N19 Z6",
        "What was cancelled does not come back: neither the same envelope, nor the same call in a new
         one.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite(1));
    let cancel = s.seal("cancel", by("alice").at(at(1)), cancel(1));
    let second = s.seal("second", by("alice").at(at(2)), invite(1));
    s.receive(&first, at(1), Ring);
    s.receive(&cancel, at(2), End(2));
    s.receive(&first, at(3), Duplicate);
    s.receive(&second, at(3), Drop("repeated"));
    s
}

fn third_invitation_after_a_cancel() -> Scene {
    let mut s = Scene::new(
        "missed-then-invited-again",
        "A5 A6 N19",
        "A call that was missed by its age does not ring either when a fresh invitation to it comes.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite(1));
    let second = s.seal("second", by("alice").at(at(600)), invite(1));
    s.receive(&first, at(600), Missed("expired"));
    s.receive(&second, at(601), Drop("repeated"));
    s
}

fn two_devices_of_one_caller() -> Scene {
    let mut s = Scene::new(
        "two-devices-of-one-caller",
        "A5 A8 Z6",
        "A call belongs to the caller's account. What one of its devices began, another may end, and
         may not begin again.",
    );
    s.trust("alice");
    let tablet = || by_device(device("alice", "tablet"));
    let invite = s.seal("invite", by("alice"), invite(1));
    let again = s.seal("again", tablet().at(at(1)), crate::said::invite(1));
    let cancel = s.seal("cancel", tablet().at(at(2)), cancel(1));
    s.receive(&invite, at(1), Ring);
    s.receive(&again, at(2), Drop("repeated"));
    s.receive(&cancel, at(3), End(2));
    s
}

fn foreign_account_ends() -> Scene {
    let mut s = Scene::new(
        "foreign-account-ends-a-call",
        "A8 Z1 Z5 Z12",
        "Carol is trusted too, and knows the callId. She cannot end Alice's call: not as her own, of
         which nothing is known, and not by naming Alice. It goes on ringing.",
    );
    s.trust("alice");
    s.trust("carol");
    let invite = s.seal("invite", by("alice"), invite(1));
    let own = s.seal("own", by("carol"), cancel(1));
    let named = s.seal(
        "named",
        by("carol"),
        end_of("alice", 1, EndReason::Cancelled),
    );
    let elsewhere = s.seal("elsewhere", by("carol"), answered_elsewhere("alice", 1));
    s.receive(&invite, at(1), Ring);
    s.receive(&own, at(2), Drop("unknown"));
    s.receive(&named, at(2), Drop("unknown"));
    s.receive(&elsewhere, at(2), Drop("unknown"));
    s.pending(at(2), &[(&invite, Ring)]);
    s
}

fn squatting_on_a_foreign_call() -> Scene {
    let mut s = Scene::new(
        "squatting-on-a-foreign-call-id",
        "A8 Z6 Z11",
        "Carol invites with the callId of Alice's call. That is another call, with another CallKit
         UUID; its end leaves Alice's call alone.",
    );
    s.trust("alice");
    s.trust("carol");
    let real = s.seal("real", by("alice"), invite(1));
    let squatter = s.seal("squatter", by("carol"), invite(1));
    let end = s.seal("end", by("carol").at(at(2)), cancel(1));
    let real_end = s.seal("real end", by("alice").at(at(3)), cancel(1));
    s.receive(&real, at(1), Ring);
    s.receive(&squatter, at(2), Ring);
    s.receive(&end, at(3), End(2));
    s.pending(
        at(3),
        &[(&real, Ring), (&squatter, Missed("ended")), (&end, End(2))],
    );
    s.receive(&real_end, at(4), End(2));
    s
}

fn squatting_before_the_call() -> Scene {
    let mut s = Scene::new(
        "squatting-on-a-call-id-beforehand",
        "A8 Z1 Z5 Z12",
        "Carol learns Alice's callId before Bob's phone does, and ends it in every way she can. Alice
         rings all the same.",
    );
    s.trust("alice");
    s.trust("carol");
    let own = s.seal("own", by("carol"), cancel(1));
    let named = s.seal("named", by("carol"), end_of("alice", 1, EndReason::Failed));
    let elsewhere = s.seal("elsewhere", by("carol"), declined_elsewhere("alice", 1));
    let real = s.seal("real", by("alice"), invite(1));
    s.receive(&own, at(1), Drop("unknown"));
    s.receive(&named, at(1), Drop("unknown"));
    s.receive(&elsewhere, at(1), Drop("unknown"));
    s.receive(&real, at(1), Ring);
    s
}

fn two_calls_at_once() -> Scene {
    let mut s = Scene::new(
        "two-calls-at-once",
        "A8 N27 N28 Z6",
        "Two calls of one caller are two calls: the end of one is not that of the other. The journal
         keeps the order in which they came.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite(1));
    let second = s.seal("second", by("alice"), invite(2));
    let end = s.seal("end", by("alice").at(at(1)), cancel(1));
    s.receive(&second, at(1), Ring);
    s.receive(&first, at(1), Ring);
    s.receive(&end, at(2), End(2));
    s.pending(
        at(2),
        &[(&second, Ring), (&first, Missed("ended")), (&end, End(2))],
    );
    s
}

fn tombstones_are_not_signals() -> Scene {
    let mut s = Scene::new(
        "second-end-before-the-invite",
        "A4 Z11 Z12",
        "Two ends of a call that is not known yet: the first is remembered, the second finds the call
         recorded and over. The invitation is missed.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), cancel(1));
    let second = s.seal("second", by("alice"), end(1, EndReason::Unanswered));
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&first, at(1), Drop("unknown"));
    s.receive(&second, at(1), Drop("over"));
    s.receive(&invite, at(1), Missed("ended"));
    s
}

fn calls_of_one_caller_are_bounded() -> Scene {
    let mut s = Scene::new(
        "calls-of-one-caller-are-bounded",
        "A5 A8 Z6 Z12",
        "64 calls of one caller are remembered. The 65th makes the one recorded first be forgotten:
         its end finds nothing to end, that of the next one does.",
    );
    s.trust("alice");
    let calls = *b"sixty-five c";
    s.flood(
        &Flood {
            from: "alice",
            count: 65,
            first_sent_at: at(0),
            message_ids: *b"invitations ",
            call_ids: Some(calls),
            content: invite(1),
            at: at(1),
        },
        Ring,
    );
    let end_of_call = |index| {
        let hushring::Content::End(mut end) = cancel(1) else {
            unreachable!()
        };
        end.call_id = hushring::CallId::from_bytes(counted(calls, index));
        Content::End(end)
    };
    let first = s.seal("first", by("alice").at(at(1)), end_of_call(0));
    let last = s.seal("last", by("alice").at(at(1)), end_of_call(64));
    let second = s.seal("second", by("alice").at(at(1)), end_of_call(1));
    s.receive(&last, at(2), End(2));
    s.receive(&second, at(2), End(2));
    s.note("It is remembered as an end before its invitation, in place of the second call.");
    s.receive(&first, at(2), Drop("unknown"));
    s
}

fn both_suites() -> Scene {
    let mut s = Scene::new(
        "both-suites",
        "A8 E19 E20 Z6",
        "A call may begin in one suite and end in the other: to the inbox they are the same.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice").suite(Suite::XWing), invite(1));
    let signal = s.seal("signal", by("alice"), candidates(1));
    let cancel = s.seal("cancel", by("alice").suite(Suite::XWing), cancel(1));
    s.receive(&invite, at(1), Ring);
    s.receive(&signal, at(1), Signal);
    s.receive(&cancel, at(2), End(2));
    s
}
