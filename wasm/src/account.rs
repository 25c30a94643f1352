//! Accounts.

use hushring::Revocation;
use js_sys::{Date, Uint8Array};
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use crate::certificate::{Requested, Validity};
use crate::convert::{account_key, bytes, date_of_seconds, millis, seconds};
use crate::failure::Result;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A revocation floor and the time of its statement, in milliseconds since 1970. */
export interface Floor {
  readonly floor: number;
  readonly now: number;
}
"#;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "Floor")]
    pub type Floor;
    #[wasm_bindgen(method, getter)]
    fn floor(this: &Floor) -> f64;
    #[wasm_bindgen(method, getter)]
    fn now(this: &Floor) -> f64;
}

impl Floor {
    pub fn read(&self) -> (hushring::UnixSeconds, hushring::UnixMillis) {
        (seconds(self.floor()), millis(self.now()))
    }
}

#[wasm_bindgen]
pub struct Account(pub(crate) hushring::Account);

#[wasm_bindgen]
impl Account {
    pub fn generate() -> Result<Account> {
        Ok(Account(hushring::Account::generate()?))
    }

    pub fn import(seed: Vec<u8>) -> Result<Account> {
        Ok(Account(hushring::Account::import(&Zeroizing::new(seed))?))
    }

    #[wasm_bindgen(js_name = publicKey)]
    pub fn public_key(&self) -> Uint8Array {
        bytes(self.0.public_key().as_bytes())
    }

    pub fn fingerprint(&self) -> String {
        self.0.public_key().fingerprint()
    }

    pub fn export(&self) -> Uint8Array {
        bytes(self.0.export().as_slice())
    }

    pub fn certify(&self, requested: &Requested, validity: &Validity) -> Result<Uint8Array> {
        let secret = requested.read_secret()?;
        let grant = self
            .0
            .certify(&requested.request(), &secret, &validity.read())?;
        Ok(bytes(&grant.to_bytes()))
    }

    pub fn revoke(&self, floor: &Floor) -> Result<Uint8Array> {
        let (floor, now) = floor.read();
        Ok(bytes(&self.0.revoke(floor, now)?.to_bytes()))
    }
}

#[wasm_bindgen]
pub fn fingerprint(account: &[u8]) -> Result<String> {
    Ok(account_key(account)?.fingerprint())
}

/// The floor of a revocation.
#[wasm_bindgen(js_name = verifyRevocation)]
pub fn verify_revocation(revocation: &[u8], account: &[u8], now: f64) -> Result<Date> {
    let revocation = Revocation::verify(revocation, &account_key(account)?, millis(now))?;
    Ok(date_of_seconds(revocation.floor()))
}
