//! Whom the inbox hears (spec/inbox.md, "What the app does" and "Untrusted senders").

use crate::error::{InboxError, KeyError, OpenError};
use crate::inbox::Inbox;
use crate::inbox::account::AccountRecord;
use crate::inbox::contact::Contact;
use crate::inbox::event::Event;
use crate::inbox::floors::Floors;
use crate::inbox::held::{Held, HeldAccount, HeldReason};
use crate::inbox::recent::Recent;
use crate::keys::AccountKey;
use crate::limits::{MAX_DEVICE_FLOORS, MAX_DEVICE_FLOORS_IN_ALL, MAX_PINNED_LEN};
use crate::revocation::Revocation;
use crate::time::UnixMillis;

impl Inbox {
    /// Trusts an account, and pins `contact` in place of an earlier one. Receives the envelopes
    /// that were held of it and returns their events, which are also in the journal, except `drop`.
    /// Held envelopes that are refused now are gone. A blocked account is unblocked first.
    ///
    /// # Errors
    /// Nothing has changed. In this order:
    /// - [`InboxError::BadContent`] (`bad_content`): the handle's value is longer than 255 bytes or
    ///   the name longer than 256, one of them contains U+0000, or a phone number has other
    ///   characters than digits and those between them.
    /// - [`InboxError::InboxFull`] (`inbox_full`): the journal has no room for the held envelopes,
    ///   there are 4,096 account records, or the names of all accounts have more than 262,144 bytes.
    pub fn trust(
        &mut self,
        account: AccountKey,
        contact: Contact,
        now: UnixMillis,
    ) -> Result<Vec<Event>, InboxError> {
        self.trust_with(account, contact, &[], now)
    }

    /// Does what [`Inbox::trust`] does, with the account's revocations, which take effect before
    /// the envelopes that were held are received. Pass all that the app has kept of the account,
    /// because an inbox keeps none of an account without a record.
    ///
    /// # Errors
    /// First [`KeyError::WrongAccount`] (`wrong_account`): a revocation is another account's. Then
    /// those of [`Inbox::trust`], `inbox_full` also for the floors, as [`Inbox::revoke`] says.
    pub fn trust_with(
        &mut self,
        account: AccountKey,
        contact: Contact,
        revocations: &[Revocation],
        now: UnixMillis,
    ) -> Result<Vec<Event>, InboxError> {
        if revocations
            .iter()
            .any(|revocation| *revocation.account() != account)
        {
            return Err(KeyError::WrongAccount.into());
        }
        let contact = contact.checked()?;
        let count = self.held.count(&account, HeldReason::Untrusted);
        if count > 0 && !self.has_room(&account, count, now) {
            return Err(InboxError::InboxFull);
        }
        if self.pinned_len_without(&account) + contact.len() > MAX_PINNED_LEN {
            return Err(InboxError::InboxFull);
        }
        let floors = self.raised_floors(&account, revocations)?;
        let record = self.account_mut(&account)?;
        record.contact = Some(contact);
        record.floors = floors;
        self.unblock(&account, now);
        let released = self
            .held
            .take(|held| held.reason == HeldReason::Untrusted && *held.account() == account);
        Ok(released
            .into_iter()
            .filter_map(|held| self.receive_held(held, now).ok())
            .collect())
    }

    /// Ends the trust in an account, and forgets its calls. Envelopes that were received from it
    /// cannot be received again, not even after it is trusted anew. Its events in the journal stay.
    pub fn untrust(&mut self, account: &AccountKey) {
        let Some(record) = self.accounts.get_mut(account.as_bytes()) else {
            return;
        };
        if record.contact.take().is_some() {
            record.replay.forget_all();
            record.calls = Recent::default();
            self.lapse();
            self.kept.forget(|kept| kept.origin.account == *account);
            let is_its = |held: &Held| held.account() == account;
            self.held
                .take(|held| held.reason == HeldReason::Clock && is_its(held));
        }
    }

    /// Blocks an account: ends the trust in it, forgets what is held of it and its events, and
    /// holds nothing of it until it is unblocked or trusted. Blocking the own account changes
    /// nothing.
    ///
    /// # Errors
    /// [`InboxError::InboxFull`] (`inbox_full`): there are 4,096 account records.
    pub fn block(&mut self, account: &AccountKey) -> Result<(), InboxError> {
        if account == self.recipient.account() {
            return Ok(());
        }
        let record = self.account_mut(account)?;
        record.is_blocked = true;
        record.pending = 0;
        self.untrust(account);
        self.discard(account);
        self.kept.forget(|kept| kept.origin.account == *account);
        self.journal.forget_account(account);
        Ok(())
    }

    /// Ends the block of an account, which is then untrusted. What it has dated at or before `now`
    /// is never received. What it has dated later is, once it is trusted, if it comes after the
    /// block. Changes nothing if the account is not blocked.
    pub fn unblock(&mut self, account: &AccountKey, now: UnixMillis) {
        if let Some(record) = self.accounts.get_mut(account.as_bytes())
            && record.is_blocked
        {
            record.is_blocked = false;
            record.replay.raise_floor(now);
        }
    }

    /// Returns whether an account is blocked.
    pub fn is_blocked(&self, account: &AccountKey) -> bool {
        let record = self.accounts.get(account.as_bytes());
        record.is_some_and(|record| record.is_blocked)
    }

    /// Refuses from now on every certificate that starts before the revocation's floor: the
    /// account's, or those of the device that it names. A floor lower than an earlier one changes
    /// nothing. Events in the journal stay. Returns whether the account has a record: if it has
    /// none, nothing was kept, and the app keeps the revocation for [`Inbox::trust_with`].
    ///
    /// Receive first what has been fetched: an envelope that a revoked device sent before it was
    /// lost is refused afterwards, too.
    ///
    /// # Errors
    /// [`InboxError::InboxFull`] (`inbox_full`): there are 64 revoked devices of this account, or
    /// 2,048 in all. In the former case, revoke the account's certificates.
    pub fn revoke(&mut self, revocation: &Revocation) -> Result<bool, InboxError> {
        let account = revocation.account();
        if !self.accounts.contains_key(account.as_bytes()) {
            return Ok(false);
        }
        self.account_mut(account)?.floors =
            self.raised_floors(account, std::slice::from_ref(revocation))?;
        Ok(true)
    }

    /// Returns the floors of an account after these statements.
    fn raised_floors(
        &self,
        account: &AccountKey,
        revocations: &[Revocation],
    ) -> Result<Floors, InboxError> {
        let record = self.accounts.get(account.as_bytes());
        let floors = record.map(|record| record.floors.clone());
        let mut floors = floors.unwrap_or_default();
        let before = floors.devices.len();
        revocations
            .iter()
            .for_each(|revocation| floors.raise(revocation));
        let devices = |account: &AccountRecord| account.floors.devices.len();
        let in_all: usize = self.accounts.values().map(devices).sum();
        let after = floors.devices.len();
        if after > MAX_DEVICE_FLOORS || in_all - before + after > MAX_DEVICE_FLOORS_IN_ALL {
            return Err(InboxError::InboxFull);
        }
        Ok(floors)
    }

    /// Returns how many bytes are pinned of all accounts but one.
    fn pinned_len_without(&self, account: &AccountKey) -> usize {
        let others = self.accounts.iter();
        let others = others.filter(|(key, _)| *key != account.as_bytes());
        let contacts = others.filter_map(|(_, record)| record.contact.as_ref());
        contacts.map(Contact::len).sum()
    }

    /// Returns the held envelopes, in the order in which they came.
    pub fn held(&self) -> impl ExactSizeIterator<Item = &Held> {
        self.held.iter()
    }

    /// Returns the accounts of which envelopes are held, for whichever reason, in the order of
    /// their first.
    pub fn held_accounts(&self) -> Vec<HeldAccount> {
        self.held.accounts()
    }

    /// Forgets the held envelopes of an account, and returns how many there were.
    pub fn discard(&mut self, account: &AccountKey) -> usize {
        self.held.take(|held| held.account() == account).len()
    }

    /// Receives the envelopes that were held for the clock and whose time has come, and returns
    /// their events, which are also in the journal, except `drop`. Call it once a wake, before
    /// saving. An invitation among them is `missed`. Those that are refused now are gone, except
    /// where the journal has no room for them.
    pub fn release(&mut self, now: UnixMillis) -> Vec<Event> {
        let is_due =
            |held: &Held| held.reason == HeldReason::Clock && !held.sent_at().is_ahead_of(now);
        let mut events = Vec::new();
        let mut place = 0;
        while let Some(held) = self.held.get(place) {
            if !is_due(held) || self.is_without_room(held, now) {
                place += 1;
                continue;
            }
            let held = self.held.remove(place);
            events.extend(self.receive_held(held, now).ok());
        }
        events
    }

    /// Returns whether a held envelope would be refused as `inbox_full`.
    fn is_without_room(&self, held: &Held, now: UnixMillis) -> bool {
        let judged = self.judge(&held.origin(), &held.signed, held.arrival(), now);
        matches!(judged, Err(OpenError::InboxFull))
    }

    fn receive_held(&mut self, held: Held, now: UnixMillis) -> Result<Event, OpenError> {
        let (origin, arrival) = (held.origin(), held.arrival());
        self.accept(origin, held.signed, arrival, now)
    }
}
