//! What browsers really say fits the smaller of the two rooms. The dictionary has never seen the
//! held-back descriptions (dictionary/README.md).

use std::fs;
use std::path::Path;

use hushring::content::{Handle, HandleType, Invite, Map};
use hushring::envelope::capacity;
use hushring::{Content, Suite};
use hushring_test_support::clock::NOW;
use hushring_test_support::contents::call_id;
use hushring_test_support::pair::Pair;

fn invitation(offer: &str) -> Content {
    let mut invite = Invite::new(call_id(), true);
    invite.handle = Some(Handle {
        kind: HandleType::PhoneNumber,
        value: "+12025550123".into(),
        extra: Map::new(),
    });
    invite.caller_name = Some("Ada Lovelace".into());
    invite.offer = Some(offer.into());
    Content::Invite(invite)
}

/// Seals every description of a folder as an offer in an `xwing` envelope and opens it again.
fn fit(folder: &str) -> usize {
    let pair = Pair::new(Suite::XWing);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut sizes = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "sdp") {
            continue;
        }
        let content = invitation(&fs::read_to_string(&path).unwrap());
        let needed = content.measure().unwrap();
        assert!(
            needed <= capacity(Suite::XWing),
            "{}: {needed} bytes",
            path.display()
        );
        let envelope = pair.seal(&content);
        let opened = pair
            .open(envelope.as_bytes())
            .unwrap()
            .content(NOW)
            .unwrap();
        assert!(opened == content, "{}", path.display());
        sizes.push(needed);
    }
    sizes.sort_unstable();
    if let (Some(least), Some(most)) = (sizes.first(), sizes.last()) {
        let median = sizes[sizes.len() / 2];
        println!(
            "{} descriptions: {least} to {most} bytes, median {median}",
            sizes.len()
        );
    }
    sizes.len()
}

#[test]
fn every_held_back_description_fits_the_post_quantum_suite() {
    assert!(fit("dictionary/corpus/held-back") >= 20);
}

#[test]
fn every_training_description_fits_too() {
    assert!(fit("dictionary/corpus/train") >= 50);
}
