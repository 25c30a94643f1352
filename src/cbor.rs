//! The format's profile of deterministic CBOR (RFC 8949 section 4.2.1; spec/envelope.md, "Content
//! encoding"): each value has one encoding, and every other one is refused.

use std::mem;

use zeroize::Zeroizing;

use crate::error::{ContentError, Problem};
use crate::limits::{MAX_CONTENT_LEN, MAX_DEPTH, MAX_ITEMS};
use crate::reader::Reader;
use crate::value::{Map, Value};

/// The major types, as they stand in the upper three bits of a head.
const UNSIGNED: u8 = 0x00;
const NEGATIVE: u8 = 0x20;
const BYTES: u8 = 0x40;
const TEXT: u8 = 0x60;
const ARRAY: u8 = 0x80;
const MAP: u8 = 0xa0;

/// Whole heads, of major type 7.
const FALSE: u8 = 0xf4;
const TRUE: u8 = 0xf5;
const NULL: u8 = 0xf6;
const FLOAT: u8 = 0xfb;

/// Returns the one encoding of a map.
///
/// # Errors
/// `bad_content` (a value that the profile does not allow) or `too_deep`, whichever comes first;
/// then `too_many`, then `too_long`.
pub(crate) fn encode(map: &Map) -> Result<Zeroizing<Vec<u8>>, ContentError> {
    let len = encoded_len(map)?;
    if items_of_map(map) > MAX_ITEMS {
        return Err(ContentError::TooMany);
    }
    if len > MAX_CONTENT_LEN {
        return Err(ContentError::TooLong);
    }
    // The whole room at once, because a vector that grew would leave plaintext behind.
    let mut out = Zeroizing::new(Vec::with_capacity(len));
    write_map(&mut |bytes| out.extend_from_slice(bytes), map, 1)?;
    Ok(out)
}

fn encoded_len(map: &Map) -> Result<usize, ContentError> {
    let mut len = 0;
    write_map(&mut |bytes| len += bytes.len(), map, 1)?;
    Ok(len)
}

/// Returns whether a map encodes to these bytes.
fn encodes_to(map: &Map, bytes: &[u8]) -> bool {
    let mut rest = Some(bytes);
    let written = write_map(
        &mut |bytes| rest = rest.and_then(|rest| rest.strip_prefix(bytes)),
        map,
        1,
    );
    written.is_ok() && rest.is_some_and(<[u8]>::is_empty)
}

/// Reads a map from its one encoding.
///
/// # Errors
/// `bad_cbor`, `too_deep` or `too_many`: the code of the first breach from the front.
pub(crate) fn decode(bytes: &[u8]) -> Result<Map, ContentError> {
    let mut decoder = Decoder {
        reader: Reader::new(bytes),
        items: 0,
    };
    let map = match decoder.reader.u8() {
        Some(head) if major(head) == MAP => read_map(&mut decoder, head, 1)?,
        _ => return Err(ContentError::BadCbor),
    };
    // Every rule has been checked by now. This checks the property that they exist for: the map
    // encodes to the same bytes again.
    match encodes_to(&map, bytes) {
        true => Ok(map),
        false => Err(ContentError::BadCbor),
    }
}

/// A consumer of an encoding: it counts, keeps or compares.
type Out<'a> = dyn FnMut(&[u8]) + 'a;

fn write_map(out: &mut Out<'_>, map: &Map, depth: usize) -> Result<(), ContentError> {
    write_head(out, MAP, map.len() as u64);
    for (key, value) in map.iter() {
        write_text(out, key)
            .and_then(|()| write(out, value, depth))
            .map_err(|error| match error {
                ContentError::BadContent { problem, .. } => ContentError::BadContent {
                    member: key.into(),
                    problem,
                },
                other => other,
            })?;
    }
    Ok(())
}

fn write(out: &mut Out<'_>, value: &Value, depth: usize) -> Result<(), ContentError> {
    match value {
        Value::Null => out(&[NULL]),
        Value::Bool(false) => out(&[FALSE]),
        Value::Bool(true) => out(&[TRUE]),
        Value::Integer(value) if value.unsigned_abs() <= Value::MAX_INTEGER.unsigned_abs() => {
            match u64::try_from(*value) {
                Ok(value) => write_head(out, UNSIGNED, value),
                Err(_) => write_head(out, NEGATIVE, !*value as u64),
            }
        }
        Value::Float(value) if is_fractional(*value) => {
            out(&[FLOAT]);
            out(&value.to_be_bytes());
        }
        Value::Integer(_) | Value::Float(_) => return Err(bad_value(Problem::Number)),
        Value::Text(text) => return write_text(out, text),
        Value::Bytes(bytes) => {
            write_head(out, BYTES, bytes.len() as u64);
            out(bytes);
        }
        Value::Array(_) | Value::Map(_) if depth >= MAX_DEPTH => return Err(ContentError::TooDeep),
        Value::Array(items) => {
            write_head(out, ARRAY, items.len() as u64);
            for item in items {
                write(out, item, depth + 1)?;
            }
        }
        Value::Map(map) => return write_map(out, map, depth + 1),
    }
    Ok(())
}

fn write_text(out: &mut Out<'_>, text: &str) -> Result<(), ContentError> {
    if text.contains('\0') {
        return Err(bad_value(Problem::Nul));
    }
    write_head(out, TEXT, text.len() as u64);
    out(text.as_bytes());
    Ok(())
}

/// Writes a head in the shortest form that holds the argument.
fn write_head(out: &mut Out<'_>, major: u8, argument: u64) {
    let bytes = argument.to_be_bytes();
    let (info, len) = match argument {
        0..24 => {
            return out(&[major | argument as u8]);
        }
        24..0x100 => (24, 1),
        0x100..0x1_0000 => (25, 2),
        0x1_0000..0x1_0000_0000 => (26, 4),
        _ => (27, 8),
    };
    out(&[major | info]);
    out(bytes.get(bytes.len() - len..).unwrap_or_default());
}

/// Returns whether a number is finite and not an integer. From 2^53 on all are integers.
fn is_fractional(value: f64) -> bool {
    value.abs() <= Value::MAX_INTEGER as f64 && value as i64 as f64 != value
}

/// Refuses a value. The member that holds it is added on the way out.
fn bad_value(problem: Problem) -> ContentError {
    ContentError::BadContent {
        member: String::new(),
        problem,
    }
}

/// Returns the number of items and members in a map, at every depth.
fn items_of_map(map: &Map) -> usize {
    map.iter().map(|(_, value)| 1 + items_of(value)).sum()
}

fn items_of(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(|item| 1 + items_of(item)).sum(),
        Value::Map(map) => items_of_map(map),
        _ => 0,
    }
}

/// The bytes left to read, and the number of items announced so far.
struct Decoder<'a> {
    reader: Reader<'a>,
    items: usize,
}

/// Reads one value. `depth` containers are open around it.
fn read(decoder: &mut Decoder<'_>, depth: usize) -> Result<Value, ContentError> {
    let reader = &mut decoder.reader;
    let head = reader.u8().ok_or(ContentError::BadCbor)?;
    let value = match (major(head), head) {
        (_, NULL) => Some(Value::Null),
        (_, FALSE) => Some(Value::Bool(false)),
        (_, TRUE) => Some(Value::Bool(true)),
        (_, FLOAT) => read_float(reader).map(Value::Float),
        (UNSIGNED, _) => read_integer(reader, head).map(Value::Integer),
        (NEGATIVE, _) => read_integer(reader, head).map(|n| Value::Integer(!n)),
        (BYTES, _) => read_slice(reader, head).map(|bytes| Value::Bytes(bytes.into())),
        (TEXT, _) => read_text(reader, head).map(|text| Value::Text(text.into())),
        (ARRAY | MAP, _) if depth >= MAX_DEPTH => return Err(ContentError::TooDeep),
        (ARRAY, _) => return read_array(decoder, head, depth + 1),
        (MAP, _) => return read_map(decoder, head, depth + 1).map(Value::Map),
        _ => None,
    };
    value.ok_or(ContentError::BadCbor)
}

fn read_array(decoder: &mut Decoder<'_>, head: u8, depth: usize) -> Result<Value, ContentError> {
    // An item has at least one byte.
    let count = read_count(decoder, head, 1)?;
    // Wiped if a later item is refused.
    let mut items = Zeroizing::new(Vec::with_capacity(count));
    for _ in 0..count {
        items.push(read(decoder, depth)?);
    }
    Ok(Value::Array(mem::take(&mut items)))
}

fn read_map(decoder: &mut Decoder<'_>, head: u8, depth: usize) -> Result<Map, ContentError> {
    // A key has at least one byte, and so has a value.
    let count = read_count(decoder, head, 2)?;
    let mut map = Map::with_capacity(count);
    for _ in 0..count {
        let reader = &mut decoder.reader;
        let key = reader
            .u8()
            .filter(|head| major(*head) == TEXT)
            .and_then(|head| read_text(reader, head))
            .filter(|key| map.comes_last(key))
            .ok_or(ContentError::BadCbor)?;
        let value = read(decoder, depth)?;
        map.push(key, value);
    }
    Ok(map)
}

fn read_float(reader: &mut Reader<'_>) -> Option<f64> {
    let value = f64::from_bits(reader.u64()?);
    is_fractional(value).then_some(value)
}

/// Reads an integer n ≥ 0, or the n of −1 − n. The least is −(2^53 − 1).
fn read_integer(reader: &mut Reader<'_>, head: u8) -> Option<i64> {
    let value = i64::try_from(read_argument(reader, head)?).ok()?;
    let negative = i64::from(major(head) == NEGATIVE);
    (value <= Value::MAX_INTEGER - negative).then_some(value)
}

fn read_text<'a>(reader: &mut Reader<'a>, head: u8) -> Option<&'a str> {
    let text = std::str::from_utf8(read_slice(reader, head)?).ok()?;
    (!text.contains('\0')).then_some(text)
}

fn read_slice<'a>(reader: &mut Reader<'a>, head: u8) -> Option<&'a [u8]> {
    let len = read_argument(reader, head)?;
    reader.slice(usize::try_from(len).ok()?)
}

/// Reads how many items follow: no more than there are bytes for, or than a content may have.
fn read_count(
    decoder: &mut Decoder<'_>,
    head: u8,
    least_len: usize,
) -> Result<usize, ContentError> {
    let count = read_argument(&mut decoder.reader, head)
        .and_then(|count| usize::try_from(count).ok())
        .filter(|count| *count <= decoder.reader.rest().len() / least_len)
        .ok_or(ContentError::BadCbor)?;
    decoder.items += count;
    match decoder.items <= MAX_ITEMS {
        true => Ok(count),
        false => Err(ContentError::TooMany),
    }
}

/// Reads the argument of a head, which is a value or a length, in its shortest form.
fn read_argument(reader: &mut Reader<'_>, head: u8) -> Option<u64> {
    let (len, least) = match head & 0x1f {
        info @ 0..24 => return Some(u64::from(info)),
        24 => (1, 24),
        25 => (2, 0x100),
        26 => (4, 0x1_0000),
        27 => (8, 0x1_0000_0000),
        _ => return None,
    };
    let bytes = reader.slice(len)?;
    let argument = bytes
        .iter()
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    (argument >= least).then_some(argument)
}

fn major(head: u8) -> u8 {
    head & 0xe0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(value: Value) -> Map {
        [("k", value)].into_iter().collect()
    }

    fn nested(depth: usize) -> Map {
        (1..depth).fold(Map::new(), |inner, _| map(Value::Map(inner)))
    }

    #[test]
    fn values_come_back_as_they_were() {
        for value in [
            Value::Null,
            Value::Bool(true),
            Value::Integer(0),
            Value::Integer(-1),
            Value::Integer(Value::MAX_INTEGER),
            Value::Integer(-Value::MAX_INTEGER),
            Value::Float(0.5),
            Value::Float(-1.0e-300),
            Value::Text("\u{feff}e\u{301}".into()),
            Value::Bytes(vec![0; 300]),
            Value::Array(vec![Value::Null, Value::Map(Map::new())]),
        ] {
            let bytes = encode(&map(value.clone())).unwrap_or_default();
            assert!(decode(&bytes) == Ok(map(value.clone())), "{value:?}");
        }
    }

    #[test]
    fn what_the_profile_does_not_allow_is_not_written() {
        for value in [
            Value::Integer(Value::MAX_INTEGER + 1),
            Value::Integer(i64::MIN),
            Value::Float(1.0),
            Value::Float(-0.0),
            Value::Float(1.0e300),
            Value::Float(f64::NAN),
            Value::Float(f64::INFINITY),
            Value::Text("a\0b".into()),
        ] {
            let found = encode(&map(value)).err();
            assert!(
                matches!(found, Some(ContentError::BadContent { member, .. }) if member == "k")
            );
        }
    }

    #[test]
    fn what_is_not_the_one_encoding_is_not_read() {
        for bad in [
            &b""[..],
            b"\x80",                                          // an array
            b"\xa0\x00",                                      // more after the map
            b"\xa1\x61k",                                     // cut short
            b"\xbf\xff",                                      // indefinite map
            b"\xb8\x00",                                      // longer head than needed
            b"\xa1\x61k\x18\x17",                             // longer integer than needed
            b"\xa1\x61k\x1b\x00\x20\x00\x00\x00\x00\x00\x00", // 2^53
            b"\xa1\x61k\x3b\x00\x1f\xff\xff\xff\xff\xff\xff", // -2^53
            b"\xa1\x61k\x3b\xff\xff\xff\xff\xff\xff\xff\xff", // below i64
            b"\xa1\x61k\xf9\x38\x00",                         // half float
            b"\xa1\x61k\xfa\x3f\x00\x00\x00",                 // single float
            b"\xa1\x61k\xfb\x3f\xf0\x00\x00\x00\x00\x00\x00", // integral float
            b"\xa1\x61k\xfb\x7f\xf8\x00\x00\x00\x00\x00\x00", // NaN
            b"\xa1\x61k\xfb\x7f\xf0\x00\x00\x00\x00\x00\x00", // infinity
            b"\xa1\x61k\xf7",                                 // undefined
            b"\xa1\x61k\xf8\xff",                             // simple value
            b"\xa1\x61k\xc0\x00",                             // tag
            b"\xa1\x61k\x7f\x61a\xff",                        // indefinite text
            b"\xa1\x61k\x5f\x41a\xff",                        // indefinite bytes
            b"\xa1\x61k\x9f\xff",                             // indefinite array
            b"\xa1\x61k\x61\xff",                             // not UTF-8
            b"\xa1\x61k\x61\x00",                             // U+0000
            b"\xa1\x61\x00\x00",                              // U+0000 in a key
            b"\xa1\x41k\x00",                                 // a key of bytes
            b"\xa1\x01\x00",                                  // a key of another type
            b"\xa2\x61k\x00\x61k\x00",                        // a key twice
            b"\xa2\x61l\x00\x61k\x00",                        // out of order
            b"\xa2\x62aa\x00\x61b\x00",                       // a longer key first
            b"\xa1\x61k\x9b\xff\xff\xff\xff\xff\xff\xff\xff", // an array of 2^64 - 1
            b"\xff",                                          // break
        ] {
            assert_eq!(decode(bad).err(), Some(ContentError::BadCbor), "{bad:x?}");
        }
    }

    #[test]
    fn sixteen_containers_nest_and_seventeen_do_not() {
        let bytes = encode(&nested(16)).unwrap_or_default();
        assert!(decode(&bytes) == Ok(nested(16)));
        assert_eq!(encode(&nested(17)).err(), Some(ContentError::TooDeep));
        let mut deeper = b"\xa1\x61k".to_vec();
        deeper.extend_from_slice(&bytes);
        assert_eq!(decode(&deeper).err(), Some(ContentError::TooDeep));
        let arrays = [b"\xa1\x61k".as_slice(), &[0x81; 60_000]].concat();
        assert_eq!(decode(&arrays).err(), Some(ContentError::TooDeep));
    }

    #[test]
    fn content_has_4096_items_at_most() {
        let nulls = |count| map(Value::Array(vec![Value::Null; count]));
        let bytes = encode(&nulls(4095)).unwrap_or_default();
        assert!(decode(&bytes) == Ok(nulls(4095)));
        assert_eq!(encode(&nulls(4096)).err(), Some(ContentError::TooMany));
        // Small to send, large to hold: each item announces one more.
        let bomb = [b"\xa1\x61k\x99\x10\x00".as_slice(), &[0xf6; 4096]].concat();
        assert_eq!(decode(&bomb).err(), Some(ContentError::TooMany));
        let nested: Vec<u8> = [0x81, 0xf6].repeat(3000);
        let bomb = [b"\xa1\x61k\x99\x0b\xb8".as_slice(), &nested].concat();
        assert_eq!(decode(&bomb).err(), Some(ContentError::TooMany));
        // There must be bytes for the announced items.
        let short = b"\xa1\x61k\x99\x10\x00\xf6";
        assert_eq!(decode(short).err(), Some(ContentError::BadCbor));
    }

    #[test]
    fn the_first_breach_from_the_front_names_the_code() {
        let too_deep = [[0x81; 16].as_slice(), b"\x00"].concat();
        let then_too_deep = |breach: &[u8]| {
            let bytes = [b"\xa2\x61k", breach, b"\x61l", &too_deep].concat();
            decode(&bytes).err()
        };
        assert_eq!(then_too_deep(b"\x00"), Some(ContentError::TooDeep));
        for breach in [
            &b"\x18\x17"[..],                        // a longer integer than needed
            b"\x1b\x00\x20\x00\x00\x00\x00\x00\x00", // 2^53
            b"\x3b\x00\x1f\xff\xff\xff\xff\xff\xff", // -2^53
            b"\xfb\x3f\xf0\x00\x00\x00\x00\x00\x00", // an integral float
            b"\x61\x00",                             // U+0000
            b"\xa1\x61\x00\x00",                     // U+0000 in a key
            b"\xa2\x61b\x00\x61a\x00",               // keys out of order
            b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff", // more items than bytes
            b"\xb8\x20",                             // more members than bytes for them
        ] {
            assert_eq!(
                then_too_deep(breach),
                Some(ContentError::BadCbor),
                "{breach:x?}"
            );
        }
        // A container is too deep at its first byte, whatever else is wrong with it.
        for head in [0x9f, 0xbf, 0x9c] {
            let bytes = [b"\xa1\x61k".as_slice(), &[0x81; 15], &[head]].concat();
            assert_eq!(
                decode(&bytes).err(),
                Some(ContentError::TooDeep),
                "{head:x}"
            );
        }
        let array = [0x81; 30];
        assert_eq!(decode(&array).err(), Some(ContentError::BadCbor));
    }

    #[test]
    fn content_ends_at_65536_bytes() {
        // The map's head, the key, and the head of the bytes take 6 bytes.
        let fits = map(Value::Bytes(vec![0; MAX_CONTENT_LEN - 6]));
        assert_eq!(encode(&fits).map(|bytes| bytes.len()), Ok(MAX_CONTENT_LEN));
        let over = map(Value::Bytes(vec![0; MAX_CONTENT_LEN - 5]));
        assert_eq!(encode(&over).err(), Some(ContentError::TooLong));
    }
}
