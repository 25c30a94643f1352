//! Devices.

use hushring::SealOptions;
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use crate::account::Account;
use crate::bundle::{BundleList, PrekeyBundle};
use crate::certificate::{Certificate, Grant, Granted, Validity, link_secret};
use crate::content::{ContentMap, read_content};
use crate::convert::{bytes, message_id, millis};
use crate::failure::Result;
use crate::prekey::{PrekeyList, Publication};

#[wasm_bindgen]
pub struct PendingDevice(hushring::PendingDevice);

#[wasm_bindgen]
impl PendingDevice {
    pub fn generate() -> Result<PendingDevice> {
        Ok(PendingDevice(hushring::PendingDevice::generate()?))
    }

    pub fn import(seed: Vec<u8>) -> Result<PendingDevice> {
        let seed = Zeroizing::new(seed);
        Ok(PendingDevice(hushring::PendingDevice::import(&seed)?))
    }

    #[wasm_bindgen(js_name = publicKey)]
    pub fn public_key(&self) -> Uint8Array {
        bytes(self.0.public_key().as_bytes())
    }

    pub fn export(&self) -> Uint8Array {
        bytes(self.0.export().as_slice())
    }

    pub fn request(&self, secret: Vec<u8>, now: f64) -> Result<Uint8Array> {
        let request = self.0.request(&link_secret(secret)?, millis(now))?;
        Ok(bytes(&request.to_bytes()))
    }

    pub fn activate(&self, granted: &Granted) -> Result<Device> {
        let Grant {
            request,
            grant,
            secret,
            now,
        } = granted.read()?;
        Ok(Device(self.0.activate(&grant, &request, &secret, now)?))
    }
}

#[wasm_bindgen]
pub struct Device(pub(crate) hushring::Device);

#[wasm_bindgen]
impl Device {
    pub fn enroll(account: &Account, validity: &Validity) -> Result<Device> {
        let device = hushring::Device::enroll(&account.0, &validity.read())?;
        Ok(Device(device))
    }

    pub fn import(exported: Vec<u8>) -> Result<Device> {
        Ok(Device(hushring::Device::import(&Zeroizing::new(exported))?))
    }

    #[wasm_bindgen(js_name = publicKey)]
    pub fn public_key(&self) -> Uint8Array {
        bytes(self.0.public_key().as_bytes())
    }

    pub fn account(&self) -> Uint8Array {
        bytes(self.0.account().as_bytes())
    }

    pub fn certificate(&self) -> Certificate {
        Certificate(self.0.certificate().clone())
    }

    pub fn export(&self) -> Uint8Array {
        bytes(self.0.export().as_slice())
    }

    pub fn request(&self, secret: Vec<u8>, now: f64) -> Result<Uint8Array> {
        let request = self.0.request(&link_secret(secret)?, millis(now))?;
        Ok(bytes(&request.to_bytes()))
    }

    pub fn activate(&self, granted: &Granted) -> Result<Device> {
        let Grant {
            request,
            grant,
            secret,
            now,
        } = granted.read()?;
        Ok(Device(self.0.activate(&grant, &request, &secret, now)?))
    }

    pub fn publish(
        &self,
        prekeys: &PrekeyList,
        publication: &Publication,
    ) -> Result<Vec<Uint8Array>> {
        let (after, now) = publication.read();
        let bundles = self.0.publish_after(&prekeys.refs(), after, now)?;
        Ok(bundles.iter().map(|b| bytes(&b.to_bytes())).collect())
    }

    pub fn seal(
        &self,
        bundle: &PrekeyBundle,
        content: &ContentMap,
        message_id: Option<Vec<u8>>,
        now: f64,
    ) -> Result<Uint8Array> {
        let options = seal_options(message_id, now)?;
        let content = read_content(content)?;
        let envelope = self.0.seal(&bundle.0, &content.0, options)?;
        Ok(bytes(envelope.as_bytes()))
    }

    #[wasm_bindgen(js_name = sealMany)]
    pub fn seal_many(
        &self,
        bundles: &BundleList,
        content: &ContentMap,
        message_id: Option<Vec<u8>>,
        now: f64,
    ) -> Result<Vec<Uint8Array>> {
        let options = seal_options(message_id, now)?;
        let content = read_content(content)?;
        let envelopes = self.0.seal_many(&bundles.refs(), &content.0, options)?;
        Ok(envelopes.iter().map(|e| bytes(e.as_bytes())).collect())
    }
}

pub fn seal_options(id: Option<Vec<u8>>, now: f64) -> Result<SealOptions> {
    let options = SealOptions::at(millis(now));
    Ok(match id {
        Some(id) => options.with_message_id(message_id(&id)?),
        None => options,
    })
}
