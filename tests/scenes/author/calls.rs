//! The steps of a call (spec/inbox.md, section 8.2).

use hushring_test_support::text::uuid;
use serde_json::{Value as Json, json};

use super::{Expect, Letter, OWN, Scene};
use crate::said::call_id;

impl Scene {
    /// Places a call, and expects its invitation to be sealed with this `now`.
    pub fn place(&mut self, call: u8, accounts: &[&str], now: u64) {
        self.place_call(call_id(call), accounts, now, now);
    }

    /// Places a call, and expects its invitation to be sealed with another time.
    pub fn place_call(&mut self, call_id: [u8; 16], accounts: &[&str], now: u64, sent_at: u64) {
        self.place_step(call_id, accounts, now, json!({ "sentAt": sent_at }));
    }

    pub fn refuse_place(&mut self, call: u8, accounts: &[&str], now: u64, code: &str) {
        self.place_step(call_id(call), accounts, now, json!({ "error": code }));
    }

    fn place_step(&mut self, call_id: [u8; 16], accounts: &[&str], now: u64, expected: Json) {
        self.know_all(accounts);
        let step = json!({ "callId": uuid(&call_id), "accounts": accounts, "at": now });
        self.step("placeCall", step, expected);
    }

    /// Tries every step with a callId that is none (M9).
    pub fn refuse_call_id(&mut self, call_id: [u8; 16], caller: &str, now: u64) {
        let call_id = uuid(&call_id);
        self.know(caller);
        for (step, accounts, own) in [
            ("placeCall", json!([caller]), None),
            ("answered", Json::Null, Some(caller)),
            ("left", Json::Null, Some(caller)),
            ("left", json!([caller]), Some(OWN)),
            ("joined", json!([]), Some(caller)),
        ] {
            let mut what = json!({ "callId": call_id });
            if let Some(account) = own {
                what["account"] = account.into();
            }
            if !accounts.is_null() {
                what["accounts"] = accounts;
            }
            if ["placeCall", "answered", "joined"].contains(&step) {
                what["at"] = now.into();
            }
            self.step(step, what, json!({ "error": "bad_call_id" }));
        }
    }

    /// Answers a call, and expects the time of the ring that the answer names.
    pub fn answered(&mut self, caller: &str, call: u8, ring: u64) {
        self.answered_step(caller, call, json!({ "ring": ring }));
    }

    pub fn refuse_answered(&mut self, caller: &str, call: u8) {
        self.answered_step(caller, call, json!({ "error": "call_over" }));
    }

    fn answered_step(&mut self, caller: &str, call: u8, expected: Json) {
        self.know(caller);
        let step = json!({ "account": caller, "callId": uuid(&call_id(call)), "at": self.now });
        self.step("answered", step, expected);
    }

    /// Leaves a call of this caller; of an own one, all legs.
    pub fn left(&mut self, caller: &str, call: u8) {
        self.know(caller);
        let step = json!({ "account": caller, "callId": uuid(&call_id(call)) });
        self.step("left", step, Json::Null);
    }

    /// Leaves these legs of an own call.
    pub fn left_accounts(&mut self, call: u8, accounts: &[&str]) {
        self.know_all(accounts);
        let call_id = uuid(&call_id(call));
        let step = json!({ "account": OWN, "callId": call_id, "accounts": accounts });
        self.step("left", step, Json::Null);
    }

    /// Joins accounts to a call, and expects these events of what was kept of them.
    pub fn joined(
        &mut self,
        caller: &str,
        call: u8,
        accounts: &[&str],
        now: u64,
        events: &[(&Letter, Expect)],
    ) {
        let events = self.events(events, now);
        self.joined_step(caller, call, accounts, now, json!({ "events": events }));
    }

    pub fn refuse_joined(
        &mut self,
        caller: &str,
        call: u8,
        accounts: &[&str],
        now: u64,
        code: &str,
    ) {
        self.joined_step(caller, call, accounts, now, json!({ "error": code }));
    }

    fn joined_step(&mut self, caller: &str, call: u8, accounts: &[&str], now: u64, expected: Json) {
        self.know(caller);
        self.know_all(accounts);
        let step = json!({
            "account": caller,
            "callId": uuid(&call_id(call)),
            "accounts": accounts,
            "at": now,
        });
        self.step("joined", step, expected);
    }
}
