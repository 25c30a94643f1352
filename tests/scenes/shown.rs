//! Events and errors as vectors/README.md writes them.

use hushring::Content;
use hushring::content::Handle;
use hushring::error::OpenError;
use hushring::inbox::{Action, CallKit, Claimed, Event};
use hushring_test_support::json::content_to_json;
use hushring_test_support::text::hex;
use serde_json::{Value as Json, json};

pub fn event_to_json(event: &Event) -> Json {
    let sender = &event.sender;
    let mut json = json!({
        "action": event.action.kind().as_str(),
        "envelopeTag": event.envelope_tag,
        "sender": {
            "account": hex(sender.account.as_bytes()),
            "device": hex(sender.device.as_bytes()),
        },
        "messageId": event.message_id.to_string(),
        "sentAt": event.sent_at.0,
    });
    if let Some(handle) = &sender.contact.handle {
        json["sender"]["handle"] = handle_to_json(handle);
    }
    if let Some(name) = &sender.contact.display_name {
        json["sender"]["displayName"] = name.as_str().into();
    }
    if let Some(reason) = event.action.reason() {
        json["reason"] = reason.into();
    }
    match &event.action {
        Action::Ring(ring) => {
            json["content"] = content_to_json(&Content::Invite(ring.content.clone()));
            json["callUUID"] = ring.call_uuid.to_string().into();
            json["callKit"] = call_kit_to_json(&ring.call_kit);
            json["claimed"] = claimed_to_json(&ring.claimed);
            json["expiresAt"] = ring.expires_at.0.into();
            if let Some(crossed) = &ring.crossed {
                json["crossed"] = crossed.to_string().into();
            }
        }
        Action::Missed(missed) => {
            json["content"] = content_to_json(&Content::Invite(missed.content.clone()));
            json["callUUID"] = missed.call_uuid.to_string().into();
            json["age"] = missed.age_ms.into();
            json["claimed"] = claimed_to_json(&missed.claimed);
        }
        Action::End(ended) => {
            json["content"] = content_to_json(&Content::End(ended.content.clone()));
            json["callUUID"] = ended.call_uuid.to_string().into();
            json["endedReason"] = ended.ended_reason.into();
            if let Some(remaining) = ended.remaining {
                json["remaining"] = remaining.into();
            }
        }
        Action::Signal(signal) => {
            json["content"] = content_to_json(&signal.content);
            json["callUUID"] = signal.call_uuid.to_string().into();
        }
        Action::Second(second) => {
            json["content"] = content_to_json(&Content::Answer(second.content.clone()));
            json["callUUID"] = second.call_uuid.to_string().into();
            json["taken"] = hex(second.taken.as_bytes()).into();
        }
        Action::Notify(content) => {
            json["content"] = content_to_json(content);
            json["known"] = (!matches!(content, Content::Unknown(_))).into();
        }
        _ => {}
    }
    json
}

fn call_kit_to_json(kit: &CallKit) -> Json {
    let mut json = json!({
        "hushring": 1,
        "callUUID": kit.call_uuid.to_string(),
        "callId": kit.call_id.to_string(),
        "account": hex(kit.account.as_bytes()),
        "device": hex(kit.device.as_bytes()),
        "messageId": kit.message_id.to_string(),
        "handleType": kit.handle.kind.as_str(),
        "handle": kit.handle.value,
    });
    if let Some(name) = &kit.caller_name {
        json["callerName"] = name.as_str().into();
    }
    json["hasVideo"] = kit.has_video.into();
    json["sentAt"] = kit.sent_at.0.into();
    json["expiresAt"] = kit.expires_at.0.into();
    assert!(json.to_string().len() <= 1024, "a push payload");
    json
}

fn claimed_to_json(claimed: &Claimed) -> Json {
    let mut json = json!({});
    if let Some(handle) = &claimed.handle {
        json["handle"] = handle_to_json(handle);
    }
    if let Some(name) = &claimed.caller_name {
        json["callerName"] = name.as_str().into();
    }
    json
}

fn handle_to_json(handle: &Handle) -> Json {
    assert!(handle.extra.is_empty(), "a handle has a type and a value");
    json!({ "type": handle.kind.as_str(), "value": handle.value })
}

pub fn error_to_json(error: &OpenError) -> Json {
    let mut json = json!({ "error": error.code().as_str() });
    match error {
        OpenError::Clock { ahead_ms } => {
            json["age"] = (-i64::try_from(*ahead_ms).unwrap()).into();
        }
        OpenError::TooOld { age_ms } => json["age"] = (*age_ms).into(),
        OpenError::Untrusted { account } => json["account"] = hex(account.as_bytes()).into(),
        _ => {}
    }
    json
}
