//! What may happen, and how often. Numbers are small and few, so that things meet.

mod app;
mod posts;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::letters::{Fault, Kind};
use crate::people::{
    ANN, BEN, CAT, CROWD, DAY, EVERYBODY, HOUR, MINUTE, MONTH, OWN, Pin, SECOND, SID, Term, Who,
};

pub use posts::kind;

/// One thing that happens to an inbox.
#[derive(Clone, Debug)]
pub enum Step {
    /// Somebody seals, and it arrives.
    Send(Post),
    /// An envelope that came before comes again.
    Again(u8),
    Trust(Who, Pin),
    /// With statements: of a device or the account, with a floor so far from now. If one is of
    /// somebody else, all is refused.
    TrustWith(Who, Pin, Vec<(Option<usize>, i64)>, bool),
    Untrust(Who),
    Block(Who),
    Unblock(Who),
    Discard(Who),
    Release,
    /// Of an account or of one of its devices, with a floor so far from now.
    Revoke(Who, Option<usize>, i64),
    Place(u16, Vec<Who>),
    /// By a clock that went back, beside the limit.
    PlaceBefore(u16, Vec<Who>, i64),
    /// So many others that all that were placed before are forgotten.
    PlaceOthers,
    Answered(Which),
    Left(Which),
    LeftAccounts(u16, Vec<Who>),
    Joined(Which, Vec<Who>),
    Publish(Vec<usize>),
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
    Scene(Scene),
}

/// A call that the app speaks of.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    /// One of those that ring or are up, if there is one.
    Live(u8),
    Any(Who, u16),
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
    /// The ring of which `kind` speaks, if it names one.
    pub ring: RingAt,
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
    /// By a clock that is so fast.
    In(u64),
    /// Beside one of the times of the call.
    Mark(Mark, i64),
    /// So long before now that an invitation just rings, or just does not.
    LastRing(i64),
    /// As far ahead as clocks may differ.
    Ahead(i64),
    /// As far ahead as is held.
    DayAhead(i64),
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

/// Of 8.1.
#[derive(Clone, Copy, Debug)]
pub enum Mark {
    Rung,
    Over,
    Elsewhere,
}

/// The ring that an answer or an end names.
#[derive(Clone, Copy, Debug)]
pub enum RingAt {
    /// Beside the newest one.
    Newest(i64),
    /// When an earlier envelope was sent.
    Like(u8),
    Zero,
}

/// Another time.
#[derive(Clone, Copy, Debug)]
pub enum Move {
    By(i64),
    /// The last moment at which an earlier envelope rings.
    LastRing(u8, i64),
    /// When an earlier envelope is no longer ahead.
    Tolerance(u8, i64),
    /// A month after an earlier one was sent.
    Month(u8, i64),
    /// A month after an earlier step.
    MonthAfterStep(u8, i64),
    /// Two minutes after it.
    MinutesAfterStep(u8, i64),
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
    /// Ends of calls that nobody has spoken of: ids that take no place in the journal.
    Ends,
    Invites,
    /// Invitations that are answered, and joined by somebody.
    Answered,
    /// Signals before their invitations.
    Early,
    EarlyEnds,
    Placed,
    /// Calls that are placed to everybody, and joined by everybody.
    Legs,
    /// Calls that are joined by everybody.
    JoinedCrowd,
    /// Messages by a clock that is fast.
    Fast,
    /// Messages of everybody in the crowd.
    Crowd,
    /// Early signals of everybody in the crowd.
    EarlyCrowd,
    /// Fast messages of everybody in the crowd.
    FastCrowd,
    TrustCrowd,
    UntrustCrowd,
    BlockCrowd,
    AcknowledgeSome,
    /// So many messages come, the trust ends, so many are held, and the trust comes back.
    Regain,
}

/// Several steps that belong together.
#[derive(Clone, Copy, Debug)]
pub enum Scene {
    /// A signal is kept, and its call rings or is joined, beside the end of its 2 minutes.
    Kept { by: i64, joins: bool },
    /// A kept signal and events fill the room of an account.
    Room { by: i64 },
    /// A call is pushed out by newer ones, and rings again at a time beside its first ring, or a
    /// sibling speaks of it.
    Forgotten { call: u16, by: i64, then: u8 },
    /// A callId that a sibling has called is placed.
    Sibling { call: u16, then: u8 },
    /// Somebody is in two calls of one callId.
    Several { call: u16, caller: Who },
    /// Two of the own account have one message id, and both are to be held.
    HeldTwice { is_first_ahead: bool },
    /// Cover comes twice, then a message with its id, and cover again.
    Cover { who: Who },
    /// The trust ends, and pruning frees the record, or just not; then the clock goes back.
    Freed { who: Who, by: i64, then: u8 },
    /// Pruning forgets a revocation floor, or just not; then the clock goes back.
    Floor {
        who: Who,
        device: Option<usize>,
        by: i64,
    },
}

/// What a theme wants to happen more often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Calls of others.
    Calls,
    /// Calls of one's own, and what participants say to each other.
    Placed,
    Times,
    Strangers,
    Floods,
    /// As calls, and whoever has nothing to say in a call is asked before and after.
    Ownership,
}

pub fn sequence(theme: Theme, length: usize) -> impl Strategy<Value = Vec<Step>> {
    let step = match theme {
        Theme::Ownership => prop_oneof![step(Theme::Calls), step(Theme::Placed)].boxed(),
        theme => step(theme),
    };
    vec(step, length)
}

fn step(theme: Theme) -> BoxedStrategy<Step> {
    let post = || posts::post(theme).prop_map(Step::Send);
    let again = || any::<u8>().prop_map(Step::Again);
    let untrust = || contact(theme).prop_map(Step::Untrust);
    let block = || {
        let who = contact(theme);
        prop_oneof![2 => who.clone().prop_map(Step::Block), 3 => who.prop_map(Step::Unblock)]
    };
    let discard = || contact(theme).prop_map(Step::Discard);
    let moved = || clock(theme).prop_map(Step::Clock);
    let pending = || clock(theme).prop_map(Step::Pending);
    let trust = || app::trust(contact(theme));
    match theme {
        Theme::Calls | Theme::Ownership => prop_oneof![
            56 => post(),
            8 => again(),
            2 => trust(),
            1 => untrust(),
            1 => block(),
            16 => app::of_calls(theme),
            8 => moved(),
            8 => app::acknowledge(),
            4 => app::saving(),
            3 => pending(),
            1 => Just(Step::Prune),
            2 => app::scene(),
        ]
        .boxed(),
        Theme::Placed => prop_oneof![
            56 => post(),
            6 => again(),
            1 => trust(),
            1 => block(),
            22 => app::of_calls(theme),
            6 => moved(),
            6 => app::acknowledge(),
            4 => app::saving(),
            4 => pending(),
            1 => Just(Step::Prune),
            2 => app::scene(),
        ]
        .boxed(),
        Theme::Times => prop_oneof![
            24 => post(),
            6 => again(),
            2 => trust(),
            1 => untrust(),
            3 => app::revoke(),
            10 => moved(),
            4 => Just(Step::Prune),
            3 => Just(Step::Release),
            1 => app::acknowledge(),
            3 => app::saving(),
            1 => pending(),
            2 => app::of_calls(theme),
            1 => discard(),
            2 => app::publish(),
            1 => app::scene_of_records(),
            1 => app::trust_with(contact(theme)),
            2 => (0..3_usize).prop_map(Step::AddPrekey),
        ]
        .boxed(),
        Theme::Strangers => prop_oneof![
            24 => post(),
            4 => again(),
            6 => trust(),
            4 => untrust(),
            3 => block(),
            2 => discard(),
            2 => app::revoke(),
            2 => app::trust_with(contact(theme)),
            3 => moved(),
            1 => Just(Step::Prune),
            1 => Just(Step::Release),
            1 => app::acknowledge(),
            3 => app::saving(),
            2 => app::scene_of_records(),
            3 => (SID..EVERYBODY, 1..10_u16)
                .prop_map(|(who, many)| Step::Flood(Flood::Messages, who, 0, many)),
        ]
        .boxed(),
        Theme::Floods => prop_oneof![
            14 => app::flood(contact(theme)),
            8 => post(),
            2 => again(),
            1 => trust(),
            1 => untrust(),
            1 => block(),
            2 => app::saving(),
            5 => Just(Step::AcknowledgeAll),
            3 => moved(),
            1 => Just(Step::Prune),
            1 => Just(Step::Release),
            2 => app::of_calls(theme),
        ]
        .boxed(),
    }
}

/// Somebody who is trusted, mostly.
fn contact(theme: Theme) -> BoxedStrategy<Who> {
    match theme {
        Theme::Calls | Theme::Placed | Theme::Ownership => {
            prop_oneof![5 => Just(ANN), 5 => Just(BEN), 2 => Just(CAT), 1 => Just(OWN)].boxed()
        }
        Theme::Times => prop_oneof![6 => Just(ANN), 2 => Just(BEN), 2 => Just(OWN)].boxed(),
        Theme::Strangers => {
            prop_oneof![2 => Just(OWN), 2 => Just(ANN), 4 => Just(SID), 2 => SID..EVERYBODY].boxed()
        }
        Theme::Floods => prop_oneof![8 => Just(ANN), 2 => Just(BEN), 1 => CROWD..EVERYBODY].boxed(),
    }
}

/// At a limit, beside it, or a little further off.
fn beside() -> impl Strategy<Value = i64> + Clone {
    prop_oneof![3 => Just(0), 3 => Just(1), 3 => Just(-1), 1 => Just(-1_000), 1 => Just(1_000)]
}

fn clock(theme: Theme) -> BoxedStrategy<Move> {
    let steps = [1, SECOND, 30 * SECOND, 90 * SECOND, 10 * MINUTE].map(u64::cast_signed);
    let short = (proptest::sample::select(steps.to_vec()), any::<bool>())
        .prop_map(|(by, back)| Move::By(if back { -by } else { by }));
    let long = proptest::sample::select(vec![HOUR, DAY, 29 * DAY, MONTH, 31 * DAY]);
    let long = (long, prop_oneof![2 => Just(1), 1 => Just(-1)])
        .prop_map(|(by, sign)| Move::By(by.cast_signed() * sign));
    let beside_letter = prop_oneof![
        3 => (any::<u8>(), beside()).prop_map(|(letter, by)| Move::LastRing(letter, by)),
        2 => (any::<u8>(), beside()).prop_map(|(letter, by)| Move::Tolerance(letter, by)),
        1 => (any::<u8>(), beside()).prop_map(|(letter, by)| Move::Month(letter, by)),
        2 => (any::<u8>(), beside()).prop_map(|(step, by)| Move::MonthAfterStep(step, by)),
    ];
    let minutes = || (0..12_u8, beside()).prop_map(|(step, by)| Move::MinutesAfterStep(step, by));
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
            1 => minutes(),
            4 => beside_term,
            1 => prekey,
            3 => Just(Move::Start),
        ]
        .boxed(),
        _ => prop_oneof![
            12 => short,
            1 => long,
            2 => beside_letter,
            3 => minutes(),
            2 => Just(Move::Start)
        ]
        .boxed(),
    }
}
