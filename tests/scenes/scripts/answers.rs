//! G1 to G7: answers to calls of this device, and which device was taken.

use hushring::content::EndReason;

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        first_answer_is_taken(),
        second_answer_after_the_hang_up(),
        second_answer_after_it_was_left(),
        second_answer_of_an_older_ring(),
        told_once_for_each_placing(),
        answers_of_two_accounts(),
        signals_before_the_answer(),
        signals_of_another_device(),
        answer_of_one_who_was_not_called(),
        answer_in_a_call_that_rings(),
        second_that_waits(),
        second_of_a_forgotten_call(),
    ]
}

fn answer_of(s: &mut Scene, name: &str, device: &str, ring: u64) -> Letter {
    s.seal(
        name,
        of("alice", device).at(at(ring + 2)),
        answer(1, at(ring)),
    )
}

fn first_answer_is_taken() -> Scene {
    let mut s = Scene::new(
        "first-answer-is-taken",
        "G2 G3 G4 G5",
        "Alice's phone and laptop answer in the same second. Bob's call has the device whose answer
         comes first. The second one is told so, once. The first may answer again, as it does when
         it is in doubt after a crash.",
    );
    s.trust("alice");
    s.place(1, &["alice"], at(0));
    let phones = answer_of(&mut s, "phone's", "phone", 0);
    let laptops = answer_of(&mut s, "laptop's", "laptop", 0);
    let tablets = answer_of(&mut s, "tablet's", "tablet", 0);
    let again = answer_of(&mut s, "phone's again", "phone", 0);
    s.receive(&phones, at(3), SignalOfPlaced);
    s.receive(&laptops, at(3), Second(phones.device));
    s.receive(&tablets, at(4), Drop("over"));
    s.receive(&again, at(5), SignalOfPlaced);
    s.pending(
        at(5),
        &[
            (&phones, SignalOfPlaced),
            (&laptops, Second(phones.device)),
            (&again, SignalOfPlaced),
        ],
    );
    s
}

fn second_answer_after_the_hang_up() -> Scene {
    let mut s = Scene::new(
        "second-answer-after-the-hang-up",
        "G4 Z8",
        "Alice's phone was in the call and has hung up. Her laptop's answer comes only now: it is
         told that the phone was taken, and does not wait for media for ever.",
    );
    s.trust("alice");
    s.place(1, &["alice"], at(0));
    let phones = answer_of(&mut s, "phone's", "phone", 0);
    let end = s.seal("end", by("alice").at(at(9)), hung_up(1, at(0)));
    let laptops = answer_of(&mut s, "laptop's", "laptop", 0);
    s.receive(&phones, at(3), SignalOfPlaced);
    s.receive(&end, at(10), EndOfPlaced(2, 0));
    s.receive(&laptops, at(11), Second(phones.device));
    s
}

fn second_answer_after_it_was_left() -> Scene {
    let mut s = Scene::new(
        "answers-after-the-caller-has-left",
        "G5 G7 Z9",
        "Bob has ended his call, and told everybody. Answers that come later are over, whether a
         device was taken before or not: nothing more is sent.",
    );
    s.trust("alice");
    s.trust("carol");
    s.place(1, &["alice", "carol"], at(0));
    let phones = answer_of(&mut s, "phone's", "phone", 0);
    let laptops = answer_of(&mut s, "laptop's", "laptop", 0);
    let again = answer_of(&mut s, "phone's again", "phone", 0);
    let carols = s.seal("carol's", by("carol").at(at(2)), answer(1, at(0)));
    let signal = s.seal("signal", by("alice").at(at(2)), candidates(1));
    let end = s.seal("end", by("carol").at(at(2)), declined(1, at(0)));
    s.receive(&phones, at(3), SignalOfPlaced);
    s.left(OWN, 1);
    for letter in [&laptops, &again, &carols, &signal, &end] {
        s.receive(letter, at(5), Drop("over"));
    }
    s
}

fn second_answer_of_an_older_ring() -> Scene {
    let mut s = Scene::new(
        "second-answer-of-an-older-ring",
        "G1 G2",
        "Bob has rung again. An answer to the first ring is over, whichever device it is from: it
         neither takes the leg nor makes anybody say who was taken.",
    );
    s.trust("alice");
    s.place(1, &["alice"], at(0));
    s.place(1, &["alice"], at(10));
    let old_phones = answer_of(&mut s, "old phone's", "phone", 0);
    let laptops = answer_of(&mut s, "laptop's", "laptop", 10);
    let old_tablets = answer_of(&mut s, "old tablet's", "tablet", 0);
    s.receive(&old_phones, at(11), Drop("over"));
    s.receive(&laptops, at(12), SignalOfPlaced);
    s.receive(&old_tablets, at(12), Drop("over"));
    s
}

fn told_once_for_each_placing() -> Scene {
    let mut s = Scene::new(
        "told-once-for-each-placing",
        "G2 G4 G5 N4",
        "A second answer is told who was taken at most once for each placing. When Bob rings again,
         the first answer takes the leg anew, be it that of another device.",
    );
    s.trust("alice");
    s.place(1, &["alice"], at(0));
    let phones = answer_of(&mut s, "phone's", "phone", 0);
    let laptops = answer_of(&mut s, "laptop's", "laptop", 0);
    let tablets = answer_of(&mut s, "tablet's", "tablet", 0);
    let laptops_anew = answer_of(&mut s, "laptop's anew", "laptop", 10);
    let phones_anew = answer_of(&mut s, "phone's anew", "phone", 10);
    let tablets_anew = answer_of(&mut s, "tablet's anew", "tablet", 10);
    s.receive(&phones, at(3), SignalOfPlaced);
    s.receive(&laptops, at(3), Second(phones.device));
    s.receive(&tablets, at(3), Drop("over"));
    s.place(1, &["alice"], at(10));
    s.receive(&laptops_anew, at(13), SignalOfPlaced);
    s.receive(&phones_anew, at(13), Second(laptops.device));
    s.receive(&tablets_anew, at(13), Drop("over"));
    s
}

fn answers_of_two_accounts() -> Scene {
    let mut s = Scene::new(
        "answers-of-two-accounts",
        "G2 G4 G6",
        "Each account that was called has a leg of its own: Carol's answer is not a second one
         beside Alice's.",
    );
    s.trust("alice");
    s.trust("carol");
    s.place(1, &["alice", "carol"], at(0));
    let alices = answer_of(&mut s, "alice's", "phone", 0);
    let carols = s.seal("carol's", by("carol").at(at(2)), answer(1, at(0)));
    let laptops = answer_of(&mut s, "laptop's", "laptop", 0);
    let signal = s.seal("signal", by("carol").at(at(2)), candidates(1));
    s.receive(&alices, at(3), SignalOfPlaced);
    s.receive(&carols, at(3), SignalOfPlaced);
    s.receive(&laptops, at(3), Second(alices.device));
    s.receive(&signal, at(3), SignalOfPlaced);
    s
}

fn signals_before_the_answer() -> Scene {
    let mut s = Scene::new(
        "signals-before-the-answer",
        "G6 G7",
        "While nobody has answered, signals of every device of the account are given: candidates
         may overtake the answer. Once a device is taken, those of the others are over.",
    );
    s.trust("alice");
    s.place(1, &["alice"], at(0));
    let phones = s.seal("phone's", by("alice").at(at(1)), candidates(1));
    let laptops = s.seal("laptop's", of("alice", "laptop").at(at(1)), candidates(1));
    let answer = answer_of(&mut s, "answer", "phone", 0);
    let late = s.seal("late", of("alice", "laptop").at(at(1)), negotiate(1));
    let own_type = of("alice", "laptop").at(at(1));
    let own_type = s.seal("own type", own_type, unknown("call.hold", Some(1)));
    let more = s.seal("more", by("alice").at(at(4)), unknown("call.hold", Some(1)));
    s.receive(&phones, at(2), SignalOfPlaced);
    s.receive(&laptops, at(2), SignalOfPlaced);
    s.receive(&answer, at(3), SignalOfPlaced);
    s.receive(&late, at(3), Drop("over"));
    s.receive(&own_type, at(3), Drop("over"));
    s.receive(&more, at(4), SignalOfPlaced);
    s
}

fn signals_of_another_device() -> Scene {
    let mut s = Scene::new(
        "signals-from-another-device",
        "G2 G8",
        "A caller is an account: any of its devices may send a signal of a call that rings or was
         answered here. Who is called is a device, once one is taken.",
    );
    s.trust("alice");
    s.place(2, &["alice"], at(0));
    let invite = s.seal("invite", by("alice").at(at(1)), invite(1));
    let signal = s.seal("signal", of("alice", "tablet").at(at(1)), candidates(1));
    let answer = s.seal("answer", of("alice", "tablet").at(at(1)), answer(2, at(0)));
    s.receive(&invite, at(1), Crossed(2));
    s.receive(&signal, at(1), Signal);
    s.receive(&answer, at(1), SignalOfPlaced);
    s
}

fn answer_of_one_who_was_not_called() -> Scene {
    let mut s = Scene::new(
        "answer-of-one-who-was-not-called",
        "G2 Z13",
        "Carol is in the call, because the app has joined her to it; but she was not called by Bob.
         An answer is for callers, so hers is unknown.",
    );
    s.trust("alice");
    s.trust("carol");
    s.place(1, &["alice"], at(0));
    s.joined(OWN, 1, &["carol"], at(1), &[]);
    let carols = s.seal("carol's", by("carol").at(at(2)), answer(1, at(0)));
    let alices = answer_of(&mut s, "alice's", "phone", 0);
    s.receive(&carols, at(3), Drop("unknown"));
    s.receive(&alices, at(3), SignalOfPlaced);
    s
}

fn answer_in_a_call_that_rings() -> Scene {
    let mut s = Scene::new(
        "answer-in-a-call-that-rings",
        "Z13",
        "Alice calls Bob, and sends him an answer in her own call. Nobody here has called her: it
         is unknown, while the call rings and after it was answered.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let first = s.seal("first", by("alice").at(at(1)), answer(1, at(0)));
    let second = s.seal("second", by("alice").at(at(1)), answer(1, at(0)));
    s.receive(&invite, at(1), Ring);
    s.receive(&first, at(2), Drop("unknown"));
    s.answered("alice", 1, at(0));
    s.receive(&second, at(3), Drop("unknown"));
    s
}

fn second_that_waits() -> Scene {
    let mut s = Scene::new(
        "second-answer-that-waits",
        "G4 N26 N28",
        "A second answer waits in the journal until the app has told the devices. If Bob rings
         again, or leaves the call, it is over: to say of an older ring who was taken would end the
         new one.",
    );
    s.trust("alice");
    s.trust("carol");
    s.place(1, &["alice", "carol"], at(0));
    let phones = answer_of(&mut s, "phone's", "phone", 0);
    let laptops = answer_of(&mut s, "laptop's", "laptop", 0);
    let carols = s.seal("carol's", by("carol").at(at(2)), answer(1, at(0)));
    let carols_second = s.seal("carol's second", of("carol", "laptop").at(at(2)), says());
    s.receive(&phones, at(3), SignalOfPlaced);
    s.receive(&laptops, at(3), Second(phones.device));
    s.receive(&carols, at(3), SignalOfPlaced);
    s.receive(&carols_second, at(3), Second(carols.device));
    s.save("disk");
    s.load("disk");
    s.pending(
        at(4),
        &[
            (&phones, SignalOfPlaced),
            (&laptops, Second(phones.device)),
            (&carols, SignalOfPlaced),
            (&carols_second, Second(carols.device)),
        ],
    );
    s.place(1, &["alice"], at(10));
    s.note("Carol's leg did not begin anew.");
    s.pending(
        at(11),
        &[
            (&phones, SignalOfPlaced),
            (&laptops, Drop("over")),
            (&carols, SignalOfPlaced),
            (&carols_second, Second(carols.device)),
        ],
    );
    s.left_accounts(1, &["carol"]);
    s.pending(
        at(12),
        &[
            (&phones, SignalOfPlaced),
            (&laptops, Drop("over")),
            (&carols, SignalOfPlaced),
            (&carols_second, Drop("over")),
        ],
    );
    s.acknowledge(&laptops, true);
    s.acknowledge(&carols_second, true);
    let busy = s.seal(
        "busy",
        by("alice").at(at(12)),
        end_of(OWN, 1, at(10), EndReason::Busy),
    );
    s.receive(&busy, at(13), SignalOfPlaced);
    s
}

fn second_of_a_forgotten_call() -> Scene {
    let mut s = Scene::new(
        "second-answer-of-a-forgotten-call",
        "G4 N5 N28",
        "A second answer waits in the journal, and its call is pushed out by 64 newer ones, or
         pruned. Nobody is told any more who was taken: it is over.",
    );
    s.trust("alice");
    let mut letters = Vec::new();
    for call in [1, 2] {
        s.place(call, &["alice"], at(0));
        let answers = ["phone", "laptop"].map(|device| {
            let name = format!("{device}'s {call}");
            let writer = of("alice", device).at(at(2));
            s.seal(&name, writer, answer(call, at(0)))
        });
        s.receive(&answers[0], at(3), SignalOfPlaced);
        s.receive(&answers[1], at(3), Second(answers[0].device));
        letters.extend(answers);
    }
    let listed = |s: &mut Scene, now, first, second| {
        let [phones, laptops, phones_2, laptops_2] = &letters[..] else {
            unreachable!()
        };
        let events = [
            (phones, SignalOfPlaced),
            (laptops, first),
            (phones_2, SignalOfPlaced),
            (laptops_2, second),
        ];
        s.pending(now, &events);
    };
    let (taken, taken_2) = (letters[0].device, letters[2].device);
    listed(&mut s, at(4), Second(taken), Second(taken_2));
    for call in 160..223 {
        s.place(call, &["alice"], at(4));
    }
    listed(&mut s, at(5), Drop("over"), Second(taken_2));
    s.prune(at(0) + 30 * DAYS * 1000 + 1, &[]);
    listed(&mut s, at(6), Drop("over"), Drop("over"));
    s
}

fn says() -> hushring::Content {
    answer(1, at(0))
}
