//! The bounds (spec/inbox.md, "State and bounds") that sequences of steps do not reach.

use hushring::content::{Handle, HandleType, Map};
use hushring::error::InboxError;
use hushring::inbox::Contact;
use hushring::{
    Account, AccountKey, DeviceKey, Inbox, PendingDevice, Prekey, Revocation, Suite, UnixMillis,
    UnixSeconds,
};
use hushring_test_support::clock::{day, with};
use hushring_test_support::pair::{account, prekey};
use hushring_test_support::random::TestRng;

use crate::letters::call_id;
use crate::people::{DAY, MONTH, START, WORLD};

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

fn code<T>(result: Result<T, InboxError>) -> Result<T, &'static str> {
    result.map_err(|error| error.code().as_str())
}

fn trust(inbox: &mut Inbox, account: AccountKey, contact: Contact) -> Result<usize, &'static str> {
    code(
        inbox
            .trust(account, contact, NOW)
            .map(|events| events.len()),
    )
}

fn trust_with(
    inbox: &mut Inbox,
    account: AccountKey,
    statements: &[Revocation],
) -> Result<usize, &'static str> {
    let trusted = inbox.trust_with(account, Contact::default(), statements, NOW);
    code(trusted.map(|events| events.len()))
}

/// 4,096 account records. The own account's is one of them.
#[test]
fn accounts_are_bounded() {
    let mut inbox = inbox();
    let all: Vec<_> = accounts(4_097).collect();
    for account in &all[..4_095] {
        assert_eq!(trust(&mut inbox, *account, Contact::default()), Ok(0));
    }
    let full = inbox.save();
    let trust = |inbox: &mut Inbox, account| trust(inbox, account, Contact::default());
    assert_eq!(trust(&mut inbox, all[4_095]), Err("inbox_full"));
    // N3: a statement of somebody without a record takes none, however full it is.
    let revoke = |inbox: &mut Inbox, account: &Account| {
        code(inbox.revoke(&account.revoke(NOW.to_seconds(), NOW).unwrap()))
    };
    assert_eq!(revoke(&mut inbox, &account(77)), Ok(false));
    assert!(*inbox.save() == *full);
    // A record stays when the trust ends, until pruning.
    inbox.untrust(&all[7]);
    assert_eq!(trust(&mut inbox, all[4_095]), Err("inbox_full"));
    // Those who are known are not new.
    assert_eq!(trust(&mut inbox, all[7]), Ok(0));
    assert_eq!(trust(&mut inbox, *WORLD.phone.account()), Ok(0));
    let known = Account::generate_with_rng(&mut TestRng::new(1 << 20)).unwrap();
    assert_eq!(revoke(&mut inbox, &known), Ok(true));
    // Blocking takes a record as well.
    let before = inbox.save();
    assert_eq!(code(inbox.block(&all[4_095])), Err("inbox_full"));
    assert!(!inbox.is_blocked(&all[4_095]));
    assert!(*inbox.save() == *before);
    assert_eq!(code(inbox.block(&all[9])), Ok(()));
    assert!(inbox.is_blocked(&all[9]));
    let saved = inbox.save();
    assert!(saved.len() < 4_096 * 100);
    let mut loaded = Inbox::load(WORLD.phone.certificate(), &saved).unwrap();
    assert!(*loaded.save() == *saved);
    // N34: unblocked, it keeps its floor, and so its record, for 30 days.
    inbox.unblock(&all[9], NOW);
    let month_after = |by: i64| UnixMillis((START + MONTH).saturating_add_signed(by));
    assert_eq!(inbox.prune(month_after(0)), []);
    assert_eq!(code(inbox.block(&all[4_095])), Err("inbox_full"));
    assert_eq!(inbox.prune(month_after(1)), []);
    assert_eq!(code(inbox.block(&all[4_095])), Ok(()));
    assert_eq!(code(inbox.block(&all[4_096])), Err("inbox_full"));
    // One that has no floor at all goes at once.
    inbox.untrust(&all[11]);
    assert_eq!(trust(&mut inbox, all[9]), Err("inbox_full"));
    assert_eq!(inbox.prune(UnixMillis(0)), []);
    assert_eq!(trust(&mut inbox, all[9]), Ok(0));
    // A revocation floor keeps a record for 397 days.
    inbox.untrust(known.public_key());
    assert_eq!(inbox.prune(UnixMillis(START + 397 * DAY - 1)), []);
    assert_eq!(trust(&mut inbox, all[11]), Err("inbox_full"));
    assert_eq!(inbox.prune(UnixMillis(START + 397 * DAY)), []);
    assert_eq!(trust(&mut inbox, all[11]), Ok(0));
}

/// 262,144 bytes, as cleaned.
#[test]
fn pinned_text_is_bounded() {
    let mut inbox = inbox();
    let all: Vec<_> = accounts(516).collect();
    let contact = |handle: usize, name: &str| {
        with(Contact::default(), |it| {
            it.display_name = Some(name.to_string());
            it.handle = (handle > 0).then(|| Handle {
                kind: HandleType::EmailAddress,
                value: "h".repeat(handle),
                extra: Map::new(),
            });
        })
    };
    let longest = || contact(255, &"\u{e9}".repeat(128));
    for account in &all[..513] {
        assert_eq!(trust(&mut inbox, *account, longest()), Ok(0));
    }
    // One byte is left.
    let full = inbox.save();
    let mut pin = |number: usize, contact| trust(&mut inbox, all[number], contact);
    assert_eq!(pin(513, contact(0, "nn")), Err("inbox_full"));
    assert_eq!(pin(513, contact(1, "n")), Err("inbox_full"));
    assert_eq!(pin(513, contact(1, "\u{200b}\u{202e}")), Ok(0));
    assert_eq!(pin(514, contact(0, "")), Ok(0));
    assert_eq!(pin(514, contact(0, "n")), Err("inbox_full"));
    assert_eq!(pin(0, longest()), Ok(0));
    assert_eq!(pin(0, contact(255, &"n".repeat(254))), Ok(0));
    assert_eq!(pin(514, contact(0, "nnn")), Err("inbox_full"));
    assert_eq!(pin(514, contact(0, "nn")), Ok(0));
    assert_eq!(pin(0, longest()), Err("inbox_full"));
    inbox.untrust(&all[1]);
    assert_eq!(trust(&mut inbox, all[0], longest()), Ok(0));
    assert_eq!(code(inbox.block(&all[2])), Ok(()));
    assert_eq!(trust(&mut inbox, all[1], longest()), Ok(0));
    assert_eq!(trust(&mut inbox, all[515], longest()), Err("inbox_full"));
    assert!(*inbox.save() != *full);
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
    assert!(*inbox.save() == *empty);
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
    assert!(*inbox.save() == *empty);
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
    assert!(*inbox.save() == *before);
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
    assert!(*inbox.save() == *before);
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
    assert!(*inbox.save() == *before);
    assert!(
        inbox
            .joined(&own, call_id(1), &all[1..], NOW)
            .unwrap()
            .is_empty()
    );
}

/// 2,048 of all placed calls.
#[test]
fn legs_of_all_calls_are_bounded() {
    let mut inbox = inbox();
    let all: Vec<_> = accounts(256).collect();
    let own = *WORLD.phone.account();
    let place = |inbox: &mut Inbox, call, many: usize| {
        inbox.place_call(call_id(call), &all[..many], NOW).unwrap();
    };
    let is_placed = |inbox: &mut Inbox, call| {
        let legs = inbox.joined(&own, call_id(call), &[], NOW);
        code(legs.map(|events| events.len())) == Ok(0)
    };
    (0..8).for_each(|call| place(&mut inbox, call, 255));
    place(&mut inbox, 8, 8);
    // Whoever is there already needs no room.
    place(&mut inbox, 0, 255);
    place(&mut inbox, 9, 0);
    assert!((0..9).all(|call| is_placed(&mut inbox, call)));
    // The one that is placed again is not forgotten for its own new leg.
    place(&mut inbox, 0, 256);
    let found: Vec<bool> = (0..9).map(|call| is_placed(&mut inbox, call)).collect();
    assert_eq!(
        found,
        [true, false, true, true, true, true, true, true, true]
    );
    place(&mut inbox, 10, 254);
    assert!(is_placed(&mut inbox, 0));
    place(&mut inbox, 11, 1);
    let found: Vec<bool> = (0..12).map(|call| is_placed(&mut inbox, call)).collect();
    let expected = [
        false, false, true, true, true, true, true, true, true, false, true, true,
    ];
    assert_eq!(found, expected);
    // Several go, until there is room.
    place(&mut inbox, 12, 256);
    place(&mut inbox, 13, 256);
    let found: Vec<bool> = (0..14).map(|call| is_placed(&mut inbox, call)).collect();
    let expected = [
        false, false, false, false, true, true, true, true, true, false, true, true, true, true,
    ];
    assert_eq!(found, expected);
}

/// 2,048 of all joined calls. Signals tell who is joined: see the walks.
#[test]
fn accounts_of_all_joined_calls_are_bounded() {
    let mut inbox = inbox();
    let all: Vec<_> = accounts(256).collect();
    let own = *WORLD.phone.account();
    for call in 0..20 {
        inbox.place_call(call_id(call), &all[..1], NOW).unwrap();
    }
    let join = |inbox: &mut Inbox, call, many: usize| {
        let joined = inbox.joined(&own, call_id(call), &all[..many], NOW);
        assert!(joined.unwrap().is_empty());
        inbox.save().len()
    };
    let mut lengths: Vec<usize> = (0..20).map(|call| join(&mut inbox, call, 256)).collect();
    // It grows by one call after the other, and not any more from the ninth on.
    assert!(lengths[..8].is_sorted_by(|one, next| one + 8_000 < *next));
    lengths.drain(..7);
    assert!(lengths.iter().all(|length| *length == lengths[0]));
}

fn device(number: u64) -> DeviceKey {
    let mut rng = TestRng::new(1 << 21 | number);
    *PendingDevice::generate_with_rng(&mut rng)
        .unwrap()
        .public_key()
}

fn floor(by: u64) -> UnixSeconds {
    UnixSeconds(NOW.to_seconds().0 - 100 + by)
}

fn of_device(account: &Account, number: u64, by: u64) -> Revocation {
    account
        .revoke_device(&device(number), floor(by), NOW)
        .unwrap()
}

/// Sixty-four of one account, above the account's own, which supersedes them.
#[test]
fn device_floors_are_bounded() {
    let mut inbox = inbox();
    let account = account(77);
    let revoke =
        |inbox: &mut Inbox, number, by| code(inbox.revoke(&of_device(&account, number, by)));
    let of_all =
        |inbox: &mut Inbox, by| code(inbox.revoke(&account.revoke(floor(by), NOW).unwrap()));
    assert_eq!(revoke(&mut inbox, 0, 1), Ok(false));
    assert_eq!(trust_with(&mut inbox, *account.public_key(), &[]), Ok(0));
    (0..64).for_each(|number| assert_eq!(revoke(&mut inbox, number, number + 1), Ok(true)));
    let before = inbox.save();
    assert_eq!(revoke(&mut inbox, 64, 80), Err("inbox_full"));
    let statements = [of_device(&account, 64, 80)];
    let trusted = trust_with(&mut inbox, *account.public_key(), &statements);
    assert_eq!(trusted, Err("inbox_full"));
    // What raises no floor needs no room.
    assert_eq!(revoke(&mut inbox, 9, 3), Ok(true));
    assert!(*inbox.save() == *before);
    assert_eq!(revoke(&mut inbox, 9, 70), Ok(true));
    assert_eq!(of_all(&mut inbox, 1), Ok(true));
    assert_eq!(revoke(&mut inbox, 64, 1), Ok(true));
    assert_eq!(revoke(&mut inbox, 64, 80), Ok(true));
    assert_eq!(revoke(&mut inbox, 65, 80), Err("inbox_full"));
    // N5: pruning forgets the oldest, and makes room.
    let second = floor(2).0 * 1_000 + 397 * DAY;
    assert_eq!(inbox.prune(UnixMillis(second - 1)), []);
    assert_eq!(revoke(&mut inbox, 65, 80), Err("inbox_full"));
    assert_eq!(inbox.prune(UnixMillis(second)), []);
    assert_eq!(revoke(&mut inbox, 65, 80), Ok(true));
    assert_eq!(revoke(&mut inbox, 66, 80), Err("inbox_full"));
    assert_eq!(of_all(&mut inbox, 90), Ok(true));
    (0..64).for_each(|number| assert_eq!(revoke(&mut inbox, number, 91), Ok(true)));
}

/// 2,048 of all accounts.
#[test]
fn device_floors_of_all_accounts_are_bounded() {
    let mut inbox = inbox();
    let all: Vec<Account> = (0..34)
        .map(|number| {
            let mut rng = TestRng::new(1 << 22 | number);
            Account::generate_with_rng(&mut rng).unwrap()
        })
        .collect();
    for account in &all[..32] {
        let statements: Vec<_> = (0..64).map(|n| of_device(account, n, 10)).collect();
        let trusted = trust_with(&mut inbox, *account.public_key(), &statements);
        assert_eq!(trusted, Ok(0));
    }
    let full = inbox.save();
    let last = &all[32];
    let known = *last.public_key();
    let statement = of_device(last, 1, 10);
    // Without a record, it is checked, and leaves nothing.
    assert_eq!(code(inbox.revoke(&statement)), Ok(false));
    let trusted = trust_with(&mut inbox, known, std::slice::from_ref(&statement));
    assert_eq!(trusted, Err("inbox_full"));
    assert!(*inbox.save() == *full);
    // One of the account needs no room, and supersedes that of its device.
    let both = [statement.clone(), last.revoke(floor(10), NOW).unwrap()];
    assert_eq!(trust_with(&mut inbox, known, &both), Ok(0));
    assert_eq!(
        code(inbox.revoke(&of_device(last, 1, 11))),
        Err("inbox_full")
    );
    // A higher one of a device that is known needs none either.
    assert_eq!(code(inbox.revoke(&of_device(&all[5], 3, 12))), Ok(true));
    let of_all = all[5].revoke(floor(12), NOW).unwrap();
    assert_eq!(code(inbox.revoke(&of_all)), Ok(true));
    for number in 0..64 {
        assert_eq!(code(inbox.revoke(&of_device(last, number, 11))), Ok(true));
    }
    let next = of_device(&all[5], 3, 13);
    assert_eq!(code(inbox.revoke(&next)), Err("inbox_full"));
}
