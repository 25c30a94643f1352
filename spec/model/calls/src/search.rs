//! Every reachable state, breadth first.

use std::collections::HashMap;

use crate::scope::Scope;
use crate::state::{Orders, State};
use crate::steps::Step;

/// What was found.
#[derive(Debug)]
pub struct Found {
    pub states: usize,
    pub steps: usize,
    /// Of the states, those in which nothing is on its way or due.
    pub quiet: usize,
    /// The longest way to a state, of the shortest ones.
    pub depth: usize,
    pub verdict: Verdict,
}

/// What became of a search.
#[derive(Debug)]
pub enum Verdict {
    /// Every reachable state was looked at, and every invariant holds.
    Holds,
    /// An invariant is broken, and how. Without the steps, if they were not asked for.
    Broken {
        invariant: &'static str,
        trace: Vec<String>,
    },
    /// There are more states than were asked for.
    Stopped,
}

/// Looks at every state that can be reached, and stops at the first in which an invariant is broken,
/// or when there are more than `most`. With `traces`, a shortest way to it is found; the scope has
/// to tell devices apart then (`no-symmetry`).
pub fn search(scope: &Scope, traces: bool, most: usize) -> Found {
    let orders = Orders::of(scope);
    let mut seen = Seen::new();
    let mut parents: Parents = HashMap::new();
    let start = State::new(scope).canonical(scope, &orders);
    seen.insert(fingerprint(&start));
    let mut level = vec![start.into_boxed_slice()];
    let (mut steps, mut quiet, mut depth) = (0, 0, 0);
    let mut verdict = Verdict::Holds;
    'search: while !level.is_empty() {
        let mut next = Vec::new();
        for bytes in level.drain(..) {
            let state = State::decode(&bytes, scope);
            let name = fingerprint(&bytes);
            quiet += usize::from(state.is_quiet(scope));
            for step in state.steps(scope) {
                steps += 1;
                let taken = state.take(step, scope).state;
                let bytes = taken.canonical(scope, &orders);
                let reached = fingerprint(&bytes);
                let is_new = seen.insert(reached);
                if is_new && traces {
                    parents.insert(reached, (name, step));
                }
                if (is_new || taken.broken.is_some())
                    && let Some(invariant) = taken.check(scope)
                {
                    let trace = trace(&parents, name, step, scope, traces);
                    verdict = Verdict::Broken { invariant, trace };
                    break 'search;
                }
                if is_new {
                    next.push(bytes.into_boxed_slice());
                }
            }
            if seen.count > most {
                verdict = Verdict::Stopped;
                break 'search;
            }
        }
        level = next;
        depth += usize::from(!level.is_empty());
    }
    Found {
        states: seen.count,
        steps,
        quiet,
        depth,
        verdict,
    }
}

/// From which state, and by which step, each state was reached first.
type Parents = HashMap<u64, (u64, Step)>;

fn trace(
    parents: &Parents,
    mut name: u64,
    last: Step,
    scope: &Scope,
    is_known: bool,
) -> Vec<String> {
    if !is_known {
        return Vec::new();
    }
    let mut steps = vec![last];
    while let Some((parent, step)) = parents.get(&name) {
        steps.push(*step);
        name = *parent;
    }
    let orders = Orders::of(scope);
    let mut state = State::new(scope);
    let mut told = Vec::new();
    for step in steps.into_iter().rev() {
        // A step names a letter by its place, and decoding puts them in order.
        state = State::decode(&state.canonical(scope, &orders), scope);
        told.push(state.tell(step, scope));
        state = state.take(step, scope).state;
    }
    told
}

/// A set of fingerprints. A state whose fingerprint is in it by chance is not looked at: with n
/// states, the probability that there is one is about n² / 2⁶⁵.
struct Seen {
    slots: Vec<u64>,
    count: usize,
}

impl Seen {
    fn new() -> Seen {
        Seen {
            slots: vec![0; 1 << 12],
            count: 0,
        }
    }

    /// Returns whether it was not there.
    fn insert(&mut self, fingerprint: u64) -> bool {
        if self.count * 10 > self.slots.len() * 7 {
            let room = vec![0; self.slots.len() * 2];
            let slots = std::mem::replace(&mut self.slots, room);
            self.count = 0;
            for fingerprint in slots.into_iter().filter(|slot| *slot != 0) {
                self.put(fingerprint);
            }
        }
        self.put(fingerprint)
    }

    fn put(&mut self, fingerprint: u64) -> bool {
        let last = self.slots.len() - 1;
        let mut slot = (fingerprint.wrapping_mul(FACTORS[0]) >> 20) as usize & last;
        while self.slots[slot] != 0 {
            if self.slots[slot] == fingerprint {
                return false;
            }
            slot = (slot + 1) & last;
        }
        self.slots[slot] = fingerprint;
        self.count += 1;
        true
    }
}

const FACTORS: [u64; 4] = [
    0x9E37_79B9_7F4A_7C15,
    0xA076_1D64_78BD_642F,
    0xE703_7ED1_A0B4_28DB,
    0x8EBC_6AF0_9C88_C6E3,
];

/// A fingerprint of 64 bits, by multiplication in two lanes. It is not 0.
fn fingerprint(bytes: &[u8]) -> u64 {
    let folded = |a: u64, b: u64| {
        let product = u128::from(a) * u128::from(b);
        product as u64 ^ (product >> 64) as u64
    };
    let (mut first, mut second) = (FACTORS[0] ^ bytes.len() as u64, FACTORS[3]);
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        let word = u64::from_le_bytes(word);
        first = folded(first ^ word, FACTORS[1]);
        second = folded(second.rotate_left(23) ^ word, FACTORS[2]);
    }
    let mixed = folded(first ^ second.rotate_left(32), FACTORS[3]) ^ second;
    mixed.max(1)
}
