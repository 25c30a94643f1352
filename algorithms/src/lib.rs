//! The cryptography that hushring uses, as functions without type parameters. It is a part of
//! `hushring`, and not meant for anybody else.
//!
//! Generic code is compiled where its types are known, and as that crate is. The npm package is built
//! for size, but for this crate and the libraries under it.

#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod dhkem;
pub mod ed25519;
pub mod hash;
pub mod hpke;
