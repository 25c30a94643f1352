//! The bounds of 14.1 that sequences of steps do not reach.

use hushring::inbox::Contact;
use hushring::{Account, AccountKey, Inbox, Prekey, Suite, UnixMillis};
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
fn parties_are_bounded() {
    let mut inbox = inbox();
    let all: Vec<_> = accounts(257).collect();
    // Whoever is named twice is one.
    let twice = [&all[..256], &all[..256]].concat();
    assert!(inbox.place_call(call_id(1), &twice, NOW).is_ok());
    let before = inbox.save();
    for call in [1, 2] {
        let error = inbox.place_call(call_id(call), &all, NOW).unwrap_err();
        assert_eq!(error.code().as_str(), "inbox_full");
    }
    assert!(inbox.save() == before);
}
