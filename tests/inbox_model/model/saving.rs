//! N35: the revision of the saved state.

use std::rc::Rc;

use super::{Entry, Model, Phase, Record, Since, Was};
use crate::letters::Letter;
use crate::seen::seen_contact;

impl Model {
    /// The revision of the state that is saved now.
    pub fn save(&mut self) -> u64 {
        let state = self.state();
        if self.revision == 0 || *self.last_saved != state {
            self.revision += 1;
            self.last_saved = Rc::new(state);
        }
        self.revision
    }

    /// Of the state that was saved or loaded last.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// All that is in the saved state, in any format. What has no order is sorted, but for the
    /// accounts of a joined call: they are those of the step, as they came.
    fn state(&self) -> Vec<u8> {
        let mut out = Out::default();
        out.add(format!("{:?} {:?}", self.last_published, self.freed));
        let mut records: Vec<&Record> = self.records.iter().collect();
        records.sort_by_key(|record| *record.account.as_bytes());
        for record in records {
            out.record(record);
        }
        for end in &self.early_ends {
            out.add("early end");
            out.add(end.caller);
            out.add(end.id.as_bytes());
            out.add(format!("{:?} {}", end.elsewhere, end.recorded_at));
        }
        for placed in &self.placed {
            out.add("placed");
            out.add(placed.id.as_bytes());
            let mut legs: Vec<_> = placed.legs.iter().collect();
            legs.sort_by_key(|leg| *leg.account.as_bytes());
            for leg in legs {
                let marks = [leg.state as u8, leg.told.into(), leg.declined.into()];
                out.add(leg.account.as_bytes());
                out.add(leg.since.to_be_bytes());
                out.add(marks);
                out.add(leg.by.map_or([0; 32], |by| *by.as_bytes()));
            }
            out.add(placed.placed_at.to_be_bytes());
        }
        for joined in &self.joined {
            out.add("joined");
            out.add(joined.caller.as_bytes());
            out.add(joined.id.as_bytes());
            let accounts = joined.accounts.iter();
            accounts.for_each(|account| out.add(account.as_bytes()));
            out.add(joined.joined_at.to_be_bytes());
        }
        for kept in &self.kept {
            out.add("kept");
            out.letter(&kept.letter);
            out.add(kept.kept_at.to_be_bytes());
        }
        self.journal.iter().for_each(|entry| out.entry(entry));
        for held in &self.held {
            out.add(["held", "held for the clock"][usize::from(held.for_clock)]);
            out.letter(&held.letter);
        }
        out.0
    }
}

#[derive(Default)]
struct Out(Vec<u8>);

impl Out {
    fn add(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.extend_from_slice(bytes.as_ref());
    }

    fn letter(&mut self, letter: &Letter) {
        self.add(&letter.tag);
        self.add(letter.account.as_bytes());
        self.add(letter.id.as_bytes());
        self.add(letter.sent_at.to_be_bytes());
    }

    fn record(&mut self, record: &Record) {
        self.add("record");
        self.add(record.account.as_bytes());
        let pinned = record.trusted.as_ref().map(seen_contact);
        self.add(format!("{pinned:?} {}", record.blocked));
        let mut ids = record.ids.clone();
        ids.sort();
        for (sent_at, id) in ids {
            self.add(sent_at.to_be_bytes());
            self.add(id.as_bytes());
        }
        let floors = (record.replay_floor, record.revocation_floor);
        self.add(format!("{floors:?}"));
        let of_devices = record.device_floors.iter();
        let mut of_devices: Vec<_> = of_devices
            .map(|(device, floor)| (*device.as_bytes(), *floor))
            .collect();
        of_devices.sort_unstable();
        for (device, floor) in of_devices {
            self.add(device);
            self.add(floor.to_be_bytes());
        }
        for call in &record.calls {
            self.add(call.id.as_bytes());
            // When a call rings matters only while it does.
            let until = (call.phase == Some(Phase::Ringing)).then_some(call.rings_until);
            let times = (
                call.rung,
                call.over,
                call.elsewhere,
                until,
                call.recorded_at,
            );
            let phase = call.phase.map(|phase| phase as u8);
            self.add(format!("{times:?} {phase:?}"));
        }
    }

    fn entry(&mut self, entry: &Entry) {
        self.add("entry");
        self.letter(&entry.letter);
        self.add(match &entry.said {
            Was::Ring { since, accepted_at } => format!("{} {accepted_at}", marks(since)),
            Was::Missed(reason, since) => format!("{} {reason}", marks(since)),
            Was::End {
                ended_reason,
                remaining,
                ..
            } => format!("{ended_reason} {remaining:?}"),
            Was::Signal(call_uuid) => call_uuid.to_string(),
            Was::Second { taken, since } => format!("{taken:?} {since}"),
            Was::Notify => String::new(),
        });
    }
}

fn marks(since: &Since) -> String {
    let marks = (
        since.newer_ring,
        since.answered,
        since.left,
        since.elsewhere,
    );
    format!("{marks:?}")
}
