//! Conversions that several files share.

use hushring::content::Handle;
use hushring::error::KeyError;
use hushring::{AccountKey, DeviceKey, MessageId, Suite, UnixMillis, UnixSeconds};
use js_sys::{Array, Date, Map, Object, Uint8Array};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::failure::Result;

#[wasm_bindgen]
extern "C" {
    /// Defines every member as the object's own, whatever `Object.prototype` has.
    #[wasm_bindgen(js_namespace = Object, js_name = fromEntries)]
    fn from_entries(entries: &Array) -> Object;
}

/// The members of a plain object.
pub struct Members(Array);

impl Members {
    pub fn new() -> Members {
        Members(Array::new())
    }

    /// The fields of a struct. serde-wasm-bindgen assigns a struct's fields to its object, which
    /// runs setters of `Object.prototype`. Flattened, they are the entries of a map instead. `None`
    /// is left out.
    #[expect(
        clippy::expect_used,
        reason = "text, numbers and booleans have a JavaScript value"
    )]
    pub fn of(fields: &impl Serialize) -> Members {
        #[derive(Serialize)]
        struct Flat<'a, T> {
            #[serde(flatten)]
            fields: &'a T,
        }
        let map = serde_wasm_bindgen::to_value(&Flat { fields }).ok();
        let map = map.expect("the fields are text, numbers and booleans");
        let entries = Array::from(map.unchecked_ref::<Map>());
        let is_there = |entry: &JsValue| !entry.unchecked_ref::<Array>().get(1).is_undefined();
        Members(entries.iter().filter(is_there).collect())
    }

    /// Leaves undefined values out.
    pub fn add(self, name: &str, value: impl Into<JsValue>) -> Members {
        let value = value.into();
        if !value.is_undefined() {
            self.push(name, &value);
        }
        self
    }

    pub fn object(&self) -> Object {
        from_entries(&self.0)
    }

    fn push(&self, name: &str, value: &JsValue) {
        self.0.push(&Array::of2(&JsValue::from_str(name), value));
    }
}

impl<'a> FromIterator<(&'a str, JsValue)> for Members {
    fn from_iter<I: IntoIterator<Item = (&'a str, JsValue)>>(entries: I) -> Members {
        let members = Members::new();
        for (name, value) in entries {
            members.push(name, &value);
        }
        members
    }
}

/// A copy outside the module's memory.
pub fn bytes(bytes: &[u8]) -> Uint8Array {
    Uint8Array::from(bytes)
}

pub fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

/// A handle, without the members that this version does not know.
pub fn handle(handle: &Handle) -> Object {
    #[derive(Serialize)]
    struct Fields<'a> {
        r#type: &'static str,
        value: &'a str,
    }
    Members::of(&Fields {
        r#type: handle.kind.as_str(),
        value: &handle.value,
    })
    .object()
}

pub fn keys(account: &AccountKey, device: &DeviceKey) -> Object {
    Members::new()
        .add("account", bytes(account.as_bytes()))
        .add("device", bytes(device.as_bytes()))
        .object()
}

pub fn account_key(key: &[u8]) -> Result<AccountKey> {
    Ok(AccountKey::from_bytes(key)?)
}

pub fn device_key(key: &[u8]) -> Result<DeviceKey> {
    Ok(DeviceKey::from_bytes(key)?)
}

pub fn suite(name: &str) -> Result<Suite> {
    Ok(name.parse().map_err(|_| KeyError::UnsupportedSuite)?)
}

pub fn message_id(id: &[u8]) -> Result<MessageId> {
    let id = id.try_into().map_err(|_| KeyError::BadLength)?;
    Ok(MessageId::from_bytes(id))
}

pub fn millis(time: f64) -> UnixMillis {
    UnixMillis(time as u64)
}

pub fn seconds(time: f64) -> UnixSeconds {
    millis(time).to_seconds()
}

/// A `Date`: the last one that there is, if the time is beyond it.
pub fn date(time: UnixMillis) -> Date {
    const LAST: f64 = 8.64e15;
    Date::new(&LAST.min(time.0 as f64).into())
}

pub fn date_of_seconds(time: UnixSeconds) -> Date {
    date(time.to_millis())
}
