//! What may happen, and how often. Numbers are small and few, so that things meet.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::letters::{Caller, Claims, Fault, Kind, Reason};
use crate::people::{
    ANN, BEN, CAT, CROWD, DAY, EVERYBODY, HOUR, MINUTE, MONTH, OWN, Pin, SECOND, SID, Term, Who,
};

/// One thing that happens to an inbox.
#[derive(Clone, Debug)]
pub enum Step {
    /// Somebody seals, and it arrives.
    Send(Post),
    /// An envelope that came before comes again.
    Again(u8),
    Trust(Who, Pin),
    Untrust(Who),
    /// With a floor so far from now.
    Revoke(Who, i64),
    Placed(u16, Vec<Who>),
    /// Of what is pending.
    Acknowledge(u8),
    /// What is not pending any more, or was refused.
    AcknowledgeOld(u8),
    AcknowledgeAll,
    Save,
    /// Loads what was just saved.
    Reload,
    /// Back to the last save. What came since comes again.
    Crash,
    Clock(Move),
    Prune,
    /// What is pending at another time.
    Pending(Move),
    AddPrekey(usize),
    Flood(Flood, Who, u16, u16),
}

#[derive(Clone, Debug)]
pub struct Post {
    /// The clock goes there first.
    pub at: Option<Move>,
    pub who: Who,
    pub device: usize,
    pub term: Term,
    pub prekey: usize,
    pub id: Id,
    pub sent: Sent,
    pub kind: Kind,
    pub fault: Option<Fault>,
}

#[derive(Clone, Copy, Debug)]
pub enum Id {
    Fresh,
    /// One of a few that many share.
    Shared(u8),
}

/// When it says it was sent. Numbers are milliseconds beside a limit.
#[derive(Clone, Copy, Debug)]
pub enum Sent {
    /// So long ago.
    Ago(u64),
    /// So long before now that an invitation just rings, or just does not.
    LastRing(i64),
    /// As far ahead as clocks may differ.
    Ahead(i64),
    /// A month ago.
    Month(i64),
    /// At the end of the certificate.
    Ends(i64),
    /// At its beginning, with the tolerance.
    Begins(i64),
    /// At the sender's replay floor.
    Floor(i64),
    /// When an earlier one was.
    Like(u8),
}

/// Another time.
#[derive(Clone, Copy, Debug)]
pub enum Move {
    By(i64),
    /// The last moment at which an earlier envelope rings.
    LastRing(u8, i64),
    /// A month after an earlier one was sent.
    Month(u8, i64),
    /// A month after an earlier step.
    MonthAfterStep(u8, i64),
    Ends(Term, i64),
    Begins(Term, i64),
    /// When a prekey is to be deleted.
    Prekey(usize, i64),
    Start,
}

/// Many at once.
#[derive(Clone, Copy, Debug)]
pub enum Flood {
    Messages,
    Covers,
    Invites,
    Elsewhere,
    Placed,
    /// Messages of everybody in the crowd.
    Crowd,
    TrustCrowd,
    UntrustCrowd,
    AcknowledgeSome,
    /// So many messages come, the trust ends, so many are held, and the trust comes back.
    Regain,
}

/// What a theme wants to happen more often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Calls,
    Times,
    Strangers,
    Floods,
    /// As calls, and whoever has nothing to say in a call is asked before and after.
    Ownership,
}

pub fn sequence(theme: Theme, length: usize) -> impl Strategy<Value = Vec<Step>> {
    let theme = if theme == Theme::Ownership {
        Theme::Calls
    } else {
        theme
    };
    vec(step(theme), length)
}

fn step(theme: Theme) -> BoxedStrategy<Step> {
    match theme {
        Theme::Calls | Theme::Ownership => prop_oneof![
            28 => post(theme).prop_map(Step::Send),
            5 => any::<u8>().prop_map(Step::Again),
            1 => trust(theme),
            1 => contact(theme).prop_map(Step::Untrust),
            4 => place_call(),
            4 => clock(theme).prop_map(Step::Clock),
            4 => acknowledge(),
            2 => saving(),
            1 => clock(theme).prop_map(Step::Pending),
        ]
        .boxed(),
        Theme::Times => prop_oneof![
            24 => post(theme).prop_map(Step::Send),
            6 => any::<u8>().prop_map(Step::Again),
            2 => trust(theme),
            1 => contact(theme).prop_map(Step::Untrust),
            2 => revoke(),
            10 => clock(theme).prop_map(Step::Clock),
            4 => Just(Step::Prune),
            1 => acknowledge(),
            3 => saving(),
            1 => clock(theme).prop_map(Step::Pending),
            1 => place_call(),
            2 => (0..3_usize).prop_map(Step::AddPrekey),
        ]
        .boxed(),
        Theme::Strangers => prop_oneof![
            24 => post(theme).prop_map(Step::Send),
            4 => any::<u8>().prop_map(Step::Again),
            6 => trust(theme),
            4 => contact(theme).prop_map(Step::Untrust),
            1 => revoke(),
            3 => clock(theme).prop_map(Step::Clock),
            1 => Just(Step::Prune),
            1 => acknowledge(),
            3 => saving(),
            3 => (SID..EVERYBODY, 1..10_u16)
                .prop_map(|(who, many)| Step::Flood(Flood::Messages, who, 0, many)),
        ]
        .boxed(),
        Theme::Floods => prop_oneof![
            12 => flood(),
            8 => post(theme).prop_map(Step::Send),
            2 => any::<u8>().prop_map(Step::Again),
            1 => trust(theme),
            1 => contact(theme).prop_map(Step::Untrust),
            2 => saving(),
            1 => Just(Step::AcknowledgeAll),
            2 => clock(theme).prop_map(Step::Clock),
            1 => Just(Step::Prune),
        ]
        .boxed(),
    }
}

fn flood() -> impl Strategy<Value = Step> {
    // Where in its pool a flood begins, and how many it takes.
    let span = |most: u16| {
        let begin = prop_oneof![3 => Just(0), 1 => 0..most];
        (begin, (most / 2)..most)
    };
    let own = |who: Who| move |(begin, many)| Step::Flood(Flood::Elsewhere, who, begin, many);
    prop_oneof![
        3 => (contact(Theme::Floods), span(140))
            .prop_map(|(who, (begin, many))| Step::Flood(Flood::Messages, who, begin, many)),
        3 => (contact(Theme::Floods), span(600))
            .prop_map(|(who, (begin, many))| Step::Flood(Flood::Covers, who, begin, many)),
        3 => (contact(Theme::Floods), span(90))
            .prop_map(|(who, (begin, many))| Step::Flood(Flood::Invites, who, begin, many)),
        2 => span(90).prop_map(own(ANN)),
        1 => span(90).prop_map(own(BEN)),
        3 => span(90).prop_map(|(begin, many)| Step::Flood(Flood::Placed, ANN, begin, many)),
        2 => span(140).prop_map(|(begin, many)| Step::Flood(Flood::Crowd, CROWD, begin, many)),
        2 => Just(Step::Flood(Flood::TrustCrowd, CROWD, 0, 0)),
        1 => Just(Step::Flood(Flood::UntrustCrowd, CROWD, 0, 0)),
        3 => (CROWD..EVERYBODY, 118..130_u16, 1..10_u16)
            .prop_map(|(who, before, many)| Step::Flood(Flood::Regain, who, before, many)),
        1 => (1..200_u16).prop_map(|many| Step::Flood(Flood::AcknowledgeSome, ANN, 0, many)),
    ]
}

/// Somebody who is trusted, mostly.
fn contact(theme: Theme) -> BoxedStrategy<Who> {
    match theme {
        Theme::Calls | Theme::Ownership => {
            prop_oneof![5 => Just(ANN), 5 => Just(BEN), 2 => Just(CAT), 1 => Just(OWN)].boxed()
        }
        Theme::Times => prop_oneof![6 => Just(ANN), 2 => Just(BEN), 1 => Just(OWN)].boxed(),
        Theme::Strangers => {
            prop_oneof![2 => Just(OWN), 2 => Just(ANN), 4 => Just(SID), 2 => SID..EVERYBODY].boxed()
        }
        Theme::Floods => prop_oneof![8 => Just(ANN), 2 => Just(BEN)].boxed(),
    }
}

fn post(theme: Theme) -> impl Strategy<Value = Post> {
    let who = match theme {
        Theme::Calls | Theme::Ownership => {
            prop_oneof![6 => Just(ANN), 6 => Just(BEN), 2 => Just(CAT), 6 => Just(OWN), 1 => Just(SID)]
                .boxed()
        }
        Theme::Times => prop_oneof![8 => Just(ANN), 3 => Just(BEN), 2 => Just(OWN)].boxed(),
        Theme::Strangers => {
            prop_oneof![4 => Just(OWN), 2 => Just(ANN), 6 => Just(SID), 3 => SID..EVERYBODY].boxed()
        }
        Theme::Floods => prop_oneof![6 => Just(ANN), 2 => Just(BEN), 2 => Just(OWN)].boxed(),
    };
    let term = match theme {
        Theme::Times => {
            prop_oneof![3 => Just(Term::Long), 2 => Just(Term::Old), 3 => Just(Term::Short), 3 => Just(Term::Later)]
                .boxed()
        }
        _ => prop_oneof![40 => Just(Term::Long), 1 => Just(Term::Short)].boxed(),
    };
    let id = match theme {
        Theme::Calls | Theme::Ownership | Theme::Floods => {
            prop_oneof![12 => Just(Id::Fresh), 1 => (0..4_u8).prop_map(Id::Shared)].boxed()
        }
        _ => prop_oneof![3 => Just(Id::Fresh), 2 => (0..6_u8).prop_map(Id::Shared)].boxed(),
    };
    let prekey = prop_oneof![30 => Just(0), 5 => Just(1), 1 => Just(2)];
    let faulty = if theme == Theme::Times { 8 } else { 24 };
    let fault = prop_oneof![faulty => Just(None), 1 => fault().prop_map(Some)];
    let times = when(theme, term);
    (who, 0..2_usize, times, prekey, id, kind(theme), fault).prop_map(
        |(who, device, (at, term, sent), prekey, id, kind, fault)| Post {
            at,
            who,
            device,
            term,
            prekey,
            id,
            sent,
            kind,
            fault,
        },
    )
}

/// What the clock shows, which certificate it is, and when it was sent.
fn when(theme: Theme, term: BoxedStrategy<Term>) -> BoxedStrategy<(Option<Move>, Term, Sent)> {
    let any = (Just(None), term, sent(theme)).boxed();
    if theme != Theme::Times {
        return any;
    }
    // Sent while the certificate is valid, and received when it is not, or the other way round.
    let edge = |by: i64| {
        (
            Just(by),
            beside(),
            prop_oneof![Just(Term::Short), Just(Term::Later)],
        )
    };
    let ends = edge(-1)
        .prop_map(|(sent, by, term)| (Some(Move::Ends(term, by.max(-1))), term, Sent::Ends(sent)));
    let begins = edge(0)
        .prop_map(|(sent, by, term)| (Some(Move::Begins(term, by)), term, Sent::Begins(sent)));
    prop_oneof![20 => any, 1 => ends, 1 => begins].boxed()
}

pub fn kind(theme: Theme) -> BoxedStrategy<Kind> {
    let number = match theme {
        // Floods use the same calls and more.
        Theme::Floods => prop_oneof![1 => 0..3_u16, 2 => 0..90_u16].boxed(),
        _ => (0..4_u16).boxed(),
    };
    let call = move || number.clone();
    let lifetime = prop_oneof![4 => Just(None), 1 => Just(Some(1)), 1 => Just(Some(90))];
    let claims = prop_oneof![
        Just(Claims::None),
        Just(Claims::Plain),
        Just(Claims::Tricky)
    ];
    let invite = (call(), lifetime, claims).prop_map(|(call, lifetime, claims)| Kind::Invite {
        call,
        lifetime,
        claims,
    });
    let (other, caller) = (reason(), caller());
    let elsewhere = prop_oneof![
        Just(Reason::AnsweredElsewhere),
        Just(Reason::DeclinedElsewhere)
    ];
    let end = prop_oneof![
        3 => (call(), other, caller),
        2 => (call(), elsewhere, named()),
    ]
    .prop_map(|(call, reason, caller)| Kind::End {
        call,
        reason,
        caller,
    });
    let signal = prop_oneof![
        call().prop_map(Kind::Answer),
        call().prop_map(Kind::Candidates),
        call().prop_map(Kind::Negotiate),
        call().prop_map(Kind::UnknownCall),
    ];
    let other = prop_oneof![
        4 => (0..2_u16).prop_map(Kind::Message),
        2 => Just(Kind::Cover),
        1 => Just(Kind::Unknown),
        1 => Just(Kind::UnknownWithoutCall),
    ];
    let broken = prop_oneof![
        Just(Kind::NoDeflate),
        Just(Kind::TrailingByte),
        Just(Kind::TooLong),
        Just(Kind::BadCbor),
        Just(Kind::TooDeep),
        Just(Kind::TooMany),
        Just(Kind::MissingMember),
    ];
    match theme {
        Theme::Calls | Theme::Ownership => {
            prop_oneof![14 => invite, 22 => end, 10 => signal, 2 => other, 1 => broken]
        }
        Theme::Times => prop_oneof![10 => invite, 2 => end, 2 => signal, 8 => other, 2 => broken],
        Theme::Strangers => {
            prop_oneof![6 => invite, 10 => end, 2 => signal, 6 => other, 1 => broken]
        }
        Theme::Floods => prop_oneof![8 => invite, 8 => end, 4 => signal, 6 => other, 1 => broken],
    }
    .boxed()
}

/// A reason that needs no caller.
fn reason() -> impl Strategy<Value = Reason> {
    prop_oneof![
        Just(Reason::Failed),
        Just(Reason::RemoteEnded),
        Just(Reason::Unanswered),
        Just(Reason::Declined),
        Just(Reason::Busy),
        Just(Reason::Cancelled),
    ]
}

fn named() -> impl Strategy<Value = Caller> {
    prop_oneof![
        6 => Just(Caller::Account(ANN)),
        6 => Just(Caller::Account(BEN)),
        2 => Just(Caller::Account(CAT)),
        3 => Just(Caller::Account(OWN)),
        1 => Just(Caller::Account(SID)),
        1 => Just(Caller::Nobody),
    ]
}

fn caller() -> impl Strategy<Value = Caller> {
    prop_oneof![2 => Just(Caller::Absent), 1 => named()]
}

/// At a limit, beside it, or a little further off.
fn beside() -> impl Strategy<Value = i64> {
    prop_oneof![3 => Just(0), 3 => Just(1), 3 => Just(-1), 1 => Just(-1_000), 1 => Just(1_000)]
}

fn sent(theme: Theme) -> BoxedStrategy<Sent> {
    let ago = || {
        let some = prop_oneof![
            Just(0),
            Just(0),
            Just(1),
            Just(SECOND),
            Just(89 * SECOND),
            Just(HOUR),
        ];
        some.prop_map(Sent::Ago)
    };
    match theme {
        Theme::Times => prop_oneof![
            6 => ago(),
            3 => beside().prop_map(Sent::LastRing),
            2 => beside().prop_map(Sent::Ahead),
            2 => beside().prop_map(Sent::Month),
            2 => beside().prop_map(Sent::Ends),
            2 => beside().prop_map(Sent::Begins),
            2 => beside().prop_map(Sent::Floor),
            1 => any::<u8>().prop_map(Sent::Like),
        ]
        .boxed(),
        Theme::Strangers => prop_oneof![
            8 => ago(),
            2 => beside().prop_map(Sent::Floor),
            1 => beside().prop_map(Sent::Month),
            1 => any::<u8>().prop_map(Sent::Like),
        ]
        .boxed(),
        _ => prop_oneof![
            16 => ago(),
            2 => beside().prop_map(Sent::LastRing),
            1 => beside().prop_map(Sent::Floor),
        ]
        .boxed(),
    }
}

fn clock(theme: Theme) -> BoxedStrategy<Move> {
    let steps = [1, SECOND, 30 * SECOND, 90 * SECOND, 10 * MINUTE].map(|by| by as i64);
    let short = (proptest::sample::select(steps.to_vec()), any::<bool>())
        .prop_map(|(by, back)| Move::By(if back { -by } else { by }));
    let long = proptest::sample::select(vec![HOUR, DAY, 29 * DAY, MONTH, 31 * DAY]);
    let long = (long, prop_oneof![2 => Just(1), 1 => Just(-1)])
        .prop_map(|(by, sign)| Move::By(by as i64 * sign));
    let beside_letter = prop_oneof![
        3 => (any::<u8>(), beside()).prop_map(|(letter, by)| Move::LastRing(letter, by)),
        1 => (any::<u8>(), beside()).prop_map(|(letter, by)| Move::Month(letter, by)),
        2 => (any::<u8>(), beside()).prop_map(|(step, by)| Move::MonthAfterStep(step, by)),
    ];
    let term = prop_oneof![4 => Just(Term::Short), 4 => Just(Term::Later), 1 => Just(Term::Old)];
    let beside_term = (term, any::<bool>(), beside()).prop_map(|(term, end, by)| {
        let side = if end { Move::Ends } else { Move::Begins };
        side(term, by)
    });
    let prekey = (0..3_usize, beside()).prop_map(|(prekey, by)| Move::Prekey(prekey, by));
    match theme {
        Theme::Times => prop_oneof![
            4 => short,
            2 => long,
            4 => beside_letter,
            4 => beside_term,
            1 => prekey,
            3 => Just(Move::Start),
        ]
        .boxed(),
        _ => {
            prop_oneof![12 => short, 1 => long, 2 => beside_letter, 2 => Just(Move::Start)].boxed()
        }
    }
}

fn trust(theme: Theme) -> impl Strategy<Value = Step> {
    let pin = prop_oneof![
        4 => Just(Pin::Nothing),
        4 => Just(Pin::Name),
        4 => Just(Pin::Phone),
        4 => Just(Pin::Both),
        2 => Just(Pin::Longest),
        1 => Just(Pin::LongName),
        1 => Just(Pin::LongHandle),
        1 => Just(Pin::ZeroInName),
        1 => Just(Pin::ZeroInHandle),
    ];
    (contact(theme), pin).prop_map(|(who, pin)| Step::Trust(who, pin))
}

fn revoke() -> impl Strategy<Value = Step> {
    // Floors around the beginnings of the terms, and around now.
    let floor = proptest::sample::select(vec![
        -(41 * DAY as i64),
        -(40 * DAY as i64),
        -(2 * DAY as i64),
        -(HOUR as i64),
        0,
        600_000,
        601_000,
    ]);
    let who = prop_oneof![3 => Just(ANN), 2 => Just(BEN), 1 => Just(OWN), 1 => Just(SID)];
    (who, floor).prop_map(|(who, floor)| Step::Revoke(who, floor))
}

fn place_call() -> impl Strategy<Value = Step> {
    let parties = prop_oneof![
        6 => Just(vec![ANN, BEN]),
        6 => vec(prop_oneof![3 => Just(ANN), 3 => Just(BEN), 1 => Just(CAT), 1 => Just(OWN)], 0..3),
        1 => Just(vec![ANN; 257]),
    ];
    (prop_oneof![8 => Just(3), 1 => 0..4_u16], parties)
        .prop_map(|(call, parties)| Step::Placed(call, parties))
}

fn acknowledge() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => any::<u8>().prop_map(Step::Acknowledge),
        2 => any::<u8>().prop_map(Step::AcknowledgeOld),
        1 => Just(Step::AcknowledgeAll),
    ]
}

fn saving() -> impl Strategy<Value = Step> {
    prop_oneof![3 => Just(Step::Save), 2 => Just(Step::Reload), 1 => Just(Step::Crash)]
}

fn fault() -> impl Strategy<Value = Fault> {
    proptest::sample::select(vec![
        Fault::OneByteShort,
        Fault::OneByteLong,
        Fault::Empty,
        Fault::Version,
        Fault::Suite,
        Fault::OtherSuite,
        Fault::PrekeyId,
        Fault::EncapsulatedKey,
        Fault::Ciphertext,
        Fault::OtherDevice,
        Fault::NoContent,
        Fault::MuchContent,
        Fault::Padding,
        Fault::Certificate,
        Fault::Signature,
        Fault::SignedForOther,
    ])
}
