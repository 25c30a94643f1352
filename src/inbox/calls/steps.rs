//! The steps of the app (spec/inbox.md, "Steps of the app").

use super::{Call, Leg, LegState, Phase};
use crate::error::InboxError;
use crate::ids::CallId;
use crate::inbox::event::Event;
use crate::inbox::{AccountBytes, Inbox};
use crate::keys::AccountKey;
use crate::limits::{MAX_PARTIES, MAX_PARTIES_IN_ALL};
use crate::time::UnixMillis;

impl Inbox {
    /// Registers a call of this device's own, before its invitation is sealed, and returns the time
    /// to seal the invitation at. These accounts may answer and end the call.
    ///
    /// Again with the same id, it begins anew for the accounts that are named, and leaves the others
    /// as they are: so accounts are added, and one that did not answer is rung again.
    ///
    /// # Errors
    /// Nothing has changed. In this order:
    /// - [`InboxError::Clock`] (`clock`): the time would be more than 10 minutes ahead of `now`,
    ///   because the clock went back. Place the call with a new id.
    /// - [`InboxError::InboxFull`] (`inbox_full`): the call has more than 256 accounts.
    pub fn place_call(
        &mut self,
        call_id: CallId,
        accounts: &[AccountKey],
        now: UnixMillis,
    ) -> Result<UnixMillis, InboxError> {
        let mut legs = self.placed.get(&call_id).cloned().unwrap_or_default();
        let newest = legs.iter().map(|leg| leg.since).max();
        let since = newest.map_or(now, |newest| {
            now.max(UnixMillis(newest.0.saturating_add(1)))
        });
        if since.is_ahead_of(now) {
            return Err(InboxError::Clock);
        }
        for account in accounts.iter().map(AccountKey::as_bytes) {
            let anew = Leg {
                account: *account,
                since,
                state: LegState::Open,
                by: None,
                told: false,
                declined: false,
            };
            if let Some(leg) = legs.iter_mut().find(|leg| leg.account == *account) {
                *leg = anew;
            } else if legs.len() == MAX_PARTIES {
                return Err(InboxError::InboxFull);
            } else {
                legs.push(anew);
            }
        }
        self.placed.set_list(call_id, legs, now, MAX_PARTIES_IN_ALL);
        self.lapse();
        Ok(since)
    }

    /// Notes that this device answers a call, before the answer is sealed, and returns the ring to
    /// name in the answer. Its siblings cannot end the call from then on. Again, after a crash, it
    /// returns the same ring.
    ///
    /// # Errors
    /// [`InboxError::CallOver`] (`call_over`): the call does not ring any more, or its last moment
    /// is past. Seal nothing.
    pub fn answered(
        &mut self,
        caller: &AccountKey,
        call_id: CallId,
        now: UnixMillis,
    ) -> Result<UnixMillis, InboxError> {
        if self.placed_here(caller.as_bytes(), &call_id).is_some() {
            return Err(InboxError::CallOver);
        }
        let call = self.call_mut(caller.as_bytes(), &call_id);
        let may_answer = |call: &&mut Call| match call.phase {
            Some(Phase::Answered) => true,
            Some(Phase::Ringing { until }) => now <= until,
            Some(Phase::Missed) | None => false,
        };
        let call = call.filter(may_answer).ok_or(InboxError::CallOver)?;
        call.phase = Some(Phase::Answered);
        let rung = call.rung;
        self.journal.act(call_id.callkit_uuid(caller), rung);
        Ok(rung)
    }

    /// Notes that this device has left a call, after its decline or hang-up was posted; or, of a call
    /// that was placed here, after its end was posted to every account. Returns whether the call was
    /// known here: if it was not, the caller or the id may be those of something else.
    pub fn left(&mut self, caller: &AccountKey, call_id: CallId) -> bool {
        let is_known = if caller == self.recipient.account()
            && let Some(legs) = self.placed.get_mut(&call_id)
        {
            legs.iter_mut().for_each(leave);
            true
        } else if let Some(call) = self.call_mut(caller.as_bytes(), &call_id) {
            let (rung, was) = (call.rung, call.phase.take());
            call.over = call.over.max(rung);
            // A ring that was answered is marked already.
            if let Some(Phase::Ringing { .. }) = was {
                self.journal.act(call_id.callkit_uuid(caller), rung);
            }
            true
        } else {
            false
        };
        self.lapse();
        is_known
    }

    /// Notes that a call that was placed here has ended for these of its accounts, after its end was
    /// posted to them. Returns whether such a call was placed here.
    pub fn left_accounts(&mut self, call_id: CallId, accounts: &[AccountKey]) -> bool {
        let Some(legs) = self.placed.get_mut(&call_id) else {
            return false;
        };
        let is_left = |leg: &&mut Leg| {
            let mut accounts = accounts.iter();
            accounts.any(|account| *account.as_bytes() == leg.account)
        };
        legs.iter_mut().filter(is_left).for_each(leave);
        self.lapse();
        true
    }

    /// Notes which accounts take part in a call that was answered or placed here, in place of those
    /// noted before: their signals for it count. Returns the events of the signals that were kept of
    /// them; they are in the journal like others.
    ///
    /// # Errors
    /// In this order:
    /// - [`InboxError::CallOver`] (`call_over`): the call is neither answered nor placed here.
    /// - [`InboxError::InboxFull`] (`inbox_full`): more than 256 accounts.
    pub fn joined(
        &mut self,
        caller: &AccountKey,
        call_id: CallId,
        accounts: &[AccountKey],
        now: UnixMillis,
    ) -> Result<Vec<Event>, InboxError> {
        if !self.is_in(caller.as_bytes(), &call_id) {
            return Err(InboxError::CallOver);
        }
        let mut joined: Vec<AccountBytes> = Vec::new();
        for account in accounts.iter().map(AccountKey::as_bytes) {
            if joined.contains(account) {
                continue;
            }
            if joined.len() == MAX_PARTIES {
                return Err(InboxError::InboxFull);
            }
            joined.push(*account);
        }
        let members = joined.clone();
        let call = (*caller.as_bytes(), call_id);
        self.joined.set_list(call, joined, now, MAX_PARTIES_IN_ALL);
        let call_uuid = call_id.callkit_uuid(caller);
        let kept = self.kept.take(now, |kept| {
            kept.call_id == call_id && members.contains(kept.origin.account.as_bytes())
        });
        Ok(kept
            .into_iter()
            .map(|kept| self.follow(kept, call_uuid, now))
            .collect())
    }

    fn call_mut(&mut self, caller: &AccountBytes, call_id: &CallId) -> Option<&mut Call> {
        self.accounts.get_mut(caller)?.calls.get_mut(call_id)
    }
}

/// A leg that a device has closed stays as it is: another one that answers late is to be told.
fn leave(leg: &mut Leg) {
    if leg.state == LegState::Closed {
        return;
    }
    leg.state = LegState::Closed;
    leg.told = true;
    leg.by = None;
}
