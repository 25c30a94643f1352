//! Envelopes, and what must hold of every event.

use std::rc::Rc;

use hushring::content::EndReason;
use hushring::error::ErrorCode;
use hushring::inbox::Event;
use hushring::{AccountKey, CallId, CallKitUuid, Content, MessageId, UnixMillis};

use super::{Run, name_of, refusal};
use crate::explanation::check_explanation;
use crate::letters::{Body, Draft, Kind, Letter};
use crate::model::{MAX_HELD, Outcome, elsewhere, rings_until};
use crate::people::{ANN, BEN, MONTH, SECOND, TOLERANCE, key, own};
use crate::seen::{Seen, SeenAction};
use crate::steps::{Id, Post, Sent};

impl Run {
    pub(super) fn receive(&mut self, letter: &Rc<Letter>) {
        let now = UnixMillis(self.now);
        let held = self.model.held.clone();
        let before = self.inbox.save();
        let outcome = self.model.receive(letter, self.now);
        let line = outcome.line;
        // Explaining takes as long as receiving: once a sequence for every line, and now and then.
        let first = !self.reached.contains_key(line);
        if first || self.book.came.len().is_multiple_of(4) {
            let explanation = self.inbox.explain(&letter.bytes, now);
            assert!(before == self.inbox.save(), "explaining changed something");
            check_explanation(&explanation, letter, &outcome, self.now);
            self.reach("explain");
        }
        self.book.came.push(letter.clone());
        let result = self.inbox.receive(&letter.bytes, now);
        let after = self.inbox.save();
        match &result {
            Ok(event) => {
                self.check_event(letter, event, &outcome);
                if event.action.reason() == Some("duplicate") {
                    assert!(before == after, "a duplicate changed something");
                } else {
                    assert!(before != after, "what was accepted is not kept");
                }
            }
            Err(error) => {
                assert_eq!(
                    Err(refusal(error)),
                    outcome.result,
                    "{letter:?} at {}",
                    self.now
                );
                let same = held.len() == self.model.held.len()
                    && held
                        .iter()
                        .zip(&self.model.held)
                        .all(|(a, b)| Rc::ptr_eq(a, b));
                assert_eq!(before == after, same, "{line}: what a refusal changes");
                if line == "E26" || line == "N10" {
                    self.reach(if same { "not held again" } else { "held" });
                    if !same && held.len() == MAX_HELD {
                        self.reach("held at the bound");
                    } else if !same && held.len() == self.model.held.len() {
                        self.reach("held at the bound of one");
                    }
                }
            }
        }
        self.reach(line);
        if let Ok(seen) = &outcome.result {
            let action = &seen.action;
            self.reach(&name_of(action));
        }
    }

    pub(super) fn check_event(&mut self, letter: &Letter, event: &Event, outcome: &Outcome) {
        let seen = Seen::from(event);
        let expected = outcome.result.as_ref();
        assert_eq!(
            Ok(&seen),
            expected,
            "{}: {letter:?} at {}",
            outcome.line,
            self.now
        );
        self.enter(letter, &seen);
    }

    /// What holds of every event, whatever the model says.
    pub(super) fn enter(&mut self, letter: &Letter, seen: &Seen) {
        if seen.action == SeenAction::Drop("duplicate") {
            let before = |(account, id, _): &([u8; 32], MessageId, u64)| {
                account == letter.account.as_bytes() && *id == letter.id
            };
            assert!(self.book.events.iter().any(before), "never seen before");
            return;
        }
        let Body::Sound(content) = &letter.body else {
            panic!("nothing broken is accepted");
        };
        let new = self
            .book
            .events
            .insert((*letter.account.as_bytes(), letter.id, letter.sent_at));
        assert!(new, "an event twice: {seen:?}");
        if let Content::End(end) = content {
            let sender = *letter.account.as_bytes();
            let caller = end.caller.unwrap_or(sender);
            if may_end(letter, caller, end.reason) {
                let call = (caller, end.call_id, elsewhere(end.reason));
                self.book.ended.insert(call);
            }
        }
        match (&seen.action, content) {
            (SeenAction::Ring { expires_at, .. }, Content::Invite(invite)) => {
                assert!(self.now <= rings_until(letter, invite));
                assert_eq!(*expires_at, rings_until(letter, invite));
            }
            (SeenAction::End { call_uuid, .. }, Content::End(end)) => {
                let sender = *letter.account.as_bytes();
                let caller = end.caller.unwrap_or(sender);
                let may = may_end(letter, caller, end.reason);
                let of_caller = AccountKey::from_bytes(&caller)
                    .is_ok_and(|caller| end.call_id.callkit_uuid(&caller) == *call_uuid);
                assert!(may && of_caller || self.is_own(end.call_id, letter, *call_uuid));
            }
            (SeenAction::Signal { call_uuid, .. }, content) => {
                let id = content.call_id().unwrap();
                let of_sender = id.callkit_uuid(&letter.account) == *call_uuid;
                assert!(of_sender || self.is_own(id, letter, *call_uuid));
            }
            _ => {}
        }
    }

    /// Whether it is about a call of this device's account, to the letter's account.
    pub(super) fn is_own(&self, id: CallId, letter: &Letter, call_uuid: CallKitUuid) -> bool {
        let parties = self.book.parties.get(&id);
        call_uuid == id.callkit_uuid(&own())
            && parties.is_some_and(|parties| parties.contains(&letter.account))
    }

    /// What signals of the others to the call of a letter would be: whoever has nothing to say in
    /// their calls changes nothing of it.
    pub(super) fn ask_others(&mut self, letter: &Letter) -> Vec<String> {
        let (true, Body::Sound(content)) = (self.asks, &letter.body) else {
            return Vec::new();
        };
        let Some(id) = content.call_id() else {
            return Vec::new();
        };
        let mut answers = Vec::new();
        for who in [ANN, BEN] {
            let of_own = match content {
                Content::End(end) if letter.account == own() && elsewhere(end.reason) => end.caller,
                _ => None,
            };
            if key(who) == letter.account || of_own == Some(*key(who).as_bytes()) {
                continue;
            }
            let number = u16::from_be_bytes([id.as_bytes()[0], id.as_bytes()[1]]);
            let question = self.question(who, number);
            let explanation = self.inbox.explain(&question.bytes, UnixMillis(self.now));
            let answer = format!("{who}: {:?}", explanation.result());
            let asked = explanation
                .result()
                .map(|(action, reason)| (action.as_str(), reason))
                .map_err(ErrorCode::as_str);
            self.reach(&format!("asked {asked:?}"));
            answers.push(answer);
        }
        answers
    }

    pub(super) fn write(&mut self, post: &Post) -> Rc<Letter> {
        let id = match post.id {
            Id::Shared(number) => MessageId::from_bytes([number; 16]),
            Id::Fresh => {
                self.fresh += 1;
                let mut bytes = [0xee; 16];
                // So that their order is not the order in which they came.
                bytes[..8]
                    .copy_from_slice(&self.fresh.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
                MessageId::from_bytes(bytes)
            }
        };
        let (begins, ends) = post.term.millis();
        let lifetime = match post.kind {
            Kind::Invite { lifetime, .. } => u64::from(lifetime.unwrap_or(60)),
            _ => 60,
        };
        let beside = |time: u64, by: i64| time.saturating_add_signed(by);
        let sent_at = match post.sent {
            Sent::Ago(ago) => self.now.saturating_sub(ago),
            Sent::LastRing(by) => beside(self.now.saturating_sub((lifetime + 30) * SECOND), by),
            Sent::Ahead(by) => beside(self.now.saturating_add(TOLERANCE), by),
            Sent::Month(by) => beside(self.now.saturating_sub(MONTH), by),
            Sent::Ends(by) => beside(ends, by),
            Sent::Begins(by) => beside(begins - TOLERANCE, by),
            Sent::Floor(by) => beside(
                self.model.replay_floor(&key(post.who)).unwrap_or(self.now),
                by,
            ),
            Sent::Like(number) => self
                .letter(number)
                .map_or(self.now, |letter| letter.sent_at),
        };
        Draft {
            who: post.who,
            device: post.device,
            term: post.term,
            prekey: post.prekey,
            id,
            sent_at,
            kind: post.kind,
            fault: post.fault,
        }
        .seal()
    }
}

/// Whether it is for the sender to end a call of this caller: the caller may, and the own account
/// elsewhere.
fn may_end(letter: &Letter, caller: [u8; 32], reason: EndReason) -> bool {
    if elsewhere(reason) {
        letter.account == own()
    } else {
        caller == *letter.account.as_bytes()
    }
}
