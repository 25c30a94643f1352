//! DHKEM(X25519, HKDF-SHA256) of RFC 9180, section 4.1, over x25519-dalek and hkdf: composition, and no
//! primitive of our own. hpke has it as well, and computes a public key again wherever one is
//! needed: once more at each encapsulation, and at each decapsulation.

use curve25519_dalek::scalar::clamp_integer;
use hkdf::Hkdf;
use hpke::kem::{Kem, SharedSecret};
use hpke::{Deserializable, HpkeError, Serializable};
use hybrid_array::typenum::U32;
use rand_core::CryptoRng;
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};
use x25519_dalek::StaticSecret;
use zeroize::Zeroizing;

const SUITE: [u8; 5] = *b"KEM\x00\x20";

/// DHKEM(X25519, HKDF-SHA256).
pub struct DhKem;

/// A public key, or an encapsulated one, which is the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(x25519_dalek::PublicKey);

/// Both halves of a key pair.
#[derive(Clone)]
pub struct PrivateKey {
    secret: StaticSecret,
    public: PublicKey,
}

impl PrivateKey {
    /// The scalar is clamped (RFC 7748, section 5), so that one key has one encoding.
    fn new(bytes: [u8; 32]) -> PrivateKey {
        let bytes = Zeroizing::new(clamp_integer(bytes));
        let secret = StaticSecret::from(*bytes);
        let public = PublicKey((&secret).into());
        PrivateKey { secret, public }
    }

    /// `ExtractAndExpand(DH(sk, pk), enc ‖ pkRm)`. None if the secret is all zero.
    fn agree(
        &self,
        other: &PublicKey,
        encapsulated: &PublicKey,
        recipient: &PublicKey,
    ) -> Option<SharedSecret<DhKem>> {
        let shared = self.secret.diffie_hellman(&other.0);
        let context = [*encapsulated.0.as_bytes(), *recipient.0.as_bytes()];
        let extracted = labeled_extract(b"eae_prk", shared.as_bytes());
        let mut secret = SharedSecret::<DhKem>::default();
        labeled_expand(
            &extracted,
            b"shared_secret",
            context.as_flattened(),
            &mut secret.0.0,
        );
        shared.was_contributory().then_some(secret)
    }
}

impl Kem for DhKem {
    type PublicKey = PublicKey;
    type PrivateKey = PrivateKey;
    type EncappedKey = PublicKey;
    type NSecret = U32;
    const KEM_ID: u16 = 0x0020;

    fn sk_to_pk(key: &PrivateKey) -> PublicKey {
        key.public.clone()
    }

    fn derive_keypair(ikm: &[u8]) -> (PrivateKey, PublicKey) {
        let extracted = labeled_extract(b"dkp_prk", ikm);
        let mut bytes = Zeroizing::new([0; 32]);
        labeled_expand(&extracted, b"sk", &[], &mut bytes);
        let key = PrivateKey::new(*bytes);
        let public = key.public.clone();
        (key, public)
    }

    fn decap(
        key: &PrivateKey,
        _: Option<&PublicKey>,
        encapsulated: &PublicKey,
    ) -> Result<SharedSecret<DhKem>, HpkeError> {
        key.agree(encapsulated, encapsulated, &key.public)
            .ok_or(HpkeError::DecapError)
    }

    fn encap_with_rng(
        recipient: &PublicKey,
        _: Option<(&PrivateKey, &PublicKey)>,
        rng: &mut impl CryptoRng,
    ) -> Result<(SharedSecret<DhKem>, PublicKey), HpkeError> {
        let mut ikm = Zeroizing::new([0; 32]);
        rng.fill_bytes(ikm.as_mut_slice());
        let (ephemeral, public) = DhKem::derive_keypair(ikm.as_slice());
        let secret = ephemeral.agree(recipient, &public, recipient);
        Ok((secret.ok_or(HpkeError::EncapError)?, public))
    }
}

/// RFC 9180, section 4, with an empty salt.
fn labeled_extract(label: &[u8], ikm: &[u8]) -> Hkdf<Sha256> {
    let mut extract = hkdf::HkdfExtract::<Sha256>::new(None);
    for part in [b"HPKE-v1", SUITE.as_slice(), label, ikm] {
        extract.input_ikm(part);
    }
    extract.finalize().1
}

#[expect(
    clippy::expect_used,
    reason = "HKDF expands to 8,160 bytes, and this is 32"
)]
fn labeled_expand(extracted: &Hkdf<Sha256>, label: &[u8], info: &[u8], out: &mut [u8; 32]) {
    let info = [&[0, 32], b"HPKE-v1".as_slice(), &SUITE, label, info];
    extracted.expand_multi_info(&info, out).expect("32 bytes");
}

impl Serializable for PublicKey {
    type OutputSize = U32;

    fn write_exact(&self, out: &mut [u8]) {
        out.copy_from_slice(self.0.as_bytes());
    }
}

impl Deserializable for PublicKey {
    fn from_bytes(bytes: &[u8]) -> Result<PublicKey, HpkeError> {
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| HpkeError::ValidationError)?;
        Ok(PublicKey(bytes.into()))
    }
}

impl Serializable for PrivateKey {
    type OutputSize = U32;

    fn write_exact(&self, out: &mut [u8]) {
        out.copy_from_slice(self.secret.as_bytes());
    }
}

impl Deserializable for PrivateKey {
    fn from_bytes(bytes: &[u8]) -> Result<PrivateKey, HpkeError> {
        let bytes = bytes.try_into().map_err(|_| HpkeError::ValidationError)?;
        Ok(PrivateKey::new(bytes))
    }
}

impl ConstantTimeEq for PrivateKey {
    fn ct_eq(&self, other: &PrivateKey) -> Choice {
        self.secret.as_bytes().ct_eq(other.secret.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hpke::kem::X25519HkdfSha256;
    use rand_core::{TryCryptoRng, TryRng};
    use std::convert::Infallible;

    /// A source that gives one byte again and again.
    struct Constant(u8);

    impl TryRng for Constant {
        type Error = Infallible;

        fn try_next_u32(&mut self) -> Result<u32, Infallible> {
            unreachable!("bytes are taken as bytes")
        }

        fn try_next_u64(&mut self) -> Result<u64, Infallible> {
            unreachable!("bytes are taken as bytes")
        }

        fn try_fill_bytes(&mut self, destination: &mut [u8]) -> Result<(), Infallible> {
            destination.fill(self.0);
            Ok(())
        }
    }

    impl TryCryptoRng for Constant {}

    /// hpke's own is the oracle: the same keys, encapsulations and secrets of the same bytes.
    #[test]
    fn it_is_what_hpke_has() {
        for seed in 0..20_u8 {
            let (ours, public) = DhKem::derive_keypair(&[seed; 32]);
            let (theirs, their_public) = X25519HkdfSha256::derive_keypair(&[seed; 32]);
            assert_eq!(ours.to_bytes(), theirs.to_bytes());
            assert_eq!(public.to_bytes(), their_public.to_bytes());
            let read = PrivateKey::from_bytes(&[seed; 32]).unwrap();
            let their_read =
                <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(&[seed; 32]).unwrap();
            assert_eq!(read.to_bytes(), their_read.to_bytes());
            let (secret, encapsulated) =
                DhKem::encap_with_rng(&public, None, &mut Constant(seed ^ 0x5a)).unwrap();
            let (their_secret, their_encapsulated) =
                X25519HkdfSha256::encap_with_rng(&their_public, None, &mut Constant(seed ^ 0x5a))
                    .unwrap();
            assert_eq!(secret.0, their_secret.0);
            assert_eq!(encapsulated.to_bytes(), their_encapsulated.to_bytes());
            assert_eq!(
                DhKem::decap(&ours, None, &encapsulated).unwrap().0,
                secret.0
            );
            assert!(bool::from(ours.ct_eq(&ours.clone())) && !bool::from(ours.ct_eq(&read)));
        }
    }

    #[test]
    fn a_secret_of_zeros_is_refused() {
        let (key, _) = DhKem::derive_keypair(&[1; 32]);
        let zero = PublicKey([0; 32].into());
        assert!(DhKem::decap(&key, None, &zero).is_err());
        assert!(PublicKey::from_bytes(&[9; 31]).is_err());
        assert!(PrivateKey::from_bytes(&[9; 33]).is_err());
    }
}
