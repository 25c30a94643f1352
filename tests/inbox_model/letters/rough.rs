//! Ends with members that are missing or wrong, and which of them is named (spec/envelope.md,
//! "Content types").

use hushring::content::{End, EndReason};
use hushring::{Content, UnixMillis};
use hushring_test_support::cbor;

use super::{Body, Reason, call_id};
use crate::people::{ANN, OWN, START, device_key, key};

/// What stands in the place of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rough {
    Absent,
    Sound,
    /// Of the right type, mostly, with a value that it cannot have.
    Wrong,
    Null,
}

/// The members of a `call.end`, but for its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RoughEnd {
    pub id: Rough,
    pub reason: Rough,
    /// Which it is, if it is sound.
    pub of: Reason,
    pub caller: Rough,
    pub ring: Rough,
    pub device: Rough,
}

impl Rough {
    fn is_there(self) -> bool {
        self != Rough::Absent
    }

    fn is_sound(self) -> bool {
        self == Rough::Sound
    }

    fn is_wrong(self) -> bool {
        self.is_there() && !self.is_sound()
    }

    fn write(self, sound: Vec<u8>, wrong: Vec<u8>) -> Option<Vec<u8>> {
        match self {
            Rough::Absent => None,
            Rough::Sound => Some(sound),
            Rough::Wrong => Some(wrong),
            Rough::Null => Some(vec![0xf6]),
        }
    }
}

impl RoughEnd {
    /// The member that is named: from the top of the table to the bottom, the first that is missing
    /// or wrong.
    fn named(&self) -> Option<&'static str> {
        let is_of_callee = match self.of.end_reason() {
            EndReason::Declined | EndReason::Busy | EndReason::DeclinedElsewhere => true,
            EndReason::AnsweredElsewhere => !self.device.is_there(),
            _ => false,
        };
        let is_missing =
            |member: Rough, other: Rough| !member.is_there() && (other.is_there() || is_of_callee);
        let may_have_device = self.of == Reason::AnsweredElsewhere
            && !self.caller.is_there()
            && !self.ring.is_there();
        let members = [
            ("callId", !self.id.is_sound()),
            ("reason", !self.reason.is_sound()),
            (
                "caller",
                self.caller.is_wrong() || is_missing(self.caller, self.ring),
            ),
            (
                "ring",
                self.ring.is_wrong() || is_missing(self.ring, self.caller),
            ),
            (
                "device",
                self.device.is_wrong() || self.device.is_there() && !may_have_device,
            ),
        ];
        let first = members.into_iter().find(|(_, is_bad)| *is_bad);
        first.map(|(member, _)| member)
    }

    /// Its CBOR, and what a reader makes of it.
    pub fn write(&self) -> (Vec<u8>, Body) {
        let id = call_id(0);
        let [ann, device] = [*key(ANN).as_bytes(), *device_key(OWN, 0).as_bytes()];
        let reason = self.of.end_reason();
        let number = |number| cbor::head(cbor::UNSIGNED, number);
        let kind = Some(cbor::text("call.end"));
        // In the order of C3.
        let written = [
            (
                "ring",
                self.ring
                    .write(number(START), cbor::head(cbor::NEGATIVE, 0)),
            ),
            ("type", kind),
            (
                "callId",
                self.id.write(
                    cbor::bytes(id.as_bytes()),
                    cbor::bytes(id.callkit_uuid(&key(ANN)).as_bytes()),
                ),
            ),
            (
                "caller",
                self.caller.write(cbor::bytes(&ann), cbor::bytes(&ann[1..])),
            ),
            (
                "device",
                self.device
                    .write(cbor::bytes(&device), cbor::text("a device")),
            ),
            (
                "reason",
                self.reason
                    .write(cbor::text(reason.as_str()), cbor::text("elsewhere")),
            ),
        ];
        let written = written.into_iter();
        let members: Vec<_> = written
            .filter_map(|(name, value)| Some((name, value?)))
            .collect();
        let body = match self.named() {
            Some(member) => Body::BadMember(member),
            None => {
                let mut end = End::by_caller(id, reason);
                end.caller = self.caller.is_there().then_some(ann);
                end.ring = self.ring.is_there().then_some(UnixMillis(START));
                end.device = self.device.is_there().then_some(device);
                Body::Sound(Content::End(end))
            }
        };
        (cbor::map(&members), body)
    }
}
