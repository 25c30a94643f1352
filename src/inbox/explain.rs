//! Explaining why a phone did not ring (spec/inbox.md, "Explaining").

use std::cmp::Ordering;
use std::fmt;

use zeroize::Zeroize;

use crate::envelope::codec::{Envelope, EnvelopeTag};
use crate::envelope::open::Signed;
use crate::error::{ContentError, ErrorCode, OpenError};
use crate::ids::MessageId;
use crate::inbox::Inbox;
use crate::inbox::accept::Judgement;
use crate::inbox::calls::Arrival;
use crate::inbox::event::{Action, ActionKind, MissedReason};
use crate::keys::{AccountKey, DeviceKey};
use crate::time::UnixMillis;
use crate::vocabulary::vocabulary;

/// The checks that an envelope passes, in their order, and the one at which it stops. Of the
/// content it names only the event's action and reason, and the lifetime of a call that came too
/// late. Show it on the device, and log only the tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    envelope_tag: Option<String>,
    signed: Option<SignedBy>,
    stopped_at: Option<Check>,
    result: Result<(ActionKind, Option<&'static str>), ErrorCode>,
    note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct SignedBy {
    account: AccountKey,
    device: DeviceKey,
    message_id: MessageId,
    sent_at: UnixMillis,
    age_ms: i64,
}

vocabulary! {
    /// A check that an envelope passes on the way to its event. The order is that of the checks.
    #[non_exhaustive]
    pub enum Check {
        /// 2,880 bytes.
        Length = "length",
        /// A version that is known here.
        Version = "version",
        /// A suite that is known here.
        Suite = "suite",
        /// One of the inbox's prekeys.
        Prekey = "prekey",
        /// HPKE opens it.
        Decryption = "decryption",
        /// A content that fits the frame.
        ContentLength = "contentLength",
        /// Zeros after the signature.
        Padding = "padding",
        /// The sender's certificate in itself.
        Certificate = "certificate",
        /// The signature of the sender's device.
        Signature = "signature",
        /// An account that is trusted.
        Trust = "trust",
        /// Not seen before.
        Replay = "replay",
        /// Neither in the future nor too old.
        SentAt = "sentAt",
        /// A certificate that is not revoked.
        Revocation = "revocation",
        /// A certificate that was valid when it was sent.
        CertificateTimes = "certificateTimes",
        /// A place in the journal.
        Room = "room",
        /// DEFLATE.
        Inflation = "inflation",
        /// Deterministic CBOR.
        Cbor = "cbor",
        /// The members of the content's type.
        Members = "members",
        /// Not an invitation with the callId of a call that was placed here.
        Call = "call",
    }
}

vocabulary! {
    /// The outcome of a check.
    pub enum Outcome {
        /// The envelope passed.
        Passed = "passed",
        /// The check decided.
        Stopped = "stopped",
        /// The check was not made.
        NotReached = "notReached",
    }
}

impl Explanation {
    /// Returns the envelope's tag, if it has the length of an envelope.
    pub fn envelope_tag(&self) -> Option<&str> {
        self.envelope_tag.as_deref()
    }

    /// Returns every check with its outcome.
    pub fn checks(&self) -> impl ExactSizeIterator<Item = (Check, Outcome)> {
        let stopped_at = self.stopped_at;
        Check::ALL.into_iter().map(move |check| {
            let outcome = match stopped_at.map(|stopped_at| check.cmp(&stopped_at)) {
                Some(Ordering::Equal) => Outcome::Stopped,
                Some(Ordering::Greater) => Outcome::NotReached,
                _ => Outcome::Passed,
            };
            (check, outcome)
        })
    }

    /// Returns the check that failed, or the replay check for a duplicate.
    pub fn stopped_at(&self) -> Option<Check> {
        self.stopped_at
    }

    /// Returns the event's action and reason, or the code of the error.
    pub fn result(&self) -> Result<(ActionKind, Option<&'static str>), ErrorCode> {
        self.result
    }

    /// Returns the account and device that signed it, if the signature verifies.
    pub fn sender(&self) -> Option<(AccountKey, DeviceKey)> {
        self.signed.as_ref().map(|by| (by.account, by.device))
    }

    /// Returns the message's id, if the signature verifies.
    pub fn message_id(&self) -> Option<MessageId> {
        self.signed.as_ref().map(|by| by.message_id)
    }

    /// Returns the time of sending, if the signature verifies.
    pub fn sent_at(&self) -> Option<UnixMillis> {
        self.signed.as_ref().map(|by| by.sent_at)
    }

    /// Returns how long ago it was sent, in milliseconds, if the signature verifies: this clock's
    /// time less the sender's. Negative if it is dated ahead.
    pub fn age_ms(&self) -> Option<i64> {
        self.signed.as_ref().map(|by| by.age_ms)
    }
}

/// Writes one line for the envelope, one for its sender, one for each check, one for the result,
/// and for some results one for the cause.
impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "envelope {}", self.envelope_tag().unwrap_or("(none)"))?;
        if let Some(by) = &self.signed {
            let fingerprint = by.account.fingerprint();
            let seconds = by.age_ms.unsigned_abs() / 1000;
            let tense = if by.age_ms < 0 { "ahead" } else { "ago" };
            writeln!(f, "from {fingerprint}, dated {seconds} s {tense}")?;
        }
        for (check, outcome) in self.checks() {
            let outcome = match outcome {
                Outcome::NotReached => "-",
                outcome => outcome.as_str(),
            };
            writeln!(f, "  {:<17}{outcome}", check.as_str())?;
        }
        match self.result {
            Ok((action, Some(reason))) => write!(f, "{action}: {reason}")?,
            Ok((action, None)) => f.write_str(action.as_str())?,
            Err(code) => write!(f, "refused: {code}")?,
        }
        match &self.note {
            Some(note) => write!(f, "\n{note}"),
            None => Ok(()),
        }
    }
}

impl Inbox {
    /// Returns the checks that [`Inbox::receive`] would make and where it would stop, to find out
    /// why a phone did not ring. Changes nothing.
    #[must_use]
    pub fn explain(&self, envelope: &[u8], now: UnixMillis) -> Explanation {
        let tag = <&[u8; Envelope::LEN]>::try_from(envelope).map(EnvelopeTag::of);
        let prekey = Envelope::parse(envelope).map(|envelope| envelope.prekey_id());
        let opened = self.open(envelope);
        let signed = opened
            .as_ref()
            .ok()
            .map(|(_, signed)| SignedBy::of(signed, now));
        let judged = opened
            .and_then(|(origin, signed)| self.judge(&origin, &signed, Arrival::Received, now));
        let mut lifetime = None;
        let (stopped_at, result) = match judged {
            Ok(Judgement::Accepted(mut decision)) => {
                let named = named(&decision.action);
                lifetime = expired_lifetime(&decision.action);
                decision.action.zeroize();
                (None, Ok(named))
            }
            Ok(Judgement::Duplicate(action)) => (Some(Check::Replay), Ok(named(&action))),
            Err(error) => (Some(Check::that_gave(&error)), Err(error.code())),
        };
        let note = match (stopped_at, &signed, prekey) {
            (Some(Check::Prekey), _, Ok(id)) => Some(format!(
                "it names prekey {id}; the inbox has {}",
                self.prekeys.len()
            )),
            (Some(Check::Room), Some(by), _) => Some(format!(
                "{} events wait to be acknowledged, {} of them of this account",
                self.journal.len(),
                self.pending_of(&by.account)
            )),
            (Some(Check::Replay), Some(by), _) if result.is_ok() => {
                Some(match self.journal.contains(&by.account, by.message_id) {
                    true => "its event waits to be acknowledged".into(),
                    false => "its event was acknowledged, or was a drop".into(),
                })
            }
            (Some(Check::SentAt), ..) if result == Err(ErrorCode::Clock) => {
                Some("it may be dated 600 s ahead at most: one of the two clocks is wrong".into())
            }
            _ => lifetime.map(|lifetime| {
                format!(
                    "it rings for {lifetime} s, and 30 s more: it took too long, or one of the two \
                     clocks is wrong"
                )
            }),
        };
        Explanation {
            envelope_tag: tag.ok().map(|tag| tag.to_string()),
            signed,
            stopped_at,
            result,
            note,
        }
    }
}

impl SignedBy {
    fn of(signed: &Signed, now: UnixMillis) -> SignedBy {
        SignedBy {
            account: *signed.certificate.account(),
            device: *signed.certificate.device(),
            message_id: signed.message_id,
            sent_at: signed.sent_at,
            age_ms: i64::try_from(now.0)
                .unwrap_or(i64::MAX)
                .saturating_sub_unsigned(signed.sent_at.0),
        }
    }
}

impl Check {
    /// Returns the check that gave an error. Each code belongs to one check.
    fn that_gave(error: &OpenError) -> Check {
        match error {
            OpenError::BadCertificate => Check::Certificate,
            OpenError::BadContentLength => Check::ContentLength,
            OpenError::BadLength => Check::Length,
            OpenError::BadPadding => Check::Padding,
            OpenError::BadSignature => Check::Signature,
            OpenError::CallIdTaken => Check::Call,
            OpenError::CertificateExpired | OpenError::CertificateNotYetValid => {
                Check::CertificateTimes
            }
            OpenError::Clock { .. } | OpenError::TooOld { .. } => Check::SentAt,
            OpenError::Content(ContentError::BadCompression | ContentError::TooLong) => {
                Check::Inflation
            }
            OpenError::Content(
                ContentError::BadCbor | ContentError::TooDeep | ContentError::TooMany,
            ) => Check::Cbor,
            OpenError::Content(ContentError::BadCallId | ContentError::BadContent { .. }) => {
                Check::Members
            }
            OpenError::DecryptionFailed => Check::Decryption,
            OpenError::InboxFull => Check::Room,
            OpenError::Replayed => Check::Replay,
            OpenError::Revoked => Check::Revocation,
            OpenError::UnknownPrekey => Check::Prekey,
            OpenError::UnsupportedSuite => Check::Suite,
            OpenError::UnsupportedVersion => Check::Version,
            OpenError::Untrusted { .. } => Check::Trust,
        }
    }
}

/// Returns the lifetime of an invitation that is too old to ring, in seconds.
fn expired_lifetime(action: &Action) -> Option<u8> {
    match action {
        Action::Missed(missed) if missed.reason == MissedReason::Expired => {
            Some(missed.content.lifetime_or_default())
        }
        _ => None,
    }
}

fn named(action: &Action) -> (ActionKind, Option<&'static str>) {
    (action.kind(), action.reason())
}
