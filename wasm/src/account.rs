//! Accounts.

use hushring::{DeviceKey, Revocation, UnixMillis, UnixSeconds};
use js_sys::{Object, Uint8Array};
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use crate::certificate::{Requested, Validity};
use crate::convert::{Members, account_key, bytes, date_of_seconds, device_key, millis, seconds};
use crate::failure::Result;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
import type { RevocationFloor } from "./revocation.js";

/**
 * A revocation floor and the time of its statement, in milliseconds since 1970. With a device it is
 * about that device's certificates.
 */
export interface Floor {
  readonly device: Uint8Array | undefined;
  readonly floor: number;
  readonly now: number;
}
"#;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "Floor")]
    pub type Floor;
    #[wasm_bindgen(method, getter)]
    fn device(this: &Floor) -> Option<Vec<u8>>;
    #[wasm_bindgen(method, getter)]
    fn floor(this: &Floor) -> f64;
    #[wasm_bindgen(method, getter)]
    fn now(this: &Floor) -> f64;
}

impl Floor {
    pub fn read(&self) -> (UnixSeconds, UnixMillis) {
        (seconds(self.floor()), millis(self.now()))
    }

    pub fn read_device(&self) -> Result<Option<DeviceKey>> {
        self.device().map(|device| device_key(&device)).transpose()
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
        let (device, (floor, now)) = (floor.read_device()?, floor.read());
        let revocation = match device {
            None => self.0.revoke(floor, now)?,
            Some(device) => self.0.revoke_device(&device, floor, now)?,
        };
        Ok(bytes(&revocation.to_bytes()))
    }
}

#[wasm_bindgen]
pub fn fingerprint(account: &[u8]) -> Result<String> {
    Ok(account_key(account)?.fingerprint())
}

#[wasm_bindgen(js_name = verifyRevocation, unchecked_return_type = "RevocationFloor")]
pub fn verify_revocation(revocation: &[u8], account: &[u8], now: f64) -> Result<Object> {
    let revocation = Revocation::verify(revocation, &account_key(account)?, millis(now))?;
    Ok(Members::new()
        .add("floor", date_of_seconds(revocation.floor()))
        .add(
            "device",
            revocation.device().map(|key| bytes(key.as_bytes())),
        )
        .object())
}
