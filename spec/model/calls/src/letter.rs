//! What one device says to another about the call.

use crate::{Account, Device, Time};

/// An end's reason, as in spec/envelope.md, section 16.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    AnsweredElsewhere,
    Busy,
    Cancelled,
    Declined,
    DeclinedElsewhere,
    Failed,
    RemoteEnded,
    Unanswered,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Reason; 8] = [
        Reason::AnsweredElsewhere,
        Reason::Busy,
        Reason::Cancelled,
        Reason::Declined,
        Reason::DeclinedElsewhere,
        Reason::Failed,
        Reason::RemoteEnded,
        Reason::Unanswered,
    ];

    /// Returns whether siblings say it of each other.
    pub const fn is_elsewhere(self) -> bool {
        matches!(self, Reason::AnsweredElsewhere | Reason::DeclinedElsewhere)
    }

    /// Returns the name that the specification uses.
    pub const fn name(self) -> &'static str {
        match self {
            Reason::AnsweredElsewhere => "answeredElsewhere",
            Reason::Busy => "busy",
            Reason::Cancelled => "cancelled",
            Reason::Declined => "declined",
            Reason::DeclinedElsewhere => "declinedElsewhere",
            Reason::Failed => "failed",
            Reason::RemoteEnded => "remoteEnded",
            Reason::Unanswered => "unanswered",
        }
    }
}

/// A content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Content {
    /// `call.invite`.
    Invite,
    /// `call.candidates`, or another signal that is neither an answer nor an end.
    Signal,
    /// `call.answer`.
    Answer { ring: Time },
    /// `call.end` without `caller`: the caller's.
    End {
        reason: Reason,
        device: Option<Device>,
    },
    /// `call.end` with `caller` and `ring`: a callee's, to the caller or to its siblings.
    CalleeEnd {
        caller: Account,
        ring: Time,
        reason: Reason,
    },
}

/// A content on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Letter {
    pub from: Device,
    pub to: Device,
    /// Of the sender's clock. It matters only where the sender is the caller.
    pub sent_at: Time,
    pub content: Content,
}

impl Letter {
    /// How many bytes a letter takes in an encoded state.
    pub const LEN: usize = 5;

    /// Returns the letter as bytes.
    pub fn encode(&self) -> [u8; Letter::LEN] {
        let (kind, ring, reason, party) = match self.content {
            Content::Invite => (0, 0, 0, 0),
            Content::Signal => (1, 0, 0, 0),
            Content::Answer { ring } => (2, ring, 0, 0),
            Content::End { reason, device } => (3, 0, reason as u8, device.unwrap_or(0)),
            Content::CalleeEnd {
                caller,
                ring,
                reason,
            } => (4, ring, reason as u8, caller as u8),
        };
        let parties = self.from << 4 | self.to;
        [kind, parties, self.sent_at, ring, reason << 4 | party]
    }

    /// Reads what [`Letter::encode`] wrote.
    pub fn decode(bytes: &[u8]) -> Letter {
        let [kind, parties, sent_at, ring, last] =
            bytes.try_into().expect("the length of a letter");
        let reason = Reason::ALL[usize::from(last >> 4)];
        let party = last & 15;
        let content = match kind {
            0 => Content::Invite,
            1 => Content::Signal,
            2 => Content::Answer { ring },
            3 => Content::End {
                reason,
                device: (party != 0).then_some(party),
            },
            _ => Content::CalleeEnd {
                caller: Account::ALL[usize::from(party)],
                ring,
                reason,
            },
        };
        Letter {
            from: parties >> 4,
            to: parties & 15,
            sent_at,
            content,
        }
    }
}
