//! A call from Alice's laptop to Bob's phone: placed, rung, answered, and hung up.
//!
//! `cargo run --example call`

use std::error::Error;
use std::time::SystemTime;

use hushring::content::{Answer, Content, End, EndReason, Invite};
use hushring::inbox::{Action, Contact};
use hushring::{
    Account, BundleCheck, CallId, Device, Inbox, Prekey, PrekeyBundle, SealOptions, Suite,
    UnixMillis, UnixSeconds, Validity,
};

fn main() -> Result<(), Box<dyn Error>> {
    let now = UnixMillis::from(SystemTime::now());
    let mut alice = User::new("Alice", now)?;
    let mut bob = User::new("Bob", now)?;

    // Each has compared the other's fingerprint, and pins the account.
    alice.trust(&bob, now)?;
    bob.trust(&alice, now)?;

    // Alice calls: she registers the call, saves that, and seals the invitation.
    let call_id: CallId = "3f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b33".parse()?;
    let callee = *bob.account.public_key();
    let ring_at = alice.inbox.place_call(call_id, &[callee], now)?;
    let mut invite = Invite::new(call_id, true);
    invite.offer = Some("v=0\r\n…".into());
    let invitation = alice.send(&bob, &Content::Invite(invite), ring_at)?;

    // Bob's phone rings.
    bob.inbox.receive(&invitation, now)?;
    let ring = bob.next(now)?;
    let Action::Ring(ring) = ring else {
        return Err("it does not ring".into());
    };
    let name = ring.call_kit.caller_name.as_deref().unwrap_or("Somebody");
    println!("{name} calls; CallKit knows it as {}", ring.call_uuid);

    // Bob answers: his phone registers that, and the answer names the ring. Alice's call engine gets
    // it. (He would tell his other devices in the same act.)
    let caller = *alice.account.public_key();
    let rung = bob.inbox.answered(&caller, call_id, now)?;
    let mut answer = Answer::new(call_id, rung);
    answer.answer = Some("v=0\r\n…".into());
    let answered = bob.send(&alice, &Content::Answer(answer), now)?;
    alice.inbox.receive(&answered, now)?;
    let Action::Signal(signal) = alice.next(now)? else {
        return Err("the answer is lost".into());
    };
    println!(
        "{} of call {}",
        signal.content.content_type(),
        signal.call_uuid
    );

    // Alice hangs up, notes it when the end is posted, and Bob's phone tells CallKit.
    let end = End::by_caller(call_id, EndReason::RemoteEnded);
    let hung_up = alice.send(&bob, &Content::End(end), now)?;
    alice.inbox.left(&caller, call_id);
    bob.inbox.receive(&hung_up, now)?;
    let Action::End(ended) = bob.next(now)? else {
        return Err("the call does not end".into());
    };
    println!("ended, CXCallEndedReason {}", ended.ended_reason);
    Ok(())
}

/// An account with one device, its inbox, and what it publishes.
struct User {
    name: &'static str,
    account: Account,
    device: Device,
    inbox: Inbox,
    /// What a server hands out.
    published: Vec<Vec<u8>>,
}

impl User {
    fn new(name: &'static str, now: UnixMillis) -> Result<User, Box<dyn Error>> {
        let in_30_days = UnixSeconds(now.to_seconds().0 + 30 * 24 * 60 * 60);
        let account = Account::generate()?;
        let device = Device::enroll(&account, &Validity::until(in_30_days, now))?;
        let mut inbox = Inbox::new(device.certificate());
        let mut prekeys = Vec::new();
        for suite in Suite::ALL {
            let prekey = Prekey::generate(suite, in_30_days, now)?;
            inbox.add_prekey(prekey.clone())?;
            prekeys.push(prekey);
        }
        let prekeys: Vec<&Prekey> = prekeys.iter().collect();
        let bundles = device.publish(&prekeys, now)?;
        let published = bundles.iter().map(PrekeyBundle::to_bytes).collect();
        Ok(User {
            name,
            account,
            device,
            inbox,
            published,
        })
    }

    fn trust(&mut self, other: &User, now: UnixMillis) -> Result<(), Box<dyn Error>> {
        let account = *other.account.public_key();
        self.inbox.trust(account, Contact::named(other.name), now)?;
        Ok(())
    }

    /// Verifies what the other has published, chooses, and seals to its one device.
    fn send(
        &self,
        to: &User,
        content: &Content,
        now: UnixMillis,
    ) -> Result<Vec<u8>, Box<dyn Error>> {
        let account = to.account.public_key();
        let verified = PrekeyBundle::verify_all(&to.published, account, &BundleCheck::at(now));
        let choice = PrekeyBundle::choose(&verified.bundles, now);
        if !choice.downgraded.is_empty() {
            return Err("the server holds back a stronger bundle".into());
        }
        let sealed = self
            .device
            .seal_many(&choice.targets, content, SealOptions::at(now))?;
        let [envelope] = sealed.as_slice() else {
            return Err("one device was expected".into());
        };
        Ok(envelope.as_bytes().to_vec())
    }

    /// Takes the event that waits, and acknowledges it. An app saves the inbox before and after.
    fn next(&mut self, now: UnixMillis) -> Result<Action, Box<dyn Error>> {
        let event = self.inbox.pending(now).next().ok_or("no event")?;
        self.inbox.acknowledge(&event);
        Ok(event.action)
    }
}

#[test]
fn the_call_is_placed_answered_and_ended() {
    main().unwrap();
}
