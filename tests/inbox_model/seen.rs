//! What can be seen of an event. Events show no content in `Debug`, so that logs hold none; here
//! everything is to be seen and compared.

use hushring::content::Handle;
use hushring::inbox::{Action, Claimed, Contact, Event};
use hushring::{AccountKey, CallId, CallKitUuid, Content, DeviceKey, MessageId};

use crate::letters::encode_content;

#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    pub tag: String,
    pub account: AccountKey,
    pub device: DeviceKey,
    pub contact: SeenContact,
    pub id: MessageId,
    pub sent_at: u64,
    pub action: SeenAction,
}

/// A handle's kind and value, and a name.
pub type SeenContact = (Option<(&'static str, String)>, Option<String>);

/// Content as its CBOR.
#[derive(Clone, PartialEq)]
pub struct Said(Vec<u8>);

impl Said {
    pub fn new(content: &Content) -> Said {
        Said(encode_content(content))
    }
}

/// What can be read of it.
impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum SeenAction {
    Ring {
        call_uuid: CallKitUuid,
        call_kit: Box<SeenCallKit>,
        claimed: SeenContact,
        expires_at: u64,
        crossed: Option<CallId>,
        content: Said,
    },
    Missed {
        call_uuid: CallKitUuid,
        reason: &'static str,
        age_ms: u64,
        claimed: SeenContact,
        content: Said,
    },
    End {
        call_uuid: CallKitUuid,
        ended_reason: u8,
        remaining: Option<u16>,
        content: Said,
    },
    Signal {
        call_uuid: CallKitUuid,
        content: Said,
    },
    Second {
        call_uuid: CallKitUuid,
        taken: DeviceKey,
        content: Said,
    },
    Notify(Said),
    Drop(&'static str),
}

#[derive(Clone, Debug, PartialEq)]
pub struct SeenCallKit {
    pub call_uuid: CallKitUuid,
    pub call_id: CallId,
    pub account: AccountKey,
    pub device: DeviceKey,
    pub message_id: MessageId,
    pub handle: (&'static str, String),
    pub caller_name: Option<String>,
    pub has_video: bool,
    pub sent_at: u64,
    pub expires_at: u64,
}

impl SeenAction {
    pub fn name(&self) -> &'static str {
        match self {
            SeenAction::Ring { .. } => "ring",
            SeenAction::Missed { .. } => "missed",
            SeenAction::End { .. } => "end",
            SeenAction::Signal { .. } => "signal",
            SeenAction::Second { .. } => "second",
            SeenAction::Notify(_) => "notify",
            SeenAction::Drop(_) => "drop",
        }
    }

    pub fn reason(&self) -> Option<&'static str> {
        match self {
            SeenAction::Missed { reason, .. } | SeenAction::Drop(reason) => Some(reason),
            _ => None,
        }
    }
}

pub fn seen_contact(contact: &Contact) -> SeenContact {
    let handle = contact.handle.as_ref().map(seen_handle);
    (handle, contact.display_name.clone())
}

pub fn seen_handle(handle: &Handle) -> (&'static str, String) {
    assert!(handle.extra.is_empty());
    (handle.kind.as_str(), handle.value.clone())
}

fn seen_claimed(claimed: &Claimed) -> SeenContact {
    let handle = claimed.handle.as_ref().map(seen_handle);
    (handle, claimed.caller_name.clone())
}

impl From<&Event> for Seen {
    fn from(event: &Event) -> Seen {
        let action = match &event.action {
            Action::Ring(ring) => {
                let kit = &ring.call_kit;
                SeenAction::Ring {
                    call_uuid: ring.call_uuid,
                    call_kit: Box::new(SeenCallKit {
                        call_uuid: kit.call_uuid,
                        call_id: kit.call_id,
                        account: kit.account,
                        device: kit.device,
                        message_id: kit.message_id,
                        handle: seen_handle(&kit.handle),
                        caller_name: kit.caller_name.clone(),
                        has_video: kit.has_video,
                        sent_at: kit.sent_at.0,
                        expires_at: kit.expires_at.0,
                    }),
                    claimed: seen_claimed(&ring.claimed),
                    expires_at: ring.expires_at.0,
                    crossed: ring.crossed,
                    content: Said::new(&Content::Invite(ring.content.clone())),
                }
            }
            Action::Missed(missed) => SeenAction::Missed {
                call_uuid: missed.call_uuid,
                reason: missed.reason.as_str(),
                age_ms: missed.age_ms,
                claimed: seen_claimed(&missed.claimed),
                content: Said::new(&Content::Invite(missed.content.clone())),
            },
            Action::End(ended) => SeenAction::End {
                call_uuid: ended.call_uuid,
                ended_reason: ended.ended_reason,
                remaining: ended.remaining,
                content: Said::new(&Content::End(ended.content.clone())),
            },
            Action::Signal(signal) => SeenAction::Signal {
                call_uuid: signal.call_uuid,
                content: Said::new(&signal.content),
            },
            Action::Second(second) => SeenAction::Second {
                call_uuid: second.call_uuid,
                taken: second.taken,
                content: Said::new(&Content::Answer(second.content.clone())),
            },
            Action::Notify(content) => SeenAction::Notify(Said::new(content)),
            Action::Drop(reason) => SeenAction::Drop(reason.as_str()),
            #[allow(unreachable_patterns, reason = "the enum may grow")]
            _ => panic!("an action that the specification does not know"),
        };
        // The event's own short forms say the same.
        assert_eq!(event.action.kind().as_str(), action.name());
        assert_eq!(event.action.reason(), action.reason());
        Seen {
            tag: event.envelope_tag.clone(),
            account: event.sender.account,
            device: event.sender.device,
            contact: seen_contact(&event.sender.contact),
            id: event.message_id,
            sent_at: event.sent_at.0,
            action,
        }
    }
}
