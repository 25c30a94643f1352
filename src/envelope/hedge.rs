//! Hedging (spec/envelope.md, "Suites and encryption", H4): the random bytes of an encapsulation
//! pass through the device's private key, together with everything that is sealed. Known or
//! repeated random bytes then give nothing away.

use rand_core::utils::next_word_via_fill;
use rand_core::{TryCryptoRng, TryRng};
use zeroize::Zeroizing;

use crate::bundle::PrekeyBundle;
use crate::labels::Label;
use crate::signing::SigningKey;

/// A source for the encapsulation of one envelope, which hedges what another source gives.
pub(super) struct Hedged<'a, R: ?Sized> {
    /// The private key of the device that seals.
    pub(super) key: &'a SigningKey,
    /// The recipient.
    pub(super) bundle: &'a PrekeyBundle,
    /// Every byte of the frame before the signature.
    pub(super) frame: &'a [u8],
    pub(super) rng: &'a mut R,
}

impl<R: TryCryptoRng + ?Sized> TryRng for Hedged<'_, R> {
    type Error = R::Error;

    fn try_next_u32(&mut self) -> Result<u32, R::Error> {
        next_word_via_fill(self)
    }

    fn try_next_u64(&mut self) -> Result<u64, R::Error> {
        next_word_via_fill(self)
    }

    /// Hedges 64 bytes at a time. An encapsulation takes no more, and in one draw.
    fn try_fill_bytes(&mut self, destination: &mut [u8]) -> Result<(), R::Error> {
        let bundle = self.bundle;
        for bytes in destination.chunks_mut(64) {
            self.rng.try_fill_bytes(bytes)?;
            let random = Zeroizing::new(bytes.to_vec());
            let parts = [
                &[bundle.suite().byte()],
                random.as_slice(),
                bundle.account().as_bytes(),
                bundle.device().as_bytes(),
                bundle.encryption_key().as_bytes(),
                self.frame,
            ];
            self.key.mac(Label::Encapsulation, &parts, bytes);
        }
        Ok(())
    }
}

impl<R: TryCryptoRng + ?Sized> TryCryptoRng for Hedged<'_, R> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Account;
    use crate::bundle::BundleCheck;
    use crate::certificate::Validity;
    use crate::content::{Content, Message};
    use crate::device::Device;
    use crate::envelope::codec::Envelope;
    use crate::envelope::seal::SealOptions;
    use crate::prekey::Prekey;
    use crate::random::Fake;
    use crate::suite::Suite;
    use crate::time::{UnixMillis, UnixSeconds};

    const NOW: UnixMillis = UnixMillis(1_790_000_000_000);
    const LATER: UnixSeconds = UnixSeconds(1_790_086_400);

    /// A source that gives the same byte again and again.
    fn constant(byte: u8) -> Fake<impl FnMut(&mut [u8])> {
        Fake(move |to: &mut [u8]| to.fill(byte))
    }

    fn unhex<const N: usize>(hex: &str) -> [u8; N] {
        assert_eq!(hex.len(), 2 * N);
        std::array::from_fn(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
    }

    fn device(account: &[u8; 32], seed: &[u8; 32]) -> Device {
        let account = Account::import(account).unwrap();
        let pending = crate::device::PendingDevice::import(seed).unwrap();
        let certificate = account
            .enroll(pending.public_key(), &Validity::until(LATER, NOW))
            .unwrap();
        Device::import(&[seed.as_slice(), &certificate.to_bytes()].concat()).unwrap()
    }

    fn bundle(device: &Device, suite: Suite, private_key: &[u8; 32]) -> PrekeyBundle {
        let export = [
            [suite.byte()].as_slice(),
            private_key,
            &LATER.0.to_be_bytes(),
        ]
        .concat();
        let prekey = Prekey::import(&export).unwrap();
        let bytes = device.publish(&[&prekey], NOW).unwrap()[0].to_bytes();
        PrekeyBundle::verify(&bytes, device.account(), &BundleCheck::at(NOW)).unwrap()
    }

    fn message(body: &str) -> Content {
        Content::Message(Message::text(body))
    }

    /// Computed with Python:
    /// `hmac.new(b"\x03" * 32, b"hushring/1 encapsulation\0\1" + b"\x2a" * n + account + device +
    /// prekey + b"a frame", "sha512").digest()[:n]`. The recipient's account and device are those
    /// of RFC 8032, section 7.1, tests 1 and 2.
    #[test]
    fn the_formula_is_that_of_the_specification() {
        let account = unhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        let phone = unhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        let phone = device(&account, &phone);
        let bundle = bundle(&phone, Suite::X25519, &[7; 32]);
        assert_eq!(
            bundle.encryption_key().as_bytes(),
            unhex::<32>("13be4feaeaf204c7fd3358fc9c00721881d174278128227ec674f37f7fe97b6d")
        );
        let laptop = SigningKey::from_seed(&[3; 32]);
        let mut hedged = Hedged {
            key: &laptop,
            bundle: &bundle,
            frame: b"a frame",
            rng: &mut constant(0x2a),
        };
        let (mut short, mut long) = ([0; 32], [0; 64]);
        let Ok(()) = hedged.try_fill_bytes(&mut short);
        let Ok(()) = hedged.try_fill_bytes(&mut long);
        // Words are hedged as their bytes are.
        let (mut four, mut eight) = ([0; 4], [0; 8]);
        let Ok(()) = hedged.try_fill_bytes(&mut four);
        let Ok(()) = hedged.try_fill_bytes(&mut eight);
        assert_eq!(hedged.try_next_u32(), Ok(u32::from_le_bytes(four)));
        assert_eq!(hedged.try_next_u64(), Ok(u64::from_le_bytes(eight)));
        assert_eq!(
            short,
            unhex("ec56e6e491008978e28ba3016883e8b99960042394593a639857ecc31520d573")
        );
        assert_eq!(
            long,
            unhex(
                "586f15d427d6d90169cf717e4e6c32f39fc472fbfa175ee64b06ae525bb30901\
             ed933bb2ba60c921874a0ec7ca885e858f337d238ad4def4968db88b06babdde"
            )
        );
    }

    #[test]
    fn encapsulations_are_equal_only_if_all_that_they_seal_is() {
        for suite in Suite::ALL {
            let [laptop, desktop] = [3, 4].map(|seed| device(&[1; 32], &[seed; 32]));
            let [phone, tablet] = [5, 6].map(|seed| device(&[2; 32], &[seed; 32]));
            let [first, second] = [7, 8].map(|key| bundle(&phone, suite, &[key; 32]));
            let other = bundle(&tablet, suite, &[7; 32]);
            let options = SealOptions::at(NOW);
            let later = SealOptions::at(UnixMillis(NOW.0 + 1));
            let seal = |device: &Device, bundle, body, options, byte| {
                let envelope =
                    device.seal_hedged(bundle, &message(body), options, &mut constant(byte));
                encapsulated(suite, &envelope.unwrap())
            };
            let of_all = [
                seal(&laptop, &first, "hello", options, 0),
                seal(&laptop, &first, "hallo", options, 0),
                seal(&laptop, &first, "hello", later, 0),
                seal(&laptop, &second, "hello", options, 0),
                seal(&laptop, &other, "hello", options, 0),
                seal(&desktop, &first, "hello", options, 0),
                seal(&laptop, &first, "hello", options, 1),
            ];
            for (place, one) in of_all.iter().enumerate() {
                assert!(!of_all[..place].contains(one), "{suite}, {place}");
            }
            assert_eq!(of_all[0], seal(&laptop, &first, "hello", options, 0));

            // As one of several, and unlike what the deterministic twin makes.
            let hello = message("hello");
            let many =
                laptop.seal_many_hedged(&[&first, &other], &hello, options, &mut constant(0));
            let many = many.unwrap();
            assert_eq!(of_all[0], encapsulated(suite, &many[0]));
            assert_eq!(of_all[4], encapsulated(suite, &many[1]));
            let twin = laptop.seal_with_rng(&first, &hello, options, &mut constant(0));
            assert!(!of_all.contains(&encapsulated(suite, &twin.unwrap())));
        }
    }

    fn encapsulated(suite: Suite, envelope: &Envelope) -> Vec<u8> {
        envelope.as_bytes()[10..10 + suite.encapsulated_key_len()].to_vec()
    }
}
