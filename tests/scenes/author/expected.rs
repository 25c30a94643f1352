//! What follows from an expectation.

use hushring::Content;
use hushring::content::Invite;
use hushring_test_support::derived::{call_uuid, check, fingerprint, tag};
use hushring_test_support::json::content_to_json;
use hushring_test_support::people::account;
use hushring_test_support::text::{hex, uuid};
use serde_json::{Map as Object, Value as Json, json};

use super::Expect::*;
use super::{Expect, Letter, Scene};
use crate::said::call_id;

impl Scene {
    /// Remembers when a ring was accepted: that bounds how long it rings.
    pub(super) fn accept(&mut self, letter: &Letter, now: u64, expect: Expect) {
        if matches!(expect, Ring | Crossed(_)) {
            self.accepted.insert(tag(&letter.bytes), now);
        }
    }

    pub(super) fn outcome(&self, letter: &Letter, now: u64, expect: Expect) -> Json {
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

    pub(super) fn events(&self, events: &[(&Letter, Expect)], now: u64) -> Vec<Json> {
        let events = events.iter();
        events
            .map(|(letter, expect)| self.event(letter, now, *expect))
            .collect()
    }

    pub(super) fn event(&self, letter: &Letter, now: u64, expect: Expect) -> Json {
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
            EndOfPlaced(..) | SignalOfPlaced | Second(_) => *self.receiver.account().as_bytes(),
            SignalIn(caller) => *account(caller).public_key().as_bytes(),
            _ => match &letter.content {
                Content::End(end) => end.caller.unwrap_or(*sender),
                _ => *sender,
            },
        };
        if matches!(
            action(expect),
            "ring" | "missed" | "end" | "signal" | "second"
        ) {
            let call_id = letter.content.call_id().unwrap();
            event["callUUID"] = call_uuid(&caller, call_id.as_bytes()).into();
        }
        match (expect, &letter.content) {
            (Ring | Crossed(_), Content::Invite(invite)) => {
                let lifetime = u64::from(invite.lifetime.unwrap_or(60)) * 1000;
                let accepted = self.accepted.get(&tag(&letter.bytes)).copied();
                let from = letter.sent_at.min(accepted.unwrap_or(now));
                let expires_at = from + lifetime + 30_000;
                event["callKit"] = dictionary(letter, invite, &pinned, expires_at);
                event["claimed"] = claims(letter);
                event["expiresAt"] = expires_at.into();
                if let Crossed(own_call) = expect {
                    event["crossed"] = uuid(&call_id(own_call)).into();
                }
            }
            (Missed(reason), _) => {
                event["reason"] = reason.into();
                let age = i128::from(now) - i128::from(letter.sent_at);
                event["age"] = u64::try_from(age.max(0)).unwrap().into();
                event["claimed"] = claims(letter);
            }
            (End(reason), _) => event["endedReason"] = reason.into(),
            (EndOfPlaced(reason, remaining), _) => {
                event["endedReason"] = reason.into();
                event["remaining"] = remaining.into();
            }
            (Second(device), _) => event["taken"] = hex(&device).into(),
            (Drop(reason), _) => event["reason"] = reason.into(),
            (Notify | NotifyUnknown, _) => {
                event["known"] = matches!(expect, Notify).into();
            }
            (Signal | SignalOfPlaced | SignalIn(_), _) => {}
            _ => panic!("{}: {} cannot lead to this", self.name, letter.name),
        }
        if action(expect) != "drop" {
            event["content"] = content_to_json(&letter.content);
        }
        event
    }
}

const fn action(expect: Expect) -> &'static str {
    match expect {
        Ring | Crossed(_) => "ring",
        Missed(_) => "missed",
        End(_) | EndOfPlaced(..) => "end",
        Signal | SignalOfPlaced | SignalIn(_) => "signal",
        Second(_) => "second",
        Notify | NotifyUnknown => "notify",
        Drop(_) | Duplicate => "drop",
        Refused(_) | RefusedOwn => panic!(),
    }
}

/// The dictionary of spec/inbox.md, section 9, in its order.
fn dictionary(
    letter: &Letter,
    invite: &Invite,
    pinned: &Object<String, Json>,
    expires_at: u64,
) -> Json {
    let sender = letter.account.as_bytes();
    let (kind, value) = match pinned.get("handle") {
        Some(handle) => (handle["type"].clone(), handle["value"].clone()),
        None => ("generic".into(), fingerprint(sender).into()),
    };
    let with_name = |name: Option<&str>| {
        let mut kit = json!({
            "hushring": 1,
            "callUUID": call_uuid(sender, invite.call_id.as_bytes()),
            "callId": uuid(invite.call_id.as_bytes()),
            "account": hex(sender),
            "device": hex(&letter.device),
            "messageId": hex(&letter.message_id),
            "handleType": kind,
            "handle": value,
        });
        if let Some(name) = name {
            kit["callerName"] = name.into();
        }
        kit["hasVideo"] = invite.has_video.into();
        kit["sentAt"] = letter.sent_at.into();
        kit["expiresAt"] = expires_at.into();
        kit
    };
    let Some(name) = pinned.get("displayName") else {
        return with_name(None);
    };
    let mut name: String = name.as_str().unwrap().into();
    while with_name(Some(&name)).to_string().len() > 1024 {
        name.pop();
    }
    with_name(Some(&name))
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
