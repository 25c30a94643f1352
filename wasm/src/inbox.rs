//! The inbox.

use hushring::error::OpenError;
use hushring::inbox::JournalPosition;
use hushring::{AccountKey, PrekeyId};
use js_sys::{Object, Uint8Array};
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use crate::certificate::Certificate;
use crate::convert::{Members, account_key, bytes, date_of_seconds, message_id, millis};
use crate::device::Device;
use crate::event::write_event;
use crate::explain::write_explanation;
use crate::failure::Result;
use crate::prekey::{Prekey, PrekeyList};
use crate::unsigned::UnsignedBundle;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
import type { InboxPrekey } from "./inbox.js";

/** An event that waits to be acknowledged, and its place among those that do. */
export interface PendingEvent {
  readonly position: number;
  readonly event: InboxEvent;
}
"#;

/// The state that receiving needs, and the own account.
#[wasm_bindgen]
pub struct Inbox(pub(crate) hushring::Inbox, pub(crate) AccountKey);

#[wasm_bindgen]
impl Inbox {
    #[wasm_bindgen(constructor)]
    pub fn new(recipient: &Certificate) -> Inbox {
        Inbox(hushring::Inbox::new(&recipient.0), *recipient.0.account())
    }

    pub fn load(recipient: &Certificate, state: Vec<u8>, at_least: f64) -> Result<Inbox> {
        let state = Zeroizing::new(state);
        // The facade lets only whole numbers pass that a double holds exactly.
        let inbox = hushring::Inbox::load_at_least(&recipient.0, &state, at_least as u64)?;
        Ok(Inbox(inbox, *recipient.0.account()))
    }

    /// Piece by piece, so that this memory, which never shrinks, holds the state once.
    pub fn save(&mut self) -> Uint8Array {
        let state = Uint8Array::new_with_length(self.0.saved_len() as u32);
        let mut begin = 0;
        self.0.save_to(|piece| {
            let end = begin + piece.len() as u32;
            state.subarray(begin, end).copy_from(piece);
            begin = end;
        });
        state
    }

    pub fn revision(&self) -> f64 {
        self.0.revision() as f64
    }

    #[wasm_bindgen(js_name = addPrekey)]
    pub fn add_prekey(&mut self, prekey: &Prekey) -> Result<()> {
        Ok(self.0.add_prekey(prekey.0.clone())?)
    }

    #[wasm_bindgen(unchecked_return_type = "InboxPrekey[]")]
    pub fn prekeys(&self) -> Vec<Object> {
        let prekey = |prekey: &hushring::Prekey| {
            Members::new()
                .add("id", prekey.id().to_string())
                .add("suite", prekey.suite().as_str())
                .add("expiresAt", date_of_seconds(prekey.expires_at()))
                .object()
        };
        self.0.prekeys().map(prekey).collect()
    }

    pub fn prune(&mut self, now: f64) -> Vec<String> {
        let pruned = self.0.prune(millis(now));
        pruned.iter().map(PrekeyId::to_string).collect()
    }

    /// The prekeys are added, and the bundles signed.
    pub fn publish(
        &mut self,
        device: &Device,
        prekeys: &PrekeyList,
        now: f64,
    ) -> Result<Vec<Uint8Array>> {
        let bundles = self.0.publish(&device.0, &prekeys.refs(), millis(now))?;
        Ok(bundles.iter().map(|b| bytes(&b.to_bytes())).collect())
    }

    /// The same for a device whose key lives elsewhere.
    #[wasm_bindgen(js_name = publishUnsigned)]
    pub fn publish_unsigned(
        &mut self,
        certificate: &Certificate,
        prekeys: &PrekeyList,
        now: f64,
    ) -> Result<Vec<UnsignedBundle>> {
        let unsigned = self
            .0
            .publish_unsigned(&certificate.0, &prekeys.refs(), millis(now))?;
        Ok(UnsignedBundle::many(unsigned))
    }

    #[wasm_bindgen(unchecked_return_type = "InboxEvent")]
    pub fn receive(&mut self, envelope: &[u8], now: f64) -> Result<Object> {
        write_event(self.0.receive(envelope, millis(now))?)
    }

    /// The first event behind a position, or of all. There may be none.
    #[wasm_bindgen(js_name = pendingAfter, unchecked_return_type = "PendingEvent | undefined")]
    pub fn pending_after(&self, last: Option<f64>, now: f64) -> Result<Option<Object>> {
        // It came from here, and counts events.
        let last = last.map(|position| JournalPosition(position as u64));
        let next = self.0.pending_after(last, millis(now));
        next.map(|(position, event)| {
            Ok(Members::new()
                .add("position", position.0 as f64)
                .add("event", write_event(event)?)
                .object())
        })
        .transpose()
    }

    pub fn acknowledge(&mut self, account: &[u8], id: &[u8]) -> Result<bool> {
        let account = account_key(account)?;
        Ok(self.0.acknowledge_id(&account, message_id(id)?))
    }

    #[wasm_bindgen(unchecked_return_type = "Explanation")]
    pub fn explain(&self, envelope: &[u8], now: f64) -> Object {
        write_explanation(&self.0.explain(envelope, millis(now)))
    }
}

#[wasm_bindgen(js_name = envelopeTag)]
pub fn envelope_tag(envelope: &[u8]) -> Result<String> {
    let envelope = envelope.try_into().map_err(|_| OpenError::BadLength)?;
    Ok(hushring::envelope::envelope_tag(envelope))
}
