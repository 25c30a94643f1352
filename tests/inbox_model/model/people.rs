//! Trust, untrust, revocations, block, pruning (spec/inbox.md, "What the app does").

use hushring::inbox::Contact;
use hushring::{AccountKey, DeviceKey};

use super::names::clean_contact;
use super::{
    Entry, Held, MAX_ACCOUNTS, MAX_DEVICE_FLOORS, MAX_DEVICE_FLOORS_IN_ALL, MAX_PENDING,
    MAX_PENDING_PER_ACCOUNT, MAX_PINNED, Model, Outcome, Record,
};
use crate::people::{DAY, MONTH, SECOND, WORLD, own};

/// What an account has stated, of itself or of a device.
#[derive(Clone, Debug)]
pub struct Statement {
    pub account: AccountKey,
    pub device: Option<DeviceKey>,
    pub floor: u64,
}

impl Model {
    pub fn add_prekey(&mut self, prekey: usize) {
        if !self.prekeys.contains(&prekey) {
            self.prekeys.push(prekey);
        }
    }

    /// N1, N12. An error has the code, and for `bad_content` the member.
    pub fn trust(
        &mut self,
        account: AccountKey,
        contact: &Contact,
        statements: &[Statement],
        now: u64,
    ) -> Result<Vec<Outcome>, (&'static str, Option<&'static str>)> {
        if statements.iter().any(|of| of.account != account) {
            return Err(("wrong_account", None));
        }
        let pinned = clean_contact(contact).map_err(|member| ("bad_content", Some(member)))?;
        let held = self.held_of(&account, false);
        let room = MAX_PENDING_PER_ACCOUNT.saturating_sub(self.pending_of(&account, now));
        let room_in_all = MAX_PENDING.saturating_sub(self.pending_of_others(now));
        let full = ("inbox_full", None);
        if held.len() > room || account != own() && held.len() > room_in_all {
            return Err(full);
        }
        if !self.has_record(&account) && self.records.len() == MAX_ACCOUNTS {
            return Err(full);
        }
        if self.pinned_of_others(&account) + text_of(&pinned) > MAX_PINNED {
            return Err(full);
        }
        let mut record = self.record_or_new(&account);
        statements.iter().for_each(|of| record.revoke(of));
        if !self.has_room_for_floors(&record) {
            return Err(full);
        }
        // N6: unblocked first.
        if record.blocked {
            record.blocked = false;
            record.raise_floor(now);
        }
        record.trusted = Some(pinned);
        self.put(record);
        self.held
            .retain(|held| held.letter.account != account || held.for_clock);
        let mut outcomes = Vec::new();
        for letter in &held {
            let outcome = self.receive_proven(letter, now, false);
            self.hold_for_clock(letter, &outcome, now);
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }

    /// N2, and the end of N13.
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
        self.kept.retain(|kept| kept.letter.account != *account);
        self.held
            .retain(|held| held.letter.account != *account || !held.for_clock);
        self.let_lapse();
    }

    /// N3. Whether the account has a record.
    pub fn revoke(&mut self, statement: &Statement) -> Result<bool, &'static str> {
        if !self.has_record(&statement.account) {
            return Ok(false);
        }
        let mut record = self.record_or_new(&statement.account);
        record.revoke(statement);
        if !self.has_room_for_floors(&record) {
            return Err("inbox_full");
        }
        self.put(record);
        Ok(true)
    }

    /// N6.
    pub fn block(&mut self, account: &AccountKey) -> Result<(), &'static str> {
        if *account == own() {
            return Ok(());
        }
        if !self.has_record(account) && self.records.len() == MAX_ACCOUNTS {
            return Err("inbox_full");
        }
        let record = self.record_or_new(account);
        self.put(record);
        self.untrust(account);
        self.record_mut(account).unwrap().blocked = true;
        self.held.retain(|held| held.letter.account != *account);
        self.kept.retain(|kept| kept.letter.account != *account);
        self.journal
            .retain(|entry| entry.letter.account != *account);
        Ok(())
    }

    /// N6.
    pub fn unblock(&mut self, account: &AccountKey, now: u64) {
        if let Some(record) = self.record_mut(account)
            && record.blocked
        {
            record.blocked = false;
            record.raise_floor(now);
        }
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
            let before = record.floors();
            let lasts = |floor: u64| (floor * SECOND).saturating_add(397 * DAY) > now;
            if !lasts(record.revocation_floor) {
                record.revocation_floor = 0;
            }
            record.device_floors.retain(|(_, floor)| lasts(*floor));
            if record.floors() < before {
                self.met.push("a revocation floor forgotten");
            }
        }
        self.early_ends.retain(|end| !old(end.recorded_at));
        self.placed.retain(|placed| !old(placed.placed_at));
        self.joined.retain(|joined| !old(joined.joined_at));
        self.kept.retain(|kept| kept.is_still_kept(now));
        self.held.retain(|held| !old(held.letter.sent_at));
        self.let_lapse();
        self.free_records(now);
        gone
    }

    /// N34.
    fn free_records(&mut self, now: u64) {
        for record in std::mem::take(&mut self.records) {
            let is_held = |held: &Held| held.letter.account == record.account;
            let waits = |entry: &Entry| entry.letter.account == record.account;
            let is_old = |floor: u64| floor < now.saturating_sub(MONTH);
            let is_kept = if record.trusted.is_some() || record.account == own() {
                Some("")
            } else if record.blocked {
                Some("not freed, blocked")
            } else if self.held.iter().any(is_held) {
                Some("not freed, held")
            } else if self.journal.iter().any(waits) {
                Some("not freed, in the journal")
            } else if record.floors() > 0 {
                Some("not freed, with a revocation floor")
            } else if record.replay_floor.is_some_and(|floor| !is_old(floor)) {
                Some("not freed, with a replay floor")
            } else {
                None
            };
            if let Some(why) = is_kept {
                self.records.push(record);
                self.met.extend((!why.is_empty()).then_some(why));
                continue;
            }
            assert!(record.ids.is_empty() && record.calls.is_empty());
            self.met.push("freed");
            if record.replay_floor > self.freed {
                self.freed = record.replay_floor;
                self.met.push("freed, which raises the floor");
            }
        }
    }

    /// A copy.
    fn record_or_new(&self, account: &AccountKey) -> Record {
        let record = self.record(account).cloned();
        record.unwrap_or_else(|| Record::new(*account, self.freed))
    }

    fn put(&mut self, record: Record) {
        match self.record_mut(&record.account) {
            Some(before) => *before = record,
            None => self.records.push(record),
        }
    }

    fn pinned_of_others(&self, account: &AccountKey) -> usize {
        let others = self.records.iter();
        let others = others.filter(|record| record.account != *account);
        let pinned = others.filter_map(|record| record.trusted.as_ref());
        pinned.map(text_of).sum()
    }

    /// If this is the record of its account.
    fn has_room_for_floors(&self, record: &Record) -> bool {
        let others = self.records.iter();
        let others = others.filter(|other| other.account != record.account);
        let of_others: usize = others.map(|other| other.device_floors.len()).sum();
        let many = record.device_floors.len();
        many <= MAX_DEVICE_FLOORS && of_others + many <= MAX_DEVICE_FLOORS_IN_ALL
    }
}

/// How many bytes what is pinned takes, as cleaned.
fn text_of(pinned: &Contact) -> usize {
    let handle = pinned
        .handle
        .as_ref()
        .map_or(0, |handle| handle.value.len());
    let name = pinned.display_name.as_ref().map_or(0, String::len);
    handle + name
}

impl Record {
    /// R6: a device's floor that is not above the account's is superseded.
    fn revoke(&mut self, statement: &Statement) {
        match statement.device {
            None => self.revocation_floor = self.revocation_floor.max(statement.floor),
            Some(device) => {
                let floor = self.floor_of(&device).max(statement.floor);
                self.device_floors.retain(|(key, _)| *key != device);
                self.device_floors.push((device, floor));
            }
        }
        let highest = self.revocation_floor;
        self.device_floors.retain(|(_, floor)| *floor > highest);
    }

    /// How many revocation floors there are.
    fn floors(&self) -> usize {
        self.device_floors.len() + usize::from(self.revocation_floor > 0)
    }
}
