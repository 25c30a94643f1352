//! Ten thousand envelopes, and processes that are killed at any step.

use std::fs;
use std::hint::spin_loop;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Instant;

use hushring::inbox::HeldReason;
use hushring::{Inbox, UnixMillis};
use hushring_test_support::clock::NOW;

use crate::dice::Dice;
use crate::mailbox::Mailbox;
use crate::phone::{SLACK, STEP};
use crate::truth::Done;
use crate::world::{Line, World};
use crate::{MOST_MEMORY, process, seed};

/// Steps after which a process is killed, at most. A page has about 250.
const LONGEST_LIFE: usize = 300;

#[test]
fn ten_thousand_envelopes_survive_hundreds_of_kills() {
    let seed = seed();
    let folder = format!(
        "{}/drain-{}",
        env!("CARGO_TARGET_TMPDIR"),
        std::process::id()
    );
    fs::create_dir_all(&folder).unwrap();
    let run = catch_unwind(AssertUnwindSafe(|| run(&World::at(&folder), seed)));
    fs::remove_dir_all(&folder).unwrap();
    if let Err(panic) = run {
        println!("HUSHRING_DRAIN={seed} plays it again, but for when exactly the kills come");
        resume_unwind(panic);
    }
}

fn run(world: &World, seed: u64) {
    let begun = Instant::now();
    let dice = &mut Dice::new(seed);
    let mut mailbox = Mailbox::new(dice);
    assert!(mailbox.envelopes.len() >= 10_000);
    world.write("mailbox", &mailbox.envelopes.concat());
    world.write("confirmed", &vec![0; mailbox.envelopes.len()]);
    world.write("device", mailbox.phone.export().as_slice());
    world.write("prekey", mailbox.prekey.export().as_slice());
    world.write("state", &mailbox.inbox.save());
    world.write("revision", mailbox.inbox.revision().to_string().as_bytes());
    let sealed = begun.elapsed();

    let (mut lives, mut kills, mut locked) = (0, 0, 0);
    loop {
        lives += 1;
        assert!(lives < 5_000, "{} are left", world.unconfirmed());
        let left = world.unconfirmed();
        // While a burst of signals comes, the phone is locked for some time, and the extension alone
        // is at work. It has room for no more of them, and goes on behind.
        let first = mailbox.envelopes.len() - left;
        let near = |place: &usize| (first..first + 128).contains(place);
        let comes = mailbox.signals.iter().filter(|place| near(place)).count() > 20;
        locked += usize::from(comes);
        let is_locked = comes && locked % 40 < 20;
        let longest = LONGEST_LIFE * if is_locked { 4 } else { 1 };
        let life = Life {
            now: UnixMillis(NOW.0 + lives * 100),
            is_extension: left > 0 && (is_locked || dice.percent(30)),
            pushed: pushed(world, &mailbox, dice),
            steps: if left > 0 {
                1 + dice.below(longest)
            } else {
                usize::MAX - SLACK
            },
        };
        kills += usize::from(life.live(world, dice));
        if left == 0 {
            break;
        }
    }

    let done = Done::of(&Line::all(&world.read("log")), &mailbox.expected);
    let lost = mailbox.expected.keys();
    let lost = lost.filter(|name| !done.acknowledged.contains(*name));
    assert_eq!(lost.count(), 0, "lost, of {}", mailbox.expected.len());
    let twice = done.acted.values().filter(|often| **often > 1).count();
    println!(
        "seed {seed}: {} envelopes, sealed in {sealed:.1?}; {lives} processes, {kills} killed; of {} \
         events {twice} came more than once; {} pages were passed over; at most {} kB; {:.1?}",
        mailbox.envelopes.len(),
        done.acted.len(),
        done.passed_over,
        done.peak / 1000,
        begun.elapsed(),
    );
    assert!(kills >= 100, "{kills} kills");
    assert!(done.passed_over > 0, "the inbox was never full");
    assert!(done.peak < MOST_MEMORY, "{} bytes", done.peak);
    what_is_held_is_there(world, &mailbox);
}

/// Nothing waits but what is held, and that can be released.
fn what_is_held_is_there(world: &World, mailbox: &Mailbox) {
    let mut inbox = Inbox::load(mailbox.phone.certificate(), &world.read("state")).unwrap();
    assert_eq!(inbox.pending(NOW).count(), 0);
    let of_strangers = inbox
        .held()
        .filter(|held| held.reason() == HeldReason::Untrusted);
    assert_eq!(of_strangers.count(), 64);
    let events = inbox.release(UnixMillis(NOW.0 + 3_600_000));
    let names = events.iter().map(|event| {
        (
            *event.sender.account.as_bytes(),
            *event.message_id.as_bytes(),
        )
    });
    assert!(mailbox.ahead == names.collect());
}

/// Of two wakes one is begun by a push, of something that waits.
fn pushed(world: &World, mailbox: &Mailbox, dice: &mut Dice) -> Option<usize> {
    let confirmed = world.read("confirmed");
    let place = mailbox.pushed[dice.below(mailbox.pushed.len())];
    (dice.percent(50) && confirmed[place] == 0).then_some(place)
}

struct Life {
    now: UnixMillis,
    is_extension: bool,
    pushed: Option<usize>,
    /// After which it is killed.
    steps: usize,
}

impl Life {
    /// Returns whether it was killed.
    fn live(&self, world: &World, dice: &mut Dice) -> bool {
        let pushed = self.pushed.map_or("none".into(), |place| place.to_string());
        let words = [
            world.path("").to_str().unwrap().into(),
            self.now.0.to_string(),
            self.is_extension.to_string(),
            (self.steps + SLACK).to_string(),
            pushed,
        ];
        let mut process = process("phone", &words);
        let mut told = process.stderr.take().unwrap();
        let (mut steps, mut text, mut buffer) = (0, Vec::new(), [0; 256]);
        loop {
            let room = (self.steps - steps).min(buffer.len());
            let count = told.read(&mut buffer[..room]).unwrap();
            let read = &buffer[..count];
            steps += read.iter().filter(|byte| **byte == STEP).count();
            text.extend(read.iter().filter(|byte| **byte != STEP));
            if count == 0 {
                let status = process.wait().unwrap();
                let text = String::from_utf8_lossy(&text);
                assert!(status.success(), "{status}\n{text}");
                return false;
            }
            if steps == self.steps {
                break;
            }
        }
        for _ in 0..dice.below(20_000) {
            spin_loop();
        }
        process.kill().unwrap();
        process.wait().unwrap();
        true
    }
}
