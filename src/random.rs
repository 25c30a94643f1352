//! Randomness. It is taken before anything else is made, because the source can fail.

use std::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};
use zeroize::{Zeroize, Zeroizing};

pub use getrandom::SysRng;

/// The failure of a source to give random bytes.
pub(crate) struct NoRandomness;

/// Takes `N` random bytes, which are wiped when dropped.
pub(crate) fn take<const N: usize, R: TryCryptoRng + ?Sized>(
    rng: &mut R,
) -> Result<Zeroizing<[u8; N]>, NoRandomness> {
    let mut bytes = Zeroizing::new([0; N]);
    rng.try_fill_bytes(bytes.as_mut_slice())
        .map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// Hands out `N` bytes that were taken before, to code that accepts only a source that cannot fail.
pub(crate) struct Taken<const N: usize> {
    bytes: [u8; N],
    used: usize,
    exhausted: bool,
}

impl<const N: usize> Taken<N> {
    /// Takes `N` bytes from `rng`.
    pub(crate) fn new<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Taken<N>, NoRandomness> {
        let mut taken = Taken {
            bytes: [0; N],
            used: 0,
            exhausted: false,
        };
        rng.try_fill_bytes(&mut taken.bytes)
            .map_err(|_| NoRandomness)?;
        Ok(taken)
    }

    /// Returns whether exactly the bytes that were taken have been handed out. If not, nothing made
    /// with them may be used.
    pub(crate) fn is_spent(&self) -> bool {
        self.used == N && !self.exhausted
    }
}

impl<const N: usize> Drop for Taken<N> {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

impl<const N: usize> TryRng for Taken<N> {
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
            Some(bytes) => {
                destination.copy_from_slice(bytes);
                self.used = end;
            }
            None => self.exhausted = true,
        }
        Ok(())
    }
}

impl<const N: usize> TryCryptoRng for Taken<N> {}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::Rng;

    #[test]
    fn what_was_not_taken_is_not_handed_out() {
        let Ok(mut taken) = Taken::<32>::new(&mut SysRng) else {
            panic!("no randomness")
        };
        assert!(!taken.is_spent());
        taken.fill_bytes(&mut [0; 32]);
        assert!(taken.is_spent());
        taken.fill_bytes(&mut [0; 1]);
        assert!(!taken.is_spent());
    }
}
