//! Both call each other (spec/inbox.md, section 8.6).

use hushring::Content;
use hushring::content::{EndReason, Invite};

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        both_call_each_other(),
        the_own_call_waits(),
        two_minutes(),
        as_it_stands_when_listed(),
        not_when_declined(),
        not_when_left(),
        not_when_closed(),
        not_of_another_account(),
        not_in_a_call_to_several(),
        not_for_a_group(),
        not_the_same_call(),
        taken_by_the_device_that_invites(),
        taken_in_a_call_to_several(),
        of_several_the_last(),
        of_several_of_both_kinds(),
        a_missed_call_does_not_cross(),
        rung_again(),
        between_own_devices(),
        after_a_restart(),
    ]
}

/// Bob has called Alice in call 5.
fn placed(name: &str, rules: &str, comment: &str) -> Scene {
    let mut s = Scene::new(name, rules, comment);
    s.trust("alice");
    s.place(5, &["alice"], at(0));
    s
}

fn both_call_each_other() -> Scene {
    let mut s = placed(
        "both-call-each-other-at-once",
        "A6 G5 G8 N4 N28",
        "Bob calls Alice while she calls him. Her ring says which call of his it crosses. Hers has
         the smaller callId, so the app answers it without ringing, and ends his in the same step.
         It rings no more; her answer to his call is over.",
    );
    let hers = s.seal("hers", by("alice").at(at(1)), invite(3));
    let answer = s.seal("answer", by("alice").at(at(2)), answer(5, at(0)));
    let signal = s.seal("signal", by("alice").at(at(3)), candidates(3));
    let hung_up = s.seal(
        "hung up",
        by("alice").at(at(60)),
        end(3, EndReason::RemoteEnded),
    );
    s.receive(&hers, at(2), Crossed(5));
    s.pending(at(2), &[(&hers, Crossed(5))]);
    s.answered("alice", 3, at(1));
    s.left(OWN, 5);
    s.acknowledge(&hers, true);
    s.receive(&answer, at(3), Drop("over"));
    s.receive(&signal, at(4), Signal);
    s.receive(&hung_up, at(61), End(2));
    s
}

fn the_own_call_waits() -> Scene {
    let mut s = placed(
        "both-call-each-other-and-the-own-call-goes-on",
        "A6 G2 Z2 Z8",
        "Bob's call has the smaller callId: the app waits. Alice's device answers it, and ends
         hers. Each signal finds its own call.",
    );
    let hers = s.seal("hers", by("alice").at(at(1)), invite(7));
    let her_candidates = s.seal("her candidates", by("alice").at(at(1)), candidates(7));
    let answer = s.seal("answer", by("alice").at(at(2)), answer(5, at(0)));
    let withdrawn = s.seal("withdrawn", by("alice").at(at(2)), cancel(7));
    let hung_up = s.seal("hung up", by("alice").at(at(60)), hung_up(5, at(0)));
    s.receive(&hers, at(1), Crossed(5));
    s.receive(&her_candidates, at(1), Signal);
    s.receive(&answer, at(3), SignalOfPlaced);
    s.receive(&withdrawn, at(3), End(2));
    s.receive(&hung_up, at(61), EndOfPlaced(2, 0));
    s
}

fn two_minutes() -> Scene {
    let mut s = placed(
        "crossed-for-120-seconds",
        "A6 N28",
        "An own call crosses for 120 s after it was placed. The limit itself still counts, also
         when the ring is listed; a millisecond later it is an ordinary ring.",
    );
    let first = s.seal("first", by("alice").at(at(100)), invite(3));
    let second = s.seal("second", by("alice").at(at(101)), invite(4));
    s.receive(&first, at(120), Crossed(5));
    s.pending(at(120), &[(&first, Crossed(5))]);
    s.pending(at(120) + 1, &[(&first, Ring)]);
    s.receive(&second, at(120) + 1, Ring);
    s.note("Rung again, it has begun anew.");
    s.place(5, &["alice"], at(121));
    s.pending(at(122), &[(&first, Crossed(5)), (&second, Crossed(5))]);
    s
}

fn as_it_stands_when_listed() -> Scene {
    let mut s = Scene::new(
        "crossed-as-it-stands-when-listed",
        "A6 N28 Z5",
        "Alice rings, and waits in the journal. Bob calls her meanwhile: the ring is listed as
         crossed. When she has declined his call, it is not any more.",
    );
    s.trust("alice");
    let hers = s.seal("hers", by("alice"), invite(3));
    let declined = s.seal("declined", by("alice").at(at(5)), declined(5, at(2)));
    s.receive(&hers, at(1), Ring);
    s.pending(at(1), &[(&hers, Ring)]);
    s.place(5, &["alice"], at(2));
    s.pending(at(3), &[(&hers, Crossed(5))]);
    s.receive(&declined, at(6), EndOfPlaced(2, 0));
    s.pending(at(6), &[(&hers, Ring), (&declined, EndOfPlaced(2, 0))]);
    s
}

fn not_when_declined() -> Scene {
    let mut s = placed(
        "not-crossed-when-declined",
        "A6 Z5",
        "Alice declines Bob's call, and calls him back. Her call rings.",
    );
    let declined = s.seal("declined", by("alice").at(at(3)), declined(5, at(0)));
    let hers = s.seal("hers", by("alice").at(at(4)), invite(3));
    s.receive(&declined, at(4), EndOfPlaced(2, 0));
    s.receive(&hers, at(5), Ring);
    s
}

fn not_when_left() -> Scene {
    let mut s = placed(
        "not-crossed-when-left",
        "A6",
        "Bob has ended his call before Alice rings.",
    );
    let hers = s.seal("hers", by("alice").at(at(4)), invite(3));
    s.left(OWN, 5);
    s.receive(&hers, at(5), Ring);
    s
}

fn not_when_closed() -> Scene {
    let mut s = placed(
        "not-crossed-when-closed",
        "A6 Z6",
        "Alice's device could not take Bob's call, and closed its leg. She calls him back.",
    );
    let failed = end_of(OWN, 5, at(0), EndReason::Failed);
    let failed = s.seal("failed", by("alice").at(at(3)), failed);
    let hers = s.seal("hers", by("alice").at(at(4)), invite(3));
    s.receive(&failed, at(4), EndOfPlaced(1, 0));
    s.receive(&hers, at(5), Ring);
    s
}

fn not_of_another_account() -> Scene {
    let mut s = placed(
        "not-crossed-by-another-account",
        "A6",
        "Bob calls Alice, and Carol calls him: two people, two calls.",
    );
    s.trust("carol");
    let carols = s.seal("carol's", by("carol").at(at(1)), invite(3));
    s.receive(&carols, at(2), Ring);
    s
}

fn not_in_a_call_to_several() -> Scene {
    let mut s = Scene::new(
        "not-crossed-in-a-call-to-several",
        "A6",
        "Bob calls Alice and Carol. Alice's call to him alone is another one: it rings. That
         Carol's leg was left does not make the call one of two people.",
    );
    s.trust("alice");
    s.place(5, &["alice", "carol"], at(0));
    let first = s.seal("first", by("alice").at(at(1)), invite(3));
    let second = s.seal("second", by("alice").at(at(3)), invite(4));
    s.receive(&first, at(2), Ring);
    s.left_accounts(5, &["carol"]);
    s.receive(&second, at(4), Ring);
    s
}

fn not_for_a_group() -> Scene {
    let mut s = placed(
        "not-crossed-by-a-group-call",
        "A6 N28",
        "Alice invites Bob into a group. That is not what he called her for, so it rings, also
         where her device is the one that he talks to.",
    );
    let group = |call| {
        Content::Invite(Invite {
            group_id: Some("family".into()),
            ..plain_invite(call)
        })
    };
    let first = s.seal("first", by("alice").at(at(1)), group(3));
    let answer = s.seal("answer", by("alice").at(at(2)), answer(5, at(0)));
    let second = s.seal("second", by("alice").at(at(3)), group(4));
    s.receive(&first, at(2), Ring);
    s.receive(&answer, at(3), SignalOfPlaced);
    s.receive(&second, at(4), Ring);
    s.pending(
        at(4),
        &[(&first, Ring), (&answer, SignalOfPlaced), (&second, Ring)],
    );
    s
}

fn not_the_same_call() -> Scene {
    let mut s = Scene::new(
        "a-ring-does-not-cross-a-call-of-its-own-id",
        "A0 A6 N28",
        "The app places a call under the callId of a ring that waits. The two do not cross, because
         neither callId is the smaller one; an older call of Bob's does. Another invitation with
         this callId is refused.",
    );
    s.trust("alice");
    let hers = s.seal("hers", by("alice"), invite(3));
    let again = s.seal("again", by("alice").at(at(2)), invite(3));
    s.receive(&hers, at(1), Ring);
    s.place(3, &["alice"], at(1));
    s.pending(at(1), &[(&hers, Ring)]);
    s.receive(&again, at(2), Refused("call_id_taken"));
    s.place(5, &["alice"], at(2));
    s.place(3, &["alice"], at(3));
    s.pending(at(3), &[(&hers, Crossed(5))]);
    s
}

fn taken_by_the_device_that_invites() -> Scene {
    let mut s = placed(
        "crossed-by-the-device-that-was-taken",
        "A6 G2 Z8",
        "Alice's phone has answered Bob's call. Its invitation crosses that call, however long ago
         it was placed: the two devices are connected. The same from her laptop is an ordinary
         ring. Once the phone has hung up, so is the phone's.",
    );
    let answer = s.seal("answer", by("alice").at(at(2)), answer(5, at(0)));
    let phones = s.seal("phone's", by("alice").at(at(500)), invite(3));
    let laptops = s.seal("laptop's", of("alice", "laptop").at(at(500)), invite(4));
    let hung_up = s.seal("hung up", by("alice").at(at(501)), hung_up(5, at(0)));
    let later = s.seal("later", by("alice").at(at(502)), invite(6));
    s.receive(&answer, at(3), SignalOfPlaced);
    s.receive(&phones, at(501), Crossed(5));
    s.receive(&laptops, at(501), Ring);
    s.receive(&hung_up, at(502), EndOfPlaced(2, 0));
    s.receive(&later, at(503), Ring);
    s
}

fn taken_in_a_call_to_several() -> Scene {
    let mut s = Scene::new(
        "crossed-by-the-device-that-was-taken-of-several",
        "A6 G2",
        "Also in a call to several, where an open leg does not cross.",
    );
    s.trust("alice");
    s.trust("carol");
    s.place(5, &["alice", "carol"], at(0));
    let answer = s.seal("answer", by("alice").at(at(2)), answer(5, at(0)));
    let alices = s.seal("alice's", by("alice").at(at(3)), invite(3));
    let carols = s.seal("carol's", by("carol").at(at(3)), invite(3));
    s.receive(&answer, at(3), SignalOfPlaced);
    s.receive(&alices, at(4), Crossed(5));
    s.receive(&carols, at(4), Ring);
    s
}

fn of_several_the_last() -> Scene {
    let mut s = placed(
        "crossed-call-that-was-placed-last",
        "A6 N28",
        "Two own calls to Alice wait. Her ring crosses the one that was placed last; once that was
         left, the other.",
    );
    s.place(2, &["alice"], at(1));
    let hers = s.seal("hers", by("alice").at(at(2)), invite(3));
    s.receive(&hers, at(3), Crossed(2));
    s.left(OWN, 2);
    s.pending(at(3), &[(&hers, Crossed(5))]);
    s.left(OWN, 5);
    s.pending(at(3), &[(&hers, Ring)]);
    s
}

fn of_several_of_both_kinds() -> Scene {
    let mut s = placed(
        "crossed-call-that-was-placed-last-of-both-kinds",
        "A6 G2",
        "Alice's phone is in one call of Bob's, and a later one to her waits. Both cross its
         invitation, and the later one is named, whichever of them it is.",
    );
    s.trust("carol");
    let answer_it = s.seal("answer", by("alice").at(at(1)), answer(5, at(0)));
    s.receive(&answer_it, at(2), SignalOfPlaced);
    s.place(2, &["alice"], at(3));
    let first = s.seal("first", by("alice").at(at(4)), invite(3));
    s.receive(&first, at(5), Crossed(2));
    s.place(6, &["alice", "carol"], at(6));
    let second = s.seal("second", by("alice").at(at(7)), answer(6, at(6)));
    let third = s.seal("third", by("alice").at(at(8)), invite(4));
    s.receive(&second, at(8), SignalOfPlaced);
    s.receive(&third, at(9), Crossed(6));
    s
}

fn a_missed_call_does_not_cross() -> Scene {
    let mut s = placed(
        "missed-calls-do-not-cross",
        "A4 A5",
        "Only what rings says that it crosses a call. Alice's invitation is too late, and another
         one has ended.",
    );
    let late = s.seal("late", by("alice").at(before(100)), invite(3));
    let cancel = s.seal("cancel", by("alice").at(at(1)), cancel(4));
    let ended = s.seal("ended", by("alice"), invite(4));
    s.receive(&late, at(1), Missed("expired"));
    s.receive(&cancel, at(1), Drop("unknown"));
    s.receive(&ended, at(1), Missed("ended"));
    s
}

fn rung_again() -> Scene {
    let mut s = placed(
        "crossed-when-rung-again",
        "A6 N28",
        "Alice rings twice in one call. Her second ring crosses Bob's call as the first did.",
    );
    let first = s.seal("first", by("alice").at(at(1)), invite(3));
    let second = s.seal("second", by("alice").at(at(9)), invite(3));
    s.receive(&first, at(2), Crossed(5));
    s.receive(&second, at(10), Crossed(5));
    s.pending(at(10), &[(&first, Drop("repeated")), (&second, Crossed(5))]);
    s
}

fn between_own_devices() -> Scene {
    let mut s = Scene::new(
        "crossed-between-own-devices",
        "A6 N4",
        "Phone and desktop of one account call each other. The account has a leg of the phone's call like
         any other account.",
    );
    s.trust(OWN);
    s.place(5, &[OWN], at(0));
    let desktops = s.seal("desktop's", desktop().at(at(1)), invite(3));
    s.receive(&desktops, at(2), Crossed(5));
    s.answered(OWN, 3, at(1));
    s
}

fn after_a_restart() -> Scene {
    let mut s = placed(
        "crossed-after-a-restart",
        "A6 N28 N31",
        "Which calls were placed, when, and in which order, is in the saved state; that a ring
         crosses one follows from it.",
    );
    s.place(2, &["alice"], at(1));
    let hers = s.seal("hers", by("alice").at(at(2)), invite(3));
    s.receive(&hers, at(3), Crossed(2));
    s.save("disk");
    s.load("disk");
    s.pending(at(50), &[(&hers, Crossed(2))]);
    s
}
