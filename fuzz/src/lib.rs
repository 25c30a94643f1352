//! What the fuzzers run: one function a target, named after it. Each takes any bytes, and panics where
//! something does not hold that the specification says. README.md lists what each asserts.

mod content;
mod receiving;
mod sealed;
pub mod seeds;
mod session;
mod signed;

pub use content::{compression, content};
pub use receiving::{inbox, state};
pub use sealed::{envelope, frame};
pub use session::session;
pub use signed::{bundle, certificate, keys, link};

pub type Target = (&'static str, fn(&[u8]));

pub const TARGETS: [Target; 11] = [
    ("bundle", bundle),
    ("certificate", certificate),
    ("compression", compression),
    ("content", content),
    ("envelope", envelope),
    ("frame", frame),
    ("inbox", inbox),
    ("keys", keys),
    ("link", link),
    ("session", session),
    ("state", state),
];

/// A refusal names one of these codes.
fn is_one_of(code: &str, codes: &str) {
    assert!(codes.split(' ').any(|known| known == code), "{code}");
}
