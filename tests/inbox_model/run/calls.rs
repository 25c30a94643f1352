//! What the app says of calls.

use hushring::inbox::Action;
use hushring::{AccountKey, CallId, Content, UnixMillis};

use super::{Run, seen};
use crate::letters::{Body, call_id};
use crate::people::{TOLERANCE, Who, key};
use crate::steps::Which;

impl Run {
    /// With a clock that went back so far that the call can just be placed anew, or just not.
    pub(super) fn place_before(&mut self, call: u16, parties: &[Who], by: i64) {
        let last = self.model.placed_last(call_id(call));
        let first = last.map(|last| (last + 1 - TOLERANCE).saturating_add_signed(by));
        self.place(call, parties, first.unwrap_or(self.now));
    }

    pub(super) fn place(&mut self, call: u16, parties: &[Who], now: u64) {
        let accounts = keys(parties);
        let id = call_id(call);
        let before = self.save();
        let placed = self.inbox.place_call(id, &accounts, UnixMillis(now));
        let expected = self.model.place_call(id, &accounts, now);
        let placed = placed.map(|at| at.0).map_err(|error| error.code().as_str());
        assert_eq!(placed, expected);
        match expected {
            Ok(at) => {
                assert!(at >= now && at <= now + TOLERANCE);
                self.book.parties.entry(id).or_default().extend(accounts);
                self.reach(if at == now + TOLERANCE {
                    "placed as late as can be"
                } else if at > now {
                    "placed later"
                } else {
                    "placed"
                });
            }
            Err(code) => {
                self.unchanged(&before);
                self.reach(&format!("placed {code}"));
            }
        }
    }

    pub(super) fn answered(&mut self, which: Which) {
        let (caller, id) = self.which(which);
        let before = self.save();
        let again = self.model.is_answered(&caller, id);
        let listed = self.events(self.now);
        let answered = self.inbox.answered(&caller, id, UnixMillis(self.now));
        let expected = self.model.answered(&caller, id, self.now);
        let answered = answered.map(|at| at.0);
        assert_eq!(answered.map_err(|error| error.code().as_str()), expected);
        match expected {
            Ok(_) if again => {
                self.unchanged(&before);
                self.reach("answered again");
            }
            Ok(rung) => {
                assert!(before != self.save());
                for event in listed {
                    let of_call = match &event.action {
                        Action::Ring(ring) => ring.content.call_id == id,
                        Action::Missed(missed) => missed.content.call_id == id,
                        // A ring that a sibling has answered, before its call was forgotten and
                        // rang again at the same time: it is answered as well.
                        Action::Drop(_) => self.is_ring_of(&event.envelope_tag, id),
                        _ => false,
                    };
                    if of_call && event.sender.account == caller && event.sent_at.0 == rung {
                        let ring = (*caller.as_bytes(), event.message_id);
                        self.book.answered.insert(ring);
                    }
                }
                self.reach("answered");
            }
            Err(code) => {
                self.unchanged(&before);
                self.reach(&format!("answered {code}"));
            }
        }
    }

    fn is_ring_of(&self, tag: &str, id: CallId) -> bool {
        let mut came = self.book.came.iter();
        came.any(|letter| {
            letter.tag == tag
                && matches!(&letter.body, Body::Sound(Content::Invite(invite)) if invite.call_id == id)
        })
    }

    pub(super) fn left(&mut self, which: Which) {
        let (caller, id) = self.which(which);
        self.inbox.left(&caller, id);
        self.model.left(&caller, id);
        self.book.ended.insert((*caller.as_bytes(), id, false));
        self.book.left.insert((*caller.as_bytes(), id));
        self.reach("left");
    }

    pub(super) fn left_accounts(&mut self, call: u16, parties: &[Who]) {
        let accounts = keys(parties);
        self.inbox.left_accounts(call_id(call), &accounts);
        self.model.left_accounts(call_id(call), &accounts);
        self.reach("left accounts");
    }

    pub(super) fn joined(&mut self, which: Which, parties: &[Who]) {
        let (caller, id) = self.which(which);
        let accounts = keys(parties);
        let before = self.save();
        let now = UnixMillis(self.now);
        let joined = self.inbox.joined(&caller, id, &accounts, now);
        let expected = self.model.joined(&caller, id, &accounts, self.now);
        let joined = joined.map(|events| seen(&events));
        assert_eq!(joined.map_err(|error| error.code().as_str()), expected);
        match expected {
            Ok(events) => {
                let with = self
                    .book
                    .joined
                    .entry((*caller.as_bytes(), id))
                    .or_default();
                with.extend(accounts);
                let followed = !events.is_empty();
                self.reach(if followed {
                    "joined, followed"
                } else {
                    "joined"
                });
            }
            Err(code) => {
                self.unchanged(&before);
                self.reach(&format!("joined {code}"));
            }
        }
    }

    fn which(&self, which: Which) -> (AccountKey, CallId) {
        match which {
            Which::Any(who, call) => (key(who), call_id(call)),
            Which::Live(number) => {
                let live = self.model.live_calls();
                let place = usize::from(number) % live.len().max(1);
                let first = (key(crate::people::ANN), call_id(0));
                live.get(place).copied().unwrap_or(first)
            }
        }
    }

    pub(super) fn unchanged(&mut self, before: &[u8]) {
        assert!(*self.inbox.save() == *before, "something changed");
    }
}

pub(super) fn keys(parties: &[Who]) -> Vec<AccountKey> {
    parties.iter().map(|who| key(*who)).collect()
}
