//! N6 and N7: blocking an account, and discarding what is held.

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        nothing_is_held(),
        everything_of_it_leaves(),
        unblocking_raises_the_floor(),
        trusting_unblocks(),
        refused_trust_leaves_it_blocked(),
        blocking_a_stranger(),
        blocking_twice(),
        own_account(),
        unblocking_what_is_not_blocked(),
        over_a_restart(),
        revocation_stays(),
        placed_calls_and_early_ends_stay(),
        kept_signals_leave(),
        others_are_not_touched(),
        floor_is_not_lowered(),
        discarding(),
        discarding_nothing(),
        request_screen(),
    ]
}

fn nothing_is_held() -> Scene {
    let mut s = Scene::new(
        "blocked-account-is-not-held",
        "E26 N6 N11",
        "While an account is blocked, it is untrusted like a stranger, and nothing of it is held:
         neither messages nor calls, and no row on a request screen.",
    );
    s.trust("alice");
    s.block("alice");
    let note = s.seal("message", by("alice").at(at(1)), message("insult"));
    let ring = s.seal("invite", by("alice").at(at(2)), invite(1));
    s.receive(&note, at(1), Refused("untrusted"));
    s.receive(&ring, at(2), Refused("untrusted"));
    s.held(&[]);
    s.held_accounts(&[]);
    s.pending(at(2), &[]);
    s
}

fn everything_of_it_leaves() -> Scene {
    let mut s = Scene::new(
        "blocking-takes-everything-away",
        "N6 N13 N26 Z3",
        "With the trust go the account's events in the journal, its held envelopes, its calls and
         its names. A ring that waits never rings. Other accounts keep all of theirs.",
    );
    s.trust_as("alice", Some(("phoneNumber", "+4930123456")), Some("Alice"));
    s.trust("carol");
    let note = s.seal("message", by("alice"), message("hi"));
    let ring = s.seal("invite", by("alice"), invite(1));
    let ahead = s.seal("ahead", by("alice").at(at(3600)), message("ahead"));
    let carols = s.seal("carol's", by("carol"), message("from Carol"));
    let carols_ahead = s.seal("carol's ahead", by("carol").at(at(3600)), message("ahead"));
    s.receive(&note, at(1), Notify);
    s.receive(&carols, at(1), Notify);
    s.receive(&ring, at(1), Ring);
    s.receive(&ahead, at(1), Refused("clock"));
    s.receive(&carols_ahead, at(1), Refused("clock"));
    s.block("alice");
    s.pending(at(2), &[(&carols, Notify)]);
    s.acknowledge(&note, false);
    s.held_because(&[(&carols_ahead, "clock")]);
    s.refuse_answered("alice", 1);
    s.trust_at("alice", at(3), &[]);
    let end = s.seal("end", by("alice").at(at(4)), cancel(1));
    s.receive(&end, at(5), Drop("unknown"));
    s.release(at(3600), &[(&carols_ahead, Notify)]);
    s
}

fn unblocking_raises_the_floor() -> Scene {
    let mut s = Scene::new(
        "unblocking-raises-the-replay-floor",
        "E27 N6 N11 N16",
        "Nothing that an account sent while it was blocked is ever received, not even what reaches
         the phone later. The account is a stranger then: what it sends from now on is held.",
    );
    s.trust("alice");
    s.block("alice");
    let insult = s.seal("insult", by("alice").at(at(10)), message("insult"));
    let ring = s.seal("ring", by("alice").at(at(30)), invite(1));
    let newer = s.seal("newer", by("alice").at(at(30) + 1), message("sorry"));
    s.receive(&insult, at(10), Refused("untrusted"));
    s.unblock("alice", at(30));
    s.receive(&insult, at(31), Refused("untrusted"));
    s.receive(&ring, at(31), Refused("untrusted"));
    s.held(&[]);
    s.receive(&newer, at(31), Refused("untrusted"));
    s.held(&[&newer]);
    s.trust_at("alice", at(32), &[(&newer, Notify)]);
    s.receive(&insult, at(33), Refused("replayed"));
    s.receive(&ring, at(33), Refused("replayed"));
    s
}

fn trusting_unblocks() -> Scene {
    let mut s = Scene::new(
        "trusting-a-blocked-account-unblocks-it",
        "N1 N6 N16",
        "Whoever is trusted is not blocked any more, from that time on: nothing of the time before
         comes out, and the newer is received.",
    );
    s.trust("alice");
    s.block("alice");
    let before_it = s.seal("before", by("alice").at(at(10)), message("before"));
    let after_it = s.seal("after", by("alice").at(at(10) + 1), message("after"));
    s.trust_at("alice", at(10), &[]);
    s.is_blocked("alice", false);
    s.receive(&before_it, at(11), Refused("replayed"));
    s.receive(&after_it, at(11), Notify);
    s.untrust("alice");
    s.is_blocked("alice", false);
    s
}

fn refused_trust_leaves_it_blocked() -> Scene {
    let mut s = Scene::new(
        "refused-trust-leaves-an-account-blocked",
        "N1 N6 N9 N16",
        "An account that is to be trusted under a name that is too long stays blocked, and its
         floor is not raised: nothing changes.",
    );
    s.trust("alice");
    s.block("alice");
    let name = "x".repeat(257);
    s.refuse_trust("alice", None, Some(&name), "bad_content");
    s.is_blocked("alice", true);
    let letter = s.seal("message", by("alice").at(before(1)), message("hi"));
    s.unblock("alice", before(2));
    s.trust_at("alice", at(0), &[]);
    s.receive(&letter, at(1), Notify);
    s
}

fn blocking_a_stranger() -> Scene {
    let mut s = Scene::new(
        "blocking-a-stranger",
        "N6 N11",
        "An account that was never trusted is blocked from the request screen: what is held of it
         leaves, and nothing more is held.",
    );
    let first = s.seal("first", by("carol"), message("buy this"));
    let second = s.seal("second", by("carol").at(at(1)), message("and this"));
    let other = s.seal("other", by("dave"), message("hi"));
    s.receive(&first, at(1), Refused("untrusted"));
    s.receive(&other, at(1), Refused("untrusted"));
    s.block("carol");
    s.held(&[&other]);
    s.receive(&second, at(2), Refused("untrusted"));
    s.held(&[&other]);
    s
}

fn blocking_twice() -> Scene {
    let mut s = Scene::new(
        "blocking-twice",
        "N2 N6",
        "To block a blocked account changes nothing; to end the trust in one neither. It stays
         blocked.",
    );
    s.trust("alice");
    s.block("alice");
    s.block("alice");
    s.untrust("alice");
    s.is_blocked("alice", true);
    let letter = s.seal("message", by("alice").at(at(1)), message("hi"));
    s.receive(&letter, at(1), Refused("untrusted"));
    s.held(&[]);
    s
}

fn own_account() -> Scene {
    let mut s = Scene::new(
        "own-account-is-not-blocked",
        "N6 N10 N26 Z11",
        "The own account cannot be blocked: its devices go on silencing rings. Where it is trusted,
         it stays so, with its events.",
    );
    s.trust("alice");
    s.trust(OWN);
    let note = s.seal("note", desktop(), message("note to self"));
    let invite = s.seal("invite", by("alice"), invite(1));
    let answered = s.seal("answered", desktop(), answered_elsewhere("alice", 1, at(0)));
    s.receive(&note, at(1), Notify);
    s.block_in_vain(OWN);
    s.pending(at(1), &[(&note, Notify)]);
    s.receive(&invite, at(1), Ring);
    s.receive(&answered, at(2), End(4));
    s
}

fn unblocking_what_is_not_blocked() -> Scene {
    let mut s = Scene::new(
        "unblocking-what-is-not-blocked",
        "N6 N16",
        "To unblock an account that is not blocked changes nothing: it stays trusted, and its
         replay floor is not raised. The same for a stranger, and for nobody.",
    );
    s.trust("alice");
    let earlier = s.seal("earlier", by("alice"), message("hi"));
    let strangers = s.seal("stranger's", by("carol"), message("hi"));
    s.receive(&strangers, at(1), Refused("untrusted"));
    s.unblock("alice", at(50));
    s.unblock("carol", at(50));
    s.unblock("dave", at(50));
    s.unblock(OWN, at(50));
    s.receive(&earlier, at(51), Notify);
    s.held(&[&strangers]);
    s.trust_at("carol", at(52), &[(&strangers, Notify)]);
    s
}

fn over_a_restart() -> Scene {
    let mut s = Scene::new(
        "blocked-over-a-restart",
        "N6 N16 N31",
        "Who is blocked is in the saved state, and so is the floor that unblocking has left.",
    );
    s.trust("alice");
    s.trust("carol");
    s.block("alice");
    s.block("carol");
    s.unblock("carol", at(20));
    s.save("disk");
    s.load("disk");
    s.is_blocked("alice", true);
    s.is_blocked("carol", false);
    let alices = s.seal("alice's", by("alice").at(at(21)), message("hi"));
    let carols = s.seal("carol's", by("carol").at(at(20)), message("hi"));
    s.receive(&alices, at(21), Refused("untrusted"));
    s.held(&[]);
    s.trust_at("carol", at(22), &[]);
    s.receive(&carols, at(22), Refused("replayed"));
    s
}

fn revocation_stays() -> Scene {
    let mut s = Scene::new(
        "blocking-keeps-the-revocation-floor",
        "E29 N3 N6",
        "A blocked account's revocations are taken and kept, whether they come before it is blocked
         or while it is.",
    );
    s.trust("alice");
    s.revoke_device("alice", "phone", 0, at(0));
    s.block("alice");
    s.revoke_device("alice", "tablet", 0, at(0));
    s.trust_at("alice", at(1), &[]);
    let phones = s.seal("phone's", by("alice").at(at(2)), message("hi"));
    let tablets = s.seal("tablet's", of("alice", "tablet").at(at(2)), message("hi"));
    let laptops = s.seal("laptop's", of("alice", "laptop").at(at(2)), message("hi"));
    s.receive(&phones, at(3), Refused("revoked"));
    s.receive(&tablets, at(3), Refused("revoked"));
    s.receive(&laptops, at(3), Notify);
    s
}

fn placed_calls_and_early_ends_stay() -> Scene {
    let mut s = Scene::new(
        "blocking-keeps-placed-calls-and-early-ends",
        "A3 G2 N2 N6 Z12",
        "A call that was placed to the account is the caller's, and what own devices said of its
         calls is the own account's. Both stay, as when the trust ends.",
    );
    s.trust("alice");
    s.place(1, &["alice"], at(0));
    let answered = desktop().at(at(1));
    let answered = s.seal("answered", answered, answered_elsewhere("alice", 2, at(20)));
    s.receive(&answered, at(1), Drop("unknown"));
    s.block("alice");
    s.trust_at("alice", at(10), &[]);
    let answer = s.seal("answer", by("alice").at(at(11)), answer(1, at(0)));
    let invite = s.seal("invite", by("alice").at(at(20)), invite(2));
    s.receive(&answer, at(12), SignalOfPlaced);
    s.receive(&invite, at(21), Drop("answeredElsewhere"));
    s
}

fn kept_signals_leave() -> Scene {
    let mut s = Scene::new(
        "blocking-takes-kept-signals-away",
        "G9 G10 N6",
        "Carol's signals of Alice's call came before the app joined her, and were kept. She is
         blocked, and trusted again: they do not follow when she is joined. Dave's do.",
    );
    for name in ["alice", "carol", "dave"] {
        s.trust(name);
    }
    let invite = s.seal("invite", by("alice"), invite(1));
    let carols = s.seal("carol's", by("carol").at(at(1)), negotiate(1));
    let daves = s.seal("dave's", by("dave").at(at(1)), negotiate(1));
    s.receive(&invite, at(1), Ring);
    s.answered("alice", 1, at(0));
    s.receive(&carols, at(2), Drop("early"));
    s.receive(&daves, at(2), Drop("early"));
    s.block("carol");
    s.trust_at("carol", at(3), &[]);
    let followed = [(&daves, SignalIn("alice"))];
    s.joined("alice", 1, &["carol", "dave"], at(4), &followed);
    s
}

fn others_are_not_touched() -> Scene {
    let mut s = Scene::new(
        "blocking-one-account-leaves-others-alone",
        "N6 N15 Z2",
        "Carol's call rings on while Alice is blocked, with the same callId and message ids.",
    );
    s.trust("alice");
    s.trust("carol");
    let alices = s.seal("alice's", by("alice").id(7), invite(1));
    let carols = s.seal("carol's", by("carol").id(7), invite(1));
    let end = s.seal("end", by("carol").at(at(5)), cancel(1));
    s.receive(&alices, at(1), Ring);
    s.receive(&carols, at(1), Ring);
    s.block("alice");
    s.pending(at(2), &[(&carols, Ring)]);
    s.receive(&carols, at(2), Duplicate);
    s.receive(&end, at(6), End(2));
    s
}

fn floor_is_not_lowered() -> Scene {
    let mut s = Scene::new(
        "unblocking-with-a-clock-that-went-back",
        "N6 N16 N18",
        "Blocking raises the floor to the newest message, as ending the trust does. Unblocking at
         an earlier time does not lower it.",
    );
    s.trust("alice");
    let newest = s.seal("newest", by("alice").at(at(50)), message("newest"));
    let between = s.seal("between", by("alice").at(at(40)), message("between"));
    let newer = s.seal("newer", by("alice").at(at(51)), message("newer"));
    s.receive(&newest, at(50), Notify);
    s.block("alice");
    s.unblock("alice", at(30));
    s.trust_at("alice", at(31), &[]);
    s.receive(&between, at(51), Refused("replayed"));
    s.receive(&newest, at(51), Refused("replayed"));
    s.receive(&newer, at(51), Notify);
    s
}

fn discarding() -> Scene {
    let mut s = Scene::new(
        "discarding-what-is-held",
        "N7 N11 N12",
        "What is held of one stranger is discarded, without trust and without reading it. It was
         not accepted, so it can be held again.",
    );
    let first = s.seal("first", by("carol"), message("first"));
    let second = s.seal("second", of("carol", "tablet"), message("second"));
    let other = s.seal("other", by("dave"), message("other"));
    for letter in [&first, &other, &second] {
        s.receive(letter, at(1), Refused("untrusted"));
    }
    s.discard("carol", 2);
    s.held(&[&other]);
    s.discard("carol", 0);
    s.trust_at("carol", at(2), &[]);
    s.untrust("carol");
    s.receive(&first, at(3), Refused("untrusted"));
    s.held(&[&other, &first]);
    s
}

fn discarding_nothing() -> Scene {
    let mut s = Scene::new(
        "discarding-nothing",
        "N7 N26",
        "Of an account of which nothing is held nothing is discarded: its trust and its events
         stay.",
    );
    s.trust("alice");
    let note = s.seal("message", by("alice"), message("hi"));
    s.receive(&note, at(1), Notify);
    s.discard("alice", 0);
    s.discard("carol", 0);
    s.discard(OWN, 0);
    s.pending(at(1), &[(&note, Notify)]);
    let more = s.seal("more", by("alice"), message("more"));
    s.receive(&more, at(2), Notify);
    s
}

fn request_screen() -> Scene {
    let mut s = Scene::new(
        "what-is-held-by-account",
        "N7 N11 N13",
        "A request screen lists accounts: how many envelopes, from when until when, by the times
         that they state. The order is that of the first of each. Messages, calls and noise look
         alike.",
    );
    s.trust("alice");
    let ahead = s.seal("ahead", by("alice").at(at(3600)), message("ahead"));
    let carols = s.seal("carol's", by("carol").at(at(9)), message("hi"));
    let daves = s.seal("dave's", by("dave").at(at(5)), invite(1));
    let carols_earlier = s.seal("carol's earlier", by("carol").at(at(2)), invite(1));
    let noise = of("carol", "tablet").at(at(4));
    let noise = s.forge("noise", noise, cover(), vec![0xff; 40], |_| ());
    s.receive(&carols, at(10), Refused("untrusted"));
    s.receive(&ahead, at(10), Refused("clock"));
    for letter in [&daves, &carols_earlier, &noise] {
        s.receive(letter, at(10), Refused("untrusted"));
    }
    s.held_accounts(&[
        ("carol", 3, at(2), at(9)),
        ("alice", 1, at(3600), at(3600)),
        ("dave", 1, at(5), at(5)),
    ]);
    s.held_because(&[
        (&carols, "untrusted"),
        (&ahead, "clock"),
        (&daves, "untrusted"),
        (&carols_earlier, "untrusted"),
        (&noise, "untrusted"),
    ]);
    s.discard("carol", 3);
    s.held_accounts(&[("alice", 1, at(3600), at(3600)), ("dave", 1, at(5), at(5))]);
    s
}
