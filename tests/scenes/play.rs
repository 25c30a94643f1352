//! Plays a scene with the crate's inbox, as vectors/README.md says.

use hushring_test_support::clock::with;
use std::collections::BTreeMap;
use std::str::FromStr;

use hushring::content::{Handle, HandleType};
use hushring::error::{InboxError, KeyError};
use hushring::inbox::{Check, Contact, Event, Outcome};
use hushring::{
    AccountKey, BundleCheck, CallId, Device, Inbox, MessageId, Prekey, PrekeyBundle, Revocation,
    SealOptions, UnixMillis,
};
use hushring_test_support::json::content_from_json;
use hushring_test_support::text::{hex, unbase64, unhex};
use serde_json::{Value as Json, json};

use crate::shown::{error_to_json, event_to_json};

/// Steps that change nothing.
const READING: [&str; 6] = [
    "explain",
    "heldAccounts",
    "held",
    "isBlocked",
    "pending",
    "save",
];

/// What a step returns that is compared only where a scene says what it expects.
fn asked(expected: &Json, found: Json) -> Json {
    let is_refused = found.get("error").is_some();
    match is_refused || *expected != json!({}) {
        true => found,
        false => json!({}),
    }
}

/// What went wrong, and in which step.
pub fn play(scene: &Json) -> Result<(), String> {
    let mut player = Player::new(scene);
    for (number, step) in array(&scene["steps"]).iter().enumerate() {
        player
            .step(step)
            .map_err(|failure| format!("step {number}, {}: {failure}", short(step)))?;
    }
    Ok(())
}

struct Player<'a> {
    scene: &'a Json,
    inbox: Inbox,
    device: Device,
    states: BTreeMap<String, Vec<u8>>,
    counts_revisions: bool,
}

impl<'a> Player<'a> {
    fn new(scene: &'a Json) -> Player<'a> {
        let receiver = &scene["receiver"];
        let device = Device::import(&bytes(&receiver["device"])).unwrap();
        let mut inbox = Inbox::new(device.certificate());
        for prekey in array(&receiver["prekeys"]) {
            let prekey = Prekey::import(&bytes(prekey)).unwrap();
            inbox.add_prekey(prekey).unwrap();
        }
        Player {
            scene,
            inbox,
            device,
            states: BTreeMap::new(),
            counts_revisions: array(&scene["rules"]).contains(&json!("N35")),
        }
    }

    fn step(&mut self, step: &Json) -> Result<(), String> {
        // Where revisions are expected, only the scene saves.
        let before = (!self.counts_revisions).then(|| self.inbox.save());
        let expected = step.get("expect").cloned().unwrap_or(json!({}));
        let (verb, what) = verb(step);
        if let Some(text) = what.get("callId")
            && let Err(error) = CallId::from_str(self::text(text))
        {
            return same(&expected, &json!({ "error": error.code().as_str() }));
        }
        let found = match verb {
            "receive" => self.receive(what)?,
            "explain" => self.explain(what, &expected)?,
            "trust" => self.trust(what),
            "untrust" => {
                self.inbox.untrust(&self.account(&what["account"]));
                json!({})
            }
            "block" => {
                let account = self.account(&what["account"]);
                outcome(self.inbox.block(&account), |()| json!({}))
            }
            "unblock" => {
                let account = self.account(&what["account"]);
                self.inbox.unblock(&account, time(&what["at"]));
                json!({})
            }
            "isBlocked" => {
                let account = self.account(&what["account"]);
                json!({ "blocked": self.inbox.is_blocked(&account) })
            }
            "discard" => {
                let account = self.account(&what["account"]);
                json!({ "discarded": self.inbox.discard(&account) })
            }
            "release" => events(&self.inbox.release(time(&what["at"]))),
            "revoke" => asked(&expected, self.revoke(what)),
            "placeCall" => self.place_call(what),
            "answered" => {
                let caller = self.account(&what["account"]);
                let ring = self
                    .inbox
                    .answered(&caller, call_id(what), time(&what["at"]));
                outcome(ring, |ring| json!({ "ring": ring.0 }))
            }
            "left" => self.leave(what),
            "joined" => self.join(what),
            "publish" => self.publish(what),
            "acknowledge" => {
                let account = self.account(&what["account"]);
                let id = MessageId::from_bytes(bytes(&what["messageId"]).try_into().unwrap());
                json!({ "wasPending": self.inbox.acknowledge_id(&account, id) })
            }
            "pending" => {
                let events: Vec<Event> = self.inbox.pending(time(&what["at"])).collect();
                list("events", events.iter().map(event_to_json), &expected)
            }
            "held" => list("held", held(&self.inbox), &expected),
            "heldAccounts" => held_accounts(&self.inbox),
            "prune" => {
                let deleted = self.inbox.prune(time(&what["at"]));
                let ids: Vec<String> = deleted.iter().map(ToString::to_string).collect();
                json!({ "prekeys": ids })
            }
            "addPrekey" => {
                let prekey = Prekey::import(&bytes(&what["prekey"])).unwrap();
                outcome(self.inbox.add_prekey(prekey), |()| json!({}))
            }
            "save" => {
                let state = self.inbox.save().to_vec();
                self.states.insert(text(&what["as"]).into(), state);
                asked(&expected, json!({ "revision": self.inbox.revision() }))
            }
            "load" => self.load(what, &expected)?,
            "flood" => return self.flood(what, &expected),
            _ => return Err("no such step".into()),
        };
        same(&expected, &found)?;
        let has_changed = before.is_some_and(|before| *before != *self.inbox.save());
        let is_held = expected["error"] == "untrusted" || expected["error"] == "clock";
        let may_not_change = (expected.get("error").is_some() && !(verb == "receive" && is_held))
            || expected["stoppedAt"] == "replay"
            || READING.contains(&verb);
        if may_not_change && has_changed {
            return Err("the saved state has changed".into());
        }
        Ok(())
    }

    fn receive(&mut self, what: &Json) -> Result<Json, String> {
        let (envelope, now) = (self.envelope(what), time(&what["at"]));
        let explanation = self.inbox.explain(&envelope, now);
        let received = self.inbox.receive(&envelope, now);
        let mut found = match &received {
            Ok(event) => json!({ "event": event_to_json(event) }),
            Err(error) => error_to_json(error),
        };
        // The explanation agrees with what has happened.
        let outcome = match &received {
            Ok(event) => Ok((event.action.kind(), event.action.reason())),
            Err(error) => Err(error.code()),
        };
        if explanation.result() != outcome {
            return Err(format!("explained as {:?}", explanation.result()));
        }
        if let Some(check) = explanation.stopped_at() {
            found["stoppedAt"] = check.as_str().into();
        }
        let mut reached = true;
        for (check, outcome) in explanation.checks() {
            let is_last = explanation.stopped_at() == Some(check);
            let expected = match (reached, is_last) {
                (true, true) => Outcome::Stopped,
                (true, false) => Outcome::Passed,
                (false, _) => Outcome::NotReached,
            };
            reached = reached && !is_last;
            if outcome != expected {
                return Err(format!("{} is explained as {outcome:?}", check.as_str()));
            }
        }
        // Who sent it is said from the signature on.
        let is_signed = explanation
            .stopped_at()
            .is_none_or(|check| check > Check::Signature);
        if explanation.sender().is_some() != is_signed {
            return Err("the explanation names a sender too early, or not at all".into());
        }
        if let Ok(event) = &received {
            let named = (
                explanation.envelope_tag(),
                explanation.sender(),
                explanation.message_id(),
                explanation.sent_at(),
            );
            let sender = (event.sender.account, event.sender.device);
            let received = (
                Some(event.envelope_tag.as_str()),
                Some(sender),
                Some(event.message_id),
                Some(event.sent_at),
            );
            if named != received {
                return Err("the explanation names another sender, id or time".into());
            }
        }
        Ok(found)
    }

    /// The action and its reason, or the code, and where it stops: less than receiving says.
    fn explain(&self, what: &Json, expected: &Json) -> Result<Json, String> {
        let explanation = self.inbox.explain(&self.envelope(what), time(&what["at"]));
        let found = match explanation.result() {
            Ok((action, reason)) => json!([action.as_str(), reason]),
            Err(code) => json!(code.as_str()),
        };
        let wanted = match expected.get("event") {
            Some(event) => json!([event["action"], event["reason"]]),
            None => expected["error"].clone(),
        };
        same(&wanted, &found)?;
        let stopped_at = explanation.stopped_at().map(Check::as_str);
        same(&expected["stoppedAt"], &json!(stopped_at))?;
        Ok(expected.clone())
    }

    fn trust(&mut self, what: &Json) -> Json {
        let handle = what.get("handle").map(|handle| Handle {
            kind: HandleType::from_str(text(&handle["type"])).unwrap(),
            value: text(&handle["value"]).into(),
            extra: hushring::content::Map::new(),
        });
        let contact = with(Contact::default(), |it| {
            it.handle = handle;
            it.display_name = what["displayName"].as_str().map(Into::into);
        });
        let account = self.account(&what["account"]);
        let now = time(&what["at"]);
        let statements = what["revocations"].as_array().into_iter().flatten();
        let revocations: Result<Vec<Revocation>, KeyError> = statements
            .map(|statement| Revocation::verify(&bytes(statement), &account, now))
            .collect();
        let trusted = revocations
            .map_err(InboxError::from)
            .and_then(|revocations| self.inbox.trust_with(account, contact, &revocations, now));
        outcome(trusted, |released| events(&released))
    }

    fn revoke(&mut self, what: &Json) -> Json {
        let statement = bytes(&what["statement"]);
        match Revocation::from_bytes(&statement, time(&what["at"])) {
            Ok(revocation) => {
                let revoked = self.inbox.revoke(&revocation);
                outcome(revoked, |known| json!({ "known": known }))
            }
            Err(error) => json!({ "error": error.code().as_str() }),
        }
    }

    fn place_call(&mut self, what: &Json) -> Json {
        let accounts = self.accounts(what);
        let now = time(&what["at"]);
        let placed = self.inbox.place_call(call_id(what), &accounts, now);
        outcome(placed, |sent_at| json!({ "sentAt": sent_at.0 }))
    }

    fn leave(&mut self, what: &Json) -> Json {
        if what.get("accounts").is_some() {
            let accounts = self.accounts(what);
            self.inbox.left_accounts(call_id(what), &accounts);
        } else {
            let caller = self.account(&what["account"]);
            self.inbox.left(&caller, call_id(what));
        }
        json!({})
    }

    fn join(&mut self, what: &Json) -> Json {
        let (caller, accounts) = (self.account(&what["account"]), self.accounts(what));
        let now = time(&what["at"]);
        let joined = self.inbox.joined(&caller, call_id(what), &accounts, now);
        outcome(joined, |kept| events(&kept))
    }

    fn publish(&mut self, what: &Json) -> Json {
        let keys = array(&what["prekeys"]).iter();
        let keys: Vec<Prekey> = keys
            .map(|key| Prekey::import(&bytes(key)).unwrap())
            .collect();
        let keys: Vec<&Prekey> = keys.iter().collect();
        let published = self.inbox.publish(&self.device, &keys, time(&what["at"]));
        outcome(published, |bundles| {
            let bundles = bundles.iter().map(|bundle| hex(&bundle.to_bytes()));
            json!({ "bundles": bundles.collect::<Vec<_>>() })
        })
    }

    /// Loads a state as it is, or with one of the changes of vectors/README.md.
    fn load(&mut self, what: &Json, expected: &Json) -> Result<Json, String> {
        let mut state = self.states[text(&what["state"])].clone();
        let device = what.get("device").map(bytes);
        let device = device.map(|export| Device::import(&export).unwrap());
        let device = device.as_ref().unwrap_or(&self.device);
        if let Some(from) = what["flipFrom"].as_u64() {
            let every = what["flipEvery"].as_u64().unwrap();
            let bits = u64::try_from(state.len() * 8).unwrap();
            for bit in (from..bits).step_by(every.try_into().unwrap()) {
                let (place, mask) = (usize::try_from(bit / 8).unwrap(), 1 << (bit % 8));
                state[place] ^= mask;
                let found = match Inbox::load(device.certificate(), &state) {
                    Ok(_) => json!({}),
                    Err(error) => json!({ "error": error.code().as_str() }),
                };
                same(expected, &found).map_err(|failure| format!("bit {bit}: {failure}"))?;
                state[place] ^= mask;
            }
            return Ok(expected.clone());
        }
        if let Some(length) = what["length"].as_u64() {
            state.truncate(length.try_into().unwrap());
        }
        if let Some(cut) = what["cut"].as_u64() {
            state.truncate(state.len() - usize::try_from(cut).unwrap());
        }
        if let Some(more) = what.get("append") {
            state.extend(bytes(more));
        }
        if let Some(version) = what["version"].as_u64() {
            state[0] = version.try_into().unwrap();
        }
        let at_least = what["atLeast"].as_u64().unwrap_or(0);
        Ok(
            match Inbox::load_at_least(device.certificate(), &state, at_least) {
                Ok(mut inbox) => {
                    if *inbox.save() != state {
                        return Err("saving what was loaded gives other bytes".into());
                    }
                    self.inbox = inbox;
                    json!({})
                }
                Err(error) => json!({ "error": error.code().as_str() }),
            },
        )
    }

    fn flood(&mut self, what: &Json, expected: &Json) -> Result<(), String> {
        let device = Device::import(&bytes(&what["device"])).unwrap();
        let start = time(&self.scene["now"]);
        let check = BundleCheck::at(start);
        let own = self.device.account();
        let bundle = PrekeyBundle::verify(&bytes(&what["bundle"]), own, &check).unwrap();
        let numbered = |prefix: &Json, index: u64| -> [u8; 16] {
            let index = u32::try_from(index).unwrap().to_be_bytes();
            [bytes(prefix), index.to_vec()].concat().try_into().unwrap()
        };
        for index in 0..number(&what["count"]) {
            let mut content = what["content"].clone();
            if let Some(prefix) = what.get("callIds") {
                let id = CallId::from_bytes(numbered(prefix, index)).unwrap();
                content["callId"] = id.to_string().into();
            }
            let sent_at = number(&what["firstSentAt"]) + index * number(&what["everyMs"]);
            let options = SealOptions::at(UnixMillis(sent_at))
                .with_message_id(MessageId::from_bytes(numbered(&what["messageIds"], index)));
            let sealed = device.seal(&bundle, &content_from_json(&content), options);
            let received = self
                .inbox
                .receive(sealed.unwrap().as_bytes(), time(&what["at"]));
            let found = match received {
                Ok(event) => match event.action.reason() {
                    Some(reason) => {
                        json!({ "action": event.action.kind().as_str(), "reason": reason })
                    }
                    None => json!({ "action": event.action.kind().as_str() }),
                },
                Err(error) => json!({ "error": error.code().as_str() }),
            };
            same(expected, &found).map_err(|failure| format!("envelope {index}: {failure}"))?;
        }
        Ok(())
    }

    fn accounts(&self, what: &Json) -> Vec<AccountKey> {
        let names = array(&what["accounts"]).iter();
        names.map(|name| self.account(name)).collect()
    }

    fn account(&self, name: &Json) -> AccountKey {
        let key = bytes(&self.scene["accounts"][text(name)]);
        AccountKey::from_bytes(&key).unwrap()
    }

    fn envelope(&self, what: &Json) -> Vec<u8> {
        unbase64(text(&self.scene["envelopes"][text(&what["envelope"])]))
    }
}

fn held(inbox: &Inbox) -> impl Iterator<Item = Json> {
    inbox.held().map(|held| {
        json!({
            "envelopeTag": held.envelope_tag(),
            "account": hex(held.account().as_bytes()),
            "device": hex(held.device().as_bytes()),
            "messageId": held.message_id().to_string(),
            "sentAt": held.sent_at().0,
            "reason": held.reason().as_str(),
        })
    })
}

fn held_accounts(inbox: &Inbox) -> Json {
    let accounts = inbox.held_accounts();
    let accounts = accounts.iter().map(|held| {
        json!({
            "account": hex(held.account.as_bytes()),
            "count": held.count,
            "earliest": held.earliest.0,
            "latest": held.latest.0,
        })
    });
    json!({ "accounts": accounts.collect::<Vec<_>>() })
}

fn events(events: &[Event]) -> Json {
    json!({ "events": events.iter().map(event_to_json).collect::<Vec<_>>() })
}

/// The entries, or how many there are, as is expected.
fn list(name: &str, entries: impl Iterator<Item = Json>, expected: &Json) -> Json {
    if expected.get("count").is_some() {
        json!({ "count": entries.count() })
    } else {
        json!({ name: entries.collect::<Vec<_>>() })
    }
}

/// What a step gives, or the code with which it is refused.
fn outcome<T>(result: Result<T, InboxError>, show: impl FnOnce(T) -> Json) -> Json {
    match result {
        Ok(value) => show(value),
        Err(error) => json!({ "error": error.code().as_str() }),
    }
}

fn same(expected: &Json, found: &Json) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    // Some contents are long.
    let short = |json: &Json| format!("{json:#}").chars().take(3000).collect::<String>();
    Err(format!(
        "expected {}\nfound {}",
        short(expected),
        short(found)
    ))
}

/// A step's name: what is neither its comment nor its expectation.
fn verb(step: &Json) -> (&str, &Json) {
    let mut members = step.as_object().unwrap().iter();
    let verb = members.find(|(name, _)| !["comment", "expect"].contains(&name.as_str()));
    let (verb, what) = verb.unwrap();
    (verb, what)
}

fn short(step: &Json) -> String {
    let (verb, what) = verb(step);
    let name = ["envelope", "account", "state"]
        .iter()
        .find_map(|name| what[name].as_str());
    format!("{verb} {}", name.unwrap_or_default())
}

fn call_id(what: &Json) -> CallId {
    CallId::from_str(text(&what["callId"])).unwrap()
}

fn array(json: &Json) -> &Vec<Json> {
    json.as_array().unwrap()
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap()
}

fn bytes(json: &Json) -> Vec<u8> {
    unhex(text(json))
}

fn number(json: &Json) -> u64 {
    json.as_u64().unwrap()
}

fn time(json: &Json) -> UnixMillis {
    UnixMillis(number(json))
}
