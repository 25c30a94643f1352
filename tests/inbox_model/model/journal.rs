//! What is shown of an event, and the journal (spec/inbox.md, "Events" and "Journal").

use hushring::content::{EndReason, Invite};
use hushring::{AccountKey, CallId, Content, MessageId};

use super::names::{claims, dictionary};
use super::{Entry, LegState, Model, Phase, Since, Was};
use crate::letters::{Body, Letter};
use crate::people::{MINUTE, SECOND, own};
use crate::seen::{Said, Seen, SeenAction, seen_contact};

impl Model {
    pub fn pending(&self, now: u64) -> Vec<Seen> {
        self.journal
            .iter()
            .map(|entry| self.show(entry, now))
            .collect()
    }

    /// N26.
    pub fn acknowledge(&mut self, account: &AccountKey, id: MessageId) -> bool {
        let meant = |entry: &Entry| entry.letter.account == *account && entry.letter.id == id;
        let place = self.journal.iter().position(meant);
        place.map(|place| self.journal.remove(place)).is_some()
    }

    /// What an entry has become (N28).
    pub(super) fn show(&self, entry: &Entry, now: u64) -> Seen {
        let letter = &entry.letter;
        let Body::Sound(content) = &letter.body else {
            panic!("nothing broken is accepted");
        };
        let said = Said::new(content);
        let action = match (&entry.said, content) {
            (Was::Ring { since, accepted_at }, Content::Invite(invite)) => {
                let until = last_moment(letter, invite, *accepted_at);
                self.show_ring(letter, invite, *since, until, now)
            }
            (Was::Missed(reason, since), Content::Invite(invite)) => {
                self.show_missed(letter, invite, reason, *since, now)
            }
            (
                Was::End {
                    call_uuid,
                    ended_reason,
                    remaining,
                },
                Content::End(_),
            ) => SeenAction::End {
                call_uuid: *call_uuid,
                ended_reason: *ended_reason,
                remaining: *remaining,
                content: said,
            },
            (Was::Signal(call_uuid), _) => SeenAction::Signal {
                call_uuid: *call_uuid,
                content: said,
            },
            (Was::Second { taken, since }, Content::Answer(answer)) => {
                let id = answer.call_id;
                match self.waits_for_a_word(id, &letter.account, *since) {
                    true => SeenAction::Second {
                        call_uuid: id.callkit_uuid(&own()),
                        taken: *taken,
                        content: said,
                    },
                    false => SeenAction::Drop("over"),
                }
            }
            (Was::Notify, _) => SeenAction::Notify(said),
            _ => panic!("said one thing, and is another"),
        };
        self.event(letter, action)
    }

    /// The table of spec/inbox.md, "Journal", of what was accepted as `missed`.
    fn show_missed(
        &self,
        letter: &Letter,
        invite: &Invite,
        reason: &'static str,
        since: Since,
        now: u64,
    ) -> SeenAction {
        if since.newer_ring {
            return SeenAction::Drop("repeated");
        }
        if let Some(reason) = since.elsewhere {
            return SeenAction::Drop(reason.as_str());
        }
        self.missed(letter, invite, reason, now)
    }

    /// The table of spec/inbox.md, "Journal", of what was accepted as `ring`.
    fn show_ring(
        &self,
        letter: &Letter,
        invite: &Invite,
        since: Since,
        until: u64,
        now: u64,
    ) -> SeenAction {
        if since.newer_ring {
            return SeenAction::Drop("repeated");
        }
        let (caller, id) = (letter.account.as_bytes(), invite.call_id);
        let is_newest = self.rung(caller, id) == letter.sent_at;
        if since.answered && is_newest && self.is_answered(&letter.account, id) {
            return SeenAction::Signal {
                call_uuid: invite.call_id.callkit_uuid(&letter.account),
                content: Said::new(&Content::Invite(invite.clone())),
            };
        }
        if since.answered || since.left {
            return SeenAction::Drop("over");
        }
        if let Some(reason) = since.elsewhere {
            return SeenAction::Drop(reason.as_str());
        }
        if !self.is_ringing_by(letter, invite) {
            return self.missed(letter, invite, "ended", now);
        }
        if now > until {
            return self.missed(letter, invite, "expired", now);
        }
        self.ring(letter, invite, until, now)
    }

    /// Whether a leg is there as it began then, and was not left.
    fn waits_for_a_word(&self, id: CallId, account: &AccountKey, since: u64) -> bool {
        let leg = self.leg(id, account);
        leg.is_some_and(|leg| {
            let was_left = leg.state == LegState::Closed && leg.by.is_none();
            leg.since == since && !was_left
        })
    }

    /// Whether its call rings, and by this ring: what is listed as `ring` can be answered.
    fn is_ringing_by(&self, letter: &Letter, invite: &Invite) -> bool {
        let (caller, id) = (letter.account.as_bytes(), invite.call_id);
        self.phase(caller, id) == Some(Phase::Ringing) && self.rung(caller, id) == letter.sent_at
    }

    /// spec/inbox.md, "Events".
    fn ring(&self, letter: &Letter, invite: &Invite, expires_at: u64, now: u64) -> SeenAction {
        SeenAction::Ring {
            call_uuid: invite.call_id.callkit_uuid(&letter.account),
            call_kit: Box::new(dictionary(
                letter,
                invite,
                &self.pinned(&letter.account),
                expires_at,
            )),
            claimed: claims(invite),
            expires_at,
            crossed: self.crossed(letter, invite, now),
            content: Said::new(&Content::Invite(invite.clone())),
        }
    }

    /// 8.6.
    fn crossed(&self, letter: &Letter, invite: &Invite, now: u64) -> Option<CallId> {
        if invite.group_id.is_some() {
            return None;
        }
        let crosses = |placed: &&super::Placed| {
            if placed.id == invite.call_id {
                return false;
            }
            let leg = placed.legs.iter().find(|leg| leg.account == letter.account);
            leg.is_some_and(|leg| match leg.state {
                LegState::Open => {
                    !leg.declined
                        && placed.legs.len() == 1
                        && now.saturating_sub(leg.since) <= 2 * MINUTE
                }
                LegState::Taken => leg.by == Some(letter.device),
                LegState::Closed => false,
            })
        };
        // Of several, the one placed last.
        let placed = self.placed.iter().rev().find(crosses)?;
        Some(placed.id)
    }

    fn missed(
        &self,
        letter: &Letter,
        invite: &Invite,
        reason: &'static str,
        now: u64,
    ) -> SeenAction {
        SeenAction::Missed {
            call_uuid: invite.call_id.callkit_uuid(&letter.account),
            reason,
            age_ms: now.saturating_sub(letter.sent_at),
            claimed: claims(invite),
            content: Said::new(&Content::Invite(invite.clone())),
        }
    }

    pub(super) fn event(&self, letter: &Letter, action: SeenAction) -> Seen {
        Seen {
            tag: letter.tag.clone(),
            account: letter.account,
            device: letter.device,
            contact: seen_contact(&self.pinned(&letter.account)),
            id: letter.id,
            sent_at: letter.sent_at,
            action,
        }
    }
}

pub fn elsewhere(reason: EndReason) -> bool {
    matches!(
        reason,
        EndReason::AnsweredElsewhere | EndReason::DeclinedElsewhere
    )
}

/// The lifetime and 30 seconds (8.3).
pub fn rings_for(invite: &Invite) -> u64 {
    (u64::from(invite.lifetime.unwrap_or(60)) + 30) * SECOND
}

/// The last moment at which a ring rings that was accepted then (8.3).
pub(super) fn last_moment(letter: &Letter, invite: &Invite, accepted_at: u64) -> u64 {
    letter
        .sent_at
        .min(accepted_at)
        .saturating_add(rings_for(invite))
}
