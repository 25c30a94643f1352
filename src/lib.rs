//! hushring seals call invitations, and every other signal or message, into one uniform envelope
//! of 2,880 bytes. A web page or a desktop app sends it; an iOS Notification Service Extension
//! opens it. The server between them cannot tell a call from a message.
//!
//! The format is `spec/envelope.md`, the claims and their limits `spec/threat-model.md`. The npm
//! package `hushring` is this crate compiled to WebAssembly; native users need no feature.
//!
//! ```
//! use hushring::{Account, Action, BundleCheck, Contact, Content, Device, Inbox, Message, Prekey};
//! use hushring::{PrekeyBundle, SealOptions, Suite, UnixMillis, UnixSeconds, Validity};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let now = UnixMillis::from(std::time::SystemTime::now());
//! let in_30_days = UnixSeconds(now.to_seconds().0 + 30 * 24 * 60 * 60);
//! let validity = Validity { not_before: None, floor: None, expires_at: in_30_days, now };
//!
//! // The callee: an account, a device, a prekey, and a bundle for the server to hand out.
//! let bob = Account::generate()?;
//! let phone = Device::enroll(&bob, &validity)?;
//! let prekey = Prekey::generate(Suite::XWing, in_30_days, now)?;
//! let published = phone.publish(&[&prekey], now)?[0].to_bytes();
//!
//! // The caller verifies the bundle against the account that it has pinned, and seals.
//! let alice = Account::generate()?;
//! let laptop = Device::enroll(&alice, &validity)?;
//! let check = BundleCheck { now, revocation: None, newest: &[] };
//! let bundle = PrekeyBundle::verify(&published, bob.public_key(), &check)?;
//! let hello = Content::Message(Message { body: Some("Hello".into()), ..Message::default() });
//! let envelope = laptop.seal(&bundle, &hello, SealOptions::at(now))?;
//! assert_eq!(envelope.as_bytes().len(), 2880);
//!
//! // The callee's phone receives it.
//! let mut inbox = Inbox::new(phone.certificate());
//! inbox.add_prekey(prekey)?;
//! inbox.trust(*alice.public_key(), Contact::default(), now)?;
//! let event = inbox.receive(envelope.as_bytes(), now)?;
//! assert!(event.action == Action::Notify(hello));
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod account;
mod bundle;
mod cbor;
mod certificate;
mod content;
mod deflate;
mod device;
mod encryption;
mod envelope;
mod error;
mod frame;
mod ids;
mod inbox;
mod linking;
mod open;
mod prekey;
mod random;
mod reader;
mod revocation;
mod seal;
mod signing;
mod suite;
mod time;
mod value;

#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
#[cfg(feature = "wasm")]
mod wasm;

pub use account::Account;
pub use bundle::{
    BundleCheck, Choice, Downgrade, Newest, PrekeyBundle, UnsignedBundle, VerifiedBundles,
};
pub use cbor::{MAX_CONTENT_LEN, MAX_DEPTH, MAX_ITEMS};
pub use certificate::{Certificate, UnsignedCertificate, Validity};
pub use content::{
    Answer, Candidate, Candidates, Content, Cover, Description, DescriptionType, End, EndReason,
    Handle, HandleType, Invite, MAX_GROUP_ID_LEN, MAX_NAME_LEN, Message, Negotiate, Unknown,
};
pub use deflate::DICTIONARY;
pub use device::{Device, PendingDevice};
pub use envelope::{Envelope, envelope_tag};
pub use error::{ContentError, InboxError, KeyError, OpenError, SealError, StateError};
pub use frame::capacity;
pub use ids::{CallId, MessageId};
pub use inbox::{
    Action, CallKit, Check, Claimed, Contact, DropReason, Ended, Event, Explanation, Held, Inbox,
    Missed, MissedReason, Outcome, Ring, Sender, Signal,
};
pub use linking::{LinkGrant, LinkRequest, LinkSecret, UnsignedLinkRequest};
pub use open::{Opened, Verified};
pub use prekey::{Prekey, PrekeyId};
pub use random::SysRng;
pub use revocation::{Revocation, UnsignedRevocation};
pub use seal::{SealOptions, UnsignedEnvelope};
pub use signing::{AccountKey, DeviceKey, Signature, ToBeSigned};
pub use suite::Suite;
pub use time::{CLOCK_TOLERANCE, MAX_AGE, UnixMillis, UnixSeconds};
pub use value::{Map, Value};
