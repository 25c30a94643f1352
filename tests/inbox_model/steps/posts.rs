//! What others seal.

use proptest::prelude::*;

use super::{Id, Mark, Move, Post, RingAt, Sent, Theme, beside};
use crate::letters::{About, Caller, Claims, Fault, Kind, Reason, Rough, RoughEnd, Taken};
use crate::people::{ANN, BEN, CAT, EVERYBODY, HOUR, MINUTE, OWN, SECOND, SID, Term, Who};

pub fn post(theme: Theme) -> impl Strategy<Value = Post> {
    let term = match theme {
        Theme::Times => {
            prop_oneof![3 => Just(Term::Long), 2 => Just(Term::Old), 3 => Just(Term::Short), 3 => Just(Term::Later)]
                .boxed()
        }
        _ => prop_oneof![40 => Just(Term::Long), 1 => Just(Term::Short)].boxed(),
    };
    let id = match theme {
        Theme::Times | Theme::Strangers => {
            prop_oneof![3 => Just(Id::Fresh), 2 => (0..6_u8).prop_map(Id::Shared)].boxed()
        }
        _ => prop_oneof![12 => Just(Id::Fresh), 1 => (0..4_u8).prop_map(Id::Shared)].boxed(),
    };
    let prekey = prop_oneof![30 => Just(0), 5 => Just(1), 1 => Just(2)];
    let faulty = if theme == Theme::Times { 8 } else { 24 };
    let fault = prop_oneof![faulty => Just(None), 1 => fault().prop_map(Some)];
    let times = when(theme, term);
    let said = (who_says(theme), ring_at(), device());
    (said, times, prekey, id, fault).prop_map(
        |(((who, kind), ring, device), (at, term, sent), prekey, id, fault)| Post {
            at,
            who,
            device,
            term,
            prekey,
            id,
            sent,
            kind,
            ring,
            fault,
        },
    )
}

/// The third of the own account is the one that receives.
fn device() -> impl Strategy<Value = usize> {
    prop_oneof![8 => Just(0), 6 => Just(1), 1 => Just(2)]
}

/// Mostly what is for them to say.
fn who_says(theme: Theme) -> BoxedStrategy<(Who, Kind)> {
    let who = match theme {
        Theme::Calls | Theme::Placed | Theme::Ownership => {
            prop_oneof![6 => Just(ANN), 6 => Just(BEN), 2 => Just(CAT), 4 => Just(OWN), 1 => Just(SID)]
                .boxed()
        }
        Theme::Times => prop_oneof![8 => Just(ANN), 3 => Just(BEN), 2 => Just(OWN)].boxed(),
        Theme::Strangers => {
            prop_oneof![4 => Just(OWN), 2 => Just(ANN), 6 => Just(SID), 3 => SID..EVERYBODY].boxed()
        }
        Theme::Floods => prop_oneof![6 => Just(ANN), 2 => Just(BEN), 2 => Just(OWN)].boxed(),
    };
    let anything = (who, kind(theme));
    let callee = prop_oneof![4 => Just(ANN), 3 => Just(BEN), 1 => Just(CAT)];
    let of_own = |call| About::Ring(Caller::Account(OWN), call);
    let end_of_callee =
        (callee.clone(), call(theme), reason(true)).prop_map(move |(who, call, reason)| {
            let about = of_own(0);
            (
                who,
                Kind::End {
                    call,
                    reason,
                    about,
                },
            )
        });
    let answer = (callee, call(theme)).prop_map(|(who, call)| (who, Kind::Answer(call, 0)));
    let elsewhere = (caller(), call(theme), elsewhere()).prop_map(|(caller, call, reason)| {
        let about = About::Ring(caller, 0);
        (
            OWN,
            Kind::End {
                call,
                reason,
                about,
            },
        )
    });
    match theme {
        Theme::Placed => {
            prop_oneof![6 => anything, 6 => end_of_callee, 6 => answer, 1 => elsewhere].boxed()
        }
        Theme::Calls | Theme::Ownership => {
            prop_oneof![12 => anything, 1 => end_of_callee, 1 => answer, 3 => elsewhere].boxed()
        }
        _ => anything.boxed(),
    }
}

/// Floods use the same calls and more.
fn call(theme: Theme) -> BoxedStrategy<u16> {
    match theme {
        Theme::Floods => prop_oneof![1 => 0..3_u16, 2 => 0..90_u16].boxed(),
        Theme::Placed => prop_oneof![1 => 0..2_u16, 4 => 2..4_u16].boxed(),
        _ => prop_oneof![4 => 0..2_u16, 2 => 2..4_u16].boxed(),
    }
}

pub fn kind(theme: Theme) -> BoxedStrategy<Kind> {
    let call = || call(theme);
    let lifetime = prop_oneof![4 => Just(None), 1 => Just(Some(1)), 1 => Just(Some(90))];
    let claims = prop_oneof![
        4 => Just(Claims::None),
        1 => Just(Claims::Plain),
        1 => Just(Claims::Tricky),
        1 => Just(Claims::Blank),
        1 => Just(Claims::Group),
    ];
    let invite = (call(), lifetime, claims).prop_map(|(call, lifetime, claims)| Kind::Invite {
        call,
        lifetime,
        claims,
    });
    let of_caller = (call(), reason(false)).prop_map(|(call, reason)| (call, reason, About::Call));
    let taken = prop_oneof![
        2 => Just(Taken::This),
        2 => Just(Taken::Sibling),
        1 => Just(Taken::Nobody)
    ];
    let of_taken = (call(), taken)
        .prop_map(|(call, taken)| (call, Reason::AnsweredElsewhere, About::Taken(taken)));
    let about = |caller| About::Ring(caller, 0);
    let of_callee = (call(), reason(true), caller())
        .prop_map(move |(call, reason, caller)| (call, reason, about(caller)));
    let of_sibling = (call(), elsewhere(), caller())
        .prop_map(move |(call, reason, caller)| (call, reason, about(caller)));
    let end = prop_oneof![3 => of_caller, 1 => of_taken, 2 => of_callee, 2 => of_sibling].prop_map(
        |(call, reason, about)| Kind::End {
            call,
            reason,
            about,
        },
    );
    let signal = prop_oneof![
        2 => call().prop_map(|call| Kind::Answer(call, 0)),
        3 => call().prop_map(Kind::Candidates),
        1 => call().prop_map(Kind::Negotiate),
        1 => call().prop_map(Kind::UnknownCall),
    ];
    let other = prop_oneof![
        4 => (0..2_u16).prop_map(Kind::Message),
        2 => Just(Kind::Cover),
        1 => Just(Kind::Unknown),
        1 => Just(Kind::UnknownWithoutCall),
    ];
    let broken = proptest::sample::select(vec![
        Kind::NoDeflate,
        Kind::TrailingByte,
        Kind::TooLong,
        Kind::BadCbor,
        Kind::TooDeep,
        Kind::TooMany,
        Kind::MissingMember,
        Kind::AnswerWithoutRing,
    ]);
    let broken = prop_oneof![
        4 => broken,
        1 => (0..6_u8).prop_map(Kind::CallKitUuid),
        4 => rough_end(),
    ];
    match theme {
        Theme::Calls | Theme::Ownership => {
            prop_oneof![20 => invite, 16 => end, 12 => signal, 2 => other, 1 => broken]
        }
        Theme::Placed => {
            prop_oneof![8 => invite, 10 => end, 20 => signal, 2 => other, 1 => broken]
        }
        Theme::Times => prop_oneof![10 => invite, 2 => end, 3 => signal, 8 => other, 2 => broken],
        Theme::Strangers => {
            prop_oneof![6 => invite, 10 => end, 4 => signal, 6 => other, 1 => broken]
        }
        Theme::Floods => prop_oneof![8 => invite, 8 => end, 6 => signal, 6 => other, 1 => broken],
    }
    .boxed()
}

/// With one member that is missing or wrong, mostly.
fn rough_end() -> impl Strategy<Value = Kind> {
    let rough = |sound: u32, absent: u32| {
        prop_oneof![
            sound => Just(Rough::Sound),
            absent => Just(Rough::Absent),
            1 => Just(Rough::Wrong),
            1 => Just(Rough::Null),
        ]
    };
    let of = prop_oneof![
        3 => Just(Reason::AnsweredElsewhere),
        1 => Just(Reason::DeclinedElsewhere),
        1 => Just(Reason::Declined),
        1 => Just(Reason::Busy),
        2 => Just(Reason::Failed),
    ];
    let members = (
        rough(20, 1),
        rough(20, 1),
        of,
        rough(4, 4),
        rough(4, 4),
        rough(2, 6),
    );
    members.prop_map(|(id, reason, of, caller, ring, device)| {
        Kind::RoughEnd(RoughEnd {
            id,
            reason,
            of,
            caller,
            ring,
            device,
        })
    })
}

/// What a caller says by itself, or a callee with its ring as well.
fn reason(of_callee: bool) -> BoxedStrategy<Reason> {
    let both = prop_oneof![
        2 => Just(Reason::Failed),
        2 => Just(Reason::RemoteEnded),
        1 => Just(Reason::Unanswered),
        2 => Just(Reason::Cancelled),
    ];
    if of_callee {
        prop_oneof![5 => both, 3 => Just(Reason::Declined), 1 => Just(Reason::Busy), 1 => elsewhere()]
            .boxed()
    } else {
        both.boxed()
    }
}

fn elsewhere() -> impl Strategy<Value = Reason> + Clone {
    prop_oneof![
        Just(Reason::AnsweredElsewhere),
        Just(Reason::DeclinedElsewhere)
    ]
}

fn caller() -> impl Strategy<Value = Caller> {
    prop_oneof![
        6 => Just(Caller::Account(ANN)),
        6 => Just(Caller::Account(BEN)),
        2 => Just(Caller::Account(CAT)),
        3 => Just(Caller::Account(OWN)),
        1 => Just(Caller::Account(SID)),
        1 => Just(Caller::Nobody),
    ]
}

fn ring_at() -> impl Strategy<Value = RingAt> {
    prop_oneof![
        10 => Just(RingAt::Newest(0)),
        4 => beside().prop_map(RingAt::Newest),
        2 => any::<u8>().prop_map(RingAt::Like),
        1 => Just(RingAt::Zero),
    ]
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

fn sent(theme: Theme) -> BoxedStrategy<Sent> {
    let ago = || {
        let some =
            proptest::sample::select(vec![0, 0, 1, 2, SECOND, 30 * SECOND, 89 * SECOND, HOUR]);
        some.prop_map(Sent::Ago)
    };
    let ahead = || {
        let some = proptest::sample::select(vec![1, 2, SECOND, 20 * SECOND, 9 * MINUTE]);
        some.prop_map(Sent::In)
    };
    let mark = || {
        let mark =
            prop_oneof![3 => Just(Mark::Rung), 2 => Just(Mark::Over), 1 => Just(Mark::Elsewhere)];
        (mark, beside()).prop_map(|(mark, by)| Sent::Mark(mark, by))
    };
    match theme {
        Theme::Times => prop_oneof![
            6 => ago(),
            1 => ahead(),
            1 => mark(),
            3 => beside().prop_map(Sent::LastRing),
            2 => beside().prop_map(Sent::Ahead),
            1 => Just(Sent::In(HOUR)),
            1 => beside().prop_map(Sent::DayAhead),
            2 => beside().prop_map(Sent::Month),
            2 => beside().prop_map(Sent::Ends),
            2 => beside().prop_map(Sent::Begins),
            2 => beside().prop_map(Sent::Floor),
            1 => any::<u8>().prop_map(Sent::Like),
        ]
        .boxed(),
        Theme::Strangers => prop_oneof![
            8 => ago(),
            1 => ahead(),
            1 => Just(Sent::In(HOUR)),
            2 => beside().prop_map(Sent::Floor),
            1 => beside().prop_map(Sent::Month),
            1 => any::<u8>().prop_map(Sent::Like),
        ]
        .boxed(),
        _ => prop_oneof![
            12 => ago(),
            4 => ahead(),
            8 => mark(),
            2 => beside().prop_map(Sent::LastRing),
            1 => beside().prop_map(Sent::Floor),
        ]
        .boxed(),
    }
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
