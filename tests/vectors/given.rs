//! Random bytes that are given.

use std::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};

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
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// More than there are is a fault of the vector.
    fn try_fill_bytes(&mut self, destination: &mut [u8]) -> Result<(), Infallible> {
        let (taken, rest) = self.0.split_at(destination.len());
        destination.copy_from_slice(taken);
        self.0 = rest;
        Ok(())
    }
}

impl TryCryptoRng for Given<'_> {}
