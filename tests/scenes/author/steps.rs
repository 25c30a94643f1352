//! The steps of a scene.

use hushring::{Content, Prekey};
use hushring_test_support::json::content_to_json;
use hushring_test_support::people::{bundle, device};
use hushring_test_support::text::hex;
use serde_json::{Value as Json, json};

use super::Expect::*;
use super::{Expect, Letter, OWN, Scene};

/// Floods are sealed by whoever plays: from the phone, or from the desktop of the own account.
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
        self.accept(letter, now, expect);
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

    /// Expects the ids of these prekeys to be named.
    pub fn prune(&mut self, now: u64, prekeys: &[&Prekey]) {
        let ids: Vec<String> = prekeys.iter().map(|key| prekey_id(key)).collect();
        self.step("prune", json!({ "at": now }), json!({ "prekeys": ids }));
    }

    /// Prunes when all prekeys have ended, and adds them again for what follows.
    pub fn prune_all(&mut self, now: u64) {
        let prekeys = self.prekeys.clone();
        self.prune(now, &prekeys.iter().collect::<Vec<_>>());
        prekeys.iter().for_each(|key| self.add_prekey(key));
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

    /// Saves, and expects this revision.
    pub fn save_revision(&mut self, state: &str, revision: u64) {
        self.step(
            "save",
            json!({ "as": state }),
            json!({ "revision": revision }),
        );
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

    /// Loads a state of at least this revision.
    pub fn load_at_least(&mut self, state: &str, revision: u64) {
        let what = json!({ "state": state, "atLeast": revision });
        self.step("load", what, Json::Null);
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
            Signal => json!({ "action": "signal" }),
            Notify => json!({ "action": "notify" }),
            _ => panic!("no flood leads to this"),
        };
        let name = if flood.from == OWN {
            "desktop"
        } else {
            "phone"
        };
        let sender = device(flood.from, name);
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

fn prekey_id(key: &Prekey) -> String {
    key.id().to_string()
}
