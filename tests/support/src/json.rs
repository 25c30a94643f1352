//! Content in the notation of vectors/README.md.

use hushring::Content;
use hushring::content::{Map, Value};
use serde_json::{Map as Object, Value as Json, json};

use crate::text::{hex, unhex, uuid, uuid_bytes};

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
