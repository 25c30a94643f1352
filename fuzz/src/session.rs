//! A whole session of an app with its relay (spec/sharing.md, section 1): posts, wakes that go page by
//! page, and kills anywhere. The envelopes are opened once for all sessions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use hushring::content::{Candidates, Cover, End, EndReason, Invite, Message};
use hushring::fuzzing::Opened;
use hushring::inbox::{Action, Contact, DropReason, Event};
use hushring::{AccountKey, CallId, Content, Device, Inbox, Revocation, SealOptions, UnixMillis};
use hushring_test_support::clock::{NOW, day};
use hushring_test_support::people;
use hushring_test_support::random::TestRng;

use crate::sealed::{PHONES, with_prekeys};

const MINUTE: u64 = 60_000;
const DAY: u64 = 24 * 60 * MINUTE;
/// Small, so that a session has many.
const PAGE: usize = 4;
const NAMES: [&str; 4] = ["alice", "carol", "dave", "bob"];

/// What can be posted, and the accounts that it is from.
struct Mail {
    accounts: Vec<AccountKey>,
    letters: Vec<Opened>,
    statements: Vec<Revocation>,
}

static MAIL: LazyLock<Mail> = LazyLock::new(|| {
    let opener = with_prekeys(Inbox::new(PHONES.bob.certificate()));
    let mut letters = Vec::new();
    for (owner, name) in NAMES.iter().enumerate() {
        let device = people::device(name, if *name == "bob" { "laptop" } else { "phone" });
        for (place, content) in contents().iter().enumerate() {
            let bytes = sealed(&device, owner * 100 + place, content);
            letters.push(Opened::new(&opener, &bytes).unwrap());
        }
    }
    let statement = |name| people::account(name).revoke(day(-99), NOW).unwrap();
    Mail {
        accounts: NAMES.map(|name| *people::account(name).public_key()).into(),
        letters,
        statements: NAMES.map(statement).into(),
    }
});

fn contents() -> Vec<Content> {
    let id = |byte| CallId::from_bytes([byte; 16]).unwrap();
    let candidates = Candidates {
        call_id: id(1),
        candidates: Vec::new(),
        extra: hushring::content::Map::new(),
    };
    vec![
        Content::Message(Message::default()),
        Content::Cover(Cover::default()),
        Content::Invite(Invite::new(id(1), true)),
        Content::Candidates(candidates),
        Content::End(End::by_caller(id(1), EndReason::Cancelled)),
        Content::Invite(Invite::new(id(2), false)),
        Content::Invite(Invite::new(id(1), true)),
        Content::Message(Message::default()),
    ]
}

/// The contents are dated a minute after one another, and the last a day ahead.
fn sealed(device: &Device, seed: usize, content: &Content) -> Vec<u8> {
    let place = u64::try_from(seed % 100).unwrap();
    let ahead = if place == 7 { DAY } else { place * MINUTE };
    let options = SealOptions::at(UnixMillis(NOW.0 + ahead));
    let rng = &mut TestRng::new(u64::try_from(seed).unwrap());
    let envelope = device.seal_with_rng(&PHONES.bundles[seed % 2], content, options, rng);
    envelope.unwrap().as_bytes().to_vec()
}

type Name = ([u8; 32], [u8; 16]);

fn name(event: &Event) -> Name {
    let account = *event.sender.account.as_bytes();
    (account, *event.message_id.as_bytes())
}

/// The relay, the disk, and the app that is killed.
struct World {
    now: UnixMillis,
    /// What waits, in the order of posting.
    mailbox: Vec<(u64, usize)>,
    posted: u64,
    disk: Vec<u8>,
    /// The revision of the state on the disk, and what was there before.
    on_disk: u64,
    older: Vec<(u64, Vec<u8>)>,
    /// The revision that the keychain has.
    revision: u64,
    inbox: Inbox,
    /// What has been acted on, and when it last rang.
    acted: BTreeMap<Name, Option<([u8; 16], UnixMillis)>>,
    /// What was acknowledged since the last save, and what in a state that was saved.
    acknowledged: BTreeSet<Name>,
    done: BTreeSet<Name>,
    /// Accepted since the last save, and in a state that was saved; not drops.
    accepted: BTreeMap<usize, Name>,
    entered: BTreeMap<usize, Name>,
    /// Steps until the process is killed, if it is.
    fuel: Option<u32>,
}

/// The process was killed.
struct Killed;

impl World {
    fn new() -> World {
        let mut inbox = Inbox::new(PHONES.bob.certificate());
        for account in &MAIL.accounts[..2] {
            inbox.trust(*account, Contact::default(), NOW).unwrap();
        }
        World {
            now: NOW,
            mailbox: Vec::new(),
            posted: 0,
            disk: inbox.save().to_vec(),
            on_disk: inbox.revision(),
            older: Vec::new(),
            revision: inbox.revision(),
            inbox,
            acted: BTreeMap::new(),
            acknowledged: BTreeSet::new(),
            done: BTreeSet::new(),
            accepted: BTreeMap::new(),
            entered: BTreeMap::new(),
            fuel: None,
        }
    }

    /// A point at which the process may be killed.
    fn live(&mut self) -> Result<(), Killed> {
        match &mut self.fuel {
            None => Ok(()),
            Some(0) => Err(Killed),
            Some(fuel) => {
                *fuel -= 1;
                Ok(())
            }
        }
    }

    /// What a start does. The state on the disk is never older than what the keychain says, and no other
    /// is taken in its place.
    fn start(&mut self) {
        let recipient = PHONES.bob.certificate();
        self.inbox = Inbox::load_at_least(recipient, &self.disk, self.revision).unwrap();
        assert!(*self.inbox.save() == self.disk, "one encoding");
        if let Some((revision, older)) = self.older.last() {
            assert!(*revision < self.on_disk);
            let loaded = Inbox::load_at_least(recipient, older, self.revision);
            assert_eq!(loaded.is_ok(), *revision >= self.revision);
        }
        self.acknowledged.clear();
        self.accepted.clear();
    }

    fn save(&mut self) -> Result<(), Killed> {
        self.live()?;
        let state = self.inbox.save().to_vec();
        if state != self.disk {
            let before = std::mem::replace(&mut self.disk, state);
            self.older.push((self.on_disk, before));
            self.on_disk = self.inbox.revision();
        }
        self.done.append(&mut self.acknowledged);
        self.entered.append(&mut self.accepted);
        self.live()?;
        // What is kept may lag behind, and the state above it is loaded all the same.
        self.revision = self.inbox.revision();
        Ok(())
    }

    /// One wake, page by page.
    fn wake(&mut self) -> Result<(), Killed> {
        let pages = self.mailbox.len().div_ceil(PAGE).max(1);
        let mut behind = 0;
        for _ in 0..pages {
            let waits = self.mailbox.iter().filter(|(place, _)| *place > behind);
            let page: Vec<(u64, usize)> = waits.take(PAGE).copied().collect();
            for (place, letter) in &page {
                self.live()?;
                behind = *place;
                if let Ok(event) = MAIL.letters[*letter].receive(&mut self.inbox, self.now) {
                    self.accept(*letter, &event);
                }
            }
            self.live()?;
            let _ = self.inbox.release(self.now);
            self.save()?;
            self.act()?;
            self.save()?;
            self.confirm(&page)?;
        }
        Ok(())
    }

    fn accept(&mut self, letter: usize, event: &Event) {
        if matches!(event.action, Action::Drop(_)) {
            let is_duplicate = event.action == Action::Drop(DropReason::Duplicate);
            assert!(!is_duplicate || contents()[letter % 8] != Content::Cover(Cover::default()));
            return;
        }
        assert!(!self.done.contains(&name(event)), "accepted again");
        self.accepted.insert(letter, name(event));
    }

    /// Every event that waits is acted on, and acknowledged. What was acknowledged in a state that was
    /// saved does not come again; a ring that comes again is the same one.
    fn act(&mut self) -> Result<(), Killed> {
        let mut last = None;
        while let Some((position, event)) = self.inbox.pending_after(last, self.now) {
            last = Some(position);
            self.live()?;
            assert!(!self.done.contains(&name(&event)), "acted on again");
            let rung = match &event.action {
                Action::Ring(ring) => Some((*ring.call_uuid.as_bytes(), event.sent_at)),
                _ => None,
            };
            let before = self.acted.insert(name(&event), rung).flatten();
            assert!(before.is_none() || rung.is_none() || before == rung);
            self.live()?;
            assert!(self.inbox.acknowledge(&event));
            self.acknowledged.insert(name(&event));
        }
        Ok(())
    }

    /// What is confirmed has been acted on, or waits in the state on the disk.
    fn confirm(&mut self, page: &[(u64, usize)]) -> Result<(), Killed> {
        self.live()?;
        for (_, letter) in page {
            if let Some(name) = self.entered.get(letter) {
                assert!(self.acted.contains_key(name), "lost");
            }
        }
        self.mailbox.retain(|waiting| !page.contains(waiting));
        Ok(())
    }

    fn step(&mut self, step: u8, with: usize) -> Result<(), Killed> {
        let account = MAIL.accounts[with % NAMES.len()];
        match step % 12 {
            0..=4 => {
                self.posted += 1;
                let letter = with % MAIL.letters.len();
                self.mailbox.push((self.posted, letter));
            }
            5 => {
                self.fuel = Some(u32::try_from(with % 64).unwrap());
                let killed = self.wake();
                self.fuel = None;
                return killed;
            }
            6 => return self.wake(),
            7 => {
                let statement = &MAIL.statements[with % NAMES.len()..=with % NAMES.len()];
                let statement = if with & 64 == 0 { &[] } else { statement };
                let trusted =
                    self.inbox
                        .trust_with(account, Contact::default(), statement, self.now);
                // They wait in the journal like others.
                assert!(trusted.is_ok());
                return self.save();
            }
            8 => {
                self.inbox.untrust(&account);
                return self.save();
            }
            9 => {
                if with & 4 == 0 {
                    self.inbox.block(&account).unwrap();
                } else {
                    self.inbox.unblock(&account, self.now);
                }
                // What waited of it, acted on or not, is gone.
                self.entered.retain(|_, (of, _)| of != account.as_bytes());
                return self.save();
            }
            10 => {
                let minutes = u64::try_from(with).unwrap();
                // By a quarter of a minute each; and some months.
                let by = if with < 200 {
                    minutes * MINUTE / 4
                } else {
                    (minutes - 199) * 9 * DAY
                };
                self.now = UnixMillis(NOW.0 + by);
            }
            _ => {
                let _ = self.inbox.prune(self.now);
                return self.save();
            }
        }
        Ok(())
    }
}

/// Steps of a session, one a pair of bytes: what, and with which. What must hold: nothing that was
/// confirmed is lost; nothing that was acknowledged in a saved state comes again, whatever the clock
/// does; a state that is older than the last is found.
pub fn session(data: &[u8]) {
    let mut world = World::new();
    for [step, with] in data.as_chunks::<2>().0.iter().take(32) {
        if world.step(*step, usize::from(*with)).is_err() {
            world.start();
        }
    }
    // Two wakes that nobody disturbs empty the mailbox.
    for _ in 0..2 {
        assert!(world.wake().is_ok());
    }
    assert!(world.mailbox.is_empty() && world.inbox.pending(world.now).count() == 0);
}
