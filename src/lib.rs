//! hushring seals call invitations, and every other signal or message, into one uniform envelope
//! of 2,880 bytes. A web page or a desktop app sends it; an iOS Notification Service Extension
//! opens it. One envelope, at the time it is sent, says nothing about its kind to the server that
//! carries it.
//!
//! The format is `spec/envelope.md`, the inbox `spec/inbox.md`, the claims and their limits
//! `spec/threat-model.md`. The npm package `hushring` is this crate compiled to WebAssembly.
//!
//! ```
//! use hushring::content::{Content, Message};
//! use hushring::inbox::{Action, Contact};
//! use hushring::{
//!     Account, BundleCheck, Device, Inbox, Prekey, PrekeyBundle, SealOptions, Suite, UnixMillis,
//!     UnixSeconds, Validity,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let now = UnixMillis::from(std::time::SystemTime::now());
//! let in_30_days = UnixSeconds(now.to_seconds().0 + 30 * 24 * 60 * 60);
//! let validity = Validity::until(in_30_days, now);
//!
//! // The callee: an account, a device, a prekey, and a bundle for the server to hand out.
//! let bob = Account::generate()?;
//! let phone = Device::enroll(&bob, &validity)?;
//! let prekey = Prekey::generate(Suite::XWing, in_30_days, now)?;
//! let published = phone.publish(&[&prekey], now)?[0].to_bytes();
//!
//! // The sender verifies the bundle against the account that it has pinned, and seals.
//! let alice = Account::generate()?;
//! let laptop = Device::enroll(&alice, &validity)?;
//! let bundle = PrekeyBundle::verify(&published, bob.public_key(), &BundleCheck::at(now))?;
//! let hello = Content::Message(Message::text("Hello"));
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
//!
//! A call, from placing it to hanging up, is `examples/call.rs`.

// The lints that every crate of the workspace keeps are in Cargo.toml. Tests need not keep these.
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
pub mod content;
mod deflate;
mod device;
mod digest;
mod encryption;
pub mod envelope;
pub mod error;
pub mod external;
mod field;
mod hex;
mod ids;
pub mod inbox;
mod keys;
mod labels;
pub mod limits;
mod linking;
mod prekey;
mod random;
mod reader;
mod revocation;
mod server_clock;
mod signing;
mod suite;
mod time;
mod value;
mod vocabulary;

#[cfg(feature = "__fuzzing")]
#[doc(hidden)]
pub mod fuzzing;

pub use account::Account;
pub use bundle::{BundleCheck, Choice, Downgrade, LastPublished, PrekeyBundle, VerifiedBundles};
pub use certificate::{Certificate, Validity};
pub use content::Content;
pub use deflate::DICTIONARY;
pub use device::{Device, PendingDevice};
pub use envelope::Envelope;
pub use envelope::seal::SealOptions;
pub use ids::{CallId, CallKitUuid, MessageId};
pub use inbox::Inbox;
pub use keys::{AccountKey, DeviceKey};
pub use linking::{LinkGrant, LinkRequest, LinkSecret};
pub use prekey::{Prekey, PrekeyId};
pub use random::SysRng;
pub use revocation::{Revocation, VerifiedRevocations};
pub use server_clock::{LocalTime, ServerClock};
pub use suite::Suite;
pub use time::{UnixMillis, UnixSeconds};

pub use rand_core;
pub use zeroize;
