//! Envelopes: as they come from the network, and from whoever can encrypt.

use std::sync::LazyLock;

use hushring::envelope::capacity;
use hushring::error::ErrorCode;
use hushring::fuzzing::decompress;
use hushring::inbox::Contact;
use hushring::{Device, Envelope, Inbox, Prekey, PrekeyBundle, Suite, UnixMillis};
use hushring_test_support::clock::{NOW, day};
use hushring_test_support::forge::{Frame, flip};
use hushring_test_support::people;
use hushring_test_support::random::TestRng;

use crate::is_one_of;

/// Bob's phone with a prekey of each suite, and how Alice's reaches it.
pub struct Phones {
    pub alice: Device,
    pub bob: Device,
    pub prekeys: [Vec<u8>; 2],
    pub bundles: [PrekeyBundle; 2],
}

pub static PHONES: LazyLock<Phones> = LazyLock::new(|| {
    let bob = people::device("bob", "phone");
    let prekeys = Suite::ALL.map(|suite| people::prekey(suite, "weekly", day(60)));
    Phones {
        alice: people::device("alice", "phone"),
        bundles: prekeys
            .each_ref()
            .map(|prekey| people::bundle(&bob, prekey)),
        prekeys: prekeys.each_ref().map(|prekey| prekey.export().to_vec()),
        bob,
    }
});

/// The inbox with the prekeys of Bob's phone.
pub fn with_prekeys(mut inbox: Inbox) -> Inbox {
    for prekey in &PHONES.prekeys {
        inbox.add_prekey(Prekey::import(prekey).unwrap()).unwrap();
    }
    inbox
}

/// Bob's inbox, which trusts Alice.
fn inbox() -> Inbox {
    let phones = &*PHONES;
    let mut inbox = with_prekeys(Inbox::new(phones.bob.certificate()));
    let alice = *phones.alice.account();
    inbox.trust(alice, Contact::default(), NOW).unwrap();
    inbox
}

/// Receives, and says with which code it was refused. Explaining says the same, and a refusal changes
/// nothing, but for what is held: of those who are not trusted (N11), and what is dated ahead (N13).
fn receive(inbox: &mut Inbox, envelope: &[u8], now: UnixMillis) -> Result<(), &'static str> {
    let (before, held) = (inbox.save(), inbox.held().count());
    let explained = inbox.explain(envelope, now).result();
    let received = inbox
        .receive(envelope, now)
        .map_err(|error| error.code().as_str());
    assert_eq!(
        explained.err().map(ErrorCode::as_str),
        received.as_ref().err().copied()
    );
    let is_held = inbox.held().count() > held;
    if let Err(code) = received {
        assert!(is_held || inbox.save() == before, "E37");
        assert!(!is_held || matches!(code, "untrusted" | "clock"), "{code}");
    }
    received.map(|_| ())
}

/// What the network hands over. Nobody can encrypt here, so decryption is as far as it gets, but for the
/// seeds.
pub fn envelope(data: &[u8]) {
    if let Ok(envelope) = Envelope::parse(data) {
        assert!(envelope.as_bytes() == data);
        assert_eq!(envelope.suite().byte(), data[1]);
        assert!(envelope.prekey_id().as_bytes() == &data[2..10]);
    }
    let mut inbox = inbox();
    let Err(code) = receive(&mut inbox, data, UnixMillis(NOW.0 + 1000)) else {
        return;
    };
    match data {
        _ if data.len() != Envelope::LEN => assert_eq!(code, "bad_length"),
        [1, 1 | 2, ..] => {
            let header = &PHONES.bundles[usize::from(data[1]) - 1].id();
            let is_known = header.as_bytes() == &data[2..10];
            assert_eq!(code == "unknown_prekey", !is_known);
        }
        [1, ..] => assert_eq!(code, "unsupported_suite"),
        _ => assert_eq!(code, "unsupported_version"),
    }
}

/// A frame by somebody who can encrypt and sign, Alice, with changes before she signs and after:
///
/// ```text
/// options (1) ‖ content length (2) ‖ content ‖ changes, 3 bytes each: place (2), bits (1)
/// ```
///
/// Bit 0 of the options stands for suite 2, bit 1 for sent_at, which then are the first 8 bytes behind
/// the content. The highest bit of a place says that the change comes after signing. The code is that
/// of the first rule that is broken (spec/envelope.md, "Opening"), which is found here without the
/// crate, as far as E29.
pub fn frame(data: &[u8]) {
    let Some(([options, length @ ..], rest)) = data.split_first_chunk::<3>() else {
        return;
    };
    let phones = &*PHONES;
    let suite = Suite::ALL[usize::from(options & 1)];
    let length = usize::from(u16::from_be_bytes(*length))
        .min(rest.len())
        .min(capacity(suite));
    let (content, mut rest) = rest.split_at(length);
    let mut sent_at = NOW.0;
    if options & 2 != 0
        && let Some((chosen, behind)) = rest.split_first_chunk::<8>()
    {
        sent_at = u64::from_be_bytes(*chosen);
        rest = behind;
    }
    let mut frame = Frame::of(&phones.alice, [7; 16], sent_at, content.to_vec());
    for [high, low, bits] in rest.as_chunks::<3>().0 {
        let place = usize::from(u16::from_be_bytes([high & 0x7f, *low]));
        frame.flips[usize::from(high >> 7)].push((place, *bits));
    }
    let bundle = &phones.bundles[usize::from(options & 1)];
    let envelope = frame.seal(bundle, TestRng::new(1));

    let expected = expected(&frame, suite);
    let mut inbox = inbox();
    let received = receive(&mut inbox, &envelope, NOW);
    match expected {
        Err(codes) => {
            let code = received.unwrap_err();
            is_one_of(code, codes);
            let is_near = sent_at_of(&signed(&frame)) <= NOW.0 + 86_400_000;
            let is_held = inbox.held().count() == 1;
            assert_eq!(is_held, code == "clock" && is_near, "N13");
        }
        Ok(content) => match decompress(&content) {
            Ok(_) => assert_eq!(received, Ok(())),
            Err(error) => assert_eq!(received, Err(error.code().as_str())),
        },
    }
    if received.is_ok() {
        let again = receive(&mut inbox, &envelope, NOW);
        assert_eq!(again, Ok(()), "a duplicate is a drop");
        assert!(inbox.pending(NOW).count() <= 1, "N15");
    }
}

/// E22 to E29: the code (where it depends on the signature, all that are possible), or the stream in the
/// frame.
fn expected(frame: &Frame, suite: Suite) -> Result<Vec<u8>, &'static str> {
    let signed = signed(frame);
    let mut whole = signed.clone();
    whole.resize(capacity(suite) + 234, 0);
    // Where the signature is, its own bytes do not matter: whether they are changed does.
    let signature = signed.len()..signed.len() + 64;
    flip(&mut whole, &frame.flips[1]);
    let is_signature_whole = whole[signature.clone()].iter().all(|byte| *byte == 0);

    let n = usize::from(u16::from_be_bytes([whole[168], whole[169]]));
    if n == 0 || n > capacity(suite) {
        return Err("bad_content_length");
    }
    let padding = &whole[234 + n..];
    if padding.iter().any(|byte| *byte != 0) {
        return Err("bad_padding");
    }
    // A shorter n leaves the end of the signature to the padding, which may be zeros.
    if 234 + n < signature.end {
        return Err("bad_padding bad_certificate bad_signature");
    }
    if whole[..144] != frame.certificate {
        return Err("bad_certificate");
    }
    if n + 170 != signed.len() || whole[..signed.len()] != signed || !is_signature_whole {
        return Err("bad_signature");
    }
    let sent_at = sent_at_of(&whole);
    if sent_at > NOW.0 + 600_000 {
        return Err("clock");
    }
    if sent_at < NOW.0 - 30 * 86_400_000 {
        return Err("too_old");
    }
    Ok(whole[170..170 + n].to_vec())
}

/// What Alice signs of a frame, with the changes before it.
fn signed(frame: &Frame) -> Vec<u8> {
    let mut signed = frame.certificate.clone();
    signed.extend(frame.message_id);
    signed.extend(frame.sent_at.to_be_bytes());
    signed.extend(u16::try_from(frame.content.len()).unwrap().to_be_bytes());
    signed.extend(&frame.content);
    flip(&mut signed, &frame.flips[0]);
    signed
}

fn sent_at_of(frame: &[u8]) -> u64 {
    u64::from_be_bytes(*frame[160..].first_chunk().unwrap())
}
