//! Envelopes that the crate would never make, from the primitives alone: one rule is broken, and
//! everything else is as it should be.

use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use hpke::aead::{Aead, AesGcm256, ChaCha20Poly1305};
use hpke::kdf::HkdfSha256;
use hpke::kem::{Kem, X25519HkdfSha256, XWing};
use hpke::{Deserializable, OpModeS, Serializable, setup_sender_with_rng};
use hushring::{Certificate, Device, Prekey, PrekeyBundle, Suite, UnixSeconds};
use rand_core::CryptoRng;
use sha2::{Digest, Sha256, Sha512};

/// How the owner of a seed and a public key signs a message.
pub type Sign = fn(&[u8; 32], &[u8; 32], &[u8]) -> [u8; 64];

/// As RFC 8032 says.
pub fn sign(seed: &[u8; 32], _: &[u8; 32], message: &[u8]) -> [u8; 64] {
    SigningKey::from_bytes(seed).sign(message).to_bytes()
}

/// What goes into a frame and around it, and what is spoiled of it.
pub struct Frame {
    pub seed: [u8; 32],
    pub sign: Sign,
    pub certificate: Vec<u8>,
    pub message_id: [u8; 16],
    pub sent_at: u64,
    /// A DEFLATE stream.
    pub content: Vec<u8>,
    /// Spoils what is signed: recipient account key, device key, header, encapsulated key,
    /// recipient HPKE public key, frame.
    pub fields: fn(&mut [Vec<u8>; 6]),
    /// Spoils the frame when it is complete: what the signature does not cover, or itself.
    pub spoil: fn(&mut Vec<u8>),
    /// Where to flip which bits, before the frame is signed and when it is complete. What lies
    /// outside is left.
    pub flips: [Vec<(usize, u8)>; 2],
    /// Spoils HPKE's `info`.
    pub info: fn(&mut Vec<u8>),
    /// Spoils HPKE's `aad`.
    pub aad: fn(&mut Vec<u8>),
    /// How many messages the context has sealed before.
    pub sequence: u32,
}

impl Frame {
    /// A frame that this device signs.
    pub fn of(device: &Device, message_id: [u8; 16], sent_at: u64, content: Vec<u8>) -> Frame {
        let seed = seed_of(device);
        Frame::new(seed, device.certificate(), message_id, sent_at, content)
    }

    /// A frame that the holder of the seed signs.
    pub fn new(
        seed: [u8; 32],
        certificate: &Certificate,
        message_id: [u8; 16],
        sent_at: u64,
        content: Vec<u8>,
    ) -> Frame {
        Frame {
            seed,
            sign,
            certificate: certificate.to_bytes().to_vec(),
            message_id,
            sent_at,
            content,
            fields: |_| (),
            spoil: |_| (),
            flips: [Vec::new(), Vec::new()],
            info: |_| (),
            aad: |_| (),
            sequence: 0,
        }
    }

    pub fn seal(&self, bundle: &PrekeyBundle, rng: impl CryptoRng) -> Vec<u8> {
        match bundle.suite() {
            Suite::X25519 => self.seal_in::<ChaCha20Poly1305, X25519HkdfSha256>(bundle, rng),
            Suite::XWing => self.seal_in::<AesGcm256, XWing>(bundle, rng),
        }
    }

    /// With the AEAD of the other suite.
    pub fn seal_with_other_aead(&self, bundle: &PrekeyBundle, rng: impl CryptoRng) -> Vec<u8> {
        match bundle.suite() {
            Suite::X25519 => self.seal_in::<AesGcm256, X25519HkdfSha256>(bundle, rng),
            Suite::XWing => self.seal_in::<ChaCha20Poly1305, XWing>(bundle, rng),
        }
    }

    fn seal_in<A: Aead, K: Kem>(&self, bundle: &PrekeyBundle, mut rng: impl CryptoRng) -> Vec<u8> {
        let published = bundle.to_bytes();
        let public_key = hpke_key(&published);
        let id = &Sha256::digest(public_key)[..8];
        let header = [&[1, bundle.suite().byte()], id].concat();
        let (account, device) = (bundle.account().as_bytes(), bundle.device().as_bytes());
        let mut info = [b"hushring/1 envelope\0".as_slice(), account, device].concat();
        (self.info)(&mut info);
        let key = K::PublicKey::from_bytes(public_key).unwrap();
        let (encapsulated, mut context) =
            setup_sender_with_rng::<A, HkdfSha256, K>(&OpModeS::Base, &key, &info, &mut rng)
                .unwrap();
        let encapsulated = encapsulated.to_bytes().to_vec();

        let mut frame = self.certificate.clone();
        frame.extend(self.message_id);
        frame.extend(self.sent_at.to_be_bytes());
        frame.extend(u16::try_from(self.content.len()).unwrap().to_be_bytes());
        frame.extend(&self.content);
        flip(&mut frame, &self.flips[0]);
        let mut fields = [
            account.to_vec(),
            device.to_vec(),
            header.clone(),
            encapsulated.clone(),
            public_key.to_vec(),
            frame.clone(),
        ];
        (self.fields)(&mut fields);
        let message = to_be_signed("hushring/1 envelope", &fields.concat());
        let own = frame[32..64].try_into().unwrap();
        frame.extend((self.sign)(&self.seed, &own, &message));
        frame.resize(2880 - header.len() - encapsulated.len() - 16, 0);
        (self.spoil)(&mut frame);
        flip(&mut frame, &self.flips[1]);

        let mut aad = header.clone();
        (self.aad)(&mut aad);
        for _ in 0..self.sequence {
            context.seal(b"", b"").unwrap();
        }
        let sealed = context.seal(&frame, &aad).unwrap();
        [header, encapsulated, sealed].concat()
    }
}

/// Flips bits, where there are any.
pub fn flip(bytes: &mut [u8], flips: &[(usize, u8)]) {
    for (place, bits) in flips {
        if let Some(byte) = bytes.get_mut(*place) {
            *byte ^= bits;
        }
    }
}

/// Every way to flip one bit.
pub fn flips(bytes: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> + '_ {
    (0..bytes.len() * 8).map(|bit| {
        let mut flipped = bytes.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        (bit, flipped)
    })
}

/// spec/envelope.md, "Signatures".
pub fn to_be_signed(label: &str, fields: &[u8]) -> Vec<u8> {
    [label.as_bytes(), &[0], &Sha512::digest(fields)].concat()
}

/// The MAC of spec/envelope.md, "Linking": over the label, a zero byte and the parts.
pub fn mac(secret: &[u8; 32], label: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(label.as_bytes());
    mac.update(&[0]);
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

/// The seed in a device's export.
pub fn seed_of(device: &Device) -> [u8; 32] {
    device.export()[..32].try_into().unwrap()
}

/// The HPKE public key of a bundle, which stands in front of the signature.
pub fn hpke_key(bundle: &[u8]) -> &[u8] {
    &bundle[163..bundle.len() - 64]
}

/// The HPKE public key of a prekey.
pub fn public_key(prekey: &Prekey) -> Vec<u8> {
    fn of<K: Kem>(private_key: &[u8]) -> Vec<u8> {
        let private_key = K::PrivateKey::from_bytes(private_key).unwrap();
        K::sk_to_pk(&private_key).to_bytes().to_vec()
    }
    let private_key = &prekey.export()[1..33];
    match prekey.suite() {
        Suite::X25519 => of::<X25519HkdfSha256>(private_key),
        Suite::XWing => of::<XWing>(private_key),
    }
}

/// The export of a prekey that has this private key.
pub fn prekey_export(suite: Suite, private_key: &[u8; 32], expires_at: UnixSeconds) -> Vec<u8> {
    let expires_at = expires_at.0.to_be_bytes();
    [&[suite.byte()], private_key.as_slice(), &expires_at].concat()
}

/// A certificate that the crate does not issue.
pub fn certificate(account: &[u8; 32], device: &[u8; 32], from: u64, until: u64) -> Vec<u8> {
    let key = SigningKey::from_bytes(account);
    let mut fields = key.verifying_key().to_bytes().to_vec();
    fields.extend(device);
    fields.extend(from.to_be_bytes());
    fields.extend(until.to_be_bytes());
    let message = to_be_signed("hushring/1 certificate", &fields);
    fields.extend(key.sign(&message).to_bytes());
    fields
}

/// A revocation (spec/envelope.md, "Revocation"): of an account, or of one of its devices.
pub fn revocation(account: &[u8; 32], device: Option<&[u8; 32]>, floor: u64) -> Vec<u8> {
    let key = SigningKey::from_bytes(account);
    let label = match device {
        None => "hushring/1 revocation",
        Some(_) => "hushring/1 device revocation",
    };
    let device = device.map(<[u8; 32]>::as_slice).unwrap_or_default();
    let own = key.verifying_key().to_bytes();
    let fields = [own.as_slice(), device, &floor.to_be_bytes()].concat();
    let signature = key.sign(&to_be_signed(label, &fields)).to_bytes();
    [&[1], fields.as_slice(), &signature].concat()
}

/// A saved state of an inbox, changed, with a checksum that is right.
pub fn resealed(mut state: Vec<u8>) -> Vec<u8> {
    let len = state.len() - 32;
    let checksum = Sha256::digest(&state[..len]);
    state[len..].copy_from_slice(&checksum);
    state
}
