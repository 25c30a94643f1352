//! The inbox: the state machine that every receiver needs (spec/inbox.md). It takes envelopes in
//! any order, late, repeated or forged, and gives events.

use std::fmt;

use crate::certificate::Certificate;
use crate::envelope::codec::{Envelope, EnvelopeTag};
use crate::envelope::open::Signed;
use crate::error::{InboxError, OpenError};
use crate::ids::{CallId, MessageId};
use crate::keys::AccountKey;
use crate::limits::{MAX_AGE, MAX_PREKEYS};
use crate::prekey::{Prekey, PrekeyId};
use crate::time::{UnixMillis, UnixSeconds};

mod accept;
mod account;
mod by_key;
mod calls;
mod contact;
mod event;
mod explain;
mod floors;
mod held;
mod journal;
mod kept;
mod names;
#[cfg(feature = "__fuzzing")]
pub mod opened;
mod people;
mod publishing;
mod recent;
mod replay;
mod state;

pub use contact::{Claimed, Contact};
pub use event::{
    Action, ActionKind, CallKit, DropReason, Ended, Event, Missed, MissedReason, Ring, Second,
    Sender, Signal,
};
pub use explain::{Check, Explanation, Outcome};
pub use held::{Held, HeldAccount, HeldReason};
pub use journal::JournalPosition;

use account::{AccountBytes, AccountRecord};
use by_key::ByKey;
use calls::{Arrival, Elsewhere, Joined, Leg};
use event::Origin;
use held::HeldList;
use journal::Journal;
use kept::KeptList;
use recent::Recent;
use state::Saved;

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
/// # let call = Content::Invite(Invite::new(CallId::from_bytes([7; 16])?, true));
/// # let mailbox = [laptop.seal(&bundle, &call, SealOptions::at(now))?];
/// # fn store(state: &[u8]) {}
/// let mut inbox = Inbox::new(phone.certificate());
/// inbox.add_prekey(prekey)?;
/// inbox.trust(*alice.public_key(), Contact::named("Alice"), now)?;
///
/// for envelope in &mailbox {
///     if let Err(OpenError::InboxFull) = inbox.receive(envelope.as_bytes(), now) {
///         // Act, and receive it again; if there is no room then either, do not confirm this page.
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
    /// When the device last published.
    last_issued_at: Option<UnixSeconds>,
    accounts: ByKey<AccountRecord>,
    /// The highest replay floor of the records that were freed. It binds accounts without a record.
    freed_floor: Option<UnixMillis>,
    /// Calls that siblings answered or declined and that are not recorded here.
    early_ends: Recent<(AccountBytes, CallId), Elsewhere>,
    placed: Recent<CallId, Vec<Leg>>,
    joined: Joined,
    kept: KeptList,
    journal: Journal,
    held: HeldList,
    saved: Saved,
}

impl Inbox {
    /// Makes the inbox of a new device. If there is saved state, use [`Inbox::load`], because an
    /// empty inbox accepts envelopes again that were received before.
    pub fn new(recipient: &Certificate) -> Inbox {
        let own = *recipient.account().as_bytes();
        let mut accounts = ByKey::default();
        accounts.get_or_insert_with(own, AccountRecord::default);
        Inbox {
            recipient: recipient.clone(),
            prekeys: Vec::new(),
            last_issued_at: None,
            accounts,
            early_ends: Recent::default(),
            placed: Recent::default(),
            joined: Joined::default(),
            kept: KeptList::default(),
            journal: Journal::default(),
            held: HeldList::default(),
            freed_floor: None,
            saved: Saved::default(),
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
    /// more than 30 days ago: their envelopes are too old to be received again. Revocation floors
    /// are forgotten after 397 days, and then the records of accounts that are neither trusted nor
    /// blocked, unless something of them is pending, held, or younger than 30 days.
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
            account.floors.forget_old(now);
        }
        self.early_ends.forget_before(oldest);
        self.placed.forget_before(oldest);
        self.joined.forget_before(oldest);
        self.lapse();
        self.kept.expire(now);
        self.held.forget_before(oldest);
        self.free_records(oldest);
        spent
    }

    /// Receives an envelope, and returns its event. The event stays in the journal until it is
    /// acknowledged, unless it is a `drop`.
    ///
    /// # Errors
    /// Nothing has changed, except that an envelope of an untrusted account, or one dated up to 24
    /// hours ahead, is held: of each kind up to 64 in all and 8 of one account. In this order:
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
    ///   neither cover nor the end of a call that was answered or declined elsewhere.
    /// - [`OpenError::CallIdTaken`] (`call_id_taken`).
    pub fn receive(&mut self, envelope: &[u8], now: UnixMillis) -> Result<Event, OpenError> {
        let (origin, signed) = self.open(envelope)?;
        self.accept(origin, signed, Arrival::Received, now)
    }

    /// Returns the events that wait to be acknowledged, in the order in which they were accepted.
    /// An invitation stands as it is at `now`: one that rang is `missed` if it is too late or its
    /// call has ended, and a `drop` if the call was answered or declined elsewhere.
    ///
    /// The iterator reads one event at a time. To change the inbox meanwhile, as by acknowledging
    /// what was acted on, use [`Inbox::pending_after`].
    pub fn pending(&self, now: UnixMillis) -> impl Iterator<Item = Event> {
        let entries = self.journal.iter();
        entries.map(move |entry| self.restore(entry, now))
    }

    /// Returns the first event that waits to be acknowledged behind a position, and its own; the
    /// first of all where none is given.
    ///
    /// ```
    /// # use hushring::*;
    /// # use hushring::inbox::Event;
    /// # fn act(event: &Event) {}
    /// # fn wake(inbox: &mut Inbox, now: UnixMillis) {
    /// let mut last = None;
    /// while let Some((position, event)) = inbox.pending_after(last, now) {
    ///     act(&event);
    ///     inbox.acknowledge(&event);
    ///     last = Some(position);
    /// }
    /// # }
    /// ```
    pub fn pending_after(
        &self,
        last: Option<JournalPosition>,
        now: UnixMillis,
    ) -> Option<(JournalPosition, Event)> {
        let (position, entry) = self.journal.after(last)?;
        Some((position, self.restore(entry, now)))
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

    /// Makes the checks E17 to E25, which need no state but the prekeys.
    fn open(&self, bytes: &[u8]) -> Result<(Origin, Signed), OpenError> {
        let envelope = Envelope::parse(bytes)?;
        let signed = envelope
            .open(&self.prekeys, &self.recipient)?
            .authenticate()?;
        let tag = EnvelopeTag::of(envelope.as_bytes());
        Ok((Origin::of(tag, &signed), signed))
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
