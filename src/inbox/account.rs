//! Account records (spec/inbox.md, "State and bounds").

use std::collections::BTreeMap;

use crate::error::InboxError;
use crate::ids::CallId;
use crate::inbox::Inbox;
use crate::inbox::calls::{Call, DeviceBytes};
use crate::inbox::contact::Contact;
use crate::inbox::recent::Recent;
use crate::inbox::replay::Replay;
use crate::keys::AccountKey;
use crate::limits::{MAX_ACCOUNTS, MAX_PENDING, MAX_PENDING_PER_ACCOUNT};
use crate::time::{UnixMillis, UnixSeconds};

/// An account's key that only names the account. Nothing is verified with it.
pub(super) type AccountBytes = [u8; AccountKey::LEN];

/// The record of one account.
#[derive(Default)]
pub(super) struct AccountRecord {
    /// Present if the account is trusted.
    pub(super) contact: Option<Contact>,
    pub(super) is_blocked: bool,
    /// The revocation floor. Certificates that start before it are revoked.
    pub(super) revoked_before: Option<UnixSeconds>,
    /// The revocation floors of single devices that lie above the account's.
    pub(super) device_floors: BTreeMap<DeviceBytes, UnixSeconds>,
    pub(super) replay: Replay,
    /// The calls that it placed.
    pub(super) calls: Recent<CallId, Call>,
    /// The number of its events in the journal.
    pub(super) pending: usize,
}

impl Inbox {
    /// Returns the number of an account's events in the journal.
    pub(super) fn pending_of(&self, account: &AccountKey) -> usize {
        let account = self.accounts.get(account.as_bytes());
        account.map_or(0, |account| account.pending)
    }

    /// Returns whether the journal has room for this many more events of an account. Kept signals
    /// take up room as well. Others cannot take up the own account's, because its ends silence
    /// rings.
    pub(super) fn has_room(&self, account: &AccountKey, count: usize, now: UnixMillis) -> bool {
        let own = self.recipient.account();
        let of_account = self.pending_of(account) + self.kept.count(account, now);
        let of_others =
            self.journal.len() - self.pending_of(own) + self.kept.count_others(own, now);
        of_account + count <= MAX_PENDING_PER_ACCOUNT
            && (account == own || of_others + count <= MAX_PENDING)
    }

    /// Returns the record of an account, and makes one if there is none.
    pub(super) fn account_mut(
        &mut self,
        account: &AccountKey,
    ) -> Result<&mut AccountRecord, InboxError> {
        let is_full = self.accounts.len() >= MAX_ACCOUNTS;
        if is_full && !self.accounts.contains_key(account.as_bytes()) {
            return Err(InboxError::InboxFull);
        }
        Ok(self.accounts.entry(*account.as_bytes()).or_default())
    }

    /// Returns the pinned contact of an account, which is empty if it is not trusted.
    pub(super) fn contact(&self, account: &AccountKey) -> Contact {
        let account = self.accounts.get(account.as_bytes());
        account
            .and_then(|account| account.contact.clone())
            .unwrap_or_default()
    }
}
