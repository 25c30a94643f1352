//! Calls that this device places: their legs, and Z4 to Z9.

use hushring::content::EndReason;

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        answered(),
        declined_and_answered(),
        reasons_of_an_open_leg(),
        reasons_of_the_device_that_was_taken(),
        reasons_of_another_device(),
        reasons_of_a_closed_leg(),
        older_ring(),
        end_overtakes_its_answer(),
        group(),
        remaining_legs(),
        stranger_in_a_placed_call(),
        accounts_are_added(),
        rung_again(),
        one_account_twice(),
        between_own_devices(),
        between_own_devices_without_trust(),
        not_placed(),
        ends_by_another_caller(),
        bounded(),
        too_many_accounts(),
        forgotten_after_thirty_days(),
    ]
}

/// What somebody who was called says of the ring at the beginning.
fn says(call: u8, reason: EndReason) -> hushring::Content {
    end_of(OWN, call, at(0), reason)
}

fn answered() -> Scene {
    let mut s = Scene::new(
        "placed-call-is-answered",
        "G2 G6 N4 Z8",
        "Bob calls Alice. Her answer and her candidates are signals of Bob's call: they carry the
         CallKit UUID of his call, not of one of hers. She hangs up, and no leg remains.",
    );
    s.trust("alice");
    s.place(1, &["alice"], at(0));
    let answer = s.seal("answer", by("alice").at(at(3)), answer(1, at(0)));
    let more = s.seal("more", by("alice").at(at(3)), candidates(1));
    let renegotiation = s.seal("renegotiation", by("alice").at(at(60)), negotiate(1));
    let end = s.seal("end", by("alice").at(at(90)), hung_up(1, at(0)));
    s.receive(&answer, at(4), SignalOfPlaced);
    s.receive(&more, at(4), SignalOfPlaced);
    s.receive(&renegotiation, at(61), SignalOfPlaced);
    s.receive(&end, at(91), EndOfPlaced(2, 0));
    s.pending(
        at(91),
        &[
            (&answer, SignalOfPlaced),
            (&more, SignalOfPlaced),
            (&renegotiation, SignalOfPlaced),
            (&end, EndOfPlaced(2, 0)),
        ],
    );
    s
}

fn declined_and_answered() -> Scene {
    let mut s = Scene::new(
        "placed-call-is-declined-by-one-device",
        "G2 G6 N4 Z5",
        "Alice's phone declines Bob's call. That ends her leg for CallKit, once. But it speaks for
         one device: the leg stays open, and her laptop's answer is a signal, which the app takes
         if Bob still waits.",
    );
    s.trust("alice");
    s.place(1, &["alice"], at(0));
    let phones = s.seal("phone's", by("alice").at(at(3)), declined(1, at(0)));
    let tablets = s.seal(
        "tablet's",
        of("alice", "tablet").at(at(4)),
        declined(1, at(0)),
    );
    let signal = s.seal("signal", by("alice").at(at(4)), candidates(1));
    let laptops = s.seal(
        "laptop's",
        of("alice", "laptop").at(at(5)),
        answer(1, at(0)),
    );
    s.receive(&phones, at(4), EndOfPlaced(2, 0));
    s.receive(&tablets, at(5), Drop("over"));
    s.receive(&signal, at(5), SignalOfPlaced);
    s.receive(&laptops, at(6), SignalOfPlaced);
    s
}

fn reasons_of_an_open_leg() -> Scene {
    let mut s = Scene::new(
        "reasons-of-an-open-leg",
        "Z4 Z5 Z6 Z7",
        "What each reason does to a leg that nobody has answered. Failed and ended close it.
         Declined ends it and leaves it open. Busy, unanswered and cancelled concern one device,
         and are signals. The two elsewhere are for siblings.",
    );
    s.trust("alice");
    let cases = [
        (EndReason::Failed, EndOfPlaced(1, 0)),
        (EndReason::RemoteEnded, EndOfPlaced(2, 0)),
        (EndReason::Declined, EndOfPlaced(2, 0)),
        (EndReason::Busy, SignalOfPlaced),
        (EndReason::Unanswered, SignalOfPlaced),
        (EndReason::Cancelled, SignalOfPlaced),
        (EndReason::AnsweredElsewhere, Drop("over")),
        (EndReason::DeclinedElsewhere, Drop("over")),
    ];
    for (call, (reason, expect)) in (1..).zip(cases) {
        s.place(call, &["alice"], at(0));
        let name = reason.as_str();
        let letter = s.seal(name, by("alice").at(at(1)), says(call, reason));
        let answer = of("alice", "tablet").at(at(2));
        let answer = s.seal(&format!("answer {name}"), answer, answer_of(call));
        s.receive(&letter, at(2), expect);
        let is_closed = matches!(reason, EndReason::Failed | EndReason::RemoteEnded);
        let phone = letter.device;
        s.receive(
            &answer,
            at(3),
            if is_closed {
                Second(phone)
            } else {
                SignalOfPlaced
            },
        );
    }
    s
}

fn answer_of(call: u8) -> hushring::Content {
    answer(call, at(0))
}

fn reasons_of_the_device_that_was_taken() -> Scene {
    let mut s = Scene::new(
        "reasons-of-the-device-that-was-taken",
        "G2 G6 G7 Z4 Z8 Z9",
        "What each reason of the device in the call does: failed, ended and declined close the leg.
         What it said before its answer, and comes late, does not: it was busy, or had not
         answered.",
    );
    s.trust("alice");
    let cases = [
        (EndReason::Failed, EndOfPlaced(1, 0)),
        (EndReason::RemoteEnded, EndOfPlaced(2, 0)),
        (EndReason::Declined, EndOfPlaced(2, 0)),
        (EndReason::Busy, Drop("over")),
        (EndReason::Unanswered, Drop("over")),
        (EndReason::Cancelled, Drop("over")),
        (EndReason::AnsweredElsewhere, Drop("over")),
        (EndReason::DeclinedElsewhere, Drop("over")),
    ];
    for (call, (reason, expect)) in (1..).zip(cases) {
        s.place(call, &["alice"], at(0));
        let name = reason.as_str();
        let answer = format!("answer {name}");
        let answer = s.seal(&answer, by("alice").at(at(1)), answer_of(call));
        let letter = s.seal(name, by("alice").at(at(2)), says(call, reason));
        let signal = format!("signal {name}");
        let signal = s.seal(&signal, by("alice").at(at(3)), candidates(call));
        s.receive(&answer, at(2), SignalOfPlaced);
        s.receive(&letter, at(3), expect);
        let is_closed = matches!(expect, EndOfPlaced(..));
        s.receive(
            &signal,
            at(4),
            if is_closed {
                Drop("over")
            } else {
                SignalOfPlaced
            },
        );
    }
    s
}

fn reasons_of_another_device() -> Scene {
    let mut s = Scene::new(
        "reasons-of-a-device-that-was-not-taken",
        "G6 Z4 Z9",
        "Alice talks on her phone. Whatever her laptop says of the ring, late, is over and leaves
         the call alone.",
    );
    s.trust("alice");
    s.place(1, &["alice"], at(0));
    let answer = s.seal("answer", by("alice").at(at(1)), answer(1, at(0)));
    s.receive(&answer, at(2), SignalOfPlaced);
    for reason in EndReason::ALL {
        let name = reason.as_str();
        let letter = s.seal(name, of("alice", "laptop").at(at(1)), says(1, reason));
        s.receive(&letter, at(3), Drop("over"));
    }
    let signal = s.seal("signal", by("alice").at(at(3)), candidates(1));
    s.receive(&signal, at(4), SignalOfPlaced);
    s
}

fn reasons_of_a_closed_leg() -> Scene {
    let mut s = Scene::new(
        "reasons-of-a-closed-leg",
        "G7 Z4 Z8 Z9",
        "Alice has hung up. Nothing that any of her devices says of the call counts any more.",
    );
    s.trust("alice");
    s.place(1, &["alice"], at(0));
    let answer = s.seal("answer", by("alice").at(at(1)), answer(1, at(0)));
    let end = s.seal("end", by("alice").at(at(2)), hung_up(1, at(0)));
    s.receive(&answer, at(2), SignalOfPlaced);
    s.receive(&end, at(3), EndOfPlaced(2, 0));
    for reason in EndReason::ALL {
        for name in ["phone", "laptop"] {
            let letter = format!("{name} {}", reason.as_str());
            let letter = s.seal(&letter, of("alice", name).at(at(4)), says(1, reason));
            s.receive(&letter, at(4), Drop("over"));
        }
    }
    let signal = s.seal("signal", by("alice").at(at(4)), negotiate(1));
    s.receive(&signal, at(4), Drop("over"));
    s
}

fn older_ring() -> Scene {
    let mut s = Scene::new(
        "end-of-a-leg-names-an-older-ring",
        "G1 N4 Z4 Z5",
        "Bob rings, and rings again. What Alice's devices say of the first ring is over: a decline,
         an answer, a hang-up. What names the second one counts.",
    );
    s.trust("alice");
    s.place(1, &["alice"], at(0));
    s.place(1, &["alice"], at(10));
    let phone = |s: &mut Scene, name, content| s.seal(name, by("alice").at(at(12)), content);
    let old_decline = phone(&mut s, "old decline", declined(1, at(0)));
    let old_answer = phone(&mut s, "old answer", answer(1, at(10) - 1));
    let old_hang_up = phone(&mut s, "old hang-up", hung_up(1, at(10) - 1));
    let decline = phone(&mut s, "decline", declined(1, at(10)));
    let answer = phone(&mut s, "answer", answer(1, at(10)));
    for letter in [&old_decline, &old_answer, &old_hang_up] {
        s.receive(letter, at(13), Drop("over"));
    }
    s.receive(&decline, at(13), EndOfPlaced(2, 0));
    s.receive(&answer, at(13), SignalOfPlaced);
    s
}

fn end_overtakes_its_answer() -> Scene {
    let mut s = Scene::new(
        "end-of-a-leg-overtakes-its-answer",
        "G4 G5 Z6",
        "Alice answers and hangs up, and the end comes first. Her answer behind it is over: Bob
         would talk to nobody. Her laptop, which answered as well, is told.",
    );
    s.trust("alice");
    s.place(1, &["alice"], at(0));
    let end = s.seal("end", by("alice").at(at(5)), hung_up(1, at(0)));
    let answered = s.seal("answer", by("alice").at(at(3)), answer(1, at(0)));
    let laptops = s.seal(
        "laptop's",
        of("alice", "laptop").at(at(3)),
        answer(1, at(0)),
    );
    s.receive(&end, at(6), EndOfPlaced(2, 0));
    s.receive(&answered, at(6), Drop("over"));
    s.receive(&laptops, at(6), Second(end.device));
    s
}

fn group() -> Scene {
    let mut s = Scene::new(
        "group-call-one-declines-another-answers",
        "G2 G6 N4 Z5 Z8",
        "Bob calls Alice and Carol. Each ends the call for herself, and the end says how many
         legs remain: after Alice has declined, one, so that CallKit's call goes on; after Carol
         has hung up, none.",
    );
    s.trust("alice");
    s.trust("carol");
    s.place(1, &["alice", "carol"], at(0));
    let declined = s.seal("declined", by("alice").at(at(2)), declined(1, at(0)));
    let answer = s.seal("answer", by("carol").at(at(3)), answer(1, at(0)));
    let hung_up = s.seal("hung up", by("carol").at(at(60)), hung_up(1, at(0)));
    let late = s.seal("late", by("carol").at(at(61)), candidates(1));
    s.receive(&declined, at(3), EndOfPlaced(2, 1));
    s.receive(&answer, at(4), SignalOfPlaced);
    s.receive(&hung_up, at(61), EndOfPlaced(2, 0));
    s.receive(&late, at(62), Drop("over"));
    s
}

fn remaining_legs() -> Scene {
    let mut s = Scene::new(
        "legs-that-remain",
        "N4 Z5 Z6 Z7 Z8",
        "Four people are called. One's device fails, one declines, one is busy, which ends nothing,
         one hangs up after an answer, and the one who was busy declines.",
    );
    for name in ["alice", "carol", "dave", "erin"] {
        s.trust(name);
    }
    s.place(1, &["alice", "carol", "dave", "erin"], at(0));
    let failed = s.seal("failed", by("alice").at(at(1)), says(1, EndReason::Failed));
    let declined_it = s.seal("declined", by("carol").at(at(2)), declined(1, at(0)));
    let busy = s.seal("busy", by("dave").at(at(3)), says(1, EndReason::Busy));
    let answer = s.seal("answer", by("erin").at(at(4)), answer(1, at(0)));
    let hung_up = s.seal("hung up", by("erin").at(at(60)), hung_up(1, at(0)));
    let last = s.seal("last", by("dave").at(at(61)), declined(1, at(0)));
    s.receive(&failed, at(2), EndOfPlaced(1, 3));
    s.receive(&declined_it, at(3), EndOfPlaced(2, 2));
    s.receive(&busy, at(4), SignalOfPlaced);
    s.receive(&answer, at(5), SignalOfPlaced);
    s.receive(&hung_up, at(61), EndOfPlaced(2, 1));
    s.receive(&last, at(62), EndOfPlaced(2, 0));
    s
}

fn stranger_in_a_placed_call() -> Scene {
    let mut s = Scene::new(
        "placed-call-and-an-account-that-was-not-called",
        "G2 G10 Z3 Z13",
        "Carol is trusted and was not called. She can neither end Bob's call to Alice nor answer
         it. Her signals may be of a call of hers that is yet to come, and are kept for it.",
    );
    s.trust("alice");
    s.trust("carol");
    s.place(1, &["alice"], at(0));
    let end_of_hers = s.seal("end", by("carol").at(at(1)), cancel(1));
    let named = s.seal("named", by("carol").at(at(1)), says(1, EndReason::Failed));
    let hers = s.seal("hers", by("carol").at(at(1)), answer(1, at(0)));
    let signal = s.seal("signal", by("carol").at(at(2)), candidates(1));
    let real = s.seal("real", by("alice").at(at(2)), answer(1, at(0)));
    s.receive(&end_of_hers, at(2), Drop("unknown"));
    s.receive(&named, at(2), Drop("unknown"));
    s.receive(&hers, at(2), Drop("unknown"));
    s.receive(&signal, at(2), Drop("early"));
    s.receive(&real, at(3), SignalOfPlaced);
    s
}

fn accounts_are_added() -> Scene {
    let mut s = Scene::new(
        "placed-again-adds-accounts",
        "G1 G2 G3 G6 N4 Z5",
        "Bob adds Carol to his call. The other legs stay as they are: Alice is in the call, Dave
         has declined. Each leg has its own time: an answer of Carol's that names the first ring is
         over.",
    );
    for name in ["alice", "carol", "dave"] {
        s.trust(name);
    }
    s.place(1, &["alice", "dave"], at(0));
    let alices = s.seal("alice's", by("alice").at(at(1)), answer(1, at(0)));
    let daves = s.seal("dave's", by("dave").at(at(1)), declined(1, at(0)));
    let signal = s.seal("signal", by("alice").at(at(5)), candidates(1));
    let again = s.seal("again", by("alice").at(at(5)), answer(1, at(0)));
    let dave_again = s.seal("dave again", by("dave").at(at(5)), declined(1, at(0)));
    let older = s.seal("older", by("carol").at(at(5)), answer(1, at(0)));
    let carols = s.seal("carol's", by("carol").at(at(5)), answer(1, at(4)));
    s.receive(&alices, at(2), SignalOfPlaced);
    s.receive(&daves, at(2), EndOfPlaced(2, 1));
    s.place(1, &["carol"], at(4));
    s.receive(&signal, at(6), SignalOfPlaced);
    s.receive(&again, at(6), SignalOfPlaced);
    s.receive(&dave_again, at(6), Drop("over"));
    s.receive(&older, at(6), Drop("over"));
    s.receive(&carols, at(6), SignalOfPlaced);
    s
}

fn rung_again() -> Scene {
    let mut s = Scene::new(
        "placed-again-begins-a-leg-anew",
        "G1 G2 N4 Z4 Z5 Z8",
        "Bob rings Alice again, who had answered, hung up and declined. Her leg begins anew: it is
         open, has not declined, and nothing of the first ring counts.",
    );
    s.trust("alice");
    s.place(1, &["alice"], at(0));
    let first = s.seal("first", by("alice").at(at(1)), answer(1, at(0)));
    let hung_up_first = s.seal("hung up first", by("alice").at(at(2)), hung_up(1, at(0)));
    let late_decline = of("alice", "laptop").at(at(2));
    let late_decline = s.seal("late decline", late_decline, declined(1, at(0)));
    let second = s.seal(
        "second",
        of("alice", "laptop").at(at(12)),
        answer(1, at(10)),
    );
    let decline = s.seal("decline", by("alice").at(at(11)), declined(1, at(10)));
    let hung_up_second = of("alice", "laptop").at(at(60));
    let hung_up_second = s.seal("hung up second", hung_up_second, hung_up(1, at(10)));
    s.receive(&first, at(2), SignalOfPlaced);
    s.place(1, &["alice"], at(10));
    s.receive(&hung_up_first, at(11), Drop("over"));
    s.receive(&late_decline, at(11), Drop("over"));
    s.receive(&decline, at(12), EndOfPlaced(2, 0));
    s.receive(&second, at(13), SignalOfPlaced);
    s.receive(&hung_up_second, at(61), EndOfPlaced(2, 0));
    s
}

fn one_account_twice() -> Scene {
    let mut s = Scene::new(
        "placed-call-that-names-an-account-twice",
        "G2 N4 Z5",
        "An account that is named twice is one: it has one leg, and none remains when it declines.",
    );
    s.trust("alice");
    s.place(1, &["alice", "alice"], at(0));
    let declined = s.seal("declined", by("alice"), declined(1, at(0)));
    let late = s.seal("late", by("alice"), answer(1, at(0)));
    s.receive(&declined, at(1), EndOfPlaced(2, 0));
    s.receive(&late, at(1), SignalOfPlaced);
    s
}

fn between_own_devices() -> Scene {
    let mut s = Scene::new(
        "call-between-own-devices",
        "G2 G6 N14 Z4 Z8",
        "A call to the own account. The desktop answers, and seals to all devices of the account
         that it answered elsewhere, also to this one, which placed the call. That does not end the
         leg. What this device has sealed to itself is dropped.",
    );
    s.trust(OWN);
    s.place(1, &[OWN], at(0));
    let to_itself = s.seal("to itself", by(OWN), invite(1));
    let answered = s.seal("answer", desktop().at(at(1)), answer(1, at(0)));
    let elsewhere = desktop().at(at(2));
    let elsewhere = s.seal("elsewhere", elsewhere, answered_elsewhere(OWN, 1, at(0)));
    let signal = s.seal("signal", desktop().at(at(3)), candidates(1));
    let end = s.seal("end", desktop().at(at(60)), hung_up(1, at(0)));
    s.receive(&to_itself, at(1), Drop("own"));
    s.receive(&answered, at(2), SignalOfPlaced);
    s.receive(&elsewhere, at(3), Drop("over"));
    s.receive(&signal, at(4), SignalOfPlaced);
    s.receive(&end, at(60), EndOfPlaced(2, 0));
    s
}

fn between_own_devices_without_trust() -> Scene {
    let mut s = Scene::new(
        "call-between-own-devices-without-trust",
        "N10 N11 Z4",
        "The same where the own account is not trusted: the answer is untrusted and held. An end
         elsewhere is heard, and does not end the leg.",
    );
    s.place(1, &[OWN], at(0));
    let answered = s.seal("answer", desktop().at(at(1)), answer(1, at(0)));
    let elsewhere = desktop().at(at(2));
    let elsewhere = s.seal("elsewhere", elsewhere, answered_elsewhere(OWN, 1, at(0)));
    s.receive(&answered, at(2), RefusedOwn);
    s.receive(&elsewhere, at(3), Drop("over"));
    s.trust_at(OWN, at(4), &[(&answered, SignalOfPlaced)]);
    s
}

fn not_placed() -> Scene {
    let mut s = Scene::new(
        "answer-to-a-call-that-was-not-placed",
        "Z3 Z13",
        "An answer to nothing, and the end of nothing: both are unknown. An answer is not kept: it
         does not count when the call is placed afterwards.",
    );
    s.trust("alice");
    let answer = s.seal("answer", by("alice").at(at(2)), answer(1, at(2)));
    let named = s.seal("named", by("alice"), says(1, EndReason::Declined));
    let plain = s.seal("plain", by("alice"), cancel(1));
    let tablets = s.seal("tablet's", of("alice", "tablet").at(at(3)), answer_at(2));
    s.receive(&answer, at(1), Drop("unknown"));
    s.receive(&named, at(1), Drop("unknown"));
    s.receive(&plain, at(1), Drop("unknown"));
    s.place(1, &["alice"], at(2));
    s.pending(at(2), &[]);
    s.receive(&answer, at(3), Duplicate);
    s.note("Were the first one kept, this would be a second.");
    s.receive(&tablets, at(3), SignalOfPlaced);
    s
}

/// An answer in call 1 to the ring of this second.
fn answer_at(second: u64) -> hushring::Content {
    answer(1, at(second))
}

fn ends_by_another_caller() -> Scene {
    let mut s = Scene::new(
        "end-of-another-callers-call-with-a-placed-call-id",
        "Z3 Z5",
        "Bob has placed a call whose callId Alice uses for one of hers. An end without a caller is
         about her call, not about Bob's, which goes on. One that names Bob is about his.",
    );
    s.trust("alice");
    s.place(1, &["alice"], at(0));
    let hers = s.seal("hers", by("alice"), cancel(1));
    let his = s.seal("his", by("alice").at(at(1)), declined(1, at(0)));
    s.receive(&hers, at(1), Drop("unknown"));
    s.receive(&his, at(2), EndOfPlaced(2, 0));
    s
}

fn bounded() -> Scene {
    let mut s = Scene::new(
        "placed-calls-are-bounded",
        "G2 N4 Z13",
        "64 placed calls are remembered. With the 65th the one placed first is forgotten. Placing
         one again does not make it the newest.",
    );
    s.trust("alice");
    for call in 1..=64 {
        s.place(call, &["alice"], at(u64::from(call)));
    }
    s.place(1, &["alice"], at(70));
    s.place(65, &["alice"], at(71));
    let answer = |s: &mut Scene, name, call, ring| {
        let content = crate::said::answer(call, at(ring));
        s.seal(name, by("alice").at(at(72)), content)
    };
    let first = answer(&mut s, "first", 1, 70);
    let second = answer(&mut s, "second", 2, 2);
    let last = answer(&mut s, "last", 65, 71);
    s.receive(&first, at(73), Drop("unknown"));
    s.receive(&second, at(73), SignalOfPlaced);
    s.receive(&last, at(73), SignalOfPlaced);
    s
}

fn too_many_accounts() -> Scene {
    let mut s = Scene::new(
        "placed-call-with-too-many-accounts",
        "G1 G2 N4 N9 Z13",
        "256 accounts may be called in one call. With one more nothing is registered, be it at once
         or added later; to ring one of them again is not one more. One that is named twice counts
         once.",
    );
    let names: Vec<String> = (1..=257).map(|n| format!("guest {n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    s.trust("guest 1");
    let first = s.seal("first", by("guest 1"), answer(1, at(0)));
    let second = s.seal("second", by("guest 1"), answer(2, at(0)));
    let third = s.seal("third", by("guest 1").at(at(4)), answer(2, at(3)));
    let old = s.seal("old", by("guest 1").at(at(4)), answer(2, at(0)));
    s.refuse_place(1, &names, at(0), "inbox_full");
    s.receive(&first, at(1), Drop("unknown"));
    let twice: Vec<&str> = names[..256].iter().copied().chain(["guest 1"]).collect();
    s.place(2, &twice, at(0));
    s.receive(&second, at(1), SignalOfPlaced);
    s.refuse_place(2, &["guest 1", "guest 257"], at(2), "inbox_full");
    s.place(2, &["guest 1"], at(3));
    s.receive(&old, at(5), Drop("over"));
    s.receive(&third, at(5), SignalOfPlaced);
    s
}

fn forgotten_after_thirty_days() -> Scene {
    let mut s = Scene::new(
        "pruning-forgets-old-calls",
        "G2 N5 Z3 Z13",
        "Calls recorded, and placed calls registered, more than 30 days ago are forgotten by
         pruning; what is exactly 30 days old stays.",
    );
    s.trust("alice");
    s.place(1, &["alice"], at(0));
    s.note("Again: that does not make it newer.");
    s.place(1, &["alice"], at(DAYS));
    let then = at(30 * DAYS);
    let end = s.seal("end", by("alice").at(at(0)), cancel(2));
    let kept = s.seal("kept", by("alice").at(then), answer(1, at(DAYS)));
    let forgotten = s.seal("forgotten", by("alice").at(then + 1), answer(1, at(DAYS)));
    let recorded = s.seal("recorded", by("alice").at(then), cancel(2));
    let again = s.seal("again", by("alice").at(then), cancel(2));
    s.receive(&end, at(0), Drop("unknown"));
    s.prune(then, &[]);
    s.receive(&kept, then, SignalOfPlaced);
    s.receive(&recorded, then, Drop("over"));
    s.prune(then + 1, &[]);
    s.receive(&forgotten, then + 1, Drop("unknown"));
    s.note("Its end is forgotten as well.");
    s.receive(&again, then + 1, Drop("unknown"));
    s
}
