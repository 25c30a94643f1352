//! Faults that people reported of apps that do this job, each with what is right: late declines,
//! two devices that answer at once, clocks that are wrong, and others.

use hushring::Content;
use hushring::Suite;
use hushring::content::{EndReason, Invite};
use hushring_test_support::cbor;
use hushring_test_support::clock::{day, second};
use hushring_test_support::derived::call_uuid;
use hushring_test_support::flate::with_dictionary;
use hushring_test_support::json::content_to_json;
use hushring_test_support::people::{account, device, prekey};

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        late_decline(),
        automatic_busy(),
        declined_on_one_answered_on_another(),
        both_answer_at_the_caller(),
        both_answer_at_the_one_that_is_taken(),
        both_answer_at_the_other(),
        own_end_to_all_own_devices(),
        candidates_overtake(),
        losing_a_phone(),
        drain_then_revoke(),
        fast_clock(),
        slow_clock(),
        blocked_and_unblocked(),
        call_of_three_at_the_caller(),
        call_of_three_at_a_participant(),
        rung_again(),
        hang_up_of_an_older_ring(),
        long_identifiers(),
        published_with_a_fast_clock(),
        system_uuid_as_call_id(),
        names_that_turn_text_around(),
    ]
}

fn late_decline() -> Scene {
    let mut s = Scene::new(
        "fault-1-late-decline",
        "G2 G6 Z8 Z9",
        "Alice answers Bob's call on her laptop, and declines on her phone, which rings a moment
         longer. The decline comes late: the call goes on. The laptop's ICE restart is heard, and
         so is its hang-up.",
    );
    s.trust("alice");
    s.place(1, &["alice"], at(0));
    let answer = s.seal("answer", of("alice", "laptop").at(at(3)), answer(1, at(0)));
    let declined = s.seal("declined", by("alice").at(at(4)), declined(1, at(0)));
    let restart = s.seal(
        "ICE restart",
        of("alice", "laptop").at(at(30)),
        negotiate(1),
    );
    let end = s.seal(
        "hang-up",
        of("alice", "laptop").at(at(60)),
        hung_up(1, at(0)),
    );
    s.receive(&answer, at(4), SignalOfPlaced);
    s.receive(&declined, at(5), Drop("over"));
    s.receive(&restart, at(31), SignalOfPlaced);
    s.receive(&end, at(61), EndOfPlaced(2, 0));
    s
}

fn automatic_busy() -> Scene {
    let mut s = Scene::new(
        "fault-1-busy-then-answered",
        "G2 Z7",
        "Alice's phone is in another call, and an app of hers says busy by itself. She answers all
         the same, on the phone: that is not over.",
    );
    s.trust("alice");
    s.place(1, &["alice"], at(0));
    let busy = end_of(OWN, 1, at(0), EndReason::Busy);
    let busy = s.seal("busy", by("alice").at(at(1)), busy);
    let answer = s.seal("answer", by("alice").at(at(9)), answer(1, at(0)));
    s.receive(&busy, at(2), SignalOfPlaced);
    s.receive(&answer, at(10), SignalOfPlaced);
    s
}

fn declined_on_one_answered_on_another() -> Scene {
    let mut s = Scene::new(
        "fault-1-declined-on-one-answered-on-another",
        "G8 N28 Z10",
        "At the phone that answered: the decline of the desktop, which rang a moment longer, does
         not end the call.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let declined = desktop().at(at(3));
    let declined = s.seal("declined", declined, declined_elsewhere("alice", 1, at(0)));
    let signal = s.seal("signal", by("alice").at(at(4)), candidates(1));
    s.receive(&invite, at(1), Ring);
    s.answered("alice", 1, at(0));
    s.acknowledge(&invite, true);
    s.receive(&declined, at(4), Drop("answered"));
    s.receive(&signal, at(5), Signal);
    s
}

fn both_answer_at_the_caller() -> Scene {
    let mut s = Scene::new(
        "fault-2-both-answer-at-the-caller",
        "G2 G4 G7 Z9",
        "Alice's phone and laptop answer in the same second. Bob has the phone, and is told to say
         so. The laptop's signals, and its hang-up when it hears of that, change nothing.",
    );
    s.trust("alice");
    s.place(1, &["alice"], at(0));
    let phones = s.seal("phone's", by("alice").at(at(3)), answer(1, at(0)));
    let laptops = s.seal(
        "laptop's",
        of("alice", "laptop").at(at(3)),
        answer(1, at(0)),
    );
    let signal = s.seal("signal", of("alice", "laptop").at(at(3)), candidates(1));
    let end = s.seal("end", of("alice", "laptop").at(at(5)), hung_up(1, at(0)));
    let more = s.seal("more", by("alice").at(at(6)), candidates(1));
    s.receive(&phones, at(4), SignalOfPlaced);
    s.receive(&laptops, at(4), Second(phones.device));
    s.receive(&signal, at(4), Drop("over"));
    s.receive(&end, at(6), Drop("over"));
    s.receive(&more, at(7), SignalOfPlaced);
    s
}

fn both_answer_at_the_one_that_is_taken() -> Scene {
    let mut s = Scene::new(
        "fault-2-both-answer-at-the-one-that-is-taken",
        "G8 Z1 Z2 Z10",
        "At Bob's phone, which answered together with his desktop: the desktop's word does not end
         the call, nor does the caller's, which took the phone. The caller's hang-up ends it.",
    );
    s.trust("alice");
    let own = *device(OWN, "phone").public_key().as_bytes();
    let invite = s.seal("invite", by("alice"), invite(1));
    let desktops = desktop().at(at(3));
    let desktops = s.seal("desktop's", desktops, answered_elsewhere("alice", 1, at(0)));
    let told = s.seal("told", by("alice").at(at(4)), taken(1, &own));
    let signal = s.seal("signal", by("alice").at(at(4)), candidates(1));
    let bye = s.seal(
        "bye",
        by("alice").at(at(60)),
        end(1, EndReason::RemoteEnded),
    );
    s.receive(&invite, at(1), Ring);
    s.answered("alice", 1, at(0));
    s.receive(&desktops, at(4), Drop("answered"));
    s.receive(&told, at(5), Drop("taken"));
    s.receive(&signal, at(5), Signal);
    s.receive(&bye, at(61), End(2));
    s
}

fn both_answer_at_the_other() -> Scene {
    let mut s = Scene::new(
        "fault-2-both-answer-at-the-other",
        "G10 Z2 Z3 Z10",
        "The same where the caller took the desktop: the phone's call was answered elsewhere (4).
         The hang-up, later, is over here.",
    );
    s.trust("alice");
    let other = *device(OWN, "desktop").public_key().as_bytes();
    let invite = s.seal("invite", by("alice"), invite(1));
    let desktops = desktop().at(at(3));
    let desktops = s.seal("desktop's", desktops, answered_elsewhere("alice", 1, at(0)));
    let told = s.seal("told", by("alice").at(at(4)), taken(1, &other));
    let bye = s.seal(
        "bye",
        by("alice").at(at(60)),
        end(1, EndReason::RemoteEnded),
    );
    let signal = s.seal("signal", by("alice").at(at(5)), candidates(1));
    s.receive(&invite, at(1), Ring);
    s.answered("alice", 1, at(0));
    s.receive(&desktops, at(4), Drop("answered"));
    s.receive(&told, at(5), End(4));
    s.receive(&signal, at(6), Drop("early"));
    s.receive(&bye, at(61), Drop("over"));
    s
}

fn own_end_to_all_own_devices() -> Scene {
    let mut s = Scene::new(
        "fault-3-own-end-to-all-own-devices",
        "G8 N14",
        "Bob's phone answers, and seals to all devices of its account that it did, itself among
         them. It does not hang up its own call.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let own = s.seal(
        "own",
        by(OWN).at(at(3)),
        answered_elsewhere("alice", 1, at(0)),
    );
    let signal = s.seal("signal", by("alice").at(at(4)), candidates(1));
    s.receive(&invite, at(1), Ring);
    s.answered("alice", 1, at(0));
    s.receive(&own, at(3), Drop("own"));
    s.answered("alice", 1, at(0));
    s.receive(&signal, at(4), Signal);
    s
}

fn candidates_overtake() -> Scene {
    let mut s = Scene::new(
        "fault-4-candidates-overtake",
        "A6 G10 N15 N27",
        "Candidates reach the phone before their invitation, and once more after it. They are given
         to the call engine once, behind the ring.",
    );
    s.trust("alice");
    let first = s.seal("candidates", by("alice").at(at(1)), candidates(1));
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&first, at(2), Drop("early"));
    s.receive(&invite, at(2), Ring);
    s.receive(&first, at(3), Duplicate);
    s.pending(at(3), &[(&invite, Ring), (&first, Signal)]);
    s
}

fn losing_a_phone() -> Scene {
    let mut s = Scene::new(
        "fault-5-one-device-is-revoked",
        "E29 N3 R6 T5",
        "Alice loses her phone and revokes it. A message that her laptop sent an hour before, and
         that was still in the mailbox, arrives; so does its next call. The phone's do not.",
    );
    s.trust("alice");
    let laptops = of("alice", "laptop").at(before(3600));
    let laptops = s.seal(
        "laptop's",
        laptops,
        message("from the laptop that is not lost"),
    );
    let phones = s.seal(
        "phone's",
        by("alice").at(before(3600)),
        message("from the thief"),
    );
    let ring = s.seal("ring", of("alice", "laptop").at(at(1)), invite(1));
    s.revoke_device("alice", "phone", 0, at(0));
    s.receive(&laptops, at(1), Notify);
    s.receive(&phones, at(1), Refused("revoked"));
    s.receive(&ring, at(2), Ring);
    s
}

fn drain_then_revoke() -> Scene {
    let mut s = Scene::new(
        "fault-5-drained-before-the-revocation",
        "E29 N3 N26",
        "Alice revokes all of her devices. What was in the mailbox when the statement came is
         received first, and stays; what comes behind it is refused.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), message("sent before"));
    let second_one = s.seal("second", by("alice"), message("sent before, and late"));
    s.receive(&first, at(1), Notify);
    s.revoke("alice", 0, at(1));
    s.receive(&second_one, at(2), Refused("revoked"));
    s.pending(at(2), &[(&first, Notify)]);
    s
}

fn fast_clock() -> Scene {
    let mut s = Scene::new(
        "fault-6-clock-an-hour-fast",
        "A5 E28 N13 N28",
        "A contact's clock is an hour fast. Its message and its call are held; 55 minutes later the
         message is shown, and the call is a missed one.",
    );
    s.trust("alice");
    let note = s.seal("message", by("alice").at(at(3600)), message("hi"));
    let invite = s.seal("invite", by("alice").at(at(3600)), invite(1));
    s.receive(&note, at(0), Refused("clock"));
    s.receive(&invite, at(0), Refused("clock"));
    s.held_because(&[(&note, "clock"), (&invite, "clock")]);
    s.release(at(3300), &[(&note, Notify), (&invite, Missed("clock"))]);
    s.pending(at(3300), &[(&note, Notify), (&invite, Missed("clock"))]);
    s
}

fn slow_clock() -> Scene {
    let mut s = Scene::new(
        "fault-6-clock-91-s-slow",
        "A5",
        "A caller's clock is 91 s slow. Its call is delivered at once, and is a missed one, which
         says how old it seems. With a clock that is corrected it rings.",
    );
    s.trust("alice");
    let slow = s.seal("slow", by("alice").at(before(91)), invite(1));
    let corrected = s.seal("corrected", by("alice"), invite(2));
    s.receive(&slow, at(0), Missed("expired"));
    s.receive(&corrected, at(0), Ring);
    s
}

fn blocked_and_unblocked() -> Scene {
    let mut s = Scene::new(
        "fault-7-blocked-and-unblocked",
        "E27 N1 N6 N16",
        "Bob blocks Alice, who insults him and calls. 30 s later he unblocks and trusts her.
         Neither the insult comes out, nor the call, not even from the mailbox. Her next message
         does.",
    );
    s.trust("alice");
    s.block("alice");
    let insult = s.seal("insult", by("alice"), message("insult"));
    let ring = s.seal("ring", by("alice").at(at(1)), invite(1));
    let sorry = s.seal("sorry", by("alice").at(at(31)), message("sorry"));
    s.receive(&insult, at(0), Refused("untrusted"));
    s.receive(&ring, at(1), Refused("untrusted"));
    s.unblock("alice", at(30));
    s.trust_at("alice", at(30), &[]);
    s.receive(&insult, at(31), Refused("replayed"));
    s.receive(&ring, at(31), Refused("replayed"));
    s.receive(&sorry, at(31), Notify);
    s
}

fn call_of_three_at_the_caller() -> Scene {
    let mut s = Scene::new(
        "fault-8-call-of-three-at-the-caller",
        "G2 N4 Z5",
        "Bob calls Alice and Carol. Carol declines: the end names her, and says that one leg
         remains. Bob brings in Dave, whose leg counts from then on.",
    );
    for name in ["alice", "carol", "dave"] {
        s.trust(name);
    }
    s.place(1, &["alice", "carol"], at(0));
    let carols = s.seal("carol's", by("carol").at(at(2)), declined(1, at(0)));
    let alices = s.seal("alice's", by("alice").at(at(3)), answer(1, at(0)));
    let daves = s.seal("dave's", by("dave").at(at(12)), declined(1, at(10)));
    s.receive(&carols, at(3), EndOfPlaced(2, 1));
    s.receive(&alices, at(4), SignalOfPlaced);
    s.place(1, &["dave"], at(10));
    s.receive(&daves, at(13), EndOfPlaced(2, 1));
    s
}

fn call_of_three_at_a_participant() -> Scene {
    let mut s = Scene::new(
        "fault-8-call-of-three-at-a-participant",
        "G9 G10 N4",
        "Alice has called Bob and Carol. Carol's offer to Bob, and a type of the app's own, are
         signals of Alice's call once Bob's app has joined Carol to it.",
    );
    s.trust("alice");
    s.trust("carol");
    let invite = s.seal("invite", by("alice"), invite(1));
    let offer = s.seal("offer", by("carol").at(at(2)), negotiate(1));
    let mesh = unknown("call.meshOffer", Some(1));
    let mesh = s.seal("mesh offer", by("carol").at(at(3)), mesh);
    s.receive(&invite, at(1), Ring);
    s.receive(&offer, at(2), Drop("early"));
    s.answered("alice", 1, at(0));
    s.joined(
        "alice",
        1,
        &["carol"],
        at(3),
        &[(&offer, SignalIn("alice"))],
    );
    s.receive(&mesh, at(4), SignalIn("alice"));
    s
}

fn rung_again() -> Scene {
    let mut s = Scene::new(
        "fault-9-rung-again-in-the-same-call",
        "A5 A6 N28",
        "A call was missed ten minutes ago. Rung again under the same callId, it rings.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice").at(before(600)), invite(1));
    let second_one = s.seal("second", by("alice"), invite(1));
    s.receive(&first, at(0), Missed("expired"));
    s.pending(at(0), &[(&first, Missed("expired"))]);
    s.receive(&second_one, at(0), Ring);
    s.pending(at(0), &[(&first, Drop("repeated")), (&second_one, Ring)]);
    s
}

fn hang_up_of_an_older_ring() -> Scene {
    let mut s = Scene::new(
        "fault-9-hang-up-of-an-older-ring",
        "G1 G2 Z4",
        "Bob rings, hangs up, and rings again. Alice's answer to the first ring and her hang-up
         come only now. Her phone is not in the second ring, which goes on.",
    );
    s.trust("alice");
    s.place(1, &["alice"], at(0));
    s.left(OWN, 1);
    s.place(1, &["alice"], at(10));
    let answered = s.seal("answer", by("alice").at(at(3)), answer(1, at(0)));
    let end = s.seal("hang-up", by("alice").at(at(9)), hung_up(1, at(0)));
    let second_answer = s.seal("second answer", by("alice").at(at(14)), answer(1, at(10)));
    s.receive(&answered, at(11), Drop("over"));
    s.receive(&end, at(12), Drop("over"));
    s.receive(&second_answer, at(15), SignalOfPlaced);
    s
}

fn long_identifiers() -> Scene {
    let mut s = Scene::new(
        "fault-13-long-identifiers",
        "A6 M8 N1 N24",
        "Identifiers that people have: a group id of 66 characters, the hexadecimal key of a group
         with a prefix, and a Matrix id of 150 bytes.",
    );
    let id = format!("@{}:{:x>58}", "n".repeat(90), "matrix.example.org");
    assert_eq!(id.len(), 150);
    s.trust_as("alice", Some(("generic", &id)), Some("Alice"));
    let content = Content::Invite(Invite {
        group_id: Some(format!("03{}", "ab".repeat(32))),
        ..plain_invite(1)
    });
    let invite = s.seal("invite", by("alice"), content);
    s.receive(&invite, at(1), Ring);
    s
}

fn published_with_a_fast_clock() -> Scene {
    let mut s = Scene::new(
        "fault-14-published-with-a-fast-clock",
        "B20 N8",
        "A device publishes nine minutes fast; its clock is corrected, and it publishes again a
         minute later. The new bundles are newer than the old, so that senders take them.",
    );
    let key = prekey(Suite::X25519, "weekly", day(60));
    s.publish(&[&key], at(540), second(540));
    s.publish(&[&key], at(60), second(541));
    s
}

fn system_uuid_as_call_id() -> Scene {
    let mut s = Scene::new(
        "fault-15-the-systems-uuid-as-call-id",
        "E33 G2 M9",
        "Somebody's app has put CallKit's UUID in the callId's place. No writer seals that, and no
         reader takes it: Bob's call goes on.",
    );
    s.trust("alice");
    s.place(1, &["alice"], at(0));
    let own = account(OWN);
    let uuid = call_uuid(own.public_key().as_bytes(), &call_id(1));
    let with_it = |s: &mut Scene, name, content: Content| {
        let mut wrong = content_to_json(&content);
        wrong["callId"] = uuid.as_str().into();
        let stream = with_dictionary(&cbor::content(&wrong));
        s.forge(name, by("alice").at(at(3)), content, stream, |_| ())
    };
    let named = with_it(&mut s, "named", declined(1, at(0)));
    let plain = with_it(&mut s, "plain", cancel(1));
    let answer = s.seal("answer", by("alice").at(at(4)), answer(1, at(0)));
    s.receive(&named, at(4), Refused("bad_content"));
    s.receive(&plain, at(4), Refused("bad_content"));
    s.receive(&answer, at(5), SignalOfPlaced);
    s
}

fn names_that_turn_text_around() -> Scene {
    let mut s = Scene::new(
        "fault-16-pinned-names-that-turn-text-around",
        "A6 N23 N24",
        "A name from a profile is pinned, with a line break and a character that turns the text
         around. Neither reaches CallKit.",
    );
    s.trust_cleaned(
        "alice",
        (None, Some("Your bank\u{202e}\ncall back")),
        (None, Some("Your bankcall back")),
    );
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&invite, at(1), Ring);
    s
}
