//! Writes scenes. What a step shall lead to is said by whoever writes the scene, from the
//! specification: the action, its reason, the code. What follows from that and from what was sealed
//! (ids, times, the CallKit UUID, names that were pinned) is filled in here, without asking the crate.

use std::collections::BTreeMap;

use hushring::{
    AccountKey, Content, Device, Handle, HandleType, MessageId, Prekey, PrekeyBundle, SealOptions,
    Suite, UnixMillis,
};
use hushring_test_support::clock::{NOW, day};
use hushring_test_support::derived::{call_uuid, check, fingerprint, tag};
use hushring_test_support::forge::Frame;
use hushring_test_support::json::content_to_json;
use hushring_test_support::people::{account, bundle, device, prekey, seed};
use hushring_test_support::random::TestRng;
use hushring_test_support::text::{base64, hex, uuid};
use serde_json::{Map as Object, Value as Json, json};

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
    Missed(&'static str),
    /// The end of the sender's call, or of the call of the `caller` that the content names.
    End(u8),
    /// The end of a call that this account placed.
    EndOfPlaced(u8),
    Signal,
    SignalOfPlaced,
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
    device: [u8; 32],
    message_id: [u8; 16],
    sent_at: u64,
    content: Content,
    /// The claims of an invitation where they are not what the content says.
    pub claimed: Option<Json>,
    /// The group where it is not what the content says.
    pub group: Option<String>,
    bytes: Vec<u8>,
}

/// Who seals, from which device, when, and how.
pub struct Writer {
    device: Device,
    sent_at: u64,
    message_id: Option<[u8; 16]>,
    suite: Suite,
    prekey: usize,
}

/// The only device of an account, or the one that it uses most, at the beginning of the scenes.
pub fn by(owner: &str) -> Writer {
    by_device(device(owner, "phone"))
}

pub fn by_device(device: Device) -> Writer {
    Writer {
        device,
        sent_at: NOW.0,
        message_id: None,
        suite: Suite::X25519,
        prekey: 0,
    }
}

impl Writer {
    pub fn at(self, sent_at: u64) -> Writer {
        Writer { sent_at, ..self }
    }

    pub fn id(self, byte: u8) -> Writer {
        Writer {
            message_id: Some([byte; 16]),
            ..self
        }
    }

    pub fn suite(self, suite: Suite) -> Writer {
        Writer { suite, ..self }
    }
}

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

pub struct Scene {
    pub name: String,
    pub rules: Vec<String>,
    comment: String,
    receiver: Device,
    prekeys: Vec<Prekey>,
    accounts: Object<String, Json>,
    letters: Object<String, Json>,
    pinned: BTreeMap<[u8; 32], Object<String, Json>>,
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

    // Sealing

    pub fn seal(&mut self, name: &str, writer: Writer, content: Content) -> Letter {
        let message_id = writer.message_id.unwrap_or_else(|| self.random(name));
        let options = SealOptions {
            now: UnixMillis(writer.sent_at),
            message_id: Some(MessageId::from_bytes(message_id)),
        };
        let (bundle, mut rng) = (self.bundle(&writer), self.rng(name));
        let sealed = writer
            .device
            .seal_with_rng(&bundle, &content, options, &mut rng);
        let bytes = sealed.unwrap().as_bytes().to_vec();
        self.post(name, &writer, message_id, content, bytes)
    }

    /// An envelope from forge.rs: `change` breaks what the scene is about. `content` is what the
    /// envelope says, where it can be read.
    pub fn forge(
        &mut self,
        name: &str,
        writer: Writer,
        content: Content,
        stream: Vec<u8>,
        change: impl FnOnce(&mut Frame),
    ) -> Letter {
        let message_id = writer.message_id.unwrap_or_else(|| self.random(name));
        let mut frame = Frame::of(&writer.device, message_id, writer.sent_at, stream);
        change(&mut frame);
        let bytes = frame.seal(&self.bundle(&writer), self.rng(name));
        self.post(name, &writer, message_id, content, bytes)
    }

    /// An envelope whose bytes were changed on the way.
    pub fn spoil(
        &mut self,
        name: &str,
        letter: &Letter,
        change: impl FnOnce(&mut Vec<u8>),
    ) -> Letter {
        let mut spoiled = letter.clone();
        spoiled.name = name.into();
        change(&mut spoiled.bytes);
        self.letters
            .insert(name.into(), base64(&spoiled.bytes).into());
        spoiled
    }

    /// An envelope to another device than the one that receives here.
    pub fn seal_to(&mut self, name: &str, to: &PrekeyBundle, content: Content) -> Letter {
        let writer = by("alice");
        let message_id = self.random(name);
        let options = SealOptions {
            now: UnixMillis(writer.sent_at),
            message_id: Some(MessageId::from_bytes(message_id)),
        };
        let sealed = writer
            .device
            .seal_with_rng(to, &content, options, &mut self.rng(name));
        let bytes = sealed.unwrap().as_bytes().to_vec();
        self.post(name, &writer, message_id, content, bytes)
    }

    fn post(
        &mut self,
        name: &str,
        writer: &Writer,
        message_id: [u8; 16],
        content: Content,
        bytes: Vec<u8>,
    ) -> Letter {
        let old = self.letters.insert(name.into(), base64(&bytes).into());
        assert!(old.is_none(), "{}: two letters {name}", self.name);
        Letter {
            name: name.into(),
            account: *writer.device.account(),
            device: *writer.device.public_key().as_bytes(),
            message_id,
            sent_at: writer.sent_at,
            content,
            claimed: None,
            group: None,
            bytes,
        }
    }

    fn bundle(&self, writer: &Writer) -> PrekeyBundle {
        let mut keys = self.prekeys.iter();
        let key = keys.find(|key| key.suite() == writer.suite).unwrap();
        assert_eq!(writer.prekey, 0);
        bundle(&self.receiver, key)
    }

    fn random(&self, name: &str) -> [u8; 16] {
        seed(&format!("message id of {name} in {}", self.name))[..16]
            .try_into()
            .unwrap()
    }

    fn rng(&self, name: &str) -> TestRng {
        let seed = seed(&format!("encapsulation of {name} in {}", self.name));
        TestRng::new(u64::from(u32::from_be_bytes(seed[..4].try_into().unwrap())))
    }

    // Steps

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

    pub fn revoke(&mut self, name: &str, floor: i64, now: u64) {
        let statement = revocation(name, floor);
        self.know(name);
        self.revoke_step(&statement, now, Json::Null);
    }

    pub fn refuse_revocation(&mut self, statement: &[u8], now: u64, code: &str) {
        self.revoke_step(statement, now, json!({ "error": code }));
    }

    fn revoke_step(&mut self, statement: &[u8], now: u64, expected: Json) {
        self.step(
            "revoke",
            json!({ "statement": hex(statement), "at": now }),
            expected,
        );
    }

    pub fn placed(&mut self, call_id: [u8; 16], accounts: &[&str], now: u64) {
        self.placed_step(call_id, accounts, now, Json::Null);
    }

    pub fn refuse_placed(&mut self, call_id: [u8; 16], accounts: &[&str], code: &str) {
        self.placed_step(call_id, accounts, NOW.0, json!({ "error": code }));
    }

    fn placed_step(&mut self, call_id: [u8; 16], accounts: &[&str], now: u64, expected: Json) {
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

    fn step(&mut self, verb: &str, what: Json, expected: Json) {
        let mut step = Object::new();
        if let Some(note) = self.note.take() {
            step.insert("comment".into(), note.into());
        }
        step.insert(verb.into(), what);
        if !expected.is_null() {
            step.insert("expect".into(), expected);
        }
        self.steps.push(Json::Object(step));
    }

    // What follows from the expectation

    fn outcome(&self, letter: &Letter, now: u64, expect: Expect) -> Json {
        let (code, check) = match expect {
            Duplicate => {
                let event = self.event(letter, now, Drop("duplicate"));
                return json!({ "event": event, "stoppedAt": "replay" });
            }
            Refused(code) => (code, check(code)),
            // Found out behind all other checks, and still a question of trust.
            RefusedOwn => ("untrusted", "trust"),
            _ => return json!({ "event": self.event(letter, now, expect) }),
        };
        let mut outcome = json!({ "error": code, "stoppedAt": check });
        if ["clock", "too_old"].contains(&code) {
            let age = i128::from(now) - i128::from(letter.sent_at);
            outcome["age"] = i64::try_from(age).unwrap().into();
        }
        if code == "untrusted" {
            outcome["account"] = hex(letter.account.as_bytes()).into();
        }
        outcome
    }

    fn events(&self, events: &[(&Letter, Expect)], now: u64) -> Vec<Json> {
        let events = events.iter();
        events
            .map(|(letter, expect)| self.event(letter, now, *expect))
            .collect()
    }

    fn event(&self, letter: &Letter, now: u64, expect: Expect) -> Json {
        let sender = letter.account.as_bytes();
        let pinned = self.pinned.get(sender).cloned().unwrap_or_default();
        let mut from = Object::new();
        from.insert("account".into(), hex(sender).into());
        from.insert("device".into(), hex(&letter.device).into());
        from.extend(pinned.clone());
        let mut event = json!({
            "action": action(expect),
            "envelopeTag": tag(&letter.bytes),
            "sender": from,
            "messageId": hex(&letter.message_id),
            "sentAt": letter.sent_at,
        });
        let caller = match expect {
            EndOfPlaced(_) | SignalOfPlaced => *self.receiver.account().as_bytes(),
            _ => match &letter.content {
                Content::End(end) => end.caller.unwrap_or(*sender),
                _ => *sender,
            },
        };
        if matches!(action(expect), "ring" | "missed" | "end" | "signal") {
            let call_id = letter.content.call_id().unwrap();
            event["callUUID"] = call_uuid(&caller, call_id.as_bytes()).into();
        }
        match (expect, &letter.content) {
            (Ring, Content::Invite(invite)) => {
                let rings = u64::from(invite.lifetime.unwrap_or(60)) * 1000 + 30_000;
                let mut kit = json!({
                    "hushring": 1,
                    "callUUID": event["callUUID"],
                    "callId": uuid(invite.call_id.as_bytes()),
                    "account": hex(sender),
                    "device": hex(&letter.device),
                    "messageId": hex(&letter.message_id),
                    "handleType": "generic",
                    "handle": fingerprint(sender),
                    "hasVideo": invite.has_video,
                    "expiresAt": letter.sent_at + rings,
                });
                if let Some(handle) = pinned.get("handle") {
                    kit["handleType"] = handle["type"].clone();
                    kit["handle"] = handle["value"].clone();
                }
                if let Some(name) = pinned.get("displayName") {
                    kit["callerName"] = name.clone();
                }
                if let Some(group) = letter.group.as_ref().or(invite.group_id.as_ref()) {
                    kit["groupId"] = group.as_str().into();
                }
                event["callKit"] = kit;
                event["claimed"] = claims(letter);
                event["expiresAt"] = (letter.sent_at + rings).into();
            }
            (Missed(reason), _) => {
                event["reason"] = reason.into();
                let age = i128::from(now) - i128::from(letter.sent_at);
                event["age"] = u64::try_from(age.max(0)).unwrap().into();
                event["claimed"] = claims(letter);
            }
            (End(reason) | EndOfPlaced(reason), _) => event["endedReason"] = reason.into(),
            (Drop(reason), _) => event["reason"] = reason.into(),
            (Notify | NotifyUnknown, _) => {
                event["known"] = matches!(expect, Notify).into();
            }
            (Signal | SignalOfPlaced, _) => {}
            _ => panic!("{}: {} cannot lead to this", self.name, letter.name),
        }
        if action(expect) != "drop" {
            event["content"] = content_to_json(&letter.content);
        }
        event
    }

    /// Writes down an account's key, and returns it.
    fn know(&mut self, name: &str) -> [u8; 32] {
        let key = *account(name).public_key().as_bytes();
        self.accounts.insert(name.into(), hex(&key).into());
        key
    }

    fn name_of(&self, key: &AccountKey) -> String {
        let key = hex(key.as_bytes());
        let mut accounts = self.accounts.iter();
        let known = accounts.find(|(_, other)| **other == key);
        known.map(|(name, _)| name.clone()).unwrap()
    }
}

/// A revocation with a floor of this many days from the beginning of the scenes.
pub fn revocation(name: &str, floor: i64) -> Vec<u8> {
    let floor = day(floor);
    let revoked = account(name).revoke(floor, UnixMillis(floor.0 * 1000));
    revoked.unwrap().to_bytes()
}

pub fn handle(kind: HandleType, value: &str) -> Handle {
    Handle {
        kind,
        value: value.into(),
        extra: hushring::Map::new(),
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

const fn action(expect: Expect) -> &'static str {
    match expect {
        Ring => "ring",
        Missed(_) => "missed",
        End(_) | EndOfPlaced(_) => "end",
        Signal | SignalOfPlaced => "signal",
        Notify | NotifyUnknown => "notify",
        Drop(_) | Duplicate => "drop",
        Refused(_) | RefusedOwn => panic!(),
    }
}

/// What the sender calls itself.
fn claims(letter: &Letter) -> Json {
    let (Content::Invite(invite), None) = (&letter.content, &letter.claimed) else {
        return letter.claimed.clone().unwrap();
    };
    let mut claims = json!({});
    if let Some(handle) = &invite.handle {
        claims["handle"] = json!({ "type": handle.kind.as_str(), "value": handle.value });
    }
    if let Some(name) = &invite.caller_name {
        claims["callerName"] = name.as_str().into();
    }
    claims
}

fn prekey_id(key: &Prekey) -> String {
    key.id().to_string()
}
