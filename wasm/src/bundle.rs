//! Bundles.

use hushring::error::KeyError;
use hushring::{AccountKey, DeviceKey, LastPublished, Revocation, UnixMillis};
use js_sys::{Array, Date, Object, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::convert::{Members, account_key, bytes, date_of_seconds, device_key, millis};
use crate::failure::{Failure, Result};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
import type { Bytes } from "./bytes.js";
import type { Downgrade } from "./bundle.js";

/** The account and the facts to check its bundles against. */
export interface BundleCheck {
  readonly account: Uint8Array;
  readonly revocations: Uint8Array[];
  readonly lastPublished: Uint8Array | undefined;
  readonly now: number;
}

/** The targets and the expired ones are indices into the list. */
export interface Choice {
  readonly targets: number[];
  readonly downgraded: Downgrade[];
  readonly expired: number[];
}

export interface Rejected {
  readonly index: number;
  readonly error: Failure;
}

export interface Verified {
  readonly bundles: PrekeyBundle[];
  readonly rejected: Rejected[];
  readonly lastPublished: Bytes;
  readonly revocations: Bytes[];
  readonly rejectedRevocations: Rejected[];
}
"#;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "BundleCheck")]
    pub type BundleCheck;
    #[wasm_bindgen(method, getter)]
    fn account(this: &BundleCheck) -> Vec<u8>;
    #[wasm_bindgen(method, getter)]
    fn revocations(this: &BundleCheck) -> Vec<Uint8Array>;
    #[wasm_bindgen(method, getter, js_name = lastPublished)]
    fn last_published(this: &BundleCheck) -> Option<Vec<u8>>;
    #[wasm_bindgen(method, getter)]
    fn now(this: &BundleCheck) -> f64;
}

#[wasm_bindgen]
pub struct PrekeyBundle(pub(crate) hushring::PrekeyBundle);

#[wasm_bindgen]
impl PrekeyBundle {
    pub fn verify(bundle: &[u8], check: &BundleCheck) -> Result<PrekeyBundle> {
        let (known, rejected) = Known::read(check)?;
        if let Some((_, error)) = rejected.into_iter().next() {
            return Err(error.into());
        }
        let bundle = hushring::PrekeyBundle::verify(bundle, &known.account, &known.check())?;
        Ok(PrekeyBundle(bundle))
    }

    #[wasm_bindgen(js_name = verifyAll, unchecked_return_type = "Verified")]
    pub fn verify_all(list: Vec<Uint8Array>, check: &BundleCheck) -> Result<Object> {
        let (known, unsound) = Known::read(check)?;
        let list: Vec<Vec<u8>> = list.iter().map(Uint8Array::to_vec).collect();
        let verified = hushring::PrekeyBundle::verify_all(&list, &known.account, &known.check());
        let bundles = verified.bundles.into_iter().map(PrekeyBundle);
        let revocations = verified.revocations.iter();
        let revocations = revocations.map(|one| JsValue::from(bytes(&one.to_bytes())));
        Ok(Members::new()
            .add("bundles", bundles.map(JsValue::from).collect::<Array>())
            .add("rejected", write_rejected(verified.rejected))
            .add("lastPublished", bytes(&verified.last_published.to_bytes()))
            .add("revocations", revocations.collect::<Array>())
            .add("rejectedRevocations", write_rejected(unsound))
            .object())
    }

    pub fn account(&self) -> Uint8Array {
        bytes(self.0.account().as_bytes())
    }

    pub fn device(&self) -> Uint8Array {
        bytes(self.0.device().as_bytes())
    }

    #[wasm_bindgen(unchecked_return_type = "Suite")]
    pub fn suite(&self) -> JsValue {
        self.0.suite().as_str().into()
    }

    #[wasm_bindgen(unchecked_return_type = "Suite[]")]
    pub fn offers(&self) -> Array {
        let offers = self.0.offers();
        offers.map(|suite| JsValue::from(suite.as_str())).collect()
    }

    pub fn id(&self) -> String {
        self.0.id().to_string()
    }

    #[wasm_bindgen(js_name = issuedAt)]
    pub fn issued_at(&self) -> Date {
        date_of_seconds(self.0.issued_at())
    }

    #[wasm_bindgen(js_name = expiresAt)]
    pub fn expires_at(&self) -> Date {
        date_of_seconds(self.0.expires_at())
    }

    #[wasm_bindgen(js_name = toBytes)]
    pub fn to_bytes(&self) -> Uint8Array {
        bytes(&self.0.to_bytes())
    }
}

/// Collects bundles: an array of handles would take them away from their owner.
#[wasm_bindgen]
#[derive(Default)]
pub struct BundleList(Vec<hushring::PrekeyBundle>);

#[wasm_bindgen]
impl BundleList {
    #[wasm_bindgen(constructor)]
    pub fn new() -> BundleList {
        BundleList::default()
    }

    pub fn push(&mut self, bundle: &PrekeyBundle) {
        self.0.push(bundle.0.clone());
    }

    #[wasm_bindgen(unchecked_return_type = "Choice")]
    #[expect(
        clippy::expect_used,
        reason = "what is chosen is a reference into the list"
    )]
    pub fn choose(&self, except: Option<Vec<u8>>, now: f64) -> Result<Object> {
        let except: Option<DeviceKey> = except.map(|key| device_key(&key)).transpose()?;
        let now = millis(now);
        let choice = match &except {
            None => hushring::PrekeyBundle::choose(&self.0, now),
            Some(device) => hushring::PrekeyBundle::choose_except(&self.0, device, now),
        };
        let place = |chosen: &&hushring::PrekeyBundle| {
            let index = self
                .0
                .iter()
                .position(|bundle| std::ptr::eq(bundle, *chosen));
            JsValue::from(index.expect("choose gives some of the bundles that it is given"))
        };
        let downgraded = choice.downgraded.iter().map(|downgrade| {
            Members::new()
                .add("account", bytes(downgrade.account.as_bytes()))
                .add("device", bytes(downgrade.device.as_bytes()))
                .add("offered", downgrade.offered.as_str())
                .add("available", downgrade.available.as_str())
                .object()
        });
        Ok(Members::new()
            .add(
                "targets",
                choice.targets.iter().map(place).collect::<Array>(),
            )
            .add("downgraded", downgraded.collect::<Array>())
            .add(
                "expired",
                choice.expired.iter().map(place).collect::<Array>(),
            )
            .object())
    }

    pub(crate) fn refs(&self) -> Vec<&hushring::PrekeyBundle> {
        self.0.iter().collect()
    }
}

/// The account and the facts to check its bundles against.
struct Known {
    account: AccountKey,
    revocations: Vec<Revocation>,
    last_published: Option<LastPublished>,
    now: UnixMillis,
}

impl Known {
    /// Also gives the index and error of each revocation that is not sound.
    fn read(check: &BundleCheck) -> Result<(Known, Vec<(usize, KeyError)>)> {
        let account = account_key(&check.account())?;
        let last_published = check
            .last_published()
            .map(|packed| LastPublished::from_bytes(&packed, &account))
            .transpose()?;
        let now = millis(check.now());
        let statements = check.revocations();
        let statements: Vec<Vec<u8>> = statements.iter().map(Uint8Array::to_vec).collect();
        let verified = Revocation::verify_all(&statements, &account, now);
        let known = Known {
            account,
            revocations: verified.revocations,
            last_published,
            now,
        };
        Ok((known, verified.rejected))
    }

    fn check(&self) -> hushring::BundleCheck<'_> {
        let check = hushring::BundleCheck::at(self.now).with_revocations(&self.revocations);
        match &self.last_published {
            Some(known) => check.with_last_published(known),
            None => check,
        }
    }
}

fn write_rejected(rejected: Vec<(usize, KeyError)>) -> Array {
    let rejected = rejected.into_iter().map(|(index, error)| {
        Members::new()
            .add("index", index)
            .add("error", Failure::from(error))
            .object()
    });
    rejected.collect()
}
