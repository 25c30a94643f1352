//! What is signed, or authenticated by a secret. The first byte says what is made sound again before the
//! rest is read, so that a fuzzer, which cannot sign, gets behind the signatures.

use hushring::error::KeyError;
use hushring::{
    Account, AccountKey, Certificate, Device, DeviceKey, LastPublished, LinkGrant, LinkRequest,
    LinkSecret, PendingDevice, Prekey, PrekeyBundle, Revocation, SealOptions, Suite, UnixMillis,
};
use hushring_test_support::clock::{NOW, day};
use hushring_test_support::contents::message;
use hushring_test_support::forge::{self, hpke_key, sign, to_be_signed};
use hushring_test_support::pair::by_clock;
use hushring_test_support::people;
use hushring_test_support::random::TestRng;
use sha2::{Digest, Sha256};

use crate::is_one_of;

const ACCOUNT: &str = "account of bob";
const DEVICE: &str = "device phone of bob";
const DAYS: u64 = 86_400;

fn public(of: &str) -> [u8; 32] {
    *Account::import(&people::seed(of))
        .unwrap()
        .public_key()
        .as_bytes()
}

/// Replaces the last 64 of `bytes` by a signature over those from `from` on.
fn sign_again(bytes: &mut [u8], from: usize, by: &str, label: &str) {
    let Some((signed, signature)) = bytes.split_last_chunk_mut::<64>() else {
        return;
    };
    let Some(fields) = signed.get(from..) else {
        return;
    };
    *signature = sign(&people::seed(by), &public(by), &to_be_signed(label, fields));
}

/// Writes over the bytes from `at` on, as far as there are any.
fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    if let Some(place) = bytes.get_mut(at..at + value.len()) {
        place.copy_from_slice(value);
    }
}

/// Bit 0 has Bob's account sign the certificate at the front, bit 1 puts the phone's key into it.
fn certify_again(mode: u8, certificate: &mut [u8]) {
    if mode & 2 != 0 {
        put(certificate, 32, &public(DEVICE));
    }
    if mode & 1 != 0 {
        put(certificate, 0, &public(ACCOUNT));
        sign_again(certificate, 0, ACCOUNT, "hushring/1 certificate");
    }
}

/// Certificates (spec/envelope.md).
pub fn certificate(data: &[u8]) {
    let Some((mode, body)) = data.split_first() else {
        return;
    };
    let mut bytes = body.to_vec();
    certify_again(*mode, &mut bytes);
    let certificate = match Certificate::from_bytes(&bytes) {
        Ok(certificate) => certificate,
        Err(error) => {
            let is_whole = bytes.len() == Certificate::LEN;
            return assert_eq!(
                error.code().as_str(),
                if is_whole {
                    "bad_certificate"
                } else {
                    "bad_length"
                }
            );
        }
    };
    assert!(certificate.to_bytes().as_slice() == bytes);
    let (account, device) = (certificate.account(), certificate.device());
    assert!(
        AccountKey::from_bytes(account.as_bytes()).as_ref() == Ok(account),
        "T1"
    );
    assert!(
        DeviceKey::from_bytes(device.as_bytes()).as_ref() == Ok(device),
        "T1"
    );
    assert!(account.as_bytes() != device.as_bytes(), "T2");
    let (from, until) = (certificate.not_before().0, certificate.expires_at().0);
    assert!(until > from && until - from <= 366 * DAYS, "T3");
    let earliest = from.saturating_mul(1000).saturating_sub(600_000);
    let latest = until.saturating_mul(1000);
    let at = |time: u64| {
        certificate
            .check_time(UnixMillis(time))
            .map_err(|error| error.code().as_str())
    };
    if latest > earliest {
        assert_eq!(at(earliest), Ok(()), "T6");
        assert_eq!(at(latest - 1), Ok(()), "T6");
    }
    assert_eq!(at(latest), Err("certificate_expired"), "T6");
    if earliest > 0 {
        assert_eq!(at(earliest - 1), Err("certificate_not_yet_valid"), "T6");
    }
}

/// Bundles (spec/envelope.md, "Prekeys and bundles"). Bit 2 has the phone sign the bundle. Where bit 3
/// is set, what an account last published.
pub fn bundle(data: &[u8]) {
    let Some((mode, body)) = data.split_first() else {
        return;
    };
    let mut bytes = body.to_vec();
    if mode & 8 != 0 {
        return last_published(*mode, bytes);
    }
    if let Some(certificate) = bytes.get_mut(1..145) {
        certify_again(*mode, certificate);
    }
    if mode & 4 != 0 {
        sign_again(&mut bytes, 0, DEVICE, "hushring/1 prekey");
    }
    let account = AccountKey::from_bytes(&public(ACCOUNT)).unwrap();
    let check = by_clock();
    let all = PrekeyBundle::verify_all(&[&bytes, &bytes], &account, &check);
    let bundle = match PrekeyBundle::verify(&bytes, &account, &check) {
        Ok(bundle) => bundle,
        Err(error) => {
            is_one_of(
                error.code().as_str(),
                "bad_length unsupported_version unsupported_suite bad_certificate wrong_account \
                 bad_offers bad_lifetime weak_key bad_signature certificate_not_yet_valid \
                 certificate_expired bundle_not_yet_valid bundle_expired",
            );
            assert!(
                all.bundles.is_empty() && all.last_published == LastPublished::new(account),
                "B15"
            );
            let rejected: Vec<_> = all.rejected.into_iter().map(|(_, error)| error).collect();
            return assert!(rejected == [error.clone(), error]);
        }
    };
    assert!(bundle.to_bytes() == bytes);
    assert_eq!(all.bundles.len(), 2);
    let known = &all.last_published;
    let again = LastPublished::from_bytes(&known.to_bytes(), &account);
    assert!(again.as_ref() == Ok(known), "B31");
    let knowing = check.with_last_published(known);
    let again = PrekeyBundle::verify_all(&[&bytes], &account, &knowing);
    assert!(
        again.rejected.is_empty() && again.last_published == *known,
        "B15"
    );
    let suite = bundle.suite();
    assert!(bundle.offers().any(|offered| offered == suite), "B7");
    let (issued, expires) = (bundle.issued_at().0, bundle.expires_at().0);
    assert!(expires > issued && expires - issued <= 90 * DAYS, "B8");
    assert!(issued * 1000 <= NOW.0 + 600_000, "B12");
    assert!(NOW.0 < expires * 1000, "B13");
    let id = &Sha256::digest(hpke_key(&bytes))[..8];
    assert!(bundle.id().as_bytes().as_slice() == id);
    // Whatever key the check lets through, sealing works with.
    let sealed = people::device("alice", "phone").seal_with_rng(
        &bundle,
        &message("hi"),
        SealOptions::at(NOW),
        &mut TestRng::new(1),
    );
    assert_eq!(sealed.unwrap().prekey_id(), bundle.id());
    let choice = PrekeyBundle::choose(&all.bundles, NOW);
    assert_eq!(choice.targets.len(), 1, "B16");
    let is_downgraded = bundle.offers().any(|offered| offered > suite);
    assert_eq!(!choice.downgraded.is_empty(), is_downgraded, "B18");
}

/// Bit 0 makes the checksum, bit 1 puts Bob's account in. What is read is stored as it was, and a list
/// can be checked with it.
fn last_published(mode: u8, mut bytes: Vec<u8>) {
    if mode & 2 != 0 {
        put(&mut bytes, 1, &public(ACCOUNT));
    }
    if mode & 1 != 0
        && let Some((fields, checksum)) = bytes.split_last_chunk_mut::<32>()
    {
        *checksum = Sha256::digest(fields).into();
    }
    let account = AccountKey::from_bytes(&public(ACCOUNT)).unwrap();
    let known = match LastPublished::from_bytes(&bytes, &account) {
        Ok(known) => known,
        Err(error) => {
            return is_one_of(
                error.code().as_str(),
                "bad_state state_too_new wrong_account",
            );
        }
    };
    assert!(known.to_bytes() == bytes, "B31");
    assert!((LastPublished::MIN_LEN..=LastPublished::MAX_LEN).contains(&bytes.len()));
    let prekey = people::prekey(Suite::X25519, "weekly", day(60));
    let bundle = people::bundle(&people::device("bob", "phone"), &prekey);
    let check = by_clock();
    let check = check.with_last_published(&known);
    let all = PrekeyBundle::verify_all(&[&bundle.to_bytes()], &account, &check);
    match all.rejected.as_slice() {
        [] => assert_eq!(all.bundles.len(), 1),
        rejected => {
            assert!(rejected == [(0, KeyError::StaleBundle)], "B14");
            assert!(all.last_published == known, "B15");
        }
    }
    let stored = all.last_published.to_bytes();
    let again = LastPublished::from_bytes(&stored, &account);
    assert!(again == Ok(all.last_published), "B27");
}

/// Linking (spec/envelope.md): a request, or a grant where bit 4 is set.
pub fn link(data: &[u8]) {
    let Some((mode, body)) = data.split_first() else {
        return;
    };
    let mut bytes = body.to_vec();
    let secret = people::seed("link secret one");
    if mode & 16 == 0 {
        request(*mode, &mut bytes, &secret);
    } else {
        grant(*mode, &mut bytes, &secret);
    }
}

/// Bit 1 puts the phone's key in, bit 2 has it sign the proof, bit 3 makes the MAC.
fn request(mode: u8, bytes: &mut [u8], secret: &[u8; 32]) {
    if mode & 2 != 0 {
        put(bytes, 1, &public(DEVICE));
    }
    if mode & 4 != 0
        && let Some(signed) = bytes.get_mut(..105)
    {
        sign_again(signed, 1, DEVICE, "hushring/1 link");
    }
    if mode & 8 != 0 {
        authenticate(bytes, secret, "hushring/1 link request", &[]);
    }
    let secret = LinkSecret::from_bytes(secret).unwrap();
    let request = match LinkRequest::from_bytes(bytes, &secret) {
        Ok(request) => request,
        Err(error) => {
            return is_one_of(
                error.code().as_str(),
                "bad_length unsupported_version bad_mac bad_key weak_key bad_signature",
            );
        }
    };
    assert!(request.to_bytes() == bytes);
    if let Err(error) = request.check_time(NOW) {
        is_one_of(error.code().as_str(), "clock too_old");
    }
    let account = people::account("bob");
    let validity = hushring::Validity::until(day(30), NOW);
    match account.certify(bytes, &secret, &validity) {
        Ok(grant) => {
            let again = LinkGrant::from_bytes(&grant.to_bytes(), &request, &secret, NOW).unwrap();
            assert!(again.certificate().device() == request.device());
        }
        Err(error) => is_one_of(error.code().as_str(), "bad_certificate clock too_old"),
    }
}

/// Bits 0 and 1 as in a certificate, bit 3 makes the MAC.
fn grant(mode: u8, bytes: &mut [u8], secret: &[u8; 32]) {
    let device = PendingDevice::import(&people::seed(DEVICE)).unwrap();
    let own = LinkSecret::from_bytes(secret).unwrap();
    let request = device.request(&own, NOW).unwrap();
    if let Some(certificate) = bytes.get_mut(1..145) {
        certify_again(mode, certificate);
    }
    if mode & 8 != 0 {
        authenticate(bytes, secret, "hushring/1 link grant", &request.to_bytes());
    }
    let active = match device.activate(bytes, &request, &own, NOW) {
        Ok(active) => active,
        Err(error) => {
            return is_one_of(
                error.code().as_str(),
                "bad_length unsupported_version bad_mac bad_certificate wrong_device \
                 certificate_not_yet_valid certificate_expired",
            );
        }
    };
    assert!(active.certificate().to_bytes() == bytes[1..145]);
    assert!(active.public_key() == device.public_key(), "L14");
    assert_eq!(active.certificate().check_time(NOW), Ok(()), "L15");
}

fn authenticate(bytes: &mut [u8], secret: &[u8; 32], label: &str, behind: &[u8]) {
    let Some((before, mac)) = bytes.split_last_chunk_mut::<32>() else {
        return;
    };
    *mac = forge::mac(secret, label, &[before, behind]);
}

/// Keys and exports; and a revocation, which bit 0 has Bob's account sign (spec/envelope.md, "Keys"
/// and "Revocation").
pub fn keys(data: &[u8]) {
    let Some((mode, body)) = data.split_first() else {
        return;
    };
    let account = AccountKey::from_bytes(body);
    match (&account, DeviceKey::from_bytes(body)) {
        (Ok(account), Ok(device)) => {
            assert!(account.as_bytes() == body && device.as_bytes() == body);
            assert_eq!(account.fingerprint().len(), 39);
        }
        (Err(one), Err(other)) => {
            assert_eq!(one, &other);
            is_one_of(one.code().as_str(), "bad_length bad_key weak_key");
        }
        _ => panic!("a key of one is a key of the other"),
    }
    exported(
        Account::import(body).map(|account| account.export().to_vec()),
        body,
    );
    exported(
        PendingDevice::import(body).map(|device| device.export().to_vec()),
        body,
    );
    exported(
        Device::import(body).map(|device| device.export().to_vec()),
        body,
    );
    // A suite 1 key is clamped (RFC 9180 section 7.1.2).
    if let Ok(prekey) = Prekey::import(body) {
        let export = prekey.export();
        let again = Prekey::import(&*export).unwrap();
        assert!(again.export() == export && again.id() == prekey.id());
        assert_eq!((export[0], &export[33..]), (body[0], &body[33..]));
    }

    let mut bytes = body.to_vec();
    if mode & 1 != 0 {
        put(&mut bytes, 1, &public(ACCOUNT));
        sign_again(&mut bytes, 1, ACCOUNT, "hushring/1 revocation");
    }
    match Revocation::from_bytes(&bytes, NOW) {
        Ok(revocation) => {
            assert!(revocation.to_bytes() == bytes);
            assert!(
                revocation.floor().0.saturating_mul(1000) <= NOW.0 + 600_000,
                "R5"
            );
            let again = Revocation::verify(&bytes, revocation.account(), NOW).unwrap();
            assert!(again.floor() == revocation.floor());
        }
        Err(error) => is_one_of(
            error.code().as_str(),
            "bad_length unsupported_version bad_key weak_key bad_signature clock",
        ),
    }
}

/// What is imported is exported again.
fn exported(found: Result<Vec<u8>, KeyError>, bytes: &[u8]) {
    match found {
        Ok(export) => assert!(export == bytes),
        Err(error) => is_one_of(
            error.code().as_str(),
            "bad_length bad_certificate wrong_device",
        ),
    }
}
