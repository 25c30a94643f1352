//! What was saved last, and handing out a state piece by piece (spec/inbox.md, N35).

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

pub(super) const REVISION_LEN: usize = 8;
pub(super) const CHECKSUM_LEN: usize = 32;
/// Bytes of a piece in which the state is handed out, at most.
const PIECE_LEN: usize = 16_384;

/// The state that was saved or loaded last.
#[derive(Clone, Copy, Default)]
pub(in crate::inbox) struct Saved {
    pub(super) revision: u64,
    /// SHA-256 of everything before the revision.
    digest: Option<[u8; CHECKSUM_LEN]>,
}

/// Collects bytes, and hands them out in pieces of one size.
pub(super) struct Pieces<F: FnMut(&[u8])> {
    piece: Zeroizing<Vec<u8>>,
    out: F,
}

impl Saved {
    /// Checks a state's checksum, and reads its revision. Returns what is before these, too.
    pub(super) fn read(state: &[u8]) -> Option<(&[u8], Saved)> {
        let (bytes, checksum) = state.split_last_chunk::<CHECKSUM_LEN>()?;
        let (fields, revision) = bytes.split_last_chunk::<REVISION_LEN>()?;
        let mut hash = Sha256::new_with_prefix(fields);
        let digest = hash.clone().finalize().into();
        hash.update(revision);
        let saved = Saved {
            revision: u64::from_be_bytes(*revision),
            digest: Some(digest),
        };
        (hash.finalize() == *checksum).then_some((fields, saved))
    }

    /// Counts a state, unless it is the one before.
    pub(super) fn followed_by(self, digest: [u8; CHECKSUM_LEN]) -> Saved {
        match self.digest == Some(digest) {
            true => self,
            false => Saved {
                revision: self.revision.saturating_add(1),
                digest: Some(digest),
            },
        }
    }
}

impl<F: FnMut(&[u8])> Pieces<F> {
    pub(super) fn new(out: F) -> Pieces<F> {
        let piece = Zeroizing::new(Vec::with_capacity(PIECE_LEN));
        Pieces { piece, out }
    }

    pub(super) fn push(&mut self, mut bytes: &[u8]) {
        while self.piece.len() + bytes.len() > PIECE_LEN {
            let (head, rest) = bytes.split_at(PIECE_LEN - self.piece.len());
            self.piece.extend_from_slice(head);
            self.flush();
            bytes = rest;
        }
        self.piece.extend_from_slice(bytes);
    }

    /// Hands out what has been collected.
    pub(super) fn flush(&mut self) {
        (self.out)(&self.piece);
        self.piece.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_whole_and_in_order() {
        let bytes: Vec<u8> = (0..3 * PIECE_LEN + 5).map(|n| n as u8).collect();
        for step in [1, 7, PIECE_LEN - 1, PIECE_LEN, PIECE_LEN + 1, bytes.len()] {
            let (mut sizes, mut together) = (Vec::new(), Vec::new());
            let mut pieces = Pieces::new(|piece: &[u8]| {
                sizes.push(piece.len());
                together.extend_from_slice(piece);
            });
            bytes.chunks(step).for_each(|chunk| pieces.push(chunk));
            pieces.flush();
            assert_eq!(sizes, [PIECE_LEN, PIECE_LEN, PIECE_LEN, 5], "{step}");
            assert!(together == bytes);
        }
    }

    #[test]
    fn only_another_state_counts() {
        let saved = Saved::default().followed_by([1; 32]);
        assert_eq!(saved.revision, 1);
        assert_eq!(saved.followed_by([1; 32]).revision, 1);
        assert_eq!(saved.followed_by([2; 32]).followed_by([1; 32]).revision, 3);
    }
}
