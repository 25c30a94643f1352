//! A journal that is full.

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        full_for_one_account(),
        full_in_all(),
        full_for_the_own_account(),
        room_comes_before_content(),
        drops_take_no_room(),
    ]
}

fn messages<'a>(from: &'a str, count: usize, sent_at: u64) -> Flood<'a> {
    Flood {
        from,
        count,
        first_sent_at: sent_at,
        message_ids: *b"many letters",
        call_ids: None,
        content: message("hello"),
        at: at(10),
    }
}

fn full_for_one_account() -> Scene {
    let mut s = Scene::new(
        "journal-full-for-one-account",
        "E27 E30 N9 N15 N26",
        "64 events of one account wait for the app. The next is refused, and may be delivered
         again: it is accepted when one was acknowledged. Others are not affected, and a duplicate
         is still known as one.",
    );
    s.trust("alice");
    s.trust("carol");
    let first = s.seal("first", by("alice"), message("first"));
    s.receive(&first, at(1), Notify);
    s.flood(&messages("alice", 63, at(1)), Notify);
    let one_more = s.seal("one more", by("alice").at(at(10)), message("one more"));
    let carols = s.seal("carols", by("carol").at(at(10)), message("from Carol"));
    s.receive(&one_more, at(11), Refused("inbox_full"));
    s.receive(&first, at(11), Duplicate);
    s.receive(&carols, at(11), Notify);
    s.pending_count(at(11), 65);
    s.acknowledge(&first, true);
    s.receive(&one_more, at(12), Notify);
    s.pending_count(at(12), 65);
    let another = s.seal("another", by("alice").at(at(10)), message("another"));
    s.receive(&another, at(12), Refused("inbox_full"));
    s
}

fn full_in_all() -> Scene {
    let mut s = Scene::new(
        "journal-full-in-all",
        "E30 N9 N12 N26 Z11",
        "256 events wait in all. Whoever comes now is refused, were it the first time; a stranger
         of whom something is held cannot become trusted. The own account alone has its room beside
         that: the phone stops ringing. One acknowledgement makes room for one event.",
    );
    let held = s.seal("held", by("dave"), message("held"));
    s.receive(&held, at(1), Refused("untrusted"));
    s.trust("alice");
    let first = s.seal("first", by("alice"), invite_for(1, 90));
    s.receive(&first, at(1), Ring);
    s.flood(&messages("alice", 63, at(1)), Notify);
    for n in 2..=4 {
        let name = format!("friend {n}");
        s.trust(&name);
        s.flood(&messages(&name, 64, at(1)), Notify);
    }
    s.pending_count(at(10), 256);
    s.trust("carol");
    let letter = s.seal("letter", by("carol").at(at(10)), message("hi"));
    s.receive(&letter, at(11), Refused("inbox_full"));
    s.refuse_trust("dave", None, None, "inbox_full");
    s.note("A stranger is held nevertheless: that has a bound of its own.");
    s.receive(&held, at(11), Refused("untrusted"));
    let answered = s.seal("answered", desktop(), answered_elsewhere("alice", 1, at(0)));
    s.receive(&answered, at(11), End(4));
    s.pending_count(at(11), 257);
    s.receive(&letter, at(12), Refused("inbox_full"));
    s.acknowledge(&first, true);
    s.receive(&letter, at(12), Notify);
    s.pending_count(at(12), 257);
    s
}

fn full_for_the_own_account() -> Scene {
    let mut s = Scene::new(
        "journal-full-for-the-own-account",
        "E30 N10",
        "The own account has 64 places like others. When they are taken, what it says is refused;
         nobody else is affected.",
    );
    s.trust("alice");
    s.trust(OWN);
    s.flood(&messages(OWN, 64, at(1)), Notify);
    let answered = s.seal("answered", desktop(), answered_elsewhere("alice", 1, at(0)));
    let letter = s.seal("message", by("alice"), message("hi"));
    s.receive(&answered, at(11), Refused("inbox_full"));
    s.receive(&letter, at(11), Notify);
    s.acknowledge_id(OWN, counted(*b"many letters", 0), true);
    s.receive(&answered, at(12), Drop("unknown"));
    s
}

fn room_comes_before_content() -> Scene {
    let mut s = Scene::new(
        "room-comes-before-content",
        "E28 E30 E31 G10 N13",
        "Whether an envelope is refused for want of room does not depend on what it says: cover,
         which would take no room, and content that cannot be read, are refused like a message.
         The time is looked at before.",
    );
    s.trust("alice");
    s.flood(&messages("alice", 64, at(1)), Notify);
    let covered = s.seal("cover", by("alice").at(at(10)), cover());
    let early = s.seal("early", by("alice").at(at(10)), candidates(1));
    let noise = s.forge(
        "noise",
        by("alice").at(at(10)),
        cover(),
        vec![0xff; 40],
        |_| (),
    );
    let ahead = s.seal("ahead", by("alice").at(at(3600)), message("ahead"));
    for letter in [&covered, &early, &noise] {
        s.receive(letter, at(11), Refused("inbox_full"));
    }
    s.receive(&ahead, at(11), Refused("clock"));
    s.acknowledge_id("alice", counted(*b"many letters", 3), true);
    s.receive(&covered, at(12), Drop("cover"));
    s.receive(&noise, at(12), Refused("bad_compression"));
    s.receive(&early, at(12), Drop("early"));
    s
}

fn drops_take_no_room() -> Scene {
    let mut s = Scene::new(
        "drops-take-no-room",
        "E30 N26",
        "Only what the app has to see waits in the journal. Two hundred envelopes of cover leave
         room for a message.",
    );
    s.trust("alice");
    let mut flood = messages("alice", 200, at(1));
    flood.content = cover();
    s.flood(&flood, Drop("cover"));
    s.pending(at(11), &[]);
    let letter = s.seal("message", by("alice").at(at(10)), message("hi"));
    s.receive(&letter, at(11), Notify);
    s.pending(at(11), &[(&letter, Notify)]);
    s
}
