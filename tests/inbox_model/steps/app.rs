//! What the app does.

use proptest::collection::vec;
use proptest::prelude::*;

use super::{Flood, Scene, Step, Theme, Which, beside};
use crate::people::{ANN, BEN, CAT, CROWD, DAY, EVERYBODY, HOUR, OWN, Pin, SID, Who};

pub fn trust(contact: BoxedStrategy<Who>) -> impl Strategy<Value = Step> {
    let pin = prop_oneof![
        3 => proptest::sample::select(vec![Pin::Nothing, Pin::Name, Pin::Phone, Pin::Both]),
        2 => proptest::sample::select(Pin::ALL.to_vec()),
    ];
    (contact, pin).prop_map(|(who, pin)| Step::Trust(who, pin))
}

pub fn trust_with(contact: BoxedStrategy<Who>) -> impl Strategy<Value = Step> {
    let device = prop_oneof![1 => Just(None), 3 => (0..3_usize).prop_map(Some)];
    let statements = vec((device, floor()), 1..4);
    let pin = proptest::sample::select(vec![Pin::Nothing, Pin::Both, Pin::LongName]);
    let of_other = prop_oneof![6 => Just(false), 1 => Just(true)];
    (contact, pin, statements, of_other).prop_map(|(who, pin, statements, of_other)| {
        Step::TrustWith(who, pin, statements, of_other)
    })
}

/// Floors around the beginnings of the terms, and around now; and those that are forgotten soon.
fn floor() -> impl Strategy<Value = i64> {
    proptest::sample::select(vec![
        -400 * DAY.cast_signed(),
        -41 * DAY.cast_signed(),
        -40 * DAY.cast_signed(),
        -2 * DAY.cast_signed(),
        -HOUR.cast_signed(),
        0,
        600_000,
        601_000,
    ])
}

pub fn revoke() -> impl Strategy<Value = Step> {
    let floor = floor();
    let who = prop_oneof![
        3 => Just(ANN),
        2 => Just(BEN),
        1 => Just(OWN),
        1 => Just(SID),
        1 => CROWD..EVERYBODY,
    ];
    let device = prop_oneof![2 => Just(None), 3 => (0..3_usize).prop_map(Some)];
    (who, device, floor).prop_map(|(who, device, floor)| Step::Revoke(who, device, floor))
}

/// Places, answers, leaves and joins calls.
pub fn of_calls(theme: Theme) -> BoxedStrategy<Step> {
    let call = || prop_oneof![1 => 0..2_u16, 6 => 2..4_u16];
    let party = || prop_oneof![4 => Just(ANN), 3 => Just(BEN), 1 => Just(CAT), 1 => Just(OWN)];
    let which = || {
        let caller = prop_oneof![3 => Just(ANN), 2 => Just(BEN), 2 => Just(OWN), 1 => Just(SID)];
        prop_oneof![
            4 => any::<u8>().prop_map(Which::Live),
            1 => (caller, 0..4_u16).prop_map(|(who, call)| Which::Any(who, call)),
        ]
    };
    let parties = prop_oneof![
        5 => Just(vec![ANN]),
        2 => Just(vec![BEN]),
        4 => Just(vec![ANN, BEN]),
        4 => vec(party(), 0..3),
        1 => Just(vec![ANN; 257]),
    ];
    let place = prop_oneof![
        12 => (call(), parties.clone()).prop_map(|(call, parties)| Step::Place(call, parties)),
        1 => (call(), parties, beside())
            .prop_map(|(call, parties, by)| Step::PlaceBefore(call, parties, by)),
    ];
    let answered = which().prop_map(Step::Answered);
    let left = which().prop_map(Step::Left);
    let left_accounts = (call(), vec(party(), 0..3))
        .prop_map(|(call, accounts)| Step::LeftAccounts(call, accounts));
    let joined = (which(), vec(party(), 0..4)).prop_map(|(which, who)| Step::Joined(which, who));
    match theme {
        Theme::Placed => prop_oneof![
            60 => place,
            12 => answered,
            6 => left,
            6 => left_accounts,
            24 => joined,
            3 => Just(Step::PlaceOthers),
        ]
        .boxed(),
        _ => prop_oneof![
            3 => place,
            8 => answered,
            4 => left,
            1 => left_accounts,
            4 => joined,
        ]
        .boxed(),
    }
}

pub fn publish() -> impl Strategy<Value = Step> {
    let prekeys = prop_oneof![
        3 => vec(0..3_usize, 1..2),
        3 => Just(vec![0, 2]),
        2 => Just(vec![2, 1]),
        1 => vec(0..3_usize, 0..4),
    ];
    prekeys.prop_map(Step::Publish)
}

pub fn acknowledge() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => any::<u8>().prop_map(Step::Acknowledge),
        2 => any::<u8>().prop_map(Step::AcknowledgeOld),
        1 => Just(Step::AcknowledgeAll),
    ]
}

pub fn saving() -> impl Strategy<Value = Step> {
    prop_oneof![3 => Just(Step::Save), 2 => Just(Step::Reload), 1 => Just(Step::Crash)]
}

pub fn scene() -> impl Strategy<Value = Step> {
    let call = || 2..4_u16;
    let caller = proptest::sample::select(vec![ANN, BEN, CAT]);
    prop_oneof![
        4 => (beside(), any::<bool>()).prop_map(|(by, joins)| Scene::Kept { by, joins }),
        1 => beside().prop_map(|by| Scene::Room { by }),
        4 => (call(), beside(), any::<u8>())
            .prop_map(|(call, by, then)| Scene::Forgotten { call, by, then }),
        4 => (call(), any::<u8>()).prop_map(|(call, then)| Scene::Sibling { call, then }),
        2 => (call(), caller).prop_map(|(call, caller)| Scene::Several { call, caller }),
        2 => any::<bool>().prop_map(|is_first_ahead| Scene::HeldTwice { is_first_ahead }),
        1 => cover(),
    ]
    .prop_map(Step::Scene)
}

fn cover() -> impl Strategy<Value = Scene> {
    proptest::sample::select(vec![OWN, ANN, BEN]).prop_map(|who| Scene::Cover { who })
}

/// Of what is kept of accounts.
pub fn scene_of_records() -> impl Strategy<Value = Step> {
    let known = || proptest::sample::select(vec![ANN, BEN, SID]);
    let device = prop_oneof![1 => Just(None), 1 => Just(Some(0))];
    prop_oneof![
        1 => cover(),
        4 => (BEN..EVERYBODY, beside(), any::<u8>())
            .prop_map(|(who, by, then)| Scene::Freed { who, by, then }),
        2 => (known(), device, beside())
            .prop_map(|(who, device, by)| Scene::Floor { who, device, by }),
    ]
    .prop_map(Step::Scene)
}

pub fn flood(contact: BoxedStrategy<Who>) -> impl Strategy<Value = Step> {
    // Where in its pool a flood begins, and how many it takes.
    let span = |most: u16| {
        let begin = prop_oneof![3 => Just(0), 1 => 0..most];
        (begin, (most / 2)..most)
    };
    let of = move |flood: Flood, who: BoxedStrategy<Who>, most: u16| {
        (who, span(most))
            .prop_map(move |(who, (begin, many))| Step::Flood(flood, who, begin, many))
            .boxed()
    };
    let one = |flood: Flood| Just(Step::Flood(flood, CROWD, 0, 0)).boxed();
    let or_own = prop_oneof![3 => Just(ANN), 1 => Just(BEN), 1 => Just(OWN)].boxed();
    let callee = prop_oneof![2 => Just(ANN), 1 => Just(BEN)].boxed();
    let crowd = || Just(CROWD).boxed();
    prop_oneof![
        3 => of(Flood::Messages, contact.clone(), 140),
        2 => of(Flood::Covers, contact.clone(), 600),
        5 => of(Flood::Ends, contact.clone(), 600),
        3 => of(Flood::Invites, contact.clone(), 90),
        2 => of(Flood::Answered, callee.clone(), 90),
        3 => of(Flood::Early, or_own, 20),
        3 => of(Flood::EarlyEnds, callee, 90),
        4 => of(Flood::Placed, Just(ANN).boxed(), 90),
        1 => one(Flood::Legs),
        1 => one(Flood::JoinedCrowd),
        1 => of(Flood::Fast, contact, 20),
        2 => of(Flood::Crowd, crowd(), 140),
        2 => of(Flood::EarlyCrowd, crowd(), 14),
        2 => of(Flood::FastCrowd, crowd(), 14),
        3 => one(Flood::TrustCrowd),
        1 => one(Flood::UntrustCrowd),
        1 => one(Flood::BlockCrowd),
        3 => (CROWD..EVERYBODY, 54..66_u16, 1..10_u16)
            .prop_map(|(who, before, many)| Step::Flood(Flood::Regain, who, before, many)),
        1 => (1..200_u16).prop_map(|many| Step::Flood(Flood::AcknowledgeSome, ANN, 0, many)),
    ]
}
