//! The inbox at its bounds, and its saved state. What sequences of events come to is for the scenes
//! (`vectors/scenes`) and for the model (`tests/inbox_model`).

use hushring::content::{End, EndReason, Handle, HandleType, Invite, Map};
use hushring::error::{InboxError, StateError};
use hushring::inbox::{Action, Contact, DropReason, Event};
use hushring::limits::{MAX_HELD, MAX_HELD_PER_ACCOUNT};
use hushring::{
    AccountKey, CallId, Content, Device, Inbox, MessageId, Prekey, SealOptions, Suite, UnixMillis,
};
use hushring_test_support::clock::{NOW, day, with};
use hushring_test_support::contents::{call_id, message};
use hushring_test_support::flate::stored;
use hushring_test_support::forge::{Frame, flips, resealed};
use hushring_test_support::pair::{Pair, account, device, prekey, validity};
use hushring_test_support::random::TestRng;

fn contact(name: &str) -> Contact {
    with(Contact::default(), |it| {
        it.handle = Some(Handle {
            kind: HandleType::PhoneNumber,
            value: "+12025550123".into(),
            extra: Map::new(),
        });
        it.display_name = Some(name.into());
    })
}

fn numbered_call(number: u8) -> CallId {
    CallId::from_bytes([number; 16]).unwrap()
}

fn end(reason: EndReason, caller: Option<&AccountKey>) -> Content {
    Content::End(End {
        call_id: numbered_call(1),
        reason,
        caller: caller.map(|key| *key.as_bytes()),
        ring: caller.map(|_| NOW),
        device: None,
        extra: Map::new(),
    })
}

#[test]
fn leaving_says_whether_the_call_was_known() {
    let pair = Pair::new(Suite::X25519);
    let (alice, bob) = (*pair.alice.public_key(), *pair.bob.public_key());
    let mut inbox = full_of_life(&pair);
    assert!(inbox.left(&bob, call_id()));
    assert!(inbox.left_accounts(call_id(), &[]));
    assert!(!inbox.left_accounts(numbered_call(2), &[alice]));
    assert!(!inbox.left(&bob, numbered_call(2)));
    assert!(inbox.left(&alice, numbered_call(2)), "missed");
    assert!(!inbox.left(&alice, call_id()));
}

/// An inbox in which there is something of everything.
fn full_of_life(pair: &Pair) -> Inbox {
    let (alice, bob) = (*pair.alice.public_key(), *pair.bob.public_key());
    let tablet = device(&pair.bob, 9);
    let stranger = device(&account(10), 11);
    let mut inbox = pair.inbox();
    inbox.trust(alice, contact("Alice"), NOW).unwrap();
    let other = *account(12).public_key();
    inbox.trust(other, Contact::default(), NOW).unwrap();
    inbox.block(account(13).public_key()).unwrap();
    let revocation = account(13).revoke(day(0), NOW).unwrap();
    assert_eq!(inbox.revoke(&revocation), Ok(true));
    inbox.place_call(call_id(), &[alice, other], NOW).unwrap();
    let contents = [
        (&pair.laptop, message("one")),
        (
            &pair.laptop,
            Content::Invite(Invite::new(numbered_call(1), true)),
        ),
        (&pair.laptop, end(EndReason::Cancelled, None)),
        (&tablet, end(EndReason::AnsweredElsewhere, Some(&other))),
        (&stranger, message("hello?")),
    ];
    for (index, (sender, content)) in contents.into_iter().enumerate() {
        let sent_at = UnixMillis(NOW.0 + index as u64);
        let rng = &mut TestRng::new(100 + index as u64);
        let envelope = sender
            .seal_with_rng(&pair.bundle, &content, SealOptions::at(sent_at), rng)
            .unwrap();
        let _ = inbox.receive(envelope.as_bytes(), NOW);
    }
    inbox.untrust(&alice);
    inbox.trust(alice, contact("Alice"), NOW).unwrap();
    let late = pair
        .laptop
        .seal(
            &pair.bundle,
            &message("two"),
            SealOptions::at(UnixMillis(NOW.0 + 9)),
        )
        .unwrap();
    inbox.receive(late.as_bytes(), NOW).unwrap();
    let invite = Content::Invite(Invite::new(numbered_call(2), false));
    let sent_at = UnixMillis(NOW.0 + 10);
    let missed = pair
        .laptop
        .seal(&pair.bundle, &invite, SealOptions::at(sent_at))
        .unwrap();
    let too_late = UnixMillis(NOW.0 + 200_000);
    let event = inbox.receive(missed.as_bytes(), too_late).unwrap();
    assert_eq!(event.action.kind().as_str(), "missed");
    assert_eq!(inbox.pending(NOW).count(), 5);
    assert_eq!(inbox.held().len(), 1);
    assert_ne!(alice, bob);
    inbox
}

fn load(pair: &Pair, state: &[u8]) -> Result<Inbox, StateError> {
    Inbox::load(pair.phone.certificate(), state)
}

fn refusal(result: Result<Inbox, StateError>) -> Option<&'static str> {
    result.err().map(|error| error.code().as_str())
}

#[test]
fn what_is_saved_is_loaded() {
    let pair = Pair::new(Suite::X25519);
    let mut inbox = full_of_life(&pair);
    let state = inbox.save();
    assert_eq!(state.capacity(), state.len(), "it grew, and left plaintext");
    let mut loaded = load(&pair, &state).unwrap();
    assert_eq!(*loaded.save(), *state);
    assert!(loaded.pending(NOW).eq(inbox.pending(NOW)));
    assert_eq!(loaded.prekeys().len(), 0);
    assert_eq!(*inbox.save(), *state, "saving changes nothing");
}

#[test]
fn a_renewed_certificate_loads_the_same_state() {
    let pair = Pair::new(Suite::X25519);
    let state = full_of_life(&pair).save();
    let secret = hushring::LinkSecret::from_bytes(&[5; 32]).unwrap();
    let request = pair.phone.request(&secret, NOW).unwrap();
    let grant = pair
        .bob
        .certify(&request.to_bytes(), &secret, &validity())
        .unwrap();
    let renewed = pair
        .phone
        .activate(&grant.to_bytes(), &request, &secret, NOW)
        .unwrap();
    assert_eq!(
        *Inbox::load(renewed.certificate(), &state).unwrap().save(),
        *state
    );
}

#[test]
fn state_of_another_device_account_or_version_is_refused() {
    let pair = Pair::new(Suite::X25519);
    let state = full_of_life(&pair).save();
    let of = |certificate| refusal(Inbox::load(certificate, &state));
    assert_eq!(of(pair.laptop.certificate()), Some("wrong_account"));
    assert_eq!(
        of(device(&pair.bob, 20).certificate()),
        Some("wrong_device")
    );
    for (version, code) in [
        (0, "bad_state"),
        (2, "state_too_new"),
        (255, "state_too_new"),
    ] {
        let mut other = state.to_vec();
        other[0] = version;
        assert_eq!(refusal(load(&pair, &other)), Some(code), "{version}");
        assert_eq!(
            refusal(load(&pair, &resealed(other))),
            Some(code),
            "{version}"
        );
    }
    // Of a later version nothing else is known, not even where it ends.
    assert_eq!(refusal(load(&pair, &[2])), Some("state_too_new"));
}

#[test]
fn damaged_state_is_refused() {
    let pair = Pair::new(Suite::X25519);
    let state = full_of_life(&pair).save();
    for (bit, flipped) in flips(&state).filter(|(bit, _)| *bit >= 8) {
        assert_eq!(
            refusal(load(&pair, &flipped)),
            Some("bad_state"),
            "bit {bit}"
        );
    }
    for len in 0..state.len() {
        assert_eq!(
            refusal(load(&pair, &state[..len])),
            Some("bad_state"),
            "{len}"
        );
    }
    assert_eq!(
        refusal(load(&pair, &[&state[..], &[0]].concat())),
        Some("bad_state")
    );
}

/// Whoever can write the state can do anything with it, but not crash the inbox: whatever has a
/// right checksum is refused, or it is a state, and has one encoding.
#[test]
fn a_state_has_one_encoding() {
    let pair = Pair::new(Suite::X25519);
    let state = full_of_life(&pair).save();
    let mut loads = 0;
    for (bit, flipped) in flips(&state[..state.len() - 32]) {
        let changed = resealed([&flipped[..], &[0; 32]].concat());
        if let Ok(mut loaded) = load(&pair, &changed) {
            assert_eq!(*loaded.save(), changed, "bit {bit}");
            let _ = loaded.pending(NOW).count();
            loads += 1;
        }
    }
    assert!(loads > 1000, "ids and times may be any: {loads}");
    for len in 33..state.len() {
        let cut = resealed(state[..len].to_vec());
        assert_eq!(refusal(load(&pair, &cut)), Some("bad_state"), "{len}");
    }
}

/// A journal of which one content is exchanged for another, in a state that is whole otherwise: nothing
/// that could be received leads to it.
#[test]
fn an_entry_whose_content_is_not_what_it_says_is_a_drop() {
    let pair = Pair::new(Suite::X25519);
    let alice = *pair.alice.public_key();
    let text = |text: &str| match u8::try_from(text.len()).unwrap() {
        len @ 0..24 => [&[0x60 | len], text.as_bytes()].concat(),
        len => [&[0x78, len], text.as_bytes()].concat(),
    };
    let id = [&[0x50], call_id().as_bytes().as_slice()].concat();
    let two = |parts: [Vec<u8>; 4]| [vec![0xa2], parts.concat()].concat();
    let ring = [&[0x1b], NOW.0.to_be_bytes().as_slice()].concat();
    let message = |body: &str| two([text("body"), text(body), text("type"), text("message")]);
    let cover = two([text("x"), text("12345678"), text("type"), text("cover")]);
    let answer = [text("type"), text("call.answer"), text("callId"), id].concat();
    let answer = [vec![0xa3], text("ring"), ring, answer].concat();
    for (said, other) in [
        (message("123"), cover),
        (answer, message("12345678901234567890123456789012345")),
    ] {
        assert_eq!(said.len(), other.len());
        let frame = Frame::of(&pair.laptop, [7; 16], NOW.0, stored(&said));
        let envelope = frame.seal(&pair.bundle, TestRng::new(6));
        let mut inbox = pair.inbox();
        inbox.trust(alice, Contact::default(), NOW).unwrap();
        inbox.place_call(call_id(), &[alice], NOW).unwrap();
        inbox.receive(&envelope, NOW).unwrap();
        let mut state = inbox.save().to_vec();
        assert!(load(&pair, &resealed(state.clone())).is_ok());
        let at = state.windows(said.len()).position(|part| part == said);
        let at = at.unwrap();
        state[at..at + said.len()].copy_from_slice(&other);
        let mut loaded = load(&pair, &resealed(state)).unwrap();
        let event = loaded.pending(NOW).next().unwrap();
        assert_eq!(event.action, Action::Drop(DropReason::Unknown));
        assert!(loaded.acknowledge(&event));
        assert_eq!(loaded.pending(NOW).count(), 0);
    }
}

#[test]
fn pending_events_are_read_one_after_another_while_they_are_acknowledged() {
    let pair = Pair::new(Suite::X25519);
    let mut inbox = full_of_life(&pair);
    let all: Vec<Event> = inbox.pending(NOW).collect();
    let mut read = Vec::new();
    let mut last = None;
    while let Some((position, event)) = inbox.pending_after(last, NOW) {
        assert!(last < Some(position));
        // Every other one is acknowledged, and one that is ahead, and one comes meanwhile.
        if read.len() % 2 == 0 {
            assert!(inbox.acknowledge(&event));
        }
        if read.is_empty() {
            assert!(inbox.acknowledge(&all[1]));
            let later = UnixMillis(NOW.0 + 10_000);
            let note = pair
                .laptop
                .seal(&pair.bundle, &message("new"), SealOptions::at(later));
            inbox.receive(note.unwrap().as_bytes(), NOW).unwrap();
        }
        read.push(event);
        last = Some(position);
    }
    assert_eq!(read.len(), all.len());
    assert_eq!(read[0], all[0]);
    assert_eq!(read[1..read.len() - 1], all[2..]);
    assert_eq!(read.last().unwrap().action, Action::Notify(message("new")));
}

#[test]
fn no_private_key_is_in_the_state() {
    for suite in Suite::ALL {
        let pair = Pair::new(suite);
        let state = full_of_life(&pair).save();
        let holds = |secret: &[u8]| state.windows(secret.len()).any(|window| window == secret);
        assert!(
            holds(pair.phone.public_key().as_bytes()),
            "what is there is found"
        );
        assert!(!holds(&pair.prekey.export()[1..33]));
        assert!(!holds(&pair.phone.export()[..32]));
    }
}

#[test]
fn names_that_are_too_long_are_not_pinned() {
    let pair = Pair::new(Suite::X25519);
    let mut inbox = Inbox::new(pair.phone.certificate());
    let before = inbox.save();
    let long = "x".repeat(257);
    let mut handle = contact("Alice");
    handle.handle.as_mut().unwrap().value.clone_from(&long);
    for (contact, member) in [(contact(&long), "displayName"), (handle, "handle.value")] {
        let refused = inbox.trust(*pair.alice.public_key(), contact, NOW);
        assert!(
            matches!(refused, Err(InboxError::BadContent { member: found, .. }) if found == member)
        );
    }
    assert_eq!(*inbox.save(), *before);
}

/// An inbox with so many prekeys.
fn with_prekeys(pair: &Pair, count: u64) -> Inbox {
    let mut inbox = Inbox::new(pair.phone.certificate());
    for seed in 0..count {
        inbox
            .add_prekey(prekey(Suite::X25519, 1000 + seed))
            .unwrap();
    }
    inbox
}

#[test]
fn the_257th_prekey_finds_no_room() {
    let pair = Pair::new(Suite::X25519);
    let mut inbox = with_prekeys(&pair, 256);
    assert!(inbox.add_prekey(pair.prekey.clone()) == Err(InboxError::InboxFull));
    assert!(
        inbox.add_prekey(prekey(Suite::X25519, 1000)).is_ok(),
        "it is there"
    );
    assert_eq!(inbox.prekeys().len(), 256);
}

#[test]
fn a_publication_finds_room_for_all_its_prekeys_or_changes_nothing() {
    let pair = Pair::new(Suite::X25519);
    let new = Suite::ALL.map(|suite| prekey(suite, 2000));
    let publish = |inbox: &mut Inbox| {
        inbox
            .publish(&pair.phone, &new.each_ref(), NOW)
            .map(|all| all.len())
    };
    let mut inbox = with_prekeys(&pair, 254);
    for _ in 0..2 {
        assert_eq!(publish(&mut inbox), Ok(2), "the second time they are there");
        assert_eq!(inbox.prekeys().len(), 256);
    }

    let mut inbox = with_prekeys(&pair, 255);
    let before = inbox.save();
    assert_eq!(publish(&mut inbox), Err(InboxError::InboxFull));
    assert_eq!(inbox.prekeys().len(), 255);
    assert_eq!(*inbox.save(), *before);
}

#[test]
fn trust_releases_what_is_held_of_that_account_and_leaves_the_rest_in_its_order() {
    let pair = Pair::new(Suite::X25519);
    let mut inbox = pair.inbox();
    let [first, second, friend] = [10, 20, 30].map(|seed| device(&account(seed), seed + 1));
    let trust = |inbox: &mut Inbox, device: &Device| {
        inbox
            .trust(*device.account(), Contact::default(), NOW)
            .unwrap()
    };
    assert!(trust(&mut inbox, &friend).is_empty());
    let ahead = UnixMillis(NOW.0 + 3_600_000);
    for (sender, sent_at) in [(&first, NOW), (&friend, ahead), (&second, NOW)] {
        let sealed = sender.seal(&pair.bundle, &message("Hi"), SealOptions::at(sent_at));
        assert!(
            inbox.receive(sealed.unwrap().as_bytes(), NOW).is_err(),
            "held"
        );
    }
    let events = trust(&mut inbox, &second);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].sender.account, *second.account());
    let held: Vec<AccountKey> = inbox.held().map(|held| *held.account()).collect();
    assert_eq!(held, [*first.account(), *friend.account()]);
}

#[test]
fn as_many_are_held_for_the_clock_as_untrusted() {
    let pair = Pair::new(Suite::X25519);
    let mut inbox = pair.inbox();
    let ahead = UnixMillis(NOW.0 + 3_600_000);
    let count = MAX_HELD / MAX_HELD_PER_ACCOUNT;
    for seed in 0..2 * count as u64 {
        let sender = device(&account(100 + seed), 200 + seed);
        let is_friend = seed % 2 == 0;
        if is_friend {
            inbox
                .trust(*sender.account(), Contact::default(), NOW)
                .unwrap();
        }
        for _ in 0..MAX_HELD_PER_ACCOUNT {
            let sent_at = if is_friend { ahead } else { NOW };
            let sealed = sender.seal(&pair.bundle, &message("Hi"), SealOptions::at(sent_at));
            assert!(inbox.receive(sealed.unwrap().as_bytes(), NOW).is_err());
        }
    }
    assert_eq!(inbox.held().count(), 2 * MAX_HELD);
    let state = inbox.save();
    assert_eq!(*load(&pair, &state).unwrap().save(), *state);
}

#[test]
fn prekeys_leave_30_days_after_their_end_and_are_named() {
    let pair = Pair::new(Suite::X25519);
    let mut inbox = pair.inbox();
    let longer = Prekey::generate(Suite::X25519, day(80), NOW).unwrap();
    inbox.add_prekey(longer.clone()).unwrap();
    let end = day(60 + 30).to_millis();
    assert!(inbox.prune(UnixMillis(end.0 - 1)).is_empty());
    assert_eq!(inbox.prune(end), [pair.prekey.id()]);
    assert!(inbox.prekeys().map(Prekey::id).eq([longer.id()]));
}

#[test]
fn explaining_names_the_cause() {
    let pair = Pair::new(Suite::X25519);
    let envelope = pair.seal(&message("the words"));
    let bytes = envelope.as_bytes();
    let mut inbox = Inbox::new(pair.phone.certificate());
    let text = |inbox: &Inbox, now| inbox.explain(bytes, now).to_string();
    let ends = |text: String, end: &str| assert!(text.ends_with(end), "{text}");

    let id = pair.prekey.id();
    let cause = format!("refused: unknown_prekey\nit names prekey {id}; the inbox has 0");
    ends(text(&inbox, NOW), &cause);
    inbox.add_prekey(pair.prekey.clone()).unwrap();
    ends(text(&inbox, NOW), "refused: untrusted");
    inbox
        .trust(*pair.alice.public_key(), Contact::default(), NOW)
        .unwrap();
    ends(text(&inbox, NOW), "notify");
    let now = text(&inbox, NOW);
    assert!(now.contains("dated 0 s ago"), "{now}");
    let an_hour_ago = UnixMillis(NOW.0 - 3_600_000);
    let ahead = inbox.explain(bytes, an_hour_ago);
    assert_eq!(ahead.age_ms(), Some(-3_600_000));
    assert!(ahead.to_string().contains("dated 3600 s ahead"), "{ahead}");
    let cause =
        "refused: clock\nit may be dated 600 s ahead at most: one of the two clocks is wrong";
    ends(ahead.to_string(), cause);
    let invite = pair.seal(&Content::Invite(Invite::new(call_id(), false)));
    let late = inbox.explain(invite.as_bytes(), UnixMillis(NOW.0 + 90_001));
    let cause = "missed: expired\nit rings for 60 s, and 30 s more: it took too long, or one of the \
                 two clocks is wrong";
    ends(late.to_string(), cause);
    let month_later = UnixMillis(day(30).to_millis().0 + 1);
    ends(text(&inbox, month_later), "refused: too_old");

    let event = inbox.receive(bytes, NOW).unwrap();
    ends(
        text(&inbox, NOW),
        "drop: duplicate\nits event waits to be acknowledged",
    );
    inbox.acknowledge(&event);
    ends(
        text(&inbox, NOW),
        "drop: duplicate\nits event was acknowledged, or was a drop",
    );
    for index in 0..64 {
        let rng = &mut TestRng::new(300 + index);
        let other = pair
            .laptop
            .seal_with_rng(&pair.bundle, &message("hi"), SealOptions::at(NOW), rng)
            .unwrap();
        inbox.receive(other.as_bytes(), NOW).unwrap();
    }
    let last = pair
        .laptop
        .seal(&pair.bundle, &message("hi"), SealOptions::at(NOW))
        .unwrap();
    let full = inbox.explain(last.as_bytes(), NOW).to_string();
    let cause = "64 events wait to be acknowledged, 64 of them of this account";
    ends(full.clone(), cause);
    assert!(!full.contains("words"));

    // What was forgotten is below the floor: not a duplicate, and nothing more is known of it.
    let alice = *pair.alice.public_key();
    inbox.untrust(&alice);
    inbox.trust(alice, Contact::default(), NOW).unwrap();
    ends(text(&inbox, NOW), "refused: replayed");

    // An invitation that is missed for another reason than its age has no note of it.
    let mut inbox = pair.inbox();
    inbox.trust(alice, Contact::default(), NOW).unwrap();
    let seal = |content: &Content, sent_at: u64| {
        let options = SealOptions::at(UnixMillis(sent_at));
        pair.laptop.seal(&pair.bundle, content, options).unwrap()
    };
    let over = seal(&end(EndReason::Cancelled, None), NOW.0 + 2);
    inbox.receive(over.as_bytes(), NOW).unwrap();
    let invite = Content::Invite(Invite::new(numbered_call(1), true));
    let of_ended = inbox.explain(seal(&invite, NOW.0 + 1).as_bytes(), NOW);
    ends(of_ended.to_string(), "missed: ended");
}

#[test]
fn debug_shows_nothing_that_was_said() {
    let pair = Pair::new(Suite::X25519);
    let inbox = full_of_life(&pair);
    let shown = format!(
        "{inbox:?} {:?} {:?}",
        inbox.pending(NOW).collect::<Vec<_>>(),
        inbox.held().collect::<Vec<_>>()
    );
    for hidden in ["one", "two", "hello", "Alice", "+1202"] {
        assert!(!shown.contains(hidden), "{hidden}");
    }
    assert!(shown.contains("notify") && shown.contains("end") && shown.contains("Held {"));
    let first = inbox.pending(NOW).next().unwrap();
    assert_eq!(first.message_id.as_bytes().len(), MessageId::LEN);
}

#[test]
fn the_pieces_are_the_state() {
    let pair = Pair::new(Suite::X25519);
    let mut inbox = Inbox::new(pair.phone.certificate());
    for n in 0..400 {
        inbox
            .trust(
                *account(3000 + n).public_key(),
                Contact::named("x".repeat(90)),
                NOW,
            )
            .unwrap();
    }
    let (mut pieces, mut together) = (0, Vec::new());
    inbox.save_to(|piece| {
        assert!(piece.len() <= 16_384);
        pieces += 1;
        together.extend_from_slice(piece);
    });
    assert_eq!((pieces, together.len()), (4, inbox.saved_len()));
    assert!(*inbox.save() == together);
}
