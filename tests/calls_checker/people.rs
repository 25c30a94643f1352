//! The devices of the model, with keys.

use hushring::inbox::Contact;
use hushring::{Account, AccountKey, Device, DeviceKey, Inbox, Prekey, PrekeyBundle, Suite};
use hushring_calls_model::scope::Scope;
use hushring_calls_model::{Account as Party, CALLER, DEVICES};
use hushring_test_support::clock::{NOW, day};
use hushring_test_support::people::{account, bundle, device, prekey};

/// Devices and prekeys of every account. They take the places of the model's devices.
pub struct People {
    accounts: Vec<Account>,
    /// For each account.
    devices: Vec<Vec<(Device, Prekey, PrekeyBundle)>>,
}

/// One device of the model.
pub struct Person<'a> {
    pub device: &'a Device,
    pub bundle: &'a PrekeyBundle,
    prekey: &'a Prekey,
}

impl People {
    pub fn new() -> People {
        let devices = |party: &Party| {
            let owner = format!("{party:?}");
            let one = |number: usize| {
                let device = device(&owner, &number.to_string());
                let prekey = prekey(Suite::X25519, &format!("{owner}{number}"), day(20));
                let bundle = bundle(&device, &prekey);
                (device, prekey, bundle)
            };
            (0..DEVICES).map(one).collect()
        };
        People {
            accounts: Party::ALL
                .iter()
                .map(|party| account(&format!("{party:?}")))
                .collect(),
            devices: Party::ALL.iter().map(devices).collect(),
        }
    }

    pub fn account(&self, party: Party) -> AccountKey {
        *self.accounts[party as usize].public_key()
    }

    pub fn party(&self, account: &AccountKey) -> Party {
        let is_of = |party: &Party| self.account(*party) == *account;
        Party::ALL.into_iter().find(is_of).expect("somebody")
    }

    /// Returns the devices of a scope, by their numbers.
    pub fn of(&self, scope: &Scope) -> Vec<Person<'_>> {
        let person = |number: usize| {
            let party = scope.account_of(number as u8);
            let (device, prekey, bundle) = &self.devices[party as usize][number];
            Person {
                device,
                bundle,
                prekey,
            }
        };
        (usize::from(CALLER)..DEVICES).map(person).collect()
    }

    /// Returns an inbox that trusts everybody, also the own account.
    pub fn inbox(&self, person: &Person) -> Inbox {
        let mut inbox = Inbox::new(person.device.certificate());
        let prekey = Prekey::import(person.prekey.export().as_slice()).unwrap();
        inbox.add_prekey(prekey).unwrap();
        for party in Party::ALL {
            let contact = Contact::default();
            inbox.trust(self.account(party), contact, NOW).unwrap();
        }
        inbox
    }
}

impl Person<'_> {
    pub fn key(&self) -> DeviceKey {
        *self.device.public_key()
    }
}
