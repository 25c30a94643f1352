//! N23 to N25: whom the system is told to show, and how names are cleaned.

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
        edges_of_what_is_taken_out(),
        flags_and_other_tags(),
        joiners_stay(),
        empty_after_cleaning(),
        not_empty_after_cleaning(),
        groups_are_not_told(),
        claimed_handles_have_two_members(),
        pinned_names_are_cleaned(),
        pinned_edges(),
        pinned_and_empty(),
        phone_numbers(),
        phone_numbers_that_are_refused(),
        claimed_phone_numbers(),
        limits(),
        limits_before_cleaning(),
    ]
}

fn pinned(name: &str, comment: &str, handle: Pin, display_name: Option<&str>) -> Scene {
    let mut s = Scene::new(name, "A6 N1 N24", comment);
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
        "A6 N1 N24",
        "The three types of handle, and a text of other scripts, go to CallKit as they were
         pinned.",
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

/// Rings with claims, and expects those that cleaning leaves.
fn claims(s: &mut Scene, call: u8, claimed: (&str, &str), cleaned: (&str, &str)) {
    let content = calling_itself(call, claimed.0, claimed.1);
    let mut invite = s.seal(&format!("invite {call}"), by("alice"), content);
    invite.claimed = Some(json!({
        "handle": { "type": "generic", "value": cleaned.0 },
        "callerName": cleaned.1,
    }));
    s.receive(&invite, at(1), Ring);
}

fn claims_are_cleaned() -> Scene {
    let mut s = Scene::new(
        "claims-without-control-characters",
        "A6 N23 N25",
        "The names that a caller gives itself may turn text around or break lines, and so look like
         something else. Control characters and those that direct the order of writing are taken
         out of the claims. The content itself stays as it was sealed.",
    );
    s.trust("alice");
    claims(
        &mut s,
        1,
        (
            "\u{202e}gro.elpmaxe@ecila\u{202c}",
            "Al\u{200f}ice\u{2066}\u{0007}\r\n\u{61c}!",
        ),
        ("gro.elpmaxe@ecila", "Alice!"),
    );
    s
}

fn claims_of_a_missed_call() -> Scene {
    let mut s = Scene::new(
        "claims-of-a-missed-call",
        "A5 N23 N25 N28",
        "A missed call carries the claims too, cleaned in the same way, when it is received and
         when it is listed.",
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
        "A6 M12 N24 N25",
        "Carol, a contact, claims Alice's number and name. CallKit is shown what was pinned for
         Carol's account; the claim stands beside it, for an app that wants to warn.",
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

/// The first and the last character of each range of N23, with their neighbours, which stay.
const EDGES: [(&str, &str); 13] = [
    ("\u{1}\u{1f} ", " "),
    ("~\u{7f}\u{9f}\u{a0}", "~\u{a0}"),
    ("\u{ac}\u{ad}\u{ae}", "\u{ac}\u{ae}"),
    ("\u{61b}\u{61c}\u{61d}", "\u{61b}\u{61d}"),
    ("\u{200a}\u{200b}\u{200c}", "\u{200a}\u{200c}"),
    ("\u{200d}\u{200e}\u{200f}\u{2010}", "\u{200d}\u{2010}"),
    ("\u{2027}\u{2028}\u{202e}\u{202f}", "\u{2027}\u{202f}"),
    (
        "\u{205f}\u{2060}\u{2065}\u{206f}\u{2070}",
        "\u{205f}\u{2070}",
    ),
    ("\u{27ff}\u{2800}\u{2801}", "\u{27ff}\u{2801}"),
    ("\u{3163}\u{3164}\u{3165}", "\u{3163}\u{3165}"),
    ("\u{fefe}\u{feff}\u{ff00}", "\u{fefe}\u{ff00}"),
    ("\u{fff8}\u{fff9}\u{fffb}\u{fffc}", "\u{fff8}\u{fffc}"),
    ("\u{dffff}\u{e0000}\u{e007f}\u{e0080}", "\u{dffff}\u{e0080}"),
];

fn edges_of_what_is_taken_out() -> Scene {
    let mut s = Scene::new(
        "claims-at-the-edges-of-what-is-taken-out",
        "N23 N25",
        "The first and the last character of each range that cleaning takes out, and the characters
         on both sides, which stay. In a handle as in a name.",
    );
    s.trust("alice");
    for (call, (claimed, cleaned)) in (1..).zip(EDGES) {
        let (claimed, cleaned) = (format!("a{claimed}z"), format!("a{cleaned}z"));
        claims(&mut s, call, (&claimed, &claimed), (&cleaned, &cleaned));
    }
    s
}

/// England's flag: U+1F3F4, tags for `gbeng`, and the tag that ends it.
const FLAG: &str = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}";

fn flags_and_other_tags() -> Scene {
    let mut s = Scene::new(
        "claims-with-tag-characters",
        "N23 N25",
        "Tag characters make flags of a black flag, and hide text anywhere else. They stay behind
         the flag, directly or behind others of them, and are taken out where they stand alone,
         behind another emoji, or behind a letter that follows the flag.",
    );
    s.trust("alice");
    let two = format!("{FLAG}{FLAG} fan");
    claims(&mut s, 1, (FLAG, &two), (FLAG, &two));
    let hidden = "\u{e0068}\u{e0069}";
    let behind_a_letter = format!("{FLAG}e{hidden}");
    let without = format!("{FLAG}e");
    let behind_a_heart = format!("\u{2764}\u{fe0f}{hidden}");
    let alone = format!("{hidden}Alice{hidden}");
    claims(
        &mut s,
        2,
        (&behind_a_letter, &behind_a_heart),
        (&without, "\u{2764}\u{fe0f}"),
    );
    claims(&mut s, 3, (hidden, &alone), ("", "Alice"));
    s
}

fn joiners_stay() -> Scene {
    let mut s = Scene::new(
        "claims-with-joiners",
        "N23 N25",
        "Joiners and variation selectors stay beside other characters: emoji and scripts need them.
         So do Hangul fillers and Mongolian selectors within a word.",
    );
    s.trust("alice");
    let texts = [
        ("\u{1f469}\u{200d}\u{1f4bb}", "\u{2764}\u{fe0f}"),
        (
            "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}",
            "a\u{34f}b",
        ),
        (
            "\u{1100}\u{1160}\u{11a8}\u{115f}",
            "\u{182d}\u{180b}\u{180e}",
        ),
        ("\u{1780}\u{17b4}\u{17b5}", "x\u{ffa0}"),
    ];
    for (call, text) in (1..).zip(texts) {
        claims(&mut s, call, text, text);
    }
    s
}

/// Characters that are nothing by themselves: white space, and the others that N23 lists.
const NOTHING: [&str; 8] = [
    " \u{a0}\u{1680}",
    "\u{2000}\u{200a}\u{202f}\u{205f}\u{3000}",
    "\u{34f}\u{115f}\u{1160}",
    "\u{17b4}\u{17b5}",
    "\u{180b}\u{180c}\u{180d}\u{180e}\u{180f}",
    "\u{200c}\u{200d}",
    "\u{fe00}\u{fe0f}\u{ffa0}",
    // Nothing is left behind these but a joiner.
    "\u{3164}\u{2800}\u{ad}\u{feff}\u{200b}\u{e0041}\u{200d}\u{85}\t\n",
];

fn empty_after_cleaning() -> Scene {
    let mut s = Scene::new(
        "claims-that-are-empty-after-cleaning",
        "N23 N25",
        "A name of which nothing is left but white space, joiners, selectors and fillers is empty.
         As a claim it stays, as an empty text.",
    );
    s.trust("alice");
    for (call, nothing) in (1..).zip(NOTHING) {
        claims(&mut s, call, (nothing, nothing), ("", ""));
    }
    claims(&mut s, 9, ("", ""), ("", ""));
    s
}

fn not_empty_after_cleaning() -> Scene {
    let mut s = Scene::new(
        "claims-that-are-not-empty-after-cleaning",
        "N23 N25",
        "The neighbours of the characters that are nothing by themselves are something. White space
         around a name stays.",
    );
    s.trust("alice");
    let texts = [
        ("\u{34e}", "\u{350}"),
        ("\u{115e}", "\u{1161}"),
        ("\u{17b3}", "\u{17b6}"),
        ("\u{180a}", "\u{1810}"),
        ("\u{fdff}", "\u{fe10}"),
        ("\u{ff9f}", "\u{ffa1}"),
        ("\u{2801}", " Alice\u{3000}"),
        (" . ", "\u{200d}0\u{200d}"),
    ];
    for (call, text) in (1..).zip(texts) {
        claims(&mut s, call, text, text);
    }
    s
}

fn groups_are_not_told() -> Scene {
    let mut s = Scene::new(
        "group-of-an-invitation",
        "A6 N25",
        "The group of a call is not in the dictionary, and not among the claims. The content has
         it, as it was sealed.",
    );
    s.trust("alice");
    let content = Content::Invite(Invite {
        group_id: Some("book\u{202e} \u{7}club\u{2028}".into()),
        ..plain_invite(1)
    });
    let invite = s.seal("invite", by("alice"), content);
    s.receive(&invite, at(1), Ring);
    s
}

fn claimed_handles_have_two_members() -> Scene {
    let mut s = Scene::new(
        "claimed-handle-with-more-members",
        "A6 M4 N25",
        "Of a claimed handle the type and the value are claims. Other members stand in the content
         alone.",
    );
    s.trust("alice");
    let mut claimed = handle(HandleType::Generic, "alice");
    claimed.extra.insert("verified", true);
    let content = Content::Invite(Invite {
        handle: Some(claimed),
        ..plain_invite(1)
    });
    let mut invite = s.seal("invite", by("alice"), content);
    invite.claimed = Some(json!({ "handle": { "type": "generic", "value": "alice" } }));
    s.receive(&invite, at(1), Ring);
    s
}

/// Pins a handle and a name, rings, and expects those that cleaning leaves.
fn pins(s: &mut Scene, call: u8, pinned: (Pin, Option<&str>), cleaned: (Pin, Option<&str>)) {
    s.trust_cleaned("alice", pinned, cleaned);
    let invite = s.seal(&format!("invite {call}"), by("alice"), invite(call));
    s.receive(&invite, at(1), Ring);
    s.acknowledge(&invite, true);
}

fn pinned_names_are_cleaned() -> Scene {
    let mut s = Scene::new(
        "pinned-names-are-cleaned",
        "A6 N1 N23 N24",
        "What is pinned is cleaned as claims are: a name with a line break, with characters that
         turn the text around, or with a soft hyphen. It comes out clean in every event, and is
         what CallKit is told.",
    );
    pins(
        &mut s,
        1,
        (
            Some(("generic", "\u{202e}ecila\u{202c}")),
            Some("Al\u{ad}ice\r\nSmith\u{2069}"),
        ),
        (Some(("generic", "ecila")), Some("AliceSmith")),
    );
    pins(
        &mut s,
        2,
        (
            Some(("emailAddress", "alice\u{200b}@example.org")),
            Some(FLAG),
        ),
        (Some(("emailAddress", "alice@example.org")), Some(FLAG)),
    );
    s
}

fn pinned_edges() -> Scene {
    let mut s = Scene::new(
        "pinned-names-at-the-edges-of-what-is-taken-out",
        "N1 N23 N24",
        "The same characters, and their neighbours, as in claims.",
    );
    for (call, (raw, cleaned)) in (1..).zip(EDGES) {
        let (raw, cleaned) = (format!("a{raw}z"), format!("a{cleaned}z"));
        pins(
            &mut s,
            call,
            (Some(("generic", &raw)), Some(&raw)),
            (Some(("generic", &cleaned)), Some(&cleaned)),
        );
    }
    s
}

fn pinned_and_empty() -> Scene {
    let mut s = Scene::new(
        "pinned-names-that-are-empty",
        "A6 N1 N23 N24",
        "A handle or a name that is empty, or of which cleaning leaves nothing, counts as none: the
         fingerprint stands in the handle's place, and there is no name. That holds for every type
         of handle.",
    );
    pins(&mut s, 1, (Some(("generic", "")), Some("")), (None, None));
    for (call, nothing) in (2..).zip(NOTHING) {
        let pinned = (Some(("generic", nothing)), Some(nothing));
        pins(&mut s, call, pinned, (None, None));
    }
    let handle = Some(("phoneNumber", "\u{200e}\u{202a} \u{202c}"));
    pins(&mut s, 20, (handle, Some("Alice")), (None, Some("Alice")));
    let handle = Some(("emailAddress", "\u{feff}"));
    pins(&mut s, 21, (handle, None), (None, None));
    s
}

fn phone_numbers() -> Scene {
    let mut s = Scene::new(
        "pinned-phone-numbers",
        "A6 N1 N23 N24",
        "Every character that a phone number may have. One that was copied with characters that
         nobody sees is cleaned first, and then looked at.",
    );
    let all = "+0123456789*#()-./,; ";
    let number = Some(("phoneNumber", all));
    pins(&mut s, 1, (number, None), (number, None));
    let copied = Some(("phoneNumber", "\u{202a}+49\u{200b} 30 12\u{ad}34\u{202c}"));
    let cleaned = Some(("phoneNumber", "+49 30 1234"));
    pins(&mut s, 2, (copied, None), (cleaned, None));
    s
}

fn phone_numbers_that_are_refused() -> Scene {
    let mut s = Scene::new(
        "pinned-phone-numbers-that-are-refused",
        "N1 N9 N24",
        "Other digits, other spaces, letters, and signs that look like those that are allowed: an
         address book would find nothing, or somebody else. The app normalises them before. As a
         handle of another type they are pinned.",
    );
    for number in [
        "+49\u{a0}30",
        "\u{663}\u{664}",
        "\u{ff10}30",
        "030\u{2010}12",
        "\u{ff0b}49",
        "0800 FLOWERS",
        "030:12",
        "30\u{200d}1",
        "~",
        "030'1",
        "!",
        "<",
    ] {
        s.refuse_trust(
            "alice",
            Some(("phoneNumber", number)),
            Some("Alice"),
            "bad_content",
        );
    }
    let letter = s.seal("message", by("alice"), message("hi"));
    s.receive(&letter, at(1), Refused("untrusted"));
    s.discard("alice", 1);
    let generic = Some(("generic", "0800 FLOWERS"));
    pins(&mut s, 1, (generic, None), (generic, None));
    s
}

fn claimed_phone_numbers() -> Scene {
    let mut s = Scene::new(
        "claimed-phone-number",
        "A6 N25",
        "A claim is cleaned, and otherwise as the caller wrote it, whatever its type.",
    );
    s.trust("alice");
    let content = Content::Invite(Invite {
        handle: Some(handle(
            HandleType::PhoneNumber,
            "\u{202a}0800 FLOWERS\u{202c}",
        )),
        ..plain_invite(1)
    });
    let mut invite = s.seal("invite", by("alice"), content);
    let claimed = json!({ "type": "phoneNumber", "value": "0800 FLOWERS" });
    invite.claimed = Some(json!({ "handle": claimed }));
    s.receive(&invite, at(1), Ring);
    s
}

fn limits() -> Scene {
    let mut s = Scene::new(
        "pinned-names-have-limits",
        "N1 N9 N24",
        "A handle has 255 bytes of UTF-8 at most, and a name 256, without U+0000. With more, the
         account does not become trusted, and what was pinned before stays.",
    );
    let name = "é".repeat(128);
    let value = format!("@{}", "é".repeat(127));
    let longer = format!("{name}e");
    let longer_value = format!("{value}e");
    s.refuse_trust("alice", None, Some(&longer), "bad_content");
    s.refuse_trust(
        "alice",
        Some(("generic", &longer_value)),
        None,
        "bad_content",
    );
    s.refuse_trust("alice", Some(("generic", "a\0b")), None, "bad_content");
    s.refuse_trust("alice", None, Some("\0"), "bad_content");
    let stranger = s.seal("stranger", by("alice"), message("hi"));
    s.receive(&stranger, at(1), Refused("untrusted"));
    s.trust_at("alice", at(1), &[(&stranger, Notify)]);
    s.trust_as("alice", Some(("generic", &value)), Some(&name));
    s.refuse_trust("alice", None, Some(&longer), "bad_content");
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&invite, at(1), Ring);
    s
}

fn limits_before_cleaning() -> Scene {
    let mut s = Scene::new(
        "pinned-names-have-limits-before-cleaning",
        "N1 N23 N24",
        "Lengths are checked before names are cleaned: one that cleaning would shorten is refused.",
    );
    let name = format!("Alice{}", "\u{ad}".repeat(126));
    s.refuse_trust("alice", None, Some(&name), "bad_content");
    let number = format!("0{}", " ".repeat(255));
    s.refuse_trust("alice", Some(("phoneNumber", &number)), None, "bad_content");
    let name = format!("Alice!{}", "\u{ad}".repeat(125));
    pins(&mut s, 1, (None, Some(&name)), (None, Some("Alice!")));
    s
}
