//! Alice's laptop and Bob's phone, whose keys come from [`TestRng`].

use hushring::envelope::Verified;
use hushring::error::OpenError;
use hushring::{
    Account, BundleCheck, Content, Device, Envelope, Inbox, MessageId, Prekey, PrekeyBundle,
    SealOptions, Suite, Validity,
};

use crate::clock::{NOW, day};
use crate::contents::message;
use crate::random::TestRng;

pub fn validity() -> Validity {
    Validity::until(day(100), NOW)
}

pub fn account(seed: u64) -> Account {
    Account::generate_with_rng(&mut TestRng::new(seed)).unwrap()
}

pub fn device(account: &Account, seed: u64) -> Device {
    Device::enroll_with_rng(account, &validity(), &mut TestRng::new(seed)).unwrap()
}

pub fn prekey(suite: Suite, seed: u64) -> Prekey {
    Prekey::generate_with_rng(suite, day(60), NOW, &mut TestRng::new(seed)).unwrap()
}

/// Checks by the clock alone.
pub const fn by_clock() -> BundleCheck<'static> {
    BundleCheck::at(NOW)
}

/// Alice's laptop, and Bob's phone with a prekey of one suite that Alice has verified.
pub struct Pair {
    pub alice: Account,
    pub laptop: Device,
    pub bob: Account,
    pub phone: Device,
    pub prekey: Prekey,
    pub bundle: PrekeyBundle,
}

impl Pair {
    pub fn new(suite: Suite) -> Pair {
        let (alice, bob) = (account(1), account(2));
        let (laptop, phone) = (device(&alice, 3), device(&bob, 4));
        let prekey = prekey(suite, 5);
        let bytes = phone.publish_after(&[&prekey], None, NOW).unwrap()[0].to_bytes();
        let bundle = PrekeyBundle::verify(&bytes, bob.public_key(), &by_clock()).unwrap();
        Pair {
            alice,
            laptop,
            bob,
            phone,
            prekey,
            bundle,
        }
    }

    pub fn seal(&self, content: &Content) -> Envelope {
        let options = SealOptions::at(NOW);
        let rng = &mut TestRng::new(6);
        self.laptop
            .seal_with_rng(&self.bundle, content, options, rng)
            .unwrap()
    }

    /// Returns an inbox of Bob's phone with its prekey, which trusts nobody.
    pub fn inbox(&self) -> Inbox {
        let mut inbox = Inbox::new(self.phone.certificate());
        inbox.add_prekey(self.prekey.clone()).unwrap();
        inbox
    }

    pub fn open(&self, bytes: &[u8]) -> Result<Verified, OpenError> {
        Envelope::parse(bytes)?
            .open([&self.prekey], self.phone.certificate())?
            .verify(|account| account == self.alice.public_key())
    }
}

/// The tags of two envelopes made from fixed random bytes, one a suite. They change when the
/// format or the dictionary does, and never otherwise.
///
/// [`fixed_tags`] makes them anew.
pub const FIXED_TAGS: [&str; 2] = ["6ab289c9", "54b183f3"];

pub fn fixed_tags() -> [String; 2] {
    Suite::ALL.map(|suite| {
        let pair = Pair::new(suite);
        let options = SealOptions::at(NOW).with_message_id(MessageId::from_bytes([7; 16]));
        let rng = &mut TestRng::new(6);
        pair.laptop
            .seal_with_rng(&pair.bundle, &message("hi"), options, rng)
            .unwrap()
            .tag()
    })
}
