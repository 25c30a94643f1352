//! A naive inbox, from section 14 of the specification alone. Lists of everything, searched from
//! the front; nothing is clever, so that it is plainly the text.

use std::rc::Rc;

use hushring::{AccountKey, CallId, Contact, Content, End, EndReason, Invite, MessageId};

use crate::letters::{Body, Letter};
use crate::people::{DAY, MONTH, SECOND, TOLERANCE, WORLD, own};
use crate::seen::{Said, Seen, SeenAction, SeenCallKit, SeenContact, seen_contact, seen_handle};

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
    End(CallId),
    Signal(CallId),
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

    /// N1, N22.
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
    pub fn placed(
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
        // E31 to E39: a letter says of itself what they find, but for the prekey.
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
        // N20.
        let untrusted = outcome.line == "E40" || outcome.line == "N21";
        if untrusted && !self.would_stop(letter, now) {
            self.hold(letter);
        }
        outcome
    }

    /// From E40 on.
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
            return stop("trust", untrusted).by("E40");
        }
        let record = self.record(&sender).unwrap();

        let is_pending =
            |entry: &Entry| entry.letter.account == sender && entry.letter.id == letter.id;
        let among_ids = record.ids.iter().any(|(_, id)| *id == letter.id);
        if among_ids || self.journal.iter().any(is_pending) {
            let event = self.event(letter, SeenAction::Drop("duplicate"));
            return Outcome {
                line: if among_ids { "N10" } else { "N10 pending" },
                stopped: Some("replay"),
                result: Ok(event),
            };
        }
        if let Some(stopped) = stops(record, letter, now) {
            return stopped;
        }

        if sender != own() && self.pending_of_others() >= MAX_PENDING {
            return stop("room", refused("inbox_full")).by("E47 in all");
        }
        if self.pending_of(&sender) >= MAX_PENDING_PER_ACCOUNT {
            return stop("room", refused("inbox_full")).by("E47 of one");
        }

        let content = match &letter.body {
            Body::Broken(check, code) => return stop(check, refused(code)),
            Body::Sound(content) => content,
        };

        // N21.
        let may_say = matches!(content, Content::End(end) if elsewhere(end.reason));
        if !trusted && !may_say {
            // Found last, and yet a matter of trust: an explanation says so.
            return stop("trust", untrusted).by("N21");
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
            _ if !letter.term.holds_at(now) => decided("N31", Err("certificate")),
            Content::End(end) => self.ended(sender, end, now),
            other => self.signalled(sender, other.call_id().unwrap()),
        };

        // N12.
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

    // 14.5: calls.

    /// Table A. Nothing: the callId is taken.
    fn invited(&mut self, letter: &Letter, invite: &Invite, now: u64) -> Option<Decided> {
        let (sender, id) = (letter.account, invite.call_id);
        if self.placed.iter().any(|placed| placed.id == id) {
            return None;
        }
        if let Some(ended) = self.ended_elsewhere(sender.as_bytes(), id) {
            return Some(decided("A2", Err(ended.as_str())));
        }
        match self.state(sender.as_bytes(), id) {
            Some(State::Tombstone(reason)) if elsewhere(reason) => {
                return Some(decided("A3", Err(reason.as_str())));
            }
            Some(State::Tombstone(reason)) => {
                self.set_state(sender.as_bytes(), id, State::Ended(reason), now);
                return Some(decided("A4", Ok(Was::Missed("ended", None))));
            }
            Some(_) => return Some(decided("A5", Err("repeated"))),
            None => {}
        }
        if now > rings_until(letter, invite) {
            self.set_state(sender.as_bytes(), id, State::Missed, now);
            return Some(decided("A6", Ok(Was::Missed("expired", None))));
        }
        if !letter.term.holds_at(now) {
            self.set_state(sender.as_bytes(), id, State::Missed, now);
            let (_, ends) = letter.term.millis();
            let line = if now >= ends {
                "A7 ended"
            } else {
                "A7 not yet"
            };
            return Some(decided(line, Ok(Was::Missed("certificate", None))));
        }
        self.set_state(sender.as_bytes(), id, State::Ringing, now);
        Some(decided("A8", Ok(Was::Ring(None))))
    }

    /// Table Z.
    fn ended(&mut self, sender: AccountKey, end: &End, now: u64) -> Decided {
        let (id, reason) = (end.call_id, end.reason);
        if elsewhere(reason) && sender != own() {
            return decided("Z1", Err("unknown"));
        }
        let of_mine = end.caller.is_none_or(|caller| caller == *own().as_bytes());
        if let Some(placed) = self.placed.iter_mut().find(|placed| placed.id == id)
            && of_mine
        {
            if !placed.accounts.contains(&sender) {
                return decided("Z4", Err("unknown"));
            }
            if placed.ended_by.contains(&sender) {
                return decided("Z3", Err("over"));
            }
            placed.ended_by.push(sender);
            return decided("Z2", Ok(Was::End(id.callkit_uuid(&own()))));
        }

        let caller = end.caller.unwrap_or(*sender.as_bytes());
        let by_caller = caller == *sender.as_bytes();
        if !by_caller && !elsewhere(reason) {
            return decided("Z5", Err("unknown"));
        }
        let state = self.state(&caller, id);
        let ended_before = self.ended_elsewhere(&caller, id).is_some();
        match state {
            Some(State::Ringing | State::Missed) => {
                self.set_state(&caller, id, State::Ended(reason), now);
                self.call_ended(&caller, id, reason);
                let caller = AccountKey::from_bytes(&caller).unwrap();
                let line = if by_caller { "Z6 caller" } else { "Z6 own" };
                decided(line, Ok(Was::End(id.callkit_uuid(&caller))))
            }
            None if !by_caller && !ended_before => {
                if self.elsewhere.len() == MAX_ELSEWHERE {
                    self.elsewhere.remove(0);
                }
                self.elsewhere.push(Elsewhere {
                    caller,
                    id,
                    reason,
                    recorded_at: now,
                });
                self.call_ended(&caller, id, reason);
                decided("Z7", Err("unknown"))
            }
            Some(State::Tombstone(_)) if !by_caller => {
                self.set_state(&caller, id, State::Tombstone(reason), now);
                self.call_ended(&caller, id, reason);
                decided("Z8", Err("unknown"))
            }
            Some(State::Ended(_)) if !by_caller => {
                self.set_state(&caller, id, State::Ended(reason), now);
                self.call_ended(&caller, id, reason);
                decided("Z9", Err("over"))
            }
            None if !by_caller => {
                for ended in &mut self.elsewhere {
                    if ended.caller == caller && ended.id == id {
                        ended.reason = reason;
                    }
                }
                self.call_ended(&caller, id, reason);
                decided("Z10", Err("over"))
            }
            Some(_) => decided("Z11 recorded", Err("over")),
            None if ended_before => decided("Z11 elsewhere", Err("over")),
            None => {
                self.set_state(&caller, id, State::Tombstone(reason), now);
                self.call_ended(&caller, id, reason);
                decided("Z12", Err("unknown"))
            }
        }
    }

    /// Table G.
    fn signalled(&self, sender: AccountKey, id: CallId) -> Decided {
        if let Some(placed) = self.placed.iter().find(|placed| placed.id == id) {
            if !placed.accounts.contains(&sender) {
                return decided("G3", Err("unknown"));
            }
            if placed.ended_by.contains(&sender) {
                return decided("G2", Err("over"));
            }
            return decided("G1", Ok(Was::Signal(id.callkit_uuid(&own()))));
        }
        match self.state(sender.as_bytes(), id) {
            Some(State::Ringing) => decided("G4", Ok(Was::Signal(id.callkit_uuid(&sender)))),
            Some(_) => decided("G5 recorded", Err("over")),
            None if self.ended_elsewhere(sender.as_bytes(), id).is_some() => {
                decided("G5 elsewhere", Err("over"))
            }
            None => decided("G6", Err("unknown")),
        }
    }

    // 14.7: the journal.

    pub fn pending(&self, now: u64) -> Vec<Seen> {
        self.journal
            .iter()
            .map(|entry| self.show(entry, now))
            .collect()
    }

    /// N23.
    pub fn acknowledge(&mut self, account: &AccountKey, id: MessageId) -> bool {
        let meant = |entry: &Entry| entry.letter.account == *account && entry.letter.id == id;
        let place = self.journal.iter().position(meant);
        place.map(|place| self.journal.remove(place)).is_some()
    }

    /// What an entry has become (N25).
    fn show(&self, entry: &Entry, now: u64) -> Seen {
        let letter = &entry.letter;
        let Body::Sound(content) = &letter.body else {
            panic!("nothing broken is accepted");
        };
        let encoded = Said::new(content);
        let action = match (&entry.said, content) {
            (Was::Ring(Some(reason)) | Was::Missed(_, Some(reason)), Content::Invite(_))
                if elsewhere(*reason) =>
            {
                SeenAction::Drop(reason.as_str())
            }
            (Was::Missed(reason, _), Content::Invite(invite)) => {
                self.missed(letter, invite, reason, now)
            }
            (Was::Ring(Some(_)), Content::Invite(invite)) => {
                self.missed(letter, invite, "ended", now)
            }
            (Was::Ring(None), Content::Invite(invite)) if now > rings_until(letter, invite) => {
                self.missed(letter, invite, "expired", now)
            }
            (Was::Ring(None), Content::Invite(invite)) => self.ring(letter, invite),
            (Was::End(call_uuid), Content::End(end)) => SeenAction::End {
                call_uuid: *call_uuid,
                ended_reason: match end.reason {
                    EndReason::Failed => 1,
                    EndReason::RemoteEnded
                    | EndReason::Declined
                    | EndReason::Busy
                    | EndReason::Cancelled => 2,
                    EndReason::Unanswered => 3,
                    EndReason::AnsweredElsewhere => 4,
                    EndReason::DeclinedElsewhere => 5,
                },
                content: encoded,
            },
            (Was::Signal(call_uuid), _) => SeenAction::Signal {
                call_uuid: *call_uuid,
                content: encoded,
            },
            (Was::Notify, _) => SeenAction::Notify(encoded),
            _ => panic!("said one thing, and is another"),
        };
        self.event(letter, action)
    }

    /// 14.6.
    fn ring(&self, letter: &Letter, invite: &Invite) -> SeenAction {
        let call_uuid = invite.call_id.callkit_uuid(&letter.account);
        let expires_at = rings_until(letter, invite);
        let contact = self.pinned(&letter.account);
        let fingerprint = || ("generic", letter.account.fingerprint());
        SeenAction::Ring {
            call_uuid,
            call_kit: SeenCallKit {
                call_uuid,
                call_id: invite.call_id,
                account: letter.account,
                device: letter.device,
                message_id: letter.id,
                handle: contact
                    .handle
                    .as_ref()
                    .map_or_else(fingerprint, seen_handle),
                caller_name: contact.display_name,
                has_video: invite.has_video,
                group_id: invite.group_id.as_deref().map(clean),
                expires_at,
            },
            claimed: claims(invite),
            expires_at,
            content: Said::new(&Content::Invite(invite.clone())),
        }
    }

    fn missed(
        &self,
        letter: &Letter,
        invite: &Invite,
        reason: &'static str,
        now: u64,
    ) -> SeenAction {
        SeenAction::Missed {
            call_uuid: invite.call_id.callkit_uuid(&letter.account),
            reason,
            age_ms: now.saturating_sub(letter.sent_at),
            claimed: claims(invite),
            content: Said::new(&Content::Invite(invite.clone())),
        }
    }

    fn event(&self, letter: &Letter, action: SeenAction) -> Seen {
        Seen {
            tag: letter.tag.clone(),
            account: letter.account,
            device: letter.device,
            contact: seen_contact(&self.pinned(&letter.account)),
            id: letter.id,
            sent_at: letter.sent_at,
            action,
        }
    }

    // 14.8: what is held.

    /// Whether E41 to E43 would stop it now, were its sender trusted (N20).
    fn would_stop(&self, letter: &Letter, now: u64) -> bool {
        let unknown = Record::new(letter.account);
        let record = self.record(&letter.account).unwrap_or(&unknown);
        let same =
            |entry: &Entry| entry.letter.account == letter.account && entry.letter.id == letter.id;
        record.ids.iter().any(|(_, id)| *id == letter.id)
            || self.journal.iter().any(same)
            || stops(record, letter, now).is_some()
    }

    fn hold(&mut self, letter: &Rc<Letter>) {
        let same = |held: &Rc<Letter>| held.account == letter.account && held.id == letter.id;
        if self.held.iter().any(same) {
            return;
        }
        if self.held_of(&letter.account).len() == MAX_HELD_PER_ACCOUNT {
            let of_account = |held: &Rc<Letter>| held.account == letter.account;
            let first = self.held.iter().position(of_account).unwrap();
            self.held.remove(first);
        }
        if self.held.len() == MAX_HELD {
            self.held.remove(0);
        }
        self.held.push(letter.clone());
    }

    // What tests and strategies ask.

    pub fn replay_floor(&self, account: &AccountKey) -> Option<u64> {
        self.record(account)?.replay_floor
    }

    pub fn records_call(&self, caller: &AccountKey, id: CallId) -> bool {
        self.state(caller.as_bytes(), id).is_some()
    }

    /// How many places each bounded list takes: ids, calls, and so on.
    pub fn sizes(&self) -> Sizes {
        Sizes {
            accounts: self.records.len(),
            ids: self.records.iter().map(|record| record.ids.len()).sum(),
            most_ids: self
                .records
                .iter()
                .map(|record| record.ids.len())
                .max()
                .unwrap(),
            calls: self.records.iter().map(|record| record.calls.len()).sum(),
            most_calls: self
                .records
                .iter()
                .map(|record| record.calls.len())
                .max()
                .unwrap(),
            elsewhere: self.elsewhere.len(),
            placed: self.placed.len(),
            parties: self.placed.iter().map(|placed| placed.accounts.len()).sum(),
            journal: self.journal.len(),
            journal_of_others: self.pending_of_others(),
            held: self.held.len(),
        }
    }

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

    fn state(&self, caller: &[u8; 32], id: CallId) -> Option<State> {
        let call = self
            .record_of(caller)?
            .calls
            .iter()
            .find(|call| call.id == id)?;
        Some(call.state)
    }

    /// Records a call, or changes one that is recorded: it keeps its place.
    fn set_state(&mut self, caller: &[u8; 32], id: CallId, state: State, now: u64) {
        let mut records = self.records.iter_mut();
        let calls = &mut records
            .find(|record| record.account.as_bytes() == caller)
            .unwrap()
            .calls;
        if let Some(call) = calls.iter_mut().find(|call| call.id == id) {
            call.state = state;
            return;
        }
        if calls.len() == MAX_CALLS {
            calls.remove(0);
        }
        calls.push(Call {
            id,
            state,
            recorded_at: now,
        });
    }

    fn ended_elsewhere(&self, caller: &[u8; 32], id: CallId) -> Option<EndReason> {
        let mut all = self.elsewhere.iter();
        let ended = all.find(|ended| ended.caller == *caller && ended.id == id)?;
        Some(ended.reason)
    }

    /// A call has ended: the journal keeps that with its invitations (N25), whatever is forgotten of
    /// the call later.
    fn call_ended(&mut self, caller: &[u8; 32], id: CallId, reason: EndReason) {
        for entry in &mut self.journal {
            if let Was::Ring(ended) | Was::Missed(_, ended) = &mut entry.said
                && let Body::Sound(content) = &entry.letter.body
                && entry.letter.account.as_bytes() == caller
                && content.call_id() == Some(id)
            {
                *ended = Some(reason);
            }
        }
    }
}

pub struct Sizes {
    pub accounts: usize,
    pub ids: usize,
    pub most_ids: usize,
    pub calls: usize,
    pub most_calls: usize,
    pub elsewhere: usize,
    pub placed: usize,
    pub parties: usize,
    pub journal: usize,
    pub journal_of_others: usize,
    pub held: usize,
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

    /// N12.
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

/// N11, E42 and E43.
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

fn elsewhere(reason: EndReason) -> bool {
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

/// N18.
fn claims(invite: &Invite) -> SeenContact {
    let handle = invite.handle.as_ref();
    let handle = handle.map(|handle| (handle.kind.as_str(), clean(&handle.value)));
    (handle, invite.caller_name.as_deref().map(clean))
}

fn clean(text: &str) -> String {
    text.chars().filter(|c| !is_taken_out(*c)).collect()
}

fn is_taken_out(c: char) -> bool {
    matches!(
        c as u32,
        0x0000..=0x001f
            | 0x007f..=0x009f
            | 0x061c
            | 0x200e
            | 0x200f
            | 0x2028..=0x202e
            | 0x2066..=0x206f
    )
}
