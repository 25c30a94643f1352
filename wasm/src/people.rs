//! Whom the inbox hears, and what it holds of the others.

use hushring::Revocation;
use hushring::error::{InboxError, Problem};
use hushring::inbox::{Contact, Held, HeldAccount};
use js_sys::{Object, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::convert::{Members, account_key, bytes, date, keys, millis};
use crate::event::write_events;
use crate::failure::Result;
use crate::inbox::Inbox;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
import type { HeldAccount, HeldEnvelope } from "./held.js";
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
        let kind = kind.parse().map_err(|_| InboxError::BadContent {
            member: "handle.type",
            problem: Problem::Kind("a type of handle"),
        })?;
        Ok(contact.with_handle(kind, value))
    }
}

#[wasm_bindgen]
impl Inbox {
    #[wasm_bindgen(unchecked_return_type = "InboxEvent[]")]
    pub fn trust(
        &mut self,
        account: &[u8],
        pinned: &Pinned,
        revocations: Vec<Uint8Array>,
        now: f64,
    ) -> Result<Vec<Object>> {
        let (account, contact, now) = (account_key(account)?, pinned.read()?, millis(now));
        let read = |bytes: &Uint8Array| Revocation::verify(&bytes.to_vec(), &account, now);
        let revocations = revocations
            .iter()
            .map(read)
            .collect::<Result<Vec<_>, _>>()?;
        let events = self.0.trust_with(account, contact, &revocations, now)?;
        write_events(events.into_iter())
    }

    pub fn untrust(&mut self, account: &[u8]) -> Result<()> {
        self.0.untrust(&account_key(account)?);
        Ok(())
    }

    pub fn block(&mut self, account: &[u8]) -> Result<()> {
        Ok(self.0.block(&account_key(account)?)?)
    }

    pub fn unblock(&mut self, account: &[u8], now: f64) -> Result<()> {
        self.0.unblock(&account_key(account)?, millis(now));
        Ok(())
    }

    #[wasm_bindgen(js_name = isBlocked)]
    pub fn is_blocked(&self, account: &[u8]) -> Result<bool> {
        Ok(self.0.is_blocked(&account_key(account)?))
    }

    pub fn revoke(&mut self, revocation: &[u8], now: f64) -> Result<bool> {
        let revocation = Revocation::from_bytes(revocation, millis(now))?;
        Ok(self.0.revoke(&revocation)?)
    }

    #[wasm_bindgen(unchecked_return_type = "HeldEnvelope[]")]
    pub fn held(&self) -> Vec<Object> {
        let held = |held: &Held| {
            Members::new()
                .add("envelopeTag", held.envelope_tag())
                .add("sender", keys(held.account(), held.device()))
                .add("messageId", held.message_id().to_string())
                .add("sentAt", date(held.sent_at()))
                .add("reason", held.reason().as_str())
                .object()
        };
        self.0.held().map(held).collect()
    }

    #[wasm_bindgen(js_name = heldAccounts, unchecked_return_type = "HeldAccount[]")]
    pub fn held_accounts(&self) -> Vec<Object> {
        let held = |held: &HeldAccount| {
            let account: Uint8Array = bytes(held.account.as_bytes());
            Members::new()
                .add("account", account)
                .add("count", held.count)
                .add("earliest", date(held.earliest))
                .add("latest", date(held.latest))
                .object()
        };
        self.0.held_accounts().iter().map(held).collect()
    }

    pub fn discard(&mut self, account: &[u8]) -> Result<usize> {
        Ok(self.0.discard(&account_key(account)?))
    }

    #[wasm_bindgen(unchecked_return_type = "InboxEvent[]")]
    pub fn release(&mut self, now: f64) -> Result<Vec<Object>> {
        write_events(self.0.release(millis(now)).into_iter())
    }
}
