//! The WebAssembly binding of hushring. It converts, and wipes what that leaves: the npm package's API is
//! `js/src`, the only caller, and hushring's public API is all that it uses.
//!
//! The facade hands in copies that it has checked: bytes, text, whole milliseconds since 1970 from
//! 0 on, and content as a JavaScript `Map`. Where several of one kind go in together, they go by
//! name, so that none can stand in another's place. Plain objects come out, and a [`Failure`] is
//! thrown as one.
//!
//! [`Failure`]: failure::Failure

#![warn(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod account;
mod bundle;
mod calls;
mod certificate;
mod content;
mod convert;
mod device;
mod event;
mod explain;
mod failure;
mod inbox;
mod people;
mod prekey;
mod stack;
mod unsigned;

/// Smaller than the standard library's.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
