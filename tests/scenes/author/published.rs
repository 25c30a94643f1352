//! What the inbox publishes (spec/inbox.md, N8), made here without asking the crate.

use hushring::{Prekey, UnixSeconds};
use hushring_test_support::forge::{public_key, seed_of, sign, to_be_signed};
use hushring_test_support::text::hex;
use serde_json::{Value as Json, json};

use super::Scene;

impl Scene {
    /// Publishes prekeys, and expects bundles of this moment.
    pub fn publish(&mut self, keys: &[&Prekey], now: u64, issued_at: UnixSeconds) {
        let bundles: Vec<String> = keys
            .iter()
            .map(|key| hex(&self.published(key, keys, issued_at)))
            .collect();
        self.publish_step(keys, now, json!({ "bundles": bundles }));
    }

    pub fn refuse_publication(&mut self, keys: &[&Prekey], now: u64, code: &str) {
        self.publish_step(keys, now, json!({ "error": code }));
    }

    fn publish_step(&mut self, keys: &[&Prekey], now: u64, expected: Json) {
        let keys: Vec<String> = keys.iter().map(|key| hex(&*key.export())).collect();
        self.step("publish", json!({ "prekeys": keys, "at": now }), expected);
    }

    /// Section 9 of spec/envelope.md.
    fn published(&self, key: &Prekey, all: &[&Prekey], issued_at: UnixSeconds) -> Vec<u8> {
        let certificate = self.receiver.certificate();
        let expires_at = key.expires_at().min(certificate.expires_at());
        let mut bytes = vec![1];
        bytes.extend(certificate.to_bytes());
        bytes.push(all.iter().map(|key| key.suite().byte()).sum());
        bytes.push(key.suite().byte());
        bytes.extend(issued_at.0.to_be_bytes());
        bytes.extend(expires_at.0.to_be_bytes());
        bytes.extend(public_key(key));
        let message = to_be_signed("hushring/1 prekey", &bytes);
        let own = *self.receiver.public_key().as_bytes();
        bytes.extend(sign(&seed_of(&self.receiver), &own, &message));
        bytes
    }
}
