//! Content: the facade's `Map` in, a plain object out. On that side a call's id is text, and the
//! time of a ring milliseconds going in and a `Date` coming out.

use std::mem;
use std::str::FromStr;

use hushring::CallId;
use hushring::content::{Content, Cover, Map, Value};
use hushring::envelope::Fitted;
use hushring::error::{ContentError, Problem};
use js_sys::{Array, Number, Object, Uint8Array};
use wasm_bindgen::prelude::*;
use zeroize::{Zeroize, Zeroizing};

use crate::convert::{Members, account_key, date, suite};
use crate::failure::Result;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** Content as it goes in: objects are maps. */
export type ContentMap = Map<string, ContentItem>;
export type ContentItem =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly ContentItem[]
  | ContentMap;

/** Content that fits, and the candidates that were left out for it. */
export interface Fitted {
  readonly content: object;
  readonly dropped: string[];
}
"#;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "ContentMap")]
    pub type ContentMap;
}

const CALL_ID: &str = "callId";
const RING: &str = "ring";

/// Content in the module's memory, a copy and therefore wiped.
pub struct Plaintext(pub Content);

impl Drop for Plaintext {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

pub fn read_content(content: &ContentMap) -> Result<Plaintext> {
    let mut map = read_map(content)?;
    let is_call = matches!(map.get("type"), Some(Value::Text(kind)) if kind.starts_with("call."));
    if is_call && let Some(id) = map.get(CALL_ID) {
        let Value::Text(id) = id else {
            return Err(ContentError::BadCallId.into());
        };
        let id = CallId::from_str(id)?;
        map.insert(CALL_ID, id.as_bytes().to_vec());
    }
    Ok(Plaintext(Content::from_map(map)?))
}

pub fn write_content(content: &Plaintext) -> Result<Object> {
    let map = Zeroizing::new(content.0.to_map()?);
    let ring = match &content.0 {
        Content::Answer(answer) => Some(answer.ring),
        Content::End(end) => end.ring,
        _ => None,
    };
    let members = map.iter().map(|(name, value)| {
        let value = match (name, content.0.call_id(), ring) {
            (CALL_ID, Some(id), _) => id.to_string().into(),
            (RING, _, Some(ring)) => date(ring).into(),
            _ => write_value(value),
        };
        (name, value)
    });
    Ok(members.collect::<Members>().object())
}

#[wasm_bindgen]
pub fn measure(content: &ContentMap) -> Result<usize> {
    Ok(read_content(content)?.0.measure()?)
}

#[wasm_bindgen(unchecked_return_type = "Fitted")]
pub fn fit(
    content: &ContentMap,
    #[wasm_bindgen(unchecked_param_type = "Suite")] suite_name: &str,
) -> Result<Object> {
    let mut content = read_content(content)?;
    let content = mem::replace(&mut content.0, Content::Cover(Cover::default()));
    let Fitted {
        content, dropped, ..
    } = content.fit(suite(suite_name)?)?;
    let dropped: Array = dropped.into_iter().map(JsValue::from).collect();
    Ok(Members::new()
        .add("content", write_content(&Plaintext(content))?)
        .add("dropped", dropped)
        .object())
}

#[wasm_bindgen(js_name = callKitUuid)]
pub fn call_kit_uuid(caller: &[u8], call_id: &str) -> Result<String> {
    let call_id = CallId::from_str(call_id)?;
    Ok(call_id.callkit_uuid(&account_key(caller)?).to_string())
}

fn read_value(value: &JsValue) -> Result<Value> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    if let Some(value) = value.as_bool() {
        return Ok(Value::Bool(value));
    }
    if let Some(number) = value.as_f64() {
        return Ok(match Number::is_safe_integer(value) {
            true => Value::Integer(number as i64),
            false => Value::Float(number),
        });
    }
    if let Some(text) = value.as_string() {
        return Ok(Value::Text(text));
    }
    if let Some(bytes) = value.dyn_ref::<Uint8Array>() {
        return Ok(Value::Bytes(bytes.to_vec()));
    }
    if let Some(items) = value.dyn_ref::<Array>() {
        let items = items.iter().map(|item| read_value(&item));
        return items.collect::<Result<_>>().map(Value::Array);
    }
    read_map(value).map(Value::Map)
}

fn read_map(value: &JsValue) -> Result<Map> {
    let wrong = || ContentError::BadContent {
        member: String::new(),
        problem: Problem::Kind("a map"),
    };
    let members = Array::from(value.dyn_ref::<js_sys::Map>().ok_or_else(wrong)?);
    let mut map = Map::new();
    for member in members.iter() {
        let member = Array::from(&member);
        let name = member.get(0).as_string().ok_or_else(wrong)?;
        map.insert(name, read_value(&member.get(1))?);
    }
    Ok(map)
}

fn write_value(value: &Value) -> JsValue {
    match value {
        Value::Null => JsValue::NULL,
        Value::Bool(value) => (*value).into(),
        Value::Integer(value) => (*value as f64).into(),
        Value::Float(value) => (*value).into(),
        Value::Text(text) => text.as_str().into(),
        Value::Bytes(bytes) => Uint8Array::from(bytes.as_slice()).into(),
        Value::Array(items) => items.iter().map(write_value).collect::<Array>().into(),
        Value::Map(map) => {
            let members = map.iter().map(|(name, value)| (name, write_value(value)));
            members.collect::<Members>().object().into()
        }
    }
}
