//! The bounds of an inbox that need many accounts, what frees their room, and revisions
//! (spec/inbox.md, sections 2, 3, 6 and 11).

use hushring::content::{Candidates, Map};
use hushring::error::{InboxError, StateError};
use hushring::inbox::{Action, Contact, DropReason, Event};
use hushring::limits::{MAX_KEPT_PER_ACCOUNT, MAX_KEPT_PER_CALL, MAX_PENDING_PER_ACCOUNT};
use hushring::{
    Account, AccountKey, CallId, Content, Device, Inbox, PendingDevice, Revocation, SealOptions,
    Suite, UnixMillis, UnixSeconds,
};
use hushring_test_support::clock::{NOW, day};
use hushring_test_support::contents::{call_id, message};
use hushring_test_support::forge::resealed;
use hushring_test_support::pair::{Pair, account, device};
use hushring_test_support::random::TestRng;

const DAY: u64 = 24 * 60 * 60 * 1000;

fn later(days: u64) -> UnixMillis {
    UnixMillis(NOW.0 + days * DAY)
}

fn load(pair: &Pair, state: &[u8]) -> Result<Inbox, StateError> {
    Inbox::load(pair.phone.certificate(), state)
}

fn new_device(seed: u64) -> PendingDevice {
    PendingDevice::generate_with_rng(&mut TestRng::new(seed)).unwrap()
}

/// A signal that is kept if it comes before its invitation.
fn no_candidates(call_id: CallId) -> Content {
    Content::Candidates(Candidates {
        call_id,
        candidates: Vec::new(),
        extra: Map::new(),
    })
}

fn trust(inbox: &mut Inbox, account: &AccountKey) -> Result<usize, InboxError> {
    let events = inbox.trust(*account, Contact::default(), NOW)?;
    Ok(events.len())
}

#[test]
fn a_full_journal_is_loaded_and_a_fuller_one_is_not() {
    let pair = Pair::new(Suite::X25519);
    let senders: Vec<Device> = (0..4)
        .map(|seed| device(&account(30 + seed), 40 + seed))
        .collect();
    let (tablet, silent) = (device(&pair.bob, 50), device(&account(51), 52));
    let mut inbox = pair.inbox();
    for sender in senders.iter().chain([&tablet, &silent]) {
        trust(&mut inbox, sender.account()).unwrap();
    }
    // A kept signal that has had its time takes no room.
    let kept = no_candidates(call_id());
    let came_at = UnixMillis(NOW.0 - 120_001);
    let signal = silent.seal(&pair.bundle, &kept, SealOptions::at(came_at));
    let event = inbox.receive(signal.unwrap().as_bytes(), came_at).unwrap();
    assert_eq!(event.action, Action::Drop(DropReason::Early));
    let said = message("Hi");
    let receive = |inbox: &mut Inbox, sender: &Device| {
        let sealed = sender
            .seal(&pair.bundle, &said, SealOptions::at(NOW))
            .unwrap();
        inbox.receive(sealed.as_bytes(), NOW).map(|_| ())
    };
    // The own account's events stand before and after those of others, and take none of their room.
    let before = MAX_PENDING_PER_ACCOUNT * 2 / 3;
    let others = senders
        .iter()
        .map(|sender| (sender, MAX_PENDING_PER_ACCOUNT));
    let own = [before, MAX_PENDING_PER_ACCOUNT - before].map(|count| (&tablet, count));
    for (sender, count) in own[..1].iter().copied().chain(others).chain([own[1]]) {
        for _ in 0..count {
            receive(&mut inbox, sender).unwrap();
        }
    }
    for sender in senders.iter().chain([&tablet, &silent]) {
        let error = receive(&mut inbox, sender).unwrap_err();
        assert_eq!(error.code().as_str(), "inbox_full");
    }
    let state = inbox.save();
    let mut loaded = load(&pair, &state).unwrap();
    assert_eq!(*loaded.save(), *state);
    // Each account's own share is full as before: room that one makes is not another's.
    loaded.add_prekey(pair.prekey.clone()).unwrap();
    let of_first = |event: &Event| event.sender.account == *senders[0].account();
    let event = loaded.pending(NOW).find(of_first).unwrap();
    assert!(loaded.acknowledge(&event));
    let error = receive(&mut loaded, &senders[1]).unwrap_err();
    assert_eq!(error.code().as_str(), "inbox_full");
    receive(&mut loaded, &senders[0]).unwrap();
    // Signals may have followed although their room was taken: 8 of one account.
    let more = |more| with_more(&state, 320, 2, more);
    let mut fuller = load(&pair, &more(8)).unwrap();
    assert_eq!(
        trust(&mut fuller, tablet.account()),
        Ok(0),
        "nothing is held"
    );
    let refused = load(&pair, &more(9));
    assert_eq!(refused.unwrap_err(), StateError::BadState);
    // And 64 of all: of another device, all 320 are others' events.
    let moved = |mut state: Vec<u8>| {
        state[1..33].copy_from_slice(silent.account().as_bytes());
        state[33..65].copy_from_slice(silent.public_key().as_bytes());
        Inbox::load(silent.certificate(), &resealed(state))
    };
    assert!(moved(state.to_vec()).is_ok());
    let refused = moved(more(1));
    assert_eq!(refused.unwrap_err(), StateError::BadState);
}

/// The state with the last of so many entries so many times more. All take as many bytes, and behind
/// them are `behind` bytes, the revision and the checksum.
fn with_more(state: &[u8], count: usize, behind: usize, more: usize) -> Vec<u8> {
    let end = state.len() - behind - 8 - 32;
    let (entries, rest) = state.split_at(end);
    let begin = |len: usize| end - count * len;
    let bytes = |count: usize| u16::try_from(count).unwrap().to_be_bytes();
    let is_count = |len: &usize| entries[begin(*len) - 2..begin(*len)] == bytes(count);
    let len = (90..300).find(is_count).unwrap();
    let last = entries[end - len..].repeat(more);
    let before = &entries[..begin(len) - 2];
    resealed(
        [
            before,
            &bytes(count + more),
            &entries[begin(len)..],
            &last,
            rest,
        ]
        .concat(),
    )
}

#[test]
fn a_state_keeps_no_more_signals_of_a_call_or_an_account_than_an_inbox() {
    let pair = Pair::new(Suite::X25519);
    let mut inbox = pair.inbox();
    trust(&mut inbox, pair.alice.public_key()).unwrap();
    let keep = |inbox: &mut Inbox, call: u8| {
        let content = no_candidates(CallId::from_bytes([call; 16]).unwrap());
        let signal = pair
            .laptop
            .seal(&pair.bundle, &content, SealOptions::at(NOW))
            .unwrap();
        let event = inbox.receive(signal.as_bytes(), NOW).unwrap();
        assert_eq!(event.action, Action::Drop(DropReason::Early));
    };
    let refused = |state: &[u8]| load(&pair, state).unwrap_err();
    // Behind them are the numbers of events and of held envelopes.
    for _ in 0..MAX_KEPT_PER_CALL - 1 {
        keep(&mut inbox, 1);
    }
    let more = |state: &[u8], count: usize| with_more(state, count, 4, 1);
    let state = inbox.save();
    assert!(load(&pair, &more(&state, MAX_KEPT_PER_CALL - 1)).is_ok());
    keep(&mut inbox, 1);
    let state = inbox.save();
    assert!(load(&pair, &state).is_ok());
    assert_eq!(
        refused(&more(&state, MAX_KEPT_PER_CALL)),
        StateError::BadState
    );

    for call in 2..=5 {
        keep(&mut inbox, call);
    }
    let state = inbox.save();
    assert!(load(&pair, &state).is_ok());
    assert_eq!(
        refused(&more(&state, MAX_KEPT_PER_ACCOUNT)),
        StateError::BadState
    );
}

#[test]
fn accounts_are_counted() {
    let pair = Pair::new(Suite::X25519);
    let mut inbox = Inbox::new(pair.phone.certificate());
    let keys: Vec<Account> = (0..4_096).map(|seed| account(2000 + seed)).collect();
    for account in &keys[1..] {
        trust(&mut inbox, account.public_key()).unwrap();
    }
    let full = inbox.save();
    let one_more = keys[0].public_key();
    assert_eq!(trust(&mut inbox, one_more), Err(InboxError::InboxFull));
    assert_eq!(inbox.block(one_more), Err(InboxError::InboxFull));
    let statement = keys[0].revoke(day(0), NOW).unwrap();
    assert_eq!(inbox.revoke(&statement), Ok(false), "it takes no room");
    assert_eq!(*inbox.save(), *full);
    let known = keys[1].revoke(day(0), NOW).unwrap();
    assert_eq!(inbox.revoke(&known), Ok(true));
    inbox.untrust(keys[1].public_key());
    inbox.untrust(keys[2].public_key());
    assert_eq!(trust(&mut inbox, one_more), Err(InboxError::InboxFull));
    let state = inbox.save();
    assert_eq!(*load(&pair, &state).unwrap().save(), *state);
    // Nothing is known of the second any more, and the first keeps its revocation floor.
    let _ = inbox.prune(NOW);
    trust(&mut inbox, one_more).unwrap();
    assert_eq!(
        trust(&mut inbox, keys[2].public_key()),
        Err(InboxError::InboxFull)
    );
    assert_eq!(inbox.revoke(&known), Ok(true));
}

#[test]
fn a_call_has_256_parties_at_most() {
    let pair = Pair::new(Suite::X25519);
    let mut inbox = Inbox::new(pair.phone.certificate());
    let mut keys: Vec<AccountKey> = (0..257).map(|seed| *account(seed).public_key()).collect();
    let before = inbox.save();
    assert_eq!(
        inbox.place_call(call_id(), &keys, NOW),
        Err(InboxError::InboxFull)
    );
    assert_eq!(*inbox.save(), *before);
    keys[256] = keys[0];
    assert_eq!(
        inbox.place_call(call_id(), &keys, NOW),
        Ok(NOW),
        "named twice"
    );
    assert_eq!(*load(&pair, &inbox.save()).unwrap().save(), *inbox.save());
}

#[test]
fn parties_of_all_calls_are_bounded() {
    let pair = Pair::new(Suite::X25519);
    let mut inbox = Inbox::new(pair.phone.certificate());
    let keys: Vec<AccountKey> = (0..257).map(|seed| *account(seed).public_key()).collect();
    let own = *pair.bob.public_key();
    let call = |n: u8| CallId::from_bytes([n; 16]).unwrap();
    let is_placed = |inbox: &mut Inbox, n: u8| inbox.left_accounts(call(n), &[]);
    for n in 1..=8 {
        inbox.place_call(call(n), &keys[..255], NOW).unwrap();
        inbox.joined(&own, call(n), &keys[..255], NOW).unwrap();
    }
    // 2,040 are 8 less than there may be. The first has one more, and stays.
    inbox.place_call(call(1), &keys[..256], later(1)).unwrap();
    inbox.place_call(call(9), &keys[..7], later(1)).unwrap();
    assert!((1..=9).all(|n| is_placed(&mut inbox, n)));
    assert_eq!(*load(&pair, &inbox.save()).unwrap().save(), *inbox.save());
    // A state in which one more was joined, which a full one has no room for.
    let with_party = |inbox: &mut Inbox, count: u8| {
        let state = inbox.save();
        let joined = [own.as_bytes(), &call(9).as_bytes()[..], &[0, count]].concat();
        let place = state.windows(50).position(|bytes| bytes == joined).unwrap();
        let (before, after) = state.split_at(place + 50);
        let before = [&before[..place + 49], &[count + 1]].concat();
        load(
            &pair,
            &resealed([&before, &keys[100].as_bytes()[..], after].concat()),
        )
    };
    inbox.joined(&own, call(9), &keys[..7], later(1)).unwrap();
    assert!(with_party(&mut inbox, 7).is_ok());
    inbox.joined(&own, call(9), &keys[..8], later(1)).unwrap();
    assert_eq!(with_party(&mut inbox, 8).unwrap_err(), StateError::BadState);
    // One more in the first is one more than there is room for: the second is forgotten, which was
    // placed before all others.
    inbox.place_call(call(9), &keys[..8], later(1)).unwrap();
    assert!(!is_placed(&mut inbox, 1));
    inbox.place_call(call(2), &[keys[256]], later(1)).unwrap();
    assert!((2..=9).all(|n| is_placed(&mut inbox, n)));
    for n in 10..=11 {
        inbox.place_call(call(n), &keys[..250], later(1)).unwrap();
    }
    assert!(!is_placed(&mut inbox, 2) && is_placed(&mut inbox, 3));
    inbox.place_call(call(3), &keys[..256], later(1)).unwrap();
    assert!(is_placed(&mut inbox, 3), "the call itself is not forgotten");
    assert_eq!(*load(&pair, &inbox.save()).unwrap().save(), *inbox.save());
    // What was joined to a call that is forgotten has lapsed.
    let len = inbox.save().len();
    let joined = inbox.joined(&own, call(1), &keys[..1], later(1));
    assert_eq!(joined, Err(InboxError::CallOver));
    assert_eq!(inbox.save().len(), len);
    for n in 10..=11 {
        inbox.joined(&own, call(n), &keys[..256], later(1)).unwrap();
    }
    inbox
        .joined(&own, call(4), &keys[1..257], later(1))
        .unwrap();
    assert_eq!(*load(&pair, &inbox.save()).unwrap().save(), *inbox.save());
}

#[test]
fn names_of_all_are_bounded() {
    let pair = Pair::new(Suite::X25519);
    let mut inbox = Inbox::new(pair.phone.certificate());
    let keys: Vec<AccountKey> = (0..1025).map(|n| *account(3000 + n).public_key()).collect();
    let long = || Contact::named("x".repeat(256));
    for key in &keys[..1024] {
        inbox.trust(*key, long(), NOW).unwrap();
    }
    let full = inbox.save();
    let one_more = Contact::named("y");
    assert_eq!(
        inbox.trust(keys[1024], one_more.clone(), NOW),
        Err(InboxError::InboxFull)
    );
    assert_eq!(*inbox.save(), *full);
    assert_eq!(*load(&pair, &full).unwrap().save(), *full);
    // What is cleaned away takes no room; nor does what is replaced.
    let blank = Contact::named("\u{200b}".repeat(80));
    inbox.trust(keys[1024], blank, NOW).unwrap();
    inbox
        .trust(keys[0], Contact::named("x".repeat(255)), NOW)
        .unwrap();
    inbox.trust(keys[1024], one_more.clone(), NOW).unwrap();
    assert_eq!(
        inbox.trust(keys[0], long(), NOW),
        Err(InboxError::InboxFull)
    );
    // Without trust nothing is pinned.
    inbox.untrust(&keys[5]);
    inbox.trust(keys[0], long(), NOW).unwrap();
    // A state in which one name has one byte more.
    inbox.trust(keys[1024], Contact::default(), NOW).unwrap();
    inbox
        .trust(keys[0], Contact::named("z".repeat(255)), NOW)
        .unwrap();
    inbox.trust(keys[5], long(), NOW).unwrap();
    inbox.trust(keys[1024], one_more, NOW).unwrap();
    let state = inbox.save();
    assert!(load(&pair, &state).is_ok());
    let name = [&[0, 255][..], &[b'z'; 255]].concat();
    let place = state.windows(257).position(|bytes| bytes == name).unwrap();
    let longer = [&[1, 0][..], &[b'z'; 256]].concat();
    let (before, after) = (&state[..place], &state[place + 257..]);
    let fuller = resealed([before, &longer, after].concat());
    assert_eq!(load(&pair, &fuller).unwrap_err(), StateError::BadState);
}

#[test]
fn revoked_devices_are_counted() {
    let pair = Pair::new(Suite::X25519);
    let mut inbox = Inbox::new(pair.phone.certificate());
    let devices: Vec<PendingDevice> = (0..65).map(|n| new_device(5000 + n)).collect();
    let statement = |account: &Account, device: &PendingDevice, floor: UnixSeconds| {
        account
            .revoke_device(device.public_key(), floor, NOW)
            .unwrap()
    };
    let accounts: Vec<Account> = (0..33).map(|n| account(6000 + n)).collect();
    for account in &accounts {
        trust(&mut inbox, account.public_key()).unwrap();
    }
    for account in &accounts[..32] {
        for device in &devices[..64] {
            assert_eq!(inbox.revoke(&statement(account, device, day(0))), Ok(true));
        }
    }
    let full = inbox.save();
    let full_error = Err(InboxError::InboxFull);
    assert_eq!(
        inbox.revoke(&statement(&accounts[32], &devices[0], day(0))),
        full_error
    );
    assert_eq!(
        inbox.revoke(&statement(&accounts[0], &devices[64], day(0))),
        full_error
    );
    assert_eq!(*inbox.save(), *full);
    assert_eq!(*load(&pair, &full).unwrap().save(), *full);
    // A floor that is raised needs no room, and the account's own makes some.
    let raised = statement(&accounts[0], &devices[0], UnixSeconds(day(0).0 + 1));
    assert_eq!(inbox.revoke(&raised), Ok(true));
    assert_eq!(
        inbox.revoke(&accounts[1].revoke(day(0), NOW).unwrap()),
        Ok(true)
    );
    assert_eq!(
        inbox.revoke(&statement(&accounts[32], &devices[0], day(0))),
        Ok(true)
    );
}

#[test]
fn statements_count_with_the_trust() {
    let pair = Pair::new(Suite::X25519);
    let mut inbox = pair.inbox();
    let alice = *pair.alice.public_key();
    let tablet = device(&pair.alice, 33);
    let letters: Vec<_> = [&pair.laptop, &tablet]
        .map(|device: &Device| {
            device
                .seal(&pair.bundle, &message("hi"), SealOptions::at(NOW))
                .unwrap()
        })
        .into();
    for letter in &letters {
        assert!(inbox.receive(letter.as_bytes(), NOW).is_err(), "held");
    }
    let lost = pair
        .alice
        .revoke_device(pair.laptop.public_key(), day(1), later(1))
        .unwrap();
    let empty = inbox.save();
    assert_eq!(inbox.revoke(&lost), Ok(false), "nobody here");
    assert_eq!(*inbox.save(), *empty);
    let of_another = account(77).revoke(day(0), NOW).unwrap();
    let refused = inbox.trust_with(alice, Contact::default(), &[lost.clone(), of_another], NOW);
    assert_eq!(refused.unwrap_err().code().as_str(), "wrong_account");
    let many: Vec<Revocation> = (0..65)
        .map(|n| {
            let device = new_device(5000 + n);
            pair.alice
                .revoke_device(device.public_key(), day(0), NOW)
                .unwrap()
        })
        .collect();
    let refused = inbox.trust_with(alice, Contact::default(), &many, NOW);
    assert_eq!(refused.unwrap_err(), InboxError::InboxFull);
    assert_eq!(*inbox.save(), *empty);
    // Together with the account's floor, they are superseded, whichever comes first.
    let all = [
        &many[..],
        &[pair.alice.revoke(day(-80), NOW).unwrap(), lost.clone()],
    ]
    .concat();
    assert_eq!(
        inbox
            .trust_with(alice, Contact::default(), &all, NOW)
            .unwrap_err(),
        InboxError::InboxFull
    );
    let events = inbox
        .trust_with(alice, Contact::default(), &[lost], NOW)
        .unwrap();
    assert_eq!(events.len(), 1, "the laptop's is gone");
    assert_eq!(events[0].sender.device, *tablet.public_key());
}

#[test]
fn records_are_freed_and_their_floor_stays() {
    let pair = Pair::new(Suite::X25519);
    let mut inbox = pair.inbox();
    let empty = inbox.save();
    let (alice, carol) = (*pair.alice.public_key(), *account(60).public_key());
    let say = |sent_at: UnixMillis| {
        let sealed = pair
            .laptop
            .seal(&pair.bundle, &message("hi"), SealOptions::at(sent_at));
        sealed.unwrap()
    };
    let letter = say(NOW);
    trust(&mut inbox, &alice).unwrap();
    let event = inbox.receive(letter.as_bytes(), NOW).unwrap();
    inbox.untrust(&alice);
    // Its event waits, then its floor is young.
    let is_kept = |inbox: &mut Inbox, now| {
        let _ = inbox.prune(now);
        inbox
            .revoke(&pair.alice.revoke(day(-99), NOW).unwrap())
            .unwrap()
    };
    let _ = inbox.prune(later(31));
    inbox.acknowledge(&event);
    let with_record = inbox.save();
    let _ = inbox.prune(later(30));
    assert_eq!(*inbox.save(), *with_record);
    let _ = inbox.prune(UnixMillis(later(30).0 + 1));
    assert!(inbox.save().len() < with_record.len());
    assert!(
        inbox.save().len() > empty.len() - 8,
        "a floor for all is left"
    );
    // The clock goes back: what was received is not received again, of nobody without a record.
    inbox.add_prekey(pair.prekey.clone()).unwrap();
    assert!(inbox.receive(letter.as_bytes(), NOW).is_err());
    assert_eq!(inbox.held().len(), 0, "it could not be received");
    trust(&mut inbox, &alice).unwrap();
    let error = inbox.receive(letter.as_bytes(), NOW).unwrap_err();
    assert_eq!(error.code().as_str(), "replayed");
    inbox
        .receive(say(UnixMillis(NOW.0 + 1)).as_bytes(), NOW)
        .unwrap();
    // Blocked and trusted ones stay.
    inbox.block(&carol).unwrap();
    let _ = inbox.prune(later(400));
    assert!(inbox.is_blocked(&carol));
    inbox.unblock(&carol, later(400));
    assert!(is_kept(&mut inbox, later(500)), "trusted");
}

#[test]
fn a_record_of_whom_something_is_held_stays() {
    let pair = Pair::new(Suite::X25519);
    let mut inbox = pair.inbox();
    inbox.add_prekey(pair.prekey.clone()).unwrap();
    let alice = *pair.alice.public_key();
    let receive = |inbox: &mut Inbox, now| {
        let options = SealOptions::at(now);
        let sealed = pair.laptop.seal(&pair.bundle, &message("hi"), options);
        inbox.receive(sealed.unwrap().as_bytes(), now)
    };
    trust(&mut inbox, &alice).unwrap();
    let event = receive(&mut inbox, NOW).unwrap();
    inbox.acknowledge(&event);
    inbox.untrust(&alice);
    receive(&mut inbox, later(29)).unwrap_err();
    let has_record = |inbox: &mut Inbox| {
        let mut again = load(&pair, &inbox.save()).unwrap();
        let statement = pair.alice.revoke(day(-99), NOW).unwrap();
        again.revoke(&statement).unwrap()
    };
    let _ = inbox.prune(later(31));
    assert_eq!(inbox.held().len(), 1);
    assert!(has_record(&mut inbox));
    inbox.discard(&alice);
    let _ = inbox.prune(later(31));
    assert!(!has_record(&mut inbox));
}

#[test]
fn revocation_floors_last_for_397_days() {
    let pair = Pair::new(Suite::X25519);
    let mut inbox = Inbox::new(pair.phone.certificate());
    let alice = *pair.alice.public_key();
    trust(&mut inbox, &alice).unwrap();
    let without = inbox.save();
    let lost = *pair.laptop.public_key();
    inbox
        .revoke(&pair.alice.revoke(day(0), NOW).unwrap())
        .unwrap();
    inbox
        .revoke(
            &pair
                .alice
                .revoke_device(&lost, UnixSeconds(day(0).0 + 1), NOW)
                .unwrap(),
        )
        .unwrap();
    let both = inbox.save();
    let end = UnixMillis(day(397).0 * 1000);
    let _ = inbox.prune(UnixMillis(end.0 - 1));
    assert_eq!(*inbox.save(), *both);
    let _ = inbox.prune(end);
    let device_alone = inbox.save();
    assert!(without.len() < device_alone.len() && device_alone.len() < both.len());
    let _ = inbox.prune(UnixMillis(end.0 + 1000));
    assert_eq!(inbox.save().len(), without.len());
}

#[test]
fn revisions_count_states_that_differ() {
    let pair = Pair::new(Suite::X25519);
    let recipient = pair.phone.certificate();
    let mut inbox = Inbox::new(recipient);
    assert_eq!(inbox.revision(), 0);
    let first = inbox.save();
    assert_eq!((inbox.revision(), inbox.save() == first), (1, true));
    trust(&mut inbox, pair.alice.public_key()).unwrap();
    assert_eq!(inbox.revision(), 1, "not saved yet");
    let second = inbox.save();
    assert_eq!(inbox.revision(), 2);
    inbox.untrust(pair.alice.public_key());
    let third = inbox.save();
    assert_eq!(inbox.revision(), 3);
    // A copy that was restored is found, and nothing else is said of it.
    let at_least = |state: &[u8], revision| Inbox::load_at_least(recipient, state, revision);
    assert_eq!(
        at_least(&second, 3).unwrap_err(),
        StateError::StateRolledBack
    );
    assert_eq!(
        StateError::StateRolledBack.code().as_str(),
        "state_rolled_back"
    );
    assert_eq!(
        at_least(&second, u64::MAX).unwrap_err(),
        StateError::StateRolledBack
    );
    let mut loaded = at_least(&second, 2).unwrap();
    assert_eq!((loaded.revision(), loaded.save() == second), (2, true));
    loaded.untrust(pair.alice.public_key());
    assert!(loaded.save() == third);
    // It is asked last, and damage first.
    let damaged = [&second[..second.len() - 1], &[!second[second.len() - 1]]].concat();
    assert_eq!(at_least(&damaged, 9).unwrap_err(), StateError::BadState);
    let of_another = Inbox::load_at_least(pair.laptop.certificate(), &second, 9);
    assert_eq!(of_another.unwrap_err(), StateError::WrongAccount);
}
