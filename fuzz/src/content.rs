//! What only an authenticated sender reaches: encoding, compression and members of the content
//! (spec/envelope.md, sections 14 to 16).

use ciborium::Value as Other;
use hushring::content::{Map, Value};
use hushring::fuzzing::{decode, decompress, deflate, encode, inflate};
use hushring::limits::{MAX_CONTENT_LEN, MAX_DEPTH, MAX_ITEMS};
use hushring::{Content, DICTIONARY};
use std::io::Read;

use crate::is_one_of;

/// CBOR: what is accepted has one encoding, and another reader reads the same.
pub fn content(data: &[u8]) {
    let map = match decode(data) {
        Ok(map) => map,
        Err(error) => {
            return is_one_of(error.code().as_str(), "bad_cbor too_deep too_long too_many");
        }
    };
    assert!(data.len() <= MAX_CONTENT_LEN);
    assert!(*encode(&map).unwrap() == data, "C14");
    let other = ciborium::from_reader::<Other, _>(data).unwrap();
    let mut items = 0;
    compare_maps(&map, &other, 1, &mut items);
    assert!(items <= MAX_ITEMS, "C12");

    match Content::from_map(map.clone()) {
        Ok(content) => {
            assert!(content.to_map().unwrap() == map, "M4, M11");
            let stream = deflate(data).unwrap();
            assert_eq!(content.measure().unwrap(), stream.len());
            assert!(decompress(&stream).unwrap() == content);
            assert_eq!(
                map.get("type"),
                Some(&Value::Text(content.content_type().into()))
            );
            let call_id = map.get("callId");
            if let Some(id) = content.call_id() {
                assert_eq!(call_id, Some(&Value::Bytes(id.as_bytes().to_vec())));
                let (version, variant) = (id.as_bytes()[6] >> 4, id.as_bytes()[8] >> 6);
                assert!((version, variant) != (8, 2), "M9");
            }
        }
        Err(error) => is_one_of(error.code().as_str(), "bad_content"),
    }
}

fn compare_maps(ours: &Map, other: &Other, depth: usize, items: &mut usize) {
    assert!(depth <= MAX_DEPTH, "C10");
    let Other::Map(entries) = other else {
        panic!("no map: {other:?}");
    };
    assert_eq!(ours.len(), entries.len());
    *items += entries.len();
    for ((name, value), (other_name, other_value)) in ours.iter().zip(entries) {
        assert_eq!(Some(name), other_name.as_text());
        assert!(!name.contains('\0'), "C7");
        compare(value, other_value, depth, items);
    }
    let encoded = |name: &str| (name.len(), name.as_bytes().to_vec());
    let names: Vec<_> = ours.iter().map(|(name, _)| encoded(name)).collect();
    assert!(names.is_sorted_by(|a, b| a < b), "C6");
}

fn compare(ours: &Value, other: &Other, depth: usize, items: &mut usize) {
    match (ours, other) {
        (Value::Null, Other::Null) => {}
        (Value::Bool(a), Other::Bool(b)) => assert_eq!(a, b),
        (Value::Integer(a), Other::Integer(b)) => {
            assert_eq!(i128::from(*a), i128::from(*b));
            assert!(a.unsigned_abs() < 1 << 53, "C8");
        }
        (Value::Float(a), Other::Float(b)) => {
            assert_eq!(a, b);
            assert!(a.is_finite() && a.fract() != 0.0, "C9");
        }
        (Value::Text(a), Other::Text(b)) => {
            assert_eq!(a, b);
            assert!(!a.contains('\0'), "C7");
        }
        (Value::Bytes(a), Other::Bytes(b)) => assert_eq!(a, b),
        (Value::Array(a), Other::Array(b)) => {
            assert!(depth < MAX_DEPTH, "C10");
            assert_eq!(a.len(), b.len());
            *items += a.len();
            for (a, b) in a.iter().zip(b) {
                compare(a, b, depth + 1, items);
            }
        }
        (Value::Map(map), other) => compare_maps(map, other, depth + 1, items),
        _ => panic!("read as something else"),
    }
}

/// DEFLATE: what comes out is what another inflater makes of it; and what goes in comes out again.
pub fn compression(data: &[u8]) {
    match inflate(data) {
        Ok(content) => {
            assert!(content.len() <= MAX_CONTENT_LEN, "D4");
            // Outside D7 inflaters differ in what they accept, but not in what comes out.
            if let Some((other, read)) = inflate_elsewhere(data) {
                assert!(*content == other);
                assert_eq!(read, data.len(), "D2");
            }
            // Whatever follows belongs to no stream.
            assert!(inflate(&[data, &[0]].concat()).is_err(), "D2");
        }
        Err(error) => is_one_of(error.code().as_str(), "bad_compression too_long"),
    }
    if data.len() <= MAX_CONTENT_LEN {
        let stream = deflate(data).unwrap();
        assert!(*inflate(&stream).unwrap() == data);
        assert!(inflate_elsewhere(&stream) == Some((data.to_vec(), stream.len())));
    }
}

/// With the dictionary in front as a stored block (spec/envelope.md, "Compression"). Gives what
/// comes out, and how much of `data` was read. At most one byte more than is allowed comes out.
fn inflate_elsewhere(data: &[u8]) -> Option<(Vec<u8>, usize)> {
    let len = u16::try_from(DICTIONARY.len()).unwrap();
    let front = [
        &[0],
        &len.to_le_bytes()[..],
        &(!len).to_le_bytes(),
        DICTIONARY,
    ]
    .concat();
    let whole = [&front, data].concat();
    let mut decoder = libflate::non_blocking::deflate::Decoder::new(whole.as_slice());
    let mut out = Vec::new();
    let limit = DICTIONARY.len() + MAX_CONTENT_LEN + 1;
    let limited = decoder.by_ref().take(u64::try_from(limit).unwrap());
    { limited }.read_to_end(&mut out).ok()?;
    let left = decoder.into_inner().len();
    let content = out.split_off(DICTIONARY.len());
    Some((content, data.len().checked_sub(left)?))
}
