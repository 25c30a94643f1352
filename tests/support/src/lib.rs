//! What the tests, the fuzzers and the timing checks share: people and their devices, a clock that
//! stands still, random bytes that are the same in every run, envelopes that the crate would never
//! seal, and the notation of the vectors. Nothing here is published.

pub mod cbor;
pub mod clock;
pub mod contents;
pub mod derived;
pub mod files;
pub mod flate;
pub mod forge;
pub mod json;
pub mod pair;
pub mod people;
pub mod random;
pub mod text;
