//! Accounts, devices, certificates, linking, bundles and revocation, from the outside.

mod bundles;
mod certificates;
mod choosing;
mod exports;
mod linking;
mod revocation;

use hushring::{AccountKey, Suite};
use hushring_test_support::clock::NOW;
use hushring_test_support::pair::{account, device, prekey};

fn published(suite: Suite) -> (AccountKey, Vec<u8>) {
    let account = account(1);
    let bundles = device(&account, 2)
        .publish(&[&prekey(suite, 3)], NOW)
        .unwrap();
    (*account.public_key(), bundles[0].to_bytes())
}
