//! What has to hold whenever nothing is on its way and nothing is due. (What has to hold at each step
//! is looked at where the step is taken: `State::broken`.)

use crate::scope::Scope;
use crate::state::{State, Stopped};
use crate::stranger;
use crate::tables::{LegPhase, Phase};
use crate::{Account, Device};

impl State {
    /// Returns the invariant that this state breaks.
    pub fn check(&self, scope: &Scope) -> Option<&'static str> {
        if let Some(broken) = self.broken {
            return Some(broken);
        }
        if scope.has_strangers() && stranger::changes(self, scope) {
            return Some("STRANGER: somebody else changes the call");
        }
        if !self.is_quiet(scope) {
            return None;
        }
        let check = |account: &Account| match scope.loses() {
            false => self.check_account(*account, scope),
            true => self.check_with_losses(*account, scope),
        };
        scope.accounts().iter().find_map(check)
    }

    fn check_account(&self, account: Account, scope: &Scope) -> Option<&'static str> {
        if self.has_died(account) {
            return Some("DIED: a user answered, nobody ended, and the call is dead");
        }
        let is_in_call = |device: &Device| self.is_in_call(*device);
        if scope.devices(account).filter(is_in_call).count() > 1 {
            return Some("TWO: two devices of one account are in the call");
        }
        let check = |device| self.check_device(account, device, scope);
        scope.devices(account).find_map(check)
    }

    /// Somebody answered the last ring, the caller neither ended nor stopped, and yet the caller is
    /// not in the call with a device that answered, and no such device has hung up.
    fn has_died(&self, account: Account) -> bool {
        let (leg, app) = (self.leg(account), &self.calling[account as usize]);
        if app.answered == 0 || app.ended || app.stopped != Stopped::No {
            return false;
        }
        let is_in = |devices: u8| leg.by.is_some_and(|by| devices >> by & 1 == 1);
        let lasts = leg.phase == LegPhase::Taken && leg.by.is_some_and(|by| self.is_in_call(by));
        let was_closed = leg.phase == LegPhase::Closed || leg.phase == LegPhase::Taken;
        !(was_closed && is_in(app.answered) && (is_in(app.hung_up) || lasts))
    }

    fn check_device(
        &self,
        account: Account,
        device: Device,
        scope: &Scope,
    ) -> Option<&'static str> {
        let (leg, app) = (self.leg(account), &self.calling[account as usize]);
        let call = &self.inboxes[usize::from(device)].calls[Account::A as usize];
        let called = &self.called[usize::from(device)];
        let is_stopped = app.stopped != Stopped::No;
        let is_taken = leg.phase == LegPhase::Taken && leg.by == Some(device);
        let waits = leg.phase == LegPhase::Open && !is_stopped;
        let is_of_last_ring = call.rung == leg.since;
        if self.is_in_call(device) && (!is_taken || is_stopped) {
            return Some("DISAGREE: a device is in the call, and the caller does not have it");
        }
        if is_taken && !self.is_in_call(device) {
            return Some("DISAGREE: the caller is in the call with a device that is not in it");
        }
        // When the caller's time is over, the ring's is: it ends by itself.
        let rings_out = leg.phase == LegPhase::Open && app.stopped == Stopped::TimedOut;
        if self.rings(device) && !((waits || rings_out) && is_of_last_ring) {
            return Some("RINGS: a device rings, and nobody waits");
        }
        let has_rung = matches!(call.phase, Phase::Ringing | Phase::Missed) && is_of_last_ring;
        let knows = has_rung
            || is_of_last_ring && called.acted >= leg.since
            || call.elsewhere >= leg.since && self.has_sibling_acted(account, device, scope);
        if waits && app.answered == 0 && !knows {
            return Some("SILENT: the caller waits, and a device does not ring");
        }
        let counts = matches!(call.phase, Phase::Ringing | Phase::Answered) && is_of_last_ring;
        if counts && app.sent & !called.got != 0 {
            return Some("LOST: a device did not get a signal of the caller");
        }
        if is_taken && app.replied >> device & 1 == 1 && app.heard >> device & 1 == 0 {
            return Some("LOST: the caller did not get a signal of the device");
        }
        None
    }

    fn has_sibling_acted(&self, account: Account, device: Device, scope: &Scope) -> bool {
        let since = self.leg(account).since;
        let has_acted = |sibling: Device| self.called[usize::from(sibling)].acted >= since;
        scope
            .devices(account)
            .any(|sibling| sibling != device && has_acted(sibling))
    }

    /// If letters are lost, two may believe different things; at most one device is connected, and
    /// the caller's end lasts.
    fn check_with_losses(&self, account: Account, scope: &Scope) -> Option<&'static str> {
        let leg = self.leg(account);
        let is_connected = |device: &Device| {
            self.is_in_call(*device) && leg.phase == LegPhase::Taken && leg.by == Some(*device)
        };
        if scope.devices(account).filter(is_connected).count() > 1 {
            return Some("TWO: two devices of one account are connected");
        }
        if self.calling[account as usize].ended && leg.phase != LegPhase::Closed {
            return Some("ENDED: the caller has ended the call, and it goes on");
        }
        None
    }
}
