//! spec/inbox.md: an inbox, and its state as it is saved.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use hushring::content::{Cover, End, EndReason, Invite, Map, Message};
use hushring::inbox::{Action, ActionKind, Contact, DropReason, Event};
use hushring::{AccountKey, CallId, Content, Inbox, Revocation, SealOptions, UnixMillis};
use hushring_test_support::clock::{NOW, day};
use hushring_test_support::people;
use hushring_test_support::random::TestRng;
use sha2::{Digest, Sha256};

use crate::is_one_of;
use crate::sealed::{PHONES, with_prekeys};

const NAMES: [&str; 3] = ["alice", "carol", "bob"];
const MINUTE: u64 = 60_000;

/// What these people have sent to Bob's phone: two calls each of the same ids, their ends, and others.
struct Mail {
    accounts: Vec<AccountKey>,
    envelopes: Vec<Vec<u8>>,
    statements: Vec<Revocation>,
}

static MAIL: LazyLock<Mail> = LazyLock::new(|| {
    let accounts = NAMES
        .map(|name| *people::account(name).public_key())
        .to_vec();
    let mut envelopes = Vec::new();
    for (owner, name) in NAMES.iter().enumerate() {
        // Bob's own other device; the others' phones.
        let device = people::device(name, if *name == "bob" { "laptop" } else { "phone" });
        for (place, content) in contents(&accounts).iter().enumerate() {
            let suite = place % 2;
            let sent_at = NOW.0 + MINUTE * u64::try_from(place % 5).unwrap();
            let options = SealOptions::at(UnixMillis(sent_at));
            let seed = u64::try_from(owner * 100 + place).unwrap();
            let rng = &mut TestRng::new(seed);
            let sealed = device.seal_with_rng(&PHONES.bundles[suite], content, options, rng);
            envelopes.push(sealed.unwrap().as_bytes().to_vec());
        }
    }
    let mut cut = envelopes[0].clone();
    cut.pop();
    envelopes.push(cut);
    let mut broken = envelopes[1].clone();
    broken[2000] ^= 1;
    envelopes.push(broken);
    Mail {
        accounts,
        envelopes,
        statements: ["alice", "carol"]
            .map(|name| people::account(name).revoke(day(-99), NOW).unwrap())
            .to_vec(),
    }
});

fn contents(accounts: &[AccountKey]) -> Vec<Content> {
    let id = |byte| CallId::from_bytes([byte; 16]).unwrap();
    let mut contents = vec![
        Content::Message(Message::default()),
        Content::Cover(Cover::default()),
    ];
    for call in [1, 2] {
        contents.push(Content::Invite(Invite::new(id(call), true)));
        contents.push(Content::Invite(Invite::new(id(call), false)));
        contents.push(Content::End(ended(id(call), EndReason::RemoteEnded, None)));
        for caller in accounts {
            contents.push(Content::End(ended(
                id(call),
                EndReason::AnsweredElsewhere,
                Some(*caller),
            )));
        }
    }
    contents
}

fn ended(call_id: CallId, reason: EndReason, caller: Option<AccountKey>) -> End {
    End {
        call_id,
        reason,
        caller: caller.map(|key| *key.as_bytes()),
        ring: caller.map(|_| NOW),
        device: None,
        extra: Map::default(),
    }
}

/// Steps of an app with its inbox, one a pair of bytes: what, and with which. What must hold: explaining
/// says what receiving then does; a refusal changes nothing; what is accepted is accepted once; a ring
/// rings once; and after each step a crash loses nothing.
pub fn inbox(data: &[u8]) {
    state_after(data);
}

/// Takes the steps, and gives the state that they lead to.
pub fn state_after(data: &[u8]) -> Vec<u8> {
    let mail = &*MAIL;
    let mut inbox = with_prekeys(Inbox::new(PHONES.bob.certificate()));
    let mut now = NOW;
    let mut once = Once::default();
    for [step, with] in data.as_chunks::<2>().0.iter().take(24) {
        let with = usize::from(*with);
        let account = mail.accounts[with % NAMES.len()];
        match step % 10 {
            0..=3 => receive(
                &mut inbox,
                &mail.envelopes[with % mail.envelopes.len()],
                now,
                &mut once,
            ),
            4 => {
                let released = inbox.trust(account, Contact::default(), now).unwrap();
                released.iter().for_each(|event| once.accept(event));
            }
            5 => inbox.untrust(&account),
            6 => {
                let statement = &mail.statements[with % mail.statements.len()];
                let before = inbox.save();
                let is_known = inbox.revoke(statement).unwrap();
                assert!(is_known || inbox.save() == before, "N3");
            }
            7 => {
                let call_id =
                    CallId::from_bytes([u8::try_from(with / 4 % 3).unwrap(); 16]).unwrap();
                // The clock goes back, too.
                match inbox.place_call(call_id, &[account], now) {
                    Ok(time) => assert!(time >= now),
                    Err(error) => is_one_of(error.code().as_str(), "clock"),
                }
            }
            8 => {
                let waiting: Vec<_> = inbox.pending(now).collect();
                if let Some(event) = waiting.get(with % waiting.len().max(1)) {
                    assert!(inbox.acknowledge(event));
                    assert!(!inbox.acknowledge(event));
                    assert_eq!(inbox.pending(now).count(), waiting.len() - 1);
                }
            }
            _ => now = UnixMillis(NOW.0 + MINUTE * u64::try_from(with).unwrap() / 16),
        }
        let state = inbox.save();
        let mut again = Inbox::load(PHONES.bob.certificate(), &state).unwrap();
        assert!(again.save() == state);
        assert!(again.pending(now).eq(inbox.pending(now)));
        inbox = with_prekeys(again);
    }
    inbox.save().to_vec()
}

/// What was accepted, and what rang.
#[derive(Default)]
struct Once {
    accepted: BTreeSet<([u8; 32], [u8; 16])>,
    rung: BTreeSet<([u8; 16], UnixMillis)>,
}

impl Once {
    fn accept(&mut self, event: &Event) {
        let id = (
            *event.sender.account.as_bytes(),
            *event.message_id.as_bytes(),
        );
        if event.action == Action::Drop(DropReason::Cover) {
            return;
        }
        let is_duplicate = matches!(event.action, Action::Drop(DropReason::Duplicate));
        assert_eq!(self.accepted.insert(id), !is_duplicate, "N15 to N18");
        if let Action::Ring(ring) = &event.action {
            let rung = (*ring.call_uuid.as_bytes(), event.sent_at);
            assert!(self.rung.insert(rung), "A1");
        }
    }
}

fn receive(inbox: &mut Inbox, envelope: &[u8], now: UnixMillis, once: &mut Once) {
    let before = inbox.save();
    let explained = inbox.explain(envelope, now);
    assert!(inbox.save() == before, "explaining changes nothing");
    match inbox.receive(envelope, now) {
        Ok(event) => {
            let (action, _) = explained.result().unwrap();
            assert_eq!(
                action == ActionKind::Ring,
                matches!(event.action, Action::Ring(_))
            );
            assert_eq!(explained.message_id(), Some(event.message_id));
            once.accept(&event);
            if event.action == Action::Drop(DropReason::Duplicate) {
                assert!(inbox.save() == before);
            }
        }
        Err(error) => {
            assert_eq!(explained.result().err(), Some(error.code()));
            if error.code().as_str() != "untrusted" {
                assert!(inbox.save() == before, "E37");
            }
        }
    }
}

/// Saved state. Bit 0 of the first byte makes its checksum, bit 1 puts Bob's keys into it. What is loaded is
/// saved as the same bytes, and works.
pub fn state(data: &[u8]) {
    let Some((mode, body)) = data.split_first() else {
        return;
    };
    let own = PHONES.bob.certificate();
    let mut bytes = body.to_vec();
    if mode & 2 != 0
        && let Some(keys) = bytes.get_mut(1..65)
    {
        keys[..32].copy_from_slice(own.account().as_bytes());
        keys[32..].copy_from_slice(own.device().as_bytes());
    }
    if mode & 1 != 0
        && let Some((before, checksum)) = bytes.split_last_chunk_mut::<32>()
    {
        *checksum = Sha256::digest(before).into();
    }
    let mut inbox = match Inbox::load(own, &bytes) {
        Ok(inbox) => inbox,
        Err(error) => {
            return is_one_of(
                error.code().as_str(),
                "bad_state state_too_new wrong_account wrong_device",
            );
        }
    };
    assert!(*inbox.save() == bytes, "equal states give equal bytes");
    let mut inbox = with_prekeys(inbox);
    let waiting: Vec<_> = inbox.pending(NOW).collect();
    let _ = inbox.held().count();
    for envelope in &MAIL.envelopes[..3] {
        let explained = inbox.explain(envelope, NOW);
        let received = inbox.receive(envelope, NOW);
        assert_eq!(explained.result().is_ok(), received.is_ok());
    }
    for account in &MAIL.accounts {
        let _ = inbox.trust(*account, Contact::default(), NOW);
    }
    for event in &waiting {
        assert!(inbox.acknowledge(event));
    }
    inbox.untrust(&MAIL.accounts[0]);
    let _ = inbox.prune(UnixMillis(u64::MAX));
    let state = inbox.save();
    let mut again = Inbox::load(own, &state).unwrap();
    assert!(again.save() == state);
}
