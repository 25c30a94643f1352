//! 8.2: what the app says of calls.

use hushring::{AccountKey, CallId};

use super::{
    Entry, Joined, Kept, Leg, LegState, MAX_JOINED, MAX_JOINED_ACCOUNTS,
    MAX_JOINED_ACCOUNTS_IN_ALL, MAX_LEGS, MAX_LEGS_IN_ALL, MAX_PLACED, Model, Phase, Placed,
};
use crate::people::{TOLERANCE, own};
use crate::seen::Seen;

impl Model {
    pub fn place_call(
        &mut self,
        id: CallId,
        accounts: &[AccountKey],
        now: u64,
    ) -> Result<u64, &'static str> {
        let named = each_once(accounts);
        let before = self.placed.iter().find(|placed| placed.id == id);
        let legs: Vec<Leg> = before.map_or(Vec::new(), |placed| placed.legs.clone());
        let newest = legs.iter().map(|leg| leg.since).max();
        let at = newest.map_or(now, |newest| now.max(newest.saturating_add(1)));
        if at > now.saturating_add(TOLERANCE) {
            return Err("clock");
        }
        let mut after = legs;
        for account in &named {
            let leg = Leg {
                account: *account,
                since: at,
                state: LegState::Open,
                by: None,
                told: false,
                declined: false,
            };
            match after.iter_mut().find(|leg| leg.account == *account) {
                Some(old) => *old = leg,
                None => after.push(leg),
            }
        }
        if after.len() > MAX_LEGS {
            return Err("inbox_full");
        }
        if let Some(placed) = self.placed.iter_mut().find(|placed| placed.id == id) {
            placed.legs = after;
        } else {
            if self.placed.len() == MAX_PLACED {
                self.placed.remove(0);
            }
            self.placed.push(Placed {
                id,
                legs: after,
                placed_at: now,
            });
        }
        while self.legs_in_all() > MAX_LEGS_IN_ALL {
            // Not the one that is placed now.
            let place = self.placed.iter().position(|placed| placed.id != id);
            self.placed.remove(place.unwrap());
            self.met.push(match place {
                Some(0) => "2049th leg",
                _ => "2049th leg, of the first call",
            });
        }
        self.let_lapse();
        Ok(at)
    }

    fn legs_in_all(&self) -> usize {
        self.placed.iter().map(|placed| placed.legs.len()).sum()
    }

    fn joined_in_all(&self) -> usize {
        self.joined.iter().map(|joined| joined.accounts.len()).sum()
    }

    /// Up to the last moment at which the newest ring rings.
    pub fn answered(
        &mut self,
        caller: &AccountKey,
        id: CallId,
        now: u64,
    ) -> Result<u64, &'static str> {
        let rung = self.rung(caller.as_bytes(), id);
        let is_placed = *caller == own() && self.is_placed(id);
        let until = self
            .call(caller.as_bytes(), id)
            .map_or(0, |call| call.rings_until);
        match self.phase(caller.as_bytes(), id) {
            _ if is_placed => {
                self.met.push("answered, placed here");
                Err("call_over")
            }
            Some(Phase::Answered) => Ok(rung),
            Some(Phase::Ringing) if now > until => {
                self.met.push("answered, too late");
                Err("call_over")
            }
            Some(Phase::Ringing) => {
                self.call_mut(caller.as_bytes(), id).unwrap().phase = Some(Phase::Answered);
                self.mark(caller.as_bytes(), id, |sent_at, since| {
                    since.answered |= sent_at == rung;
                });
                Ok(rung)
            }
            _ => Err("call_over"),
        }
    }

    /// Of a call of others; of one's own, all legs.
    pub fn left(&mut self, caller: &AccountKey, id: CallId) {
        if *caller == own() && self.is_placed(id) {
            if self.phase(caller.as_bytes(), id).is_some() {
                self.met.push("left, a sibling's call is another");
            }
            self.leave_legs(id, None);
            self.let_lapse();
            return;
        }
        if self.phase(caller.as_bytes(), id) == Some(Phase::Ringing) {
            // Of a ring that came before the call was forgotten, another one is left.
            let rung = self.rung(caller.as_bytes(), id);
            self.mark(caller.as_bytes(), id, |sent_at, since| {
                since.left |= sent_at <= rung;
            });
        }
        if let Some(call) = self.call_mut(caller.as_bytes(), id) {
            call.over = call.over.max(call.rung);
            call.phase = None;
        }
        self.let_lapse();
    }

    pub fn left_accounts(&mut self, id: CallId, accounts: &[AccountKey]) {
        self.leave_legs(id, Some(accounts));
        self.let_lapse();
    }

    fn leave_legs(&mut self, id: CallId, accounts: Option<&[AccountKey]>) {
        let Some(placed) = self.placed.iter_mut().find(|placed| placed.id == id) else {
            return;
        };
        for leg in &mut placed.legs {
            let is_meant = accounts.is_none_or(|accounts| accounts.contains(&leg.account));
            if is_meant && leg.state != LegState::Closed {
                leg.state = LegState::Closed;
                leg.told = true;
                leg.by = None;
            }
        }
    }

    pub fn joined(
        &mut self,
        caller: &AccountKey,
        id: CallId,
        accounts: &[AccountKey],
        now: u64,
    ) -> Result<Vec<Seen>, &'static str> {
        let accounts = each_once(accounts);
        if !self.is_up(caller, id) {
            return Err("call_over");
        }
        if accounts.len() > MAX_JOINED_ACCOUNTS {
            return Err("inbox_full");
        }
        let known = |joined: &&mut Joined| joined.caller == *caller && joined.id == id;
        if let Some(joined) = self.joined.iter_mut().find(known) {
            joined.accounts.clone_from(&accounts);
        } else {
            if self.joined.len() == MAX_JOINED {
                self.joined.remove(0);
            }
            self.joined.push(Joined {
                caller: *caller,
                id,
                accounts: accounts.clone(),
                joined_at: now,
            });
        }
        let is_it = |joined: &Joined| joined.caller == *caller && joined.id == id;
        while self.joined_in_all() > MAX_JOINED_ACCOUNTS_IN_ALL {
            let place = self.joined.iter().position(|joined| !is_it(joined));
            self.joined.remove(place.unwrap());
            self.met.push(match place {
                Some(0) => "2049th joined",
                _ => "2049th joined, of the first call",
            });
        }
        let is_theirs = |kept: &Kept| kept.id == id && accounts.contains(&kept.letter.account);
        let (theirs, rest) = self.kept.drain(..).partition(is_theirs);
        self.kept = rest;
        let theirs: Vec<Kept> = theirs;
        self.meet_kept(&theirs, now);
        let follow = theirs.iter().filter(|kept| kept.is_still_kept(now));
        let entries: Vec<Entry> = follow.map(|kept| kept.as_entry(caller)).collect();
        let events = entries.iter().map(|entry| self.show(entry, now)).collect();
        self.journal.extend(entries);
        Ok(events)
    }
}

fn each_once(accounts: &[AccountKey]) -> Vec<AccountKey> {
    let mut each: Vec<AccountKey> = Vec::new();
    for account in accounts {
        if !each.contains(account) {
            each.push(*account);
        }
    }
    each
}
