//! The content encoding (spec/envelope.md, "Content encoding"), written a second time: the one
//! encoding of what a vector says in JSON, and the pieces of which encodings are made that nothing
//! should accept.

use hushring::content::Value;
use serde_json::Value as Json;

use crate::json::map_from_json;

pub const UNSIGNED: u8 = 0 << 5;
pub const NEGATIVE: u8 = 1 << 5;
pub const BYTES: u8 = 2 << 5;
pub const TEXT: u8 = 3 << 5;
pub const ARRAY: u8 = 4 << 5;
pub const MAP: u8 = 5 << 5;

/// An initial byte and its argument in the shortest form.
pub fn head(major: u8, argument: u64) -> Vec<u8> {
    let bytes = argument.to_be_bytes();
    match argument {
        0..24 => vec![major | bytes[7]],
        24..0x100 => vec![major | 24, bytes[7]],
        0x100..0x1_0000 => [&[major | 25], &bytes[6..]].concat(),
        0x1_0000..0x1_0000_0000 => [&[major | 26], &bytes[4..]].concat(),
        _ => [&[major | 27], bytes.as_slice()].concat(),
    }
}

pub fn text(value: &str) -> Vec<u8> {
    [head(TEXT, value.len() as u64), value.as_bytes().to_vec()].concat()
}

pub fn bytes(value: &[u8]) -> Vec<u8> {
    [head(BYTES, value.len() as u64), value.to_vec()].concat()
}

pub fn float(value: f64) -> Vec<u8> {
    [&[0xfb], value.to_be_bytes().as_slice()].concat()
}

/// A map of these entries in this order, whether or not it is the right one.
pub fn map(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut out = head(MAP, entries.len() as u64);
    for (name, value) in entries {
        out.extend(text(name));
        out.extend(value);
    }
    out
}

/// A message with one more member, whose name has to come before `type`.
pub fn message_with(name: &str, value: Vec<u8>) -> Vec<u8> {
    map(&[(name, value), ("type", text("message"))])
}

/// CBOR of `{ type: "message", body: … }` in the one allowed encoding, `len` bytes in all.
pub fn message_of_length(len: usize) -> Vec<u8> {
    let rest = |argument: usize| 1 + 5 + argument + 5 + 8;
    // The length of the text takes one, two, three or five bytes.
    let (argument, body) = [1, 2, 3, 5]
        .into_iter()
        .filter_map(|argument| Some((argument, len.checked_sub(rest(argument))?)))
        .find(|(argument, body)| head(TEXT, *body as u64).len() == *argument)
        .unwrap();
    let cbor = message_with("body", text(&"a".repeat(body)));
    assert_eq!(cbor.len(), len, "{argument}");
    cbor
}

/// The encoding of content in the notation of vectors/README.md.
pub fn content(json: &Json) -> Vec<u8> {
    value(&Value::Map(map_from_json(json)))
}

/// The encoding of a value. Names are put in order here, whatever their order was.
pub fn value(of: &Value) -> Vec<u8> {
    match of {
        Value::Null => vec![0xf6],
        Value::Bool(value) => vec![0xf4 | u8::from(*value)],
        Value::Integer(value) => match u64::try_from(*value) {
            Ok(positive) => head(UNSIGNED, positive),
            Err(_) => head(NEGATIVE, (-1 - value).unsigned_abs()),
        },
        Value::Float(value) => float(*value),
        Value::Text(value) => text(value),
        Value::Bytes(value) => bytes(value),
        Value::Array(items) => {
            let mut out = head(ARRAY, items.len() as u64);
            items.iter().for_each(|item| out.extend(value(item)));
            out
        }
        Value::Map(members) => {
            let mut entries: Vec<_> = members.iter().collect();
            entries.sort_by_key(|(name, _)| (name.len(), name.as_bytes()));
            let mut out = head(MAP, entries.len() as u64);
            for (name, member) in entries {
                out.extend(text(name));
                out.extend(value(member));
            }
            out
        }
    }
}
