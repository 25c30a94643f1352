//! Accounts and their devices. Their keys are made once for all conversations.

use std::sync::LazyLock;

use hushring::inbox::Contact;
use hushring::{AccountKey, Device, DeviceKey, Inbox, Prekey, PrekeyBundle, Suite};
use hushring_test_support::clock::NOW;
use hushring_test_support::pair::{account, by_clock, device, prekey};

/// An account, by number.
pub type Who = usize;

pub const ALICE: Who = 0;
pub const BOB: Who = 1;
pub const CAROL: Who = 2;

/// How many devices each has.
pub const DEVICES: [usize; 3] = [3, 4, 2];

/// A device, and what others know of it.
pub struct Hardware {
    pub name: String,
    pub device: Device,
    prekey: Prekey,
    pub bundle: PrekeyBundle,
}

pub struct World {
    accounts: Vec<AccountKey>,
    devices: Vec<Vec<Hardware>>,
}

pub static WORLD: LazyLock<World> = LazyLock::new(|| {
    let accounts: Vec<_> = (0..3).map(|who| account(100 + who)).collect();
    let devices = accounts.iter().zip(DEVICES).enumerate();
    let devices = devices.map(|(who, (account, many))| {
        let of_account = (0..many).map(|number| {
            let seed = 200 + 20 * who as u64 + number as u64;
            let device = device(account, seed);
            let prekey = prekey(Suite::X25519, seed + 10);
            let bundle = device.publish(&[&prekey], NOW).unwrap()[0].to_bytes();
            let bundle = PrekeyBundle::verify(&bundle, account.public_key(), &by_clock());
            Hardware {
                name: format!("{}{}", ["A", "B", "C"][who], number + 1),
                device,
                prekey,
                bundle: bundle.unwrap(),
            }
        });
        of_account.collect()
    });
    World {
        devices: devices.collect(),
        accounts: accounts
            .iter()
            .map(|account| *account.public_key())
            .collect(),
    }
});

pub fn key(who: Who) -> AccountKey {
    WORLD.accounts[who]
}

pub fn who_has(key: &AccountKey) -> Who {
    let mut accounts = WORLD.accounts.iter();
    accounts.position(|account| account == key).unwrap()
}

pub fn hardware(who: Who, number: usize) -> &'static Hardware {
    &WORLD.devices[who][number]
}

impl Hardware {
    pub fn key(&self) -> DeviceKey {
        *self.device.public_key()
    }

    /// An inbox that trusts everybody, its own account as well.
    pub fn new_inbox(&self) -> Inbox {
        let mut inbox = Inbox::new(self.device.certificate());
        inbox.add_prekey(self.prekey.clone()).unwrap();
        for account in &WORLD.accounts {
            inbox.trust(*account, Contact::default(), NOW).unwrap();
        }
        inbox
    }

    pub fn load(&self, state: &[u8]) -> Inbox {
        let mut inbox = Inbox::load(self.device.certificate(), state).unwrap();
        inbox.add_prekey(self.prekey.clone()).unwrap();
        inbox
    }
}
