//! Does the time that something takes depend on a secret? As dudect asks it: two classes of inputs, in
//! random order, and Welch's t-test on how long each took, on all of it and below each percentile. README.md
//! says what is asked, and run.py what is expected.

use std::hint::black_box;

use dudect_bencher::rand::RngExt;
use dudect_bencher::{BenchRng, Class, CtRunner, ctbench_main};
use hushring::{
    Certificate, Content, Device, Envelope, LinkGrant, LinkRequest, LinkSecret, Prekey,
    PrekeyBundle, SealOptions, Suite,
};
use hushring_test_support::clock::{NOW, day};
use hushring_test_support::flate::stored;
use hushring_test_support::forge::Frame;
use hushring_test_support::random::TestRng;
use hushring_test_support::{contents, pair, people};

/// Runs `time` on bytes of either class, as often as is said. They stand in one place, so that it is not
/// memory that is measured.
fn ask(
    runner: &mut CtRunner,
    rng: &mut BenchRng,
    times: usize,
    classes: [Vec<u8>; 2],
    time: impl Fn(&[u8]) -> bool,
) {
    let mut bytes = classes[0].clone();
    for _ in 0..times {
        let class = usize::from(rng.random::<bool>());
        bytes.copy_from_slice(&classes[class]);
        let name = if class == 0 {
            Class::Left
        } else {
            Class::Right
        };
        runner.run_one(name, || time(black_box(&bytes)));
    }
}

/// With the bit flipped in one place and in another.
fn spoilt(bytes: &[u8], places: [usize; 2]) -> [Vec<u8>; 2] {
    places.map(|place| {
        let mut bytes = bytes.to_vec();
        bytes[place] ^= 1;
        bytes
    })
}

fn secret() -> LinkSecret {
    LinkSecret::from_bytes(&people::seed("link secret one")).unwrap()
}

/// L5: the MAC is wrong in its first byte, or in its last.
fn request_mac(runner: &mut CtRunner, rng: &mut BenchRng) {
    let secret = secret();
    let request = pair::device(&pair::account(1), 2)
        .request(&secret, NOW)
        .unwrap();
    let wrong = spoilt(&request.to_bytes(), [105, 136]);
    ask(runner, rng, 300_000, wrong, |bytes| {
        LinkRequest::from_bytes(bytes, &secret).is_err()
    });
}

/// L12, likewise.
fn grant_mac(runner: &mut CtRunner, rng: &mut BenchRng) {
    let secret = secret();
    let account = pair::account(1);
    let device = pair::device(&account, 2);
    let request = device.request(&secret, NOW).unwrap();
    let certificate: Certificate = device.certificate().clone();
    let grant = LinkGrant::new(certificate, &request, &secret);
    let wrong = spoilt(&grant.to_bytes(), [145, 176]);
    ask(runner, rng, 300_000, wrong, |bytes| {
        LinkGrant::from_bytes(bytes, &request, &secret, NOW).is_err()
    });
}

/// A comparison as one would write it without thinking: must be found.
fn control_mac(runner: &mut CtRunner, rng: &mut BenchRng) {
    let expected = people::seed("a MAC");
    let wrong = spoilt(&expected, [0, 31]);
    ask(runner, rng, 300_000, wrong, |given| {
        black_box(&expected)
            .iter()
            .zip(given)
            .all(|(a, b)| black_box(a) == b)
    });
}

struct Pair {
    sender: Device,
    receiver: Device,
    prekey: Prekey,
    bundle: PrekeyBundle,
}

fn pair(suite: Suite) -> Pair {
    let receiver = people::device("bob", "phone");
    let prekey = people::prekey(suite, "weekly", day(60));
    Pair {
        sender: people::device("alice", "phone"),
        bundle: people::bundle(&receiver, &prekey),
        receiver,
        prekey,
    }
}

impl Pair {
    fn seal(&self, content: &Content) -> Envelope {
        let options = SealOptions::at(NOW);
        self.sender
            .seal_with_rng(&self.bundle, content, options, &mut TestRng::new(1))
            .unwrap()
    }

    fn refuses(&self, bytes: &[u8]) -> bool {
        Envelope::parse(bytes)
            .unwrap()
            .open([&self.prekey], self.receiver.certificate())
            .is_err()
    }
}

/// E21: the encapsulation is wrong (in X-Wing its ML-KEM part), or the AEAD's tag is.
fn decryption(runner: &mut CtRunner, rng: &mut BenchRng, suite: Suite, times: usize) {
    let pair = pair(suite);
    let sealed = pair.seal(&contents::message("Hi"));
    let wrong = spoilt(sealed.as_bytes(), [20, 2_879]);
    ask(runner, rng, times, wrong, |bytes| pair.refuses(bytes));
}

fn decryption_x25519(runner: &mut CtRunner, rng: &mut BenchRng) {
    decryption(runner, rng, Suite::X25519, 20_000);
}

fn decryption_xwing(runner: &mut CtRunner, rng: &mut BenchRng) {
    decryption(runner, rng, Suite::XWing, 20_000);
}

/// E23: the first byte of the padding is wrong, or the last.
fn padding(runner: &mut CtRunner, rng: &mut BenchRng) {
    let pair = pair(Suite::X25519);
    let wrong = [234 + 6, 2_821].map(|place| {
        let mut frame = Frame::of(&pair.sender, [7; 16], NOW.0, stored(&[0xa0]));
        frame.flips[1].push((place, 1));
        frame.seal(&pair.bundle, TestRng::new(1))
    });
    ask(runner, rng, 60_000, wrong, |bytes| pair.refuses(bytes));
}

fn invitation() -> Content {
    contents::invite(Some(include_str!(
        "../../../dictionary/corpus/held-back/chromium-av-data-turn-offer-gathered-1.sdp"
    )))
}

/// What depends on the content, and may: compressing it. A message, or an invitation with a browser's offer.
fn sealing(runner: &mut CtRunner, rng: &mut BenchRng) {
    let pair = pair(Suite::XWing);
    let contents = [contents::message("Hi"), invitation()];
    ask(runner, rng, 10_000, [vec![0], vec![1]], |which| {
        pair.seal(&contents[usize::from(which[0])]).as_bytes()[0] == 1
    });
}

ctbench_main!(
    control_mac,
    decryption_x25519,
    decryption_xwing,
    grant_mac,
    padding,
    request_mac,
    sealing
);
