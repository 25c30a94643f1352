//! The names, and what each stands for.

use std::hint::black_box;

use hushring::inbox::Action;
use hushring::{BundleCheck, Content, Inbox, PrekeyBundle, SealOptions, Suite, UnixMillis};
use hushring_test_support::forge::Frame;
use hushring_test_support::random::TestRng;

use crate::people::{People, bundle, call, enrolled, message, prekey, published};
use crate::{Job, floor};

/// How many an inbox receives after a start, where receiving alone is measured.
const RECEIVED: usize = 32;
/// More senders than the crate remembers certificates of.
const MANY: usize = 70;
/// As a relay hands out.
const PAGE: usize = 64;

pub fn names() -> Vec<String> {
    let mut names = Vec::new();
    for suite in ["x25519", "xwing"] {
        for content in ["message", "call"] {
            for what in ["seal", "open", "floor seal", "floor open"] {
                names.push(format!("{what} {suite} {content}"));
            }
        }
        names.push(format!("open {suite} unknown"));
        for devices in [10, 100, 1_000] {
            names.push(format!("sealMany {suite} {devices}"));
        }
        for kind in ["ring", "message", "drop", "forged", "garbled"] {
            names.push(format!("receive {suite} {kind}"));
        }
        names.push(format!("drain {suite} 1000"));
    }
    names.extend(["verify known", "verify unknown"].map(String::from));
    names
}

pub(crate) fn job(name: &str) -> Option<Job> {
    let (name, is_floor) = match name.strip_prefix("floor ") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let words: Vec<&str> = name.split(' ').collect();
    if let ["verify", which] = words[..] {
        return Some(verify(which == "known"));
    }
    let [what, suite, which] = words[..] else {
        return None;
    };
    let suite = match suite {
        "x25519" => Suite::X25519,
        "xwing" => Suite::XWing,
        _ => return None,
    };
    let content = match which {
        "call" => call(),
        _ => message(),
    };
    Some(match what {
        "seal" if is_floor => floor::seal(suite, content.measure().ok()?),
        "open" if is_floor => floor::open(suite, content.measure().ok()?),
        "seal" => seal(suite, content),
        "open" if which == "unknown" => open(suite, &content, MANY),
        "open" => open(suite, &content, 1),
        "sealMany" => seal_many(suite, which.parse().ok()?),
        "receive" => receive(suite, which),
        "drain" => drain(suite, which.parse().ok()?),
        _ => return None,
    })
}

fn seal(suite: Suite, content: Content) -> Job {
    let people = People::new(suite, 1);
    Job::repeated(move || people.seal(0, &content, people.now))
}

/// By an inbox that is loaded each time, as after a start. The senders take turns.
fn open(suite: Suite, content: &Content, senders: usize) -> Job {
    let people = People::new(suite, senders);
    let seal = |sender| people.seal(sender, content, people.now);
    let envelopes: Vec<Vec<u8>> = (0..senders).map(seal).collect();
    let opened = people.inbox().receive(&envelopes[0], people.now).unwrap();
    assert!(matches!(
        &opened.action,
        Action::Notify(_) | Action::Ring(_)
    ));
    let mut turn = 0;
    Job::repeated(move || {
        turn = (turn + 1) % envelopes.len();
        let mut inbox = people.inbox();
        inbox.receive(&envelopes[turn], people.now).unwrap()
    })
}

/// The time is that of one device.
fn seal_many(suite: Suite, devices: u32) -> Job {
    let people = People::new(suite, 1);
    let now = people.now;
    let (bob, _) = enrolled(now);
    let bundles: Vec<PrekeyBundle> = (0..devices)
        .map(|_| {
            let device = crate::people::device(&bob, now);
            bundle(&bob, &device, &prekey(suite, now), now)
        })
        .collect();
    let content = message();
    let once = move |(): &mut ()| {
        let bundles: Vec<&PrekeyBundle> = bundles.iter().collect();
        let sealed = people.senders[0].seal_many(&bundles, &content, SealOptions::at(now));
        sealed.unwrap()
    };
    Job::prepared(devices, || (), once)
}

/// Two bundles of each of ten devices: their certificates were verified just before, or never.
fn verify(are_known: bool) -> Job {
    let now = UnixMillis::from(std::time::SystemTime::now());
    let accounts = if are_known { 1 } else { 10 };
    let all: Vec<_> = (0..accounts)
        .map(|_| {
            let (bob, _) = enrolled(now);
            let bundles: Vec<Vec<u8>> = (0..10)
                .flat_map(|_| {
                    let device = crate::people::device(&bob, now);
                    let prekeys = Suite::ALL.map(|suite| prekey(suite, now));
                    published(&device, &prekeys.each_ref(), now)
                })
                .collect();
            let check = BundleCheck::at(now);
            let verified = PrekeyBundle::verify_all(&bundles, bob.public_key(), &check);
            assert!(verified.bundles.len() == 20 && verified.rejected.is_empty());
            (bob, bundles, verified.last_published)
        })
        .collect();
    let mut turn = 0;
    Job::repeated(move || {
        turn = (turn + 1) % all.len();
        let (bob, bundles, last_published) = &all[turn];
        let check = BundleCheck::at(now).with_last_published(last_published);
        PrekeyBundle::verify_all(bundles, bob.public_key(), &check)
    })
}

fn receive(suite: Suite, kind: &str) -> Job {
    let people = People::new(suite, 1);
    let envelopes: Vec<Vec<u8>> = (0..RECEIVED).map(|_| envelope(&people, kind)).collect();
    let mut inbox = people.inbox();
    for envelope in &envelopes {
        assert!(is_expected(&mut inbox, envelope, people.now, kind));
    }
    let (now, units) = (people.now, RECEIVED as u32);
    let once = move |inbox: &mut Inbox| {
        let received = envelopes
            .iter()
            .filter(|envelope| inbox.receive(envelope, now).is_ok());
        received.count()
    };
    Job::prepared(units, move || people.inbox(), once)
}

fn envelope(people: &People, kind: &str) -> Vec<u8> {
    let seal = |content: &Content| people.seal(0, content, people.now);
    match kind {
        "ring" => seal(&call()),
        "drop" => seal(&Content::Cover(hushring::content::Cover::default())),
        "garbled" => {
            let mut envelope = seal(&message());
            envelope[2_000] ^= 1;
            envelope
        }
        "forged" => {
            let content = vec![0; 23];
            let mut frame = Frame::of(&people.senders[0], [7; 16], people.now.0, content);
            frame.sign = |_, _, _| [7; 64];
            frame.seal(&people.bundle, TestRng::new(1))
        }
        _ => seal(&message()),
    }
}

fn is_expected(inbox: &mut Inbox, envelope: &[u8], now: UnixMillis, kind: &str) -> bool {
    match (kind, inbox.receive(envelope, now)) {
        ("forged", Err(error)) => error.code().as_str() == "bad_signature",
        ("garbled", Err(error)) => error.code().as_str() == "decryption_failed",
        ("ring", Ok(event)) => matches!(event.action, Action::Ring(_)),
        ("message", Ok(event)) => matches!(event.action, Action::Notify(_)),
        ("drop", Ok(event)) => matches!(event.action, Action::Drop(_)),
        _ => false,
    }
}

/// A mailbox of 20 contacts, in pages: received, saved, acted on, saved. The time is that of all.
fn drain(suite: Suite, count: usize) -> Job {
    let people = People::new(suite, 20);
    let message = message();
    let seal = |number: usize| {
        let at = UnixMillis(people.now.0 - 1_000 * (count - number) as u64);
        people.seal(number % 20, &message, at)
    };
    let mailbox: Vec<Vec<u8>> = (0..count).map(seal).collect();
    let now = people.now;
    let once = move |inbox: &mut Inbox| {
        let mut events = 0;
        for page in mailbox.chunks(PAGE) {
            for envelope in page {
                inbox.receive(envelope, now).unwrap();
            }
            black_box(inbox.save());
            let pending: Vec<_> = inbox.pending(now).collect();
            for event in pending {
                events += usize::from(inbox.acknowledge(&event));
            }
            black_box(inbox.save());
        }
        assert_eq!(events, mailbox.len());
    };
    Job::prepared(1, move || people.inbox(), once)
}
