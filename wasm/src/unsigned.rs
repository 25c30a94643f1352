//! Steps that wait for an outside signature. `toBeSigned` returns the bytes to sign; `finish`
//! consumes the step, whether it succeeds or not.

use hushring::error::KeyError;
use hushring::external::{self, Signature};
use hushring::{LinkGrant, LinkRequest, LinkSecret};
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

use crate::account::Floor;
use crate::bundle::BundleList;
use crate::certificate::{Certificate, Requested, Validity, link_secret};
use crate::content::{ContentMap, read_content};
use crate::convert::{account_key, bytes, device_key, millis};
use crate::device::seal_options;
use crate::failure::Result;
use crate::prekey::{PrekeyList, Publication};

/// Declares a step: the unsigned part, the rest that finishing needs, and the function that does it.
macro_rules! unsigned {
    ($name:ident($unsigned:ty $(, $more:ty)?), $finish:expr) => {
        #[wasm_bindgen]
        pub struct $name($unsigned $(, $more)?);

        #[wasm_bindgen]
        impl $name {
            #[wasm_bindgen(js_name = toBeSigned)]
            pub fn to_be_signed(&self) -> Uint8Array {
                bytes(self.0.to_be_signed().as_bytes())
            }

            pub fn finish(self, signature: &[u8]) -> Result<Uint8Array> {
                let signature = signature.try_into().map_err(|_| KeyError::BadSignature)?;
                let finish: fn($name, Signature) -> Result<Uint8Array> = $finish;
                finish(self, Signature::from_bytes(signature))
            }
        }
    };
}

unsigned!(
    UnsignedEnvelope(external::UnsignedEnvelope),
    |step, signature| { Ok(bytes(step.0.finish(signature)?.as_bytes())) }
);

unsigned!(
    UnsignedBundle(external::UnsignedBundle),
    |step, signature| { Ok(bytes(&step.0.finish(signature)?.to_bytes())) }
);

unsigned!(
    UnsignedLinkRequest(external::UnsignedLinkRequest, LinkSecret),
    |step, signature| { Ok(bytes(&step.0.finish(signature, &step.1)?.to_bytes())) }
);

unsigned!(
    UnsignedGrant(external::UnsignedCertificate, (LinkRequest, LinkSecret)),
    |step, signature| {
        let (request, secret) = &step.1;
        let certificate = step.0.finish(signature)?;
        Ok(bytes(
            &LinkGrant::new(certificate, request, secret).to_bytes(),
        ))
    }
);

unsigned!(
    UnsignedRevocation(external::UnsignedRevocation),
    |step, signature| { Ok(bytes(&step.0.finish(signature)?.to_bytes())) }
);

#[wasm_bindgen]
impl UnsignedEnvelope {
    /// One for each bundle.
    pub fn create(
        certificate: &Certificate,
        bundles: &BundleList,
        content: &ContentMap,
        message_id: Option<Vec<u8>>,
        now: f64,
    ) -> Result<Vec<UnsignedEnvelope>> {
        let options = seal_options(message_id, now)?;
        let content = read_content(content)?;
        let bundles = bundles.refs();
        let unsigned =
            external::UnsignedEnvelope::new_many(&certificate.0, &bundles, &content.0, options)?;
        Ok(unsigned.into_iter().map(UnsignedEnvelope).collect())
    }
}

#[wasm_bindgen]
impl UnsignedBundle {
    /// One for each prekey.
    pub fn create(
        certificate: &Certificate,
        prekeys: &PrekeyList,
        publication: &Publication,
    ) -> Result<Vec<UnsignedBundle>> {
        let (after, now) = publication.read();
        let unsigned =
            external::UnsignedBundle::new_many_after(&certificate.0, &prekeys.refs(), after, now)?;
        Ok(UnsignedBundle::many(unsigned))
    }

    pub(crate) fn many(unsigned: Vec<external::UnsignedBundle>) -> Vec<UnsignedBundle> {
        unsigned.into_iter().map(UnsignedBundle).collect()
    }
}

#[wasm_bindgen]
impl UnsignedLinkRequest {
    pub fn create(device: &[u8], secret: Vec<u8>, now: f64) -> Result<UnsignedLinkRequest> {
        let secret = link_secret(secret)?;
        let unsigned = external::UnsignedLinkRequest::new(device_key(device)?, millis(now));
        Ok(UnsignedLinkRequest(unsigned, secret))
    }
}

#[wasm_bindgen]
impl UnsignedGrant {
    pub fn create(
        account: &[u8],
        requested: &Requested,
        validity: &Validity,
    ) -> Result<UnsignedGrant> {
        let secret = requested.read_secret()?;
        let request = LinkRequest::from_bytes(&requested.request(), &secret)?;
        let validity = validity.read();
        request.check_time(validity.now)?;
        let unsigned = external::UnsignedCertificate::new(
            account_key(account)?,
            *request.device(),
            &validity,
        )?;
        Ok(UnsignedGrant(unsigned, (request, secret)))
    }
}

#[wasm_bindgen]
impl UnsignedRevocation {
    pub fn create(account: &[u8], floor: &Floor) -> Result<UnsignedRevocation> {
        let account = account_key(account)?;
        let (device, (floor, now)) = (floor.read_device()?, floor.read());
        Ok(UnsignedRevocation(match device {
            None => external::UnsignedRevocation::new(account, floor, now)?,
            Some(device) => external::UnsignedRevocation::of_device(account, device, floor, now)?,
        }))
    }
}
