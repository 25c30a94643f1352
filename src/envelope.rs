//! Envelopes as bytes, and opening them without an inbox, for tests and tools.
//!
//! An app receives with [`Inbox`](crate::Inbox), because opening alone accepts replays.

pub(crate) mod codec;
mod fit;
pub(crate) mod frame;
mod hedge;
pub(crate) mod open;
pub(crate) mod seal;
mod transcript;

pub use codec::{Envelope, envelope_tag};
pub use fit::Fitted;
pub use frame::capacity;
pub use open::{Opened, Verified};
