//! Cover, which keeps no id; statements of strangers; records that are freed; and revisions.

use hushring_test_support::clock::day;
use hushring_test_support::people::{device, device_between};
use serde_json::json;

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        cover_again(),
        cover_is_no_history(),
        cover_of_the_own_key(),
        statement_of_a_stranger(),
        statements_with_the_trust(),
        statement_of_another(),
        too_many_statements(),
        statements_of_the_blocked(),
        freed_after_thirty_days(),
        not_freed_while_pending(),
        not_freed_while_held(),
        floor_of_the_freed_over_a_restart(),
        floor_of_the_freed_is_the_highest(),
        floors_after_397_days(),
        device_floors_after_397_days(),
        revisions(),
        rolled_back(),
    ]
}

fn cover_again() -> Scene {
    let mut s = Scene::new(
        "cover-comes-again",
        "E27 M13 N17",
        "Cover has no effect, so its id is not kept: it may come again, also after others that are
         newer. A message under the same id is no duplicate of it.",
    );
    s.trust("alice");
    let covered = s.seal("cover", by("alice").id(7), cover());
    let newer = s.seal("newer", by("alice").at(at(5)), message("newer"));
    let letter = s.seal("letter", by("alice").id(7).at(at(6)), message("hi"));
    s.receive(&covered, at(1), Drop("cover"));
    s.receive(&newer, at(6), Notify);
    s.receive(&covered, at(6), Drop("cover"));
    s.receive(&letter, at(6), Notify);
    s.note("Now the id is that of a message.");
    s.receive(&covered, at(7), Duplicate);
    s
}

fn cover_is_no_history() -> Scene {
    let mut s = Scene::new(
        "cover-pushes-no-id-out",
        "N16 N17",
        "However much cover an account sends, what it sent before is still known as a duplicate, and
         what comes late is still received. Cover that is dated below the floor is refused as
         everything is.",
    );
    s.trust("alice");
    let letter = s.seal("letter", by("alice"), message("hi"));
    let late = s.seal("late", by("alice").at(before(60)), message("late"));
    let old = s.seal("old", by("alice").at(before(61)), cover());
    s.receive(&letter, at(1), Notify);
    s.acknowledge(&letter, true);
    s.flood(
        &Flood {
            from: "alice",
            count: 600,
            first_sent_at: at(1),
            message_ids: *b"only covered",
            call_ids: None,
            content: cover(),
            at: at(10),
        },
        Drop("cover"),
    );
    s.receive(&letter, at(11), Duplicate);
    s.receive(&late, at(11), Notify);
    s.receive(&old, at(11), Drop("cover"));
    s.acknowledge(&late, true);
    s.untrust("alice");
    s.trust("alice");
    s.receive(&old, at(12), Refused("replayed"));
    s
}

fn cover_of_the_own_key() -> Scene {
    let mut s = Scene::new(
        "cover-of-the-own-key-is-own",
        "N14 N17",
        "What the device's own key has signed is `own`, cover as well, and its id is kept.",
    );
    let own = s.seal("own", by(OWN), cover());
    s.receive(&own, at(1), Drop("own"));
    s.receive(&own, at(2), Duplicate);
    s
}

fn statement_of_a_stranger() -> Scene {
    let mut s = Scene::new(
        "statement-of-a-stranger-leaves-nothing",
        "N1 N3",
        "A statement of an account without a record is checked, and not kept: the app is told. When
         the account is trusted without it, its old phone is heard.",
    );
    s.revoke_known(&revocation("carol", 0), at(0), false);
    s.revoke_known(&device_revocation("carol", "phone", 0), at(0), false);
    let old = s.seal("old", by("carol"), message("old"));
    s.receive(&old, at(1), Refused("untrusted"));
    s.revoke_known(&revocation("carol", 0), at(1), false);
    s.held(&[&old]);
    s.trust_at("carol", at(1), &[(&old, Notify)]);
    s.revoke_known(&revocation("carol", 0), at(2), true);
    let after = s.seal("after", by("carol").at(at(2)), message("after"));
    s.receive(&after, at(2), Refused("revoked"));
    s
}

fn statements_with_the_trust() -> Scene {
    let mut s = Scene::new(
        "statements-come-with-the-trust",
        "E29 N1 N3 N12 R6",
        "The app has kept two statements of Carol. They take effect before what is held of her is
         received: her lost phone is refused, her tablet, which was revoked up to a day before it was
         certified, is heard.",
    );
    let lost = s.seal("lost", by("carol"), message("from the thief"));
    let tablet = device_between("carol", "tablet", day(-1), day(100));
    let good = s.seal("good", by_device(tablet), message("from Carol"));
    for letter in [&lost, &good] {
        s.receive(letter, at(1), Refused("untrusted"));
    }
    let statements = [
        device_revocation("carol", "phone", 0),
        revocation("carol", -1),
    ];
    s.trust_with("carol", &statements, at(2), &[(&good, Notify)]);
    s.held(&[]);
    let later = s.seal("later", by("carol").at(at(3)), message("later"));
    s.receive(&later, at(3), Refused("revoked"));
    s.note("Trusted again without them, she keeps her floors.");
    s.trust("carol");
    let again = s.seal("again", by("carol").at(at(4)), message("again"));
    s.receive(&again, at(4), Refused("revoked"));
    s
}

fn statement_of_another() -> Scene {
    let mut s = Scene::new(
        "statement-of-another-account-with-the-trust",
        "N1 N9 R1 R2 R3 R4 R5",
        "With one statement that is not sound, or is another account's, the account does not become
         trusted, and nothing has changed: neither a floor nor what is held.",
    );
    let held = s.seal("held", by("carol"), message("hi"));
    s.receive(&held, at(1), Refused("untrusted"));
    let good = revocation("carol", 0);
    let short = good[..104].to_vec();
    let mut newer = good.clone();
    newer[0] = 2;
    let mut forged = good.clone();
    *forged.last_mut().unwrap() ^= 1;
    for (other, code) in [
        (revocation("dave", 0), "wrong_account"),
        (device_revocation("dave", "phone", 0), "wrong_account"),
        (short, "bad_length"),
        (newer, "unsupported_version"),
        (forged, "bad_signature"),
        (revocation("carol", 50), "clock"),
    ] {
        s.refuse_trust_with("carol", &[good.clone(), other], at(2), code);
    }
    s.held(&[&held]);
    s.trust_at("carol", at(3), &[(&held, Notify)]);
    s
}

fn too_many_statements() -> Scene {
    let mut s = Scene::new(
        "sixty-five-statements-with-the-trust",
        "N1 N9",
        "65 devices above the account's floor find no room. With the account's own floor above
         theirs they need none, wherever it stands among them.",
    );
    let name = |n: usize| format!("device {n}");
    let mut statements: Vec<Vec<u8>> = (1..=65)
        .map(|n| device_revocation("carol", &name(n), -1))
        .collect();
    s.refuse_trust_with("carol", &statements, at(0), "inbox_full");
    statements.push(revocation("carol", -1));
    s.trust_with("carol", &statements, at(0), &[]);
    let of = |n| by_device(device("carol", &name(n)));
    let first = s.seal("first", of(1), message("hi"));
    s.receive(&first, at(1), Refused("revoked"));
    s
}

fn statements_of_the_blocked() -> Scene {
    let mut s = Scene::new(
        "statement-of-a-blocked-account",
        "N3 N6",
        "Who is blocked has a record, and keeps the floor for the day on which it is trusted.",
    );
    s.block("mallory");
    s.revoke_known(&revocation("mallory", 0), at(1), true);
    s.trust_at("mallory", at(2), &[]);
    let old = s.seal("old", by("mallory").at(at(3)), message("old"));
    s.receive(&old, at(3), Refused("revoked"));
    s
}

/// Alice was trusted, has sent this, and is not trusted any more.
fn once_trusted(s: &mut Scene) -> Letter {
    s.trust("alice");
    let letter = s.seal("letter", by("alice"), message("hi"));
    s.receive(&letter, at(1), Notify);
    s.untrust("alice");
    letter
}

fn freed_after_thirty_days() -> Scene {
    let mut s = Scene::new(
        "record-is-freed-after-thirty-days",
        "N5 N16 N34",
        "Alice is not trusted any more. 30 days after her last message nothing depends on her record:
         pruning frees it, and then no statement of hers is kept. Her replay floor binds everybody
         without a record: if the clock is set back, her message is not received again, of nobody is
         held what is as old, and of Carol, who is trusted then, it is refused.",
    );
    let letter = once_trusted(&mut s);
    s.acknowledge(&letter, true);
    s.prune(at(30 * DAYS), &[]);
    s.note("Her floor is 30 days old, and no older.");
    s.revoke_known(&revocation("alice", -99), at(30 * DAYS), true);
    s.note("The floor of that statement keeps the record, for 397 days less these 99.");
    s.prune(at(30 * DAYS) + 1, &[]);
    s.revoke_known(&revocation("alice", -99), at(31 * DAYS), true);
    s.prune_all(at((397 - 99) * DAYS));
    s.revoke_known(&revocation("alice", -99), at(0), false);
    let young = s.seal("young", by("alice").at(at(0) + 1), message("young"));
    let old = s.seal("old", by("carol"), message("as old"));
    let stranger = s.seal("stranger", by("carol").at(at(0) + 1), message("younger"));
    for other in [&letter, &old, &young, &stranger] {
        s.receive(other, at(2), Refused("untrusted"));
    }
    s.held(&[&young, &stranger]);
    s.trust_at("alice", at(3), &[(&young, Notify)]);
    s.trust_at("carol", at(3), &[(&stranger, Notify)]);
    s.receive(&letter, at(3), Refused("replayed"));
    s.receive(&old, at(3), Refused("replayed"));
    s
}

fn not_freed_while_pending() -> Scene {
    let mut s = Scene::new(
        "record-is-not-freed-while-something-is-pending",
        "N5 N34",
        "An event of the account waits for the app: its record stays until that is acknowledged.",
    );
    let letter = once_trusted(&mut s);
    s.prune(at(31 * DAYS), &[]);
    s.pending(at(31 * DAYS), &[(&letter, Notify)]);
    s.acknowledge(&letter, true);
    s.prune(at(31 * DAYS), &[]);
    s.revoke_known(&revocation("alice", -1), at(31 * DAYS), false);
    s
}

fn not_freed_while_held() -> Scene {
    let mut s = Scene::new(
        "record-is-not-freed-while-something-is-held",
        "N5 N11 N34",
        "Something is held of an account that was trusted earlier: its record stays as long.",
    );
    let letter = once_trusted(&mut s);
    s.acknowledge(&letter, true);
    let held = s.seal("held", by("alice").at(at(20 * DAYS)), message("again"));
    s.receive(&held, at(20 * DAYS), Refused("untrusted"));
    s.prune(at(40 * DAYS), &[]);
    s.held(&[&held]);
    s.save("disk");
    s.discard("alice", 1);
    s.prune(at(40 * DAYS), &[]);
    s.revoke_known(&revocation("alice", -1), at(40 * DAYS), false);
    s.note("As it was before.");
    s.load("disk");
    s.revoke_known(&revocation("alice", -1), at(40 * DAYS), true);
    s
}

fn floor_of_the_freed_over_a_restart() -> Scene {
    let mut s = Scene::new(
        "floor-of-the-freed-over-a-restart",
        "N31 N34",
        "The floor of the records that were freed is part of the state.",
    );
    let letter = once_trusted(&mut s);
    s.acknowledge(&letter, true);
    s.prune(at(31 * DAYS), &[]);
    s.save("disk");
    s.load("disk");
    s.trust("alice");
    s.receive(&letter, at(3), Refused("replayed"));
    s
}

fn floor_of_the_freed_is_the_highest() -> Scene {
    let mut s = Scene::new(
        "floor-of-the-freed-is-the-highest",
        "N18 N34",
        "Two records are freed, and later a third whose floor is lower. The highest counts.",
    );
    for (name, sent_at) in [("alice", at(5)), ("carol", at(9))] {
        s.trust(name);
        let letter = s.seal(name, by(name).at(sent_at), message("hi"));
        s.receive(&letter, at(10), Notify);
        s.acknowledge(&letter, true);
        s.untrust(name);
    }
    s.prune(at(31 * DAYS), &[]);
    s.block("erin");
    s.unblock("erin", at(3));
    s.prune(at(31 * DAYS), &[]);
    let below = s.seal("below", by("dave").at(at(9)), message("below"));
    let above = s.seal("above", by("dave").at(at(9) + 1), message("above"));
    s.trust("dave");
    s.receive(&below, at(10), Refused("replayed"));
    s.receive(&above, at(10), Notify);
    s
}

fn floors_after_397_days() -> Scene {
    let mut s = Scene::new(
        "revocation-floor-after-397-days",
        "N5 R6",
        "A certificate from before a floor ends within 366 days, and its envelopes are too old 30
         days later. After 397 days the floor is forgotten; a clock that goes back then hears the
         old phone again.",
    );
    s.trust("alice");
    s.revoke_known(&revocation("alice", 0), at(0), true);
    let old = s.seal("old", by("alice"), message("old"));
    s.prune_all(at(397 * DAYS) - 1);
    s.receive(&old, at(1), Refused("revoked"));
    s.prune_all(at(397 * DAYS));
    s.receive(&old, at(1), Notify);
    s
}

fn device_floors_after_397_days() -> Scene {
    let mut s = Scene::new(
        "device-floor-after-397-days",
        "N5 R6",
        "The same for a device's floor, each by its own time.",
    );
    s.trust("alice");
    s.revoke_known(&device_revocation("alice", "phone", 0), at(0), true);
    s.revoke_known(&device_revocation("alice", "tablet", -1), at(0), true);
    let phone = s.seal("phone", by("alice").at(at(1)), message("phone"));
    let tablet = s.seal("tablet", of("alice", "tablet"), message("tablet"));
    for letter in [&phone, &tablet] {
        s.receive(letter, at(1), Refused("revoked"));
    }
    s.prune_all(at(396 * DAYS));
    s.receive(&phone, at(1), Refused("revoked"));
    s.receive(&tablet, at(1), Notify);
    s.prune_all(at(397 * DAYS));
    s.receive(&phone, at(1), Notify);
    s
}

fn revisions() -> Scene {
    let mut s = Scene::new(
        "revisions-count-what-has-changed",
        "N35",
        "A state that has changed since it was saved has the next revision; one that has not, the
         same. What is refused changes nothing, and prekeys are not in the state. A restart goes on
         counting.",
    );
    s.save_revision("first", 1);
    s.save_revision("first", 1);
    s.trust("alice");
    let letter = s.seal("letter", by("alice"), message("hi"));
    s.receive(&letter, at(1), Notify);
    s.save_revision("second", 2);
    s.receive(&letter, at(2), Duplicate);
    let ahead = s.seal("ahead", by("alice").at(at(2 * DAYS)), message("ahead"));
    s.receive(&ahead, at(2), Refused("clock"));
    s.save_revision("second", 2);
    s.acknowledge(&letter, true);
    s.save_revision("third", 3);
    s.load("third");
    s.save_revision("third", 3);
    s.untrust("alice");
    s.save_revision("fourth", 4);
    s
}

fn rolled_back() -> Scene {
    let mut s = Scene::new(
        "state-of-an-older-revision",
        "N32 N35",
        "The app has kept the revision of the last state where no backup restores it. An older copy
         is refused, and the inbox stays as it is; the last one, and one that is newer than what the
         app has noted, are loaded. Damage, and whose state it is, are found first.",
    );
    s.trust("alice");
    s.save_revision("first", 1);
    let letter = s.seal("letter", by("alice"), message("hi"));
    s.receive(&letter, at(1), Notify);
    s.save_revision("second", 2);
    s.refuse_load(
        json!({ "state": "first", "atLeast": 2 }),
        "state_rolled_back",
    );
    s.refuse_load(
        json!({ "state": "first", "atLeast": 2, "cut": 1 }),
        "bad_state",
    );
    s.refuse_load(
        json!({ "state": "first", "atLeast": 2, "version": 2 }),
        "state_too_new",
    );
    let other = hushring_test_support::text::hex(&*device("alice", "phone").export());
    s.refuse_load(
        json!({ "state": "first", "atLeast": 2, "device": other }),
        "wrong_account",
    );
    s.pending(at(2), &[(&letter, Notify)]);
    s.load_at_least("second", 1);
    s.load_at_least("second", 2);
    s.pending(at(2), &[(&letter, Notify)]);
    s.refuse_load(
        json!({ "state": "second", "atLeast": 3 }),
        "state_rolled_back",
    );
    s
}
