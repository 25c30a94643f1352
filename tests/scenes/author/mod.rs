//! Writes scenes. What a step shall lead to is said by whoever writes the scene, from the
//! specification: the action, its reason, the code. What follows from that and from what was sealed
//! (ids, times, the CallKit UUID, names that were pinned) is filled in here, without asking the
//! crate.

mod calls;
mod expected;
mod people;
mod published;
mod sealing;
mod steps;

use std::collections::BTreeMap;

use hushring::content::{Handle, HandleType};
use hushring::{AccountKey, Content, Device, Prekey, Suite};
use hushring_test_support::clock::{NOW, day};
use hushring_test_support::people::{account, device, prekey};
use hushring_test_support::text::hex;
use serde_json::{Map as Object, Value as Json, json};

pub use people::*;
pub use sealing::*;
pub use steps::*;

/// The account whose phone receives in every scene.
pub const OWN: &str = "bob";

/// Milliseconds since 1970, this many seconds after the beginning of the scenes.
pub const fn at(seconds: u64) -> u64 {
    NOW.0 + seconds * 1000
}

/// The same, before.
pub const fn before(seconds: u64) -> u64 {
    NOW.0 - seconds * 1000
}

pub const DAYS: u64 = 24 * 60 * 60;

/// What a step shall lead to.
#[derive(Clone, Copy)]
pub enum Expect {
    Ring,
    /// A ring that crosses the own call with this callId.
    Crossed(u8),
    Missed(&'static str),
    /// The end of the sender's call, or of the call of the `caller` that the content names.
    End(u8),
    /// The end of a leg of a call that this account placed, and how many legs remain.
    EndOfPlaced(u8, u16),
    Signal,
    SignalOfPlaced,
    /// A signal in a joined call of this caller.
    SignalIn(&'static str),
    /// An answer of a second device, and the device that was taken.
    Second([u8; 32]),
    Notify,
    NotifyUnknown,
    Drop(&'static str),
    /// `drop`, because it was received before: no check behind that is reached.
    Duplicate,
    Refused(&'static str),
    /// What the own account may not say: only its content tells.
    RefusedOwn,
}

pub use Expect::*;

/// A sealed envelope, and what was sealed.
#[derive(Clone)]
pub struct Letter {
    pub name: String,
    account: AccountKey,
    /// The device key of the sender.
    pub device: [u8; 32],
    message_id: [u8; 16],
    pub sent_at: u64,
    content: Content,
    /// The claims of an invitation where they are not what the content says.
    pub claimed: Option<Json>,
    bytes: Vec<u8>,
}

pub struct Scene {
    pub name: String,
    pub rules: Vec<String>,
    comment: String,
    receiver: Device,
    prekeys: Vec<Prekey>,
    accounts: Object<String, Json>,
    letters: Object<String, Json>,
    /// By account, what is pinned for it after cleaning.
    pinned: BTreeMap<[u8; 32], Object<String, Json>>,
    /// By envelope tag, when it was accepted last.
    accepted: BTreeMap<String, u64>,
    /// The time of the newest step that has one.
    now: u64,
    steps: Vec<Json>,
    note: Option<String>,
}

impl Scene {
    /// A scene in which Bob's phone receives, with a prekey of each suite. `rules` are those of the
    /// specification that it shows.
    pub fn new(name: &str, rules: &str, comment: &str) -> Scene {
        let keys = Suite::ALL.map(|suite| prekey(suite, "weekly", day(60)));
        Scene::with_prekeys(name, rules, comment, keys.to_vec())
    }

    pub fn with_prekeys(name: &str, rules: &str, comment: &str, prekeys: Vec<Prekey>) -> Scene {
        let mut scene = Scene {
            name: name.into(),
            rules: rules.split(' ').map(Into::into).collect(),
            comment: comment.split_whitespace().collect::<Vec<_>>().join(" "),
            receiver: device(OWN, "phone"),
            prekeys,
            accounts: Object::new(),
            letters: Object::new(),
            pinned: BTreeMap::new(),
            accepted: BTreeMap::new(),
            now: NOW.0,
            steps: Vec::new(),
            note: None,
        };
        scene.know(OWN);
        scene
    }

    pub fn to_json(&self) -> Json {
        let keys = self.prekeys.iter();
        let keys: Json = keys.map(|key| hex(&*key.export())).collect();
        json!({
            "name": self.name,
            "comment": self.comment,
            "rules": self.rules,
            "receiver": {
                "comment": "Test keys. They are public: never use them.",
                "device": hex(&*self.receiver.export()),
                "prekeys": keys,
            },
            "now": NOW.0,
            "accounts": self.accounts,
            "envelopes": self.letters,
            "steps": self.steps,
        })
    }

    /// Says why of the next step.
    pub fn note(&mut self, text: &str) {
        self.note = Some(text.split_whitespace().collect::<Vec<_>>().join(" "));
    }

    fn step(&mut self, verb: &str, what: Json, expected: Json) {
        let mut step = Object::new();
        if let Some(note) = self.note.take() {
            step.insert("comment".into(), note.into());
        }
        self.now = what["at"].as_u64().unwrap_or(self.now);
        step.insert(verb.into(), what);
        if !expected.is_null() {
            step.insert("expect".into(), expected);
        }
        self.steps.push(Json::Object(step));
    }

    /// Writes down an account's key, and returns it.
    fn know(&mut self, name: &str) -> [u8; 32] {
        let key = *account(name).public_key().as_bytes();
        self.accounts.insert(name.into(), hex(&key).into());
        key
    }

    fn know_all(&mut self, names: &[&str]) {
        for name in names {
            self.know(name);
        }
    }

    fn name_of(&self, key: &AccountKey) -> String {
        let key = hex(key.as_bytes());
        let mut accounts = self.accounts.iter();
        let known = accounts.find(|(_, other)| **other == key);
        known.map(|(name, _)| name.clone()).unwrap()
    }
}

pub fn handle(kind: HandleType, value: &str) -> Handle {
    Handle {
        kind,
        value: value.into(),
        extra: hushring::content::Map::new(),
    }
}
