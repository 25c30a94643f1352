//! No secret in `Debug` or errors, and none left in freed memory.
//!
//! The second half looks at every block of heap memory in the moment it is freed. That needs an
//! allocator of our own and is the only `unsafe` in the project; the crate itself forbids it.

#![allow(unsafe_code, reason = "a global allocator cannot be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fmt::Write;

use hushring::content::Message;
use hushring::external::UnsignedEnvelope;
use hushring::inbox::Contact;
use hushring::{
    Account, Content, Device, Inbox, LinkSecret, PendingDevice, Prekey, SealOptions, Suite,
};
use hushring_test_support::clock::NOW;
use hushring_test_support::contents::message;
use hushring_test_support::flate::stored;
use hushring_test_support::forge::Frame;
use hushring_test_support::pair::{Pair, account, device, prekey, validity};
use hushring_test_support::random::TestRng;
use hushring_test_support::text::hex;
use zeroize::Zeroize;

/// Bytes that are looked for: enough of a secret that chance plays no part.
const NEEDLE_LEN: usize = 16;

thread_local! {
    /// What this thread looks for, while it looks.
    static NEEDLE: Cell<Option<[u8; NEEDLE_LEN]>> = const { Cell::new(None) };
    static FOUND: Cell<usize> = const { Cell::new(0) };
}

struct Watching;

// SAFETY: every call goes on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        if let Some(needle) = NEEDLE.get() {
            let block = unsafe { std::slice::from_raw_parts(pointer, layout.size()) };
            let hits = block
                .windows(NEEDLE_LEN)
                .filter(|window| *window == needle)
                .count();
            FOUND.set(FOUND.get() + hits);
        }
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watching = Watching;

/// How often the first 16 bytes of `secret` stand in memory that `work` frees.
fn left_behind(secret: &[u8], work: impl FnOnce()) -> usize {
    FOUND.set(0);
    NEEDLE.set(secret.first_chunk().copied());
    work();
    NEEDLE.set(None);
    FOUND.get()
}

/// The test must be able to fail.
#[test]
fn the_watcher_sees_what_is_left() {
    let secret = [0xa5; 32];
    assert!(left_behind(&secret, || drop(secret.to_vec())) > 0);
    assert_eq!(left_behind(&[0x5a; 32], || drop(secret.to_vec())), 0);
}

#[test]
fn private_keys_are_wiped() {
    let account = account(1);
    let seed = *account.export();
    assert_eq!(
        left_behind(&seed, || {
            let copy = Box::new(Account::import(&seed).unwrap());
            drop(copy.clone());
            drop(Box::new(copy.export()));
            copy.revoke(NOW.to_seconds(), NOW).unwrap();
            Device::enroll(&copy, &validity()).unwrap();
            // Moved out of its box, as the binding's `free()` does.
            drop(*copy);
        }),
        0
    );
    let device = device(&account, 2);
    let exported = device.export();
    assert_eq!(
        left_behind(&exported[..], || {
            let copy = Box::new(Device::import(&*exported).unwrap());
            drop(Box::new(copy.export()));
            copy.publish(&[&prekey(Suite::X25519, 3)], NOW).unwrap();
            let secret = LinkSecret::generate().unwrap();
            copy.request(&secret, NOW).unwrap();
            drop(*copy);
            drop(Box::new(PendingDevice::import(&exported[..32]).unwrap()));
        }),
        0
    );
    for suite in Suite::ALL {
        let pair = Pair::new(suite);
        let exported = pair.prekey.export();
        let envelope = pair.seal(&message("hi"));
        assert_eq!(
            left_behind(&exported[1..33], || {
                let copy = Box::new(Prekey::import(&*exported).unwrap());
                drop(Box::new(copy.clone()));
                drop(Box::new(copy.export()));
                let _ = envelope.open([&*copy], pair.phone.certificate()).unwrap();
                drop(*copy);
            }),
            0
        );
    }
    let secret = *LinkSecret::generate().unwrap().to_bytes();
    assert_eq!(
        left_behind(&secret, || {
            let copy = Box::new(LinkSecret::from_bytes(&secret).unwrap());
            drop(Box::new(copy.clone()));
            drop(Box::new(copy.to_bytes()));
            copy.to_bytes();
            device.request(&copy, NOW).unwrap();
            drop(*copy);
        }),
        0
    );
}

/// The content itself is the app's, and stays. What sealing and opening make of it is wiped.
#[test]
fn copies_of_the_plaintext_are_wiped() {
    let mut random = [0; 600];
    rand_core::Rng::fill_bytes(&mut TestRng::new(50), &mut random);
    let content = || {
        let data = Some(random.to_vec().into());
        Content::Message(Message {
            data,
            ..Message::default()
        })
    };
    for suite in Suite::ALL {
        let pair = Pair::new(suite);
        // Memory that a value of the app's own frees is not ours to wipe: it is never freed here.
        let kept = content();
        let count = left_behind(&random[300..], || {
            let options = SealOptions::at(NOW);
            let certificate = pair.laptop.certificate();
            drop(UnsignedEnvelope::new(certificate, &pair.bundle, &kept, options).unwrap());
            let envelope = pair.laptop.seal(&pair.bundle, &kept, options).unwrap();
            let verified = pair.open(envelope.as_bytes()).unwrap();
            drop(pair.open(envelope.as_bytes()));
            std::mem::forget(verified.content(NOW).unwrap());
        });
        assert_eq!(count, 0, "{suite}");
    }
}

/// The inbox keeps what is pending and held, and wipes it when the app has finished with it. The
/// events are the app's.
#[test]
fn what_the_inbox_kept_is_wiped() {
    let mut random = [0; 600];
    rand_core::Rng::fill_bytes(&mut TestRng::new(50), &mut random);
    let kept = Content::Message(Message {
        data: Some(random.to_vec().into()),
        ..Message::default()
    });
    let pair = Pair::new(Suite::X25519);
    let envelope = pair.seal(&kept);
    let certificate = pair.phone.certificate();
    let alice = *pair.alice.public_key();
    let count = left_behind(&random[300..], || {
        let mut inbox = Inbox::new(certificate);
        inbox.add_prekey(pair.prekey.clone()).unwrap();
        inbox.receive(envelope.as_bytes(), NOW).unwrap_err();
        drop(Inbox::load(certificate, &inbox.save()).unwrap());
        let mut released = inbox.trust(alice, Contact::default(), NOW).unwrap();
        drop(inbox.explain(envelope.as_bytes(), NOW));
        drop(Inbox::load(certificate, &inbox.save()).unwrap());
        let mut pending: Vec<_> = inbox.pending(NOW).collect();
        assert!(inbox.acknowledge(&pending[0]));
        pending[0].zeroize();
        released[0].zeroize();
        let mut other = Inbox::new(certificate);
        other.add_prekey(pair.prekey.clone()).unwrap();
        other.trust(alice, Contact::default(), NOW).unwrap();
        drop(other.explain(envelope.as_bytes(), NOW));
        std::mem::forget(other.receive(envelope.as_bytes(), NOW).unwrap());
    });
    assert_eq!(count, 0);
}

/// Of a content that is refused nobody gets to see what was read before it was: it is wiped. So are the
/// names of members.
#[test]
fn what_was_read_of_a_refused_content_is_wiped() {
    let pair = Pair::new(Suite::X25519);
    let mut inbox = pair.inbox();
    let alice = *pair.alice.public_key();
    inbox.trust(alice, Contact::default(), NOW).unwrap();
    let secret = b"a name that nobody else may read";
    let text: &[u8] = &[b"\x78\x20", secret.as_slice()].concat();
    let bytes: &[u8] = &[b"\x58\x20", secret.as_slice()].concat();
    let of = |parts: &[&[u8]]| parts.concat();
    let with_data = |parts: &[&[u8]]| [b"\xa2\x64data", parts.concat().as_slice()].concat();
    for (code, cbor) in [
        ("bad_cbor", with_data(&[bytes, b"\x64type\x67messag"])),
        ("bad_cbor", with_data(&[text, b"\x64type\x67message\x00"])),
        ("bad_cbor", with_data(&[b"\x82", text, b"\xff"])),
        ("bad_cbor", with_data(&[b"\x81\x82", bytes, b"\x18\x00"])),
        ("bad_cbor", with_data(&[b"\xa2", text, b"\x01\x00"])),
        ("too_deep", with_data(&[text, b"\x64type", &[0x81; 20]])),
        ("bad_content", with_data(&[bytes, b"\x64type\x01"])),
        (
            "bad_content",
            with_data(&[text, b"\x64type\x6bcall.invite"]),
        ),
        (
            "bad_content",
            of(&[b"\xa2\x64body", bytes, b"\x64type\x67message"]),
        ),
        ("bad_content", of(&[b"\xa1\x64type", bytes])),
        ("", with_data(&[b"\xa1", text, b"\xf5\x64type\x67message"])),
    ] {
        let frame = Frame::of(&pair.laptop, [9; 16], NOW.0, stored(&cbor));
        let envelope = frame.seal(&pair.bundle, rand_core::UnwrapErr(getrandom::SysRng));
        let mut found = "";
        let count = left_behind(secret, || match inbox.receive(&envelope, NOW) {
            Ok(event) => std::mem::forget(event),
            Err(error) => found = error.code().as_str(),
        });
        assert_eq!((found, count), (code, 0), "{cbor:x?}");
    }
}

/// What stands in a log says which of several it was, and nothing that somebody said.
#[test]
fn debug_shows_who_which_and_when() {
    let pair = Pair::new(Suite::X25519);
    let envelope = pair.seal(&message("Hi"));
    let opened = envelope
        .open([&pair.prekey], pair.phone.certificate())
        .unwrap();
    let verified = pair.open(envelope.as_bytes()).unwrap();
    let mut inbox = pair.inbox();
    let alice = *pair.alice.public_key();
    inbox.trust(alice, Contact::default(), NOW).unwrap();
    let event = inbox.receive(envelope.as_bytes(), NOW).unwrap();
    let again = inbox.receive(envelope.as_bytes(), NOW).unwrap();

    let (id, key) = (pair.prekey.id(), format!("{alice:?}"));
    let message_id = format!("{:?}", event.message_id);
    assert_eq!(format!("{id:?}"), format!("PrekeyId({id})"));
    assert_eq!(format!("{opened:?}"), "Opened(…)");
    assert_eq!(format!("{:?}", event.action), "notify");
    assert_eq!(format!("{:?}", again.action), "drop (duplicate)");
    let (tag, id) = (envelope.tag(), id.to_string());
    for (shown, parts) in [
        (format!("{envelope:?}"), ["Envelope", &tag, &id]),
        (format!("{:?}", pair.prekey), ["Prekey", "X25519", &id]),
        (format!("{verified:?}"), ["Verified", &key, &message_id]),
        (format!("{event:?}"), ["Event", &key, &message_id]),
        (format!("{inbox:?}"), ["Inbox", "accounts: 2", "pending: 1"]),
    ] {
        assert!(parts.iter().all(|part| shown.contains(part)), "{shown}");
    }
}

#[test]
fn debug_and_errors_show_no_secret() {
    let pair = Pair::new(Suite::XWing);
    let secret = LinkSecret::generate().unwrap();
    let pending = PendingDevice::import(&*pair.alice.export()).unwrap();
    let body = "the secret body of the message";
    let content = message(body);
    let envelope = pair.seal(&content);
    let opened = envelope
        .open([&pair.prekey], pair.phone.certificate())
        .unwrap();
    let verified = pair.open(envelope.as_bytes()).unwrap();
    let certificate = pair.laptop.certificate();
    let options = SealOptions::at(NOW);
    let unsigned = UnsignedEnvelope::new(certificate, &pair.bundle, &content, options).unwrap();
    let bad = Content::Message(Message {
        body: Some(format!("{body}\0")),
        ..Message::default()
    });
    let error = pair.laptop.seal(&pair.bundle, &bad, options).unwrap_err();

    let mut shown = String::new();
    write!(
        shown,
        "{:?} {:?} {:?} {pending:?}",
        pair.alice, pair.laptop, pair.prekey
    )
    .unwrap();
    write!(
        shown,
        "{secret:?} {content:?} {opened:?} {verified:?} {unsigned:?}"
    )
    .unwrap();
    write!(
        shown,
        "{:?} {:?}",
        content.to_map().unwrap(),
        content.to_map().unwrap().get("body")
    )
    .unwrap();
    write!(shown, "{error:?} {error} {:?}", envelope).unwrap();

    let secrets: [(&str, Vec<u8>); 5] = [
        ("account", pair.alice.export().to_vec()),
        ("device", pair.laptop.export()[..32].to_vec()),
        ("prekey", pair.prekey.export()[1..33].to_vec()),
        ("link secret", secret.to_bytes().to_vec()),
        ("body", body.as_bytes().to_vec()),
    ];
    assert!(!shown.contains("secret body"));
    for (name, secret) in secrets {
        let hex = hex(&secret[..4]);
        let list = format!("{:?}", &secret[..4]);
        let list = list.trim_matches(['[', ']']);
        assert!(!shown.to_lowercase().contains(&hex), "{name} in {shown}");
        assert!(!shown.contains(list), "{name} in {shown}");
    }
    // It shows what helps: who, which, when.
    assert!(shown.contains(&pair.prekey.id().to_string()));
}
