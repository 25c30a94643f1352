//! A naive inbox, from spec/inbox.md alone. Lists of everything, searched from
//! the front; nothing is clever, so that it is plainly the text.

mod calls;
mod held;
mod journal;
mod marks;
mod names;
mod people;
mod publishing;
mod saving;
mod sizes;
mod steps;

use std::rc::Rc;

use hushring::content::EndReason;
use hushring::inbox::Contact;
use hushring::{AccountKey, CallId, CallKitUuid, Content, DeviceKey, MessageId};

use crate::letters::{Body, Letter};
use crate::people::{MINUTE, MONTH, SECOND, TOLERANCE, WORLD, own};
use crate::seen::{Seen, SeenAction};

pub use held::Held;
pub use journal::{elsewhere, rings_for};
pub use people::Statement;

pub const MAX_ACCOUNTS: usize = 4_096;
pub const MAX_PINNED: usize = 262_144;
pub const MAX_IDS: usize = 512;
pub const MAX_IDS_IN_ALL: usize = 32_768;
pub const MAX_CALLS: usize = 64;
pub const MAX_CALLS_IN_ALL: usize = 2_048;
pub const MAX_EARLY_ENDS: usize = 64;
pub const MAX_PLACED: usize = 64;
pub const MAX_LEGS: usize = 256;
pub const MAX_LEGS_IN_ALL: usize = 2_048;
pub const MAX_JOINED: usize = 64;
pub const MAX_JOINED_ACCOUNTS: usize = 256;
pub const MAX_JOINED_ACCOUNTS_IN_ALL: usize = 2_048;
pub const MAX_KEPT: usize = 64;
pub const MAX_KEPT_PER_ACCOUNT: usize = 8;
pub const MAX_KEPT_PER_CALL: usize = 4;
pub const MAX_PENDING: usize = 256;
pub const MAX_PENDING_PER_ACCOUNT: usize = 64;
pub const MAX_DEVICE_FLOORS: usize = 64;
pub const MAX_DEVICE_FLOORS_IN_ALL: usize = 2_048;
pub const MAX_HELD: usize = 64;
pub const MAX_HELD_PER_ACCOUNT: usize = 8;
/// How long a signal is kept (G10).
pub const KEPT_FOR: u64 = 2 * MINUTE;

#[derive(Clone)]
pub struct Model {
    /// Numbers of [`crate::people::World::prekeys`].
    pub prekeys: Vec<usize>,
    records: Vec<Record>,
    /// The highest replay floor of the records that were freed (N34).
    freed: Option<u64>,
    early_ends: Vec<EarlyEnd>,
    placed: Vec<Placed>,
    joined: Vec<Joined>,
    kept: Vec<Kept>,
    journal: Vec<Entry>,
    pub held: Vec<Held>,
    /// The `issued_at` of the last publication.
    last_published: Option<u64>,
    /// Of the state that was saved last (N35), and what was in it.
    revision: u64,
    last_saved: Rc<Vec<u8>>,
    /// What was met beside the lines, such as a bound at its last moment: to be counted.
    pub met: Vec<&'static str>,
}

/// What the inbox knows of one account.
#[derive(Clone)]
struct Record {
    account: AccountKey,
    /// What is pinned, cleaned, if the account is trusted.
    trusted: Option<Contact>,
    blocked: bool,
    ids: Vec<(u64, MessageId)>,
    replay_floor: Option<u64>,
    revocation_floor: u64,
    device_floors: Vec<(DeviceKey, u64)>,
    calls: Vec<Call>,
}

/// A call of the account whose record it is in.
#[derive(Clone)]
struct Call {
    id: CallId,
    rung: u64,
    over: u64,
    elsewhere: Option<(u64, EndReason)>,
    phase: Option<Phase>,
    /// The last moment of the newest ring that rang.
    rings_until: u64,
    recorded_at: u64,
}

#[derive(Clone, Copy, PartialEq)]
enum Phase {
    Ringing,
    Missed,
    Answered,
}

#[derive(Clone)]
struct EarlyEnd {
    /// Not checked to be a key (M5).
    caller: [u8; 32],
    id: CallId,
    elsewhere: (u64, EndReason),
    recorded_at: u64,
}

#[derive(Clone)]
struct Placed {
    id: CallId,
    legs: Vec<Leg>,
    placed_at: u64,
}

#[derive(Clone)]
struct Leg {
    account: AccountKey,
    since: u64,
    state: LegState,
    by: Option<DeviceKey>,
    told: bool,
    declined: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum LegState {
    Open,
    Taken,
    Closed,
}

#[derive(Clone)]
struct Joined {
    caller: AccountKey,
    id: CallId,
    accounts: Vec<AccountKey>,
    joined_at: u64,
}

#[derive(Clone)]
struct Kept {
    letter: Rc<Letter>,
    id: CallId,
    kept_at: u64,
}

#[derive(Clone)]
struct Entry {
    letter: Rc<Letter>,
    said: Was,
}

/// What an entry of the journal was when it was accepted, with what matters of what came since.
#[derive(Clone)]
enum Was {
    Ring {
        since: Since,
        /// Its last moment depends on it (8.3).
        accepted_at: u64,
    },
    Missed(&'static str, Since),
    End {
        call_uuid: CallKitUuid,
        ended_reason: u8,
        remaining: Option<u16>,
    },
    Signal(CallKitUuid),
    Second {
        taken: DeviceKey,
        /// When its leg began.
        since: u64,
    },
    Notify,
}

/// What came of an invitation's call after it (N28).
#[derive(Clone, Copy, Default)]
struct Since {
    /// A later-dated one was accepted.
    newer_ring: bool,
    /// The app has answered this ring.
    answered: bool,
    /// The app has left its call while that was ringing.
    left: bool,
    elsewhere: Option<EndReason>,
}

/// What came of an envelope.
#[derive(Debug)]
pub struct Outcome {
    /// What decided: a step, or a line of the tables.
    pub line: &'static str,
    /// The check at which it stopped.
    pub stopped: Option<&'static str>,
    pub result: Result<Seen, Refused>,
    /// How many kept signals follow it in the journal.
    pub follow: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    pub code: &'static str,
    /// Of `untrusted`.
    pub account: Option<AccountKey>,
    /// Of `bad_content`.
    pub member: Option<&'static str>,
    /// Of `clock` and `too_old`: how far the clocks are apart.
    pub apart: Option<u64>,
}

/// What a line of the tables says.
struct Decided {
    line: &'static str,
    said: Result<Was, &'static str>,
    /// Kept signals that follow.
    follow: Vec<Entry>,
}

impl Model {
    pub fn new() -> Model {
        Model {
            prekeys: Vec::new(),
            records: vec![Record::new(own(), None)],
            freed: None,
            early_ends: Vec::new(),
            placed: Vec::new(),
            joined: Vec::new(),
            kept: Vec::new(),
            journal: Vec::new(),
            held: Vec::new(),
            last_published: None,
            revision: 0,
            last_saved: Rc::default(),
            met: Vec::new(),
        }
    }

    /// An envelope comes (spec/inbox.md, "Order of the checks").
    pub fn receive(&mut self, letter: &Rc<Letter>, now: u64) -> Outcome {
        // E17 to E25: a letter says of itself what they find, but for the prekey.
        let early = |check| ["length", "version", "suite"].contains(&check);
        match letter.fault {
            Some((check, code)) if early(check) => return stop(check, refused(code)),
            _ if !self.prekeys.contains(&letter.prekey) => {
                return stop("prekey", refused("unknown_prekey"));
            }
            Some((check, code)) => return stop(check, refused(code)),
            None => {}
        }
        let outcome = self.receive_proven(letter, now, false);
        // N11, N13.
        let is_untrusted = outcome.line == "E26" || outcome.line == "N10";
        if is_untrusted && !self.is_blocked(&letter.account) && !self.would_stop(letter, now) {
            self.hold(letter, false);
        }
        self.hold_for_clock(letter, &outcome, now);
        outcome
    }

    /// From E26 on.
    fn receive_proven(
        &mut self,
        letter: &Rc<Letter>,
        now: u64,
        was_held_for_clock: bool,
    ) -> Outcome {
        let sender = letter.account;
        let sent_at = letter.sent_at;
        let trusted = self.is_trusted(&sender);
        let untrusted = Refused {
            account: Some(sender),
            ..refused("untrusted")
        };
        if !trusted && sender != own() {
            return stop("trust", untrusted).by("E26");
        }
        let record = self.record(&sender).unwrap();

        let is_pending =
            |entry: &Entry| entry.letter.account == sender && entry.letter.id == letter.id;
        let is_among_ids = record.ids.iter().any(|(_, id)| *id == letter.id);
        let is_pending = self.journal.iter().any(is_pending);
        let is_kept = |kept: &Kept| kept.letter.account == sender && kept.letter.id == letter.id;
        if is_among_ids || is_pending || self.kept.iter().any(is_kept) {
            let event = self.event(letter, SeenAction::Drop("duplicate"));
            let line = match (is_among_ids, is_pending) {
                (true, _) => "N15",
                (false, true) => "N15 pending",
                (false, false) => "N15 kept",
            };
            return Outcome {
                line,
                stopped: Some("replay"),
                result: Ok(event),
                follow: 0,
            };
        }
        if let Some(stopped) = stops(record, letter, now) {
            return stopped;
        }

        if sender != own() && self.pending_of_others(now) >= MAX_PENDING {
            let by = if self.journal_of_others() < MAX_PENDING {
                "E30 in all, with what is kept"
            } else {
                "E30 in all"
            };
            return stop("room", refused("inbox_full")).by(by);
        }
        if self.pending_of(&sender, now) >= MAX_PENDING_PER_ACCOUNT {
            let by = if self.journal_of(&sender) < MAX_PENDING_PER_ACCOUNT {
                "E30 of one, with what is kept"
            } else {
                "E30 of one"
            };
            return stop("room", refused("inbox_full")).by(by);
        }

        let content = match &letter.body {
            Body::Broken(check, code) => return stop(check, refused(code)),
            Body::BadMember(member) => {
                let bad_content = Refused {
                    member: Some(*member),
                    ..refused("bad_content")
                };
                return stop("members", bad_content);
            }
            Body::Sound(content) => content,
        };

        let decided = if letter.device == *WORLD.phone.public_key() {
            decided("N14", Err("own"))
        } else {
            // N10.
            let may_say = match content {
                Content::End(end) => elsewhere(end.reason),
                Content::Cover(_) => true,
                _ => false,
            };
            if !trusted && !may_say {
                // Found last, and yet a matter of trust: an explanation says so.
                return stop("trust", untrusted).by("N10");
            }
            match content {
                Content::Message(_) => decided("message", Ok(Was::Notify)),
                Content::Unknown(unknown) if unknown.call_id.is_none() => {
                    decided("unknown type", Ok(Was::Notify))
                }
                Content::Cover(_) => decided("cover", Err("cover")),
                Content::Invite(invite) => {
                    match self.invited(letter, invite, now, was_held_for_clock) {
                        Some(decided) => decided,
                        None => return stop("call", refused("call_id_taken")).by("A0"),
                    }
                }
                _ if !letter.term.holds_at(now) => decided("8.3", Err("certificate")),
                Content::End(end) => self.ended(letter, end, now),
                Content::Answer(answer) => self.answer_came(letter, answer),
                other => self.signalled(letter, other.call_id().unwrap(), now),
            }
        };

        if decided.line != "cover" {
            self.keep_id(&sender, letter.id, sent_at);
        }
        let result = match decided.said {
            Ok(said) => {
                let entry = Entry {
                    letter: letter.clone(),
                    said,
                };
                let event = self.show(&entry, now);
                self.journal.push(entry);
                event
            }
            Err(reason) => self.event(letter, SeenAction::Drop(reason)),
        };
        let follow = decided.follow.len();
        self.journal.extend(decided.follow);
        self.let_lapse();
        Outcome {
            line: decided.line,
            stopped: None,
            result: Ok(result),
            follow,
        }
    }

    // What it looks up.

    fn record(&self, account: &AccountKey) -> Option<&Record> {
        self.records
            .iter()
            .find(|record| record.account == *account)
    }

    fn record_mut(&mut self, account: &AccountKey) -> Option<&mut Record> {
        self.records
            .iter_mut()
            .find(|record| record.account == *account)
    }

    fn is_trusted(&self, account: &AccountKey) -> bool {
        self.record(account)
            .is_some_and(|record| record.trusted.is_some())
    }

    pub fn is_blocked(&self, account: &AccountKey) -> bool {
        self.record(account).is_some_and(|record| record.blocked)
    }

    fn pinned(&self, account: &AccountKey) -> Contact {
        let record = self.record(account);
        record
            .and_then(|record| record.trusted.clone())
            .unwrap_or_default()
    }

    /// N17.
    fn keep_id(&mut self, account: &AccountKey, id: MessageId, sent_at: u64) {
        let record = self.record_mut(account).unwrap();
        record.ids.push((sent_at, id));
        if record.ids.len() > MAX_IDS {
            record.lose_oldest_id();
            self.met.push("513th id");
        }
        let in_all: usize = self.records.iter().map(|record| record.ids.len()).sum();
        if in_all > MAX_IDS_IN_ALL {
            let most = self.records.iter().map(|record| record.ids.len()).max();
            let have_most = self.records.iter_mut();
            let have_most = have_most.filter(|record| Some(record.ids.len()) == most);
            let loser = have_most.min_by_key(|record| *record.account.as_bytes());
            let loser = loser.unwrap();
            loser.lose_oldest_id();
            let is_own = loser.account == *account;
            self.met.push(match is_own {
                true => "32769th id, of the sender",
                false => "32769th id",
            });
        }
    }

    /// Events of an account, and its signals that are kept (spec/inbox.md, "State and bounds").
    fn pending_of(&self, account: &AccountKey, now: u64) -> usize {
        self.places_taken(now, |letter| letter.account == *account)
    }

    /// What is not of the own account: that has room of its own.
    fn pending_of_others(&self, now: u64) -> usize {
        self.places_taken(now, |letter| letter.account != own())
    }

    fn places_taken(&self, now: u64, meant: impl Fn(&Letter) -> bool) -> usize {
        let events = self.journal.iter().filter(|entry| meant(&entry.letter));
        let kept = self.kept.iter().filter(|kept| meant(&kept.letter));
        events.count() + kept.filter(|kept| kept.is_still_kept(now)).count()
    }
}

impl Record {
    /// N34: with the replay floor of those that were freed.
    fn new(account: AccountKey, replay_floor: Option<u64>) -> Record {
        Record {
            account,
            trusted: None,
            blocked: false,
            ids: Vec::new(),
            replay_floor,
            revocation_floor: 0,
            device_floors: Vec::new(),
            calls: Vec::new(),
        }
    }

    /// Of several, the one with the smallest id.
    fn lose_oldest_id(&mut self) {
        self.ids.sort();
        let (sent_at, _) = self.ids.remove(0);
        self.raise_floor(sent_at);
    }

    fn raise_floor(&mut self, sent_at: u64) {
        self.replay_floor = self.replay_floor.max(Some(sent_at));
    }

    /// T5: the highest floor known of the account, or of the device key.
    fn floor_of(&self, device: &DeviceKey) -> u64 {
        let of_device = self.device_floors.iter().find(|(key, _)| key == device);
        self.revocation_floor
            .max(of_device.map_or(0, |(_, floor)| *floor))
    }
}

impl Outcome {
    fn by(self, line: &'static str) -> Outcome {
        Outcome { line, ..self }
    }
}

/// N16, E28 and E29.
fn stops(record: &Record, letter: &Letter, now: u64) -> Option<Outcome> {
    let sent_at = letter.sent_at;
    if record.replay_floor.is_some_and(|floor| sent_at <= floor) {
        return Some(stop("replay", refused("replayed")));
    }

    if sent_at > now.saturating_add(TOLERANCE) {
        let apart = Some(sent_at - now);
        let clock = Refused {
            apart,
            ..refused("clock")
        };
        return Some(stop("sentAt", clock));
    }
    if sent_at < now.saturating_sub(MONTH) {
        let apart = Some(now - sent_at);
        let too_old = Refused {
            apart,
            ..refused("too_old")
        };
        return Some(stop("sentAt", too_old));
    }

    let (begins, ends) = letter.term.millis();
    if begins / SECOND < record.floor_of(&letter.device) {
        let line = if begins / SECOND < record.revocation_floor {
            "revoked"
        } else {
            "revoked device"
        };
        return Some(stop("revocation", refused("revoked")).by(line));
    }
    if sent_at < begins.saturating_sub(TOLERANCE) {
        let refused = refused("certificate_not_yet_valid");
        return Some(stop("certificateTimes", refused));
    }
    if sent_at >= ends {
        return Some(stop("certificateTimes", refused("certificate_expired")));
    }
    None
}

fn refused(code: &'static str) -> Refused {
    Refused {
        code,
        account: None,
        member: None,
        apart: None,
    }
}

fn stop(check: &'static str, refused: Refused) -> Outcome {
    Outcome {
        line: refused.code,
        stopped: Some(check),
        result: Err(refused),
        follow: 0,
    }
}

fn decided(line: &'static str, said: Result<Was, &'static str>) -> Decided {
    Decided {
        line,
        said,
        follow: Vec::new(),
    }
}
