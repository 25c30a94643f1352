//! Contents that are too large because of their candidates, with the offers of real browsers.

use std::fs;
use std::path::Path;

use hushring::content::{
    Answer, Candidate, Candidates, Description, DescriptionType, Invite, Map, Message, Negotiate,
};
use hushring::envelope::capacity;
use hushring::error::SealError;
use hushring::{CallId, Content, Suite, UnixMillis};

fn call_id() -> CallId {
    CallId::from_bytes([7; 16]).unwrap()
}

fn corpus() -> Vec<String> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("dictionary/corpus");
    let files = ["held-back", "stress", "train"].map(|folder| fs::read_dir(corpus.join(folder)));
    let files = files.into_iter().flat_map(Result::unwrap);
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    let is_offer = |path: &Path| path.extension().is_some_and(|kind| kind == "sdp");
    let paths = paths.iter().filter(|path| is_offer(path));
    paths
        .map(|path| fs::read_to_string(path).unwrap())
        .collect()
}

fn invite(offer: &str) -> Content {
    let mut invite = Invite::new(call_id(), true);
    invite.offer = Some(offer.into());
    Content::Invite(invite)
}

/// An offer of one section, with these candidates.
fn offer(candidates: &[&str]) -> String {
    let lines: String = candidates
        .iter()
        .map(|candidate| format!("a={candidate}\r\n"))
        .collect();
    format!("v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n{lines}a=end-of-candidates\r\n")
}

/// An invitation with these candidates, and so many characters that do not compress.
fn long_invite(candidates: &[&str], length: usize) -> Content {
    noisy_invite(&offer(candidates), length)
}

fn noisy_invite(offer: &str, length: usize) -> Content {
    let mut content = invite(offer);
    if let Content::Invite(invite) = &mut content {
        invite.data = Some(noise(1, length).into());
    }
    content
}

/// Makes a content too large by text that stays, such that without so many candidates it fits.
fn crowded(candidates: &[&str], dropped: usize) -> (Content, usize) {
    let fitted = |length| {
        let content = long_invite(candidates, length);
        (content.clone(), content.fit(Suite::XWing))
    };
    for length in (500..2000).step_by(5) {
        if let (content, Ok(fitted)) = fitted(length)
            && fitted.dropped.len() >= dropped
        {
            return (content, length);
        }
    }
    panic!("never are {dropped} candidates dropped");
}

/// Text that does not compress.
fn noise(seed: u32, length: usize) -> String {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'!' + (state >> 24) as u8 % 90)
    };
    (0..length).map(|_| next()).collect()
}

/// Returns the candidates in the order in which they go, as a content leaves less and less room for
/// them. The others stay, whatever else is in it.
fn order(content: impl Fn(usize) -> Content) -> Vec<String> {
    let mut gone: Vec<String> = Vec::new();
    for length in 0..2600 {
        let Ok(fitted) = content(length).fit(Suite::XWing) else {
            continue;
        };
        let mut next = fitted.dropped;
        next.retain(|text| !gone.contains(text));
        assert!(next.len() < 2, "several at once");
        gone.extend(next);
    }
    gone
}

fn order_of(candidates: &[&str]) -> Vec<String> {
    order(|length| long_invite(candidates, length))
}

fn dropped(candidates: &[&str], count: usize) -> Vec<String> {
    let (content, _) = crowded(candidates, count);
    let fitted = content.fit(Suite::XWing).unwrap();
    assert!(fitted.content.measure().unwrap() <= capacity(Suite::XWing));
    fitted.dropped
}

const HOST: &str = "candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host";
const HOST_IPV6: &str = "candidate:2 1 udp 2122262783 2001:db8::1 50001 typ host";
const LINK_LOCAL: &str = "candidate:3 1 udp 2122187519 fe80::1%25en0 50002 typ host";
const LINK_LOCAL_IPV4: &str = "candidate:4 1 udp 2122187518 169.254.3.4 50003 typ host";
const REFLECTED: &str =
    "candidate:5 1 udp 1686052607 198.51.100.1 40000 typ srflx raddr 192.0.2.1 rport 50000";
const REFLECTED_AGAIN: &str =
    "candidate:6 1 udp 1686052351 198.51.100.1 40001 typ srflx raddr 192.0.2.1 rport 50000";
const TCP: &str = "candidate:7 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active";
const RELAY: &str =
    "candidate:8 1 udp 41885439 203.0.113.9 60000 typ relay raddr 198.51.100.1 rport 40000";
const RELAY_AGAIN: &str =
    "candidate:9 1 udp 25108223 203.0.113.9 60001 typ relay raddr 198.51.100.1 rport 40000";

const ALL: [&str; 9] = [
    HOST,
    HOST_IPV6,
    LINK_LOCAL,
    LINK_LOCAL_IPV4,
    REFLECTED,
    REFLECTED_AGAIN,
    TCP,
    RELAY,
    RELAY_AGAIN,
];

/// In the order in which they go. The others stay.
const LEAST_USEFUL: [&str; 6] = [
    TCP,
    RELAY_AGAIN,
    REFLECTED_AGAIN,
    LINK_LOCAL_IPV4,
    LINK_LOCAL,
    HOST_IPV6,
];

#[test]
fn what_fits_stays_as_it_is() {
    let content = invite(&offer(&ALL));
    let fitted = content.clone().fit(Suite::XWing).unwrap();
    assert!(fitted.content == content);
    assert!(fitted.dropped.is_empty());
    let shown = format!("{fitted:?}");
    assert!(
        shown.starts_with("Fitted {") && !shown.contains("candidate:"),
        "{shown}"
    );
}

#[test]
fn the_least_useful_go_first() {
    let mut most = 0;
    for count in 1..=LEAST_USEFUL.len() {
        let found = dropped(&ALL, count);
        let mut expected: Vec<&str> = LEAST_USEFUL.into_iter().take(found.len()).collect();
        expected.sort_by_key(|text| ALL.iter().position(|other| other == text));
        assert_eq!(found, expected);
        most = most.max(found.len());
    }
    assert_eq!(most, LEAST_USEFUL.len());
}

/// One candidate less left out, and it would not fit. To the last byte of the room, it does.
#[test]
fn no_more_go_than_needed() {
    let available = capacity(Suite::XWing);
    let (mut several, mut exact) = (false, false);
    for length in 500..2000 {
        let said = |candidates: &[&str]| long_invite(candidates, length);
        let Ok(fitted) = said(&ALL).fit(Suite::XWing) else {
            break;
        };
        let Some(fewer) = fitted.dropped.len().checked_sub(1) else {
            continue;
        };
        several |= fewer > 0;
        exact |= fitted.content.measure().unwrap() == available && fewer == 5;
        let is_left = |candidate: &&&str| !LEAST_USEFUL[..fewer].contains(*candidate);
        let left: Vec<&str> = ALL.iter().filter(is_left).copied().collect();
        assert!(said(&left).measure().unwrap() > available, "{length}");
    }
    assert!(several && exact);
}

#[test]
fn what_is_still_too_large_is_refused() {
    let (content, length) = crowded(&ALL, 6);
    let Content::Invite(mut invite) = content else {
        panic!("not an invitation")
    };
    invite.data = Some(noise(1, length + 400).into());
    let refused = Content::Invite(invite).fit(Suite::XWing);
    let Err(SealError::TooLarge { needed, available }) = refused else {
        panic!("it fits")
    };
    assert_eq!(available, 1500);
    assert!((1500..2000).contains(&needed), "{needed}");
}

#[test]
fn one_candidate_of_each_section_stays() {
    let found = dropped(&[HOST_IPV6, LINK_LOCAL, TCP], 2);
    assert_eq!(found, [LINK_LOCAL, TCP]);
    assert_eq!(order_of(&[HOST_IPV6, LINK_LOCAL, TCP]), [TCP, LINK_LOCAL]);
    let ipv4 = "candidate:10 1 tcp 1518280446 192.0.2.2 9 typ host tcptype active";
    assert_eq!(dropped(&[TCP, ipv4], 1), [ipv4]);
}

#[test]
fn a_base_that_is_hidden_is_not_one() {
    let hidden = |address: &str, priority: u32| {
        format!("candidate:1 1 udp {priority} {address} 4000 typ srflx raddr 0.0.0.0 rport 0")
    };
    let (wifi, mobile) = (hidden("198.51.100.1", 9), hidden("198.51.100.2", 8));
    let again = hidden("198.51.100.2", 7);
    let candidates = [wifi.as_str(), &mobile, &again, TCP];
    assert_eq!(dropped(&candidates, 2), [again.as_str(), TCP]);
}

#[test]
fn of_candidates_that_are_alike_the_lower_priority_goes_first() {
    let tcp = |address: &str, priority: u32| {
        format!("candidate:7 1 tcp {priority} {address} 9 typ host tcptype active")
    };
    let [low, middle, high] = [1, 2, 3].map(|priority| tcp("192.0.2.1", priority));
    assert_eq!(
        order_of(&[HOST, &middle, &high, &low]),
        [&*low, &middle, &high]
    );
    // And where that is the same as well, the later one.
    let [first, second] = ["192.0.2.1", "192.0.2.2"].map(|address| tcp(address, 1));
    assert_eq!(order_of(&[HOST, &first, &second]), [&*second, &first]);
}

#[test]
fn of_two_of_a_base_with_one_priority_the_first_stays() {
    let reflected = |port: u16| {
        format!("candidate:5 1 udp 9 198.51.100.1 {port} typ srflx raddr 192.0.2.1 rport 50000")
    };
    let (first, second) = (reflected(40000), reflected(40001));
    assert_eq!(order_of(&[HOST, &first, &second]), [&*second]);
}

#[test]
fn what_is_reflected_of_two_bases_stays() {
    let other = "candidate:5 1 udp 9 198.51.100.1 40003 typ srflx raddr 192.0.2.2 rport 50000";
    assert_eq!(order_of(&[HOST, REFLECTED, other]), [""; 0]);
    let hidden = "candidate:5 1 udp 9 198.51.100.1 40003 typ srflx raddr 0.0.0.0 rport 0";
    let hidden_too = "candidate:5 1 udp 8 198.51.100.2 40003 typ srflx raddr :: rport 0";
    assert_eq!(order_of(&[HOST, hidden, hidden_too]), [""; 0]);
}

#[test]
fn only_addresses_of_one_link_are_link_local() {
    let host = |address: &str, priority: u32| {
        format!("candidate:2 1 udp {priority} {address} 50001 typ host")
    };
    let global = host("2001:db8::1", 1);
    let link_local = ["fe80::1", "FE9f::1", "fea0::1", "febf::1"].map(|address| host(address, 2));
    for link_local in &link_local {
        assert_eq!(
            order_of(&[HOST, link_local, &global]),
            [&**link_local, &global]
        );
    }
    let name = host("fe80-5.local", 2);
    let beyond = host("fec0::1", 2);
    assert_eq!(
        order_of(&[HOST, &name, &beyond, &global]),
        [&*global, &beyond]
    );
}

#[test]
fn sections_of_a_description_have_candidates_of_their_own() {
    let text = format!(
        "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na={HOST}\r\na={TCP}\r\n\
         m=video 9 UDP/TLS/RTP/SAVPF 96\r\na={LINK_LOCAL}\r\n\
         m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na={HOST_IPV6}\r\n"
    );
    assert_eq!(order(|length| noisy_invite(&text, length)), [TCP]);
}

#[test]
fn candidates_of_a_batch_are_of_one_section_by_name_and_place() {
    let entry = |text: &str, mid: &str, index: u16| Candidate {
        candidate: text.into(),
        sdp_mid: Some(mid.into()),
        sdp_m_line_index: Some(index),
        username_fragment: None,
        extra: Map::new(),
    };
    let batch = |mid: &'static str, index: u16| {
        order(move |length| {
            let mut first = entry(LINK_LOCAL, "0", 0);
            first.username_fragment = Some(noise(1, length / 2));
            let mut second = entry(HOST_IPV6, mid, index);
            second.username_fragment = Some(noise(2, length / 2));
            let mut third = entry(HOST, "2", 2);
            third.username_fragment = Some(noise(3, 300));
            Content::Candidates(Candidates {
                call_id: call_id(),
                candidates: vec![first, second, third],
                extra: Map::new(),
            })
        })
    };
    assert_eq!(batch("0", 0), [LINK_LOCAL]);
    for (mid, index) in [("1", 0), ("0", 1), ("1", 1)] {
        assert_eq!(batch(mid, index), [""; 0], "{mid} {index}");
    }
}

#[test]
fn candidates_of_a_batch_go_by_their_section() {
    let entry = |seed, mid: &str, text: &str| Candidate {
        candidate: text.into(),
        sdp_mid: Some(mid.into()),
        sdp_m_line_index: None,
        username_fragment: Some(noise(seed, 700)),
        extra: Map::new(),
    };
    // Of one base, in two sections.
    let batch = |entries: &[Candidate]| {
        Content::Candidates(Candidates {
            call_id: call_id(),
            candidates: entries.to_vec(),
            extra: Map::new(),
        })
    };
    let entries = [
        entry(1, "0", REFLECTED),
        entry(2, "1", REFLECTED_AGAIN),
        entry(3, "0", TCP),
    ];
    let fitted = batch(&entries).fit(Suite::XWing);
    match fitted {
        Ok(fitted) => {
            assert_eq!(fitted.dropped, [TCP]);
            let [first, second, _] = entries;
            assert!(fitted.content == batch(&[first, second]));
        }
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn what_is_not_a_candidate_stays() {
    for text in [
        "",
        "candidate:",
        "candidate:1 1 tcp x 192.0.2.1 9 typ host",
        "nonsense",
    ] {
        let batch = Content::Candidates(Candidates {
            call_id: call_id(),
            candidates: vec![Candidate {
                candidate: text.into(),
                sdp_mid: Some(noise(1, 2000)),
                sdp_m_line_index: None,
                username_fragment: None,
                extra: Map::new(),
            }],
            extra: Map::new(),
        });
        assert!(matches!(
            batch.fit(Suite::XWing),
            Err(SealError::TooLarge { .. })
        ));
    }
    let message = Content::Message(Message::text(noise(1, 4000)));
    assert!(matches!(
        message.fit(Suite::X25519),
        Err(SealError::TooLarge { .. })
    ));
    let bad = Content::Invite(Invite {
        lifetime: Some(91),
        ..Invite::new(call_id(), true)
    });
    assert!(matches!(bad.fit(Suite::X25519), Err(SealError::Content(_))));
}

/// With data of the app's own beside them, so that less room is left.
#[test]
fn descriptions_of_browsers_lose_nothing_but_candidates() {
    let room = capacity(Suite::XWing);
    let mut count = 0;
    for text in corpus() {
        for length in [0, 400, 800, 1200] {
            let content = noisy_invite(&text, length);
            let needed = content.measure().unwrap();
            let fitted = match content.fit(Suite::XWing) {
                Ok(fitted) => fitted,
                Err(error) => {
                    assert!(matches!(error, SealError::TooLarge { needed, .. } if needed > room));
                    assert!(length > 0, "a description of a browser fits");
                    continue;
                }
            };
            assert_eq!(fitted.dropped.is_empty(), needed <= room);
            assert!(fitted.content.measure().unwrap() <= room);
            let Content::Invite(after) = fitted.content else {
                panic!("not an invitation")
            };
            count += fitted.dropped.len();
            let mut gone = fitted.dropped.iter().map(|text| format!("a={text}\r\n"));
            let mut next = gone.next();
            let is_kept = |line: &&str| {
                let is_kept = next.as_deref() != Some(*line);
                if !is_kept {
                    next = gone.next();
                }
                is_kept
            };
            let expected: String = text.split_inclusive('\n').filter(is_kept).collect();
            assert_eq!(after.offer.as_ref(), Some(&expected));
        }
    }
    assert!(count > 20, "{count} candidates were left out");
}

#[test]
fn answers_and_renegotiations_fit_as_well() {
    let text = offer(&ALL) + &noise(1, 1520);
    let mut answer = Answer::new(call_id(), UnixMillis(1_790_000_000_000));
    answer.answer = Some(text.clone());
    let description = Description {
        kind: DescriptionType::Offer,
        sdp: Some(text),
        extra: Map::new(),
    };
    let negotiate = Negotiate {
        call_id: call_id(),
        description,
        extra: Map::new(),
    };
    for content in [Content::Answer(answer), Content::Negotiate(negotiate)] {
        let fitted = content.fit(Suite::XWing).unwrap();
        assert!(!fitted.dropped.is_empty());
        assert!(fitted.content.measure().unwrap() <= capacity(Suite::XWing));
    }
}
