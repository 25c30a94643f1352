//! Public keys and certificates that were found sound, so that the next envelope of the same sender
//! needs no decompression and no verification of its certificate. In memory alone.

use std::cell::RefCell;
use std::collections::VecDeque;

/// How many are remembered of each kind. One more, and the first is forgotten.
const MAX: usize = 64;

/// What was computed for some bytes.
pub(crate) struct Known<const N: usize, T>(RefCell<VecDeque<([u8; N], T)>>);

impl<const N: usize, T: Clone> Known<N, T> {
    pub(crate) const fn new() -> Known<N, T> {
        Known(RefCell::new(VecDeque::new()))
    }

    /// Returns what was computed for these bytes, or computes it. A failure is not remembered.
    pub(crate) fn get_or<E>(
        &self,
        bytes: &[u8; N],
        compute: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let find = |known: &VecDeque<([u8; N], T)>| {
            let known = known.iter().find(|(known, _)| known == bytes);
            known.map(|(_, value)| value.clone())
        };
        if let Some(known) = find(&self.0.borrow()) {
            return Ok(known);
        }
        let value = compute()?;
        let mut known = self.0.borrow_mut();
        if known.len() >= MAX {
            known.pop_front();
        }
        known.push_back((*bytes, value.clone()));
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_not_computed_again() {
        let known = Known::<1, u8>::new();
        let failure: Result<u8, ()> = known.get_or(&[7], || Err(()));
        assert_eq!(failure, Err(()));
        for n in 0..=255 {
            assert_eq!(known.get_or(&[n], || Ok::<_, ()>(n ^ 1)), Ok(n ^ 1));
            assert_eq!(known.0.borrow().len(), usize::from(n.min(63)) + 1);
        }
        let unused = || -> Result<u8, ()> { panic!("it is known") };
        assert!((192..=255).all(|n| known.get_or(&[n], unused) == Ok(n ^ 1)));
        assert_eq!(known.get_or(&[191], || Ok::<_, ()>(3)), Ok(3));
    }
}
