//! Saved state. Its format is this implementation's own: a version, fields of fixed order, its
//! revision, and SHA-256 over all of it, against damage. No private key is in it; plaintext is.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::certificate::Certificate;
use crate::content::HandleType;
use crate::envelope::codec::EnvelopeTag;
use crate::envelope::open::Signed;
use crate::error::StateError;
use crate::ids::{CallId, CallKitUuid, MessageId};
use crate::inbox::Inbox;
use crate::inbox::account::AccountBytes;
use crate::inbox::by_key::ByKey;
use crate::inbox::calls::{self, Elsewhere, ElsewhereReason, Leg, LegState};
use crate::inbox::event::{MissedReason, Origin};
use crate::inbox::held::{Held, HeldReason};
use crate::inbox::journal::{Entry, Kind, Since};
use crate::inbox::kept::Kept;
use crate::inbox::recent::Recent;
use crate::keys::{AccountKey, DeviceKey};
use crate::limits::{MAX_ACCOUNTS, MAX_HELD, MAX_KEPT, MAX_PARTIES, MAX_PARTIES_IN_ALL};
use crate::reader::Reader;
use crate::time::UnixSeconds;

mod fields;
mod records;
mod saved;

use fields::*;
use records::{read_account, write_account};
use saved::{CHECKSUM_LEN, Pieces, REVISION_LEN};

pub(super) use saved::Saved;

const VERSION: u8 = 1;

impl Inbox {
    /// Returns the state, without prekeys. Store it encrypted, because it holds the plaintext of
    /// pending events and held envelopes. A state that has not changed gives the same bytes.
    #[must_use = "store it, or the app loses events and accepts envelopes twice"]
    pub fn save(&mut self) -> Zeroizing<Vec<u8>> {
        // The whole room at once, because a vector that grew would leave plaintext behind.
        let mut out = Zeroizing::new(Vec::with_capacity(self.saved_len()));
        self.save_to(|piece| out.extend_from_slice(piece));
        out
    }

    /// Hands out what [`Inbox::save`] returns, in pieces of at most 16 kB, in their order.
    pub fn save_to(&mut self, out: impl FnMut(&[u8])) {
        let (mut hash, mut pieces) = (Sha256::new(), Pieces::new(out));
        self.write(&mut |bytes| {
            hash.update(bytes);
            pieces.push(bytes);
        });
        self.saved = self.saved.followed_by(hash.clone().finalize().into());
        let revision = self.saved.revision.to_be_bytes();
        hash.update(revision);
        pieces.push(&revision);
        pieces.push(&hash.finalize());
        pieces.flush();
    }

    /// Returns how many bytes [`Inbox::save`] returns.
    pub fn saved_len(&self) -> usize {
        let mut len = 0;
        self.write(&mut |bytes| len += bytes.len());
        len + REVISION_LEN + CHECKSUM_LEN
    }

    /// Returns the revision of the state that was saved or loaded last; 0 if none was. It rises by
    /// one with each state that differs from the one before. Keep it where no backup restores it,
    /// once the state is stored, and pass it to [`Inbox::load_at_least`].
    pub fn revision(&self) -> u64 {
        self.saved.revision
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
        Inbox::load_at_least(recipient, state, 0)
    }

    /// Does what [`Inbox::load`] does, and refuses a state of a lower revision: an older copy has
    /// taken its place, as from a backup, and would accept again what was received since.
    ///
    /// # Errors
    /// Those of [`Inbox::load`]; after `wrong_device` [`StateError::StateRolledBack`]
    /// (`state_rolled_back`).
    pub fn load_at_least(
        recipient: &Certificate,
        state: &[u8],
        revision: u64,
    ) -> Result<Inbox, StateError> {
        match state.first() {
            Some(&VERSION) => {}
            Some(version) if *version > VERSION => return Err(StateError::StateTooNew),
            _ => return Err(StateError::BadState),
        }
        let (fields, saved) = Saved::read(state).ok_or(StateError::BadState)?;
        let mut inbox = Inbox::new(recipient);
        let mut reader = Reader::new(fields);
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
        if saved.revision < revision {
            return Err(StateError::StateRolledBack);
        }
        inbox.saved = saved;
        inbox.read(reader).ok_or(StateError::BadState)?;
        Ok(inbox)
    }

    fn write(&self, out: &mut Out<'_>) {
        out(&[VERSION]);
        out(self.recipient.account().as_bytes());
        out(self.recipient.device().as_bytes());
        write_option(out, self.last_issued_at.as_ref(), |out, time| {
            out(&time.0.to_be_bytes());
        });
        write_option(out, self.freed_floor.as_ref(), |out, floor| {
            write_time(out, *floor);
        });
        write_count(out, self.accounts.len());
        for (key, account) in self.accounts.iter() {
            out(key);
            write_account(out, account);
        }
        write_recent(
            out,
            &self.early_ends,
            |out, (caller, call_id), elsewhere| {
                out(caller);
                out(call_id.as_bytes());
                write_elsewhere(out, elsewhere);
            },
        );
        write_recent(out, &self.placed, |out, call_id, legs| {
            out(call_id.as_bytes());
            write_count(out, legs.len());
            for leg in legs {
                write_leg(out, leg);
            }
        });
        write_recent(out, &self.joined, |out, (caller, call_id), accounts| {
            out(caller);
            out(call_id.as_bytes());
            write_count(out, accounts.len());
            for account in accounts {
                out(account);
            }
        });
        write_count(out, self.kept.iter().len());
        for kept in self.kept.iter() {
            write_origin(out, &kept.origin);
            out(kept.call_id.as_bytes());
            write_time(out, kept.kept_at);
            write_bytes(out, &kept.content);
        }
        write_count(out, self.journal.len());
        for Entry {
            origin,
            kind,
            content,
        } in self.journal.iter()
        {
            write_origin(out, origin);
            write_kind(out, *kind);
            write_bytes(out, content);
        }
        write_count(out, self.held.iter().len());
        for Held {
            tag,
            signed,
            reason,
        } in self.held.iter()
        {
            out(&tag.0);
            out(&[held_reason_byte(*reason)]);
            out(&signed.certificate.to_bytes());
            out(signed.message_id.as_bytes());
            write_time(out, signed.sent_at);
            write_bytes(out, &signed.content);
        }
    }

    /// Fills a new inbox. None if a field holds a value that [`Inbox::save`] never writes. Whether the
    /// fields can occur together is not checked.
    fn read(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        self.last_issued_at = read_option(reader, |reader| reader.u64().map(UnixSeconds))?;
        self.freed_floor = read_option(reader, read_time)?;
        let count = read_count(reader, MAX_ACCOUNTS)?;
        self.accounts = ByKey::with_capacity(count);
        for _ in 0..count {
            self.accounts
                .push(*reader.array()?, read_account(reader)?)?;
        }
        self.accounts_are_bounded().then_some(())?;
        self.early_ends = read_recent(reader, |reader| {
            let key = (*reader.array()?, read_call_id(reader)?);
            Some((key, read_elsewhere(reader)?))
        })?;
        self.placed = read_recent(reader, |reader| {
            let call_id = read_call_id(reader)?;
            let mut legs: Vec<Leg> = Vec::new();
            for _ in 0..read_count(reader, MAX_PARTIES)? {
                let leg = read_leg(reader)?;
                if calls::leg(&legs, &leg.account).is_some() {
                    return None;
                }
                legs.push(leg);
            }
            Some((call_id, legs))
        })?;
        is_bounded(&self.placed).then_some(())?;
        self.joined = read_recent(reader, |reader| {
            let key = (*reader.array()?, read_call_id(reader)?);
            let mut accounts: Vec<AccountBytes> = Vec::new();
            for _ in 0..read_count(reader, MAX_PARTIES)? {
                let account = *reader.array()?;
                if accounts.contains(&account) {
                    return None;
                }
                accounts.push(account);
            }
            Some((key, accounts))
        })?;
        is_bounded(&self.joined).then_some(())?;
        for _ in 0..read_count(reader, MAX_KEPT)? {
            let kept = Kept {
                origin: read_origin(reader)?,
                call_id: read_call_id(reader)?,
                kept_at: read_time(reader)?,
                content: read_bytes(reader)?,
            };
            self.accounts.get(kept.origin.account.as_bytes())?;
            self.kept.restore(kept)?;
        }
        for _ in 0..reader.u16()? {
            let entry = Entry {
                origin: read_origin(reader)?,
                kind: read_kind(reader)?,
                content: read_bytes(reader)?,
            };
            // Its account has a record, and the journal has room for it. Contents are read when they
            // are listed.
            let account = entry.origin.account;
            self.accounts.get_mut(account.as_bytes())?.pending += 1;
            self.journal.push(entry);
            if !self.is_journal_bounded(&account) {
                return None;
            }
        }
        for _ in 0..read_count(reader, 2 * MAX_HELD)? {
            self.held.push(Held {
                tag: EnvelopeTag(*reader.array()?),
                reason: held_reason(reader.u8()?)?,
                signed: Signed {
                    certificate: Certificate::from_bytes(reader.slice(Certificate::LEN)?).ok()?,
                    message_id: MessageId::from_bytes(*reader.array()?),
                    sent_at: read_time(reader)?,
                    content: read_bytes(reader)?,
                },
            });
        }
        let own = self.recipient.account().as_bytes();
        (reader.is_empty() && self.accounts.contains_key(own)).then_some(())
    }
}

/// Returns whether the calls together have no more accounts than they may.
fn is_bounded<K: PartialEq, V>(calls: &Recent<K, Vec<V>>) -> bool {
    calls.iter().map(|call| call.value.len()).sum::<usize>() <= MAX_PARTIES_IN_ALL
}

fn write_origin(out: &mut Out<'_>, origin: &Origin) {
    out(&origin.tag.0);
    out(origin.account.as_bytes());
    out(origin.device.as_bytes());
    out(origin.message_id.as_bytes());
    write_time(out, origin.sent_at);
}

fn read_origin(reader: &mut Reader<'_>) -> Option<Origin> {
    Some(Origin {
        tag: EnvelopeTag(*reader.array()?),
        account: AccountKey::from_bytes(reader.array::<32>()?).ok()?,
        device: DeviceKey::from_bytes(reader.array::<32>()?).ok()?,
        message_id: MessageId::from_bytes(*reader.array()?),
        sent_at: read_time(reader)?,
    })
}

fn write_leg(out: &mut Out<'_>, leg: &Leg) {
    out(&leg.account);
    write_time(out, leg.since);
    out(&[leg_state_byte(leg.state)]);
    write_option(out, leg.by.as_ref(), |out, device| out(device));
    out(&[u8::from(leg.told), u8::from(leg.declined)]);
}

fn read_leg(reader: &mut Reader<'_>) -> Option<Leg> {
    Some(Leg {
        account: *reader.array()?,
        since: read_time(reader)?,
        state: leg_state(reader.u8()?)?,
        by: read_option(reader, |reader| {
            let device = reader.array::<32>()?;
            DeviceKey::from_bytes(device).ok().map(|_| *device)
        })?,
        told: read_bool(reader)?,
        declined: read_bool(reader)?,
    })
}

fn write_elsewhere(out: &mut Out<'_>, elsewhere: &Elsewhere) {
    write_time(out, elsewhere.until);
    out(&[elsewhere_byte(elsewhere.reason)]);
}

fn read_elsewhere(reader: &mut Reader<'_>) -> Option<Elsewhere> {
    Some(Elsewhere {
        until: read_time(reader)?,
        reason: elsewhere(reader.u8()?)?,
    })
}

fn write_kind(out: &mut Out<'_>, kind: Kind) {
    match kind {
        Kind::End {
            call_uuid,
            reason,
            remaining,
        } => {
            out(&[0]);
            out(call_uuid.as_bytes());
            out(&[reason]);
            write_option(out, remaining.as_ref(), |out, remaining| {
                out(&remaining.to_be_bytes());
            });
        }
        Kind::Missed(call_uuid, reason, since) => {
            out(&[1]);
            out(call_uuid.as_bytes());
            out(&[missed_reason_byte(reason)]);
            write_since(out, since);
        }
        Kind::Notify => out(&[2]),
        Kind::Ring {
            call_uuid,
            expires_at,
            since,
        } => {
            out(&[3]);
            out(call_uuid.as_bytes());
            write_time(out, expires_at);
            write_since(out, since);
        }
        Kind::Signal(call_uuid) => {
            out(&[4]);
            out(call_uuid.as_bytes());
        }
        Kind::Second {
            call_uuid,
            taken,
            since,
        } => {
            out(&[5]);
            out(call_uuid.as_bytes());
            out(taken.as_bytes());
            write_time(out, since);
        }
    }
}

fn read_kind(reader: &mut Reader<'_>) -> Option<Kind> {
    let kind = reader.u8()?;
    if kind == 2 {
        return Some(Kind::Notify);
    }
    let call_uuid = CallKitUuid::from_bytes(*reader.array()?);
    Some(match kind {
        0 => Kind::End {
            call_uuid,
            reason: reader.u8().filter(|reason| (1..=5).contains(reason))?,
            remaining: read_option(reader, |reader| reader.u16())?,
        },
        1 => Kind::Missed(call_uuid, missed_reason(reader.u8()?)?, read_since(reader)?),
        3 => Kind::Ring {
            call_uuid,
            expires_at: read_time(reader)?,
            since: read_since(reader)?,
        },
        4 => Kind::Signal(call_uuid),
        5 => Kind::Second {
            call_uuid,
            taken: DeviceKey::from_bytes(reader.array::<32>()?).ok()?,
            since: read_time(reader)?,
        },
        _ => return None,
    })
}

fn read_call_id(reader: &mut Reader<'_>) -> Option<CallId> {
    CallId::from_bytes(*reader.array()?).ok()
}

fn write_since(out: &mut Out<'_>, since: Since) {
    out(&[u8::from(since.newer), u8::from(since.acted)]);
    write_option(out, since.elsewhere.as_ref(), |out, reason| {
        out(&[elsewhere_byte(*reason)]);
    });
}

fn read_since(reader: &mut Reader<'_>) -> Option<Since> {
    Some(Since {
        newer: read_bool(reader)?,
        acted: read_bool(reader)?,
        elsewhere: read_option(reader, |reader| elsewhere(reader.u8()?))?,
    })
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

bytes! { ElsewhereReason, elsewhere_byte, elsewhere:
    0 = Answered,
    1 = Declined,
}

bytes! { HandleType, handle_type_byte, handle_type:
    0 = Generic,
    1 = PhoneNumber,
    2 = EmailAddress,
}

bytes! { HeldReason, held_reason_byte, held_reason:
    0 = Clock,
    1 = Untrusted,
}

bytes! { LegState, leg_state_byte, leg_state:
    0 = Open,
    1 = Taken,
    2 = Closed,
}

bytes! { MissedReason, missed_reason_byte, missed_reason:
    0 = Certificate,
    1 = Clock,
    2 = Ended,
    3 = Expired,
}
