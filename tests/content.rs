//! What content may say, from the outside (spec/envelope.md, "Content types").

use hushring::content::{
    Answer, Candidate, Candidates, Description, DescriptionType, End, EndReason, Handle,
    HandleType, Invite, Map, Message, Negotiate, Unknown, Value,
};
use hushring::error::{ContentError, Problem};
use hushring::limits::MAX_CONTENT_LEN;
use hushring::{Content, Suite};
use hushring_test_support::clock::NOW;
use hushring_test_support::contents::{call_id, invite};
use hushring_test_support::pair::Pair;

fn map<const N: usize>(members: [(&str, Value); N]) -> Map {
    members.into_iter().collect()
}

fn bad_member(error: &ContentError) -> &str {
    match error {
        ContentError::BadContent { member, .. } => member,
        other => panic!("{other}"),
    }
}

fn call_id_bytes() -> Value {
    Value::Bytes(call_id().as_bytes().to_vec())
}

/// The members of content of a type that is right, so that one at a time can be made wrong.
fn right(content_type: &str) -> Map {
    let mut members = map([("type", content_type.into())]);
    if content_type.starts_with("call.") {
        members.insert("callId", call_id_bytes());
    }
    match content_type {
        "call.invite" => members.insert("hasVideo", true),
        "call.answer" => members.insert("ring", RING),
        "call.candidates" => members.insert(
            "candidates",
            vec![Value::Map(map([("candidate", "candidate:1".into())]))],
        ),
        "call.negotiate" => members.insert(
            "description",
            map([("type", "offer".into()), ("sdp", "v=0".into())]),
        ),
        "call.end" => members.insert("reason", "failed"),
        _ => None,
    };
    members
}

const RING: i64 = 1_795_168_800_000;

const TYPES: [&str; 7] = [
    "call.invite",
    "call.answer",
    "call.candidates",
    "call.negotiate",
    "call.end",
    "message",
    "cover",
];

#[test]
fn every_type_needs_no_more_than_it_needs() {
    for content_type in TYPES {
        let content = Content::from_map(right(content_type)).unwrap();
        assert_eq!(content.content_type(), content_type);
        assert!(content.to_map().unwrap() == right(content_type));
        assert!(!matches!(content, Content::Unknown(_)));
        let required: Vec<String> = right(content_type)
            .iter()
            .map(|(key, _)| key.into())
            .collect();
        for member in required {
            let mut members = right(content_type);
            members.remove(&member);
            let problem = Problem::Missing;
            let error = Content::from_map(members).unwrap_err();
            assert_eq!(error, ContentError::BadContent { member, problem });
        }
    }
}

#[test]
fn a_known_member_of_the_wrong_type_or_value_is_refused() {
    let text = |len| Value::Text("x".repeat(len));
    let handle = |kind: &str, value| Value::Map(map([("type", kind.into()), ("value", value)]));
    let candidate = |key: &str, value| {
        let good = ("candidate", "c".into());
        Value::Array(vec![
            Value::Map(map([good.clone()])),
            Value::Map(map([good, (key, value)])),
        ])
    };
    let description = |kind: Value, sdp| Value::Map(map([("type", kind), ("sdp", sdp)]));
    let cases: Vec<(&str, &str, Value, &str)> = vec![
        ("call.invite", "callId", Value::Bytes(vec![0; 15]), "callId"),
        (
            "call.invite",
            "callId",
            "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9".into(),
            "callId",
        ),
        ("call.invite", "hasVideo", 1.into(), "hasVideo"),
        ("call.invite", "handle", "bob".into(), "handle"),
        (
            "call.invite",
            "handle",
            Value::Map(Map::new()),
            "handle.type",
        ),
        (
            "call.invite",
            "handle",
            handle("pager", text(1)),
            "handle.type",
        ),
        (
            "call.invite",
            "handle",
            handle("generic", text(256)),
            "handle.value",
        ),
        (
            "call.invite",
            "handle",
            handle("generic", Value::Null),
            "handle.value",
        ),
        ("call.invite", "callerName", text(257), "callerName"),
        (
            "call.invite",
            "callerName",
            Value::Bytes(vec![b'A']),
            "callerName",
        ),
        ("call.invite", "lifetime", 0.into(), "lifetime"),
        ("call.invite", "lifetime", 91.into(), "lifetime"),
        ("call.invite", "lifetime", Value::Float(59.5), "lifetime"),
        ("call.invite", "lifetime", "60".into(), "lifetime"),
        ("call.invite", "offer", Value::Bytes(vec![]), "offer"),
        ("call.invite", "groupId", text(129), "groupId"),
        ("call.answer", "answer", 1.into(), "answer"),
        ("call.answer", "callId", Value::Bytes(vec![0; 17]), "callId"),
        (
            "call.candidates",
            "candidates",
            Value::Map(Map::new()),
            "candidates",
        ),
        (
            "call.candidates",
            "candidates",
            vec![Value::Null].into(),
            "candidates[0]",
        ),
        (
            "call.candidates",
            "candidates",
            vec![Value::Map(Map::new())].into(),
            "candidates[0].candidate",
        ),
        (
            "call.candidates",
            "candidates",
            candidate("sdpMid", 0.into()),
            "candidates[1].sdpMid",
        ),
        (
            "call.candidates",
            "candidates",
            candidate("sdpMLineIndex", 65_536.into()),
            "candidates[1].sdpMLineIndex",
        ),
        (
            "call.candidates",
            "candidates",
            candidate("sdpMLineIndex", (-1).into()),
            "candidates[1].sdpMLineIndex",
        ),
        (
            "call.candidates",
            "candidates",
            candidate("usernameFragment", Value::Null),
            "candidates[1].usernameFragment",
        ),
        ("call.negotiate", "description", "v=0".into(), "description"),
        (
            "call.negotiate",
            "description",
            description("hello".into(), "v=0".into()),
            "description.type",
        ),
        (
            "call.negotiate",
            "description",
            description("offer".into(), Value::Null),
            "description.sdp",
        ),
        ("call.end", "reason", "bored".into(), "reason"),
        ("call.end", "reason", 2.into(), "reason"),
        ("call.end", "reason", "answeredElsewhere".into(), "caller"),
        ("call.end", "reason", "declinedElsewhere".into(), "caller"),
        ("call.end", "reason", "declined".into(), "caller"),
        ("call.end", "reason", "busy".into(), "caller"),
        ("call.end", "caller", Value::Bytes(vec![0; 31]), "caller"),
        ("call.end", "caller", Value::Bytes(vec![0; 32]), "ring"),
        ("call.end", "ring", RING.into(), "caller"),
        ("call.end", "ring", (-1).into(), "caller"),
        ("call.end", "device", Value::Bytes(vec![0; 32]), "device"),
        ("call.end", "device", Value::Bytes(vec![0; 33]), "device"),
        ("call.answer", "ring", Value::Float(0.5), "ring"),
        ("call.answer", "ring", (-1).into(), "ring"),
        ("message", "body", 1.into(), "body"),
        ("call.invite", "type", 1.into(), "type"),
    ];
    for (content_type, name, value, member) in cases {
        let mut members = right(content_type);
        members.insert(name, value);
        let error = Content::from_map(members).unwrap_err();
        assert_eq!(bad_member(&error), member, "{content_type} {name}");
    }
}

#[test]
fn an_error_says_what_was_found_and_what_may_be() {
    let texts = [
        (
            "call.invite",
            "callerName",
            Value::Text("\u{e01}".repeat(86)),
            "content member `callerName` has 258 bytes of at most 256",
        ),
        (
            "call.invite",
            "lifetime",
            0.into(),
            "content member `lifetime` must be an integer from 1 to 90",
        ),
        (
            "call.negotiate",
            "description",
            Value::Map(map([("type", "offering".into())])),
            "content member `description.type` must be one of offer, answer, pranswer, rollback",
        ),
        (
            "call.candidates",
            "candidates",
            vec![Value::Map(map([
                ("candidate", "".into()),
                ("sdpMid", Value::Null),
            ]))]
            .into(),
            "content member `candidates[0].sdpMid` is null: leave it out",
        ),
    ];
    for (content_type, name, value, text) in texts {
        let mut members = right(content_type);
        members.insert(name, value);
        let error = Content::from_map(members).unwrap_err();
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn null_is_no_value_of_a_known_member() {
    let known: &[(&str, &[&str])] = &[
        (
            "call.invite",
            &[
                "callId",
                "handle",
                "callerName",
                "hasVideo",
                "lifetime",
                "offer",
                "groupId",
                "data",
            ],
        ),
        ("call.answer", &["callId", "ring", "answer", "data"]),
        ("call.candidates", &["callId", "candidates"]),
        ("call.negotiate", &["callId", "description"]),
        ("call.end", &["callId", "reason", "caller", "device"]),
        ("message", &["body", "data"]),
        ("call.upgrade", &["callId"]),
    ];
    for (content_type, names) in known {
        for name in *names {
            let mut members = right(content_type);
            members.insert(*name, Value::Null);
            let error = Content::from_map(members).unwrap_err();
            let (member, problem) = ((*name).into(), Problem::Null);
            assert_eq!(error, ContentError::BadContent { member, problem });
        }
    }
    let mut end = right("call.end");
    end.insert("caller", Value::Bytes(vec![0; 32]));
    end.insert("ring", Value::Null);
    let (member, problem) = ("ring".into(), Problem::Null);
    let error = Content::from_map(end).unwrap_err();
    assert_eq!(error, ContentError::BadContent { member, problem });
}

#[test]
fn the_limits_themselves_are_allowed() {
    let mut members = right("call.invite");
    let handle = map([
        ("type", "generic".into()),
        ("value", "x".repeat(255).into()),
    ]);
    members.insert("handle", handle);
    members.insert("callerName", "é".repeat(128));
    members.insert("groupId", "x".repeat(128));
    for lifetime in [1, 90] {
        members.insert("lifetime", lifetime);
        assert!(Content::from_map(members.clone()).is_ok());
    }
    let Content::Invite(invite) = Content::from_map(right("call.invite")).unwrap() else {
        panic!("not an invitation")
    };
    assert_eq!(invite.lifetime_or_default(), 60);
}

#[test]
fn unknown_members_are_kept_at_every_level() {
    for content_type in TYPES.into_iter().chain(["call.upgrade", "typing"]) {
        let mut members = right(content_type);
        members.insert("x-new", Value::Null);
        members.insert("__proto__", "kept");
        if let Some(Value::Map(description)) = members.get("description").cloned().as_mut() {
            description.insert("x-new", Value::Null);
            members.insert("description", description.clone());
        }
        if content_type == "call.candidates" {
            let entry = map([("candidate", "c".into()), ("foundation", "1".into())]);
            members.insert("candidates", vec![Value::Map(entry)]);
        }
        let content = Content::from_map(members.clone()).unwrap();
        let pair = Pair::new(Suite::X25519);
        let opened = pair
            .open(pair.seal(&content).as_bytes())
            .unwrap()
            .content(NOW)
            .unwrap();
        assert!(opened == content, "{content_type}");
        assert!(opened.to_map().unwrap() == members, "{content_type}");
    }
}

#[test]
fn an_unknown_type_keeps_its_call() {
    let signal = Content::from_map(right("call.upgrade")).unwrap();
    assert_eq!(signal.call_id(), Some(call_id()));
    assert_eq!(signal.content_type(), "call.upgrade");
    // Outside `call.*` a call id is a member like any other.
    let mut members = right("typing");
    members.insert("callId", "whatever");
    let message = Content::from_map(members).unwrap();
    assert_eq!(message.call_id(), None);
}

#[test]
fn an_extra_member_does_not_stand_in_for_a_known_one() {
    let Content::Invite(mut invite) = invite(None) else {
        panic!("not an invitation")
    };
    invite.extra.insert("lifetime", 60);
    let error = Content::Invite(invite.clone()).measure();
    // It is what `lifetime: Some(60)` would write, so it passes; a wrong one does not.
    assert!(error.is_ok());
    invite.extra.insert("lifetime", 600);
    let error = Content::Invite(invite.clone()).measure().unwrap_err();
    assert_eq!(bad_member(&error), "lifetime");
    invite.extra.remove("lifetime");
    invite.extra.insert("hasVideo", false);
    let (member, problem) = ("hasVideo".into(), Problem::Excess);
    let error = Content::Invite(invite).measure().unwrap_err();
    assert_eq!(error, ContentError::BadContent { member, problem });
}

#[test]
fn an_unknown_type_does_not_pass_for_a_known_one() {
    let disguised = Content::Unknown(Unknown {
        content_type: "call.end".into(),
        call_id: Some(call_id()),
        extra: map([("reason", "bored".into())]),
    });
    assert_eq!(bad_member(&disguised.measure().unwrap_err()), "reason");
}

#[test]
fn what_seal_would_refuse_measure_refuses_too() {
    let data = |value| {
        let data = Some(value);
        Content::Message(Message {
            data,
            ..Message::default()
        })
        .measure()
        .map(drop)
    };
    let bad = |problem| {
        let member = "data".into();
        Err(ContentError::BadContent { member, problem })
    };
    assert_eq!(data(Value::Float(f64::NAN)), bad(Problem::Number));
    assert_eq!(data(Value::Float(2.0)), bad(Problem::Number));
    assert_eq!(data(Value::Integer(i64::MAX)), bad(Problem::Number));
    assert_eq!(data(Value::Text("\0".into())), bad(Problem::Nul));
    assert_eq!(data(Value::Null), bad(Problem::Null));
    let nested = |depth| (0..depth).fold(Value::Bool(true), |inner, _| vec![inner].into());
    assert_eq!(
        data(nested(15)),
        Ok(()),
        "with the content's own map these are 16"
    );
    assert_eq!(data(nested(16)), Err(ContentError::TooDeep));
    assert_eq!(data(nested(10_000)), Err(ContentError::TooDeep));
    // Wherever a value may be anything.
    let deep = || Map::from_iter([("x", nested(14_000))]);
    let in_handle = |extra| {
        let mut invite = Invite::new(call_id(), true);
        let (kind, value) = (HandleType::Generic, String::new());
        invite.handle = Some(Handle { kind, value, extra });
        Content::Invite(invite)
    };
    let in_candidate = |extra| {
        let candidate = Candidate {
            candidate: String::new(),
            sdp_mid: None,
            sdp_m_line_index: None,
            username_fragment: None,
            extra,
        };
        Content::Candidates(Candidates {
            call_id: call_id(),
            candidates: vec![candidate],
            extra: Map::new(),
        })
    };
    let in_description = |extra| {
        let (kind, sdp) = (DescriptionType::Offer, Some(String::new()));
        Content::Negotiate(Negotiate {
            call_id: call_id(),
            description: Description { kind, sdp, extra },
            extra: Map::new(),
        })
    };
    for content in [
        in_handle(deep()),
        in_candidate(deep()),
        in_description(deep()),
    ] {
        assert_eq!(content.measure(), Err(ContentError::TooDeep), "{content:?}");
    }
    // {"data": bytes, "type": "message"}: 1 + 5 + 3 + n + 5 + 8.
    assert_eq!(data(Value::Bytes(vec![0; MAX_CONTENT_LEN - 22])), Ok(()));
    let over = Value::Bytes(vec![0; MAX_CONTENT_LEN - 21]);
    assert_eq!(data(over), Err(ContentError::TooLong));
}

#[test]
fn every_typed_member_survives_the_journey() {
    let extra = Map::new;
    let contents = [
        Content::Invite(Invite {
            call_id: call_id(),
            handle: Some(Handle {
                kind: HandleType::PhoneNumber,
                value: "+12025550123".into(),
                extra: extra(),
            }),
            caller_name: Some("Ada Lovelace".into()),
            has_video: true,
            lifetime: Some(45),
            offer: Some("v=0\r\n".into()),
            group_id: Some("family".into()),
            data: Some(Value::Float(0.5)),
            extra: map([("x", Value::Null)]),
        }),
        Content::Answer(Answer {
            call_id: call_id(),
            ring: NOW,
            answer: Some("v=0\r\n".into()),
            data: Some(vec![Value::Null].into()),
            extra: extra(),
        }),
        Content::Candidates(Candidates {
            call_id: call_id(),
            candidates: vec![Candidate {
                candidate: "candidate:1 1 udp 1 192.0.2.1 9 typ host".into(),
                sdp_mid: Some("0".into()),
                sdp_m_line_index: Some(65_535),
                username_fragment: Some("I7vA".into()),
                extra: extra(),
            }],
            extra: extra(),
        }),
        Content::Negotiate(Negotiate {
            call_id: call_id(),
            description: Description {
                kind: DescriptionType::Rollback,
                sdp: None,
                extra: extra(),
            },
            extra: extra(),
        }),
        Content::End(End {
            call_id: call_id(),
            reason: EndReason::DeclinedElsewhere,
            caller: Some([9; 32]),
            ring: Some(NOW),
            device: None,
            extra: extra(),
        }),
    ];
    for suite in Suite::ALL {
        let pair = Pair::new(suite);
        for content in &contents {
            let opened = pair
                .open(pair.seal(content).as_bytes())
                .unwrap()
                .content(NOW)
                .unwrap();
            assert!(opened == *content, "{content:?}");
        }
    }
}
