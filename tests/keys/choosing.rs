//! Choosing among bundles (spec/envelope.md, section 9).

use hushring::{PrekeyBundle, Suite, UnixMillis};
use hushring_test_support::clock::NOW;
use hushring_test_support::pair::{account, device, prekey};

#[test]
fn the_strongest_bundle_of_each_device_is_chosen() {
    let bob = account(1);
    let (phone, tablet) = (device(&bob, 2), device(&bob, 3));
    let [x25519, xwing] = Suite::ALL.map(|suite| prekey(suite, 4));
    let mut bundles = phone.publish(&[&x25519, &xwing], NOW).unwrap();
    bundles.extend(tablet.publish(&[&x25519], NOW).unwrap());
    let choice = PrekeyBundle::choose(&bundles, NOW);
    let chosen: Vec<_> = choice
        .targets
        .iter()
        .map(|b| (*b.device(), b.suite()))
        .collect();
    assert_eq!(
        chosen,
        [
            (*phone.public_key(), Suite::XWing),
            (*tablet.public_key(), Suite::X25519)
        ]
    );
    assert_eq!(choice.downgraded, []);
    assert!(PrekeyBundle::choose(&[], NOW).targets.is_empty());
}

#[test]
fn a_withheld_stronger_bundle_is_noticed() {
    let bob = account(1);
    let phone = device(&bob, 2);
    let [x25519, xwing] = Suite::ALL.map(|suite| prekey(suite, 4));
    let bundles = phone.publish(&[&x25519, &xwing], NOW).unwrap();
    let choice = PrekeyBundle::choose(&bundles[..1], NOW);
    assert_eq!(choice.targets[0].suite(), Suite::X25519);
    assert_eq!(choice.downgraded.len(), 1);
    let downgrade = choice.downgraded[0];
    assert_eq!(downgrade.device, *phone.public_key());
    assert_eq!(downgrade.account, *bob.public_key());
    assert_eq!(
        (downgrade.offered, downgrade.available),
        (Suite::XWing, Suite::X25519)
    );
}

#[test]
fn the_newest_bundle_says_what_is_offered() {
    let bob = account(1);
    let phone = device(&bob, 2);
    let [x25519, xwing] = Suite::ALL.map(|suite| prekey(suite, 4));
    let later = UnixMillis(NOW.0 + 60_000);
    // The phone gave up the stronger suite: its newest bundle says so, and nothing is withheld.
    let mut bundles = phone.publish(&[&x25519, &xwing], NOW).unwrap();
    bundles.truncate(1);
    bundles.extend(phone.publish(&[&x25519], later).unwrap());
    let choice = PrekeyBundle::choose(&bundles, NOW);
    assert_eq!(choice.downgraded, []);
    assert_eq!(choice.targets.len(), 1);
    assert_eq!(choice.targets[0].issued_at(), later.to_seconds());
    // The other way round it is withheld.
    let mut bundles = phone.publish(&[&x25519, &xwing], later).unwrap();
    bundles.truncate(1);
    bundles.extend(phone.publish(&[&x25519], NOW).unwrap());
    assert_eq!(PrekeyBundle::choose(&bundles, NOW).downgraded.len(), 1);
    // An old bundle of the stronger suite does not stand in for the new one.
    let mut bundles = phone.publish(&[&x25519, &xwing], later).unwrap();
    bundles.truncate(1);
    bundles.push(phone.publish(&[&xwing], NOW).unwrap().remove(0));
    let choice = PrekeyBundle::choose(&bundles, NOW);
    assert_eq!(choice.targets[0].suite(), Suite::X25519);
    assert_eq!(choice.downgraded.len(), 1);
}
