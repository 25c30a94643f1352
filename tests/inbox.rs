//! The inbox, one rule at a time. What sequences of events come to is for the scenes
//! (`vectors/scenes`) and for the model (`tests/inbox_model`).

mod common;

use common::*;
use hushring::{Action, Contact, Inbox, OpenError, Suite};

fn inbox(pair: &Pair) -> Inbox {
    let mut inbox = Inbox::new(pair.phone.certificate());
    inbox.add_prekey(pair.prekey.clone()).unwrap();
    inbox
}

fn trusting(pair: &Pair) -> Inbox {
    let mut inbox = inbox(pair);
    let contact = Contact::default();
    inbox.trust(*pair.alice.public_key(), contact, NOW).unwrap();
    inbox
}

#[test]
fn an_invitation_rings_once_and_waits_to_be_acknowledged() {
    for suite in Suite::ALL {
        let pair = Pair::new(suite);
        let mut inbox = trusting(&pair);
        let envelope = pair.seal(&invite(None));
        let event = inbox.receive(envelope.as_bytes(), NOW).unwrap();
        assert!(matches!(event.action, Action::Ring(_)));
        assert!(inbox.pending(NOW) == [event.clone()]);
        let again = inbox.receive(envelope.as_bytes(), NOW).unwrap();
        assert_eq!(again.action.reason(), Some("duplicate"));
        let state = inbox.save();
        let mut loaded = Inbox::load(pair.phone.certificate(), &state).unwrap();
        assert_eq!(*loaded.save(), *state);
        assert!(loaded.pending(NOW) == [event.clone()]);
        assert!(loaded.acknowledge(&event));
        assert!(!loaded.acknowledge(&event));
        assert!(loaded.pending(NOW).is_empty());
    }
}

#[test]
fn what_is_untrusted_is_held_and_released() {
    let pair = Pair::new(Suite::X25519);
    let mut inbox = inbox(&pair);
    let envelope = pair.seal(&invite(None));
    let account = *pair.alice.public_key();
    let error = inbox.receive(envelope.as_bytes(), NOW).unwrap_err();
    assert_eq!(error, OpenError::Untrusted { account });
    assert_eq!(inbox.held().len(), 1);
    let state = inbox.save();
    let mut loaded = Inbox::load(pair.phone.certificate(), &state).unwrap();
    assert_eq!(*loaded.save(), *state);
    let released = loaded.trust(account, Contact::default(), NOW).unwrap();
    assert!(matches!(released[0].action, Action::Ring(_)));
    assert_eq!(loaded.held().len(), 0);
}
