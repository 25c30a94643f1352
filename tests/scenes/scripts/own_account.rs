//! Who may say that a call was taken elsewhere, and what the own account may say at all.

use hushring::content::EndReason;
use hushring_test_support::clock::second;
use hushring_test_support::people::{device, device_between};

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        by_a_foreign_account(),
        by_the_caller(),
        by_the_callee(),
        own_account_says_more(),
        own_account_takes_a_device(),
        own_account_trusted(),
        own_account_of_its_own_call(),
        own_end_twice(),
        own_key(),
        own_key_comes_after_the_content(),
        own_key_before_trust_and_certificate(),
    ]
}

fn by_a_foreign_account() -> Scene {
    let mut s = Scene::new(
        "elsewhere-by-a-foreign-account",
        "A6 Z13",
        "Only Bob's own account can say that a call to Bob was taken elsewhere. Carol cannot,
         before or after it rings.",
    );
    s.trust("alice");
    s.trust("carol");
    let early = s.seal("early", by("carol"), answered_elsewhere("alice", 1, at(0)));
    let invite = s.seal("invite", by("alice"), invite(1));
    let late = s.seal("late", by("carol"), declined_elsewhere("alice", 1, at(0)));
    s.receive(&early, at(1), Drop("unknown"));
    s.receive(&invite, at(1), Ring);
    s.receive(&late, at(2), Drop("unknown"));
    s.pending(at(2), &[(&invite, Ring)]);
    s
}

fn by_the_caller() -> Scene {
    let mut s = Scene::new(
        "elsewhere-by-the-caller",
        "A6 G8 Z13",
        "Where a call was taken is for the own account to say. From the caller it has no effect: it
         would be a way to ring and leave no trace.",
    );
    s.trust("alice");
    let early = s.seal("early", by("alice"), answered_elsewhere("alice", 1, at(0)));
    let invite = s.seal("invite", by("alice"), invite(1));
    let late = s.seal("late", by("alice"), declined_elsewhere("alice", 1, at(0)));
    let signal = s.seal("signal", by("alice"), candidates(1));
    s.receive(&early, at(1), Drop("unknown"));
    s.receive(&invite, at(1), Ring);
    s.receive(&late, at(2), Drop("unknown"));
    s.receive(&signal, at(2), Signal);
    s.pending(at(3), &[(&invite, Ring), (&signal, Signal)]);
    s
}

fn by_the_callee() -> Scene {
    let mut s = Scene::new(
        "elsewhere-by-the-callee",
        "G2 Z4",
        "Alice's phone tells Bob, who called her, that she answered elsewhere. That is for her own
         devices: it does not end his call, and her answer arrives.",
    );
    s.trust("alice");
    s.place(1, &["alice"], at(0));
    let answered = s.seal("answered", by("alice"), answered_elsewhere(OWN, 1, at(0)));
    let declined = s.seal("declined", by("alice"), declined_elsewhere(OWN, 1, at(0)));
    let answer = s.seal("answer", by("alice"), answer(1, at(0)));
    s.receive(&answered, at(1), Drop("over"));
    s.receive(&declined, at(1), Drop("over"));
    s.receive(&answer, at(2), SignalOfPlaced);
    s
}

fn own_account_says_more() -> Scene {
    let mut s = Scene::new(
        "own-account-is-not-trusted",
        "E26 N10 N11",
        "The own account is not a contact unless it is made one. Of it, only the two ends elsewhere
         and cover are taken; all else is untrusted, though only its content tells, and is held.",
    );
    s.trust("alice");
    let note = s.seal("note", desktop(), message("note to self"));
    let ring = s.seal("ring", desktop(), invite(1));
    let ended = s.seal(
        "ended",
        desktop(),
        end_of("alice", 1, at(0), EndReason::Cancelled),
    );
    let cover = s.seal("cover", desktop(), cover());
    s.receive(&note, at(1), RefusedOwn);
    s.receive(&ring, at(1), RefusedOwn);
    s.receive(&ended, at(1), RefusedOwn);
    s.receive(&cover, at(1), Drop("cover"));
    s.receive(&cover, at(2), Drop("cover"));
    s.held(&[&note, &ring, &ended]);
    s.pending(at(1), &[]);
    s
}

fn own_account_takes_a_device() -> Scene {
    let mut s = Scene::new(
        "own-account-takes-a-device-of-a-contact",
        "N10 Z3",
        "The desktop has called Alice, and tells her which of her devices it took. It sealed that
         to Bob's phone as well. The reason is one that counts without trust; the call is one of
         the own account's, which nobody here knows of.",
    );
    let alices = *device("alice", "tablet").public_key().as_bytes();
    let told = s.seal("told", desktop(), taken(1, &alices));
    let again = s.seal("again", desktop(), taken(1, &alices));
    s.receive(&told, at(1), Drop("unknown"));
    s.receive(&again, at(1), Drop("over"));
    s
}

fn own_account_trusted() -> Scene {
    let mut s = Scene::new(
        "own-account-is-trusted",
        "N10 N11 N12 Z11 Z13",
        "An app that wants notes to oneself adds its own account like any other. What was held is
         released. It still cannot end Alice's call but by saying that it was taken elsewhere.",
    );
    s.trust("alice");
    let note = s.seal("note", desktop(), message("note to self"));
    let invite = s.seal("invite", by("alice"), invite(1));
    let cancelled = s.seal(
        "cancelled",
        desktop(),
        end_of("alice", 1, at(0), EndReason::Cancelled),
    );
    let answered = s.seal("answered", desktop(), answered_elsewhere("alice", 1, at(0)));
    s.receive(&note, at(1), RefusedOwn);
    s.trust_at(OWN, at(2), &[(&note, Notify)]);
    s.held(&[]);
    s.receive(&invite, at(3), Ring);
    s.receive(&cancelled, at(3), Drop("unknown"));
    s.receive(&answered, at(3), End(4));
    s
}

fn own_account_of_its_own_call() -> Scene {
    let mut s = Scene::new(
        "elsewhere-of-a-placed-call",
        "G2 Z12",
        "A call that this account placed is ended by those who were called. The own account is not
         one of them: its desktop has no part in Alice's leg.",
    );
    s.trust("alice");
    s.place(1, &["alice"], at(0));
    let elsewhere = s.seal("elsewhere", desktop(), answered_elsewhere(OWN, 1, at(0)));
    let answer = s.seal("answer", by("alice"), answer(1, at(0)));
    s.receive(&elsewhere, at(1), Drop("unknown"));
    s.receive(&answer, at(2), SignalOfPlaced);
    s
}

fn own_end_twice() -> Scene {
    let mut s = Scene::new(
        "own-end-delivered-twice",
        "N10 N15 N17",
        "Ids of the own account are kept although it is not trusted: its end that comes twice is a
         duplicate.",
    );
    let answered = s.seal("answered", desktop(), answered_elsewhere("alice", 1, at(0)));
    s.receive(&answered, at(1), Drop("unknown"));
    s.receive(&answered, at(2), Duplicate);
    s
}

fn own_key() -> Scene {
    let mut s = Scene::new(
        "what-the-devices-own-key-has-signed",
        "N14 N15 N17 A6",
        "A device that seals to all devices of its account may be among them. It drops its own
         words: they do not end the call that it answers, and ring nowhere. Their ids are known.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let own_invite = s.seal("own invite", by(OWN), crate::said::invite(2));
    let own_end = s.seal("own end", by(OWN), answered_elsewhere("alice", 1, at(0)));
    let own_note = s.seal("own note", by(OWN), message("note to self"));
    let own_cover = s.seal("own cover", by(OWN), cover());
    s.receive(&invite, at(1), Ring);
    for letter in [&own_invite, &own_end, &own_note, &own_cover] {
        s.receive(letter, at(2), Drop("own"));
        s.receive(letter, at(2), Duplicate);
    }
    s.pending(at(2), &[(&invite, Ring)]);
    s.held(&[]);
    s
}

fn own_key_comes_after_the_content() -> Scene {
    let mut s = Scene::new(
        "own-words-pass-all-checks-first",
        "E28 E29 E31 N14",
        "That the device has signed an envelope itself is looked at behind all other checks:
         content that cannot be read is refused as such, and so is a time that is too old or a
         certificate that was revoked.",
    );
    let noise = s.forge("noise", by(OWN), cover(), vec![0xff; 40], |_| ());
    let old = s.seal("old", by(OWN), message("old"));
    let revoked = s.seal("revoked", by(OWN), message("revoked"));
    s.receive(&noise, at(1), Refused("bad_compression"));
    s.receive(&old, at(30 * DAYS) + 1, Refused("too_old"));
    s.revoke_device(OWN, "phone", 0, at(1));
    s.receive(&revoked, at(1), Refused("revoked"));
    s
}

fn own_key_before_trust_and_certificate() -> Scene {
    let mut s = Scene::new(
        "own-words-are-not-held",
        "N10 N11 N14 T6",
        "The own account is not trusted. What this device has signed is dropped all the same, and
         not held, also where its certificate has ended since: N14 comes before N10, and before the
         tables.",
    );
    let of_tablet = s.seal("tablet's", of(OWN, "tablet"), invite(1));
    let phone = device_between(OWN, "phone", second(-3600), second(30));
    let ended = s.seal("own", by_device(phone), cancel(1));
    s.receive(&of_tablet, at(1), RefusedOwn);
    s.receive(&ended, at(30), Drop("own"));
    s.held(&[&of_tablet]);
    s
}
