//! Publishing, with the time of the last publication kept (spec/envelope.md, B20).

use crate::bundle::{PrekeyBundle, UnsignedBundle};
use crate::certificate::Certificate;
use crate::device::Device;
use crate::error::{InboxError, KeyError};
use crate::inbox::Inbox;
use crate::limits::MAX_PREKEYS;
use crate::prekey::Prekey;
use crate::time::UnixMillis;

impl Inbox {
    /// Adds prekeys, and signs a bundle for each. Save the inbox and store the prekeys, then upload
    /// the bundles. The time of the publication is kept in the saved state, so that senders never
    /// take a later publication for an older one, whatever the clock does.
    ///
    /// # Errors
    /// Nothing has changed. In this order:
    /// - [`KeyError::WrongDevice`] (`wrong_device`): the device is not this inbox's.
    /// - Those of [`UnsignedBundle::new_many`], and [`KeyError::Clock`] (`clock`): the last
    ///   publication is dated more than 10 minutes ahead of `now`.
    /// - [`InboxError::InboxFull`] (`inbox_full`): no room for the prekeys; there may be 256.
    pub fn publish(
        &mut self,
        device: &Device,
        prekeys: &[&Prekey],
        now: UnixMillis,
    ) -> Result<Vec<PrekeyBundle>, InboxError> {
        let unsigned = self.publish_unsigned(device.certificate(), prekeys, now)?;
        Ok(device.sign_bundles(unsigned)?)
    }

    /// Does what [`Inbox::publish`] does for a device whose key lives elsewhere: sign each bundle
    /// there. If one is not signed, publish again.
    ///
    /// # Errors
    /// Those of [`Inbox::publish`].
    pub fn publish_unsigned(
        &mut self,
        certificate: &Certificate,
        prekeys: &[&Prekey],
        now: UnixMillis,
    ) -> Result<Vec<UnsignedBundle>, InboxError> {
        if certificate.device() != self.recipient.device() {
            return Err(KeyError::WrongDevice.into());
        }
        let unsigned =
            UnsignedBundle::new_many_after(certificate, prekeys, self.last_issued_at, now)?;
        let is_new = |prekey: &&&Prekey| {
            let same =
                |known: &Prekey| known.suite() == prekey.suite() && known.id() == prekey.id();
            !self.prekeys.iter().any(same)
        };
        if self.prekeys.len() + prekeys.iter().filter(is_new).count() > MAX_PREKEYS {
            return Err(InboxError::InboxFull);
        }
        for prekey in prekeys {
            self.add_prekey((*prekey).clone())?;
        }
        self.last_issued_at = unsigned.first().map(UnsignedBundle::issued_at);
        Ok(unsigned)
    }
}
