//! Calls in which accounts other than the caller may signal.

use super::{Leg, LegState, Phase};
use crate::ids::CallId;
use crate::inbox::recent::Recent;
use crate::inbox::{AccountBytes, Inbox};

/// The accounts that are joined to a call, by its caller and id.
pub(in crate::inbox) type Joined = Recent<(AccountBytes, CallId), Vec<AccountBytes>>;

impl Inbox {
    /// Returns whether an account is joined to a call.
    pub(super) fn is_joined(
        &self,
        caller: &AccountBytes,
        call_id: &CallId,
        account: &AccountBytes,
    ) -> bool {
        self.joined
            .get(&(*caller, *call_id))
            .is_some_and(|accounts| accounts.contains(account))
    }

    /// Returns the caller of the call with this id to which the account is joined.
    pub(super) fn joined_caller(
        &self,
        call_id: &CallId,
        account: &AccountBytes,
    ) -> Option<AccountBytes> {
        let mut entries = self.joined.iter();
        let entry =
            entries.find(|entry| entry.key.1 == *call_id && entry.value.contains(account))?;
        Some(entry.key.0)
    }

    /// Returns whether a call was answered here, or placed here and is not over.
    pub(super) fn is_in(&self, caller: &AccountBytes, call_id: &CallId) -> bool {
        if let Some(legs) = self.placed_here(caller, call_id) {
            return legs.iter().any(is_not_closed);
        }
        let call = self.recorded(caller, call_id);
        call.is_some_and(|call| call.phase == Some(Phase::Answered))
    }

    /// Returns the legs of an own call that was placed here. What a sibling has called so is another.
    pub(super) fn placed_here(&self, caller: &AccountBytes, call_id: &CallId) -> Option<&[Leg]> {
        let is_own = caller == self.recipient.account().as_bytes();
        self.placed
            .get(call_id)
            .filter(|_| is_own)
            .map(Vec::as_slice)
    }

    /// Forgets the joined calls that are neither answered nor placed any more.
    pub(in crate::inbox) fn lapse(&mut self) {
        let mut joined = std::mem::take(&mut self.joined);
        joined.retain(|(caller, call_id)| self.is_in(caller, call_id));
        self.joined = joined;
    }
}

fn is_not_closed(leg: &Leg) -> bool {
    leg.state != LegState::Closed
}
