//! A naive inbox, from spec/inbox.md alone. Lists of everything, searched from
//! the front; nothing is clever, so that it is plainly the text.

mod calls;
mod held;
mod journal;
mod sizes;

use std::rc::Rc;

use hushring::content::{EndReason, Invite};
use hushring::inbox::Contact;
use hushring::{AccountKey, CallId, CallKitUuid, Content, MessageId};

use crate::letters::{Body, Letter};
use crate::people::{DAY, MONTH, SECOND, TOLERANCE, WORLD, own};
use crate::seen::{Seen, SeenAction};

pub const MAX_ACCOUNTS: usize = 16_384;
pub const MAX_IDS: usize = 512;
pub const MAX_CALLS: usize = 64;
pub const MAX_ELSEWHERE: usize = 64;
pub const MAX_PLACED: usize = 64;
pub const MAX_PARTIES: usize = 256;
pub const MAX_PENDING: usize = 1_024;
pub const MAX_PENDING_PER_ACCOUNT: usize = 128;
pub const MAX_HELD: usize = 64;
pub const MAX_HELD_PER_ACCOUNT: usize = 8;

#[derive(Clone)]
pub struct Model {
    /// Numbers of [`crate::people::World::prekeys`].
    pub prekeys: Vec<usize>,
    records: Vec<Record>,
    /// Calls of others that the own account ended before they were known.
    elsewhere: Vec<Elsewhere>,
    placed: Vec<Placed>,
    journal: Vec<Entry>,
    pub held: Vec<Rc<Letter>>,
}

/// What the inbox knows of one account.
#[derive(Clone)]
struct Record {
    account: AccountKey,
    /// What is pinned, if the account is trusted.
    trusted: Option<Contact>,
    ids: Vec<(u64, MessageId)>,
    replay_floor: Option<u64>,
    revocation_floor: u64,
    calls: Vec<Call>,
}

#[derive(Clone)]
struct Call {
    id: CallId,
    state: State,
    recorded_at: u64,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Ringing,
    Missed,
    Ended(EndReason),
    Tombstone(EndReason),
}

#[derive(Clone)]
struct Elsewhere {
    caller: [u8; 32],
    id: CallId,
    reason: EndReason,
    recorded_at: u64,
}

#[derive(Clone)]
struct Placed {
    id: CallId,
    accounts: Vec<AccountKey>,
    ended_by: Vec<AccountKey>,
    placed_at: u64,
}

#[derive(Clone)]
struct Entry {
    letter: Rc<Letter>,
    said: Was,
}

/// What an entry of the journal was when it was accepted; of an invitation also how its call has
/// ended since.
#[derive(Clone)]
enum Was {
    Ring(Option<EndReason>),
    Missed(&'static str, Option<EndReason>),
    End(CallKitUuid),
    Signal(CallKitUuid),
    Notify,
}

/// What came of an envelope.
#[derive(Debug)]
pub struct Outcome {
    /// What decided: a step, or a line of the tables.
    pub line: &'static str,
    /// The check at which it stopped.
    pub stopped: Option<&'static str>,
    pub result: Result<Seen, Refused>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    pub code: &'static str,
    /// Of `untrusted`.
    pub account: Option<AccountKey>,
    /// Of `clock` and `too_old`: how far the clocks are apart.
    pub apart: Option<u64>,
}

/// What a line of the tables says.
struct Decided {
    line: &'static str,
    said: Result<Was, &'static str>,
}

impl Model {
    pub fn new() -> Model {
        Model {
            prekeys: Vec::new(),
            records: vec![Record::new(own())],
            elsewhere: Vec::new(),
            placed: Vec::new(),
            journal: Vec::new(),
            held: Vec::new(),
        }
    }

    // 14.1: what the app does.

    pub fn add_prekey(&mut self, prekey: usize) {
        if !self.prekeys.contains(&prekey) {
            self.prekeys.push(prekey);
        }
    }

    /// N1, N12.
    pub fn trust(
        &mut self,
        account: AccountKey,
        contact: &Contact,
        now: u64,
    ) -> Result<Vec<Outcome>, &'static str> {
        let longest = |text: &Option<&str>| text.is_some_and(|text| text.len() > 128);
        let zero = |text: &Option<&str>| text.is_some_and(|text| text.contains('\0'));
        let handle = contact.handle.as_ref().map(|handle| handle.value.as_str());
        let pinned = [handle, contact.display_name.as_deref()];
        if pinned.iter().any(longest) || pinned.iter().any(zero) {
            return Err("bad_content");
        }
        let known = self.record(&account).is_some();
        if !known && self.records.len() == MAX_ACCOUNTS {
            return Err("inbox_full");
        }
        let held: Vec<Rc<Letter>> = self.held_of(&account);
        let room = MAX_PENDING_PER_ACCOUNT - self.pending_of(&account);
        let room_in_all = MAX_PENDING - self.pending_of_others();
        if held.len() > room || account != own() && held.len() > room_in_all {
            return Err("inbox_full");
        }
        if !known {
            self.records.push(Record::new(account));
        }
        self.record_mut(&account).unwrap().trusted = Some(contact.clone());
        self.held.retain(|letter| letter.account != account);
        Ok(held
            .iter()
            .map(|letter| self.receive_proven(letter, now))
            .collect())
    }

    /// N2.
    pub fn untrust(&mut self, account: &AccountKey) {
        let Some(record) = self.record_mut(account) else {
            return;
        };
        if record.trusted.is_none() {
            return;
        }
        for (sent_at, _) in std::mem::take(&mut record.ids) {
            record.raise_floor(sent_at);
        }
        record.calls.clear();
        record.trusted = None;
    }

    /// N3.
    pub fn revoke(&mut self, account: &AccountKey, floor: u64) -> Result<(), &'static str> {
        if self.record(account).is_none() {
            if self.records.len() == MAX_ACCOUNTS {
                return Err("inbox_full");
            }
            self.records.push(Record::new(*account));
        }
        let record = self.record_mut(account).unwrap();
        record.revocation_floor = record.revocation_floor.max(floor);
        Ok(())
    }

    /// N4.
    pub fn place_call(
        &mut self,
        id: CallId,
        accounts: &[AccountKey],
        now: u64,
    ) -> Result<(), &'static str> {
        let mut parties: Vec<AccountKey> = Vec::new();
        for account in accounts {
            if !parties.contains(account) {
                parties.push(*account);
            }
        }
        if parties.len() > MAX_PARTIES {
            return Err("inbox_full");
        }
        if let Some(placed) = self.placed.iter_mut().find(|placed| placed.id == id) {
            placed.ended_by.retain(|account| parties.contains(account));
            placed.accounts = parties;
            return Ok(());
        }
        if self.placed.len() == MAX_PLACED {
            self.placed.remove(0);
        }
        self.placed.push(Placed {
            id,
            accounts: parties,
            ended_by: Vec::new(),
            placed_at: now,
        });
        Ok(())
    }

    /// N5. Which prekeys were deleted.
    pub fn prune(&mut self, now: u64) -> Vec<usize> {
        let ends = |prekey: &usize| WORLD.prekeys[*prekey].expires_at + MONTH;
        let (gone, kept) = self.prekeys.iter().partition(|prekey| ends(prekey) <= now);
        self.prekeys = kept;
        let old = |time: u64| now.saturating_sub(time) > MONTH;
        for record in &mut self.records {
            for (sent_at, _) in record.ids.clone() {
                if old(sent_at) {
                    record.raise_floor(sent_at);
                }
            }
            record.ids.retain(|(sent_at, _)| !old(*sent_at));
            record.calls.retain(|call| !old(call.recorded_at));
        }
        self.elsewhere.retain(|ended| !old(ended.recorded_at));
        self.placed.retain(|placed| !old(placed.placed_at));
        self.held.retain(|letter| !old(letter.sent_at));
        gone
    }

    // 14.2 and 14.3: an envelope comes.

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
        let outcome = self.receive_proven(letter, now);
        // N11.
        let untrusted = outcome.line == "E26" || outcome.line == "N10";
        if untrusted && !self.would_stop(letter, now) {
            self.hold(letter);
        }
        outcome
    }

    /// From E26 on.
    fn receive_proven(&mut self, letter: &Rc<Letter>, now: u64) -> Outcome {
        let sender = letter.account;
        let sent_at = letter.sent_at;
        let trusted = self
            .record(&sender)
            .is_some_and(|record| record.trusted.is_some());
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
        let among_ids = record.ids.iter().any(|(_, id)| *id == letter.id);
        if among_ids || self.journal.iter().any(is_pending) {
            let event = self.event(letter, SeenAction::Drop("duplicate"));
            return Outcome {
                line: if among_ids { "N15" } else { "N15 pending" },
                stopped: Some("replay"),
                result: Ok(event),
            };
        }
        if let Some(stopped) = stops(record, letter, now) {
            return stopped;
        }

        if sender != own() && self.pending_of_others() >= MAX_PENDING {
            return stop("room", refused("inbox_full")).by("E30 in all");
        }
        if self.pending_of(&sender) >= MAX_PENDING_PER_ACCOUNT {
            return stop("room", refused("inbox_full")).by("E30 of one");
        }

        let content = match &letter.body {
            Body::Broken(check, code) => return stop(check, refused(code)),
            Body::Sound(content) => content,
        };

        // N10.
        let may_say = matches!(content, Content::End(end) if elsewhere(end.reason));
        if !trusted && !may_say {
            // Found last, and yet a matter of trust: an explanation says so.
            return stop("trust", untrusted).by("N10");
        }

        let decided = match content {
            Content::Message(_) => decided("message", Ok(Was::Notify)),
            Content::Unknown(unknown) if unknown.call_id.is_none() => {
                decided("unknown type", Ok(Was::Notify))
            }
            Content::Cover(_) => decided("cover", Err("cover")),
            Content::Invite(invite) => match self.invited(letter, invite, now) {
                Some(decided) => decided,
                None => return stop("call", refused("call_id_taken")).by("A1"),
            },
            _ if !letter.term.holds_at(now) => decided("N14", Err("certificate")),
            Content::End(end) => self.ended(sender, end, now),
            other => self.signalled(sender, other.call_id().unwrap()),
        };

        // N17.
        self.record_mut(&sender)
            .unwrap()
            .keep_id(letter.id, sent_at);
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
        Outcome {
            line: decided.line,
            stopped: None,
            result: Ok(result),
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

    fn record_of(&self, account: &[u8; 32]) -> Option<&Record> {
        self.records
            .iter()
            .find(|record| record.account.as_bytes() == account)
    }

    fn pinned(&self, account: &AccountKey) -> Contact {
        let record = self.record(account);
        record
            .and_then(|record| record.trusted.clone())
            .unwrap_or_default()
    }

    fn pending_of(&self, account: &AccountKey) -> usize {
        let of_account = |entry: &&Entry| entry.letter.account == *account;
        self.journal.iter().filter(of_account).count()
    }

    /// Events that are not of the own account: those have room of their own.
    fn pending_of_others(&self) -> usize {
        self.journal.len() - self.pending_of(&own())
    }

    fn held_of(&self, account: &AccountKey) -> Vec<Rc<Letter>> {
        let of_account = |letter: &&Rc<Letter>| letter.account == *account;
        self.held.iter().filter(of_account).cloned().collect()
    }
}

impl Record {
    fn new(account: AccountKey) -> Record {
        Record {
            account,
            trusted: None,
            ids: Vec::new(),
            replay_floor: None,
            revocation_floor: 0,
            calls: Vec::new(),
        }
    }

    /// N17.
    fn keep_id(&mut self, id: MessageId, sent_at: u64) {
        self.ids.push((sent_at, id));
        if self.ids.len() > MAX_IDS {
            self.ids.sort();
            let (sent_at, _) = self.ids.remove(0);
            self.raise_floor(sent_at);
        }
    }

    fn raise_floor(&mut self, sent_at: u64) {
        self.replay_floor = self.replay_floor.max(Some(sent_at));
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
    if sent_at < now.saturating_sub(30 * DAY) {
        let apart = Some(now - sent_at);
        let too_old = Refused {
            apart,
            ..refused("too_old")
        };
        return Some(stop("sentAt", too_old));
    }

    let (begins, ends) = letter.term.millis();
    if begins / SECOND < record.revocation_floor {
        return Some(stop("revocation", refused("revoked")));
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
        apart: None,
    }
}

fn stop(check: &'static str, refused: Refused) -> Outcome {
    Outcome {
        line: refused.code,
        stopped: Some(check),
        result: Err(refused),
    }
}

fn decided(line: &'static str, said: Result<Was, &'static str>) -> Decided {
    Decided { line, said }
}

pub fn elsewhere(reason: EndReason) -> bool {
    matches!(
        reason,
        EndReason::AnsweredElsewhere | EndReason::DeclinedElsewhere
    )
}

/// The last moment at which an invitation rings.
pub fn rings_until(letter: &Letter, invite: &Invite) -> u64 {
    let lifetime = u64::from(invite.lifetime.unwrap_or(60));
    letter.sent_at.saturating_add((lifetime + 30) * SECOND)
}
