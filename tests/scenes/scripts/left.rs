//! What the app leaves after a device, or the caller, has ended it (spec/inbox.md, section 8.2).

use hushring::content::EndReason;

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![leaving_calls_that_have_ended(), leg_that_was_closed_early()]
}

fn leaving_calls_that_have_ended() -> Scene {
    let mut s = Scene::new(
        "leaving-calls-that-have-ended",
        "A6 N4 N28 Z2 Z11",
        "The first call was cancelled, the second one answered on the desktop, and the third is
         forgotten. Then the app leaves all three. It has left none of them while it rang: what its
         user has missed stays missed. A newer ring rings.",
    );
    s.trust("alice");
    s.trust("carol");
    let cancelled = s.seal("cancelled", by("alice"), invite(1));
    let elsewhere = s.seal("elsewhere", by("alice"), invite(2));
    let forgotten = s.seal("forgotten", by("carol"), invite(3));
    let cancel = s.seal("cancel", by("alice").at(at(2)), cancel(1));
    let word = answered_elsewhere("alice", 2, at(0));
    let word = s.seal("word", desktop().at(at(2)), word);
    for letter in [&cancelled, &elsewhere, &forgotten] {
        s.receive(letter, at(1), Ring);
    }
    s.receive(&cancel, at(3), End(2));
    s.receive(&word, at(3), End(4));
    s.untrust("carol");
    s.trust("carol");
    s.left("alice", 1);
    s.left("alice", 2);
    s.left("carol", 3);
    s.pending(
        at(4),
        &[
            (&cancelled, Missed("ended")),
            (&elsewhere, Drop("answeredElsewhere")),
            (&forgotten, Missed("ended")),
            (&cancel, End(2)),
            (&word, End(4)),
        ],
    );
    for call in [1, 2] {
        let name = format!("{call} again");
        let again = s.seal(&name, by("alice").at(at(5)), invite(call));
        s.receive(&again, at(6), Ring);
    }
    s
}

fn leg_that_was_closed_early() -> Scene {
    let mut s = Scene::new(
        "leaving-a-leg-whose-end-overtook-its-answer",
        "G4 G5 N4 N28 Z6",
        "The end of Alice's phone overtakes its answer and closes the leg, by this device. Bob
         leaves the call. The answer comes in vain; her laptop, which has answered as well, is told
         that the phone was taken. Only after Bob has rung her again is there nobody to tell.",
    );
    s.trust("alice");
    s.place(1, &["alice"], at(0));
    let failed = end_of(OWN, 1, at(0), EndReason::Failed);
    let failed = s.seal("failed", by("alice").at(at(9)), failed);
    let phones = s.seal("phone's", by("alice").at(at(2)), answer(1, at(0)));
    let laptops = of("alice", "laptop").at(at(2));
    let laptops = s.seal("laptop's", laptops, answer(1, at(0)));
    s.receive(&failed, at(10), EndOfPlaced(1, 0));
    s.left(OWN, 1);
    s.left_accounts(1, &["alice"]);
    s.receive(&phones, at(11), Drop("over"));
    s.receive(&laptops, at(11), Second(phones.device));
    s.left(OWN, 1);
    let told = Second(phones.device);
    s.pending(at(12), &[(&failed, EndOfPlaced(1, 0)), (&laptops, told)]);
    s.place(1, &["alice"], at(20));
    let told = Drop("over");
    s.pending(at(21), &[(&failed, EndOfPlaced(1, 0)), (&laptops, told)]);
    s
}
