//! Judging an envelope whose sender has proved itself, and changing what is to change (spec/inbox.md,
//! "Order of the checks").

use zeroize::Zeroize;

use crate::content::Content;
use crate::envelope::open::Signed;
use crate::error::OpenError;
use crate::ids::CallKitUuid;
use crate::inbox::Inbox;
use crate::inbox::account::AccountRecord;
use crate::inbox::calls::{Arrival, Change, Decision, ElsewhereReason, KeptChange};
use crate::inbox::event::{Action, DropReason, Event, Origin};
use crate::inbox::held::{Held, HeldReason};
use crate::inbox::journal::{Entry, Kind};
use crate::inbox::kept::Kept;
use crate::limits::MAX_HELD_AHEAD;
use crate::time::UnixMillis;

/// The result that receiving an envelope would have.
pub(super) enum Judgement {
    Accepted(Decision),
    Duplicate(Action),
}

enum Novelty {
    Duplicate,
    New,
}

impl Inbox {
    /// Makes the checks E26 to E33, and decides the event. Changes nothing.
    pub(super) fn judge(
        &self,
        origin: &Origin,
        signed: &Signed,
        arrival: Arrival,
        now: UnixMillis,
    ) -> Result<Judgement, OpenError> {
        let sender = origin.account;
        let untrusted = OpenError::Untrusted { account: sender };
        let account = self.accounts.get(sender.as_bytes());
        let is_trusted = account.is_some_and(|account| account.contact.is_some());
        let Some(account) = account.filter(|_| is_trusted || sender == *self.recipient.account())
        else {
            return Err(untrusted);
        };
        if let Novelty::Duplicate = self.check_history(account, origin, signed, now)? {
            return Ok(Judgement::Duplicate(Action::Drop(DropReason::Duplicate)));
        }
        if !self.has_room(&sender, 1, now) {
            return Err(OpenError::InboxFull);
        }
        let mut content = signed.content()?;
        let decision = if origin.device == *self.recipient.device() {
            Ok(Action::Drop(DropReason::Own).into())
        } else if is_trusted || needs_no_trust(&content) {
            self.decide(origin, signed, &content, arrival, now)
        } else {
            Err(untrusted)
        };
        content.zeroize();
        decision.map(Judgement::Accepted)
    }

    /// Judges, and then makes the changes.
    pub(super) fn accept(
        &mut self,
        origin: Origin,
        signed: Signed,
        arrival: Arrival,
        now: UnixMillis,
    ) -> Result<Event, OpenError> {
        let contact = self.contact(&origin.account);
        let Decision { action, change } = match self.judge(&origin, &signed, arrival, now) {
            Ok(Judgement::Accepted(decision)) => decision,
            Ok(Judgement::Duplicate(action)) => return Ok(origin.event(contact, action)),
            Err(error) => {
                if arrival != Arrival::HeldForClock {
                    self.hold(&error, origin, signed, now);
                }
                return Err(error);
            }
        };
        // Cover has no effect, and so needs no protection against being received again.
        if action != Action::Drop(DropReason::Cover) {
            self.remember(&origin.account, origin.message_id, origin.sent_at);
        }
        let content = match self.kind_of(&origin, &action) {
            Some(kind) => {
                let content = signed.content;
                self.enter(Entry {
                    origin,
                    kind,
                    content,
                });
                None
            }
            None => Some(signed.content),
        };
        match change {
            Change::Nothing => {}
            Change::Call(caller, call_id, call, kept) => {
                let call_uuid = call_id.callkit_uuid_of(&caller);
                self.journal.ring(call_uuid, call.rung);
                self.record(&caller, call_id, call, now);
                let is_of_call = |kept: &Kept| {
                    kept.call_id == call_id && *kept.origin.account.as_bytes() == caller
                };
                match kept {
                    KeptChange::Stay => {}
                    KeptChange::Follow(time) => {
                        for kept in self.kept.take(now, is_of_call) {
                            if kept.origin.sent_at >= time {
                                self.follow(kept, call_uuid, now);
                            }
                        }
                    }
                    KeptChange::LeaveUpTo(time) => self
                        .kept
                        .forget(|kept| is_of_call(kept) && kept.origin.sent_at <= time),
                }
                self.lapse();
            }
            Change::Elsewhere(caller, call_id, elsewhere, call) => {
                let call_uuid = call_id.callkit_uuid_of(&caller);
                self.journal.answered_elsewhere(call_uuid, elsewhere);
                match call {
                    Some(call) => self.record(&caller, call_id, call, now),
                    None => self.early_ends.set((caller, call_id), elsewhere, now),
                }
            }
            Change::Keep(call_id) => {
                if let Some(content) = content {
                    self.kept.push(Kept {
                        origin,
                        call_id,
                        content,
                        kept_at: now,
                    });
                }
            }
            Change::Leg(call_id, changed) => {
                let legs = self.placed.get_mut(&call_id).into_iter().flatten();
                for leg in legs.filter(|leg| leg.account == changed.account) {
                    *leg = changed;
                }
                self.lapse();
            }
        }
        Ok(origin.event(contact, action))
    }

    /// Enters a kept signal into the journal, and returns its event.
    pub(super) fn follow(&mut self, kept: Kept, call_uuid: CallKitUuid, now: UnixMillis) -> Event {
        let entry = Entry {
            origin: kept.origin,
            kind: Kind::Signal(call_uuid),
            content: kept.content,
        };
        let event = self.restore(&entry, now);
        self.enter(entry);
        event
    }

    fn enter(&mut self, entry: Entry) {
        if let Some(account) = self.accounts.get_mut(entry.origin.account.as_bytes()) {
            account.pending += 1;
        }
        self.journal.push(entry);
    }

    /// Makes the checks E27 to E29: replay, the time of sending, and the certificate.
    fn check_history(
        &self,
        account: &AccountRecord,
        origin: &Origin,
        signed: &Signed,
        now: UnixMillis,
    ) -> Result<Novelty, OpenError> {
        let id = origin.message_id;
        let is_known = account.replay.contains(id)
            || self.journal.contains(&origin.account, id)
            || self.kept.contains(&origin.account, id);
        if is_known {
            return Ok(Novelty::Duplicate);
        }
        if account.replay.is_below_floor(origin.sent_at) {
            return Err(OpenError::Replayed);
        }
        signed.check_sent_at(now)?;
        let begins = signed.certificate.not_before();
        if account.floors.revoke(origin.device.as_bytes(), begins) {
            return Err(OpenError::Revoked);
        }
        signed.check_certificate()?;
        Ok(Novelty::New)
    }

    /// Holds an envelope that was refused, if its account may come to be trusted, or its time to be
    /// right.
    fn hold(&mut self, error: &OpenError, origin: Origin, signed: Signed, now: UnixMillis) {
        let reason = match error {
            OpenError::Untrusted { .. } if self.may_be_trusted(&origin, &signed, now) => {
                HeldReason::Untrusted
            }
            OpenError::Clock { .. } if signed.sent_at <= now.saturating_add(MAX_HELD_AHEAD) => {
                HeldReason::Clock
            }
            _ => return,
        };
        self.held.push(Held {
            tag: origin.tag,
            signed,
            reason,
        });
    }

    /// Returns whether an envelope would be received if its account were trusted.
    fn may_be_trusted(&self, origin: &Origin, signed: &Signed, now: UnixMillis) -> bool {
        let stranger = AccountRecord::new(self.freed_floor);
        let account = self.accounts.get(origin.account.as_bytes());
        let account = account.unwrap_or(&stranger);
        !account.is_blocked
            && matches!(
                self.check_history(account, origin, signed, now),
                Ok(Novelty::New)
            )
    }
}

/// Returns whether the own account may say it without being trusted.
fn needs_no_trust(content: &Content) -> bool {
    match content {
        Content::Cover(_) => true,
        Content::End(end) => ElsewhereReason::of(end.reason).is_some(),
        _ => false,
    }
}
