//! The people and the clock that the tests share. Everything is deterministic.

#![allow(dead_code, reason = "no test file uses all of it")]

use std::convert::Infallible;

use hushring::{
    Account, BundleCheck, CallId, Content, Device, Envelope, Invite, Message, MessageId, OpenError,
    Prekey, PrekeyBundle, SealOptions, Suite, UnixMillis, UnixSeconds, Validity, Verified,
};
use rand_core::{TryCryptoRng, TryRng};
use sha2::{Digest, Sha256};

/// 2026-11-20T10:00:00Z.
pub const NOW: UnixMillis = UnixMillis(1_795_168_800_000);

pub const MINUTE: u64 = 60;
pub const DAY: u64 = 24 * 60 * MINUTE;

/// Random bytes that are the same in every run: SHA-256 of a counter, byte by byte.
pub struct TestRng(u64);

impl TestRng {
    pub const fn new(seed: u64) -> TestRng {
        TestRng(seed << 32)
    }
}

impl TryRng for TestRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, destination: &mut [u8]) -> Result<(), Infallible> {
        for byte in destination {
            self.0 += 1;
            *byte = Sha256::digest(self.0.to_be_bytes())[0];
        }
        Ok(())
    }
}

impl TryCryptoRng for TestRng {}

/// A source that is out of order.
pub struct BrokenRng;

#[derive(Debug)]
pub struct Broken;

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("broken")
    }
}

impl std::error::Error for Broken {}

impl TryRng for BrokenRng {
    type Error = Broken;

    fn try_next_u32(&mut self) -> Result<u32, Broken> {
        Err(Broken)
    }

    fn try_next_u64(&mut self) -> Result<u64, Broken> {
        Err(Broken)
    }

    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Broken> {
        Err(Broken)
    }
}

impl TryCryptoRng for BrokenRng {}

pub fn seconds_from_now(seconds: i64) -> UnixSeconds {
    UnixSeconds(NOW.to_seconds().0.checked_add_signed(seconds).unwrap())
}

pub fn days(days: u64) -> UnixSeconds {
    UnixSeconds(NOW.to_seconds().0 + days * DAY)
}

pub fn validity() -> Validity {
    Validity {
        not_before: None,
        floor: None,
        expires_at: days(100),
        now: NOW,
    }
}

pub fn account(seed: u64) -> Account {
    Account::generate_with_rng(&mut TestRng::new(seed)).unwrap()
}

pub fn device(account: &Account, seed: u64) -> Device {
    Device::enroll_with_rng(account, &validity(), &mut TestRng::new(seed)).unwrap()
}

pub fn prekey(suite: Suite, seed: u64) -> Prekey {
    Prekey::generate_with_rng(suite, days(60), NOW, &mut TestRng::new(seed)).unwrap()
}

/// Checks by the clock alone.
pub const fn by_clock() -> BundleCheck<'static> {
    BundleCheck {
        now: NOW,
        revocation: None,
        newest: &[],
    }
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
        let bytes = phone.publish(&[&prekey], NOW).unwrap()[0].to_bytes();
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

    pub fn open(&self, bytes: &[u8]) -> Result<Verified, OpenError> {
        Envelope::parse(bytes)?
            .open([&self.prekey], self.phone.certificate())?
            .verify(|account| account == self.alice.public_key())
    }
}

pub const CALL_ID: CallId = CallId::from_bytes([0xca; 16]);

pub fn message(body: &str) -> Content {
    Content::Message(Message {
        body: Some(body.into()),
        ..Message::default()
    })
}

pub fn invite(offer: Option<&str>) -> Content {
    let mut invite = Invite::new(CALL_ID, true);
    invite.offer = offer.map(Into::into);
    Content::Invite(invite)
}

/// Every way to flip one bit.
pub fn flips(bytes: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> + '_ {
    (0..bytes.len() * 8).map(|bit| {
        let mut flipped = bytes.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        (bit, flipped)
    })
}

/// The tags of two envelopes made from fixed random bytes, one a suite. They change when the
/// format or the dictionary does, and never otherwise.
///
/// [`fixed_tags`] makes them anew.
pub const FIXED_TAGS: [&str; 2] = ["6ab289c9", "54b183f3"];

pub fn fixed_tags() -> [String; 2] {
    Suite::ALL.map(|suite| {
        let pair = Pair::new(suite);
        let options = SealOptions {
            now: NOW,
            message_id: Some(MessageId::from_bytes([7; 16])),
        };
        let rng = &mut TestRng::new(6);
        pair.laptop
            .seal_with_rng(&pair.bundle, &message("hi"), options, rng)
            .unwrap()
            .tag()
    })
}
