//! Who takes part: the own account, contacts, strangers, and the keys that they hold. Made once.

use hushring_test_support::clock::with;
use std::sync::LazyLock;

use hushring::content::{Handle, HandleType, Map};
use hushring::inbox::Contact;
use hushring::{
    Account, AccountKey, Certificate, Device, DeviceKey, PendingDevice, Prekey, PrekeyBundle,
    PrekeyId, Revocation, Suite, UnixMillis, UnixSeconds, Validity,
};
use hushring_test_support::clock::NOW;
use hushring_test_support::pair::{account, by_clock, device, prekey};
use hushring_test_support::random::TestRng;

/// Where every sequence starts.
pub const START: u64 = NOW.0;

pub const SECOND: u64 = 1_000;
pub const MINUTE: u64 = 60 * SECOND;
pub const HOUR: u64 = 60 * MINUTE;
pub const DAY: u64 = 24 * HOUR;
pub const MONTH: u64 = 30 * DAY;
pub const TOLERANCE: u64 = 10 * MINUTE;

/// Somebody, by number: 0 is the own account.
pub type Who = usize;

pub const OWN: Who = 0;
pub const ANN: Who = 1;
pub const BEN: Who = 2;
pub const CAT: Who = 3;
/// Trusted by nobody unless a step says so.
pub const SID: Who = 4;
/// The first of many more, for floods.
pub const CROWD: Who = 5;
pub const EVERYBODY: usize = 17;

/// When a certificate is valid. Several, so that its ends can be met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Term {
    Long,
    /// Begins early enough to be revoked by most floors.
    Old,
    /// Ends an hour after the start.
    Short,
    /// Begins an hour after the start.
    Later,
}

impl Term {
    const ALL: [Term; 4] = [Term::Long, Term::Old, Term::Short, Term::Later];

    /// T6.
    pub const fn holds_at(self, time: u64) -> bool {
        let (begins, ends) = self.millis();
        begins - TOLERANCE <= time && time < ends
    }

    /// Its beginning and its end.
    pub const fn millis(self) -> (u64, u64) {
        match self {
            Term::Long => (START - DAY, START + 300 * DAY),
            Term::Old => (START - 40 * DAY, START + 100 * DAY),
            Term::Short => (START - HOUR, START + HOUR),
            Term::Later => (START + HOUR, START + 3 * HOUR),
        }
    }
}

pub struct Person {
    pub account: Account,
    pub devices: Vec<Sender>,
}

/// A device that seals: its seed, and a certificate for each term.
pub struct Sender {
    pub seed: [u8; 32],
    pub key: DeviceKey,
    certificates: [Certificate; 4],
}

impl Sender {
    fn new(account: &Account, seed: u64) -> Sender {
        let device = PendingDevice::generate_with_rng(&mut TestRng::new(seed)).unwrap();
        let key = *device.public_key();
        let certificates = Term::ALL.map(|term| {
            let (begins, ends) = term.millis();
            let validity = Validity::until(UnixSeconds(ends / SECOND), UnixMillis(START))
                .with_not_before(UnixSeconds(begins / SECOND));
            account.enroll(&key, &validity).unwrap()
        });
        Sender {
            seed: *device.export(),
            key,
            certificates,
        }
    }

    pub fn certificate(&self, term: Term) -> &Certificate {
        &self.certificates[term as usize]
    }
}

/// A prekey, and what senders know of it.
pub struct Published {
    pub prekey: Prekey,
    pub id: PrekeyId,
    pub bundle: PrekeyBundle,
    pub expires_at: u64,
}

pub struct World {
    pub people: Vec<Person>,
    /// The device that receives.
    pub phone: Device,
    /// A device of the own account that does not.
    pub tablet: Device,
    /// The second expires early enough to be pruned. The third is of the other suite.
    pub prekeys: Vec<Published>,
}

pub static WORLD: LazyLock<World> = LazyLock::new(|| {
    let people: Vec<Person> = (0..EVERYBODY)
        .map(|who| {
            let seed = 1_000 + 10 * who as u64;
            let account = account(seed);
            let devices = if who == ANN { 2 } else { 1 };
            let devices = (1..=devices).map(|number| Sender::new(&account, seed + number));
            let devices = devices.collect();
            Person { account, devices }
        })
        .collect();
    let phone = device(&people[OWN].account, 2_000);
    let tablet = device(&people[OWN].account, 2_001);
    let soon = UnixSeconds((START + DAY) / SECOND);
    let soon = Prekey::generate_with_rng(Suite::X25519, soon, NOW, &mut TestRng::new(2_003));
    let prekeys = [
        prekey(Suite::X25519, 2_002),
        soon.unwrap(),
        prekey(Suite::XWing, 2_004),
    ]
    .map(|prekey| published(&phone, prekey));
    World {
        people,
        phone,
        tablet,
        prekeys: prekeys.into(),
    }
});

fn published(phone: &Device, prekey: Prekey) -> Published {
    let bundle = phone.publish(&[&prekey], NOW).unwrap()[0].to_bytes();
    Published {
        id: prekey.id(),
        bundle: PrekeyBundle::verify(&bundle, phone.account(), &by_clock()).unwrap(),
        expires_at: prekey.expires_at().0 * SECOND,
        prekey,
    }
}

pub fn key(who: Who) -> AccountKey {
    *WORLD.people[who].account.public_key()
}

pub fn own() -> AccountKey {
    key(OWN)
}

pub fn revocation(who: Who, floor: u64, now: u64) -> Option<Revocation> {
    let account = &WORLD.people[who].account;
    account.revoke(UnixSeconds(floor), UnixMillis(now)).ok()
}

/// What may be pinned for an account.
#[derive(Clone, Copy, Debug)]
pub enum Pin {
    Nothing,
    Name,
    Phone,
    Both,
    Longest,
    LongName,
    LongHandle,
    ZeroInName,
    ZeroInHandle,
}

impl Pin {
    /// A contact, and the member for which it is refused.
    pub fn contact(self) -> (Contact, Option<&'static str>) {
        let name = |text: &str| Some(text.to_string());
        let handle = |text: &str| {
            Some(Handle {
                kind: HandleType::PhoneNumber,
                value: text.to_string(),
                extra: Map::new(),
            })
        };
        let (handle, display_name, refused) = match self {
            Pin::Nothing => (None, None, None),
            Pin::Name => (None, name("Ann \u{1f44b}"), None),
            Pin::Phone => (handle("+15550100"), None, None),
            Pin::Both => (handle("+15550101"), name("Somebody else"), None),
            Pin::Longest => (handle(&"4".repeat(128)), name(&"é".repeat(64)), None),
            Pin::LongName => (None, name(&"n".repeat(129)), Some("displayName")),
            Pin::LongHandle => (handle(&"5".repeat(129)), None, Some("handle.value")),
            Pin::ZeroInName => (None, name("a\0b"), Some("displayName")),
            Pin::ZeroInHandle => (handle("1\x002"), None, Some("handle.value")),
        };
        let contact = with(Contact::default(), |it| {
            it.handle = handle;
            it.display_name = display_name;
        });
        (contact, refused)
    }
}
