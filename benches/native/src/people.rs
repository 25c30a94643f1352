//! Who writes and who receives: Bob's phone, and those whom he trusts.

use std::time::SystemTime;

use hushring::content::{Handle, HandleType, Invite, Map, Message};
use hushring::inbox::Contact;
use hushring::rand_core::TryRng;
use hushring::{
    Account, BundleCheck, CallId, Content, Device, Inbox, Prekey, PrekeyBundle, SealOptions, Suite,
    SysRng, UnixMillis, UnixSeconds, Validity,
};
const OFFER: &str =
    include_str!("../../../dictionary/corpus/held-back/chromium-av-data-turn-offer-gathered-1.sdp");

pub struct People {
    pub now: UnixMillis,
    pub senders: Vec<Device>,
    pub phone: Device,
    pub prekey: Prekey,
    pub bundle: PrekeyBundle,
    /// The saved inbox of the phone.
    pub state: Vec<u8>,
}

impl People {
    pub fn new(suite: Suite, senders: usize) -> People {
        let now = UnixMillis::from(SystemTime::now());
        let accounts: Vec<Account> = (0..senders).map(|_| account()).collect();
        let (bob, phone) = enrolled(now);
        let prekey = prekey(suite, now);
        let bundle = bundle(&bob, &phone, &prekey, now);
        let mut inbox = Inbox::new(phone.certificate());
        for account in &accounts {
            let trusted = inbox.trust(*account.public_key(), Contact::default(), now);
            trusted.unwrap();
        }
        People {
            now,
            senders: accounts
                .iter()
                .map(|account| device(account, now))
                .collect(),
            state: inbox.save().to_vec(),
            phone,
            prekey,
            bundle,
        }
    }

    /// The phone's inbox after a start.
    pub fn inbox(&self) -> Inbox {
        let mut inbox = Inbox::load(self.phone.certificate(), &self.state).unwrap();
        inbox.add_prekey(self.prekey.clone()).unwrap();
        inbox
    }

    pub fn seal(&self, sender: usize, content: &Content, at: UnixMillis) -> Vec<u8> {
        let options = SealOptions::at(at);
        let envelope = self.senders[sender].seal(&self.bundle, content, options);
        envelope.unwrap().as_bytes().to_vec()
    }
}

pub fn account() -> Account {
    Account::generate().unwrap()
}

pub fn device(account: &Account, now: UnixMillis) -> Device {
    Device::enroll(account, &Validity::until(in_60_days(now), now)).unwrap()
}

pub fn enrolled(now: UnixMillis) -> (Account, Device) {
    let account = account();
    let device = device(&account, now);
    (account, device)
}

pub fn prekey(suite: Suite, now: UnixMillis) -> Prekey {
    Prekey::generate(suite, in_60_days(now), now).unwrap()
}

pub fn published(device: &Device, prekeys: &[&Prekey], now: UnixMillis) -> Vec<Vec<u8>> {
    let bundles = device.publish(prekeys, now).unwrap();
    bundles.iter().map(PrekeyBundle::to_bytes).collect()
}

pub fn bundle(
    account: &Account,
    device: &Device,
    prekey: &Prekey,
    now: UnixMillis,
) -> PrekeyBundle {
    let bytes = published(device, &[prekey], now).remove(0);
    PrekeyBundle::verify(&bytes, account.public_key(), &BundleCheck::at(now)).unwrap()
}

pub fn message() -> Content {
    Content::Message(Message {
        body: Some("Are you there?".into()),
        ..Message::default()
    })
}

/// An invitation with the offer of a browser, 6,440 bytes: each time to another call.
pub fn call() -> Content {
    let mut id = [0; 16];
    SysRng.try_fill_bytes(&mut id).unwrap();
    // A UUID of random bytes, as crypto.randomUUID() makes it.
    id[6] = id[6] & 0x0f | 0x40;
    id[8] = id[8] & 0x3f | 0x80;
    let mut invite = Invite::new(CallId::from_bytes(id).unwrap(), true);
    invite.handle = Some(Handle {
        kind: HandleType::PhoneNumber,
        value: "+12025550123".into(),
        extra: Map::new(),
    });
    invite.caller_name = Some("Alice".into());
    invite.offer = Some(OFFER.into());
    Content::Invite(invite)
}

fn in_60_days(now: UnixMillis) -> UnixSeconds {
    UnixSeconds(now.to_seconds().0 + 60 * 24 * 60 * 60)
}
