//! The steps of a scene.

use hushring::{Content, Prekey};
use hushring_test_support::clock::NOW;
use hushring_test_support::derived::tag;
use hushring_test_support::json::content_to_json;
use hushring_test_support::people::{bundle, device};
use hushring_test_support::text::{hex, uuid};
use serde_json::{Map as Object, Value as Json, json};

use super::Expect::*;
use super::{Expect, Letter, Scene, revocation};

/// Floods are sealed by whoever plays.
pub struct Flood<'a> {
    pub from: &'a str,
    pub count: usize,
    pub first_sent_at: u64,
    /// The first 12 bytes of the message ids; the others count from 0.
    pub message_ids: [u8; 12],
    /// The first 12 bytes of the callIds; the others count from 0.
    pub call_ids: Option<[u8; 12]>,
    pub content: Content,
    pub at: u64,
}

/// The id of one message or call of a flood.
pub fn counted(prefix: [u8; 12], index: u32) -> [u8; 16] {
    let bytes = [prefix.as_slice(), &index.to_be_bytes()].concat();
    bytes.try_into().unwrap()
}

impl Scene {
    pub fn receive(&mut self, letter: &Letter, now: u64, expect: Expect) {
        let expected = self.outcome(letter, now, expect);
        self.step(
            "receive",
            json!({ "envelope": letter.name, "at": now }),
            expected,
        );
    }

    /// Says what receiving would lead to, and changes nothing.
    pub fn explain(&mut self, letter: &Letter, now: u64, expect: Expect) {
        let expected = self.outcome(letter, now, expect);
        self.step(
            "explain",
            json!({ "envelope": letter.name, "at": now }),
            expected,
        );
    }

    /// Trusts somebody of whom nothing is held, without a name.
    pub fn trust(&mut self, name: &str) {
        self.trust_as(name, None, None);
    }

    pub fn trust_as(
        &mut self,
        name: &str,
        handle: Option<(&str, &str)>,
        display_name: Option<&str>,
    ) {
        let pinned = pin(handle, display_name);
        let key = self.know(name);
        self.pinned.insert(key, pinned.clone());
        self.trust_step(name, pinned, NOW.0, json!({ "events": [] }));
    }

    /// Trusts somebody of whom envelopes are held, and expects these events of them.
    pub fn release(&mut self, name: &str, now: u64, events: &[(&Letter, Expect)]) {
        let key = self.know(name);
        self.pinned.insert(key, Object::new());
        let events = self.events(events, now);
        self.trust_step(name, Object::new(), now, json!({ "events": events }));
    }

    pub fn refuse_trust(
        &mut self,
        name: &str,
        handle: Option<(&str, &str)>,
        display_name: Option<&str>,
        code: &str,
    ) {
        self.know(name);
        let pinned = pin(handle, display_name);
        self.trust_step(name, pinned, NOW.0, json!({ "error": code }));
    }

    pub(super) fn trust_step(
        &mut self,
        name: &str,
        pinned: Object<String, Json>,
        now: u64,
        expected: Json,
    ) {
        let mut step = pinned;
        step.insert("account".into(), name.into());
        step.insert("at".into(), now.into());
        self.step("trust", Json::Object(step), expected);
    }

    pub fn untrust(&mut self, name: &str) {
        let key = self.know(name);
        self.pinned.remove(&key);
        self.step("untrust", json!({ "account": name }), Json::Null);
    }

    pub fn revoke(&mut self, name: &str, floor: i64, now: u64) {
        let statement = revocation(name, floor);
        self.know(name);
        self.revoke_step(&statement, now, Json::Null);
    }

    pub fn refuse_revocation(&mut self, statement: &[u8], now: u64, code: &str) {
        self.revoke_step(statement, now, json!({ "error": code }));
    }

    pub(super) fn revoke_step(&mut self, statement: &[u8], now: u64, expected: Json) {
        self.step(
            "revoke",
            json!({ "statement": hex(statement), "at": now }),
            expected,
        );
    }

    pub fn place_call(&mut self, call_id: [u8; 16], accounts: &[&str], now: u64) {
        self.placed_step(call_id, accounts, now, Json::Null);
    }

    pub fn refuse_placed(&mut self, call_id: [u8; 16], accounts: &[&str], code: &str) {
        self.placed_step(call_id, accounts, NOW.0, json!({ "error": code }));
    }

    pub(super) fn placed_step(
        &mut self,
        call_id: [u8; 16],
        accounts: &[&str],
        now: u64,
        expected: Json,
    ) {
        for name in accounts {
            self.know(name);
        }
        let step = json!({ "callId": uuid(&call_id), "accounts": accounts, "at": now });
        self.step("placed", step, expected);
    }

    pub fn acknowledge(&mut self, letter: &Letter, was_pending: bool) {
        let name = self.name_of(&letter.account);
        self.acknowledge_id(&name, letter.message_id, was_pending);
    }

    pub fn acknowledge_id(&mut self, account: &str, message_id: [u8; 16], was_pending: bool) {
        let step = json!({ "account": account, "messageId": hex(&message_id) });
        self.step("acknowledge", step, json!({ "wasPending": was_pending }));
    }

    pub fn pending(&mut self, now: u64, events: &[(&Letter, Expect)]) {
        let events = self.events(events, now);
        self.step("pending", json!({ "at": now }), json!({ "events": events }));
    }

    pub fn pending_count(&mut self, now: u64, count: usize) {
        self.step("pending", json!({ "at": now }), json!({ "count": count }));
    }

    pub fn held(&mut self, letters: &[&Letter]) {
        let held: Vec<Json> = letters
            .iter()
            .map(|letter| {
                json!({
                    "envelopeTag": tag(&letter.bytes),
                    "account": hex(letter.account.as_bytes()),
                    "device": hex(&letter.device),
                    "messageId": hex(&letter.message_id),
                    "sentAt": letter.sent_at,
                })
            })
            .collect();
        self.step("held", json!({}), json!({ "held": held }));
    }

    pub fn held_count(&mut self, count: usize) {
        self.step("held", json!({}), json!({ "count": count }));
    }

    /// Expects the ids of these prekeys to be named.
    pub fn prune(&mut self, now: u64, prekeys: &[&Prekey]) {
        let ids: Vec<String> = prekeys.iter().map(|key| prekey_id(key)).collect();
        self.step("prune", json!({ "at": now }), json!({ "prekeys": ids }));
    }

    pub fn add_prekey(&mut self, key: &Prekey) {
        self.step(
            "addPrekey",
            json!({ "prekey": hex(&*key.export()) }),
            Json::Null,
        );
    }

    pub fn refuse_prekey(&mut self, key: &Prekey, code: &str) {
        let step = json!({ "prekey": hex(&*key.export()) });
        self.step("addPrekey", step, json!({ "error": code }));
    }

    pub fn save(&mut self, state: &str) {
        self.step("save", json!({ "as": state }), Json::Null);
    }

    /// What a start does: loads the state, and adds the prekeys of the key store.
    pub fn load(&mut self, state: &str) {
        self.load_without_prekeys(state);
        for key in self.prekeys.clone() {
            self.add_prekey(&key);
        }
    }

    pub fn load_without_prekeys(&mut self, state: &str) {
        self.step("load", json!({ "state": state }), Json::Null);
    }

    /// Loading a state that was changed; see vectors/README.md for the changes.
    pub fn refuse_load(&mut self, change: Json, code: &str) {
        self.step("load", change, json!({ "error": code }));
    }

    pub fn flood(&mut self, flood: &Flood, expect: Expect) {
        self.know(flood.from);
        let expected = match expect {
            Refused(code) => json!({ "error": code }),
            Drop(reason) => json!({ "action": "drop", "reason": reason }),
            Missed(reason) => json!({ "action": "missed", "reason": reason }),
            Ring => json!({ "action": "ring" }),
            Notify => json!({ "action": "notify" }),
            _ => panic!("no flood leads to this"),
        };
        let sender = device(flood.from, "phone");
        let bundle = bundle(&self.receiver, &self.prekeys[0]).to_bytes();
        let mut step = json!({
            "from": flood.from,
            "device": hex(&*sender.export()),
            "bundle": hex(&bundle),
            "count": flood.count,
            "firstSentAt": flood.first_sent_at,
            "everyMs": 1,
            "messageIds": hex(&flood.message_ids),
            "content": content_to_json(&flood.content),
            "at": flood.at,
        });
        if let Some(prefix) = flood.call_ids {
            step["callIds"] = hex(&prefix).into();
        }
        self.step("flood", step, expected);
    }
}

fn pin(handle: Option<(&str, &str)>, display_name: Option<&str>) -> Object<String, Json> {
    let mut pinned = Object::new();
    if let Some((kind, value)) = handle {
        pinned.insert("handle".into(), json!({ "type": kind, "value": value }));
    }
    if let Some(name) = display_name {
        pinned.insert("displayName".into(), name.into());
    }
    pinned
}

fn prekey_id(key: &Prekey) -> String {
    key.id().to_string()
}
