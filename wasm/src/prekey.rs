//! Prekeys.

use hushring::{UnixMillis, UnixSeconds};
use js_sys::{Date, Uint8Array};
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use crate::convert::{bytes, date_of_seconds, millis, seconds, suite};
use crate::failure::Result;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
import type { Suite } from "./vocabulary.js";

/** When a prekey ends, in milliseconds since 1970. */
export interface Lifetime {
  readonly expiresAt: number;
  readonly now: number;
}

/** When a device publishes, and when it did last, in milliseconds since 1970. */
export interface Publication {
  readonly after: number | undefined;
  readonly now: number;
}
"#;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "Lifetime")]
    pub type Lifetime;
    #[wasm_bindgen(method, getter, js_name = expiresAt)]
    fn expires_at(this: &Lifetime) -> f64;
    #[wasm_bindgen(method, getter)]
    fn now(this: &Lifetime) -> f64;

    #[wasm_bindgen(typescript_type = "Publication")]
    pub type Publication;
    #[wasm_bindgen(method, getter)]
    fn after(this: &Publication) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    fn now(this: &Publication) -> f64;
}

impl Publication {
    pub fn read(&self) -> (Option<UnixSeconds>, UnixMillis) {
        (self.after().map(seconds), millis(self.now()))
    }
}

#[wasm_bindgen]
pub struct Prekey(pub(crate) hushring::Prekey);

#[wasm_bindgen]
impl Prekey {
    pub fn generate(
        #[wasm_bindgen(unchecked_param_type = "Suite")] suite_name: &str,
        lifetime: &Lifetime,
    ) -> Result<Prekey> {
        let (expires_at, now) = (seconds(lifetime.expires_at()), millis(lifetime.now()));
        let prekey = hushring::Prekey::generate(suite(suite_name)?, expires_at, now)?;
        Ok(Prekey(prekey))
    }

    pub fn import(exported: Vec<u8>) -> Result<Prekey> {
        Ok(Prekey(hushring::Prekey::import(&Zeroizing::new(exported))?))
    }

    pub fn id(&self) -> String {
        self.0.id().to_string()
    }

    #[wasm_bindgen(unchecked_return_type = "Suite")]
    pub fn suite(&self) -> JsValue {
        self.0.suite().as_str().into()
    }

    #[wasm_bindgen(js_name = expiresAt)]
    pub fn expires_at(&self) -> Date {
        date_of_seconds(self.0.expires_at())
    }

    pub fn export(&self) -> Uint8Array {
        bytes(self.0.export().as_slice())
    }
}

/// Collects prekeys: an array of handles would take them away from their owner.
#[wasm_bindgen]
#[derive(Default)]
pub struct PrekeyList(Vec<hushring::Prekey>);

#[wasm_bindgen]
impl PrekeyList {
    #[wasm_bindgen(constructor)]
    pub fn new() -> PrekeyList {
        PrekeyList::default()
    }

    pub fn push(&mut self, prekey: &Prekey) {
        self.0.push(prekey.0.clone());
    }

    pub(crate) fn refs(&self) -> Vec<&hushring::Prekey> {
        self.0.iter().collect()
    }
}

/// How many bytes of content an envelope has room for.
#[wasm_bindgen]
pub fn capacity(#[wasm_bindgen(unchecked_param_type = "Suite")] suite_name: &str) -> Result<usize> {
    Ok(hushring::envelope::capacity(suite(suite_name)?))
}
