//! An inbox at every bound of spec/inbox.md, section 2, at once: how large its state is, and how much
//! memory a process needs to load it, receive, list and save.

use std::fs;
use std::thread;

use hushring::content::{
    Answer, Content, End, EndReason, Handle, HandleType, Invite, Map, Message, Unknown,
};
use hushring::error::OpenError;
use hushring::inbox::{Contact, HeldReason};
use hushring::limits::*;
use hushring::{
    Account, AccountKey, BundleCheck, CallId, Device, Inbox, Prekey, PrekeyBundle, SealOptions,
    Suite, UnixMillis,
};
use hushring_test_support::clock::{NOW, day, with};

use crate::dice::Dice;
use crate::mailbox::{call_id, heavy, validity};
use crate::memory::Rest;
use crate::world::World;
use crate::{MOST_MEMORY, process};

/// What the saved state has at most (spec/inbox.md, section 2).
const MOST_STATE: usize = 3_400_000;
/// Long enough ago that signals which were kept have had their time (G10).
const EARLY: UnixMillis = UnixMillis(NOW.0 - 200_000);
/// Ids of each account that has any. Nine take the room of sixteen, where room is doubled.
const IDS: usize = 9;
/// The stage up to which memory is bounded.
const SAVED: &str = "saved by pieces:";
/// Strangers, and contacts whose envelopes are held for the clock.
const HELD_ACCOUNTS: usize = MAX_HELD / MAX_HELD_PER_ACCOUNT;

#[test]
fn an_inbox_at_every_bound_needs_less_than_8_mb() {
    let folder = format!(
        "{}/bounds-{}",
        env!("CARGO_TARGET_TMPDIR"),
        std::process::id()
    );
    fs::create_dir_all(&folder).unwrap();
    let world = World::at(&folder);
    let length = write_full_inbox(&world);
    let output = process("bounds", std::slice::from_ref(&folder));
    let output = output.wait_with_output().unwrap();
    let stages = fs::read_to_string(world.path("stages")).unwrap_or_default();
    fs::remove_dir_all(&folder).unwrap();
    println!("{length} bytes of state\n{stages}");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    assert!(length <= MOST_STATE, "{length}");
    let mut saved = stages.lines().filter_map(|line| line.strip_prefix(SAVED));
    let peak: u64 = saved.next().unwrap().trim().parse().unwrap();
    assert!(peak < MOST_MEMORY, "{stages}");
}

/// The word of a process: the folder.
pub fn run(words: &[&str]) {
    let world = World::at(words[0]);
    let device = Device::import(&world.read("device")).unwrap();
    let worst = world.read("worst");
    let rest = Rest::now();
    let mut stages = String::new();
    let mut reached = |stage: &str| {
        stages += &format!("{stage} {}\n", rest.peak());
    };

    let state = world.read("state");
    let mut inbox = Inbox::load_at_least(device.certificate(), &state, 1).unwrap();
    drop(state);
    reached("loaded:");
    for bytes in world.read("prekeys").chunks_exact(Prekey::EXPORT_LEN) {
        inbox.add_prekey(Prekey::import(bytes).unwrap()).unwrap();
    }
    assert_eq!(inbox.prekeys().len(), MAX_PREKEYS);
    reached("with prekeys:");
    let full = inbox.receive(&worst, NOW);
    assert!(matches!(full, Err(OpenError::InboxFull)), "{full:?}");
    let first = inbox.pending(NOW).next().unwrap();
    assert!(inbox.acknowledge(&first));
    drop(first);
    inbox.receive(&worst, NOW).unwrap();
    reached("received:");
    let listed = inbox.pending(NOW).count();
    assert_eq!(listed, MAX_PENDING + MAX_PENDING_PER_ACCOUNT);
    reached("listed:");
    inbox.save_to(|piece| world.add("state.new", piece));
    reached(SAVED);
    let length = fs::metadata(world.path("state.new")).unwrap().len();
    assert_eq!(inbox.save().len() as u64, length);
    reached("saved as a whole, which has no bound:");
    world.write("stages", stages.as_bytes());
}

struct Crowd {
    devices: Vec<Device>,
    accounts: Vec<Account>,
    sibling: Device,
    strangers: Vec<Device>,
    bundle: PrekeyBundle,
    inbox: Inbox,
}

/// Where there are as many ids as may be, one that is newer than all others of its account stays.
fn behind(time: UnixMillis, number: usize) -> UnixMillis {
    UnixMillis(time.0 + 1 + number as u64)
}

/// Who seals what, and when.
type Job<'a> = (&'a Device, Content, UnixMillis);

/// Returns how long its state is.
fn write_full_inbox(world: &World) -> usize {
    let dice = &mut Dice::new(14);
    let owner = Account::generate_with_rng(dice).unwrap();
    let phone = Device::enroll_with_rng(&owner, &validity(), dice).unwrap();
    let prekey = Prekey::generate_with_rng(Suite::X25519, day(60), NOW, dice).unwrap();
    let mut prekeys = prekey.export().to_vec();
    for _ in 1..MAX_PREKEYS {
        let other = Prekey::generate_with_rng(Suite::XWing, day(60), NOW, dice).unwrap();
        prekeys.extend_from_slice(other.export().as_slice());
    }
    let mut crowd = Crowd::new(&owner, &phone, prekey, dice);
    crowd.trust_and_revoke();
    let placed = crowd.place_and_join(dice);
    crowd.speak(&placed, dice);
    crowd.end_elsewhere(dice);
    let contents: Vec<Content> = [true, false]
        .map(|many| heavy(&crowd.sibling, &crowd.bundle, many, dice))
        .into();
    crowd.keep_signals(&contents[0], dice);
    crowd.fill_the_journal(&contents, dice);
    crowd.hold(&contents, dice);
    let worst = crowd.seal(&[(&crowd.devices[0], contents[0].clone(), NOW)], dice);

    let inbox = &mut crowd.inbox;
    let of = |reason| inbox.held().filter(|held| held.reason() == reason).count();
    assert_eq!(of(HeldReason::Untrusted), MAX_HELD);
    assert_eq!(of(HeldReason::Clock), MAX_HELD);
    let own = |key: &AccountKey| key == owner.public_key();
    let of_own = inbox
        .pending(NOW)
        .filter(|it| own(&it.sender.account))
        .count();
    assert_eq!(of_own, MAX_PENDING_PER_ACCOUNT);
    let state = inbox.save();
    world.write("device", phone.export().as_slice());
    world.write("prekeys", &prekeys);
    world.write("state", &state);
    world.write("worst", &worst[0]);
    state.len()
}

impl Crowd {
    fn new(owner: &Account, phone: &Device, prekey: Prekey, dice: &mut Dice) -> Crowd {
        let enroll = |account: &Account, dice: &mut Dice| {
            Device::enroll_with_rng(account, &validity(), dice).unwrap()
        };
        let mut several = |count: usize| -> (Vec<Account>, Vec<Device>) {
            (0..count)
                .map(|_| {
                    let account = Account::generate_with_rng(dice).unwrap();
                    let device = enroll(&account, dice);
                    (account, device)
                })
                .unzip()
        };
        // The own account has a record as well.
        let (accounts, devices) = several(MAX_ACCOUNTS - 1);
        let (_, strangers) = several(HELD_ACCOUNTS);
        let published = phone.publish_after(&[&prekey], None, NOW).unwrap()[0].to_bytes();
        let check = BundleCheck::at(NOW);
        let mut inbox = Inbox::new(phone.certificate());
        inbox.add_prekey(prekey).unwrap();
        Crowd {
            devices,
            accounts,
            sibling: enroll(owner, dice),
            strangers,
            bundle: PrekeyBundle::verify(&published, owner.public_key(), &check).unwrap(),
            inbox,
        }
    }

    /// Each has a handle and a name, a floor that refuses what is old, and one that withdraws
    /// certificates; the first ones also a device that was revoked.
    fn trust_and_revoke(&mut self) {
        let contact = with(Contact::named("n".repeat(32)), |contact| {
            contact.handle = Some(Handle {
                kind: HandleType::Generic,
                value: "h".repeat(32),
                extra: Map::new(),
            });
        });
        assert_eq!(MAX_PINNED_LEN, MAX_ACCOUNTS * 64);
        let own = *self.sibling.account();
        self.inbox.trust(own, contact.clone(), EARLY).unwrap();
        for (number, account) in self.accounts.iter().enumerate() {
            let key = *account.public_key();
            let mut revocations = vec![account.revoke(day(-90), EARLY).unwrap()];
            if number < MAX_DEVICE_FLOORS_IN_ALL {
                let lost = self.devices[number + 1].public_key();
                revocations.push(account.revoke_device(lost, day(-80), EARLY).unwrap());
            }
            self.inbox.block(&key).unwrap();
            let long_ago = UnixMillis(EARLY.0 - 86_400_000);
            self.inbox.unblock(&key, long_ago);
            let contact = contact.clone();
            let trusted = self.inbox.trust_with(key, contact, &revocations, EARLY);
            trusted.unwrap();
        }
        let one_more = self.inbox.block(self.strangers[0].account());
        assert!(one_more.is_err(), "there is room for an account");
        let longer = with(contact, |it| it.display_name = Some("n".repeat(33)));
        let key = *self.accounts[0].public_key();
        let one_more = self.inbox.trust(key, longer, EARLY);
        assert!(one_more.is_err(), "there is room for a byte of a name");
    }

    /// As many calls as may be, with as many accounts.
    fn place_and_join(&mut self, dice: &mut Dice) -> Vec<CallId> {
        let own = *self.sibling.account();
        let each = MAX_PARTIES_IN_ALL / MAX_CALLS;
        let keys: Vec<AccountKey> = self.devices.iter().map(|it| *it.account()).collect();
        let calls: Vec<CallId> = (0..MAX_CALLS).map(|_| call_id(dice)).collect();
        for (call, keys) in calls.iter().zip(keys.chunks(each)) {
            self.inbox.place_call(*call, keys, EARLY).unwrap();
            self.inbox.joined(&own, *call, keys, EARLY).unwrap();
        }
        calls
    }

    /// The first accounts answer those calls, and call. All write until there are as many ids as may
    /// be. Each event is acknowledged.
    fn speak(&mut self, placed: &[CallId], dice: &mut Dice) {
        let each = MAX_PARTIES_IN_ALL / MAX_CALLS;
        let writers = MAX_SEEN_IN_ALL / IDS;
        for round in 0..IDS {
            let calls: Vec<CallId> = (0..writers).map(|_| call_id(dice)).collect();
            let say = |number: usize| match round {
                0 if number < MAX_PARTIES_IN_ALL => {
                    Content::Answer(Answer::new(placed[number / each], EARLY))
                }
                1 if number < MAX_CALLS_IN_ALL => {
                    Content::Invite(Invite::new(calls[number], false))
                }
                _ => Content::Message(Message::text("Hello")),
            };
            let jobs = self.devices[..writers].iter().enumerate();
            let jobs = jobs.map(|(number, device)| (device, say(number), EARLY));
            let sealed = self.seal(&jobs.collect::<Vec<_>>(), dice);
            for envelope in sealed {
                let event = self.inbox.receive(&envelope, EARLY).unwrap();
                assert!(self.inbox.acknowledge(&event), "{event:?}");
            }
        }
    }

    /// A sibling has answered calls that nobody here knows.
    fn end_elsewhere(&mut self, dice: &mut Dice) {
        let caller = self.devices[0].account();
        let end = |dice: &mut Dice| {
            let call = call_id(dice);
            Content::End(End::by_callee(
                call,
                EndReason::AnsweredElsewhere,
                caller,
                EARLY,
            ))
        };
        let jobs = (0..MAX_CALLS).map(|number| (&self.sibling, end(dice), behind(EARLY, number)));
        let jobs: Vec<Job<'_>> = jobs.collect();
        for envelope in self.seal(&jobs, dice) {
            let event = self.inbox.receive(&envelope, EARLY).unwrap();
            assert_eq!(event.action.reason(), Some("unknown"));
        }
    }

    /// In calls that nobody here knows yet.
    fn keep_signals(&mut self, content: &Content, dice: &mut Dice) {
        let Content::Message(message) = content else {
            unreachable!("it is heavy")
        };
        // The type and the callId take a few bytes of what fills the frame.
        let mut extra = Map::new();
        let Some(hushring::content::Value::Map(data)) = &message.data else {
            unreachable!("it is heavy")
        };
        for (name, value) in data.iter() {
            let value = match value {
                hushring::content::Value::Bytes(bytes) if name == "noise" => {
                    hushring::content::Value::Bytes(bytes[..bytes.len() - 60].to_vec())
                }
                other => other.clone(),
            };
            extra.insert(name, value);
        }
        let mut signal = |_| {
            Content::Unknown(Unknown {
                content_type: "call.x".into(),
                call_id: Some(call_id(dice)),
                extra: extra.clone(),
            })
        };
        let contents: Vec<Content> = (0..MAX_KEPT).map(&mut signal).collect();
        let jobs = contents.into_iter().enumerate();
        let jobs = jobs.map(|(number, content)| {
            let at = behind(EARLY, number);
            (&self.devices[number], content, at)
        });
        for envelope in self.seal(&jobs.collect::<Vec<_>>(), dice) {
            let event = self.inbox.receive(&envelope, EARLY).unwrap();
            assert_eq!(event.action.reason(), Some("early"));
        }
    }

    /// Of four contacts and the own account, so that there is no room for any other.
    fn fill_the_journal(&mut self, contents: &[Content], dice: &mut Dice) {
        let mut senders: Vec<&Device> = self.devices[..MAX_PENDING / MAX_PENDING_PER_ACCOUNT]
            .iter()
            .collect();
        senders.push(&self.sibling);
        let jobs = (0..MAX_PENDING_PER_ACCOUNT * senders.len()).map(|number| {
            let content = &contents[number % contents.len()];
            let at = behind(UnixMillis(NOW.0 - 1_000), number);
            (senders[number % senders.len()], content.clone(), at)
        });
        for envelope in self.seal(&jobs.collect::<Vec<_>>(), dice) {
            self.inbox.receive(&envelope, NOW).unwrap();
        }
    }

    fn hold(&mut self, contents: &[Content], dice: &mut Dice) {
        let ahead = UnixMillis(NOW.0 + 900_000);
        let mut jobs: Vec<Job<'_>> = Vec::new();
        for number in 0..MAX_HELD {
            let content = &contents[number % contents.len()];
            let by = number % HELD_ACCOUNTS;
            jobs.push((&self.strangers[by], content.clone(), NOW));
            jobs.push((&self.devices[by], content.clone(), ahead));
        }
        for envelope in self.seal(&jobs, dice) {
            let refused = self.inbox.receive(&envelope, NOW);
            let is_held = matches!(
                refused,
                Err(OpenError::Untrusted { .. } | OpenError::Clock { .. })
            );
            assert!(is_held, "{refused:?}");
        }
    }

    /// By two threads.
    fn seal(&self, jobs: &[Job<'_>], dice: &mut Dice) -> Vec<Vec<u8>> {
        let half = |jobs: &[Job<'_>], mut dice: Dice| -> Vec<Vec<u8>> {
            jobs.iter()
                .map(|(device, content, at)| {
                    let options = SealOptions::at(*at);
                    let envelope = device.seal_with_rng(&self.bundle, content, options, &mut dice);
                    envelope.unwrap().as_bytes().to_vec()
                })
                .collect()
        };
        let (first, second) = jobs.split_at(jobs.len() / 2);
        let [one, other] = [Dice::new(dice.next()), Dice::new(dice.next())];
        thread::scope(|scope| {
            let first = scope.spawn(|| half(first, one));
            let second = half(second, other);
            [first.join().unwrap(), second].concat()
        })
    }
}
