//! The dictionary for CallKit (spec/inbox.md, section 9), and its 1,024 bytes.

use serde_json::Value as Json;

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        longest_names_fit(),
        longest_name_without_a_handle(),
        exactly_1024_bytes(),
        quotes_take_two_bytes(),
        characters_are_not_cut(),
        name_of_the_sender_is_not_cut(),
    ]
}

/// Bytes of a dictionary with a generic handle and a name of no bytes: the keys, and values of a
/// fixed length. The times have 13 digits.
const FIXED: usize = r#"{"hushring":1,"callUUID":"","callId":"","account":"","device":"","messageId":"","handleType":"generic","handle":"","callerName":"","hasVideo":false,"sentAt":,"expiresAt":}"#
    .len()
    + 36
    + 36
    + 64
    + 64
    + 32
    + 13
    + 13;

/// Rings after this was pinned, and expects a name of so many characters in the dictionary.
fn rings(s: &mut Scene, call: u8, handle: &str, name: &str, characters: usize) {
    s.trust_as("alice", Some(("generic", handle)), Some(name));
    let invite = s.seal(&format!("invite {call}"), by("alice"), invite(call));
    s.receive(&invite, at(1), Ring);
    let steps = s.to_json()["steps"].as_array().unwrap().clone();
    let shown = &steps.last().unwrap()["expect"]["event"]["callKit"];
    let shown_name: String = name.chars().take(characters).collect();
    assert_eq!(shown["callerName"], Json::from(shown_name));
    assert!(shown.to_string().len() <= 1024);
}

fn longest_names_fit() -> Scene {
    let mut s = Scene::new(
        "dictionary-with-the-longest-names",
        "N24 N25",
        "The longest handle and the longest name fit into the dictionary's 1,024 bytes.",
    );
    assert_eq!(FIXED + 255 + 256, 940);
    rings(&mut s, 1, &"h".repeat(255), &"n".repeat(256), 256);
    s
}

fn longest_name_without_a_handle() -> Scene {
    let mut s = Scene::new(
        "dictionary-with-the-fingerprint",
        "N24 N25",
        "Without a handle the fingerprint has 39 bytes. Also a name that takes two bytes for each
         of its own fits.",
    );
    assert_eq!(FIXED + 39 + 2 * 256, 980);
    s.trust_as("alice", None, Some(&"\\".repeat(256)));
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&invite, at(1), Ring);
    s
}

fn exactly_1024_bytes() -> Scene {
    let mut s = Scene::new(
        "dictionary-of-exactly-1024-bytes",
        "N24 N25",
        "The name is whole where the dictionary has exactly 1,024 bytes. With one byte more it
         loses its last character.",
    );
    // 84 bytes more than with the longest names: as many of the handle's take two.
    let handle = format!("{}{}", "\"".repeat(84), "h".repeat(171));
    assert_eq!(FIXED + 255 + 84 + 256, 1024);
    rings(&mut s, 1, &handle, &"n".repeat(256), 256);
    let handle = format!("{}{}", "\"".repeat(85), "h".repeat(170));
    rings(&mut s, 2, &handle, &"n".repeat(256), 255);
    s
}

fn quotes_take_two_bytes() -> Scene {
    let mut s = Scene::new(
        "dictionary-with-escapes",
        "N24 N25",
        "A quotation mark and a backslash take two bytes in JSON. With 255 of them as the handle
         and 256 as the name, 42 of the name remain.",
    );
    assert_eq!((1024 - FIXED - 2 * 255) / 2, 42);
    rings(&mut s, 1, &"\"".repeat(255), &"\\".repeat(256), 42);
    s
}

fn characters_are_not_cut() -> Scene {
    let mut s = Scene::new(
        "dictionary-that-cuts-at-a-character",
        "N24 N25",
        "Characters of four bytes: 21 fit into the 85 bytes that are left. Half of one would not be
         UTF-8.",
    );
    assert_eq!(1024 - FIXED - 2 * 255, 85);
    rings(&mut s, 1, &"\"".repeat(255), &"🎉".repeat(64), 21);
    s
}

fn name_of_the_sender_is_not_cut() -> Scene {
    let mut s = Scene::new(
        "name-that-is-cut-is-whole-elsewhere",
        "N24 N25 N26",
        "Only the dictionary has a limit. The sender of the event, and of every other event, has
         the whole name.",
    );
    let (handle, name) = ("\"".repeat(255), "Alice, who has a long name. ".repeat(9));
    rings(&mut s, 1, &handle, &name, 85);
    let note = s.seal("message", by("alice"), message("hi"));
    s.receive(&note, at(1), Notify);
    s
}
