//! What has to hold in WebAssembly as it does natively: the same code, another machine, and
//! randomness from the host.

use hushring::content::Invite;
use hushring::{Account, Content, Device, Prekey, SealOptions, Suite};
use hushring_test_support::clock::NOW;
use hushring_test_support::contents::{call_id, message};
use hushring_test_support::pair::{FIXED_TAGS, Pair, fixed_tags};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn the_host_gives_random_bytes() {
    let keys = [(); 3].map(|()| *Account::generate().unwrap().public_key());
    assert_ne!(keys[0], keys[1]);
    assert_ne!(keys[1], keys[2]);
    let pair = Pair::new(Suite::XWing);
    let seal = || {
        pair.laptop
            .seal(&pair.bundle, &message("hi"), SealOptions::at(NOW))
            .unwrap()
    };
    assert_ne!(seal(), seal());
}

#[wasm_bindgen_test]
fn what_is_sealed_is_opened() {
    for suite in Suite::ALL {
        let pair = Pair::new(suite);
        let offer =
            include_str!("../../dictionary/corpus/held-back/sample-firefox-av_gathered.sdp");
        let mut call = Invite::new(call_id(), true);
        call.offer = Some(offer.into());
        for content in [message("Hello \u{feff}\u{1f44b}"), Content::Invite(call)] {
            let envelope = pair
                .laptop
                .seal(&pair.bundle, &content, SealOptions::at(NOW))
                .unwrap();
            assert_eq!(envelope.as_bytes().len(), 2880);
            let verified = pair.open(envelope.as_bytes()).unwrap();
            assert!(verified.content(NOW).unwrap() == content);
        }
    }
}

/// The same as natively, to the byte: 32-bit arithmetic and SIMD change nothing.
#[wasm_bindgen_test]
fn the_same_random_bytes_give_the_same_envelope_as_natively() {
    assert_eq!(fixed_tags(), FIXED_TAGS);
}

#[wasm_bindgen_test]
fn every_flipped_byte_is_refused() {
    for suite in Suite::ALL {
        let pair = Pair::new(suite);
        let envelope = pair.seal(&message("hi"));
        for index in (0..2880).step_by(41) {
            let mut flipped = *envelope.as_bytes();
            flipped[index] ^= 0x10;
            assert!(pair.open(&flipped).is_err(), "byte {index}");
        }
    }
}

#[wasm_bindgen_test]
fn exports_come_back() {
    let pair = Pair::new(Suite::XWing);
    let device = Device::import(&*pair.laptop.export()).unwrap();
    assert_eq!(device.certificate(), pair.laptop.certificate());
    let prekey = Prekey::import(&*pair.prekey.export()).unwrap();
    assert_eq!(prekey.id(), pair.prekey.id());
}
