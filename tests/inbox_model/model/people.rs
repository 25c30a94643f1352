//! Trust, untrust, revocations, block, pruning (spec/inbox.md, "What the app does").

use hushring::inbox::Contact;
use hushring::{AccountKey, DeviceKey};

use super::names::clean_contact;
use super::{
    MAX_ACCOUNTS, MAX_DEVICE_FLOORS, MAX_PENDING, MAX_PENDING_PER_ACCOUNT, Model, Outcome, Record,
};
use crate::people::{MONTH, WORLD, own};

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
        now: u64,
    ) -> Result<Vec<Outcome>, (&'static str, Option<&'static str>)> {
        let pinned = clean_contact(contact).map_err(|member| ("bad_content", Some(member)))?;
        let held = self.held_of(&account, false);
        let room = MAX_PENDING_PER_ACCOUNT.saturating_sub(self.pending_of(&account, now));
        let room_in_all = MAX_PENDING.saturating_sub(self.pending_of_others(now));
        if held.len() > room || account != own() && held.len() > room_in_all {
            return Err(("inbox_full", None));
        }
        let record = self.record_or_new(&account).map_err(|code| (code, None))?;
        // N6: unblocked first.
        if record.blocked {
            record.blocked = false;
            record.raise_floor(now);
        }
        record.trusted = Some(pinned);
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

    /// N3: of an account, or of one of its devices.
    pub fn revoke(
        &mut self,
        account: &AccountKey,
        device: Option<&DeviceKey>,
        floor: u64,
    ) -> Result<(), &'static str> {
        let had_record = self.record(account).is_some();
        let record = self.record_or_new(account)?;
        let Some(device) = device else {
            // R6: it supersedes those of devices that are not above it.
            record.revocation_floor = record.revocation_floor.max(floor);
            let highest = record.revocation_floor;
            record.device_floors.retain(|(_, floor)| *floor > highest);
            return Ok(());
        };
        if floor <= record.floor_of(device) {
            return Ok(());
        }
        if let Some((_, known)) = record
            .device_floors
            .iter_mut()
            .find(|(key, _)| key == device)
        {
            *known = floor;
            return Ok(());
        }
        if record.device_floors.len() == MAX_DEVICE_FLOORS {
            assert!(had_record);
            return Err("inbox_full");
        }
        record.device_floors.push((*device, floor));
        Ok(())
    }

    /// N6.
    pub fn block(&mut self, account: &AccountKey) -> Result<(), &'static str> {
        if *account == own() {
            return Ok(());
        }
        self.record_or_new(account)?;
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
        }
        self.early_ends.retain(|end| !old(end.recorded_at));
        self.placed.retain(|placed| !old(placed.placed_at));
        self.joined.retain(|joined| !old(joined.joined_at));
        self.kept.retain(|kept| kept.is_still_kept(now));
        self.held.retain(|held| !old(held.letter.sent_at));
        self.let_lapse();
        gone
    }

    fn record_or_new(&mut self, account: &AccountKey) -> Result<&mut Record, &'static str> {
        if self.record(account).is_none() {
            if self.records.len() == MAX_ACCOUNTS {
                return Err("inbox_full");
            }
            self.records.push(Record::new(*account));
        }
        Ok(self.record_mut(account).unwrap())
    }
}
