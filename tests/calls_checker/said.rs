//! Letters of the model as contents, and events as the model names them.

use hushring::content::{
    Answer, Candidate, Candidates, Content, Description, DescriptionType, End, EndReason, Invite,
    Map, Negotiate, Unknown,
};
use hushring::inbox::Action;
use hushring::{CallKitUuid, DeviceKey, UnixMillis};
use hushring_calls_model::letter::{Content as Said, Reason};
use hushring_calls_model::tables::{Dropped, Event, Missed};
use hushring_calls_model::{Account, Device, Time};
use hushring_test_support::clock::NOW;
use hushring_test_support::contents::call_id;

/// In seconds. It is short, so that signals are still kept when an invitation is too old to ring.
const LIFETIME: u8 = 10;

/// When everything is received that is not late.
pub const IN_TIME: UnixMillis = UnixMillis(NOW.0 + 100);

/// When an invitation is too old to ring: 30 seconds behind its lifetime.
pub const LATE: UnixMillis = UnixMillis(IN_TIME.0 + 40_000);

/// A time of the model.
pub fn time(time: Time) -> UnixMillis {
    UnixMillis(NOW.0 + u64::from(time))
}

/// Returns the content that stands for one of the model. Signals are of several types in turn.
pub fn content(
    said: &Said,
    turn: usize,
    account: impl Fn(Account) -> [u8; 32],
    device: impl Fn(Device) -> DeviceKey,
) -> Content {
    match *said {
        Said::Invite => {
            let mut invite = Invite::new(call_id(), false);
            invite.lifetime = Some(LIFETIME);
            Content::Invite(invite)
        }
        Said::Signal => signal(turn),
        Said::Answer { ring } => Content::Answer(Answer::new(call_id(), time(ring))),
        Said::End {
            device: Some(number),
            ..
        } => Content::End(End::taken(call_id(), &device(number))),
        Said::End { reason, .. } => Content::End(End::by_caller(call_id(), end_reason(reason))),
        Said::CalleeEnd {
            caller,
            ring,
            reason,
        } => Content::End(End {
            caller: Some(account(caller)),
            ring: Some(time(ring)),
            ..End::by_caller(call_id(), end_reason(reason))
        }),
    }
}

fn signal(turn: usize) -> Content {
    match turn % 3 {
        0 => Content::Candidates(Candidates {
            call_id: call_id(),
            candidates: vec![Candidate {
                candidate: "candidate:1 1 udp 1 192.0.2.1 9 typ host".into(),
                sdp_mid: None,
                sdp_m_line_index: None,
                username_fragment: None,
                extra: Map::new(),
            }],
            extra: Map::new(),
        }),
        1 => Content::Negotiate(Negotiate {
            call_id: call_id(),
            description: Description {
                kind: DescriptionType::Rollback,
                sdp: None,
                extra: Map::new(),
            },
            extra: Map::new(),
        }),
        _ => Content::Unknown(Unknown {
            content_type: "call.mute".into(),
            call_id: Some(call_id()),
            extra: Map::new(),
        }),
    }
}

fn end_reason(reason: Reason) -> EndReason {
    reason.name().parse().unwrap()
}

/// Returns an action in the model's terms, which know of no calls that cross.
pub fn event_of(action: &Action, device: impl Fn(&DeviceKey) -> Device) -> Event {
    match action {
        Action::Ring(_) => Event::Ring,
        Action::Missed(missed) => Event::Missed(match missed.reason.as_str() {
            "ended" => Missed::Ended,
            "expired" => Missed::Expired,
            other => panic!("missed: {other}"),
        }),
        Action::End(ended) => Event::End {
            reason: ended.ended_reason,
            remaining: ended.remaining.map(|legs| legs.try_into().unwrap()),
        },
        Action::Signal(_) => Event::Signal,
        Action::Second(second) => Event::Second(device(&second.taken)),
        Action::Drop(reason) => Event::Drop(dropped(reason.as_str())),
        Action::Notify(_) => panic!("notify"),
        _ => panic!("an action that the model does not know"),
    }
}

/// Returns the call that an action names.
pub fn call_uuid(action: &Action) -> Option<CallKitUuid> {
    match action {
        Action::Ring(ring) => Some(ring.call_uuid),
        Action::Missed(missed) => Some(missed.call_uuid),
        Action::End(ended) => Some(ended.call_uuid),
        Action::Signal(signal) => Some(signal.call_uuid),
        Action::Second(second) => Some(second.call_uuid),
        _ => None,
    }
}

fn dropped(reason: &str) -> Dropped {
    match reason {
        "answered" => Dropped::Answered,
        "answeredElsewhere" => Dropped::AnsweredElsewhere,
        "declinedElsewhere" => Dropped::DeclinedElsewhere,
        "early" => Dropped::Early,
        "over" => Dropped::Over,
        "own" => Dropped::Own,
        "repeated" => Dropped::Repeated,
        "taken" => Dropped::Taken,
        "unknown" => Dropped::Unknown,
        other => panic!("drop: {other}"),
    }
}
