//! HPKE (RFC 9180, Base mode) in two suites. A context seals one plaintext: the signature over the
//! encapsulated key can then stand inside the ciphertext.

use hpke::aead::{Aead, AeadCtxS, AesGcm256, ChaCha20Poly1305};
use hpke::kdf::HkdfSha256;
use hpke::kem::{Kem, XWing};
use hpke::{Deserializable, HpkeError, OpModeR, OpModeS, Serializable};
use hpke::{setup_receiver, setup_sender_with_rng};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::dhkem::DhKem;

/// Declares the types and functions of a suite. Private keys and contexts are boxed, so that no move
/// leaves a copy behind.
macro_rules! suite {
    ($(#[$meta:meta])* $name:ident, $kem:ty, $aead:ty) => {
        $(#[$meta])*
        pub mod $name {
            use super::*;

            /// A recipient's public key.
            pub type PublicKey = <$kem as Kem>::PublicKey;

            /// A recipient's private key, wiped when dropped.
            pub type PrivateKey = <$kem as Kem>::PrivateKey;

            /// Seals one plaintext.
            pub struct Context(Sender<$aead, $kem>);

            /// Reads a public key. None if the length is wrong, or an ML-KEM coefficient is not
            /// below q.
            pub fn public_key(bytes: &[u8]) -> Option<PublicKey> {
                PublicKey::from_bytes(bytes).ok()
            }

            /// Reads a private key. None if it has not 32 bytes.
            pub fn private_key(bytes: &[u8]) -> Option<Box<PrivateKey>> {
                PrivateKey::from_bytes(bytes).ok().map(Box::new)
            }

            /// Returns the public half of a private key, and its bytes.
            pub fn public_half(key: &PrivateKey) -> (PublicKey, Vec<u8>) {
                let key = <$kem>::sk_to_pk(key);
                let bytes = key.to_bytes().to_vec();
                (key, bytes)
            }

            /// Writes a private key.
            pub fn write(key: &PrivateKey, bytes: &mut [u8; 32]) {
                key.write_exact(bytes);
            }

            /// Encapsulates. Returns the encapsulated key and a context, or nothing if the shared
            /// secret is zero.
            pub fn encapsulate(
                key: &PublicKey,
                info: &[u8],
                rng: &mut dyn CryptoRng,
            ) -> Option<(Vec<u8>, Box<Context>)> {
                let (encapsulated, context) = setup::<$aead, $kem>(key, info, rng).ok()?;
                Some((encapsulated, Box::new(Context(context))))
            }

            impl Context {
                /// Encrypts in place, and returns the 16-byte tag. None if the text has gigabytes.
                pub fn seal(mut self, text: &mut [u8], aad: &[u8]) -> Option<[u8; 16]> {
                    let mut bytes = [0; 16];
                    let tag = self.0.seal_inout_detached(text.into(), aad).ok()?;
                    tag.write_exact(&mut bytes);
                    Some(bytes)
                }
            }

            /// Decapsulates and opens. None if it is not sealed to this key, with this `info` and
            /// `aad`.
            pub fn open(
                key: &PrivateKey,
                encapsulated: &[u8],
                info: &[u8],
                aad: &[u8],
                ciphertext: &[u8],
            ) -> Option<Zeroizing<Vec<u8>>> {
                receive::<$aead, $kem>(key, encapsulated, info, aad, ciphertext).ok()
            }
        }
    };
}

suite! {
    /// DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305. An encapsulation takes 32 random
    /// bytes, the input key material of the ephemeral key.
    x25519, DhKem, ChaCha20Poly1305
}

suite! {
    /// X-Wing, HKDF-SHA256, AES-256-GCM. An encapsulation takes 64 random bytes, ML-KEM's m ‖ the
    /// ephemeral X25519 key.
    xwing, XWing, AesGcm256
}

type Sender<A, K> = AeadCtxS<A, HkdfSha256, K>;

fn setup<A: Aead, K: Kem>(
    key: &K::PublicKey,
    info: &[u8],
    mut rng: &mut dyn CryptoRng,
) -> Result<(Vec<u8>, Sender<A, K>), HpkeError> {
    let (encapsulated, context) =
        setup_sender_with_rng::<A, HkdfSha256, K>(&OpModeS::Base, key, info, &mut rng)?;
    Ok((encapsulated.to_bytes().to_vec(), context))
}

fn receive<A: Aead, K: Kem>(
    key: &K::PrivateKey,
    encapsulated: &[u8],
    info: &[u8],
    aad: &[u8],
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>, HpkeError> {
    let encapsulated = K::EncappedKey::from_bytes(encapsulated)?;
    setup_receiver::<A, HkdfSha256, K>(&OpModeR::Base, key, &encapsulated, info)?
        .open(ciphertext, aad)
        .map(Zeroizing::new)
}
