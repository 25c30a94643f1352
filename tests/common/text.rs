//! Bytes and content as the scenes write them.

#![allow(dead_code, reason = "not every test uses all of it")]

use hushring::{Content, Map, Value};
use serde_json::{Map as Object, Value as Json, json};

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn unhex(text: &str) -> Vec<u8> {
    assert!(text.len().is_multiple_of(2), "{text}");
    let pairs = (0..text.len()).step_by(2);
    pairs
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// RFC 4648 section 4.
pub fn base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let mut padded = [0; 3];
        padded[..group.len()].copy_from_slice(group);
        let [a, b, c] = padded.map(usize::from);
        let digits = [
            a >> 2,
            (a & 3) << 4 | b >> 4,
            (b & 15) << 2 | c >> 6,
            c & 63,
        ];
        for (place, digit) in digits.into_iter().enumerate() {
            text.push(if place <= group.len() {
                char::from(BASE64[digit])
            } else {
                '='
            });
        }
    }
    text
}

pub fn unbase64(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0_u32, 0);
    for digit in text.trim_end_matches('=').bytes() {
        let digit = BASE64.iter().position(|other| *other == digit).unwrap();
        bits = bits << 6 | u32::try_from(digit).unwrap();
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).unwrap());
        }
    }
    bytes
}

pub fn uuid(bytes: &[u8]) -> String {
    let digits = hex(bytes);
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32];
    groups.map(|group| digits[group].to_string()).join("-")
}

pub fn uuid_bytes(text: &str) -> [u8; 16] {
    unhex(&text.replace('-', "")).try_into().unwrap()
}

/// Content as the APIs show it: the callId of a call is a UUID. Bytes are `{"bytes": hex}`.
pub fn content_to_json(content: &Content) -> Json {
    let map = content.to_map().unwrap();
    let mut object = Object::new();
    for (name, value) in map.iter() {
        let is_call = content.content_type().starts_with("call.");
        let shown = match value {
            Value::Bytes(bytes) if is_call && name == "callId" => uuid(bytes).into(),
            other => value_to_json(other),
        };
        object.insert(name.into(), shown);
    }
    Json::Object(object)
}

pub fn content_from_json(json: &Json) -> Content {
    Content::from_map(map_from_json(json)).unwrap()
}

/// What may be no content.
pub fn map_from_json(json: &Json) -> Map {
    let Value::Map(mut map) = value_from_json(json) else {
        panic!("content is an object");
    };
    let content_type = json["type"].as_str().unwrap_or_default();
    let is_call = content_type.starts_with("call.");
    if let (true, Some(call_id)) = (is_call, json["callId"].as_str()) {
        map.insert("callId", uuid_bytes(call_id).to_vec());
    }
    map
}

fn value_to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => (*value).into(),
        Value::Integer(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::Text(text) => text.as_str().into(),
        Value::Bytes(bytes) => json!({ "bytes": hex(bytes) }),
        Value::Array(items) => items.iter().map(value_to_json).collect(),
        Value::Map(map) => {
            let members = map.iter();
            members
                .map(|(name, value)| (name.to_string(), value_to_json(value)))
                .collect()
        }
    }
}

fn value_from_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match number.as_i64() {
            Some(integer) => Value::Integer(integer),
            None => Value::Float(number.as_f64().unwrap()),
        },
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => Value::Array(items.iter().map(value_from_json).collect()),
        Json::Object(members) => match members.get("bytes") {
            Some(Json::String(digits)) if members.len() == 1 => Value::Bytes(unhex(digits)),
            _ => {
                let map = members.iter();
                let map: Map = map
                    .map(|(name, value)| (name.as_str(), value_from_json(value)))
                    .collect();
                Value::Map(map)
            }
        },
    }
}
