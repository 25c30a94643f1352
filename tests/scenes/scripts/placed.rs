//! Calls that this device places.

use hushring::content::EndReason;

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        answered(),
        declined(),
        busy_by_name(),
        group(),
        stranger_in_a_placed_call(),
        placed_again(),
        placed_with_one_account_twice(),
        squatting(),
        tie(),
        not_placed(),
        placed_ends_by_another_caller(),
        bounded(),
        too_many_accounts(),
        forgotten_after_thirty_days(),
    ]
}

fn answered() -> Scene {
    let mut s = Scene::new(
        "placed-call-is-answered",
        "G1 N4",
        "Bob calls Alice. Her answer and her candidates are signals of Bob's call: they carry the
         CallKit UUID of his call, not of one of hers.",
    );
    s.trust("alice");
    s.place_call(call_id(1), &["alice"], at(0));
    let answer = s.seal("answer", by("alice").at(at(3)), answer(1));
    let more = s.seal("more", by("alice").at(at(3)), candidates(1));
    let renegotiation = s.seal("renegotiation", by("alice").at(at(60)), negotiate(1));
    let end = s.seal(
        "end",
        by("alice").at(at(90)),
        end(1, EndReason::RemoteEnded),
    );
    s.receive(&answer, at(4), SignalOfPlaced);
    s.receive(&more, at(4), SignalOfPlaced);
    s.receive(&renegotiation, at(61), SignalOfPlaced);
    s.receive(&end, at(91), EndOfPlaced(2));
    s.pending(
        at(91),
        &[
            (&answer, SignalOfPlaced),
            (&more, SignalOfPlaced),
            (&renegotiation, SignalOfPlaced),
            (&end, EndOfPlaced(2)),
        ],
    );
    s
}

fn declined() -> Scene {
    let mut s = Scene::new(
        "placed-call-is-declined",
        "G2 N4 Z2 Z3",
        "Alice declines Bob's call. After that nothing of hers about this call counts.",
    );
    s.trust("alice");
    s.place_call(call_id(1), &["alice"], at(0));
    let declined = s.seal(
        "declined",
        by("alice").at(at(3)),
        end(1, EndReason::Declined),
    );
    let again = s.seal("again", by("alice").at(at(4)), end(1, EndReason::Failed));
    let answer = s.seal("answer", by("alice").at(at(5)), answer(1));
    s.receive(&declined, at(4), EndOfPlaced(2));
    s.receive(&again, at(5), Drop("over"));
    s.receive(&answer, at(6), Drop("over"));
    s
}

fn busy_by_name() -> Scene {
    let mut s = Scene::new(
        "placed-call-is-ended-by-name",
        "Z2 Z3",
        "The end may name the caller, here Bob: that is the same call as without a name.",
    );
    s.trust("alice");
    s.place_call(call_id(1), &["alice"], at(0));
    let busy = s.seal(
        "busy",
        by("alice").at(at(3)),
        end_of(OWN, 1, EndReason::Busy),
    );
    let again = s.seal(
        "again",
        by("alice").at(at(4)),
        end_of(OWN, 1, EndReason::Busy),
    );
    s.receive(&busy, at(4), EndOfPlaced(2));
    s.receive(&again, at(5), Drop("over"));
    s
}

fn group() -> Scene {
    let mut s = Scene::new(
        "group-call-one-declines-another-answers",
        "G1 G2 N4 Z2 Z3",
        "Bob calls Alice and Carol. Each ends the call for herself: after Alice has declined, Carol
         may still answer, and end it for her part.",
    );
    s.trust("alice");
    s.trust("carol");
    s.place_call(call_id(1), &["alice", "carol"], at(0));
    let declined = s.seal(
        "declined",
        by("alice").at(at(2)),
        end(1, EndReason::Declined),
    );
    let answer = s.seal("answer", by("carol").at(at(3)), answer(1));
    let stray = s.seal("stray", by("alice").at(at(4)), candidates(1));
    let hung_up = s.seal(
        "hung up",
        by("carol").at(at(60)),
        end(1, EndReason::RemoteEnded),
    );
    let late = s.seal("late", by("carol").at(at(61)), candidates(1));
    s.receive(&declined, at(3), EndOfPlaced(2));
    s.receive(&answer, at(4), SignalOfPlaced);
    s.receive(&stray, at(5), Drop("over"));
    s.receive(&hung_up, at(61), EndOfPlaced(2));
    s.receive(&late, at(62), Drop("over"));
    s
}

fn stranger_in_a_placed_call() -> Scene {
    let mut s = Scene::new(
        "placed-call-and-an-account-that-was-not-called",
        "G1 G3 Z4",
        "Carol is trusted and was not called. She can neither end Bob's call to Alice nor answer it.",
    );
    s.trust("alice");
    s.trust("carol");
    s.place_call(call_id(1), &["alice"], at(0));
    let end_of_hers = s.seal("end", by("carol").at(at(1)), end(1, EndReason::Declined));
    let named = s.seal(
        "named",
        by("carol").at(at(1)),
        end_of(OWN, 1, EndReason::Failed),
    );
    let hers = s.seal("hers", by("carol").at(at(1)), answer(1));
    let real = s.seal("real", by("alice").at(at(2)), answer(1));
    s.receive(&end_of_hers, at(2), Drop("unknown"));
    s.receive(&named, at(2), Drop("unknown"));
    s.receive(&hers, at(2), Drop("unknown"));
    s.receive(&real, at(3), SignalOfPlaced);
    s
}

fn placed_again() -> Scene {
    let mut s = Scene::new(
        "placed-again-replaces-the-accounts",
        "G1 G2 G3 N4 Z2 Z3 Z4",
        "Bob adds Carol to his call, and leaves Dave out. Alice, who had declined, has still declined.",
    );
    for name in ["alice", "carol", "dave"] {
        s.trust(name);
    }
    s.place_call(call_id(1), &["alice", "dave"], at(0));
    let declined = s.seal(
        "declined",
        by("alice").at(at(1)),
        end(1, EndReason::Declined),
    );
    let alices = s.seal("alices", by("alice").at(at(5)), candidates(1));
    let again = s.seal("again", by("alice").at(at(5)), end(1, EndReason::Failed));
    let carols = s.seal("carols", by("carol").at(at(5)), answer(1));
    let daves = s.seal("daves", by("dave").at(at(5)), answer(1));
    s.receive(&declined, at(2), EndOfPlaced(2));
    s.place_call(call_id(1), &["alice", "carol"], at(4));
    s.receive(&alices, at(6), Drop("over"));
    s.receive(&again, at(6), Drop("over"));
    s.receive(&carols, at(6), SignalOfPlaced);
    s.receive(&daves, at(6), Drop("unknown"));
    s
}

fn placed_with_one_account_twice() -> Scene {
    let mut s = Scene::new(
        "placed-call-that-names-an-account-twice",
        "G1 G2 N4 Z2 Z3",
        "An account that is named twice is one, and ends the call once. One that was left out, and is
         named again later, begins anew: only who is named both times has still ended it.",
    );
    s.trust("alice");
    s.place_call(call_id(1), &["alice", "alice"], at(0));
    let declined = s.seal("declined", by("alice"), end(1, EndReason::Declined));
    let late = s.seal("late", by("alice"), answer(1));
    let again = s.seal("again", by("alice"), answer(1));
    s.receive(&declined, at(1), EndOfPlaced(2));
    s.receive(&late, at(1), Drop("over"));
    s.place_call(call_id(1), &[], at(2));
    s.place_call(call_id(1), &["alice"], at(3));
    s.receive(&again, at(4), SignalOfPlaced);
    s
}

fn squatting() -> Scene {
    let mut s = Scene::new(
        "squatting-on-a-placed-call-id",
        "A1 E37 N9",
        "Whoever was called knows the callId, and could invite with it, so that two calls had one id.
         Such an invitation is refused, and nothing of it is remembered: it is refused again.",
    );
    s.trust("alice");
    s.place_call(call_id(1), &["alice"], at(0));
    let squatter = s.seal("squatter", by("alice"), invite(1));
    let answer = s.seal("answer", by("alice"), answer(1));
    s.receive(&squatter, at(1), Refused("call_id_taken"));
    s.receive(&squatter, at(2), Refused("call_id_taken"));
    s.pending(at(2), &[]);
    s.receive(&answer, at(3), SignalOfPlaced);
    s
}

fn tie() -> Scene {
    let mut s = Scene::new(
        "both-call-each-other-at-once",
        "A8 G1 G4 Z2 Z6",
        "Bob calls Alice while she calls him. Those are two calls with two callIds; the app ends one
         of them. Each signal finds its own.",
    );
    s.trust("alice");
    s.place_call(call_id(1), &["alice"], at(0));
    let hers = s.seal("hers", by("alice"), invite(2));
    let her_candidates = s.seal("her candidates", by("alice"), candidates(2));
    let answer = s.seal("answer", by("alice").at(at(2)), answer(1));
    let withdrawn = s.seal("withdrawn", by("alice").at(at(2)), cancel(2));
    let hung_up = s.seal(
        "hung up",
        by("alice").at(at(60)),
        end(1, EndReason::RemoteEnded),
    );
    s.receive(&hers, at(1), Ring);
    s.receive(&her_candidates, at(1), Signal);
    s.receive(&answer, at(3), SignalOfPlaced);
    s.receive(&withdrawn, at(3), End(2));
    s.receive(&hung_up, at(61), EndOfPlaced(2));
    s
}

fn not_placed() -> Scene {
    let mut s = Scene::new(
        "answer-to-a-call-that-was-not-placed",
        "G6 Z5 Z12",
        "An answer to nothing, and the end of nothing: both are unknown. An end in Bob's name is not
         Alice's to send, and leaves no trace.",
    );
    s.trust("alice");
    let answer = s.seal("answer", by("alice"), answer(1));
    let named = s.seal("named", by("alice"), end_of(OWN, 1, EndReason::Declined));
    let plain = s.seal("plain", by("alice"), end(1, EndReason::Declined));
    s.receive(&answer, at(1), Drop("unknown"));
    s.receive(&named, at(1), Drop("unknown"));
    s.receive(&plain, at(1), Drop("unknown"));
    s
}

fn placed_ends_by_another_caller() -> Scene {
    let mut s = Scene::new(
        "end-of-another-callers-call-with-a-placed-call-id",
        "Z2 Z12",
        "Bob has placed a call whose callId Alice uses for one of hers. An end that names Alice as the
         caller is about her call, not about Bob's, which goes on.",
    );
    s.trust("alice");
    s.place_call(call_id(1), &["alice"], at(0));
    let hers = s.seal(
        "hers",
        by("alice"),
        end_of("alice", 1, EndReason::Cancelled),
    );
    let his = s.seal("his", by("alice").at(at(1)), end(1, EndReason::Declined));
    s.receive(&hers, at(1), Drop("unknown"));
    s.receive(&his, at(2), EndOfPlaced(2));
    s
}

fn bounded() -> Scene {
    let mut s = Scene::new(
        "placed-calls-are-bounded",
        "G1 G6 N4",
        "64 placed calls are remembered. With the 65th the one placed first is forgotten. Placing one
         again does not make it the newest.",
    );
    s.trust("alice");
    for call in 1..=64 {
        s.place_call(call_id(call), &["alice"], at(u64::from(call)));
    }
    s.place_call(call_id(1), &["alice"], at(70));
    s.place_call(call_id(65), &["alice"], at(71));
    let first = s.seal("first", by("alice").at(at(72)), answer(1));
    let second = s.seal("second", by("alice").at(at(72)), answer(2));
    let last = s.seal("last", by("alice").at(at(72)), answer(65));
    s.receive(&first, at(73), Drop("unknown"));
    s.receive(&second, at(73), SignalOfPlaced);
    s.receive(&last, at(73), SignalOfPlaced);
    s
}

fn too_many_accounts() -> Scene {
    let mut s = Scene::new(
        "placed-call-with-too-many-accounts",
        "G1 G6 N4 N9",
        "256 accounts may be called at once. With one more nothing is registered.",
    );
    let names: Vec<String> = (1..=257).map(|n| format!("guest {n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    s.trust("guest 1");
    let first = s.seal("first", by("guest 1"), answer(1));
    let second = s.seal("second", by("guest 1"), answer(2));
    s.refuse_placed(call_id(1), &names, "inbox_full");
    s.receive(&first, at(1), Drop("unknown"));
    s.place_call(call_id(2), &names[..256], at(0));
    s.receive(&second, at(1), SignalOfPlaced);
    s
}

fn forgotten_after_thirty_days() -> Scene {
    let mut s = Scene::new(
        "pruning-forgets-old-calls",
        "A8 G1 G6 N5",
        "Calls recorded, and placed calls registered, more than 30 days ago are forgotten by pruning;
         what is exactly 30 days old stays.",
    );
    s.trust("alice");
    s.place_call(call_id(1), &["alice"], at(0));
    s.note("Again: that does not make it newer.");
    s.place_call(call_id(1), &["alice"], at(DAYS));
    let unrecorded = s.seal("end", by("alice").at(at(0)), cancel(2));
    s.receive(&unrecorded, at(0), Drop("unknown"));
    s.prune(at(30 * DAYS), &[]);
    let then = at(30 * DAYS);
    let kept = s.seal("kept", by("alice").at(then), answer(1));
    s.receive(&kept, then, SignalOfPlaced);
    s.prune(then + 1, &[]);
    let forgotten = s.seal("forgotten", by("alice").at(then + 1), answer(1));
    let invite = s.seal("invite", by("alice").at(then + 1), invite(2));
    s.receive(&forgotten, then + 1, Drop("unknown"));
    s.note("Its end is forgotten as well: so late an invitation is a new call.");
    s.receive(&invite, then + 1, Ring);
    s
}
