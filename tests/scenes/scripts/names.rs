//! Whom the system is told to show.

use hushring::Content;
use hushring::content::{HandleType, Invite};
use serde_json::json;

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        handle_and_name(),
        name_only(),
        handle_only(),
        nothing(),
        every_type_of_handle(),
        claims_are_cleaned(),
        claims_of_a_missed_call(),
        claims_are_not_pinned(),
        groups_are_cleaned(),
        claimed_handles_have_two_members(),
        limits(),
        ring_in_another_name(),
    ]
}

fn pinned(
    name: &str,
    comment: &str,
    handle: Option<(&str, &str)>,
    display_name: Option<&str>,
) -> Scene {
    let mut s = Scene::new(name, "A8 N1 N23", comment);
    s.trust_as("alice", handle, display_name);
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&invite, at(1), Ring);
    s
}

fn handle_and_name() -> Scene {
    pinned(
        "pinned-handle-and-name",
        "CallKit is told the handle and the name that the app pinned for the account.",
        Some(("phoneNumber", "+4930123456")),
        Some("Alice"),
    )
}

fn name_only() -> Scene {
    pinned(
        "pinned-name-only",
        "Without a pinned handle the fingerprint stands in its place: it is in no address book. The
         pinned name is shown.",
        None,
        Some("Alice"),
    )
}

fn handle_only() -> Scene {
    pinned(
        "pinned-handle-only",
        "With a pinned handle iOS finds the name in the address book by itself; no name is given.",
        Some(("emailAddress", "alice@example.org")),
        None,
    )
}

fn nothing() -> Scene {
    pinned(
        "pinned-nothing",
        "Nothing was pinned but the account's key: CallKit is told its fingerprint, and no name.",
        None,
        None,
    )
}

fn every_type_of_handle() -> Scene {
    let mut s = Scene::new(
        "pinned-handle-of-every-type",
        "A8 N1 N23",
        "The three types of handle, and a text of other scripts, go to CallKit as they were pinned.",
    );
    let handles = [
        ("alice", "generic", "爱丽丝 👋"),
        ("carol", "phoneNumber", "+4930123456"),
        ("dave", "emailAddress", "dave@example.org"),
    ];
    for (name, kind, value) in handles {
        s.trust_as(name, Some((kind, value)), Some(name));
        let invite = s.seal(name, by(name), invite(1));
        s.receive(&invite, at(1), Ring);
    }
    s
}

fn calling_itself(call: u8, handle_value: &str, name: &str) -> Content {
    Content::Invite(Invite {
        handle: Some(handle(HandleType::Generic, handle_value)),
        caller_name: Some(name.into()),
        ..plain_invite(call)
    })
}

fn claims_are_cleaned() -> Scene {
    let mut s = Scene::new(
        "claims-without-control-characters",
        "A8 N24",
        "What a caller calls itself may turn text around or break lines, and so look like something
         else. Control characters and those that direct the order of writing are taken out of the
         claims. The content itself stays as it was sealed.",
    );
    s.trust("alice");
    let first = calling_itself(
        1,
        "\u{202e}gro.elpmaxe@ecila\u{202c}",
        "Al\u{200f}ice\u{2066}\u{0007}\r\n\u{61c}!",
    );
    let mut first = s.seal("turned around", by("alice"), first);
    first.claimed = Some(json!({
        "handle": { "type": "generic", "value": "gro.elpmaxe@ecila" },
        "callerName": "Alice!",
    }));
    s.receive(&first, at(1), Ring);
    s.note("The first and the last of each range, with their neighbours, which stay.");
    let edges = "\u{1}\u{1f} ~\u{7f}\u{9f}\u{a0}\u{61b}\u{61c}\u{61d}\u{200d}\u{200e}\u{200f}\u{2010}\
                 \u{2027}\u{2028}\u{202e}\u{202f}\u{2065}\u{2066}\u{206f}\u{2070}";
    let mut second = s.seal("edges", by("alice"), calling_itself(2, "", edges));
    second.claimed = Some(json!({
        "handle": { "type": "generic", "value": "" },
        "callerName": " ~\u{a0}\u{61b}\u{61d}\u{200d}\u{2010}\u{2027}\u{202f}\u{2065}\u{2070}",
    }));
    s.receive(&second, at(1), Ring);
    s
}

fn claims_of_a_missed_call() -> Scene {
    let mut s = Scene::new(
        "claims-of-a-missed-call",
        "A6 N24 N28",
        "A missed call carries the claims too, cleaned in the same way, when it is received and when it
         is listed.",
    );
    s.trust("alice");
    let content = calling_itself(1, "a\u{202d}b", "\u{2028}d");
    let mut missed = s.seal("missed", by("alice"), content);
    missed.claimed = Some(json!({
        "handle": { "type": "generic", "value": "ab" },
        "callerName": "d",
    }));
    s.receive(&missed, at(600), Missed("expired"));
    s.pending(at(600), &[(&missed, Missed("expired"))]);
    s
}

fn claims_are_not_pinned() -> Scene {
    let mut s = Scene::new(
        "claims-do-not-replace-what-was-pinned",
        "A8 M12 N23 N24",
        "Carol, a contact, claims Alice's number and name. CallKit is shown what was pinned for Carol's
         account; the claim stands beside it, for an app that wants to warn.",
    );
    s.trust_as("alice", Some(("phoneNumber", "+4930123456")), Some("Alice"));
    s.trust_as("carol", Some(("phoneNumber", "+4930654321")), Some("Carol"));
    let content = Content::Invite(Invite {
        handle: Some(handle(HandleType::PhoneNumber, "+4930123456")),
        caller_name: Some("Alice".into()),
        ..plain_invite(1)
    });
    let invite = s.seal("invite", by("carol"), content);
    s.receive(&invite, at(1), Ring);
    s
}

fn groups_are_cleaned() -> Scene {
    let mut s = Scene::new(
        "group-without-control-characters",
        "A8 N24",
        "The group of a call is a claim as well. In CallKit's dictionary it stands without the
         characters that claims are cleaned of; the content has it as it was sealed.",
    );
    s.trust("alice");
    let content = Content::Invite(Invite {
        group_id: Some("book\u{202e} \u{7}club\u{2028}".into()),
        ..plain_invite(1)
    });
    let mut invite = s.seal("invite", by("alice"), content);
    invite.group = Some("book club".into());
    s.receive(&invite, at(1), Ring);
    s
}

fn claimed_handles_have_two_members() -> Scene {
    let mut s = Scene::new(
        "claimed-handle-with-more-members",
        "A8 M4 N24",
        "Of a claimed handle the type and the value are claims. Other members stand in the content
         alone. What is empty after the cleaning stays, and is empty.",
    );
    s.trust("alice");
    let mut claimed = handle(HandleType::Generic, "\u{200f}");
    claimed.extra.insert("verified", true);
    let content = Content::Invite(Invite {
        handle: Some(claimed),
        caller_name: Some("\u{202e}\u{202c}".into()),
        ..plain_invite(1)
    });
    let mut invite = s.seal("invite", by("alice"), content);
    invite.claimed = Some(json!({
        "handle": { "type": "generic", "value": "" },
        "callerName": "",
    }));
    s.receive(&invite, at(1), Ring);
    s
}

fn limits() -> Scene {
    let mut s = Scene::new(
        "pinned-names-have-limits",
        "N1 N9 N23",
        "A handle and a name have 128 bytes of UTF-8 at most and no U+0000. With more, the account does
         not become trusted, and what was pinned before stays.",
    );
    let long = "é".repeat(64);
    let longer = format!("{long}e");
    s.refuse_trust("alice", None, Some(&longer), "bad_content");
    s.refuse_trust("alice", Some(("generic", &longer)), None, "bad_content");
    s.refuse_trust("alice", Some(("generic", "a\0b")), None, "bad_content");
    s.refuse_trust("alice", None, Some("\0"), "bad_content");
    let stranger = s.seal("stranger", by("alice"), message("hi"));
    s.receive(&stranger, at(1), Refused("untrusted"));
    s.release("alice", at(1), &[(&stranger, Notify)]);
    s.trust_as("alice", Some(("generic", &long)), Some(&long));
    s.refuse_trust("alice", None, Some(&longer), "bad_content");
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&invite, at(1), Ring);
    s
}

fn ring_in_another_name() -> Scene {
    let mut s = Scene::new(
        "empty-names",
        "A8 N1 N23",
        "An empty name is a name, and an empty handle is a handle: what was pinned is told as it is.",
    );
    s.trust_as("alice", Some(("generic", "")), Some(""));
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&invite, at(1), Ring);
    s
}
