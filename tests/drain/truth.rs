//! What all processes together have done, beside what they had to do.

use std::collections::{BTreeMap, BTreeSet};

use crate::world::{Line, Name, Ring};

#[derive(Debug, Default)]
pub struct Done {
    /// How often each event was acted on.
    pub acted: BTreeMap<Name, usize>,
    /// Acknowledged, and saved.
    pub acknowledged: BTreeSet<Name>,
    pub peak: u64,
    pub passed_over: usize,
}

impl Done {
    /// Of processes of which the last has ended by itself. Panics where something was acted on that
    /// was not expected, or that had been acknowledged and saved, and where a ring is another than
    /// was sent.
    pub fn of(lines: &[Line], expected: &BTreeMap<Name, Option<Ring>>) -> Done {
        let mut done = Done::default();
        let mut unsaved = Vec::new();
        let mut saving = (0, Vec::new());
        for line in lines {
            match line {
                Line::Begun(revision) => {
                    if saving.0 <= *revision {
                        done.acknowledged.extend(saving.1);
                    }
                    (saving, unsaved) = ((0, Vec::new()), Vec::new());
                }
                // The process has gone on, so the state before stands in its place.
                Line::Saving(revision) => {
                    done.acknowledged.extend(saving.1);
                    saving = (*revision, std::mem::take(&mut unsaved));
                }
                Line::PassedOver => done.passed_over += 1,
                Line::Peak(bytes) => done.peak = done.peak.max(*bytes),
                Line::Acted {
                    event,
                    ring,
                    acknowledged,
                } => {
                    let expected = expected.get(event).expect("an event that nobody sent");
                    assert!(ring.is_none() || ring == expected, "another ring");
                    assert!(
                        !done.acknowledged.contains(event),
                        "acted on after its acknowledgement was saved"
                    );
                    *done.acted.entry(*event).or_default() += 1;
                    if *acknowledged {
                        unsaved.push(*event);
                    }
                }
            }
        }
        done.acknowledged.extend(saving.1);
        done
    }
}
