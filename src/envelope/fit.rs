//! Leaving candidates out, so that a content fits.

use std::fmt;

use zeroize::Zeroize;

use crate::content::Content;
use crate::envelope::capacity;
use crate::error::SealError;
use crate::suite::Suite;

/// A content that fits, and what had to be left out for it. `Debug` shows no content.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Fitted {
    /// The content.
    pub content: Content,
    /// The candidates that were left out, as texts, in the order in which they stood.
    pub dropped: Vec<String>,
}

impl Content {
    /// Leaves out ICE candidates until the content fits an envelope of this suite: as few as
    /// needed, the least useful first. These are, in this order, those of TCP, duplicates of one
    /// base, link-local ones, and IPv6 ones of a host; by priority where they are alike. All others
    /// stay, and one of each media section. Candidates stand in [`Candidates`] or in the lines of a
    /// description.
    ///
    /// [`Candidates`]: crate::content::Candidates
    ///
    /// # Errors
    /// In this order:
    /// - Those of [`Content::measure`].
    /// - [`SealError::TooLarge`] (`too_large`): it does not fit without them. It is never split.
    pub fn fit(self, suite: Suite) -> Result<Fitted, SealError> {
        let available = capacity(suite);
        if self.measure()? <= available {
            let dropped = Vec::new();
            return Ok(Fitted {
                content: self,
                dropped,
            });
        }
        let spare = self.spare_candidates();
        let without = |count| {
            let mut content = self.clone();
            let dropped = content.take_candidates(spare.get(..count).unwrap_or(&spare));
            Fitted { content, dropped }
        };
        let mut fitted = without(spare.len());
        let needed = fitted.content.measure()?;
        if needed > available {
            return Err(SealError::TooLarge { needed, available });
        }
        // Halving: with `few` it does not fit, with `many` it does.
        let (mut few, mut many) = (0, spare.len());
        while many - few > 1 {
            let count = few.midpoint(many);
            let mut tried = without(count);
            if tried.content.measure()? <= available {
                many = count;
                std::mem::swap(&mut fitted, &mut tried);
            } else {
                few = count;
            }
            tried.content.zeroize();
        }
        let mut whole = self;
        whole.zeroize();
        Ok(fitted)
    }
}

impl fmt::Debug for Fitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fitted")
            .field("content", &self.content)
            .field("dropped", &self.dropped.len())
            .finish()
    }
}
