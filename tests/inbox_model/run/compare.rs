//! Compares whatever can be seen of the inbox with the model.

use std::collections::HashMap;

use hushring::error::InboxError;
use hushring::inbox::{Action, Event, HeldReason};
use hushring::{AccountKey, Content, Inbox, UnixMillis};

use super::{Run, name_of, seen};
use crate::letters::Body;
use crate::model::{
    MAX_HELD, MAX_HELD_PER_ACCOUNT, MAX_KEPT, MAX_KEPT_PER_ACCOUNT, MAX_PENDING,
    MAX_PENDING_PER_ACCOUNT, rings_for,
};
use crate::people::{WORLD, own};
use crate::seen::SeenAction;

impl Run {
    pub(super) fn compare(&mut self) {
        for line in std::mem::take(&mut self.model.met) {
            self.reach(line);
        }
        self.went_back |= self.times.iter().any(|time| *time > self.now);
        self.compare_pending(self.now);
        self.compare_held();
        let prekeys: Vec<_> = self.inbox.prekeys().map(|prekey| prekey.id()).collect();
        let expected = self
            .model
            .prekeys
            .iter()
            .map(|prekey| WORLD.prekeys[*prekey].id);
        assert_eq!(prekeys, expected.collect::<Vec<_>>());

        let saved = self.save();
        assert!(
            saved.len() <= self.most_bytes(),
            "the state grew beyond its bound"
        );
        // Loading checks the keys of all accounts.
        if self.times.len().is_multiple_of(8) {
            let mut loaded = Inbox::load(WORLD.phone.certificate(), &saved).unwrap();
            assert!(
                *loaded.save() == *saved,
                "loading and saving changed the state"
            );
        }
    }

    fn compare_held(&self) {
        let held: Vec<_> = self
            .inbox
            .held()
            .map(|held| {
                (
                    held.envelope_tag().to_string(),
                    *held.account(),
                    *held.device(),
                    held.message_id(),
                    held.sent_at().0,
                    held.reason() == HeldReason::Clock,
                )
            })
            .collect();
        let expected = self.model.held.iter().map(|held| {
            let letter = &held.letter;
            (
                letter.tag.clone(),
                letter.account,
                letter.device,
                letter.id,
                letter.sent_at,
                held.for_clock,
            )
        });
        assert_eq!(held, expected.collect::<Vec<_>>());
        for for_clock in [false, true] {
            let of_kind = held.iter().filter(|held| held.5 == for_clock);
            assert!(of_kind.clone().count() <= MAX_HELD);
            for (_, account, ..) in of_kind.clone() {
                let of_account = of_kind.clone().filter(|(_, other, ..)| other == account);
                assert!(of_account.count() <= MAX_HELD_PER_ACCOUNT);
            }
        }
        let accounts = self.inbox.held_accounts();
        let accounts = accounts.iter().map(|held| {
            let times = (held.earliest.0, held.latest.0);
            (held.account, held.count, times.0, times.1)
        });
        assert_eq!(accounts.collect::<Vec<_>>(), self.model.held_accounts());
    }

    /// What spec/inbox.md allows ("State and bounds"), with what is in it now: generous for each
    /// entry, and independent of how many there were before.
    pub(super) fn most_bytes(&self) -> usize {
        let sizes = self.model.sizes(self.now);
        512 + sizes.accounts * (128 + 256 + 255)
            + sizes.ids * (16 + 8 + 8)
            + sizes.calls * (16 + 5 * 8 + 16)
            + sizes.device_floors * (32 + 16)
            + sizes.early_ends * (32 + 16 + 3 * 8)
            + sizes.placed * (16 + 16)
            + sizes.legs * (32 + 8 + 32 + 8)
            + sizes.joined * (32 + 16 + 16)
            + sizes.joined_accounts * (32 + 8)
            + sizes.kept * 1_024
            + sizes.journal * 1_024
            + (sizes.held + sizes.held_for_clock) * 1_024
    }

    pub(super) fn compare_pending(&mut self, at: u64) {
        let events = self.events(at);
        let pending = seen(&events);
        let expected = self.model.pending(at);
        assert_eq!(pending.len(), expected.len());
        for (pending, expected) in pending.iter().zip(&expected) {
            assert_eq!(pending, expected, "pending at {at}");
        }
        let of_others = pending.iter().filter(|event| event.account != own());
        assert!(of_others.count() <= MAX_PENDING + self.room_twice(MAX_KEPT));
        let mut lines = Vec::new();
        let mut of_account: HashMap<AccountKey, usize> = HashMap::new();
        for event in &events {
            let many = of_account.entry(event.sender.account).or_default();
            *many += 1;
            assert!(*many <= MAX_PENDING_PER_ACCOUNT + self.room_twice(MAX_KEPT_PER_ACCOUNT));
            lines.extend(self.check_listed(event, at));
        }
        lines.into_iter().for_each(|line| self.reach(line));
        // Loading takes long.
        if at != self.now || self.times.len().is_multiple_of(4) {
            self.check_answerable(&events, at);
        }
        for event in &pending {
            let action = &event.action;
            self.reach(&format!("pending {}", name_of(action)));
            if matches!(
                action,
                SeenAction::Ring {
                    crossed: Some(_),
                    ..
                }
            ) {
                self.reach("pending ring crossed");
            }
        }
    }

    /// By so much the journal may be over its bounds. A clock that goes back gives signals that were
    /// kept their time again, and what took their room meanwhile stays.
    fn room_twice(&self, kept: usize) -> usize {
        if self.went_back { kept } else { 0 }
    }

    /// What is listed as `ring` can be answered, and the step gives its time (N28); unless it is of a
    /// sibling, and its callId was placed here since.
    fn check_answerable(&mut self, events: &[Event], now: u64) {
        let mut inbox = None;
        let saved = self.save();
        for event in events {
            let Action::Ring(ring) = &event.action else {
                continue;
            };
            let inbox = inbox
                .get_or_insert_with(|| Inbox::load(WORLD.phone.certificate(), &saved).unwrap());
            let (caller, id) = (event.sender.account, ring.content.call_id);
            let answered = inbox.answered(&caller, id, UnixMillis(now));
            let expected = match caller == own() && self.model.is_placed(id) {
                true => Err(InboxError::CallOver),
                false => Ok(event.sent_at),
            };
            assert_eq!(answered, expected, "listed as a ring");
        }
    }

    /// Which calls have been forgotten of which a ring is in the journal.
    pub(super) fn find_forgotten(&mut self, why: &str) {
        for event in self.events(self.now) {
            let Action::Missed(missed) = &event.action else {
                continue;
            };
            let (account, id) = (event.sender.account, missed.content.call_id);
            if missed.reason.as_str() == "ended"
                && !self.model.records_call(&account, id)
                && self.book.forgotten.insert((*account.as_bytes(), id))
            {
                self.reach(&format!("a call with a ring forgotten: {why}"));
            }
        }
    }

    /// What holds of every event that is listed, whatever the model says. Returns what to count.
    fn check_listed(&self, event: &Event, at: u64) -> Option<&'static str> {
        let sender = *event.sender.account.as_bytes();
        let has_rung = self.book.rang.contains(&(sender, event.message_id));
        let is_answered = self.book.answered.contains(&(sender, event.message_id));
        match &event.action {
            Action::Ring(ring) => {
                assert!(at <= ring.expires_at.0, "it rings too late");
                let id = ring.content.call_id;
                assert!(!is_answered, "it was answered");
                if let Some(crossed) = ring.crossed {
                    assert!(crossed != id);
                    let parties = &self.book.parties[&crossed];
                    assert!(parties.contains(&event.sender.account));
                }
                let is_ahead = event.sent_at.0 > ring.expires_at.0 - rings_for(&ring.content);
                if at == ring.expires_at.0 {
                    return Some(match is_ahead {
                        true => "pending ring at the last moment, dated ahead",
                        false => "pending ring at the last moment",
                    });
                }
                let is_placed = self.model.placed_last(id).is_some();
                is_placed.then_some("pending ring, its callId placed since")
            }
            Action::Missed(missed) if missed.reason.as_str() == "ended" => {
                let id = missed.content.call_id;
                let is_ended = self.book.ended.contains(&(sender, id, false));
                let is_forgotten = self.book.forgotten.contains(&(sender, id));
                assert!(is_ended || is_forgotten, "ended by somebody else");
                Some(match self.model.records_call(&event.sender.account, id) {
                    false if !is_ended => "pending missed ended, call forgotten",
                    false => "pending missed ended, call ended and forgotten",
                    true if !is_ended => "pending missed ended, call forgotten and back",
                    true => "pending missed ended, call ended",
                })
            }
            Action::Missed(missed) if missed.reason.as_str() == "expired" && has_rung => {
                let last = event.sent_at.0 + rings_for(&missed.content);
                (at <= last).then_some("pending missed expired, dated ahead")
            }
            Action::Signal(signal) if has_rung => {
                let id = signal.content.call_id().unwrap();
                assert!(is_answered);
                let [_, _, elsewhere] = self.model.times_of(&event.sender.account, id);
                Some(if event.sent_at.0 <= elsewhere {
                    "pending signal, a ring ended elsewhere as well"
                } else {
                    "pending signal, a ring"
                })
            }
            Action::Drop(reason) => {
                let came = &self.book.came;
                let letter = came.iter().find(|letter| letter.tag == event.envelope_tag);
                let Some(Body::Sound(content)) = letter.map(|letter| &letter.body) else {
                    panic!("it never came");
                };
                let id = content.call_id().unwrap();
                match reason.as_str() {
                    // Of a ring, whose call the own account has ended.
                    "answeredElsewhere" | "declinedElsewhere" => {
                        let call = (sender, id, true);
                        assert!(self.book.ended.contains(&call), "by nobody");
                    }
                    "repeated" => assert!(came.iter().any(|other| {
                        other.account == event.sender.account
                            && other.sent_at > event.sent_at.0
                            && matches!(&other.body, Body::Sound(Content::Invite(invite)) if invite.call_id == id)
                    })),
                    "over" if !has_rung => {
                        assert!(matches!(content, Content::Answer(_)));
                        let has_leg = self.model.has_leg(id, &event.sender.account);
                        return (!has_leg).then_some("pending drop over, leg forgotten");
                    }
                    "over" if !self.model.records_call(&event.sender.account, id) => {
                        return Some("pending drop over, a ring, call forgotten");
                    }
                    "over" if is_answered => {
                        return Some("pending drop over, a ring, answered");
                    }
                    "over" => {
                        assert!(self.book.left.contains(&(sender, id)));
                        return Some("pending drop over, a ring, left");
                    }
                    other => panic!("{other} is pending"),
                }
                None
            }
            _ => None,
        }
    }
}
