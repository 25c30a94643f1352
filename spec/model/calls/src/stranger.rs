//! Somebody who takes no part in the call says whatever can be said: nothing of it changes.

use crate::letter::{Content, Letter, Reason};
use crate::scope::Scope;
use crate::state::State;
use crate::tables::Inbox;
use crate::{Account, CALLER, Device, LAST, STRANGER, Time};

/// Returns whether a letter of a stranger, or of account C, would change the call with account B.
pub fn changes(state: &State, scope: &Scope) -> bool {
    let from = scope.devices(Account::C).chain([STRANGER]);
    let mut letters = from.flat_map(|from| letters_to(CALLER..=scope.b() as Device, from));
    letters.any(|letter| {
        let mut inbox = state.inboxes[usize::from(letter.to)];
        let before = part_in_call(&inbox);
        inbox.receive(&letter, scope.account_of(letter.from), false, scope.rules);
        before != part_in_call(&inbox)
    })
}

/// What an inbox has to do with the call with account B.
fn part_in_call(inbox: &Inbox) -> impl PartialEq + use<> {
    let leg = inbox.legs[Account::B as usize];
    (leg, inbox.calls[Account::A as usize])
}

fn letters_to(
    to: impl Iterator<Item = Device> + Clone,
    from: Device,
) -> impl Iterator<Item = Letter> {
    let sent_at = [1, LAST];
    let letter = move |(to, content)| {
        sent_at.map(|sent_at| Letter {
            from,
            to,
            sent_at,
            content,
        })
    };
    contents()
        .flat_map(move |content| to.clone().map(move |to| (to, content)))
        .flat_map(letter)
}

/// Every content, with some times for a ring.
fn contents() -> impl Iterator<Item = Content> {
    const RINGS: [Time; 5] = [0, 1, 2, 3, LAST];
    let answers = RINGS.into_iter().map(|ring| Content::Answer { ring });
    let ends = Reason::ALL.into_iter().flat_map(|reason| {
        [None, Some(1), Some(2), Some(STRANGER)].map(|device| Content::End { reason, device })
    });
    let callees = Reason::ALL.into_iter().flat_map(|reason| {
        let end = move |caller| {
            RINGS.map(|ring| Content::CalleeEnd {
                caller,
                ring,
                reason,
            })
        };
        Account::ALL.into_iter().flat_map(end)
    });
    [Content::Invite, Content::Signal]
        .into_iter()
        .chain(answers)
        .chain(ends)
        .chain(callees)
}
