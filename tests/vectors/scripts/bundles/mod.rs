//! Bundles, one by one and in lists, and publishing (spec/envelope.md, section 9).

mod choosing;
mod conflicts;
mod lists;
mod packed;
mod publishing;
mod refused;
mod revoked;
mod room;
mod single;

use hushring::Suite;
use hushring_test_support::clock::{NOW, day};
use hushring_test_support::forge::hpke_key;
use hushring_test_support::people::{self, device, prekey};
use hushring_test_support::text::hex;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::author::*;

/// The fields of a bundle, all of which a vector may change. It is signed as it then is.
struct Bundle {
    version: u8,
    account: Key,
    device: Key,
    certificate: Vec<u8>,
    offers: u8,
    suite: u8,
    issued_at: u64,
    expires_at: u64,
    public_key: Vec<u8>,
    /// Behind everything.
    more: Vec<u8>,
}

fn public_key(suite: Suite, name: &str) -> Vec<u8> {
    let key = prekey(suite, name, day(60));
    let published = people::bundle(&device("bob", "phone"), &key).to_bytes();
    hpke_key(&published).to_vec()
}

impl Bundle {
    fn new(suite: Suite) -> Bundle {
        let (account, device) = (Key::account("bob"), Key::device("bob", "phone"));
        Bundle {
            version: 1,
            account,
            device,
            certificate: account.certifies(&device.public, seconds(-100), seconds(200)),
            offers: 3,
            suite: suite.byte(),
            issued_at: seconds(0),
            expires_at: seconds(60),
            public_key: public_key(suite, "weekly"),
            more: Vec::new(),
        }
    }

    fn certified(&mut self, from: u64, until: u64) {
        self.certificate = self.account.certifies(&self.device.public, from, until);
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![self.version];
        bytes.extend(&self.certificate);
        bytes.extend([self.offers, self.suite]);
        bytes.extend(self.issued_at.to_be_bytes());
        bytes.extend(self.expires_at.to_be_bytes());
        bytes.extend(&self.public_key);
        let signature = self.device.signs("hushring/1 prekey", &bytes);
        bytes.extend(signature);
        bytes.extend(&self.more);
        bytes
    }

    /// What a reader that has accepted this bundle knows of the device's last publication.
    fn last_published(&self) -> Json {
        last_published(&[self])
    }

    fn accepted(&self) -> Json {
        let names = ["x25519", "xwing"];
        let offers: Vec<&str> = (0..2)
            .filter(|bit| self.offers >> bit & 1 == 1)
            .map(|bit| names[bit])
            .collect();
        json!({
            "device": hex(&self.device.public),
            "suite": names[usize::from(self.suite) - 1],
            "offers": offers,
            "prekeyId": hex(&Sha256::digest(&self.public_key)[..8]),
            "issuedAt": number(self.issued_at),
            "expiresAt": number(self.expires_at),
        })
    }
}

/// The same after all of these bundles of one publication.
fn last_published(bundles: &[&Bundle]) -> Json {
    let first = bundles[0];
    let mut hashes: Vec<(u8, Json)> = bundles
        .iter()
        .map(|bundle| {
            let suite = ["x25519", "xwing"][usize::from(bundle.suite) - 1];
            let hash = hex(&Sha256::digest(bundle.bytes()));
            (bundle.suite, json!({ "suite": suite, "hash": hash }))
        })
        .collect();
    hashes.sort_by_key(|(suite, _)| *suite);
    let hashes: Vec<Json> = hashes.into_iter().map(|(_, hash)| hash).collect();
    json!({
        "device": hex(&first.device.public),
        "issuedAt": first.issued_at,
        "offers": first.offers,
        "bundles": hashes,
    })
}

pub fn vectors() -> Vec<Vector> {
    let mut all = Vec::new();
    for suite in Suite::ALL {
        single::sound(&mut all, suite);
        refused::vectors(&mut all, suite);
    }
    single::with_state(&mut all);
    lists::vectors(&mut all);
    choosing::vectors(&mut all);
    conflicts::vectors(&mut all);
    publishing::vectors(&mut all);
    revoked::vectors(&mut all);
    packed::vectors(&mut all);
    room::vectors(&mut all);
    all
}

fn verify(
    name: &str,
    rules: &str,
    comment: &str,
    bytes: &[u8],
    more: Json,
    expect: Json,
) -> Vector {
    let inputs = json!({
        "bundle": hex(bytes),
        "account": hex(&Key::account("bob").public),
        "now": NOW.0,
    });
    let inputs = with(inputs, &more);
    vector(("bundles", "bundle"), name, rules, comment, inputs, expect)
}

/// The same for a bundle as it was made, for the account that it names.
fn verify_made(
    suite: Suite,
    name: &str,
    rules: &str,
    comment: &str,
    bundle: &Bundle,
    expect: Json,
) -> Vector {
    let name = format!("{suite}-{name}");
    let account = json!({ "account": hex(&bundle.account.public) });
    verify(&name, rules, comment, &bundle.bytes(), account, expect)
}
