//! The steps of a call.

use std::str::FromStr;

use hushring::{AccountKey, CallId};
use js_sys::{Date, Object, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::convert::{account_key, date, millis};
use crate::event::write_events;
use crate::failure::Result;
use crate::inbox::Inbox;

#[wasm_bindgen]
impl Inbox {
    #[wasm_bindgen(js_name = placeCall)]
    pub fn place_call(
        &mut self,
        call_id: &str,
        accounts: Vec<Uint8Array>,
        now: f64,
    ) -> Result<Date> {
        let call_id = CallId::from_str(call_id)?;
        let accounts = account_keys(&accounts)?;
        Ok(date(self.0.place_call(call_id, &accounts, millis(now))?))
    }

    pub fn answered(&mut self, caller: &[u8], call_id: &str, now: f64) -> Result<Date> {
        let call_id = CallId::from_str(call_id)?;
        let caller = account_key(caller)?;
        Ok(date(self.0.answered(&caller, call_id, millis(now))?))
    }

    pub fn left(&mut self, caller: &[u8], call_id: &str) -> Result<bool> {
        let call_id = CallId::from_str(call_id)?;
        Ok(self.0.left(&account_key(caller)?, call_id))
    }

    /// Of a call of the own account: all of its accounts, or these.
    #[wasm_bindgen(js_name = leftOwn)]
    pub fn left_own(&mut self, call_id: &str, accounts: Option<Vec<Uint8Array>>) -> Result<bool> {
        let call_id = CallId::from_str(call_id)?;
        Ok(match accounts {
            None => self.0.left(&self.1, call_id),
            Some(accounts) => self.0.left_accounts(call_id, &account_keys(&accounts)?),
        })
    }

    #[wasm_bindgen(unchecked_return_type = "InboxEvent[]")]
    pub fn joined(
        &mut self,
        caller: &[u8],
        call_id: &str,
        accounts: Vec<Uint8Array>,
        now: f64,
    ) -> Result<Vec<Object>> {
        let call_id = CallId::from_str(call_id)?;
        let (caller, accounts) = (account_key(caller)?, account_keys(&accounts)?);
        let events = self.0.joined(&caller, call_id, &accounts, millis(now))?;
        write_events(events.into_iter())
    }
}

fn account_keys(keys: &[Uint8Array]) -> Result<Vec<AccountKey>> {
    keys.iter().map(|key| account_key(&key.to_vec())).collect()
}
