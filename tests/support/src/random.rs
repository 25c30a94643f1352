//! Sources of random bytes: the same in every run, given, or out of order.

use std::convert::Infallible;

use rand_core::utils::next_word_via_fill;
use rand_core::{TryCryptoRng, TryRng};
use sha2::{Digest, Sha256};

/// Random bytes that are the same in every run: SHA-256 of a counter, byte by byte.
pub struct TestRng(u64);

impl TestRng {
    pub const fn new(seed: u64) -> TestRng {
        TestRng(seed << 32)
    }
}

impl TryRng for TestRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        next_word_via_fill(self)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        next_word_via_fill(self)
    }

    fn try_fill_bytes(&mut self, destination: &mut [u8]) -> Result<(), Infallible> {
        for byte in destination {
            self.0 += 1;
            *byte = Sha256::digest(self.0.to_be_bytes())[0];
        }
        Ok(())
    }
}

impl TryCryptoRng for TestRng {}

/// A source that is out of order.
pub struct BrokenRng;

#[derive(Debug)]
pub struct Broken;

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("broken")
    }
}

impl std::error::Error for Broken {}

impl TryRng for BrokenRng {
    type Error = Broken;

    fn try_next_u32(&mut self) -> Result<u32, Broken> {
        Err(Broken)
    }

    fn try_next_u64(&mut self) -> Result<u64, Broken> {
        Err(Broken)
    }

    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Broken> {
        Err(Broken)
    }
}

impl TryCryptoRng for BrokenRng {}

/// Bytes that are given. Each is handed out once.
pub struct Given<'a>(&'a [u8]);

impl<'a> Given<'a> {
    pub const fn new(bytes: &'a [u8]) -> Given<'a> {
        Given(bytes)
    }

    pub const fn is_spent(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryRng for Given<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        next_word_via_fill(self)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        next_word_via_fill(self)
    }

    /// Panics if more are asked for than are left.
    fn try_fill_bytes(&mut self, destination: &mut [u8]) -> Result<(), Infallible> {
        let (taken, rest) = self.0.split_at(destination.len());
        destination.copy_from_slice(taken);
        self.0 = rest;
        Ok(())
    }
}

impl TryCryptoRng for Given<'_> {}
