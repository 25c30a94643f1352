//! Bounds of all accounts together (spec/inbox.md, section 2).

use hushring::{CallId, Content};

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![earliest_by_a_clock_that_went_back()]
}

const CALLS: [u8; 12] = *b"many calls  ";

fn earliest_by_a_clock_that_went_back() -> Scene {
    let mut s = Scene::new(
        "calls-of-all-callers-by-a-clock-that-went-back",
        "A4 A6 Z3",
        "32 callers have 64 calls each, which is the room for all together. The clock went back
         while those of the fifth were recorded, and forward again. Before another caller's call is
         recorded, the fifth one's first is forgotten: of those who have most, the clock said the
         earliest time when it was recorded, though others were recorded before.",
    );
    let friend = |n: u64| format!("friend {n}");
    for n in 1..=32 {
        s.trust(&friend(n));
        s.flood(
            &Flood {
                from: &friend(n),
                count: 64,
                first_sent_at: at(1),
                message_ids: *b"cancelled   ",
                call_ids: Some(CALLS),
                content: cancel(1),
                at: if n == 5 { at(50) } else { at(100 + n) },
            },
            Drop("unknown"),
        );
    }
    s.trust("alice");
    let alices = s.seal("alice's", by("alice"), invite(1));
    let mut invitation = |name: &str, n: u64, index| {
        let mut invite = plain_invite(1);
        invite.call_id = CallId::from_bytes(counted(CALLS, index)).unwrap();
        s.seal(name, by(&friend(n)), Content::Invite(invite))
    };
    let first = invitation("first of the first", 1, 0);
    let fifth = invitation("first of the fifth", 5, 0);
    let next = invitation("second of the fifth", 5, 1);
    s.receive(&alices, at(60), Ring);
    s.receive(&first, at(60), Missed("ended"));
    s.receive(&next, at(60), Missed("ended"));
    s.receive(&fifth, at(60), Ring);
    s
}
