//! What the tests make without the crate: HPKE's key schedule, so that a ciphertext can be made or
//! opened under a shared secret that is known; and signatures, also such as only a lax verifier
//! accepts.

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{AeadInOut, KeyInit};
use chacha20poly1305::ChaCha20Poly1305;
use curve25519_dalek::constants::ED25519_BASEPOINT_POINT;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::IsIdentity;
use ed25519_dalek::{Signer, SigningKey, Verifier, VerifyingKey};
use hmac::{Hmac, Mac};
use hushring::{PrekeyBundle, Suite};
use hushring_test_support::cbor;
use hushring_test_support::flate::stored;
use hushring_test_support::forge::{hpke_key, to_be_signed};
use sha2::{Digest, Sha256, Sha512};

/// The identifiers of KEM, KDF and AEAD.
pub type Ids = [u16; 3];

pub const fn ids(suite: Suite) -> Ids {
    match suite {
        Suite::X25519 => [0x0020, 0x0001, 0x0003],
        Suite::XWing => [0x647a, 0x0001, 0x0002],
    }
}

/// RFC 9180 section 5.1, Base mode with HKDF-SHA256: the key and the base nonce.
pub fn key_schedule(ids: Ids, shared_secret: &[u8], info: &[u8]) -> ([u8; 32], [u8; 12]) {
    let suite = [b"HPKE".as_slice(), &ids.map(u16::to_be_bytes).concat()].concat();
    let psk_id_hash = labeled_extract(&suite, b"", b"psk_id_hash", b"");
    let info_hash = labeled_extract(&suite, b"", b"info_hash", info);
    let context = [[0].as_slice(), &psk_id_hash, &info_hash].concat();
    let secret = labeled_extract(&suite, shared_secret, b"secret", b"");
    (
        labeled_expand(&suite, &secret, b"key", &context),
        labeled_expand(&suite, &secret, b"base_nonce", &context),
    )
}

/// RFC 9180 section 4.1, the end of `Encap` and `Decap` of DHKEM(X25519, HKDF-SHA256).
pub fn dhkem_secret(dh: &[u8; 32], encapsulated: &[u8], public_key: &[u8]) -> [u8; 32] {
    let suite = b"KEM\x00\x20";
    let prk = labeled_extract(suite, b"", b"eae_prk", dh);
    let context = [encapsulated, public_key].concat();
    labeled_expand(suite, &prk, b"shared_secret", &context)
}

fn labeled_extract(suite: &[u8], salt: &[u8], label: &[u8], ikm: &[u8]) -> [u8; 32] {
    hmac(salt, &[b"HPKE-v1", suite, label, ikm])
}

/// At most 32 bytes: one block of HKDF-Expand.
fn labeled_expand<const N: usize>(suite: &[u8], prk: &[u8], label: &[u8], info: &[u8]) -> [u8; N] {
    let len = u16::try_from(N).unwrap().to_be_bytes();
    let block = hmac(prk, &[&len, b"HPKE-v1", suite, label, info, &[1]]);
    block[..N].try_into().unwrap()
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).unwrap();
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// The AEAD of a suite under the first nonce of a key schedule: ciphertext ‖ tag.
pub fn seal(ids: Ids, secret: &[u8], info: &[u8], aad: &[u8], plaintext: &[u8]) -> Vec<u8> {
    let (key, nonce) = key_schedule(ids, secret, info);
    let mut sealed = plaintext.to_vec();
    let buffer = sealed.as_mut_slice().into();
    let tag = match ids[2] {
        2 => Aes256Gcm::new(&key.into()).encrypt_inout_detached(&nonce.into(), aad, buffer),
        3 => ChaCha20Poly1305::new(&key.into()).encrypt_inout_detached(&nonce.into(), aad, buffer),
        other => panic!("AEAD {other}"),
    };
    sealed.extend(tag.unwrap());
    sealed
}

/// The public key of a seed.
pub fn public(seed: &[u8; 32]) -> [u8; 32] {
    SigningKey::from_bytes(seed).verifying_key().to_bytes()
}

/// How the signature of a structure is made.
pub type Signing<'a> = &'a dyn Fn(&[u8]) -> [u8; 64];

pub fn sign(seed: &[u8; 32], message: &[u8]) -> [u8; 64] {
    SigningKey::from_bytes(seed).sign(message).to_bytes()
}

/// R as given and S = k·a. If R stands for the identity, the equation holds.
pub fn sign_with_r(seed: &[u8; 32], r: &[u8; 32], message: &[u8]) -> [u8; 64] {
    let s = challenge(r, &public(seed), message) * SigningKey::from_bytes(seed).to_scalar();
    [*r, s.to_bytes()].concat().try_into().unwrap()
}

/// A signature under a key of small order, which needs no private key. The equation holds, so that
/// nothing but the rule about keys refuses it. `None`: the key is not of small order.
pub fn forge(key: &[u8; 32], message: &[u8]) -> Option<[u8; 64]> {
    let point = point(key)?;
    if !point.is_small_order() {
        return None;
    }
    (1_u64..).find_map(|s| {
        let s = Scalar::from(s);
        (0_u64..8).find_map(|k| {
            let r = (s * ED25519_BASEPOINT_POINT - Scalar::from(k) * point).compress();
            let holds = challenge(r.as_bytes(), key, message) * point == Scalar::from(k) * point;
            let signature: [u8; 64] = [r.to_bytes(), s.to_bytes()].concat().try_into().unwrap();
            holds.then_some(signature)
        })
    })
}

pub fn point(key: &[u8; 32]) -> Option<EdwardsPoint> {
    CompressedEdwardsY(*key).decompress()
}

/// A signature under `key`, the seed's own with `torsion` added. Multiplied by 8 the equation always
/// holds; without, it holds if the torsion cancels.
pub fn sign_for_mixed(
    seed: &[u8; 32],
    key: &[u8; 32],
    torsion: &EdwardsPoint,
    cancels: bool,
    message: &[u8],
) -> [u8; 64] {
    let private_key = SigningKey::from_bytes(seed).to_scalar();
    (1_u64..)
        .find_map(|r| {
            let r = Scalar::from(r);
            let point = (r * ED25519_BASEPOINT_POINT).compress().to_bytes();
            let k = challenge(&point, key, message);
            let s = (r + k * private_key).to_bytes();
            let signature: [u8; 64] = [point, s].concat().try_into().unwrap();
            ((k * torsion).is_identity() == cancels).then_some(signature)
        })
        .unwrap()
}

/// Whether a verifier accepts that checks the equation and nothing else.
pub fn lax_verifier_accepts(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    let signature = ed25519_dalek::Signature::from_bytes(signature);
    VerifyingKey::from_bytes(key).is_ok_and(|key| key.verify(message, &signature).is_ok())
}

fn challenge(r: &[u8; 32], key: &[u8; 32], message: &[u8]) -> Scalar {
    let hash = Sha512::new()
        .chain_update(r)
        .chain_update(key)
        .chain_update(message)
        .finalize();
    Scalar::from_bytes_mod_order_wide(&hash.into())
}

/// `info` of rule H2.
pub fn info(bundle: &PrekeyBundle) -> Vec<u8> {
    let (account, device) = (bundle.account().as_bytes(), bundle.device().as_bytes());
    [b"hushring/1 envelope\0".as_slice(), account, device].concat()
}

/// A whole envelope to `bundle`, sound but for what it is given: an encapsulated key with the shared
/// secret that belongs to it, the sender's certificate, and how the frame is signed.
pub fn envelope(
    bundle: &PrekeyBundle,
    encapsulated: &[u8],
    secret: &[u8],
    certificate: &[u8],
    sent_at: u64,
    signing: Signing,
) -> Vec<u8> {
    // { type: "message", body: "Hi" } in one stored block: the specification's example.
    let content = stored(&cbor::message_with("body", cbor::text("Hi")));
    let published = bundle.to_bytes();
    let key = hpke_key(&published);
    let id = &Sha256::digest(key)[..8];
    let header = [&[1, bundle.suite().byte()], id].concat();
    let mut frame = certificate.to_vec();
    frame.extend([7; 16]);
    frame.extend(sent_at.to_be_bytes());
    frame.extend(u16::try_from(content.len()).unwrap().to_be_bytes());
    frame.extend(&content);
    let (account, device) = (bundle.account().as_bytes(), bundle.device().as_bytes());
    let fields = [
        account,
        device,
        header.as_slice(),
        encapsulated,
        key,
        &frame,
    ]
    .concat();
    frame.extend(signing(&to_be_signed("hushring/1 envelope", &fields)));
    frame.resize(2880 - header.len() - encapsulated.len() - 16, 0);
    let sealed = seal(ids(bundle.suite()), secret, &info(bundle), &header, &frame);
    [&header, encapsulated, &sealed].concat()
}
