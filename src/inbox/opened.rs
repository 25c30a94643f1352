//! Receiving without decryption, for the fuzzers in fuzz/.

use crate::envelope::open::Signed;
use crate::error::OpenError;
use crate::inbox::Inbox;
use crate::inbox::calls::Arrival;
use crate::inbox::event::{Event, Origin};
use crate::time::UnixMillis;

/// An envelope that was opened once, to be received many times.
pub struct Opened {
    origin: Origin,
    signed: Signed,
}

impl Opened {
    /// Makes the checks E17 to E25.
    pub fn new(inbox: &Inbox, envelope: &[u8]) -> Result<Opened, OpenError> {
        let (origin, signed) = inbox.open(envelope)?;
        Ok(Opened { origin, signed })
    }

    /// Does what [`Inbox::receive`] does from E26 on.
    pub fn receive(&self, inbox: &mut Inbox, now: UnixMillis) -> Result<Event, OpenError> {
        let signed = Signed {
            certificate: self.signed.certificate.clone(),
            message_id: self.signed.message_id,
            sent_at: self.signed.sent_at,
            content: self.signed.content.clone(),
        };
        inbox.accept(self.origin, signed, Arrival::Received, now)
    }
}
