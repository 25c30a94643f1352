//! The floor: the bare sum of the primitives that an envelope takes, each as often and over as many
//! bytes as `hushring` calls it. No content is encoded or compressed, nothing is parsed, checked,
//! wiped or looked up, and what comes out is not an envelope. It is for benchmarks alone.

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::ChaCha20Poly1305;
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256, Sha512};
use x_wing::{Decapsulate, DecapsulationKey, Decapsulator, KeyExport};
use x25519_dalek::{PublicKey, StaticSecret};

#[cfg(target_arch = "wasm32")]
mod binding;

const HEADER: [u8; 10] = [7; 10];
/// The recipient's account and device.
const RECIPIENT: [u8; 64] = [8; 64];
const LABEL: [u8; 20] = *b"hushring/1 envelope\0";
const TAG: usize = 16;
const SIGNATURE: usize = 64;

/// A sender and a recipient whose keys are ready: expanded, and their points decompressed.
pub struct Floor {
    signer: SigningKey,
    verifier: VerifyingKey,
    recipient: Recipient,
    public_key: Vec<u8>,
}

enum Recipient {
    X25519(StaticSecret, PublicKey),
    XWing(Box<DecapsulationKey>),
}

impl Floor {
    pub fn x25519() -> Floor {
        let secret = StaticSecret::from(random::<32>());
        let public_key = PublicKey::from(&secret);
        let bytes = public_key.as_bytes().to_vec();
        Floor::new(Recipient::X25519(secret, public_key), bytes)
    }

    pub fn xwing() -> Floor {
        let key = DecapsulationKey::from(random::<32>());
        let bytes = key.encapsulation_key().to_bytes().to_vec();
        Floor::new(Recipient::XWing(Box::new(key)), bytes)
    }

    fn new(recipient: Recipient, public_key: Vec<u8>) -> Floor {
        let signer = SigningKey::from_bytes(&random());
        let verifier = signer.verifying_key();
        Floor {
            signer,
            verifier,
            recipient,
            public_key,
        }
    }

    /// Bytes of a frame, so that header, encapsulated key and tag fill up the 2,880 of an envelope.
    pub fn frame_len(&self) -> usize {
        2880 - HEADER.len() - self.encapsulated_len() - TAG
    }

    fn encapsulated_len(&self) -> usize {
        match self.recipient {
            Recipient::X25519(..) => 32,
            Recipient::XWing(_) => 1120,
        }
    }

    /// Hedges random bytes, encapsulates, signs the first bytes of the frame, puts the signature behind
    /// them, and encrypts the frame.
    pub fn seal(&self, frame: &[u8], signed: usize) -> Vec<u8> {
        let (encapsulated, shared) = match &self.recipient {
            Recipient::X25519(_, public_key) => {
                let random = self.hedged(random::<32>(), &frame[..signed]);
                let secret = expand(&extract(None, b"dkp_prk", &random).1, b"sk", &[]);
                let ephemeral = StaticSecret::from(secret);
                let encapsulated = *PublicKey::from(&ephemeral).as_bytes();
                let agreed = ephemeral.diffie_hellman(public_key);
                let shared = agree(agreed.as_bytes(), &encapsulated, public_key.as_bytes());
                (encapsulated.to_vec(), shared)
            }
            Recipient::XWing(key) => {
                let random = self.hedged(random::<64>(), &frame[..signed]);
                let (encapsulated, shared) = key
                    .encapsulation_key()
                    .encapsulate_deterministic(&random.into());
                (encapsulated.to_vec(), shared.into())
            }
        };
        let mut frame = frame.to_vec();
        let signature = self
            .signer
            .sign(&self.message(&encapsulated, &frame[..signed]));
        frame[signed..signed + SIGNATURE].copy_from_slice(&signature.to_bytes());
        let ciphertext = self.cipher(&shared, &frame, true);
        [
            &HEADER,
            encapsulated.as_slice(),
            &ciphertext.unwrap_or_default(),
        ]
        .concat()
    }

    /// Decapsulates, decrypts, and verifies the signature: the certificate is known.
    pub fn open(&self, envelope: &[u8], signed: usize) -> Option<Vec<u8>> {
        let (encapsulated, ciphertext) = envelope[HEADER.len()..].split_at(self.encapsulated_len());
        let shared = match &self.recipient {
            Recipient::X25519(secret, public_key) => {
                let encapsulated: [u8; 32] = encapsulated.try_into().ok()?;
                let agreed = secret.diffie_hellman(&encapsulated.into());
                agree(agreed.as_bytes(), &encapsulated, public_key.as_bytes())
            }
            Recipient::XWing(key) => key.decapsulate(encapsulated.try_into().ok()?).into(),
        };
        let frame = self.cipher(&shared, ciphertext, false)?;
        let signature = Signature::from_slice(&frame[signed..signed + SIGNATURE]).ok()?;
        let message = self.message(encapsulated, &frame[..signed]);
        self.verifier.verify(&message, &signature).ok()?;
        Some(frame)
    }

    /// HMAC-SHA512 over everything that is sealed (spec/envelope.md, H4).
    fn hedged<const N: usize>(&self, random: [u8; N], signed: &[u8]) -> [u8; N] {
        let mut mac = Hmac::<Sha512>::new_from_slice(self.signer.as_bytes())
            .expect("HMAC takes keys of every length");
        for part in [
            &LABEL,
            random.as_slice(),
            &RECIPIENT,
            &self.public_key,
            signed,
        ] {
            mac.update(part);
        }
        let bytes = mac.finalize().into_bytes();
        std::array::from_fn(|at| bytes[at])
    }

    /// The message of the signature, with SHA-512 over its fields.
    fn message(&self, encapsulated: &[u8], signed: &[u8]) -> Vec<u8> {
        let mut hash = Sha512::new();
        for part in [
            &RECIPIENT,
            HEADER.as_slice(),
            encapsulated,
            &self.public_key,
            signed,
        ] {
            hash.update(part);
        }
        [LABEL.as_slice(), &hash.finalize()].concat()
    }

    /// HPKE's key schedule, and the AEAD.
    fn cipher(&self, shared: &[u8; 32], text: &[u8], encrypts: bool) -> Option<Vec<u8>> {
        let id = extract(None, b"psk_id_hash", &[]).0;
        let info = extract(None, b"info_hash", &[LABEL.as_slice(), &RECIPIENT].concat()).0;
        let context = [id.as_slice(), &info].concat();
        let secret = extract(Some(shared), b"secret", &[]).1;
        let [key, nonce, _exporter] = [b"key", b"base_nonce".as_slice(), b"exp"]
            .map(|label| expand(&secret, label, &context));
        let nonce = nonce.first_chunk::<12>()?.into();
        let payload = Payload {
            msg: text,
            aad: &HEADER,
        };
        match (&self.recipient, encrypts) {
            (Recipient::X25519(..), true) => {
                ChaCha20Poly1305::new(&key.into()).encrypt(nonce, payload)
            }
            (Recipient::X25519(..), false) => {
                ChaCha20Poly1305::new(&key.into()).decrypt(nonce, payload)
            }
            (Recipient::XWing(_), true) => Aes256Gcm::new(&key.into()).encrypt(nonce, payload),
            (Recipient::XWing(_), false) => Aes256Gcm::new(&key.into()).decrypt(nonce, payload),
        }
        .ok()
    }
}

/// DHKEM's ExtractAndExpand (RFC 9180, section 4.1).
fn agree(agreed: &[u8; 32], encapsulated: &[u8; 32], public_key: &[u8; 32]) -> [u8; 32] {
    let context = [*encapsulated, *public_key].concat();
    expand(
        &extract(None, b"eae_prk", agreed).1,
        b"shared_secret",
        &context,
    )
}

fn extract(salt: Option<&[u8; 32]>, label: &[u8], key: &[u8]) -> ([u8; 32], Hkdf<Sha256>) {
    let key = [b"HPKE-v1".as_slice(), label, key].concat();
    let (bytes, extracted) = Hkdf::<Sha256>::extract(salt.map(<[u8; 32]>::as_slice), &key);
    (bytes.into(), extracted)
}

fn expand(key: &Hkdf<Sha256>, label: &[u8], info: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    key.expand_multi_info(&[b"HPKE-v1", label, info], &mut out)
        .expect("32 bytes");
    out
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("random bytes");
    bytes
}
