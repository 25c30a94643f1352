//! Randomness: taken first, and fallibly. Without random bytes nothing is made.

use std::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};
use zeroize::{Zeroize, Zeroizing};

pub use getrandom::SysRng;

/// The source gave no random bytes.
pub(crate) struct NoRandomness;

/// `N` random bytes, wiped when dropped.
pub(crate) fn take<const N: usize, R: TryCryptoRng + ?Sized>(
    rng: &mut R,
) -> Result<Zeroizing<[u8; N]>, NoRandomness> {
    let mut bytes = Zeroizing::new([0; N]);
    rng.try_fill_bytes(bytes.as_mut_slice())
        .map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// Hands out bytes that were taken before, to code that accepts only a source that cannot fail.
pub(crate) struct Taken {
    bytes: [u8; Taken::CAPACITY],
    used: usize,
    len: usize,
    exhausted: bool,
}

impl Taken {
    const CAPACITY: usize = 64;

    /// Takes `len` bytes, at most 64, from `rng`.
    pub(crate) fn new<R: TryCryptoRng + ?Sized>(
        len: usize,
        rng: &mut R,
    ) -> Result<Taken, NoRandomness> {
        let mut taken = Taken {
            bytes: [0; Taken::CAPACITY],
            used: 0,
            len,
            exhausted: false,
        };
        let bytes = taken.bytes.get_mut(..len).ok_or(NoRandomness)?;
        rng.try_fill_bytes(bytes).map_err(|_| NoRandomness)?;
        Ok(taken)
    }

    /// Whether exactly the bytes that were taken have been handed out: if not, what was made
    /// from them must be thrown away.
    pub(crate) fn spent(&self) -> bool {
        self.used == self.len && !self.exhausted
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

impl TryRng for Taken {
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

    fn try_fill_bytes(&mut self, destination: &mut [u8]) -> Result<(), Infallible> {
        let end = self.used.saturating_add(destination.len());
        match self.bytes.get(self.used..end) {
            Some(bytes) if end <= self.len => {
                destination.copy_from_slice(bytes);
                self.used = end;
            }
            _ => self.exhausted = true,
        }
        Ok(())
    }
}

impl TryCryptoRng for Taken {}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::Rng;

    #[test]
    fn what_was_not_taken_is_not_handed_out() {
        let Ok(mut taken) = Taken::new(32, &mut SysRng) else {
            panic!("no randomness")
        };
        assert!(!taken.spent());
        taken.fill_bytes(&mut [0; 32]);
        assert!(taken.spent());
        taken.fill_bytes(&mut [0; 1]);
        assert!(!taken.spent());
        assert!(Taken::new(65, &mut SysRng).is_err());
    }
}
