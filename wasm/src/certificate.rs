//! Certificates: how long they are valid, and how a device comes to one.

use hushring::error::KeyError;
use hushring::{LinkGrant, LinkRequest, LinkSecret, UnixMillis};
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use crate::convert::{bytes, device_key, millis, seconds};
use crate::failure::Result;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** When a certificate is valid, in milliseconds since 1970. */
export interface Validity {
  readonly notBefore: number | undefined;
  readonly floor: number | undefined;
  readonly expiresAt: number;
  readonly now: number;
}

/** A link request and the secret that authenticates it. */
export interface Requested {
  readonly request: Uint8Array;
  readonly secret: Uint8Array;
}

/** The grant that answers a link request. */
export interface Granted extends Requested {
  readonly grant: Uint8Array;
  readonly now: number;
}
"#;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "Validity")]
    pub type Validity;
    #[wasm_bindgen(method, getter, js_name = notBefore)]
    fn not_before(this: &Validity) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    fn floor(this: &Validity) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = expiresAt)]
    fn expires_at(this: &Validity) -> f64;
    #[wasm_bindgen(method, getter)]
    fn now(this: &Validity) -> f64;

    #[wasm_bindgen(typescript_type = "Requested")]
    pub type Requested;
    #[wasm_bindgen(method, getter)]
    pub fn request(this: &Requested) -> Vec<u8>;
    #[wasm_bindgen(method, getter)]
    fn secret(this: &Requested) -> Vec<u8>;

    #[wasm_bindgen(typescript_type = "Granted", extends = Requested)]
    pub type Granted;
    #[wasm_bindgen(method, getter)]
    fn grant(this: &Granted) -> Vec<u8>;
    #[wasm_bindgen(method, getter)]
    fn now(this: &Granted) -> f64;
}

impl Validity {
    pub fn read(&self) -> hushring::Validity {
        let (expires_at, now) = (seconds(self.expires_at()), millis(self.now()));
        let mut validity = hushring::Validity::until(expires_at, now);
        validity.not_before = self.not_before().map(seconds);
        validity.floor = self.floor().map(seconds);
        validity
    }
}

impl Requested {
    pub fn read_secret(&self) -> Result<LinkSecret> {
        link_secret(self.secret())
    }
}

/// A grant with all that is needed to take it.
pub struct Grant {
    pub request: LinkRequest,
    pub grant: Vec<u8>,
    pub secret: LinkSecret,
    pub now: UnixMillis,
}

impl Granted {
    pub fn read(&self) -> Result<Grant> {
        let secret = self.read_secret()?;
        Ok(Grant {
            request: LinkRequest::from_bytes(&self.request(), &secret)?,
            grant: self.grant(),
            secret,
            now: millis(self.now()),
        })
    }
}

pub fn link_secret(secret: Vec<u8>) -> Result<LinkSecret> {
    Ok(LinkSecret::from_bytes(&Zeroizing::new(secret))?)
}

#[wasm_bindgen(js_name = generateLinkSecret)]
pub fn generate_link_secret() -> Result<Uint8Array> {
    Ok(bytes(LinkSecret::generate()?.to_bytes().as_slice()))
}

/// A certificate whose signature has been checked, once.
#[wasm_bindgen]
pub struct Certificate(pub(crate) hushring::Certificate);

#[wasm_bindgen]
impl Certificate {
    pub fn parse(certificate: &[u8]) -> Result<Certificate> {
        Ok(Certificate(hushring::Certificate::from_bytes(certificate)?))
    }

    /// The certificate that a grant brings to a device whose key lives elsewhere.
    pub fn activate(device: &[u8], granted: &Granted) -> Result<Certificate> {
        let Grant {
            request,
            grant,
            secret,
            now,
        } = granted.read()?;
        if *request.device() != device_key(device)? {
            return Err(KeyError::WrongDevice.into());
        }
        let grant = LinkGrant::from_bytes(&grant, &request, &secret, now)?;
        Ok(Certificate(grant.certificate().clone()))
    }

    pub fn account(&self) -> Uint8Array {
        bytes(self.0.account().as_bytes())
    }

    pub fn device(&self) -> Uint8Array {
        bytes(self.0.device().as_bytes())
    }

    #[wasm_bindgen(js_name = toBytes)]
    pub fn to_bytes(&self) -> Uint8Array {
        bytes(&self.0.to_bytes())
    }
}
