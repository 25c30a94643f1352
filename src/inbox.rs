//! The inbox: the one state machine that every receiver needs (spec/envelope.md, "Receiving").
//! It takes envelopes and gives events, whatever order, repetition, delay or malice they came with.

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

/// What a device needs to know to receive: its prekeys, whom it trusts, what it has seen, which
/// calls there are, and what the app has not finished with.
///
/// Hand in every envelope; save; act on what is [`pending`](Inbox::pending); acknowledge; save.
/// Then a crash repeats an event and loses none. One process at a time loads, uses and saves.
///
/// ```
/// # use hushring::*;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let now = UnixMillis::from(std::time::SystemTime::now());
/// # let in_30_days = UnixSeconds(now.to_seconds().0 + 30 * 24 * 60 * 60);
/// # let validity = Validity { not_before: None, floor: None, expires_at: in_30_days, now };
/// # let (alice, bob) = (Account::generate()?, Account::generate()?);
/// # let (laptop, phone) = (Device::enroll(&alice, &validity)?, Device::enroll(&bob, &validity)?);
/// # let prekey = Prekey::generate(Suite::X25519, in_30_days, now)?;
/// # let published = phone.publish(&[&prekey], now)?[0].to_bytes();
/// # let check = BundleCheck { now, revocation: None, newest: &[] };
/// # let bundle = PrekeyBundle::verify(&published, bob.public_key(), &check)?;
/// # let call = Content::Invite(Invite::new(CallId::from_bytes([7; 16]), true));
/// # let mailbox = [laptop.seal(&bundle, &call, SealOptions::at(now))?];
/// # fn store(state: &[u8]) {}
/// let mut inbox = Inbox::new(phone.certificate());
/// inbox.add_prekey(prekey)?;
/// let name = Some("Alice".into());
/// inbox.trust(*alice.public_key(), Contact { display_name: name, handle: None }, now)?;
///
/// for envelope in &mailbox {
///     if let Err(OpenError::InboxFull) = inbox.receive(envelope.as_bytes(), now) {
///         // Acknowledge nothing of this drain to the relay, and drain again after acting.
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

/// An account's key, which here only names it: nothing is verified with it.
type AccountBytes = [u8; AccountKey::LEN];

/// What an inbox knows of one account.
#[derive(Default)]
struct AccountRecord {
    /// Only of one that is trusted.
    contact: Option<Contact>,
    /// Certificates that begin before are revoked.
    revoked_before: Option<UnixSeconds>,
    replay: Replay,
    /// The calls of which it is the caller.
    calls: Recent<CallId, CallState>,
    /// How many of the journal's events are its own.
    pending: usize,
}

enum Novelty {
    Duplicate,
    New,
}

/// What receiving an envelope would do.
enum Judgement {
    Accepted(Decision),
    Duplicate(Action),
}

impl Inbox {
    /// The inbox of a new device. Where there is saved state, use [`Inbox::load`]: an empty inbox
    /// accepts what was received before.
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

    /// Adds a prekey, to open what is sealed to it. It is not part of the saved state: add it again
    /// after [`Inbox::load`]. One that is there already changes nothing.
    ///
    /// # Errors
    /// `inbox_full`: there are 256.
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

    /// The prekeys, in the order in which they were added.
    pub fn prekeys(&self) -> impl ExactSizeIterator<Item = &Prekey> {
        self.prekeys.iter()
    }

    /// Forgets what has served its time, and names the prekeys that it deleted: those whose
    /// `expires_at` is 30 days past. Delete them wherever else they are stored. Also forgotten are
    /// message ids, calls and held envelopes older than 30 days; nothing of it can come back.
    ///
    /// Call it daily, with a `now` that is right: what is deleted cannot be read any more.
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

    /// Trusts an account from now on, and pins what it is known as, in place of what was pinned
    /// before. Returns the events of the envelopes that were held of it; they are in the journal
    /// like others. Those that are refused now are gone.
    ///
    /// # Errors
    /// Nothing has changed. `bad_content`: a name or handle longer than 128 bytes. `inbox_full`:
    /// 16,384 accounts are known, or the journal has no room for what is held of this one.
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

    /// Ends the trust in an account. Nothing that it sent so far can be received again, not even
    /// after it is trusted anew. Its calls are forgotten; its events in the journal stay.
    pub fn untrust(&mut self, account: &AccountKey) {
        if let Some(account) = self.accounts.get_mut(account.as_bytes())
            && account.contact.take().is_some()
        {
            account.replay.forget_all();
            account.calls = Recent::default();
        }
    }

    /// Refuses, from now on, certificates of the statement's account that begin before its floor. A
    /// lower floor than one before changes nothing. Events in the journal stay.
    ///
    /// # Errors
    /// `inbox_full`: 16,384 accounts are known. Pass statements of accounts that matter here only.
    pub fn revoke(&mut self, revocation: &Revocation) -> Result<(), InboxError> {
        let account = self.account_mut(revocation.account())?;
        account.revoked_before = account.revoked_before.max(Some(revocation.floor()));
        Ok(())
    }

    /// Registers a call of this device's own, before its invitation is sealed: these accounts may
    /// answer and end it. Again with the same id, it replaces the accounts.
    ///
    /// # Errors
    /// `inbox_full`: more than 256 accounts.
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

    /// Takes an envelope and says what it means. The event, unless it is a `drop`, is in the journal
    /// until it is acknowledged.
    ///
    /// # Errors
    /// The first check that fails, in this order: `bad_length`, `unsupported_version`,
    /// `unsupported_suite`, `unknown_prekey`, `decryption_failed`, `bad_content_length`,
    /// `bad_padding`, `bad_certificate`, `bad_signature`, `untrusted`, `replayed`, `clock`,
    /// `too_old`, `revoked`, `certificate_not_yet_valid`, `certificate_expired`, `inbox_full`,
    /// `bad_compression`, `too_long`, `bad_cbor`, `too_deep`, `too_many`, `bad_content`,
    /// `call_id_taken`. Nothing has changed, except that an `untrusted` envelope is held: 64 in all, 8
    /// an account.
    pub fn receive(&mut self, envelope: &[u8], now: UnixMillis) -> Result<Event, OpenError> {
        let (origin, signed) = self.open(envelope)?;
        self.accept(origin, signed, now)
    }

    /// The events that wait to be acknowledged, in the order in which they were accepted. An
    /// invitation is given as what it has become at `now`: what rang is `missed` if it is too late or
    /// its call has ended, and a `drop` if it was answered or declined elsewhere.
    ///
    /// Each event is read when it is asked for. Whoever takes one, acts, acknowledges it and asks
    /// again holds one at a time, however many there are.
    pub fn pending(&self, now: UnixMillis) -> impl Iterator<Item = Event> {
        let entries = self.journal.iter();
        entries.filter_map(move |entry| self.restore(entry, now))
    }

    /// Forgets an event that the app has finished with. Returns whether it was pending.
    pub fn acknowledge(&mut self, event: &Event) -> bool {
        self.acknowledge_id(&event.sender.account, event.message_id)
    }

    /// [`Inbox::acknowledge`] by the two ids that name an event.
    pub fn acknowledge_id(&mut self, account: &AccountKey, message_id: MessageId) -> bool {
        let was_pending = self.journal.remove(account, message_id);
        if was_pending && let Some(account) = self.accounts.get_mut(account.as_bytes()) {
            account.pending = account.pending.saturating_sub(1);
        }
        was_pending
    }

    /// The envelopes that are held, in the order in which they came.
    pub fn held(&self) -> impl ExactSizeIterator<Item = &Held> {
        self.held.iter()
    }

    /// E31 to E39: everything that needs no state but the prekeys.
    fn open(&self, bytes: &[u8]) -> Result<(Origin, Signed), OpenError> {
        let envelope = Envelope::parse(bytes)?;
        let signed = envelope
            .open(&self.prekeys, &self.recipient)?
            .authenticate()?;
        let tag = EnvelopeTag::of(envelope.as_bytes());
        Ok((Origin::of(tag, &signed), signed))
    }

    /// E40 to E46, and what the content means. Changes nothing.
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

    /// E41 to E43: what an account has sent, and when it may have.
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

    /// Judges, and then changes what is to change.
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

    /// Holds what an untrusted account sent, unless it would be refused now if it were trusted.
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

    /// How many of the journal's events are of an account.
    fn pending_of(&self, account: &AccountKey) -> usize {
        let account = self.accounts.get(account.as_bytes());
        account.map_or(0, |account| account.pending)
    }

    /// Whether the journal can take so many more events of an account. What the own account says
    /// silences rings, so others cannot take its share.
    fn has_room(&self, account: &AccountKey, count: usize) -> bool {
        let own = self.recipient.account();
        let of_others = self.journal.len() - self.pending_of(own);
        self.pending_of(account) + count <= MAX_PENDING_PER_ACCOUNT
            && (account == own || of_others + count <= MAX_PENDING)
    }

    /// The record of an account, made if there is none.
    fn account_mut(&mut self, account: &AccountKey) -> Result<&mut AccountRecord, InboxError> {
        let is_full = self.accounts.len() >= MAX_ACCOUNTS;
        if is_full && !self.accounts.contains_key(account.as_bytes()) {
            return Err(InboxError::InboxFull);
        }
        Ok(self.accounts.entry(*account.as_bytes()).or_default())
    }

    /// What is pinned for an account; nothing, if it is not trusted.
    fn contact(&self, account: &AccountKey) -> Contact {
        let account = self.accounts.get(account.as_bytes());
        account
            .and_then(|account| account.contact.clone())
            .unwrap_or_default()
    }
}

/// The one thing that the own account is always trusted to say.
fn is_elsewhere(content: &Content) -> bool {
    match content {
        Content::End(end) => DropReason::elsewhere(end.reason).is_some(),
        _ => false,
    }
}

/// Counts, and nothing that anybody said.
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
