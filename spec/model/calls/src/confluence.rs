//! The order in which letters of one history reach a device does not matter for how it ends.

use std::collections::HashSet;

use crate::letter::{Content, Letter, Reason};
use crate::scope::Scope;
use crate::state::State;
use crate::tables::Phase;
use crate::{Account, CALLER, Time};

/// What was looked at.
#[derive(Debug, PartialEq, Eq)]
pub struct Confluence {
    pub sets: usize,
    pub orders: usize,
    /// The sets whose end depends on the order.
    pub dependent: Vec<Vec<Letter>>,
}

/// Delivers every subset of one history's letters to a device, in every order.
pub fn confluence() -> Confluence {
    let scope: Scope = "b=2".parse().expect("a scope");
    let letters = history();
    let mut found = Confluence {
        sets: 0,
        orders: 0,
        dependent: Vec::new(),
    };
    for set in 1_u32..1 << letters.len() {
        let is_in = |place: &usize| set >> place & 1 == 1;
        let places = (0..letters.len()).filter(is_in);
        let mut set: Vec<Letter> = places.map(|place| letters[place]).collect();
        let mut ends = HashSet::new();
        in_every_order(&mut set, 0, &mut |order| {
            ends.insert(end_of(order, &scope));
            found.orders += 1;
        });
        found.sets += 1;
        if ends.len() > 1 {
            found.dependent.push(set);
        }
    }
    found
}

/// The caller rings, sends a signal, ends; rings again, sends a signal, and says which device it
/// took. A sibling answers the first ring, and declines the second.
fn history() -> [Letter; 8] {
    let caller = |sent_at, content| Letter {
        from: CALLER,
        to: 1,
        sent_at,
        content,
    };
    let end = |sent_at, reason, device| caller(sent_at, Content::End { reason, device });
    let sibling = |ring: Time, reason| Letter {
        from: 2,
        to: 1,
        sent_at: 1,
        content: Content::CalleeEnd {
            caller: Account::A,
            ring,
            reason,
        },
    };
    [
        caller(1, Content::Invite),
        caller(2, Content::Signal),
        end(3, Reason::Cancelled, None),
        caller(4, Content::Invite),
        caller(5, Content::Signal),
        end(6, Reason::AnsweredElsewhere, Some(2)),
        sibling(1, Reason::AnsweredElsewhere),
        sibling(4, Reason::DeclinedElsewhere),
    ]
}

/// What the device knows in the end, and which signals of the ring that counts its app got.
fn end_of(order: &[Letter], scope: &Scope) -> (Time, Time, Time, u8, u32) {
    let mut state = State::new(scope);
    for letter in order {
        state.deliver(letter, false, scope);
    }
    let call = state.inboxes[1].calls[Account::A as usize];
    let rung = if call.phase == Phase::None {
        0
    } else {
        call.rung
    };
    let got = match call.phase {
        Phase::Ringing => state.called[1].got >> rung,
        _ => 0,
    };
    (rung, call.over, call.elsewhere, call.phase as u8, got)
}

fn in_every_order(letters: &mut [Letter], from: usize, act: &mut impl FnMut(&[Letter])) {
    if from == letters.len() {
        act(letters);
    }
    for place in from..letters.len() {
        letters.swap(from, place);
        in_every_order(letters, from + 1, act);
        letters.swap(from, place);
    }
}
