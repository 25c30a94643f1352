//! Randomness (spec/envelope.md, K1). It is taken before anything else is made, because the source
//! can fail.

use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rand_core::utils::next_word_via_fill;
use rand_core::{TryCryptoRng, TryRng};
use zeroize::{Zeroize, Zeroizing};

use crate::digest::sha256_prefix;
use crate::error::KeyError;

/// The system's source of random bytes, without sources that were mocked or are broken
/// (spec/envelope.md, K1). All that is made without a source of the caller's takes its bytes here.
///
/// It fails ([`KeyError::NoRandomness`]) if the system gives no bytes. It also fails if 16 bytes or
/// more are asked for, and the system gives nothing but zeros, or begins with the same 16 bytes as
/// the time before. Before the first time it takes 16 bytes that are compared and not used. That is
/// not a test of how good the system's source is.
#[derive(Clone, Copy, Debug, Default)]
pub struct SysRng;

/// Judges all draws of the process.
static WATCH: Watch = Watch::new();

impl TryRng for SysRng {
    type Error = KeyError;

    fn try_next_u32(&mut self) -> Result<u32, KeyError> {
        next_word_via_fill(self)
    }

    fn try_next_u64(&mut self) -> Result<u64, KeyError> {
        next_word_via_fill(self)
    }

    fn try_fill_bytes(&mut self, destination: &mut [u8]) -> Result<(), KeyError> {
        Ok(WATCH.draw(&mut getrandom::SysRng, destination)?)
    }
}

impl TryCryptoRng for SysRng {}

/// Remembers how a source's last draw began. Of every draw only the beginning is compared, so that
/// a constant source is found when draws of different lengths alternate, as they do in sealing.
struct Watch {
    /// A hash, because the bytes themselves may be a key.
    last: Mutex<Option<[u8; 32]>>,
}

impl Watch {
    /// Shorter draws are not judged, because chance repeats them.
    const JUDGED: usize = 16;

    const fn new() -> Watch {
        Watch {
            last: Mutex::new(None),
        }
    }

    /// Fills `destination` from `rng`, and wipes it if what that gave is refused.
    fn draw<R: TryCryptoRng>(
        &self,
        rng: &mut R,
        destination: &mut [u8],
    ) -> Result<(), NoRandomness> {
        let is_first = destination.len() >= Watch::JUDGED && self.last().is_none();
        let mut unused = Zeroizing::new([0; Watch::JUDGED]);
        let mut is_accepted =
            |bytes: &mut [u8]| rng.try_fill_bytes(bytes).is_ok() && self.accepts(bytes);
        if (!is_first || is_accepted(unused.as_mut_slice())) && is_accepted(destination) {
            return Ok(());
        }
        destination.zeroize();
        Err(NoRandomness)
    }

    fn accepts(&self, bytes: &[u8]) -> bool {
        let Some(beginning) = bytes.first_chunk::<{ Watch::JUDGED }>() else {
            return true;
        };
        if bytes.iter().all(|byte| *byte == 0) {
            return false;
        }
        let hash = sha256_prefix(&[beginning]);
        self.last().replace(hash) != Some(hash)
    }

    fn last(&self) -> MutexGuard<'_, Option<[u8; 32]>> {
        // Whoever panicked while holding the lock has left a whole hash.
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

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

/// A source whose bytes a test chooses.
#[cfg(test)]
pub(crate) struct Fake<F>(pub(crate) F);

#[cfg(test)]
impl<F: FnMut(&mut [u8])> TryRng for Fake<F> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        unreachable!("bytes are taken as bytes")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unreachable!("bytes are taken as bytes")
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
        (self.0)(to);
        Ok(())
    }
}

#[cfg(test)]
impl<F: FnMut(&mut [u8])> TryCryptoRng for Fake<F> {}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::Rng;

    /// A source that gives these draws one after the other, and the last one again and again.
    fn giving(mut draws: Vec<fn(usize) -> u8>) -> Fake<impl FnMut(&mut [u8])> {
        Fake(move |to: &mut [u8]| {
            let give = match draws.as_slice() {
                [last] => *last,
                _ => draws.remove(0),
            };
            for (place, byte) in to.iter_mut().enumerate() {
                *byte = give(place);
            }
        })
    }

    /// What is taken before the first draw.
    const FIRST: fn(usize) -> u8 = |place| 99 - place as u8;

    /// Which of the draws of these lengths are accepted.
    fn accepted<const N: usize>(draws: Vec<fn(usize) -> u8>, lengths: [usize; N]) -> [bool; N] {
        let (watch, mut fake) = (Watch::new(), giving(draws));
        lengths.map(|length| {
            let mut bytes = vec![9; length];
            let is_accepted = watch.draw(&mut fake, &mut bytes).is_ok();
            assert!(is_accepted || bytes.iter().all(|byte| *byte == 0));
            is_accepted
        })
    }

    #[test]
    fn nothing_but_zeros_is_refused() {
        let zeros = || -> Vec<fn(usize) -> u8> { vec![|_| 0] };
        assert_eq!(accepted(zeros(), [16, 16, 32, 64, 17]), [false; 5]);
        assert_eq!(accepted(zeros(), [0, 1, 15]), [true; 3]);
        let last_is_one = |place: usize| u8::from(place == 15);
        assert_eq!(accepted(vec![FIRST, last_is_one], [16]), [true]);
        // Sixteen zeros at the beginning are refused when they come again.
        let behind = |place: usize| u8::from(place == 31);
        assert_eq!(accepted(vec![FIRST, behind], [32, 32]), [true, false]);
    }

    #[test]
    fn what_the_source_gave_the_time_before_is_refused() {
        assert_eq!(accepted(vec![|_| 7], [32, 4, 16]), [false, true, false]);
        let constant = || -> Vec<fn(usize) -> u8> { vec![FIRST, |_| 7] };
        assert_eq!(accepted(constant(), [32, 32, 32]), [true, false, false]);
        // Draws of other lengths between do not hide it.
        assert_eq!(
            accepted(constant(), [16, 32, 16, 64]),
            [true, false, false, false]
        );
        assert_eq!(
            accepted(constant(), [16, 4, 15, 16]),
            [true, true, true, false]
        );
        let counting = |place: usize| place as u8;
        assert_eq!(accepted(vec![FIRST, counting], [64, 16]), [true, false]);
    }

    #[test]
    fn a_source_that_goes_on_is_taken_again() {
        let [a, b]: [fn(usize) -> u8; 2] = [|place| place as u8, |place| place as u8 ^ 1];
        let zero = |_| 0;
        assert_eq!(
            accepted(vec![FIRST, a, a, b, a], [16; 4]),
            [true, false, true, true]
        );
        assert_eq!(
            accepted(vec![FIRST, a, zero, a, b], [32; 4]),
            [true, false, false, true]
        );
    }

    #[test]
    fn threads_share_what_the_source_gave() {
        let watch = Watch::new();
        assert!(watch.draw(&mut giving(vec![FIRST]), &mut [0; 32]).is_err());
        let count = std::thread::scope(|scope| {
            let draw = || watch.draw(&mut giving(vec![|_| 7]), &mut [0; 32]).is_ok();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(draw)).collect();
            let results = threads.into_iter().map(|thread| thread.join().unwrap());
            results.filter(|is_accepted| *is_accepted).count()
        });
        assert_eq!(count, 1);
    }

    #[test]
    fn the_systems_source_is_taken() {
        let mut draws = [[0; 32]; 3];
        for draw in &mut draws {
            assert_eq!(SysRng.try_fill_bytes(draw), Ok(()));
        }
        assert!(draws[0] != draws[1] && draws[1] != draws[2]);
        let words = [SysRng.try_next_u64(), SysRng.try_next_u64()];
        assert!(words[0].is_ok() && words[0] != words[1]);
        let short = [0; 4].map(|_| SysRng.try_next_u32().unwrap());
        assert!(short.iter().any(|word| *word != short[0]));
    }

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
