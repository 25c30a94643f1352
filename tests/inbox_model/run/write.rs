//! What a step seals, and which time it means.

use std::rc::Rc;

use hushring::{Content, MessageId};

use super::Run;
use crate::letters::{Body, Caller, Draft, Kind, Letter, call_id};
use crate::model::rings_for;
use crate::people::{DAY, MINUTE, MONTH, SECOND, START, TOLERANCE, WORLD, key};
use crate::steps::{Id, Mark, Move, Post, RingAt, Sent};

impl Run {
    pub(super) fn write(&mut self, post: &Post) -> Rc<Letter> {
        let id = match post.id {
            Id::Shared(number) => MessageId::from_bytes([number; 16]),
            Id::Fresh => self.fresh_id(),
        };
        let kind = self.with_ring(post);
        Draft {
            who: post.who,
            device: post.device,
            term: post.term,
            prekey: post.prekey,
            id,
            sent_at: self.sent_at(post),
            kind,
            fault: post.fault,
        }
        .seal()
    }

    pub(super) fn fresh_id(&mut self) -> MessageId {
        self.fresh += 1;
        let mut bytes = [0xee; 16];
        // So that their order is not the order in which they came.
        bytes[..8].copy_from_slice(&self.fresh.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        MessageId::from_bytes(bytes)
    }

    /// The kind, about the ring that the post means.
    fn with_ring(&self, post: &Post) -> Kind {
        let Some((caller, call)) = post.kind.ring_of() else {
            return post.kind;
        };
        let ring = match post.ring {
            RingAt::Newest(by) => {
                let caller = match caller {
                    Caller::Account(who) => Some(key(who)),
                    Caller::Nobody => None,
                };
                let newest = caller
                    .and_then(|caller| self.model.ring_of(&caller, call_id(call), &key(post.who)));
                newest.unwrap_or(self.now).saturating_add_signed(by)
            }
            RingAt::Like(number) => self
                .letter(number)
                .map_or(self.now, |letter| letter.sent_at),
            RingAt::Zero => 0,
        };
        post.kind.with_ring(ring)
    }

    fn sent_at(&self, post: &Post) -> u64 {
        let (begins, ends) = post.term.millis();
        let lifetime = match post.kind {
            Kind::Invite { lifetime, .. } => u64::from(lifetime.unwrap_or(60)),
            _ => 60,
        };
        let now = self.now;
        let beside = |time: u64, by: i64| time.saturating_add_signed(by);
        match post.sent {
            Sent::Ago(ago) => now.saturating_sub(ago),
            Sent::In(ahead) => now.saturating_add(ahead),
            Sent::Mark(mark, by) => beside(self.mark(post, mark).unwrap_or(now), by),
            Sent::LastRing(by) => beside(now.saturating_sub((lifetime + 30) * SECOND), by),
            Sent::Ahead(by) => beside(now.saturating_add(TOLERANCE), by),
            Sent::DayAhead(by) => beside(now.saturating_add(DAY), by),
            Sent::Month(by) => beside(now.saturating_sub(MONTH), by),
            Sent::Ends(by) => beside(ends, by),
            Sent::Begins(by) => beside(begins - TOLERANCE, by),
            Sent::Floor(by) => {
                let floor = self.model.replay_floor(&key(post.who));
                beside(floor.unwrap_or(now), by)
            }
            Sent::Like(number) => self.letter(number).map_or(now, |letter| letter.sent_at),
        }
    }

    /// A time of the call that the post is about, if it has one.
    fn mark(&self, post: &Post, mark: Mark) -> Option<u64> {
        let call = post.kind.call()?;
        let times = self.model.times_of(&key(post.who), call_id(call));
        let place = match mark {
            Mark::Rung => 0,
            Mark::Over => 1,
            Mark::Elsewhere => 2,
        };
        Some(times[place]).filter(|time| *time > 0)
    }

    pub(super) fn time(&self, to: Move) -> u64 {
        let month_after = |time: u64| time.saturating_add(MONTH);
        let (time, by) = match to {
            Move::By(by) => (self.now, by),
            Move::LastRing(number, by) => match self.letter(number) {
                Some(letter) => match &letter.body {
                    Body::Sound(Content::Invite(invite)) => {
                        let of_ring = self.model.rings_until(&letter);
                        (of_ring.unwrap_or(letter.sent_at + rings_for(invite)), by)
                    }
                    _ => (letter.sent_at + 90 * SECOND, by),
                },
                None => (self.now, by),
            },
            Move::Tolerance(number, by) => match self.letter(number) {
                Some(letter) => (letter.sent_at.saturating_sub(TOLERANCE), by),
                None => (self.now, by),
            },
            Move::Month(number, by) => {
                let sent_at = self
                    .letter(number)
                    .map_or(self.now, |letter| letter.sent_at);
                (month_after(sent_at), by)
            }
            Move::MonthAfterStep(number, by) => {
                let place = usize::from(number) % self.times.len();
                (month_after(self.times[place]), by)
            }
            Move::MinutesAfterStep(number, by) => {
                let place = usize::from(number) % self.times.len();
                let time = self.times.iter().rev().nth(place).unwrap();
                (time.saturating_add(2 * MINUTE), by)
            }
            Move::Ends(term, by) => (term.millis().1, by),
            Move::Begins(term, by) => (term.millis().0 - TOLERANCE, by),
            Move::Prekey(prekey, by) => (month_after(WORLD.prekeys[prekey].expires_at), by),
            Move::Start => (START, 0),
        };
        time.saturating_add_signed(by)
    }
}
