//! Revocation floors of an account and of its devices (spec/inbox.md, N3, and spec/envelope.md, R6).

use crate::inbox::by_key::ByKey;
use crate::inbox::calls::DeviceBytes;
use crate::limits::REVOCATION_FLOOR_AGE;
use crate::revocation::Revocation;
use crate::time::{UnixMillis, UnixSeconds};

/// Certificates that begin before a floor are revoked.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Floors {
    /// That of every certificate of the account.
    pub(super) account: Option<UnixSeconds>,
    /// Those of single devices that lie above the account's.
    pub(super) devices: ByKey<UnixSeconds>,
}

impl Floors {
    /// Takes a statement of the account. One that raises no floor changes nothing.
    pub(super) fn raise(&mut self, revocation: &Revocation) {
        let floor = revocation.floor();
        match revocation.device() {
            None => {
                self.account = self.account.max(Some(floor));
                self.devices.retain(|_, known| *known > floor);
            }
            Some(_) if self.account >= Some(floor) => {}
            Some(device) => {
                let known = self
                    .devices
                    .get_or_insert_with(*device.as_bytes(), || floor);
                if let Some(known) = known {
                    *known = floor.max(*known);
                }
            }
        }
    }

    /// Returns whether a certificate of this device that begins then is revoked.
    pub(super) fn revoke(&self, device: &DeviceBytes, begins: UnixSeconds) -> bool {
        let floor = self.account.max(self.devices.get(device).copied());
        floor.is_some_and(|floor| begins < floor)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.account.is_none() && self.devices.is_empty()
    }

    /// Forgets the floors that are so old that no certificate from before them can count any more.
    pub(super) fn forget_old(&mut self, now: UnixMillis) {
        let is_old =
            |floor: &UnixSeconds| floor.to_millis().saturating_add(REVOCATION_FLOOR_AGE) <= now;
        self.account = self.account.filter(|floor| !is_old(floor));
        self.devices.retain(|_, floor| !is_old(floor));
    }
}
