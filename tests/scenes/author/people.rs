//! Steps that concern accounts: trust, blocking, revocation, and what is held.

use hushring_test_support::clock::{NOW, day};
use hushring_test_support::derived::tag;
use hushring_test_support::forge;
use hushring_test_support::people::{account, device};
use hushring_test_support::text::hex;
use serde_json::{Map as Object, Value as Json, json};

use super::{Expect, Letter, Scene};

/// A handle's type and value.
pub type Pin<'a> = Option<(&'a str, &'a str)>;

impl Scene {
    /// Trusts somebody of whom nothing is held, without a name.
    pub fn trust(&mut self, name: &str) {
        self.trust_as(name, None, None);
    }

    /// Pins names that cleaning does not change.
    pub fn trust_as(&mut self, name: &str, handle: Pin, display_name: Option<&str>) {
        self.trust_cleaned(name, (handle, display_name), (handle, display_name));
    }

    /// Pins a handle and a name, of which cleaning leaves others, or none.
    pub fn trust_cleaned(
        &mut self,
        name: &str,
        pinned: (Pin, Option<&str>),
        cleaned: (Pin, Option<&str>),
    ) {
        let key = self.know(name);
        self.pinned.insert(key, pin(cleaned.0, cleaned.1));
        let pinned = pin(pinned.0, pinned.1);
        self.trust_step(name, pinned, NOW.0, json!({ "events": [] }));
    }

    /// Trusts somebody of whom envelopes are held, and expects these events of them.
    pub fn trust_at(&mut self, name: &str, now: u64, events: &[(&Letter, Expect)]) {
        let key = self.know(name);
        self.pinned.insert(key, Object::new());
        for (letter, expect) in events {
            self.accept(letter, now, *expect);
        }
        let events = self.events(events, now);
        self.trust_step(name, Object::new(), now, json!({ "events": events }));
    }

    /// The same with statements of the account.
    pub fn trust_with(
        &mut self,
        name: &str,
        statements: &[Vec<u8>],
        now: u64,
        events: &[(&Letter, Expect)],
    ) {
        let key = self.know(name);
        self.pinned.insert(key, Object::new());
        for (letter, expect) in events {
            self.accept(letter, now, *expect);
        }
        let events = self.events(events, now);
        self.trust_step(
            name,
            revocations(statements),
            now,
            json!({ "events": events }),
        );
    }

    pub fn refuse_trust_with(&mut self, name: &str, statements: &[Vec<u8>], now: u64, code: &str) {
        self.know(name);
        self.trust_step(name, revocations(statements), now, json!({ "error": code }));
    }

    pub fn refuse_trust(
        &mut self,
        name: &str,
        handle: Pin,
        display_name: Option<&str>,
        code: &str,
    ) {
        self.know(name);
        let pinned = pin(handle, display_name);
        self.trust_step(name, pinned, NOW.0, json!({ "error": code }));
    }

    fn trust_step(&mut self, name: &str, pinned: Object<String, Json>, now: u64, expected: Json) {
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

    pub fn block(&mut self, name: &str) {
        let key = self.know(name);
        self.pinned.remove(&key);
        self.step("block", json!({ "account": name }), Json::Null);
        self.is_blocked(name, true);
    }

    pub fn unblock(&mut self, name: &str, now: u64) {
        self.know(name);
        let step = json!({ "account": name, "at": now });
        self.step("unblock", step, Json::Null);
        self.is_blocked(name, false);
    }

    pub fn is_blocked(&mut self, name: &str, is_blocked: bool) {
        self.know(name);
        let expected = json!({ "blocked": is_blocked });
        self.step("isBlocked", json!({ "account": name }), expected);
    }

    /// Blocking the own account changes nothing.
    pub fn block_in_vain(&mut self, name: &str) {
        self.know(name);
        self.step("block", json!({ "account": name }), Json::Null);
        self.is_blocked(name, false);
    }

    /// Revokes the account, with a floor of this many days from the beginning of the scenes.
    pub fn revoke(&mut self, name: &str, floor: i64, now: u64) {
        self.know(name);
        self.revoke_by(&revocation(name, floor), now);
    }

    /// Revokes one device of the account.
    pub fn revoke_device(&mut self, name: &str, device: &str, floor: i64, now: u64) {
        self.know(name);
        self.revoke_by(&device_revocation(name, device, floor), now);
    }

    /// Passes in a statement that is accepted.
    pub fn revoke_by(&mut self, statement: &[u8], now: u64) {
        self.revoke_step(statement, now, Json::Null);
    }

    /// Passes in a statement, and expects its account to be known or not.
    pub fn revoke_known(&mut self, statement: &[u8], now: u64, is_known: bool) {
        self.revoke_step(statement, now, json!({ "known": is_known }));
    }

    pub fn refuse_revocation(&mut self, statement: &[u8], now: u64, code: &str) {
        self.revoke_step(statement, now, json!({ "error": code }));
    }

    fn revoke_step(&mut self, statement: &[u8], now: u64, expected: Json) {
        let step = json!({ "statement": hex(statement), "at": now });
        self.step("revoke", step, expected);
    }

    /// Expects these to be held because their account is not trusted.
    pub fn held(&mut self, letters: &[&Letter]) {
        let held: Vec<_> = letters
            .iter()
            .map(|letter| (*letter, "untrusted"))
            .collect();
        self.held_because(&held);
    }

    /// Expects these to be held, each with the reason for it.
    pub fn held_because(&mut self, letters: &[(&Letter, &str)]) {
        let held: Vec<Json> = letters
            .iter()
            .map(|(letter, reason)| {
                json!({
                    "envelopeTag": tag(&letter.bytes),
                    "account": hex(letter.account.as_bytes()),
                    "device": hex(&letter.device),
                    "messageId": hex(&letter.message_id),
                    "sentAt": letter.sent_at,
                    "reason": reason,
                })
            })
            .collect();
        self.step("held", json!({}), json!({ "held": held }));
    }

    pub fn held_count(&mut self, count: usize) {
        self.step("held", json!({}), json!({ "count": count }));
    }

    /// Expects so many to be held of each account, and their earliest and latest sent_at.
    pub fn held_accounts(&mut self, accounts: &[(&str, usize, u64, u64)]) {
        let accounts: Vec<Json> = accounts
            .iter()
            .map(|(name, count, earliest, latest)| {
                let account = hex(&self.know(name));
                json!({
                    "account": account, "count": count, "earliest": earliest, "latest": latest,
                })
            })
            .collect();
        self.step("heldAccounts", json!({}), json!({ "accounts": accounts }));
    }

    pub fn discard(&mut self, name: &str, count: usize) {
        self.know(name);
        let expected = json!({ "discarded": count });
        self.step("discard", json!({ "account": name }), expected);
    }

    /// Releases what was held for the clock, and expects these events of it.
    pub fn release(&mut self, now: u64, events: &[(&Letter, Expect)]) {
        let events = self.events(events, now);
        self.step("release", json!({ "at": now }), json!({ "events": events }));
    }
}

/// The statement by which an account revokes what was certified before a day.
pub fn revocation(name: &str, floor: i64) -> Vec<u8> {
    forge::revocation(&account(name).export(), None, day(floor).0)
}

/// The statement by which an account revokes what was certified of one device before a day.
pub fn device_revocation(name: &str, device_name: &str, floor: i64) -> Vec<u8> {
    let key = device(name, device_name).public_key().as_bytes().to_owned();
    forge::revocation(&account(name).export(), Some(&key), day(floor).0)
}

fn revocations(statements: &[Vec<u8>]) -> Object<String, Json> {
    let statements: Vec<String> = statements.iter().map(|bytes| hex(bytes)).collect();
    Object::from_iter([("revocations".into(), json!(statements))])
}

fn pin(handle: Pin, display_name: Option<&str>) -> Object<String, Json> {
    let mut pinned = Object::new();
    if let Some((kind, value)) = handle {
        pinned.insert("handle".into(), json!({ "type": kind, "value": value }));
    }
    if let Some(name) = display_name {
        pinned.insert("displayName".into(), name.into());
    }
    pinned
}
