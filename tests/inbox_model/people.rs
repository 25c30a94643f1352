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
use hushring_test_support::forge::seed_of;
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
/// Behind them are those who only crowds need: for bounds of all accounts together.
pub const MULTITUDE: usize = EVERYBODY + 66;

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

/// A device that seals: its seed, and a certificate for each term. The own account's third is the
/// one that receives.
pub struct Sender {
    pub seed: [u8; 32],
    pub key: DeviceKey,
    certificates: [Certificate; 4],
}

impl Sender {
    fn new(account: &Account, seed: u64) -> Sender {
        let device = PendingDevice::generate_with_rng(&mut TestRng::new(seed)).unwrap();
        Sender::of_seed(account, *device.export())
    }

    fn of_seed(account: &Account, seed: [u8; 32]) -> Sender {
        let key = *PendingDevice::import(&seed).unwrap().public_key();
        let certificates = Term::ALL.map(|term| {
            let (begins, ends) = term.millis();
            let validity = Validity::until(UnixSeconds(ends / SECOND), UnixMillis(START))
                .with_not_before(UnixSeconds(begins / SECOND));
            account.enroll(&key, &validity).unwrap()
        });
        Sender {
            seed,
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
    let mut people: Vec<Person> = (0..MULTITUDE)
        .map(|who| {
            let seed = 1_000 + 10 * who as u64;
            let account = account(seed);
            let devices = if who <= BEN { 2 } else { 1 };
            let devices = (1..=devices).map(|number| Sender::new(&account, seed + number));
            let devices = devices.collect();
            Person { account, devices }
        })
        .collect();
    let phone = device(&people[OWN].account, 2_000);
    let own = &mut people[OWN];
    let this = Sender::of_seed(&own.account, seed_of(&phone));
    own.devices.push(this);
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

/// The place of the receiving device among those of the own account.
pub const THIS: usize = 2;

/// Of an account, or of one of its devices.
pub fn revocation(who: Who, device: Option<usize>, floor: u64, now: u64) -> Option<Revocation> {
    let person = &WORLD.people[who];
    let (floor, now) = (UnixSeconds(floor), UnixMillis(now));
    match device {
        None => person.account.revoke(floor, now).ok(),
        Some(_) => person
            .account
            .revoke_device(&device_key(who, device?), floor, now)
            .ok(),
    }
}

pub fn device_key(who: Who, device: usize) -> DeviceKey {
    let devices = &WORLD.people[who].devices;
    devices[device % devices.len()].key
}

/// What may be pinned for an account.
#[derive(Clone, Copy, Debug)]
pub enum Pin {
    Nothing,
    Name,
    Phone,
    Both,
    Longest,
    /// More than the dictionary has room for.
    Quotes,
    /// Characters that N23 takes out, and some that it leaves.
    Tricky,
    /// Nothing but characters that make no text.
    Blank,
    /// Digits between characters that are taken out before they are looked at.
    PhoneWithMarks,
    LongName,
    LongHandle,
    ZeroInName,
    ZeroInHandle,
    PhoneWithOtherDigits,
    PhoneWithOtherSpace,
}

impl Pin {
    pub const ALL: [Pin; 15] = [
        Pin::Nothing,
        Pin::Name,
        Pin::Phone,
        Pin::Both,
        Pin::Longest,
        Pin::Quotes,
        Pin::Tricky,
        Pin::Blank,
        Pin::PhoneWithMarks,
        Pin::LongName,
        Pin::LongHandle,
        Pin::ZeroInName,
        Pin::ZeroInHandle,
        Pin::PhoneWithOtherDigits,
        Pin::PhoneWithOtherSpace,
    ];

    pub fn contact(self) -> Contact {
        let name = |text: &str| Some(text.to_string());
        let of = |kind, text: &str| {
            Some(Handle {
                kind,
                value: text.to_string(),
                extra: Map::new(),
            })
        };
        let phone = |text: &str| of(HandleType::PhoneNumber, text);
        let other = |text: &str| of(HandleType::Generic, text);
        let (handle, display_name) = match self {
            Pin::Nothing => (None, None),
            Pin::Name => (None, name("Ann \u{1f44b}")),
            Pin::Phone => (phone("+1 (555) 0100-#*/,;."), None),
            Pin::Both => (phone("+15550101"), name("Somebody else")),
            Pin::Longest => (phone(&"4".repeat(255)), name(&"é".repeat(128))),
            Pin::Quotes => (
                other(&"\"\\".repeat(127)),
                name(&["\\\"é\u{1f44b}"; 32].concat()),
            ),
            Pin::Tricky => (
                of(
                    HandleType::EmailAddress,
                    "\u{feff}ann\u{ad}@\u{2066}example.org\u{fffb}",
                ),
                name(TRICKY),
            ),
            Pin::Blank => (other("\u{200b}\u{e0041} \u{3164}\u{fe0f}"), name(BLANK)),
            Pin::PhoneWithMarks => (phone("\u{202d}+1555\u{2060}0102\u{202c}"), None),
            Pin::LongName => (None, name(&"n".repeat(257))),
            Pin::LongHandle => (phone(&"5".repeat(256)), None),
            Pin::ZeroInName => (None, name("a\0b")),
            Pin::ZeroInHandle => (other("1\x002"), None),
            Pin::PhoneWithOtherDigits => (phone("+1555\u{661}"), name("Ann")),
            Pin::PhoneWithOtherSpace => (phone("+1\u{a0}555"), None),
        };
        with(Contact::default(), |it| {
            it.handle = handle;
            it.display_name = display_name;
        })
    }
}

/// Flags, joiners, and what N23 takes out: tags that belong to no flag, marks of direction.
pub const TRICKY: &str = "\u{1}A\u{200b}n\u{2028}n\u{202e} \u{1f3f4}\u{e0067}\u{e0062}\u{e007f}x\u{e0067}\
    \u{1f3f4}\u{200b}\u{e0062}\u{1f468}\u{200d}\u{1f469} \u{fff9}\u{61c}\u{9f}\u{2060}\u{206f}\u{180b}";

/// Nothing that shows.
pub const BLANK: &str = "\u{200d} \u{a0}\u{3000}\u{34f}\u{115f}\u{1160}\u{17b4}\u{17b5}\u{180e}\u{200c}\u{fe00}\u{ffa0}\u{2800}\u{1680}\n";
