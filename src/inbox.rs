//! The inbox: the state machine that every receiver needs (spec/inbox.md). It takes envelopes in
//! any order, late, repeated or forged, and gives events.

use std::collections::BTreeMap;
use std::fmt;

use zeroize::Zeroize;

use crate::certificate::Certificate;
use crate::content::Content;
use crate::envelope::codec::{Envelope, EnvelopeTag};
use crate::envelope::open::Signed;
use crate::error::{InboxError, OpenError};
use crate::ids::{CallId, MessageId};
use crate::keys::AccountKey;
use crate::limits::{
    MAX_ACCOUNTS, MAX_AGE, MAX_PARTIES, MAX_PENDING, MAX_PENDING_PER_ACCOUNT, MAX_PREKEYS,
};
use crate::prekey::{Prekey, PrekeyId};
use crate::revocation::Revocation;
use crate::time::{UnixMillis, UnixSeconds};

mod calls;
mod contact;
mod event;
mod explain;
mod held;
mod journal;
mod recent;
mod replay;
mod state;

pub use contact::{Claimed, Contact};
pub use event::{
    Action, ActionKind, CallKit, DropReason, Ended, Event, Missed, MissedReason, Ring, Sender,
    Signal,
};
pub use explain::{Check, Explanation, Outcome};
pub use held::Held;

use calls::{CallState, Change, Decision, Elsewhere, Party};
use event::Origin;
use held::HeldList;
use journal::{Entry, Journal, Kind};
use recent::Recent;
use replay::Replay;

/// The state that a device needs to receive: prekeys, trusted accounts, message ids seen before,
/// calls, and the events that the app has not acknowledged.
///
/// Receive every envelope; save; act on the events that are [`pending`](Inbox::pending);
/// acknowledge them; save. In this order a crash repeats an event and loses none. Only one process
/// at a time may load, use and save an inbox.
///
/// ```
/// # use hushring::content::{Content, Invite};
/// # use hushring::error::OpenError;
/// # use hushring::inbox::{Action, Contact};
/// # use hushring::*;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let now = UnixMillis::from(std::time::SystemTime::now());
/// # let in_30_days = UnixSeconds(now.to_seconds().0 + 30 * 24 * 60 * 60);
/// # let validity = Validity::until(in_30_days, now);
/// # let (alice, bob) = (Account::generate()?, Account::generate()?);
/// # let (laptop, phone) = (Device::enroll(&alice, &validity)?, Device::enroll(&bob, &validity)?);
/// # let prekey = Prekey::generate(Suite::X25519, in_30_days, now)?;
/// # let published = phone.publish(&[&prekey], now)?[0].to_bytes();
/// # let bundle = PrekeyBundle::verify(&published, bob.public_key(), &BundleCheck::at(now))?;
/// # let call = Content::Invite(Invite::new(CallId::from_bytes([7; 16]), true));
/// # let mailbox = [laptop.seal(&bundle, &call, SealOptions::at(now))?];
/// # fn store(state: &[u8]) {}
/// let mut inbox = Inbox::new(phone.certificate());
/// inbox.add_prekey(prekey)?;
/// inbox.trust(*alice.public_key(), Contact::named("Alice"), now)?;
///
/// for envelope in &mailbox {
///     if let Err(OpenError::InboxFull) = inbox.receive(envelope.as_bytes(), now) {
///         // Confirm nothing of this batch to the relay, and fetch it again after acting.
///     }
/// }
/// store(&inbox.save());
/// loop {
///     let Some(event) = inbox.pending(now).next() else { break };
///     match &event.action {
///         Action::Ring(ring) => println!("{} calls", ring.call_kit.handle.value),
///         Action::Missed(missed) => println!("missed, {} s ago", missed.age_ms / 1000),
///         _ => {}
///     }
///     inbox.acknowledge(&event);
/// }
/// store(&inbox.save());
/// # Ok(())
/// # }
/// ```
pub struct Inbox {
    recipient: Certificate,
    prekeys: Vec<Prekey>,
    accounts: BTreeMap<AccountBytes, AccountRecord>,
    elsewhere: Elsewhere,
    placed: Recent<CallId, Vec<Party>>,
    journal: Journal,
    held: HeldList,
}

/// An account's key that only names the account. Nothing is verified with it.
type AccountBytes = [u8; AccountKey::LEN];

/// The record of one account.
#[derive(Default)]
struct AccountRecord {
    /// Present if the account is trusted.
    contact: Option<Contact>,
    /// The revocation floor. Certificates that start before it are revoked.
    revoked_before: Option<UnixSeconds>,
    replay: Replay,
    /// The calls that it placed.
    calls: Recent<CallId, CallState>,
    /// The number of its events in the journal.
    pending: usize,
}

enum Novelty {
    Duplicate,
    New,
}

/// The result that receiving an envelope would have.
enum Judgement {
    Accepted(Decision),
    Duplicate(Action),
}

impl Inbox {
    /// Makes the inbox of a new device. If there is saved state, use [`Inbox::load`], because an
    /// empty inbox accepts envelopes again that were received before.
    pub fn new(recipient: &Certificate) -> Inbox {
        let own = *recipient.account().as_bytes();
        Inbox {
            recipient: recipient.clone(),
            prekeys: Vec::new(),
            accounts: BTreeMap::from([(own, AccountRecord::default())]),
            elsewhere: Recent::default(),
            placed: Recent::default(),
            journal: Journal::default(),
            held: HeldList::default(),
        }
    }

    /// Adds a prekey, with which to open envelopes. Add it again after [`Inbox::load`], because the
    /// saved state holds no private keys. Adding it twice changes nothing.
    ///
    /// # Errors
    /// [`InboxError::InboxFull`] (`inbox_full`): there are 256.
    pub fn add_prekey(&mut self, prekey: Prekey) -> Result<(), InboxError> {
        let same = |known: &Prekey| known.suite() == prekey.suite() && known.id() == prekey.id();
        if self.prekeys.iter().any(same) {
            return Ok(());
        }
        if self.prekeys.len() >= MAX_PREKEYS {
            return Err(InboxError::InboxFull);
        }
        self.prekeys.push(prekey);
        Ok(())
    }

    /// Returns the prekeys, in the order in which they were added.
    pub fn prekeys(&self) -> impl ExactSizeIterator<Item = &Prekey> {
        self.prekeys.iter()
    }

    /// Deletes the prekeys that expired 30 days ago or earlier, and returns their ids: delete these
    /// prekeys where they are stored, too. Also forgets message ids, calls and held envelopes from
    /// more than 30 days ago. Their envelopes are too old to be received again.
    ///
    /// Call about once a day, with a trusted clock, because nothing can open an envelope whose
    /// prekey is deleted.
    #[must_use = "delete these prekeys where they are stored"]
    pub fn prune(&mut self, now: UnixMillis) -> Vec<PrekeyId> {
        let is_spent =
            |prekey: &mut Prekey| now >= prekey.expires_at().to_millis().saturating_add(MAX_AGE);
        let spent = self.prekeys.extract_if(.., is_spent);
        let spent = spent.map(|prekey| prekey.id()).collect();
        let oldest = now.saturating_sub(MAX_AGE);
        for account in self.accounts.values_mut() {
            account.replay.forget_before(oldest);
            account.calls.forget_before(oldest);
        }
        self.elsewhere.forget_before(oldest);
        self.placed.forget_before(oldest);
        self.held.forget_before(oldest);
        spent
    }

    /// Trusts an account, and pins `contact` in place of an earlier one. Receives the envelopes
    /// that were held of it and returns their events, which are also in the journal, except `drop`.
    /// Held envelopes that are refused now are gone.
    ///
    /// # Errors
    /// Nothing has changed. In this order:
    /// - [`InboxError::BadContent`] (`bad_content`): the handle's value or the name is longer than
    ///   128 bytes, or contains U+0000.
    /// - [`InboxError::InboxFull`] (`inbox_full`): the journal has no room for the held envelopes,
    ///   or there are 16,384 account records.
    pub fn trust(
        &mut self,
        account: AccountKey,
        contact: Contact,
        now: UnixMillis,
    ) -> Result<Vec<Event>, InboxError> {
        let contact = contact.checked()?;
        let count = self.held.count(&account);
        if !self.has_room(&account, count) {
            return Err(InboxError::InboxFull);
        }
        self.account_mut(&account)?.contact = Some(contact);
        let released = self.held.release(&account);
        let accept = |Held { tag, signed }| self.accept(Origin::of(tag, &signed), signed, now).ok();
        Ok(released.into_iter().filter_map(accept).collect())
    }

    /// Ends the trust in an account, and forgets its calls. Envelopes that were received from it
    /// cannot be received again, not even after it is trusted anew. Its events in the journal stay.
    pub fn untrust(&mut self, account: &AccountKey) {
        if let Some(account) = self.accounts.get_mut(account.as_bytes())
            && account.contact.take().is_some()
        {
            account.replay.forget_all();
            account.calls = Recent::default();
        }
    }

    /// Refuses from now on every certificate of the account that starts before the revocation's
    /// floor. A floor lower than an earlier one changes nothing. Events in the journal stay.
    ///
    /// Pass only revocations of accounts that matter here, because each takes up a record for good.
    ///
    /// # Errors
    /// [`InboxError::InboxFull`] (`inbox_full`): there are 16,384 account records.
    pub fn revoke(&mut self, revocation: &Revocation) -> Result<(), InboxError> {
        let account = self.account_mut(revocation.account())?;
        account.revoked_before = account.revoked_before.max(Some(revocation.floor()));
        Ok(())
    }

    /// Registers a call that this device places. These accounts may answer and end it. Do so before
    /// you seal the invitation, or the answer is dropped. Registering the same id again replaces the
    /// accounts.
    ///
    /// # Errors
    /// [`InboxError::InboxFull`] (`inbox_full`): more than 256 different accounts.
    pub fn place_call(
        &mut self,
        call_id: CallId,
        accounts: &[AccountKey],
        now: UnixMillis,
    ) -> Result<(), InboxError> {
        let before = self.placed.get(&call_id).map_or(&[][..], Vec::as_slice);
        let mut parties: Vec<Party> = Vec::new();
        for account in accounts.iter().map(AccountKey::as_bytes) {
            if calls::party(&parties, account).is_none() {
                if parties.len() == MAX_PARTIES {
                    return Err(InboxError::InboxFull);
                }
                let has_ended = calls::party(before, account).is_some_and(|party| party.has_ended);
                let account = *account;
                parties.push(Party { account, has_ended });
            }
        }
        self.placed.set(call_id, parties, now);
        Ok(())
    }

    /// Receives an envelope, and returns its event. The event stays in the journal until it is
    /// acknowledged, unless it is a `drop`.
    ///
    /// # Errors
    /// Nothing has changed, except that an untrusted envelope is held, up to 64 in all and 8 of one
    /// account. In this order:
    /// - [`OpenError::BadLength`] (`bad_length`).
    /// - [`OpenError::UnsupportedVersion`] (`unsupported_version`).
    /// - [`OpenError::UnsupportedSuite`] (`unsupported_suite`).
    /// - [`OpenError::UnknownPrekey`] (`unknown_prekey`).
    /// - [`OpenError::DecryptionFailed`] (`decryption_failed`).
    /// - [`OpenError::BadContentLength`] (`bad_content_length`).
    /// - [`OpenError::BadPadding`] (`bad_padding`).
    /// - [`OpenError::BadCertificate`] (`bad_certificate`).
    /// - [`OpenError::BadSignature`] (`bad_signature`).
    /// - [`OpenError::Untrusted`] (`untrusted`).
    /// - [`OpenError::Replayed`] (`replayed`).
    /// - [`OpenError::Clock`] (`clock`).
    /// - [`OpenError::TooOld`] (`too_old`).
    /// - [`OpenError::Revoked`] (`revoked`).
    /// - [`OpenError::CertificateNotYetValid`] (`certificate_not_yet_valid`).
    /// - [`OpenError::CertificateExpired`] (`certificate_expired`).
    /// - [`OpenError::InboxFull`] (`inbox_full`): the journal has no room.
    /// - [`OpenError::Content`] (`too_long` or `bad_compression`; `bad_cbor`, `too_deep` or
    ///   `too_many`; `bad_content`).
    /// - [`OpenError::Untrusted`] (`untrusted`): from the own account, which is not trusted, and
    ///   not the end of a call that was answered or declined elsewhere.
    /// - [`OpenError::CallIdTaken`] (`call_id_taken`).
    pub fn receive(&mut self, envelope: &[u8], now: UnixMillis) -> Result<Event, OpenError> {
        let (origin, signed) = self.open(envelope)?;
        self.accept(origin, signed, now)
    }

    /// Returns the events that wait to be acknowledged, in the order in which they were accepted.
    /// An invitation stands as it is at `now`: one that rang is `missed` if it is too late or its
    /// call has ended, and a `drop` if the call was answered or declined elsewhere.
    ///
    /// The iterator reads one event at a time. To hold only one in memory, take the first, act,
    /// acknowledge it, and call `pending` again.
    pub fn pending(&self, now: UnixMillis) -> impl Iterator<Item = Event> {
        let entries = self.journal.iter();
        entries.filter_map(move |entry| self.restore(entry, now))
    }

    /// Forgets an event that the app has finished with. Returns whether it was pending.
    pub fn acknowledge(&mut self, event: &Event) -> bool {
        self.acknowledge_id(&event.sender.account, event.message_id)
    }

    /// Does what [`Inbox::acknowledge`] does, by the account and message id that name an event.
    pub fn acknowledge_id(&mut self, account: &AccountKey, message_id: MessageId) -> bool {
        let was_pending = self.journal.remove(account, message_id);
        if was_pending && let Some(account) = self.accounts.get_mut(account.as_bytes()) {
            account.pending = account.pending.saturating_sub(1);
        }
        was_pending
    }

    /// Returns the held envelopes, in the order in which they came.
    pub fn held(&self) -> impl ExactSizeIterator<Item = &Held> {
        self.held.iter()
    }

    /// Makes the checks E17 to E25, which need no state but the prekeys.
    fn open(&self, bytes: &[u8]) -> Result<(Origin, Signed), OpenError> {
        let envelope = Envelope::parse(bytes)?;
        let signed = envelope
            .open(&self.prekeys, &self.recipient)?
            .authenticate()?;
        let tag = EnvelopeTag::of(envelope.as_bytes());
        Ok((Origin::of(tag, &signed), signed))
    }

    /// Makes the checks E26 to E33, and decides the event. Changes nothing.
    fn judge(
        &self,
        origin: &Origin,
        signed: &Signed,
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
        if !self.has_room(&sender, 1) {
            return Err(OpenError::InboxFull);
        }
        let mut content = signed.content()?;
        let decision = match is_trusted || is_elsewhere(&content) {
            true => self.decide(origin, signed, &content, now),
            false => Err(untrusted),
        };
        content.zeroize();
        decision.map(Judgement::Accepted)
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
        if account.replay.contains(id) || self.journal.contains(&origin.account, id) {
            return Ok(Novelty::Duplicate);
        }
        if account.replay.is_below_floor(origin.sent_at) {
            return Err(OpenError::Replayed);
        }
        signed.check_sent_at(now)?;
        let begins = signed.certificate.not_before();
        if account.revoked_before.is_some_and(|floor| begins < floor) {
            return Err(OpenError::Revoked);
        }
        signed.check_certificate()?;
        Ok(Novelty::New)
    }

    /// Judges, and then makes the changes.
    fn accept(
        &mut self,
        origin: Origin,
        signed: Signed,
        now: UnixMillis,
    ) -> Result<Event, OpenError> {
        let contact = self.contact(&origin.account);
        let Decision { action, change } = match self.judge(&origin, &signed, now) {
            Ok(Judgement::Accepted(decision)) => decision,
            Ok(Judgement::Duplicate(action)) => return Ok(origin.event(contact, action)),
            Err(error) => {
                if let OpenError::Untrusted { .. } = error {
                    self.hold(origin, signed, now);
                }
                return Err(error);
            }
        };
        let kind = Kind::of(&action);
        if let Some(account) = self.accounts.get_mut(origin.account.as_bytes()) {
            account.replay.insert(origin.message_id, origin.sent_at);
            account.pending += usize::from(kind.is_some());
        }
        if let Some(kind) = kind {
            let content = signed.content;
            self.journal.push(Entry {
                origin,
                kind,
                content,
            });
        }
        self.change(&origin, change, now);
        Ok(origin.event(contact, action))
    }

    fn change(&mut self, origin: &Origin, change: Change, now: UnixMillis) {
        match change {
            Change::Nothing => {}
            Change::Call(caller, call_id, state) => {
                if let CallState::Ended(reason) | CallState::Tombstone(reason) = state {
                    self.journal.end(call_id.callkit_uuid_of(&caller), reason);
                }
                if let Some(account) = self.accounts.get_mut(&caller) {
                    account.calls.set(call_id, state, now);
                }
            }
            Change::Elsewhere(caller, call_id, reason) => {
                self.journal.end(call_id.callkit_uuid_of(&caller), reason);
                self.elsewhere.set((caller, call_id), reason, now);
            }
            Change::Placed(call_id) => {
                let parties = self.placed.get_mut(&call_id).into_iter().flatten();
                for party in parties.filter(|party| party.account == *origin.account.as_bytes()) {
                    party.has_ended = true;
                }
            }
        }
    }

    /// Holds an envelope of an untrusted account, unless it would be refused even if the account
    /// were trusted.
    fn hold(&mut self, origin: Origin, signed: Signed, now: UnixMillis) {
        let stranger = AccountRecord::default();
        let account = self.accounts.get(origin.account.as_bytes());
        let account = account.unwrap_or(&stranger);
        let Ok(Novelty::New) = self.check_history(account, &origin, &signed, now) else {
            return;
        };
        let tag = origin.tag;
        self.held.push(Held { tag, signed });
    }

    /// Returns the number of an account's events in the journal.
    fn pending_of(&self, account: &AccountKey) -> usize {
        let account = self.accounts.get(account.as_bytes());
        account.map_or(0, |account| account.pending)
    }

    /// Returns whether the journal has room for this many more events of an account. Others cannot
    /// take up the own account's room, because its ends silence rings.
    fn has_room(&self, account: &AccountKey, count: usize) -> bool {
        let own = self.recipient.account();
        let of_others = self.journal.len() - self.pending_of(own);
        self.pending_of(account) + count <= MAX_PENDING_PER_ACCOUNT
            && (account == own || of_others + count <= MAX_PENDING)
    }

    /// Returns the record of an account, and makes one if there is none.
    fn account_mut(&mut self, account: &AccountKey) -> Result<&mut AccountRecord, InboxError> {
        let is_full = self.accounts.len() >= MAX_ACCOUNTS;
        if is_full && !self.accounts.contains_key(account.as_bytes()) {
            return Err(InboxError::InboxFull);
        }
        Ok(self.accounts.entry(*account.as_bytes()).or_default())
    }

    /// Returns the pinned contact of an account, which is empty if it is not trusted.
    fn contact(&self, account: &AccountKey) -> Contact {
        let account = self.accounts.get(account.as_bytes());
        account
            .and_then(|account| account.contact.clone())
            .unwrap_or_default()
    }
}

/// Returns whether it is an end with an elsewhere reason, the one content of the own account that
/// needs no trust.
fn is_elsewhere(content: &Content) -> bool {
    match content {
        Content::End(end) => DropReason::elsewhere(end.reason).is_some(),
        _ => false,
    }
}

/// Shows counts, and no content.
impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox")
            .field("device", self.recipient.device())
            .field("prekeys", &self.prekeys.len())
            .field("accounts", &self.accounts.len())
            .field("pending", &self.journal.len())
            .field("held", &self.held.iter().len())
            .finish_non_exhaustive()
    }
}
