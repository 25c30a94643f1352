//! Saved state (spec/inbox.md, "Saved state"). The format is this implementation's own: a version,
//! fields in a fixed order, and SHA-256 over all of them, against damage. It holds plaintext, and
//! no private key.

use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use crate::certificate::Certificate;
use crate::content::{EndReason, HandleType};
use crate::envelope::codec::EnvelopeTag;
use crate::envelope::open::Signed;
use crate::error::StateError;
use crate::ids::{CallId, CallKitUuid, MessageId};
use crate::inbox::calls::{self, CallState, Party};
use crate::inbox::contact::{self, Contact};
use crate::inbox::event::{DropReason, MissedReason, Origin};
use crate::inbox::held::Held;
use crate::inbox::journal::{Entry, Kind};
use crate::inbox::recent::Recent;
use crate::inbox::replay::{Replay, Seen};
use crate::inbox::{AccountBytes, AccountRecord, Inbox};
use crate::keys::{AccountKey, DeviceKey};
use crate::limits::{MAX_ACCOUNTS, MAX_CALLS, MAX_HELD, MAX_PARTIES, MAX_SEEN};
use crate::reader::Reader;
use crate::time::{UnixMillis, UnixSeconds};

const VERSION: u8 = 1;
const CHECKSUM_LEN: usize = 32;

impl Inbox {
    /// Returns the state, without prekeys. Store it encrypted, because it holds the plaintext of
    /// pending events and held envelopes. Equal states give equal bytes.
    #[must_use = "store it, or the app loses events and accepts envelopes twice"]
    pub fn save(&self) -> Zeroizing<Vec<u8>> {
        let mut len = 0;
        self.write(&mut |bytes| len += bytes.len());
        // The whole room at once, because a vector that grew would leave plaintext behind.
        let mut out = Zeroizing::new(Vec::with_capacity(len + CHECKSUM_LEN));
        self.write(&mut |bytes| out.extend_from_slice(bytes));
        let checksum = Sha256::digest(out.as_slice());
        out.extend_from_slice(&checksum);
        out
    }

    /// Reads the inbox that [`Inbox::save`] wrote, without its prekeys. `recipient` is the device's
    /// certificate, which may have been renewed since.
    ///
    /// # Errors
    /// Keep the bytes, and do not go on with an empty inbox, because it would accept envelopes
    /// again that were received before. In this order:
    /// - [`StateError::StateTooNew`] (`state_too_new`): a later version saved it.
    /// - [`StateError::BadState`] (`bad_state`): the version is 0, or the checksum is wrong.
    /// - [`StateError::WrongAccount`] (`wrong_account`).
    /// - [`StateError::WrongDevice`] (`wrong_device`).
    /// - [`StateError::BadState`] (`bad_state`): a field holds a value that no inbox saves.
    pub fn load(recipient: &Certificate, state: &[u8]) -> Result<Inbox, StateError> {
        match state.first() {
            Some(&VERSION) => {}
            Some(version) if *version > VERSION => return Err(StateError::StateTooNew),
            _ => return Err(StateError::BadState),
        }
        let (bytes, checksum) = state
            .split_last_chunk::<CHECKSUM_LEN>()
            .ok_or(StateError::BadState)?;
        if <[u8; CHECKSUM_LEN]>::from(Sha256::digest(bytes)) != *checksum {
            return Err(StateError::BadState);
        }
        let mut inbox = Inbox::new(recipient);
        let mut reader = Reader::new(bytes);
        let reader = &mut reader;
        let (Some(_), Some(account), Some(device)) =
            (reader.u8(), reader.array::<32>(), reader.array::<32>())
        else {
            return Err(StateError::BadState);
        };
        if account != recipient.account().as_bytes() {
            return Err(StateError::WrongAccount);
        }
        if device != recipient.device().as_bytes() {
            return Err(StateError::WrongDevice);
        }
        inbox.read(reader).ok_or(StateError::BadState)?;
        Ok(inbox)
    }

    fn write(&self, out: &mut Out<'_>) {
        out(&[VERSION]);
        out(self.recipient.account().as_bytes());
        out(self.recipient.device().as_bytes());
        write_count(out, self.accounts.len());
        for (key, account) in &self.accounts {
            out(key);
            write_account(out, account);
        }
        write_recent(out, &self.elsewhere, |out, (caller, call_id), reason| {
            out(caller);
            out(call_id.as_bytes());
            out(&[end_reason_byte(*reason)]);
        });
        write_recent(out, &self.placed, |out, call_id, parties| {
            out(call_id.as_bytes());
            write_count(out, parties.len());
            for party in parties {
                out(&party.account);
                out(&[u8::from(party.has_ended)]);
            }
        });
        write_count(out, self.journal.len());
        for Entry {
            origin,
            kind,
            content,
        } in self.journal.iter()
        {
            out(&origin.tag.0);
            out(origin.account.as_bytes());
            out(origin.device.as_bytes());
            out(origin.message_id.as_bytes());
            out(&origin.sent_at.0.to_be_bytes());
            write_kind(out, *kind);
            write_bytes(out, content);
        }
        write_count(out, self.held.iter().len());
        for Held { tag, signed } in self.held.iter() {
            out(&tag.0);
            out(&signed.certificate.to_bytes());
            out(signed.message_id.as_bytes());
            out(&signed.sent_at.0.to_be_bytes());
            write_bytes(out, &signed.content);
        }
    }

    /// Fills a new inbox. None if a field holds a value that [`Inbox::save`] never writes. Whether the
    /// fields can occur together is not checked.
    fn read(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        self.accounts.clear();
        let mut last = None;
        for _ in 0..read_count(reader, MAX_ACCOUNTS)? {
            let key = *reader.array()?;
            if last.replace(key) >= Some(key) {
                return None;
            }
            self.accounts.insert(key, read_account(reader)?);
        }
        self.elsewhere = read_recent(reader, |reader| {
            let key = (*reader.array()?, CallId::from_bytes(*reader.array()?));
            let reason = end_reason(reader.u8()?)?;
            DropReason::elsewhere(reason).map(|_| (key, reason))
        })?;
        self.placed = read_recent(reader, |reader| {
            let call_id = CallId::from_bytes(*reader.array()?);
            let mut parties: Vec<Party> = Vec::new();
            for _ in 0..read_count(reader, MAX_PARTIES)? {
                let party = Party {
                    account: *reader.array()?,
                    has_ended: read_bool(reader)?,
                };
                if calls::party(&parties, &party.account).is_some() {
                    return None;
                }
                parties.push(party);
            }
            Some((call_id, parties))
        })?;
        for _ in 0..reader.u16()? {
            let entry = Entry {
                origin: Origin {
                    tag: EnvelopeTag(*reader.array()?),
                    account: AccountKey::from_bytes(reader.array::<32>()?).ok()?,
                    device: DeviceKey::from_bytes(reader.array::<32>()?).ok()?,
                    message_id: MessageId::from_bytes(*reader.array()?),
                    sent_at: UnixMillis(reader.u64()?),
                },
                kind: read_kind(reader)?,
                content: read_bytes(reader)?,
            };
            // Its account has a record, the content matches its kind, and the journal has room for
            // it.
            let account = entry.origin.account;
            self.accounts.get_mut(account.as_bytes())?.pending += 1;
            self.restore(&entry, entry.origin.sent_at)?.zeroize();
            self.journal.push(entry);
            if !self.has_room(&account, 0) {
                return None;
            }
        }
        for _ in 0..read_count(reader, MAX_HELD)? {
            self.held.push(Held {
                tag: EnvelopeTag(*reader.array()?),
                signed: Signed {
                    certificate: Certificate::from_bytes(reader.slice(Certificate::LEN)?).ok()?,
                    message_id: MessageId::from_bytes(*reader.array()?),
                    sent_at: UnixMillis(reader.u64()?),
                    content: read_bytes(reader)?,
                },
            });
        }
        let is_own = |key: &AccountBytes| key == self.recipient.account().as_bytes();
        (reader.is_empty() && self.accounts.keys().any(is_own)).then_some(())
    }
}

/// A consumer of bytes, which counts or keeps them.
type Out<'a> = dyn FnMut(&[u8]) + 'a;

fn write_account(out: &mut Out<'_>, account: &AccountRecord) {
    write_option(out, account.contact.as_ref(), |out, contact| {
        write_option(out, contact.handle.as_ref(), |out, handle| {
            out(&[handle_type_byte(handle.kind)]);
            write_bytes(out, handle.value.as_bytes());
        });
        write_option(out, contact.display_name.as_ref(), |out, name| {
            write_bytes(out, name.as_bytes());
        });
    });
    write_option(out, account.revoked_before.as_ref(), |out, floor| {
        out(&floor.0.to_be_bytes());
    });
    write_option(out, account.replay.floor.as_ref(), |out, floor| {
        out(&floor.0.to_be_bytes());
    });
    write_count(out, account.replay.seen().len());
    for seen in account.replay.seen() {
        out(&seen.sent_at.0.to_be_bytes());
        out(seen.id.as_bytes());
    }
    write_recent(out, &account.calls, |out, call_id, state| {
        out(call_id.as_bytes());
        match state {
            CallState::Ringing => out(&[0]),
            CallState::Missed => out(&[1]),
            CallState::Ended(reason) => out(&[2, end_reason_byte(*reason)]),
            CallState::Tombstone(reason) => out(&[3, end_reason_byte(*reason)]),
        }
    });
}

fn read_account(reader: &mut Reader<'_>) -> Option<AccountRecord> {
    let contact = read_option(reader, |reader| {
        let handle = read_option(reader, |reader| {
            let kind = handle_type(reader.u8()?)?;
            Some(contact::handle(kind, read_text(reader)?))
        })?;
        let display_name = read_option(reader, read_text)?;
        let contact = Contact {
            handle,
            display_name,
        };
        contact.checked().ok()
    })?;
    let revoked_before = read_option(reader, |reader| reader.u64().map(UnixSeconds))?;
    let floor = read_option(reader, |reader| reader.u64().map(UnixMillis))?;
    let mut seen = Vec::new();
    for _ in 0..read_count(reader, MAX_SEEN)? {
        seen.push(Seen {
            sent_at: UnixMillis(reader.u64()?),
            id: MessageId::from_bytes(*reader.array()?),
        });
    }
    let calls = read_recent(reader, |reader| {
        let call_id = CallId::from_bytes(*reader.array()?);
        let state = match reader.u8()? {
            0 => CallState::Ringing,
            1 => CallState::Missed,
            2 => CallState::Ended(end_reason(reader.u8()?)?),
            3 => CallState::Tombstone(end_reason(reader.u8()?)?),
            _ => return None,
        };
        Some((call_id, state))
    })?;
    Some(AccountRecord {
        contact,
        revoked_before,
        replay: Replay::restore(floor, seen)?,
        calls,
        pending: 0,
    })
}

fn write_kind(out: &mut Out<'_>, kind: Kind) {
    match kind {
        Kind::End(call_uuid) => {
            out(&[0]);
            out(call_uuid.as_bytes());
        }
        Kind::Missed(call_uuid, reason, ended) => {
            out(&[1]);
            out(call_uuid.as_bytes());
            out(&[missed_reason_byte(reason)]);
            write_ended(out, ended);
        }
        Kind::Notify => out(&[2]),
        Kind::Ring(call_uuid, ended) => {
            out(&[3]);
            out(call_uuid.as_bytes());
            write_ended(out, ended);
        }
        Kind::Signal(call_uuid) => {
            out(&[4]);
            out(call_uuid.as_bytes());
        }
    }
}

fn read_kind(reader: &mut Reader<'_>) -> Option<Kind> {
    Some(match reader.u8()? {
        0 => Kind::End(CallKitUuid::from_bytes(*reader.array()?)),
        1 => Kind::Missed(
            CallKitUuid::from_bytes(*reader.array()?),
            missed_reason(reader.u8()?)?,
            read_ended(reader)?,
        ),
        2 => Kind::Notify,
        3 => Kind::Ring(
            CallKitUuid::from_bytes(*reader.array()?),
            read_ended(reader)?,
        ),
        4 => Kind::Signal(CallKitUuid::from_bytes(*reader.array()?)),
        _ => return None,
    })
}

fn write_ended(out: &mut Out<'_>, ended: Option<EndReason>) {
    write_option(out, ended.as_ref(), |out, reason| {
        out(&[end_reason_byte(*reason)]);
    });
}

fn read_ended(reader: &mut Reader<'_>) -> Option<Option<EndReason>> {
    read_option(reader, |reader| end_reason(reader.u8()?))
}

fn write_recent<K: PartialEq, V>(
    out: &mut Out<'_>,
    recent: &Recent<K, V>,
    write: impl Fn(&mut Out<'_>, &K, &V),
) {
    write_count(out, recent.iter().len());
    for entry in recent.iter() {
        out(&entry.recorded_at.0.to_be_bytes());
        write(out, &entry.key, &entry.value);
    }
}

fn read_recent<K: PartialEq, V>(
    reader: &mut Reader<'_>,
    read: impl Fn(&mut Reader<'_>) -> Option<(K, V)>,
) -> Option<Recent<K, V>> {
    let mut recent = Recent::default();
    for count in 1..=read_count(reader, MAX_CALLS)? {
        let recorded_at = UnixMillis(reader.u64()?);
        let (key, value) = read(reader)?;
        recent.set(key, value, recorded_at);
        if recent.iter().len() != count {
            return None;
        }
    }
    Some(recent)
}

fn write_option<T>(out: &mut Out<'_>, value: Option<&T>, write: impl Fn(&mut Out<'_>, &T)) {
    out(&[u8::from(value.is_some())]);
    if let Some(value) = value {
        write(out, value);
    }
}

fn read_option<T>(
    reader: &mut Reader<'_>,
    read: impl Fn(&mut Reader<'_>) -> Option<T>,
) -> Option<Option<T>> {
    match read_bool(reader)? {
        true => read(reader).map(Some),
        false => Some(None),
    }
}

fn read_bool(reader: &mut Reader<'_>) -> Option<bool> {
    match reader.u8()? {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}

/// Writes a count. Every one has a bound far below 2^16.
fn write_count(out: &mut Out<'_>, count: usize) {
    out(&(count as u16).to_be_bytes());
}

fn read_count(reader: &mut Reader<'_>, max: usize) -> Option<usize> {
    let count = usize::from(reader.u16()?);
    (count <= max).then_some(count)
}

fn write_bytes(out: &mut Out<'_>, bytes: &[u8]) {
    write_count(out, bytes.len());
    out(bytes);
}

fn read_bytes(reader: &mut Reader<'_>) -> Option<Zeroizing<Vec<u8>>> {
    let len = usize::from(reader.u16()?);
    Some(Zeroizing::new(reader.slice(len)?.to_vec()))
}

fn read_text(reader: &mut Reader<'_>) -> Option<String> {
    let len = usize::from(reader.u16()?);
    String::from_utf8(reader.slice(len)?.to_vec()).ok()
}

/// Declares the byte of each member of a closed set.
macro_rules! bytes {
    ($type:ident, $to:ident, $from:ident: $($byte:literal = $variant:ident,)+) => {
        fn $to(value: $type) -> u8 {
            match value {
                $($type::$variant => $byte,)+
            }
        }

        fn $from(byte: u8) -> Option<$type> {
            match byte {
                $($byte => Some($type::$variant),)+
                _ => None,
            }
        }
    };
}

bytes! { EndReason, end_reason_byte, end_reason:
    0 = Failed,
    1 = RemoteEnded,
    2 = Unanswered,
    3 = AnsweredElsewhere,
    4 = DeclinedElsewhere,
    5 = Declined,
    6 = Busy,
    7 = Cancelled,
}

bytes! { HandleType, handle_type_byte, handle_type:
    0 = Generic,
    1 = PhoneNumber,
    2 = EmailAddress,
}

bytes! { MissedReason, missed_reason_byte, missed_reason:
    0 = Certificate,
    1 = Ended,
    2 = Expired,
}
