//! The bounds of the ids and of the calls of all accounts together, which sequences do not reach:
//! they are filled once, and everything begins there.

use hushring::{MessageId, UnixMillis};

use super::{Run, refusal};
use crate::explanation::check_explanation;
use crate::letters::{About, Draft, Kind, Reason};
use crate::model::{MAX_CALLS_IN_ALL, MAX_IDS, MAX_IDS_IN_ALL};
use crate::people::{MULTITUDE, Pin, START, Term, Who};

/// How many accounts have as many ids as there may be.
const FULL: usize = 60;

impl Run {
    /// As many ids and calls as there may be, of very different many accounts.
    pub fn crowded() -> Run {
        let mut run = Run::new(false);
        for who in 0..MULTITUDE {
            run.trust(who, Pin::Nothing);
        }
        let others = MULTITUDE - FULL;
        let rest = MAX_IDS_IN_ALL - FULL * MAX_IDS;
        for who in 0..MULTITUDE {
            let many = match who.checked_sub(FULL) {
                None => MAX_IDS,
                // None of them has as many as another.
                Some(place) => rest / others + place - others / 2,
            };
            for number in 0..many {
                run.end(who, number);
            }
        }
        let left = MAX_IDS_IN_ALL - run.model.sizes(run.now).ids;
        for number in 0..left {
            run.end(MULTITUDE - 1, MAX_IDS - 1 - number);
        }
        let sizes = run.model.sizes(run.now);
        assert_eq!(sizes.ids, MAX_IDS_IN_ALL);
        assert_eq!(sizes.calls, MAX_CALLS_IN_ALL);
        run.compare();
        run
    }

    /// One more of somebody: from now on, whoever has most loses one for it.
    pub fn crowd_more(&mut self, who: Who, number: usize) {
        self.end(who, number);
        self.end(who, number + 1);
        self.ask_of_ends(who);
    }

    /// Which ends of somebody are known, and which calls.
    pub fn ask_of_ends(&mut self, who: Who) {
        for number in [0, 1, 7, 30, 63, 64, 65, 100, 200, 448, 500, 511, 512] {
            let end = ended(who, number);
            let signal = Draft {
                id: MessageId::from_bytes([0xa5; 16]),
                kind: Kind::Candidates(call_of(number)),
                ..end
            };
            for draft in [end, signal] {
                let letter = draft.seal();
                let outcome = self.model.clone().receive(&letter, self.now);
                let explanation = self.inbox.explain(&letter.bytes, UnixMillis(self.now));
                check_explanation(&explanation, &letter, &outcome, self.now);
                self.reach(&format!("asked: {}", outcome.line));
            }
        }
    }

    /// An end of a call that nobody has spoken of: it has an id, is recorded, and is dropped.
    fn end(&mut self, who: Who, number: usize) {
        let letter = ended(who, number).seal();
        let result = self.inbox.receive(&letter.bytes, UnixMillis(self.now));
        let outcome = self.model.receive(&letter, self.now);
        match result {
            Ok(event) => self.check_event(&letter, &event, &outcome),
            Err(error) => assert_eq!(Err(refusal(&error)), outcome.result),
        }
        for line in std::mem::take(&mut self.model.met) {
            self.reach(line);
        }
        self.reach(outcome.line);
    }
}

fn call_of(number: usize) -> u16 {
    u16::try_from(number).unwrap()
}

/// Neither ids nor times ascend, and some times are the same.
fn ended(who: Who, number: usize) -> Draft {
    let scattered = call_of(number).wrapping_mul(40_503);
    let mut id = [0xcc; 16];
    id[..2].copy_from_slice(&scattered.to_be_bytes());
    Draft {
        who,
        device: number,
        term: Term::Long,
        prekey: 0,
        id: MessageId::from_bytes(id),
        sent_at: START - 100_000 + u64::from(scattered) % 400 * 200,
        kind: Kind::End {
            call: call_of(number),
            reason: Reason::Cancelled,
            about: About::Call,
        },
        fault: None,
    }
}
