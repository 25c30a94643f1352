//! Two accounts that call each other.

use super::{Leg, LegState};
use crate::content::Invite;
use crate::ids::CallId;
use crate::inbox::Inbox;
use crate::inbox::event::Origin;
use crate::limits::CROSSING_WINDOW;
use crate::time::UnixMillis;

impl Inbox {
    /// Returns the own call that an invitation has crossed. It is a hint: whether its user still
    /// waits, or is in it, only the app knows.
    pub(super) fn crossed(
        &self,
        origin: &Origin,
        invite: &Invite,
        now: UnixMillis,
    ) -> Option<CallId> {
        if invite.group_id.is_some() {
            return None;
        }
        let waits = |leg: &Leg| {
            leg.state == LegState::Open
                && !leg.declined
                && now <= leg.since.saturating_add(CROSSING_WINDOW)
        };
        let crosses = |legs: &[Leg]| match legs {
            [only] if only.account == *origin.account.as_bytes() && waits(only) => true,
            legs => legs.iter().any(|leg| {
                leg.account == *origin.account.as_bytes() && leg.is_taken_by(&origin.device)
            }),
        };
        let mut placed = self.placed.iter();
        let placed = placed.rfind(|entry| entry.key != invite.call_id && crosses(&entry.value))?;
        Some(placed.key)
    }
}
