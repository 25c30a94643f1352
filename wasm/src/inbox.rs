//! The inbox.

use std::str::FromStr;

use hushring::error::{InboxError, OpenError};
use hushring::inbox::{Contact, Held};
use hushring::{CallId, PrekeyId, Revocation};
use js_sys::{Object, Uint8Array};
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use crate::certificate::Certificate;
use crate::convert::{
    Members, account_key, bytes, date, date_of_seconds, keys, message_id, millis,
};
use crate::event::{write_event, write_events};
use crate::explain::write_explanation;
use crate::failure::Result;
use crate::prekey::Prekey;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
import type { InboxPrekey } from "./inbox.js";
import type { HandleType } from "./vocabulary.js";

/** The handle and name to pin for an account. */
export interface Pinned {
  readonly handleType: HandleType | undefined;
  readonly handle: string | undefined;
  readonly displayName: string | undefined;
}
"#;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "Pinned")]
    pub type Pinned;
    #[wasm_bindgen(method, getter, js_name = handleType)]
    fn handle_type(this: &Pinned) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn handle(this: &Pinned) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = displayName)]
    fn display_name(this: &Pinned) -> Option<String>;
}

impl Pinned {
    fn read(&self) -> Result<Contact> {
        let mut contact = Contact::default();
        contact.display_name = self.display_name();
        let Some((kind, value)) = self.handle_type().zip(self.handle()) else {
            return Ok(contact);
        };
        let member = "handle.type";
        let kind = kind
            .parse()
            .map_err(|_| InboxError::BadContent { member })?;
        Ok(contact.with_handle(kind, value))
    }
}

/// The state that receiving needs.
#[wasm_bindgen]
pub struct Inbox(hushring::Inbox);

#[wasm_bindgen]
impl Inbox {
    #[wasm_bindgen(constructor)]
    pub fn new(recipient: &Certificate) -> Inbox {
        Inbox(hushring::Inbox::new(&recipient.0))
    }

    pub fn load(recipient: &Certificate, state: Vec<u8>) -> Result<Inbox> {
        let state = Zeroizing::new(state);
        Ok(Inbox(hushring::Inbox::load(&recipient.0, &state)?))
    }

    pub fn save(&self) -> Uint8Array {
        bytes(&self.0.save())
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

    #[wasm_bindgen(unchecked_return_type = "InboxEvent[]")]
    pub fn trust(&mut self, account: &[u8], pinned: &Pinned, now: f64) -> Result<Vec<Object>> {
        let events = self
            .0
            .trust(account_key(account)?, pinned.read()?, millis(now))?;
        write_events(events.into_iter())
    }

    pub fn untrust(&mut self, account: &[u8]) -> Result<()> {
        self.0.untrust(&account_key(account)?);
        Ok(())
    }

    pub fn revoke(&mut self, revocation: &[u8], now: f64) -> Result<()> {
        let revocation = Revocation::from_bytes(revocation, millis(now))?;
        Ok(self.0.revoke(&revocation)?)
    }

    #[wasm_bindgen(js_name = placeCall)]
    pub fn place_call(&mut self, call_id: &str, accounts: Vec<Uint8Array>, now: f64) -> Result<()> {
        let call_id = CallId::from_str(call_id)?;
        let accounts = accounts.iter().map(|key| account_key(&key.to_vec()));
        let accounts = accounts.collect::<Result<Vec<_>>>()?;
        Ok(self.0.place_call(call_id, &accounts, millis(now))?)
    }

    #[wasm_bindgen(unchecked_return_type = "InboxEvent")]
    pub fn receive(&mut self, envelope: &[u8], now: f64) -> Result<Object> {
        write_event(self.0.receive(envelope, millis(now))?)
    }

    #[wasm_bindgen(unchecked_return_type = "InboxEvent[]")]
    pub fn pending(&self, limit: usize, now: f64) -> Result<Vec<Object>> {
        write_events(self.0.pending(millis(now)).take(limit))
    }

    pub fn acknowledge(&mut self, account: &[u8], id: &[u8]) -> Result<bool> {
        let account = account_key(account)?;
        Ok(self.0.acknowledge_id(&account, message_id(id)?))
    }

    #[wasm_bindgen(unchecked_return_type = "HeldEnvelope[]")]
    pub fn held(&self) -> Vec<Object> {
        let held = |held: &Held| {
            Members::new()
                .add("envelopeTag", held.envelope_tag())
                .add("sender", keys(held.account(), held.device()))
                .add("messageId", held.message_id().to_string())
                .add("sentAt", date(held.sent_at()))
                .object()
        };
        self.0.held().map(held).collect()
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
