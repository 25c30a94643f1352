//! N8: publishing through the inbox (B20, B21).

use hushring::{Prekey, Suite};
use hushring_test_support::clock::{day, second};
use hushring_test_support::people::{bundle, device, prekey};

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        both_suites(),
        twice_within_a_second(),
        clock_that_was_fast(),
        clock_that_goes_back_far(),
        prekey_that_ends_before_its_bundle(),
        kept_over_a_restart(),
        refused_publications(),
        refused_certificate(),
        no_room_for_the_prekeys(),
        prekeys_that_are_there(),
    ]
}

fn key(suite: Suite, name: &str) -> Prekey {
    prekey(suite, name, day(60))
}

/// An inbox without prekeys.
fn empty(name: &str, rules: &str, comment: &str) -> Scene {
    Scene::with_prekeys(name, rules, comment, Vec::new())
}

fn both_suites() -> Scene {
    let mut s = empty(
        "publishing-adds-the-prekeys",
        "B20 B21 E20 N5 N8",
        "A publication has a bundle for each prekey, all of the same moment. The inbox has the
         prekeys then, and receives what is sealed to them; it deletes them when they have had
         their time.",
    );
    let keys = [key(Suite::XWing, "weekly"), key(Suite::X25519, "weekly")];
    s.trust("alice");
    let to = bundle(&device(OWN, "phone"), &keys[1]);
    let first = s.seal_to("first", &to, message("hi"));
    let second_one = s.seal_to("second", &to, message("hi again"));
    s.receive(&first, at(0), Refused("unknown_prekey"));
    s.publish(&[&keys[0], &keys[1]], at(0) + 999, second(0));
    s.receive(&first, at(1), Notify);
    s.prune(at(90 * DAYS), &[&keys[0], &keys[1]]);
    s.receive(&second_one, at(1), Refused("unknown_prekey"));
    s
}

fn twice_within_a_second() -> Scene {
    let mut s = empty(
        "publishing-twice-within-a-second",
        "B20 N8",
        "Two publications never have the same moment: the second one is dated a second later, and
         the third another. Else a server could take a sender back to the first one unnoticed. The
         clock catches up.",
    );
    let (one, two) = (key(Suite::X25519, "weekly"), key(Suite::XWing, "weekly"));
    s.publish(&[&one], at(0), second(0));
    s.publish(&[&one, &two], at(0) + 500, second(1));
    s.publish(&[&one, &two], at(1) + 999, second(2));
    s.publish(&[&one, &two], at(3), second(3));
    s
}

fn clock_that_was_fast() -> Scene {
    let mut s = empty(
        "publishing-after-the-clock-was-fast",
        "B20 N8",
        "A device publishes while its clock is nine minutes fast, and again when it is right. The
         second publication is dated a second after the first, so senders do not take it for a
         stale one. Ten minutes ahead is the limit; at a later time there is room again.",
    );
    let one = key(Suite::X25519, "weekly");
    s.publish(&[&one], at(540), second(540));
    s.publish(&[&one], at(0), second(541));
    s.publish(&[&one], at(598), second(598));
    s.publish(&[&one], at(0), second(599));
    s.publish(&[&one], at(0), second(600));
    s.refuse_publication(&[&one], at(0) + 999, "clock");
    s.publish(&[&one], at(1), second(601));
    s
}

fn clock_that_goes_back_far() -> Scene {
    let mut s = empty(
        "publishing-after-the-clock-was-an-hour-fast",
        "B20 N8 N9",
        "After a publication that was dated an hour ahead the device waits: a bundle more than ten
         minutes ahead would be refused by every sender. What is refused adds no prekey and changes
         nothing.",
    );
    let (one, two) = (key(Suite::X25519, "weekly"), key(Suite::XWing, "weekly"));
    s.publish(&[&one], at(3600), second(3600));
    s.refuse_publication(&[&two], at(0), "clock");
    s.prune(at(90 * DAYS), &[&one]);
    s.publish(&[&two], at(3001), second(3601));
    s
}

fn prekey_that_ends_before_its_bundle() -> Scene {
    let mut s = empty(
        "publishing-a-prekey-that-ends-before-its-bundle",
        "B8 B20 B21 N8",
        "After a publication that was dated ahead, the next one is dated a second later. A prekey
         that ends by then would have a bundle without a lifetime: it is refused as such, because
         it has not expired yet.",
    );
    let one = key(Suite::X25519, "weekly");
    let ends = prekey(Suite::XWing, "ends soon", second(301));
    s.publish(&[&one], at(300), second(300));
    s.refuse_publication(&[&ends], at(0), "bad_lifetime");
    s.refuse_publication(&[&ends], at(300), "bad_lifetime");
    s.refuse_publication(&[&ends], at(301), "prekey_expired");
    let later = prekey(Suite::XWing, "ends later", second(302));
    s.publish(&[&later], at(0), second(301));
    s
}

fn kept_over_a_restart() -> Scene {
    let mut s = empty(
        "publishing-over-a-restart",
        "B20 N8 N29 N33",
        "When the device published last is in the saved state; its prekeys are not. The app saves,
         and then uploads: what was not saved is not known after a crash.",
    );
    let one = key(Suite::X25519, "weekly");
    s.trust("alice");
    let to = bundle(&device(OWN, "phone"), &one);
    let letter = s.seal_to("message", &to, message("hi"));
    s.publish(&[&one], at(0), second(0));
    s.save("disk");
    s.load_without_prekeys("disk");
    s.receive(&letter, at(1), Refused("unknown_prekey"));
    s.publish(&[&one], at(0), second(1));
    s.note("Crash, before it was saved and uploaded.");
    s.load_without_prekeys("disk");
    s.publish(&[&one], at(0), second(1));
    s.receive(&letter, at(1), Notify);
    s
}

fn refused_publications() -> Scene {
    let mut s = empty(
        "publications-that-are-refused",
        "B20 B21 N8 N9",
        "No prekey, two of one suite, one that is past its end, one that would live for more than
         90 days: each is refused, adds nothing, and does not count as a publication.",
    );
    let (one, two) = (key(Suite::X25519, "weekly"), key(Suite::XWing, "weekly"));
    let ended = prekey(Suite::X25519, "ended", day(0));
    let long = prekey(Suite::XWing, "long", day(91));
    s.refuse_publication(&[], at(0), "no_prekeys");
    s.refuse_publication(
        &[&one, &key(Suite::X25519, "second")],
        at(0),
        "duplicate_suite",
    );
    s.refuse_publication(&[&two, &ended], at(0), "prekey_expired");
    s.refuse_publication(&[&one, &long], at(0), "bad_lifetime");
    s.note("In the order in which the prekeys are given.");
    s.refuse_publication(&[&ended, &long], at(0), "prekey_expired");
    s.refuse_publication(&[&long, &ended], at(0), "bad_lifetime");
    s.prune(at(200 * DAYS), &[]);
    s.publish(&[&one, &two], at(0), second(0));
    s
}

fn refused_certificate() -> Scene {
    let mut s = empty(
        "publishing-with-a-certificate-that-has-ended",
        "B20 N8 T9",
        "A device does not publish after its certificate has ended. That there is no prekey comes
         before, two of one suite behind.",
    );
    let one = prekey(Suite::X25519, "later", day(250));
    let second_one = prekey(Suite::X25519, "later still", day(250));
    let then = at(200 * DAYS);
    s.refuse_publication(&[], then, "no_prekeys");
    s.refuse_publication(&[&one, &second_one], then, "certificate_expired");
    s.refuse_publication(&[&one], then, "certificate_expired");
    s
}

fn no_room_for_the_prekeys() -> Scene {
    let numbered = |n: usize| prekey(Suite::X25519, &format!("number {n}"), day(60));
    let mut s = Scene::with_prekeys(
        "publishing-without-room-for-the-prekeys",
        "B20 N8 N9",
        "255 prekeys are there, and two are to be published: inbox_full, and neither is added. One
         has room. A publication that is refused for another reason as well says that one.",
        (0..255).map(numbered).collect(),
    );
    let (one, two) = (key(Suite::X25519, "weekly"), key(Suite::XWing, "weekly"));
    let ended = prekey(Suite::X25519, "ended", day(0));
    s.refuse_publication(&[&one, &two], at(0), "inbox_full");
    s.publish(&[&one], at(0), second(0));
    s.refuse_publication(&[&two], at(1), "inbox_full");
    s.refuse_publication(&[&two, &ended], at(1), "prekey_expired");
    s.publish(&[&one], at(1), second(1));
    s
}

fn prekeys_that_are_there() -> Scene {
    let mut s = Scene::new(
        "publishing-prekeys-that-are-there",
        "B21 N8",
        "Prekeys that the inbox has are published again, without being added again. The bundle ends
         with its prekey, or with the certificate where that is earlier.",
    );
    let (one, two) = (key(Suite::X25519, "weekly"), key(Suite::XWing, "weekly"));
    s.publish(&[&one, &two], at(0), second(0));
    s.publish(&[&two], at(5), second(5));
    let late = prekey(Suite::X25519, "late", day(230));
    s.publish(&[&late], at(150 * DAYS), second(150 * DAYS.cast_signed()));
    s.prune(at(90 * DAYS), &[&one, &two]);
    s
}
