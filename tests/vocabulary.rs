//! The closed sets of names and the limits are the same in Rust, in TypeScript and in the
//! specification. `make vocabulary` writes `js/src/vocabulary.ts`; without it, this compares.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::str::FromStr;

use hushring::content::{DescriptionType, EndReason, HandleType};
use hushring::error::{ErrorCode, UnknownName};
use hushring::inbox::{ActionKind, Check, DropReason, HeldReason, MissedReason, Outcome};
use hushring::{
    Certificate, Envelope, LastPublished, LinkGrant, LinkRequest, Revocation, Suite, limits,
};
use hushring_test_support::text::grouped;

const SPECIFICATION: &str = include_str!("../spec/envelope.md");

/// Codes of the npm package alone, which the specification does not name.
const API_ONLY: [ErrorCode; 8] = [
    ErrorCode::Freed,
    ErrorCode::InvalidArgument,
    ErrorCode::InvalidDate,
    ErrorCode::InvalidSigner,
    ErrorCode::NotInitialized,
    ErrorCode::Trapped,
    ErrorCode::UnsupportedPlatform,
    ErrorCode::WrongWasm,
];

#[test]
fn the_typescript_is_what_the_crate_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("js/src/vocabulary.ts");
    let written = typescript();
    if std::env::var_os("UPDATE_VOCABULARY").is_some() {
        fs::write(&path, &written).unwrap();
    }
    let in_the_tree = fs::read_to_string(&path).unwrap();
    assert!(
        in_the_tree == written,
        "js/src/vocabulary.ts is not what the crate says: run `make vocabulary`"
    );
}

#[test]
fn the_codes_of_the_specification_are_those_of_the_crate() {
    let (_, section) = SPECIFICATION.split_once(". Codes\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let rows: Vec<&str> = section
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    let expected: Vec<String> = ErrorCode::ALL
        .into_iter()
        .filter(|code| !API_ONLY.contains(code))
        .map(|code| format!("| `{code}` | {} |", code.meaning()))
        .collect();
    for row in &expected {
        assert!(rows.contains(&row.as_str()), "the table has no row {row}");
    }
    assert_eq!(rows.len(), expected.len());
}

#[test]
fn names_come_back() {
    fn check<T: FromStr<Err = UnknownName> + PartialEq + Copy>(
        all: &[T],
        name: fn(T) -> &'static str,
    ) {
        for member in all {
            assert!(T::from_str(name(*member)).is_ok_and(|same| same == *member));
        }
        assert!(T::from_str("").is_err() && T::from_str("Clock").is_err());
    }
    check(&ActionKind::ALL, ActionKind::as_str);
    check(&Check::ALL, Check::as_str);
    check(&DescriptionType::ALL, DescriptionType::as_str);
    check(&DropReason::ALL, DropReason::as_str);
    check(&EndReason::ALL, EndReason::as_str);
    check(&ErrorCode::ALL, ErrorCode::as_str);
    check(&HandleType::ALL, HandleType::as_str);
    check(&HeldReason::ALL, HeldReason::as_str);
    check(&MissedReason::ALL, MissedReason::as_str);
    check(&Outcome::ALL, Outcome::as_str);
    check(&Suite::ALL, Suite::as_str);
}

#[test]
fn codes_are_in_alphabetical_order() {
    assert!(ErrorCode::ALL.map(ErrorCode::as_str).is_sorted());
}

fn typescript() -> String {
    let mut out = String::from(
        "// Written by `make vocabulary` from the Rust crate, where these names are declared.\n",
    );
    let codes: Vec<String> = ErrorCode::ALL
        .into_iter()
        .map(|code| format!("| `{code}` | {} |", code.meaning()))
        .collect();
    let doc = format!(
        "Every `code` of a HushringError. Codes are stable; messages are not.\n\n\
         | code | meaning |\n|---|---|\n{}",
        codes.join("\n")
    );
    array(
        &mut out,
        &doc,
        ("ErrorCode", "errorCodes"),
        &ErrorCode::ALL.map(ErrorCode::as_str),
    );
    union(
        &mut out,
        "A check that an envelope passes on the way to its event, in the order of the checks.",
        "Check",
        &Check::ALL.map(Check::as_str),
    );
    union(
        &mut out,
        "The outcome of a check.",
        "Outcome",
        &Outcome::ALL.map(Outcome::as_str),
    );
    union(
        &mut out,
        "What an app does with an event.",
        "Action",
        &ActionKind::ALL.map(ActionKind::as_str),
    );
    union(
        &mut out,
        "Why a call is missed. `ended`: the caller has given up. `expired`: the invitation arrived \
         more than 30 seconds after its lifetime, or a clock is wrong. `certificate`: that of the \
         caller's device is not valid now. `clock`: it was dated ahead, and held until its time \
         came.",
        "MissedReason",
        &MissedReason::ALL.map(MissedReason::as_str),
    );
    union(
        &mut out,
        "Why nothing is to be done.",
        "DropReason",
        &DropReason::ALL.map(DropReason::as_str),
    );
    union(
        &mut out,
        "Why an envelope is held. `untrusted`: until its account is trusted. `clock`: until its time \
         comes, because it is dated ahead.",
        "HeldReason",
        &HeldReason::ALL.map(HeldReason::as_str),
    );
    union(
        &mut out,
        "Why a call ended.",
        "EndReason",
        &EndReason::ALL.map(EndReason::as_str),
    );
    let mut ended: Vec<u8> = EndReason::ALL.map(EndReason::callkit_reason).to_vec();
    ended.sort_unstable();
    ended.dedup();
    let ended: Vec<String> = ended.iter().map(u8::to_string).collect();
    let _ = write!(
        out,
        "\n/**\n * CallKit's `CXCallEndedReason`: 1 failed, 2 remoteEnded (also declined, busy, \
         cancelled),\n * 3 unanswered, 4 answeredElsewhere, 5 declinedElsewhere.\n */\n\
         export type EndedReason = {};\n",
        ended.join(" | ")
    );
    array(
        &mut out,
        "The types of a description, those of the browser's `RTCSdpType`.",
        ("DescriptionType", "descriptionTypes"),
        &DescriptionType::ALL.map(DescriptionType::as_str),
    );
    array(
        &mut out,
        "The kinds of `CXHandle`.",
        ("HandleType", "handleTypes"),
        &HandleType::ALL.map(HandleType::as_str),
    );
    let bytes: Vec<String> = Suite::ALL
        .map(|suite| format!("{suite}: {}", suite.byte()))
        .to_vec();
    let _ = write!(
        out,
        "\n/** The byte that stands for each suite on the wire. */\n\
         export const suites = {{ {} }} as const;\n\n\
         /**\n * A cipher suite. `x25519` is suite 1, iOS 17 and later; `xwing` is suite 2, \
         post-quantum, iOS 26\n * and later.\n */\n\
         export type Suite = keyof typeof suites;\n",
        bytes.join(", ")
    );
    for (doc, name, value) in numbers() {
        let _ = write!(
            out,
            "\n/** {doc} */\nexport const {name} = {};\n",
            grouped(value, "_")
        );
    }
    out
}

/// The numbers that the facade needs.
fn numbers() -> Vec<(&'static str, &'static str, usize)> {
    vec![
        ("Bytes of an envelope.", "envelopeLength", Envelope::LEN),
        (
            "Bytes of a certificate.",
            "certificateLength",
            Certificate::LEN,
        ),
        (
            "Bytes of a link request.",
            "linkRequestLength",
            LinkRequest::LEN,
        ),
        ("Bytes of a link grant.", "linkGrantLength", LinkGrant::LEN),
        (
            "Bytes of a revocation of an account's certificates.",
            "revocationLength",
            Revocation::LEN,
        ),
        (
            "Bytes of a revocation of one device's certificates.",
            "deviceRevocationLength",
            Revocation::DEVICE_LEN,
        ),
        (
            "Bytes of content before compression, at most.",
            "maxContentLength",
            limits::MAX_CONTENT_LEN,
        ),
        (
            "Bundles of one list, at most. Those behind are refused unread.",
            "maxBundles",
            limits::MAX_BUNDLES,
        ),
        (
            "Revocation statements of one list, at most. Those behind are passed over unread.",
            "maxStatements",
            limits::MAX_STATEMENTS,
        ),
        (
            "Bytes of what an account last published, at most.",
            "maxLastPublishedLength",
            LastPublished::MAX_LEN,
        ),
        (
            "Nested containers in content, at most.",
            "maxDepth",
            limits::MAX_DEPTH,
        ),
        (
            "Bytes of a handle's value, at most.",
            "maxHandleLength",
            limits::MAX_HANDLE_LEN,
        ),
        (
            "Bytes of a name, at most.",
            "maxNameLength",
            limits::MAX_NAME_LEN,
        ),
    ]
}

fn union(out: &mut String, doc: &str, name: &str, members: &[&str]) {
    comment(out, doc);
    let members: Vec<String> = members
        .iter()
        .map(|member| format!("\"{member}\""))
        .collect();
    let line = format!("export type {name} = {};\n", members.join(" | "));
    if line.len() <= 101 {
        out.push_str(&line);
    } else {
        let _ = write!(
            out,
            "export type {name} =\n  | {};\n",
            members.join("\n  | ")
        );
    }
}

fn array(out: &mut String, doc: &str, (name, constant): (&str, &str), members: &[&str]) {
    comment(out, doc);
    let quoted: Vec<String> = members
        .iter()
        .map(|member| format!("\"{member}\""))
        .collect();
    let _ = write!(
        out,
        "export type {name} = (typeof {constant})[number];\n\n/** Every {name}. */\n"
    );
    let line = format!(
        "export const {constant} = [{}] as const;\n",
        quoted.join(", ")
    );
    if line.len() <= 101 {
        out.push_str(&line);
    } else {
        let _ = write!(
            out,
            "export const {constant} = [\n  {},\n] as const;\n",
            quoted.join(",\n  ")
        );
    }
}

/// A TSDoc comment, broken at 100 columns.
fn comment(out: &mut String, doc: &str) {
    if doc.len() <= 91 && !doc.contains('\n') {
        let _ = write!(out, "\n/** {doc} */\n");
        return;
    }
    out.push_str("\n/**\n");
    for paragraph in doc.lines() {
        if paragraph.is_empty() || paragraph.starts_with('|') {
            let _ = writeln!(out, "{}", format!(" * {paragraph}").trim_end());
            continue;
        }
        let mut line = String::from(" *");
        for word in paragraph.split(' ') {
            if line.len() + 1 + word.len() > 100 {
                let _ = writeln!(out, "{line}");
                line = String::from(" *");
            }
            line.push(' ');
            line.push_str(word);
        }
        let _ = writeln!(out, "{line}");
    }
    out.push_str(" */\n");
}
