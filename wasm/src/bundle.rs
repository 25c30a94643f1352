//! Bundles.

use hushring::{AccountKey, LastPublished, Revocation, UnixMillis};
use js_sys::{Array, Date, Object, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::convert::{Members, account_key, bytes, date_of_seconds, device_key, millis, seconds};
use crate::failure::{Failure, Result};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
import type { Downgrade, LastPublished } from "./bundle.js";

/** The account and the facts to check its bundles against. */
export interface BundleCheck {
  readonly account: Uint8Array;
  readonly revocation: Uint8Array | undefined;
  readonly lastPublished: { readonly device: Uint8Array; readonly issuedAt: number }[];
  readonly now: number;
}

/** The targets are indices into the list. */
export interface Choice {
  readonly targets: number[];
  readonly downgraded: Downgrade[];
}

export interface Verified {
  readonly bundles: PrekeyBundle[];
  readonly rejected: { readonly index: number; readonly error: Failure }[];
  readonly lastPublished: LastPublished[];
}
"#;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "BundleCheck")]
    pub type BundleCheck;
    #[wasm_bindgen(method, getter)]
    fn account(this: &BundleCheck) -> Vec<u8>;
    #[wasm_bindgen(method, getter)]
    fn revocation(this: &BundleCheck) -> Option<Vec<u8>>;
    #[wasm_bindgen(method, getter, js_name = lastPublished)]
    fn last_published(this: &BundleCheck) -> Vec<LastSeen>;
    #[wasm_bindgen(method, getter)]
    fn now(this: &BundleCheck) -> f64;

    type LastSeen;
    #[wasm_bindgen(method, getter)]
    fn device(this: &LastSeen) -> Vec<u8>;
    #[wasm_bindgen(method, getter, js_name = issuedAt)]
    fn issued_at(this: &LastSeen) -> f64;
}

#[wasm_bindgen]
pub struct PrekeyBundle(pub(crate) hushring::PrekeyBundle);

#[wasm_bindgen]
impl PrekeyBundle {
    pub fn verify(bundle: &[u8], check: &BundleCheck) -> Result<PrekeyBundle> {
        let known = Known::read(check)?;
        let bundle = hushring::PrekeyBundle::verify(bundle, &known.account, &known.check())?;
        Ok(PrekeyBundle(bundle))
    }

    #[wasm_bindgen(js_name = verifyAll, unchecked_return_type = "Verified")]
    pub fn verify_all(list: Vec<Uint8Array>, check: &BundleCheck) -> Result<Object> {
        let known = Known::read(check)?;
        let list: Vec<Vec<u8>> = list.iter().map(Uint8Array::to_vec).collect();
        let verified = hushring::PrekeyBundle::verify_all(&list, &known.account, &known.check());
        let bundles = verified.bundles.into_iter().map(PrekeyBundle);
        let rejected = verified.rejected.into_iter().map(|(index, error)| {
            Members::new()
                .add("index", index)
                .add("error", Failure::from(error))
                .object()
        });
        let last_published = verified.last_published.iter().map(|last| {
            Members::new()
                .add("device", bytes(last.device.as_bytes()))
                .add("issuedAt", date_of_seconds(last.issued_at))
                .object()
        });
        Ok(Members::new()
            .add("bundles", bundles.map(JsValue::from).collect::<Array>())
            .add("rejected", rejected.collect::<Array>())
            .add("lastPublished", last_published.collect::<Array>())
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
    #[expect(clippy::expect_used, reason = "a target is a reference into the list")]
    pub fn choose(&self) -> Object {
        let choice = hushring::PrekeyBundle::choose(&self.0);
        let targets = choice.targets.iter().map(|target| {
            let index = self
                .0
                .iter()
                .position(|bundle| std::ptr::eq(bundle, *target));
            JsValue::from(index.expect("choose gives some of the bundles that it is given"))
        });
        let downgraded = choice.downgraded.iter().map(|downgrade| {
            Members::new()
                .add("account", bytes(downgrade.account.as_bytes()))
                .add("device", bytes(downgrade.device.as_bytes()))
                .add("offered", downgrade.offered.as_str())
                .add("available", downgrade.available.as_str())
                .object()
        });
        Members::new()
            .add("targets", targets.collect::<Array>())
            .add("downgraded", downgraded.collect::<Array>())
            .object()
    }

    pub(crate) fn refs(&self) -> Vec<&hushring::PrekeyBundle> {
        self.0.iter().collect()
    }
}

/// The account and the facts to check its bundles against.
struct Known {
    account: AccountKey,
    revocation: Option<Revocation>,
    last_published: Vec<LastPublished>,
    now: UnixMillis,
}

impl Known {
    fn read(check: &BundleCheck) -> Result<Known> {
        let last_published = check.last_published();
        let last_published = last_published.iter().map(|last| {
            Ok(LastPublished {
                device: device_key(&last.device())?,
                issued_at: seconds(last.issued_at()),
            })
        });
        let last_published = last_published.collect::<Result<_>>()?;
        let account = account_key(&check.account())?;
        let now = millis(check.now());
        let revocation = check
            .revocation()
            .map(|revocation| Revocation::verify(&revocation, &account, now))
            .transpose()?;
        Ok(Known {
            account,
            revocation,
            last_published,
            now,
        })
    }

    fn check(&self) -> hushring::BundleCheck<'_> {
        let check = hushring::BundleCheck::at(self.now).with_last_published(&self.last_published);
        match &self.revocation {
            Some(revocation) => check.with_revocation(revocation),
            None => check,
        }
    }
}
