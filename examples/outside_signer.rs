//! A device whose key lives elsewhere is linked to an account, publishes, and sends. The signer sees
//! at most 128 bytes at a time, and no content.
//!
//! `cargo run --example outside_signer`

use std::error::Error;
use std::time::SystemTime;

use ed25519_dalek::{Signer, SigningKey};
use hushring::content::{Content, Message};
use hushring::external::{
    Signature, ToBeSigned, UnsignedBundle, UnsignedEnvelope, UnsignedLinkRequest,
};
use hushring::{
    Account, BundleCheck, Device, DeviceKey, LinkGrant, LinkSecret, Prekey, PrekeyBundle,
    SealOptions, Suite, UnixMillis, UnixSeconds, Validity,
};

fn main() -> Result<(), Box<dyn Error>> {
    let now = UnixMillis::from(SystemTime::now());
    let in_30_days = UnixSeconds(now.to_seconds().0 + 30 * 24 * 60 * 60);
    let validity = Validity::until(in_30_days, now);
    let account = Account::generate()?;
    let elsewhere = Elsewhere::new()?;

    // The new device asks for a certificate. The secret travels as a QR code.
    let secret = LinkSecret::generate()?;
    let unsigned = UnsignedLinkRequest::new(elsewhere.public_key()?, now);
    let proof = elsewhere.sign(&unsigned.to_be_signed());
    let request = unsigned.finish(proof, &secret)?;

    // The device with the account key certifies it.
    let grant = account.certify(&request.to_bytes(), &secret, &validity)?;

    // The new device checks the grant, and publishes.
    let grant = LinkGrant::from_bytes(&grant.to_bytes(), &request, &secret, now)?;
    let certificate = grant.certificate();
    let prekey = Prekey::generate(Suite::X25519, in_30_days, now)?;
    for unsigned in UnsignedBundle::new_many(certificate, &[&prekey], now)? {
        let signature = elsewhere.sign(&unsigned.to_be_signed());
        let bundle = unsigned.finish(signature)?;
        println!("published {} bytes", bundle.to_bytes().len());
    }

    // It sends to another device of the account.
    let desk = Device::enroll(&account, &validity)?;
    let key = Prekey::generate(Suite::XWing, in_30_days, now)?;
    let published = desk.publish(&[&key], now)?[0].to_bytes();
    let to = PrekeyBundle::verify(&published, account.public_key(), &BundleCheck::at(now))?;
    let hello = Content::Message(Message::text("Hello"));
    let unsigned = UnsignedEnvelope::new(certificate, &to, &hello, SealOptions::at(now))?;
    let signature = elsewhere.sign(unsigned.to_be_signed());
    let envelope = unsigned.finish(signature)?;
    println!(
        "sealed {} bytes, tag {}",
        envelope.as_bytes().len(),
        envelope.tag()
    );
    Ok(())
}

/// Stands for a secure element or another process.
struct Elsewhere(SigningKey);

impl Elsewhere {
    fn new() -> Result<Elsewhere, Box<dyn Error>> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|_| "no random bytes")?;
        Ok(Elsewhere(SigningKey::from_bytes(&seed)))
    }

    fn public_key(&self) -> Result<DeviceKey, Box<dyn Error>> {
        Ok(DeviceKey::from_bytes(self.0.verifying_key().as_bytes())?)
    }

    fn sign(&self, message: &ToBeSigned) -> Signature {
        Signature::from_bytes(self.0.sign(message.as_bytes()).to_bytes())
    }
}

#[test]
fn the_device_is_linked_publishes_and_sends() {
    main().unwrap();
}
