//! The bounds (spec/inbox.md, "State and bounds") that sequences of steps do not reach.

use hushring::inbox::Contact;
use hushring::{Account, AccountKey, Inbox, PendingDevice, Prekey, Suite, UnixMillis, UnixSeconds};
use hushring_test_support::clock::day;
use hushring_test_support::pair::{account, prekey};
use hushring_test_support::random::TestRng;

use crate::letters::call_id;
use crate::people::{START, WORLD};

const NOW: UnixMillis = UnixMillis(START);

fn inbox() -> Inbox {
    Inbox::new(WORLD.phone.certificate())
}

fn accounts(many: u64) -> impl Iterator<Item = AccountKey> {
    (0..many).map(|number| {
        let mut rng = TestRng::new(1 << 20 | number);
        *Account::generate_with_rng(&mut rng).unwrap().public_key()
    })
}

/// 16,384 account records. The own account's is one of them.
#[test]
fn accounts_are_bounded() {
    let mut inbox = inbox();
    let all: Vec<_> = accounts(16_385).collect();
    let trust = |inbox: &mut Inbox, account| {
        let trusted = inbox.trust(account, Contact::default(), NOW);
        trusted
            .map(|events| events.len())
            .map_err(|error| error.code().as_str())
    };
    for account in &all[..16_383] {
        assert_eq!(trust(&mut inbox, *account), Ok(0));
    }
    let full = inbox.save();
    assert_eq!(trust(&mut inbox, all[16_383]), Err("inbox_full"));
    // A record stays when the trust ends, for its floors.
    inbox.untrust(&all[7]);
    assert_eq!(trust(&mut inbox, all[16_383]), Err("inbox_full"));
    let revoke = |inbox: &mut Inbox, account: &Account| {
        let revocation = account.revoke(NOW.to_seconds(), NOW).unwrap();
        inbox
            .revoke(&revocation)
            .map_err(|error| error.code().as_str())
    };
    assert_eq!(revoke(&mut inbox, &account(77)), Err("inbox_full"));
    // Those who are known are not new.
    assert_eq!(trust(&mut inbox, all[7]), Ok(0));
    assert!(*inbox.save() == *full);
    assert_eq!(trust(&mut inbox, *WORLD.phone.account()), Ok(0));
    let known = Account::generate_with_rng(&mut TestRng::new(1 << 20)).unwrap();
    assert_eq!(revoke(&mut inbox, &known), Ok(()));
    // Blocking takes a record as well.
    let block = |inbox: &mut Inbox, account| {
        let blocked = inbox.block(account);
        blocked.map_err(|error| error.code().as_str())
    };
    let before = inbox.save();
    assert_eq!(block(&mut inbox, &all[16_383]), Err("inbox_full"));
    assert!(!inbox.is_blocked(&all[16_383]));
    assert!(*inbox.save() == *before);
    assert_eq!(block(&mut inbox, &all[9]), Ok(()));
    assert!(inbox.is_blocked(&all[9]));
    // Unblocked, it keeps its floor, and so its record.
    inbox.unblock(&all[9], NOW);
    assert_eq!(block(&mut inbox, &all[16_383]), Err("inbox_full"));
    // Nor is a stranger, who needs no record, hindered.
    let saved = inbox.save();
    assert!(saved.len() < 16_384 * 100);
    let loaded = Inbox::load(WORLD.phone.certificate(), &saved).unwrap();
    assert!(loaded.save() == saved);
}

#[test]
fn prekeys_are_bounded() {
    let mut inbox = inbox();
    let empty = inbox.save();
    let all: Vec<Prekey> = (0..257).map(|n| prekey(Suite::X25519, 4_000 + n)).collect();
    for prekey in &all[..256] {
        assert!(inbox.add_prekey(prekey.clone()).is_ok());
    }
    let error = inbox.add_prekey(all[256].clone()).unwrap_err();
    assert_eq!(error.code().as_str(), "inbox_full");
    assert!(inbox.add_prekey(all[3].clone()).is_ok());
    // N8: what does not fit is not published; what is there needs no room.
    let error = inbox.publish(&WORLD.phone, &[&all[256]], NOW).unwrap_err();
    assert_eq!(error.code().as_str(), "inbox_full");
    assert!(inbox.save() == empty);
    let mut published = Inbox::load(WORLD.phone.certificate(), &empty).unwrap();
    all[..256]
        .iter()
        .for_each(|prekey| published.add_prekey(prekey.clone()).unwrap());
    let bundles = published.publish(&WORLD.phone, &[&all[7]], NOW).unwrap();
    assert_eq!(bundles[0].issued_at(), NOW.to_seconds());
    assert_eq!(published.prekeys().count(), 256);
    let ids = |prekeys: &[Prekey]| prekeys.iter().map(Prekey::id).collect::<Vec<_>>();
    let kept: Vec<_> = inbox.prekeys().map(Prekey::id).collect();
    assert_eq!(kept, ids(&all[..256]));
    // They are not in the state (N33).
    assert!(inbox.save() == empty);
    let month_after = |by: i64| UnixMillis((day(60 + 30).0 * 1_000).saturating_add_signed(by));
    assert_eq!(inbox.prune(month_after(-1)), []);
    assert_eq!(inbox.prune(month_after(0)), ids(&all[..256]));
    assert!(inbox.add_prekey(all[256].clone()).is_ok());
}

#[test]
fn legs_are_bounded() {
    let mut inbox = inbox();
    let all: Vec<_> = accounts(257).collect();
    // Whoever is named twice is one.
    let twice = [&all[..255], &all[..255]].concat();
    assert_eq!(inbox.place_call(call_id(1), &twice, NOW).unwrap(), NOW);
    let before = inbox.save();
    let full = |inbox: &mut Inbox, call, accounts: &[AccountKey]| {
        let error = inbox.place_call(call_id(call), accounts, NOW).unwrap_err();
        assert_eq!(error.code().as_str(), "inbox_full");
    };
    full(&mut inbox, 1, &all);
    full(&mut inbox, 2, &all);
    // Two more are one too many, also for those who are there.
    full(&mut inbox, 1, &all[254..]);
    assert!(inbox.save() == before);
    let later = |by| UnixMillis(NOW.0 + by);
    assert_eq!(
        inbox.place_call(call_id(1), &all[254..256], NOW).unwrap(),
        later(1)
    );
    full(&mut inbox, 1, &all[256..]);
    assert_eq!(
        inbox.place_call(call_id(1), &all[..256], NOW).unwrap(),
        later(2)
    );
    // The time is looked at first: it may be 10 minutes ahead of a clock that went back.
    let ahead = 10 * 60 * 1_000;
    let back = |by: i64| UnixMillis((NOW.0 + 3 - ahead).saturating_add_signed(by));
    let before = inbox.save();
    for (accounts, at, code) in [
        (&all[..], back(-1), "clock"),
        (&all[..0], back(-1), "clock"),
        (&all[..], back(0), "inbox_full"),
    ] {
        let error = inbox.place_call(call_id(1), accounts, at).unwrap_err();
        assert_eq!(error.code().as_str(), code);
    }
    assert!(inbox.save() == before);
    assert_eq!(
        inbox.place_call(call_id(1), &[], back(0)).unwrap(),
        later(3)
    );
    // Legs that were left still count.
    inbox.left(WORLD.phone.account(), call_id(1));
    full(&mut inbox, 1, &all[256..]);
}

#[test]
fn joined_accounts_are_bounded() {
    let mut inbox = inbox();
    let all: Vec<_> = accounts(257).collect();
    let own = *WORLD.phone.account();
    inbox.place_call(call_id(1), &all[..1], NOW).unwrap();
    assert!(
        inbox
            .joined(&own, call_id(1), &all[..256], NOW)
            .unwrap()
            .is_empty()
    );
    let before = inbox.save();
    let error = inbox.joined(&own, call_id(1), &all, NOW).unwrap_err();
    assert_eq!(error.code().as_str(), "inbox_full");
    assert!(inbox.save() == before);
    assert!(
        inbox
            .joined(&own, call_id(1), &all[1..], NOW)
            .unwrap()
            .is_empty()
    );
}

/// Sixteen of one account, above the account's own, which supersedes them.
#[test]
fn device_floors_are_bounded() {
    let mut inbox = inbox();
    let account = account(77);
    let device = |number: u64| {
        let mut rng = TestRng::new(1 << 21 | number);
        *PendingDevice::generate_with_rng(&mut rng)
            .unwrap()
            .public_key()
    };
    let floor = |by: u64| UnixSeconds(NOW.to_seconds().0 - 100 + by);
    let revoke = |inbox: &mut Inbox, number, by| {
        let revocation = account
            .revoke_device(&device(number), floor(by), NOW)
            .unwrap();
        let revoked = inbox.revoke(&revocation);
        revoked.map_err(|error| error.code().as_str())
    };
    (0..16).for_each(|number| assert_eq!(revoke(&mut inbox, number, number + 1), Ok(())));
    let before = inbox.save();
    assert_eq!(revoke(&mut inbox, 16, 50), Err("inbox_full"));
    // What raises no floor needs no room.
    assert_eq!(revoke(&mut inbox, 9, 3), Ok(()));
    assert!(inbox.save() == before);
    assert_eq!(revoke(&mut inbox, 9, 60), Ok(()));
    inbox
        .revoke(&account.revoke(floor(1), NOW).unwrap())
        .unwrap();
    assert_eq!(revoke(&mut inbox, 16, 1), Ok(()));
    assert_eq!(revoke(&mut inbox, 16, 50), Ok(()));
    assert_eq!(revoke(&mut inbox, 17, 50), Err("inbox_full"));
    inbox
        .revoke(&account.revoke(floor(60), NOW).unwrap())
        .unwrap();
    (0..16).for_each(|number| assert_eq!(revoke(&mut inbox, number, 61), Ok(())));
}
