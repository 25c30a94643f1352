//! N28: how an invitation is listed, by what has come since.

use hushring::content::EndReason;
use hushring_test_support::clock::second;
use hushring_test_support::people::device_between;

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        repeated(),
        repeated_by_whatever_ring(),
        repeated_before_elsewhere(),
        older_ring_does_not_repeat(),
        elsewhere(),
        elsewhere_of_an_older_ring(),
        missed_keeps_its_reason(),
        ended(),
        ended_by_an_older_end(),
        ended_before_expired(),
        expired(),
        answered_here(),
        answered_here_and_declined_by_a_sibling(),
        answered_here_and_rung_again(),
        answered_here_and_forgotten(),
        certificate_that_ends_since(),
        signals_and_ends_stay(),
        of_a_forgotten_call(),
        after_a_restart(),
    ]
}

fn repeated() -> Scene {
    let mut s = Scene::new(
        "listed-as-repeated",
        "A5 A6 N26 N28",
        "A ring and a missed call wait, and their caller rings again. They are listed as repeated,
         and are to be acknowledged all the same.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice").at(before(600)), invite(1));
    let second = s.seal("second", by("alice"), invite(1));
    let third = s.seal("third", by("alice").at(at(5)), invite(1));
    s.receive(&first, at(0), Missed("expired"));
    s.receive(&second, at(1), Ring);
    s.pending(at(1), &[(&first, Drop("repeated")), (&second, Ring)]);
    s.receive(&third, at(6), Ring);
    s.pending(
        at(6),
        &[
            (&first, Drop("repeated")),
            (&second, Drop("repeated")),
            (&third, Ring),
        ],
    );
    s.acknowledge(&first, true);
    s.acknowledge(&second, true);
    s.pending(at(6), &[(&third, Ring)]);
    s
}

fn repeated_by_whatever_ring() -> Scene {
    let mut s = Scene::new(
        "listed-as-repeated-whatever-became-of-the-newer-ring",
        "A2 A3 A4 A5 N28",
        "The newer ring counts if it was accepted, whatever it led to: a missed call by its age or
         by an end, a drop, or a signal of an answered call.",
    );
    s.trust("alice");
    let ring = |s: &mut Scene, call, name: &str, sent_at| {
        let name = format!("{name} {call}");
        s.seal(&name, by("alice").at(sent_at), invite(call))
    };
    let cancel = s.seal("cancel", by("alice").at(at(3)), cancel(2));
    let elsewhere = s.seal(
        "elsewhere",
        desktop().at(at(4)),
        declined_elsewhere("alice", 3, at(4)),
    );
    let firsts: Vec<Letter> = (1..=4)
        .map(|call| {
            let sent_at = if call == 3 { at(4) + 1 } else { at(3) + 1 };
            ring(&mut s, call, "first", sent_at)
        })
        .collect();
    s.receive(&cancel, at(4), Drop("unknown"));
    s.receive(&elsewhere, at(4), Drop("unknown"));
    for first in &firsts {
        s.receive(first, at(5), Ring);
    }
    let later_end = s.seal("later end", by("alice").at(at(9)), crate::said::cancel(2));
    let ended = s.seal("ended", by("alice").at(at(9)), invite(2));
    s.receive(&later_end, at(10), End(2));
    s.receive(&ended, at(10), Missed("ended"));
    let word = desktop().at(at(9));
    let word = s.seal("word", word, answered_elsewhere("alice", 3, at(9)));
    let dropped = s.seal("dropped", by("alice").at(at(9)), invite(3));
    s.receive(&word, at(10), End(4));
    s.receive(&dropped, at(10), Drop("answeredElsewhere"));
    let signal = s.seal("signal", by("alice").at(at(9)), invite(4));
    s.answered("alice", 4, at(3) + 1);
    s.receive(&signal, at(10), Signal);
    let late = s.seal("late", by("alice").at(at(6)), invite(1));
    s.receive(&late, at(97), Missed("expired"));
    s.pending(
        at(97),
        &[
            (&firsts[0], Drop("repeated")),
            (&firsts[1], Drop("repeated")),
            (&firsts[2], Drop("repeated")),
            (&firsts[3], Drop("repeated")),
            (&later_end, End(2)),
            (&ended, Missed("ended")),
            (&word, End(4)),
            (&signal, Signal),
            (&late, Missed("expired")),
        ],
    );
    s
}

fn repeated_before_elsewhere() -> Scene {
    let mut s = Scene::new(
        "listed-as-repeated-before-elsewhere",
        "A6 N28 Z11",
        "The call rang twice and was then answered on the desktop. The first ring is listed as
         repeated, the second one as answered elsewhere.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite(1));
    let second = s.seal("second", by("alice").at(at(5)), invite(1));
    let answered = desktop().at(at(8));
    let answered = s.seal("answered", answered, answered_elsewhere("alice", 1, at(5)));
    s.receive(&first, at(1), Ring);
    s.receive(&second, at(6), Ring);
    s.receive(&answered, at(9), End(4));
    s.pending(
        at(9),
        &[
            (&first, Drop("repeated")),
            (&second, Drop("answeredElsewhere")),
            (&answered, End(4)),
        ],
    );
    s
}

fn older_ring_does_not_repeat() -> Scene {
    let mut s = Scene::new(
        "listed-as-it-was-after-an-older-ring",
        "A1 A5 N28",
        "An older ring, or one of the same time, changes nothing of what waits.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite(1));
    let older = s.seal("older", by("alice").at(before(5)), invite(1));
    let equal = s.seal("equal", by("alice"), invite(1));
    s.receive(&first, at(1), Ring);
    s.receive(&older, at(2), Drop("repeated"));
    s.receive(&equal, at(2), Drop("repeated"));
    s.pending(at(2), &[(&first, Ring)]);
    s
}

fn elsewhere() -> Scene {
    let mut s = Scene::new(
        "listed-as-answered-elsewhere",
        "N28 Z11",
        "Rings and missed calls that a sibling answered or declined are listed as dropped, with the
         reason that it gave.",
    );
    s.trust("alice");
    let missed = s.seal("missed", by("alice").at(before(600)), invite(1));
    let rings = s.seal("rings", by("alice"), invite(2));
    let word = |s: &mut Scene, name, content| s.seal(name, desktop().at(at(3)), content);
    let declined = word(
        &mut s,
        "declined",
        declined_elsewhere("alice", 1, before(600)),
    );
    let answered = word(&mut s, "answered", answered_elsewhere("alice", 2, at(0)));
    s.receive(&missed, at(0), Missed("expired"));
    s.receive(&rings, at(1), Ring);
    s.receive(&declined, at(4), End(5));
    s.receive(&answered, at(4), End(4));
    s.pending(
        at(4),
        &[
            (&missed, Drop("declinedElsewhere")),
            (&rings, Drop("answeredElsewhere")),
            (&declined, End(5)),
            (&answered, End(4)),
        ],
    );
    s
}

fn elsewhere_of_an_older_ring() -> Scene {
    let mut s = Scene::new(
        "listed-as-it-was-after-an-older-word",
        "N28 Z12",
        "A sibling has declined an older ring than the one that waits. It still rings.",
    );
    s.trust("alice");
    let rings = s.seal("rings", by("alice").at(at(5)), invite(1));
    let declined = desktop().at(at(6));
    let declined = s.seal(
        "declined",
        declined,
        declined_elsewhere("alice", 1, at(5) - 1),
    );
    s.receive(&rings, at(6), Ring);
    s.receive(&declined, at(7), Drop("over"));
    s.pending(at(7), &[(&rings, Ring)]);
    s
}

fn missed_keeps_its_reason() -> Scene {
    let mut s = Scene::new(
        "missed-call-keeps-its-reason",
        "A4 A5 N28 Z2 Z3",
        "A missed call is listed with the reason that it had when it was received, whatever its
         caller says later. Its age is that of now.",
    );
    s.trust("alice");
    let expired = s.seal("expired", by("alice").at(before(600)), invite(1));
    let cancel_it = s.seal("cancel", by("alice").at(at(1)), cancel(1));
    let early_end = s.seal("early end", by("alice").at(at(1)), cancel(2));
    let ended = s.seal("ended", by("alice"), invite(2));
    let once_more = s.seal("once more", by("alice").at(at(2)), cancel(2));
    s.receive(&expired, at(1), Missed("expired"));
    s.receive(&cancel_it, at(2), End(2));
    s.receive(&early_end, at(2), Drop("unknown"));
    s.receive(&ended, at(2), Missed("ended"));
    s.receive(&once_more, at(3), Drop("over"));
    let expected = [
        (&expired, Missed("expired")),
        (&cancel_it, End(2)),
        (&ended, Missed("ended")),
    ];
    s.pending(at(3), &expected);
    s.pending(at(DAYS), &expected);
    s
}

fn ended() -> Scene {
    let mut s = Scene::new(
        "listed-as-ended",
        "N28 Z2",
        "A ring that waits, and that its caller ended before the app came to the journal, is a
         missed call, also if the app leaves the call afterwards. One that the app has left while it
         rang is not: its user has declined it.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite(1));
    let second = s.seal("second", by("alice"), invite(2));
    let cancel = s.seal("cancel", by("alice").at(at(5)), cancel(1));
    s.receive(&first, at(1), Ring);
    s.receive(&second, at(1), Ring);
    s.receive(&cancel, at(6), End(2));
    s.left("alice", 1);
    s.left("alice", 2);
    s.pending(
        at(6),
        &[
            (&first, Missed("ended")),
            (&second, Drop("over")),
            (&cancel, End(2)),
        ],
    );
    s
}

fn ended_by_an_older_end() -> Scene {
    let mut s = Scene::new(
        "listed-as-it-was-after-an-older-end",
        "N28 Z3",
        "The end of an older ring does not end the one that waits.",
    );
    s.trust("alice");
    let rings = s.seal("rings", by("alice").at(at(5)), invite(1));
    let cancel = s.seal("cancel", by("alice").at(at(5) - 1), cancel(1));
    s.receive(&rings, at(6), Ring);
    s.receive(&cancel, at(6), Drop("over"));
    s.pending(at(6), &[(&rings, Ring)]);
    s
}

fn ended_before_expired() -> Scene {
    let mut s = Scene::new(
        "pending-ring-that-ended",
        "N28 Z2",
        "The call ended before the app came to the journal. That it ended is the reason that is
         named, also when it would have expired as well.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let gone = s.seal(
        "gone",
        by("alice").at(at(60)),
        end(1, EndReason::Unanswered),
    );
    s.receive(&invite, at(1), Ring);
    s.receive(&gone, at(61), End(2));
    s.pending(at(62), &[(&invite, Missed("ended")), (&gone, End(2))]);
    s.pending(at(600), &[(&invite, Missed("ended")), (&gone, End(2))]);
    s.acknowledge(&gone, true);
    s.pending(at(600), &[(&invite, Missed("ended"))]);
    s
}

fn expired() -> Scene {
    let mut s = Scene::new(
        "pending-ring-that-expired",
        "N28",
        "The extension received an invitation, and the app comes to the journal a day later. It
         does not ring then: the journal lists it as a missed call, with its age of now. That is
         to be acknowledged like a ring.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&invite, at(1), Ring);
    s.save("disk");
    s.load("disk");
    s.pending(at(89), &[(&invite, Ring)]);
    s.pending(at(DAYS), &[(&invite, Missed("expired"))]);
    s.acknowledge(&invite, true);
    s.pending(at(DAYS), &[]);
    s
}

fn answered_here() -> Scene {
    let mut s = Scene::new(
        "pending-ring-that-was-answered-here",
        "N28 Z2",
        "The app has answered a ring and not acknowledged it. It is listed as a signal, to be
         answered anew after a crash, also when it is older than a ring may be. After the caller's
         hang-up it is over, and not a missed call.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let hung_up = s.seal(
        "hung up",
        by("alice").at(at(30)),
        end(1, EndReason::RemoteEnded),
    );
    s.receive(&invite, at(1), Ring);
    s.answered("alice", 1, at(0));
    s.pending(at(2), &[(&invite, Signal)]);
    s.pending(at(DAYS), &[(&invite, Signal)]);
    s.receive(&hung_up, at(31), End(2));
    s.pending(at(31), &[(&invite, Drop("over")), (&hung_up, End(2))]);
    s.acknowledge(&invite, true);
    s.pending(at(31), &[(&hung_up, End(2))]);
    s
}

fn answered_here_and_declined_by_a_sibling() -> Scene {
    let mut s = Scene::new(
        "pending-ring-that-was-answered-here-and-declined-elsewhere",
        "N28 Z10",
        "The app has answered a ring and not acknowledged it when the desktop's decline comes. The
         call goes on: to list it as declined elsewhere would end it. After the app has left, it is
         over.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let word = desktop().at(at(2));
    let declined = s.seal("declined", word, declined_elsewhere("alice", 1, at(0)));
    s.receive(&invite, at(1), Ring);
    s.answered("alice", 1, at(0));
    s.receive(&declined, at(3), Drop("answered"));
    s.pending(at(3), &[(&invite, Signal)]);
    s.save("disk");
    s.load("disk");
    s.pending(at(4), &[(&invite, Signal)]);
    s.left("alice", 1);
    s.pending(at(5), &[(&invite, Drop("over"))]);
    s
}

fn answered_here_and_rung_again() -> Scene {
    let mut s = Scene::new(
        "pending-rings-of-a-call-that-was-answered-here",
        "A2 N28",
        "The call rang twice before it was answered, and once more afterwards. Only the newest ring
         is to be answered; the others are listed as repeated.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite(1));
    let second = s.seal("second", by("alice").at(at(5)), invite(1));
    let third = s.seal("third", by("alice").at(at(9)), invite(1));
    s.receive(&first, at(1), Ring);
    s.receive(&second, at(6), Ring);
    s.answered("alice", 1, at(5));
    s.pending(at(7), &[(&first, Drop("repeated")), (&second, Signal)]);
    s.receive(&third, at(10), Signal);
    s.pending(
        at(10),
        &[
            (&first, Drop("repeated")),
            (&second, Drop("repeated")),
            (&third, Signal),
        ],
    );
    s
}

fn answered_here_and_forgotten() -> Scene {
    let mut s = Scene::new(
        "pending-ring-that-was-answered-here-and-is-forgotten",
        "N2 N28",
        "The trust in the caller ends, and with it the call that the app had answered: its ring is
         over, and does not ring again.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&invite, at(1), Ring);
    s.answered("alice", 1, at(0));
    s.untrust("alice");
    s.pending(at(2), &[(&invite, Drop("over"))]);
    s.trust("alice");
    s.pending(at(2), &[(&invite, Drop("over"))]);
    s
}

fn certificate_that_ends_since() -> Scene {
    let mut s = Scene::new(
        "pending-ring-of-a-certificate-that-ends-since",
        "N3 N28",
        "A certificate counts when the invitation is received. That it ends, or is revoked, while
         the ring waits, changes nothing.",
    );
    s.trust("alice");
    let phone = device_between("alice", "phone", second(-3600), second(30));
    let invite = s.seal("invite", by_device(phone), invite(1));
    s.receive(&invite, at(29), Ring);
    s.pending(at(31), &[(&invite, Ring)]);
    s.revoke("alice", 0, at(31));
    s.pending(at(32), &[(&invite, Ring)]);
    s
}

fn signals_and_ends_stay() -> Scene {
    let mut s = Scene::new(
        "pending-ring-that-was-answered-elsewhere",
        "N28 Z11",
        "The call was answered on the desktop before the app came to the journal: there is nothing
         to show, and the invitation still has to be acknowledged. Signals, messages and ends that
         came in between are listed as they are.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let signal = s.seal("signal", by("alice"), candidates(1));
    let note = s.seal("note", by("alice"), message("hi"));
    let answered = s.seal("answered", desktop(), answered_elsewhere("alice", 1, at(0)));
    s.receive(&invite, at(1), Ring);
    s.receive(&signal, at(1), Signal);
    s.receive(&note, at(1), Notify);
    s.receive(&answered, at(2), End(4));
    s.save("disk");
    s.load("disk");
    s.pending(
        at(DAYS),
        &[
            (&invite, Drop("answeredElsewhere")),
            (&signal, Signal),
            (&note, Notify),
            (&answered, End(4)),
        ],
    );
    s.acknowledge(&invite, true);
    s.pending(
        at(DAYS),
        &[(&signal, Signal), (&note, Notify), (&answered, End(4))],
    );
    s
}

fn of_a_forgotten_call() -> Scene {
    let mut s = Scene::new(
        "pending-ring-of-a-forgotten-call",
        "N2 N28 Z2 Z3",
        "The trust in the caller ends, and what is known of its calls is forgotten. A ring that had
         ended does not ring again, and one that still rang is missed as well: it cannot be answered
         any more. Nor does it ring when the caller is trusted again.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite(1));
    let second = s.seal("second", by("alice").at(at(1)), invite(2));
    let first_ends = s.seal("first ends", by("alice").at(at(2)), cancel(1));
    let second_ends = s.seal("second ends", by("alice").at(at(5)), cancel(2));
    s.receive(&first, at(1), Ring);
    s.receive(&second, at(2), Ring);
    s.receive(&first_ends, at(3), End(2));
    s.untrust("alice");
    s.pending(
        at(4),
        &[
            (&first, Missed("ended")),
            (&second, Missed("ended")),
            (&first_ends, End(2)),
        ],
    );
    s.refuse_answered("alice", 2);
    s.trust("alice");
    s.receive(&second_ends, at(6), Drop("unknown"));
    let expected = [
        (&first, Missed("ended")),
        (&second, Missed("ended")),
        (&first_ends, End(2)),
    ];
    s.pending(at(7), &expected);
    s.save("ended");
    s.load("ended");
    s.pending(at(7), &expected);
    s
}

fn after_a_restart() -> Scene {
    let mut s = Scene::new(
        "what-has-come-since-is-saved",
        "N28 N31",
        "What has come since an invitation was received is in the saved state: a newer ring, a word
         of the own account, that the app has left.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite(1));
    let second = s.seal("second", by("alice").at(at(1)), invite(1));
    let third = s.seal("third", by("alice"), invite(2));
    let fourth = s.seal("fourth", by("alice"), invite(3));
    let declined = s.seal("declined", desktop(), declined_elsewhere("alice", 2, at(0)));
    for letter in [&first, &second, &third, &fourth] {
        s.receive(letter, at(2), Ring);
    }
    s.receive(&declined, at(2), End(5));
    s.left("alice", 3);
    s.untrust("alice");
    s.save("disk");
    s.load("disk");
    s.pending(
        at(3),
        &[
            (&first, Drop("repeated")),
            (&second, Missed("ended")),
            (&third, Drop("declinedElsewhere")),
            (&fourth, Drop("over")),
            (&declined, End(5)),
        ],
    );
    s
}
