//! Account records in saved state.

use crate::ids::MessageId;
use crate::inbox::Inbox;
use crate::inbox::account::AccountRecord;
use crate::inbox::by_key::ByKey;
use crate::inbox::calls::{Call, Phase};
use crate::inbox::contact::{self, Contact};
use crate::inbox::floors::Floors;
use crate::inbox::replay::{Replay, Seen};
use crate::limits::{
    MAX_CALLS_IN_ALL, MAX_DEVICE_FLOORS, MAX_DEVICE_FLOORS_IN_ALL, MAX_PINNED_LEN, MAX_SEEN,
    MAX_SEEN_IN_ALL,
};
use crate::reader::Reader;
use crate::time::UnixSeconds;

use super::fields::*;
use super::{handle_type, handle_type_byte, read_call_id, read_elsewhere, write_elsewhere};

impl Inbox {
    /// Returns whether the records together are within the bounds.
    pub(super) fn accounts_are_bounded(&self) -> bool {
        let sum = |count: fn(&AccountRecord) -> usize| self.accounts.values().map(count).sum();
        let [pinned, seen, calls, devices]: [usize; 4] = [
            sum(|account| account.contact.as_ref().map_or(0, Contact::len)),
            sum(|account| account.replay.seen().len()),
            sum(|account| account.calls.iter().len()),
            sum(|account| account.floors.devices.len()),
        ];
        pinned <= MAX_PINNED_LEN
            && seen <= MAX_SEEN_IN_ALL
            && calls <= MAX_CALLS_IN_ALL
            && devices <= MAX_DEVICE_FLOORS_IN_ALL
    }
}

pub(super) fn write_account(out: &mut Out<'_>, account: &AccountRecord) {
    write_option(out, account.contact.as_ref(), |out, contact| {
        write_option(out, contact.handle.as_ref(), |out, handle| {
            out(&[handle_type_byte(handle.kind)]);
            write_bytes(out, handle.value.as_bytes());
        });
        write_option(out, contact.display_name.as_ref(), |out, name| {
            write_bytes(out, name.as_bytes());
        });
    });
    out(&[u8::from(account.is_blocked)]);
    write_option(out, account.floors.account.as_ref(), |out, floor| {
        out(&floor.0.to_be_bytes());
    });
    write_count(out, account.floors.devices.len());
    for (device, floor) in account.floors.devices.iter() {
        out(device);
        out(&floor.0.to_be_bytes());
    }
    write_option(out, account.replay.floor.as_ref(), |out, floor| {
        write_time(out, *floor);
    });
    write_count(out, account.replay.seen().len());
    for seen in account.replay.seen() {
        write_time(out, seen.sent_at);
        out(seen.id.as_bytes());
    }
    write_recent(out, &account.calls, |out, call_id, call| {
        out(call_id.as_bytes());
        write_time(out, call.rung);
        write_time(out, call.over);
        write_option(out, call.elsewhere.as_ref(), write_elsewhere);
        write_option(out, call.phase.as_ref(), write_phase);
    });
}

pub(super) fn read_account(reader: &mut Reader<'_>) -> Option<AccountRecord> {
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
        let checked = contact.clone().checked().ok()?;
        (checked == contact).then_some(contact)
    })?;
    let is_blocked = read_bool(reader)?;
    let account = read_option(reader, |reader| reader.u64().map(UnixSeconds))?;
    let count = read_count(reader, MAX_DEVICE_FLOORS)?;
    let mut devices = ByKey::with_capacity(count);
    for _ in 0..count {
        devices.push(*reader.array()?, UnixSeconds(reader.u64()?))?;
    }
    let floors = Floors { account, devices };
    let floor = read_option(reader, read_time)?;
    let count = read_count(reader, MAX_SEEN)?;
    let mut seen = Vec::with_capacity(count);
    for _ in 0..count {
        seen.push(Seen {
            sent_at: read_time(reader)?,
            id: MessageId::from_bytes(*reader.array()?),
        });
    }
    let calls = read_recent(reader, |reader| {
        let call_id = read_call_id(reader)?;
        let call = Call {
            rung: read_time(reader)?,
            over: read_time(reader)?,
            elsewhere: read_option(reader, read_elsewhere)?,
            phase: read_option(reader, read_phase)?,
        };
        Some((call_id, call))
    })?;
    Some(AccountRecord {
        contact,
        is_blocked,
        floors,
        replay: Replay::restore(floor, seen)?,
        calls,
        pending: 0,
    })
}

fn write_phase(out: &mut Out<'_>, phase: &Phase) {
    match phase {
        Phase::Answered => out(&[0]),
        Phase::Missed => out(&[1]),
        Phase::Ringing { until } => {
            out(&[2]);
            write_time(out, *until);
        }
    }
}

fn read_phase(reader: &mut Reader<'_>) -> Option<Phase> {
    Some(match reader.u8()? {
        0 => Phase::Answered,
        1 => Phase::Missed,
        2 => Phase::Ringing {
            until: read_time(reader)?,
        },
        _ => return None,
    })
}
