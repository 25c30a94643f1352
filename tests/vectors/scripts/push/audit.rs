//! The audit of pushes (spec/relay.md, section 3).

use hushring_test_support::text::base64;
use serde_json::{Value as Json, json};

use super::{TODAY, TOKEN, body, envelope, request, request_with};
use crate::author::*;

pub fn vectors(all: &mut Vec<Vector>) {
    let first = || request(TOKEN, TODAY, "NEW_ACTIVITY");
    let second = |expiration| request_with(2, "ff00", expiration, "NEW_ACTIVITY");
    let third = |expiration| request_with(3, "ff00", expiration, "NEW_ACTIVITY");
    let mut audit = |name: &str, rules: &str, comment: &str, requests: Vec<Json>, is_good: bool| {
        all.push(vector(
            ("push", "audit"),
            &format!("audit-{name}"),
            rules,
            comment,
            json!({ "requests": requests }),
            if is_good {
                json!({})
            } else {
                error("bad_push")
            },
        ));
    };
    audit(
        "two-days",
        "P11",
        "Requests of one topic, of a day and the next.",
        vec![first(), second(TODAY), third(TODAY + 86_400)],
        true,
    );
    audit("none", "P11", "Nothing was sent.", vec![], true);
    let changed = |change: &dyn Fn(&mut Json)| {
        let mut request = first();
        change(&mut request);
        vec![request]
    };
    let header = |name: &'static str, value: &'static str| {
        changed(&move |request| request["headers"][name] = value.into())
    };
    let replaced = |from: &'static str, to: &'static str| {
        changed(&move |request| {
            let body = request["body"].as_str().unwrap().replace(from, to);
            request["body"] = body.into();
        })
    };
    for (name, rules, comment, requests) in [
        (
            "a-day-back",
            "P11",
            "The expirations decrease.",
            vec![second(TODAY + 86_400), first()],
        ),
        (
            "a-day-left-out",
            "P11",
            "The expirations are of two days that do not follow each other.",
            vec![first(), second(TODAY + 2 * 86_400)],
        ),
        (
            "other-loc-key",
            "P7 P11",
            "The loc-key is not one.",
            vec![first(), request_with(2, "ff00", TODAY, "MISSED_CALL")],
        ),
        (
            "the-same-twice",
            "P11",
            "An envelope is sent again.",
            vec![first(), second(TODAY), first()],
        ),
        (
            "an-envelope-for-two-devices",
            "P11",
            "An envelope is sent again, to another device on the next day.",
            vec![first(), request("ff00", TODAY + 86_400, "NEW_ACTIVITY")],
        ),
        (
            "topic-voip",
            "P6",
            "The topic of another type of push.",
            header("apns-topic", "com.example.app.voip"),
        ),
        (
            "topic-wildcard",
            "P6",
            "The topic of every app.",
            header("apns-topic", "*"),
        ),
        (
            "two-topics",
            "P11",
            "Requests of two topics.",
            vec![first(), {
                let mut other = second(TODAY);
                other["headers"]["apns-topic"] = "com.example.other".into();
                other
            }],
        ),
        (
            "collapse-id",
            "P4",
            "A header more.",
            header("apns-collapse-id", "call"),
        ),
        ("id", "P4", "A header more.", header("apns-id", "1")),
        (
            "priority",
            "P4",
            "Another priority.",
            header("apns-priority", "5"),
        ),
        (
            "push-type",
            "P4",
            "Another type.",
            header("apns-push-type", "voip"),
        ),
        (
            "expiration-of-the-call",
            "P4",
            "An expiration that is no midnight: how long a call rings.",
            header("apns-expiration", "1795168860"),
        ),
        (
            "expiration-0",
            "P4",
            "An expiration at once.",
            header("apns-expiration", "0"),
        ),
        (
            "sound",
            "P4",
            "Another sound.",
            replaced("\"default\"", "\"ring.caf\""),
        ),
        (
            "badge",
            "P9",
            "A member more.",
            replaced("\"sound\"", "\"badge\":1,\"sound\""),
        ),
        (
            "interruption-level",
            "P9",
            "A member more.",
            replaced(
                "\"sound\"",
                "\"interruption-level\":\"time-sensitive\",\"sound\"",
            ),
        ),
        (
            "member-beside",
            "P9",
            "A member beside the envelope.",
            replaced("\"hushring\"", "\"kind\":\"call\",\"hushring\""),
        ),
        (
            "white-space",
            "P4",
            "White space, which could say something.",
            replaced("\"hushring\":", "\"hushring\": "),
        ),
        (
            "escaped-slash",
            "P8",
            "A slash that is escaped.",
            replaced("/", "\\/"),
        ),
        (
            "escaped-letter",
            "P7",
            "A letter that is escaped.",
            replaced("NEW_", "\\u004eEW_"),
        ),
    ] {
        audit(name, rules, comment, requests, false);
    }
    audit(
        "path",
        "P4",
        "Another path.",
        changed(&|request| request["path"] = format!("/4/device/{TOKEN}").into()),
        false,
    );
    audit(
        "token-in-upper-case",
        "P4 P6",
        "The path's digits are lower case.",
        changed(&|request| request["path"] = format!("/3/device/{}", TOKEN.to_uppercase()).into()),
        false,
    );
    audit(
        "short-envelope",
        "P8",
        "What it carries has not 3,840 characters.",
        changed(&|request| {
            request["body"] = body("NEW_ACTIVITY", &base64(&envelope(1)[..2877])).into();
        }),
        false,
    );
    audit(
        "order-of-members",
        "P4",
        "The members are in another order.",
        changed(&|request| {
            let envelope = base64(&envelope(1));
            request["body"] = [
                r#"{"hushring":""#,
                &envelope,
                r#"","aps":{"alert":{"loc-key":"NEW_ACTIVITY"},"mutable-content":1,"sound":"default"}}"#,
            ]
            .concat()
            .into();
        }),
        false,
    );
}
