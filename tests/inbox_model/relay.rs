//! A relay, an app and its disk (N29): the app receives, saves, tells the relay, acts, acknowledges
//! and saves, and may die between any two of these. No model here: only what must hold.

use std::collections::BTreeMap;
use std::rc::Rc;

use hushring::inbox::Event;
use hushring::{AccountKey, Inbox, MessageId, UnixMillis};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::letters::{Draft, Kind, Letter};
use crate::people::{ANN, BEN, CAT, OWN, Pin, START, Term, WORLD, Who, key};
use crate::steps::{Theme, kind};

const NOW: UnixMillis = UnixMillis(START);

/// What is in the relay's mailbox, and how the app works it off.
#[derive(Clone, Debug)]
pub struct Scenario {
    letters: Vec<(Who, Kind)>,
    /// Some come twice, whatever the app says.
    again: Vec<u8>,
    /// How many the app receives before it saves.
    batch: usize,
    /// How long it lives after its first death.
    second_life: u32,
}

pub fn scenario() -> impl Strategy<Value = Scenario> {
    let who = prop_oneof![6 => Just(ANN), 3 => Just(BEN), 3 => Just(OWN), 1 => Just(CAT)];
    let letters = vec((who, kind(Theme::Calls)), 6);
    (letters, vec(any::<u8>(), 0..3), 1..4_usize, 0..40_u32).prop_map(
        |(letters, again, batch, second_life)| Scenario {
            letters,
            again,
            batch,
            second_life,
        },
    )
}

/// What the app did: how often it acted on each event.
type Acted = BTreeMap<(AccountKey, MessageId), u32>;

/// Runs a scenario without a crash, and with one at every point. Returns at how many.
pub fn check(scenario: &Scenario) -> u32 {
    let (acted, lived) = play(scenario, &[]);
    assert!(
        acted.values().all(|times| *times == 1),
        "twice, without a crash"
    );
    for life in 0..lived {
        let (again, _) = play(scenario, &[life]);
        compare(&again, &acted, 1);
        let (again, _) = play(scenario, &[life, scenario.second_life]);
        compare(&again, &acted, 2);
    }
    lived
}

/// The same events, none lost, and one repeated for each crash at most.
fn compare(again: &Acted, acted: &Acted, crashes: u32) {
    assert!(
        again.keys().eq(acted.keys()),
        "other events than without a crash"
    );
    let times: u32 = again.values().sum();
    let least = u32::try_from(acted.len()).unwrap();
    assert!((least..=least + crashes).contains(&times), "{again:?}");
}

/// Plays with an app that dies after so many acts, once for each life; the last one goes on to the
/// end. Returns how long that was.
fn play(scenario: &Scenario, lives: &[u32]) -> (Acted, u32) {
    let mut app = App::new(scenario);
    for life in lives {
        app.left = *life;
        if app.live(scenario.batch).is_ok() {
            break;
        }
    }
    app.left = u32::MAX;
    assert!(app.live(scenario.batch).is_ok());
    assert!(app.mailbox.is_empty());
    assert!(
        Inbox::load(WORLD.phone.certificate(), &app.disk)
            .unwrap()
            .pending(NOW)
            .next()
            .is_none()
    );
    (app.acted, u32::MAX - app.left)
}

struct Died;

struct App {
    mailbox: Vec<Rc<Letter>>,
    disk: Vec<u8>,
    acted: Acted,
    /// Acts until it dies.
    left: u32,
}

impl App {
    fn new(scenario: &Scenario) -> App {
        let numbered = scenario.letters.iter().zip(1_u8..);
        let mut mailbox: Vec<_> = numbered
            .map(|((who, kind), n)| letter(*who, *kind, n))
            .collect();
        for number in &scenario.again {
            mailbox.push(mailbox[usize::from(*number) % mailbox.len()].clone());
        }
        let mut inbox = Inbox::new(WORLD.phone.certificate());
        for who in [ANN, BEN, CAT] {
            inbox.trust(key(who), Pin::Name.contact(), NOW).unwrap();
        }
        App {
            mailbox,
            disk: inbox.save().to_vec(),
            acted: Acted::new(),
            left: 0,
        }
    }

    fn live(&mut self, batch: usize) -> Result<(), Died> {
        let mut inbox = Inbox::load(WORLD.phone.certificate(), &self.disk).unwrap();
        inbox.add_prekey(WORLD.prekeys[0].prekey.clone()).unwrap();
        // What an earlier life did not finish.
        for event in inbox.pending(NOW).collect::<Vec<_>>() {
            self.act(&mut inbox, &event)?;
        }
        while !self.mailbox.is_empty() {
            let batch = batch.min(self.mailbox.len());
            for number in 0..batch {
                self.survive()?;
                let letter = &self.mailbox[number];
                // What is refused is over for the relay as well.
                let _ = inbox.receive(&letter.bytes, NOW);
            }
            self.save(&mut inbox)?;
            self.survive()?;
            self.mailbox.drain(..batch);
            for event in inbox.pending(NOW).collect::<Vec<_>>() {
                self.act(&mut inbox, &event)?;
            }
        }
        Ok(())
    }

    fn act(&mut self, inbox: &mut Inbox, event: &Event) -> Result<(), Died> {
        self.survive()?;
        *self
            .acted
            .entry((event.sender.account, event.message_id))
            .or_default() += 1;
        self.survive()?;
        assert!(inbox.acknowledge(event));
        self.save(inbox)
    }

    fn save(&mut self, inbox: &mut Inbox) -> Result<(), Died> {
        self.survive()?;
        self.disk = inbox.save().to_vec();
        Ok(())
    }

    fn survive(&mut self) -> Result<(), Died> {
        self.left = self.left.checked_sub(1).ok_or(Died)?;
        Ok(())
    }
}

fn letter(who: Who, kind: Kind, number: u8) -> Rc<Letter> {
    Draft {
        who,
        device: 0,
        term: Term::Long,
        prekey: 0,
        id: MessageId::from_bytes([number; 16]),
        sent_at: START,
        kind: kind.with_ring(START),
        fault: None,
    }
    .seal()
}
