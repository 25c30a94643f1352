//! The parts that saved state is made of.

use zeroize::Zeroizing;

use crate::inbox::recent::Recent;
use crate::limits::MAX_CALLS;
use crate::reader::Reader;
use crate::time::UnixMillis;

/// A consumer of bytes, which counts or keeps them.
pub(super) type Out<'a> = dyn FnMut(&[u8]) + 'a;

pub(super) fn write_recent<K: PartialEq, V>(
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

pub(super) fn read_recent<K: PartialEq, V>(
    reader: &mut Reader<'_>,
    read: impl Fn(&mut Reader<'_>) -> Option<(K, V)>,
) -> Option<Recent<K, V>> {
    let count = read_count(reader, MAX_CALLS)?;
    let mut recent = Recent::with_capacity(count);
    for count in 1..=count {
        let recorded_at = UnixMillis(reader.u64()?);
        let (key, value) = read(reader)?;
        recent.set(key, value, recorded_at);
        if recent.iter().len() != count {
            return None;
        }
    }
    Some(recent)
}

pub(super) fn write_option<T>(
    out: &mut Out<'_>,
    value: Option<&T>,
    write: impl Fn(&mut Out<'_>, &T),
) {
    out(&[u8::from(value.is_some())]);
    if let Some(value) = value {
        write(out, value);
    }
}

pub(super) fn read_option<T>(
    reader: &mut Reader<'_>,
    read: impl Fn(&mut Reader<'_>) -> Option<T>,
) -> Option<Option<T>> {
    match read_bool(reader)? {
        true => read(reader).map(Some),
        false => Some(None),
    }
}

pub(super) fn read_bool(reader: &mut Reader<'_>) -> Option<bool> {
    match reader.u8()? {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}

/// Writes a count. Every one has a bound far below 2^16.
pub(super) fn write_count(out: &mut Out<'_>, count: usize) {
    out(&(count as u16).to_be_bytes());
}

pub(super) fn read_count(reader: &mut Reader<'_>, max: usize) -> Option<usize> {
    let count = usize::from(reader.u16()?);
    (count <= max).then_some(count)
}

pub(super) fn write_bytes(out: &mut Out<'_>, bytes: &[u8]) {
    write_count(out, bytes.len());
    out(bytes);
}

pub(super) fn read_bytes(reader: &mut Reader<'_>) -> Option<Zeroizing<Vec<u8>>> {
    let len = usize::from(reader.u16()?);
    Some(Zeroizing::new(reader.slice(len)?.to_vec()))
}

pub(super) fn read_text(reader: &mut Reader<'_>) -> Option<String> {
    let len = usize::from(reader.u16()?);
    String::from_utf8(reader.slice(len)?.to_vec()).ok()
}

pub(super) fn write_time(out: &mut Out<'_>, time: UnixMillis) {
    out(&time.0.to_be_bytes());
}

pub(super) fn read_time(reader: &mut Reader<'_>) -> Option<UnixMillis> {
    reader.u64().map(UnixMillis)
}
