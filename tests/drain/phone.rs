//! One process of the app, or of its extension: a wake, as spec/sharing.md, section 1, says. It
//! tells each step to whoever started it, who may kill it there.

use std::fs;
use std::io::{Read, Write, stderr, stdin};

use hushring::error::OpenError;
use hushring::inbox::{Action, Event};
use hushring::{Device, Inbox, Prekey, UnixMillis};

use crate::memory::Rest;
use crate::world::{Line, Page, World};

/// Pages that an extension takes at most (DEP2).
const PAGES_OF_AN_EXTENSION: usize = 8;
/// Pages behind one that was passed over.
const PAGES_BEHIND: usize = 7;

/// Told for each step.
pub const STEP: u8 = 1;
/// How far a process may come behind the step at which it is killed.
pub const SLACK: usize = 8;

struct Phone {
    world: World,
    inbox: Inbox,
    now: UnixMillis,
    is_extension: bool,
    /// Steps that it may still go.
    leash: usize,
    rest: Rest,
}

/// The words of a process: folder, time, whether it is the extension, leash, and the place of what
/// was pushed.
pub fn run(words: &[&str]) {
    let &[folder, now, is_extension, leash, pushed] = words else {
        panic!("{words:?}");
    };
    let rest = Rest::now();
    let world = World::at(folder);
    let device = Device::import(&world.read("device")).unwrap();
    let prekey = Prekey::import(&world.read("prekey")).unwrap();
    let revision = fs::read_to_string(world.path("revision")).unwrap();
    let state = world.read("state");
    let revision = revision.parse().unwrap();
    let mut inbox = Inbox::load_at_least(device.certificate(), &state, revision).unwrap();
    drop(state);
    let begun = Line::Begun(inbox.revision());
    world.add("log", &begun.to_bytes());
    inbox.add_prekey(prekey).unwrap();
    let mut phone = Phone {
        world,
        inbox,
        now: UnixMillis(now.parse().unwrap()),
        is_extension: is_extension == "true",
        leash: leash.parse().unwrap(),
        rest,
    };
    phone.wake(pushed.parse().ok());
    phone.tell_peak();
}

impl Phone {
    fn wake(&mut self, pushed: Option<usize>) {
        let mut page = self.fetch(0, &[]);
        if let Some(place) = pushed {
            self.take(&[(place, self.world.envelope(place))]);
        }
        let most = if self.is_extension {
            PAGES_OF_AN_EXTENSION
        } else {
            usize::MAX
        };
        let pages = page.waiting.div_ceil(crate::world::PAGE).clamp(1, most);
        let mut last = usize::MAX;
        for number in 1..=pages {
            let mut confirmed = Vec::new();
            if number <= last {
                if self.take_all(&page) {
                    confirmed.extend(page.envelopes.iter().map(|(place, _)| *place));
                } else {
                    self.world.add("log", &Line::PassedOver.to_bytes());
                    last = last.min(number + PAGES_BEHIND);
                }
            }
            self.tell_peak();
            if number < pages {
                page = self.fetch(page.next, &confirmed);
            } else {
                self.confirm(&confirmed);
            }
        }
    }

    /// Whether there was room for all: if not at first, then after acting.
    fn take_all(&mut self, page: &Page) -> bool {
        let refused = self.take(&page.envelopes);
        refused.is_empty() || self.take(&refused).is_empty()
    }

    /// Receives, saves, acts, and saves. Returns those for which there was no room.
    fn take(&mut self, envelopes: &[(usize, Vec<u8>)]) -> Vec<(usize, Vec<u8>)> {
        let mut refused = Vec::new();
        for (place, envelope) in envelopes {
            if let Err(OpenError::InboxFull) = self.inbox.receive(envelope, self.now) {
                refused.push((*place, envelope.clone()));
            }
            self.step();
        }
        self.inbox.release(self.now);
        self.save();
        let mut last = None;
        while let Some((position, event)) = self.inbox.pending_after(last, self.now) {
            last = Some(position);
            self.act(&event);
            self.step();
        }
        self.save();
        refused
    }

    /// An extension reports a ring and leaves it to the app, and leaves a signal alone.
    fn act(&mut self, event: &Event) {
        let acknowledged = match &event.action {
            Action::Signal(_) if self.is_extension => return,
            Action::Ring(_) => !self.is_extension,
            _ => true,
        };
        let line = Line::acted(event, acknowledged);
        self.world.add("log", &line.to_bytes());
        self.step();
        if acknowledged {
            assert!(self.inbox.acknowledge(event));
        }
    }

    /// Beside, and then in its place; then the revision.
    fn save(&mut self) {
        let mut beside = fs::File::create(self.world.path("state.new")).unwrap();
        self.inbox.save_to(|piece| beside.write_all(piece).unwrap());
        self.step();
        let revision = self.inbox.revision();
        self.world.add("log", &Line::Saving(revision).to_bytes());
        fs::rename(self.world.path("state.new"), self.world.path("state")).unwrap();
        self.step();
        fs::write(self.world.path("revision.new"), revision.to_string()).unwrap();
        self.step();
        fs::rename(self.world.path("revision.new"), self.world.path("revision")).unwrap();
        self.step();
    }

    fn fetch(&mut self, from: usize, confirmed: &[usize]) -> Page {
        self.confirm(confirmed);
        let page = self.world.page(from);
        self.step();
        page
    }

    fn confirm(&mut self, confirmed: &[usize]) {
        for place in confirmed {
            self.world.confirm(*place);
        }
        self.step();
    }

    fn tell_peak(&self) {
        let line = Line::Peak(self.rest.peak());
        self.world.add("log", &line.to_bytes());
    }

    /// Tells what it has needed before the step at which it is killed. At the end of its leash it waits
    /// for that.
    fn step(&mut self) {
        if self.leash == SLACK + 1 {
            self.tell_peak();
        }
        stderr().write_all(&[STEP]).unwrap();
        self.leash -= 1;
        if self.leash == 0 {
            let read = stdin().read(&mut [0]);
            panic!("nobody killed it: {read:?}");
        }
    }
}
