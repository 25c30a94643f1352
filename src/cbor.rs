//! The format's profile of deterministic CBOR (RFC 8949 section 4.2.1; spec/envelope.md,
//! "Content"): one meaning has one encoding, and whatever else is refused.

use minicbor::data::Type;
use minicbor::{Decoder, Encoder};
use zeroize::Zeroizing;

use crate::error::ContentError;
use crate::value::{Map, Value};

/// Bytes of content before compression, at most.
pub const MAX_CONTENT_LEN: usize = 65_536;

/// Containers nested in one another, at most, the content's own map included.
pub const MAX_DEPTH: usize = 16;

/// The one encoding of a map.
///
/// # Errors
/// `bad_content`: a value that the profile does not allow. `too_deep`. `too_long`.
pub(crate) fn encode(map: &Map) -> Result<Zeroizing<Vec<u8>>, ContentError> {
    // All the room at once: a vector that grew would leave plaintext behind.
    let mut writer = Encoder::new(Vec::with_capacity(MAX_CONTENT_LEN));
    let written = write_map(&mut writer, map, 1);
    let bytes = Zeroizing::new(writer.into_writer());
    written?;
    if bytes.len() > MAX_CONTENT_LEN {
        return Err(ContentError::TooLong);
    }
    Ok(bytes)
}

/// The map that bytes are the one encoding of.
///
/// # Errors
/// `bad_cbor`, `too_deep`.
pub(crate) fn decode(bytes: &[u8]) -> Result<Map, ContentError> {
    let mut reader = Decoder::new(bytes);
    let Value::Map(map) = read(&mut reader, 0)? else {
        return Err(ContentError::BadCbor);
    };
    // Whatever the reader let pass, longer heads or integral floats say, does not come out again.
    match encode(&map) {
        Ok(again) if *again == bytes => Ok(map),
        _ => Err(ContentError::BadCbor),
    }
}

type Writer = Encoder<Vec<u8>>;

fn write_map(writer: &mut Writer, map: &Map, depth: usize) -> Result<(), ContentError> {
    written(writer.map(map.len() as u64))?;
    for (key, value) in map.iter() {
        let in_member = |error| match error {
            ContentError::BadContent { .. } => ContentError::BadContent { member: key.into() },
            other => other,
        };
        write_text(writer, key).map_err(in_member)?;
        write(writer, value, depth).map_err(in_member)?;
    }
    Ok(())
}

fn write(writer: &mut Writer, value: &Value, depth: usize) -> Result<(), ContentError> {
    match value {
        Value::Null => written(writer.null()),
        Value::Bool(value) => written(writer.bool(*value)),
        Value::Integer(value) if value.unsigned_abs() <= Value::MAX_INTEGER.unsigned_abs() => {
            written(writer.i64(*value))
        }
        Value::Float(value) if value.is_finite() && value.trunc() != *value => {
            written(writer.f64(*value))
        }
        Value::Integer(_) | Value::Float(_) => Err(BAD_VALUE),
        Value::Text(text) => write_text(writer, text),
        Value::Bytes(bytes) => written(writer.bytes(bytes)),
        Value::Array(_) | Value::Map(_) if depth >= MAX_DEPTH => Err(ContentError::TooDeep),
        Value::Array(items) => {
            written(writer.array(items.len() as u64))?;
            items
                .iter()
                .try_for_each(|item| write(writer, item, depth + 1))
        }
        Value::Map(map) => write_map(writer, map, depth + 1),
    }
}

fn write_text(writer: &mut Writer, text: &str) -> Result<(), ContentError> {
    if text.contains('\0') {
        return Err(BAD_VALUE);
    }
    written(writer.str(text))
}

/// Which member it stands in is added on the way out.
const BAD_VALUE: ContentError = ContentError::BadContent {
    member: String::new(),
};

/// Writing to a vector cannot fail.
fn written<T, E>(result: Result<T, E>) -> Result<(), ContentError> {
    result.map(drop).map_err(|_| BAD_VALUE)
}

fn read(reader: &mut Decoder<'_>, depth: usize) -> Result<Value, ContentError> {
    let bad = |_| ContentError::BadCbor;
    Ok(match reader.datatype().map_err(bad)? {
        Type::Null => {
            reader.null().map_err(bad)?;
            Value::Null
        }
        Type::Bool => Value::Bool(reader.bool().map_err(bad)?),
        Type::U8
        | Type::U16
        | Type::U32
        | Type::U64
        | Type::I8
        | Type::I16
        | Type::I32
        | Type::I64 => Value::Integer(reader.i64().map_err(bad)?),
        Type::F64 => Value::Float(reader.f64().map_err(bad)?),
        Type::String => Value::Text(reader.str().map_err(bad)?.into()),
        Type::Bytes => Value::Bytes(reader.bytes().map_err(bad)?.into()),
        Type::Array | Type::Map if depth >= MAX_DEPTH => return Err(ContentError::TooDeep),
        Type::Array => {
            let len = reader.array().map_err(bad)?.ok_or(ContentError::BadCbor)?;
            let mut items = Vec::new();
            for _ in 0..len {
                items.push(read(reader, depth + 1)?);
            }
            Value::Array(items)
        }
        Type::Map => {
            let len = reader.map().map_err(bad)?.ok_or(ContentError::BadCbor)?;
            let mut map = Map::new();
            for _ in 0..len {
                let key = reader.str().map_err(bad)?;
                let value = read(reader, depth + 1)?;
                if !map.push_in_order(key, value) {
                    return Err(ContentError::BadCbor);
                }
            }
            Value::Map(map)
        }
        _ => return Err(ContentError::BadCbor),
    })
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
            let member = "k".into();
            assert_eq!(
                encode(&map(value)).err(),
                Some(ContentError::BadContent { member })
            );
        }
    }

    #[test]
    fn what_is_not_the_one_encoding_is_not_read() {
        for bad in [
            &b""[..],
            b"\x80",                                          // no map
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
            b"\xa1\x61k\x61\xff",                             // no UTF-8
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
        assert_eq!(decode(&[0x81; 60_000]).err(), Some(ContentError::TooDeep));
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
