//! The messages that an account has sent before (spec/inbox.md, "Replay").

use crate::ids::MessageId;
use crate::limits::MAX_SEEN;
use crate::time::UnixMillis;

/// The newest message ids of one account, and a floor: everything sent no later counts as seen.
#[derive(Default)]
pub(super) struct Replay {
    /// Envelopes sent at or before this moment are refused. (A known id is a duplicate instead.)
    pub(super) floor: Option<UnixMillis>,
    /// Ascending, each id once.
    seen: Vec<Seen>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Seen {
    pub(super) sent_at: UnixMillis,
    pub(super) id: MessageId,
}

impl Replay {
    pub(super) fn from_floor(floor: Option<UnixMillis>) -> Replay {
        let seen = Vec::new();
        Replay { floor, seen }
    }

    /// Restores saved ids. None if they are not in order, or more than the bound.
    pub(super) fn restore(floor: Option<UnixMillis>, seen: Vec<Seen>) -> Option<Replay> {
        let ascending = seen.is_sorted_by(|a, b| a < b);
        (ascending && seen.len() <= MAX_SEEN).then_some(Replay { floor, seen })
    }

    pub(super) fn seen(&self) -> &[Seen] {
        &self.seen
    }

    pub(super) fn contains(&self, id: MessageId) -> bool {
        self.seen.iter().any(|seen| seen.id == id)
    }

    pub(super) fn is_below_floor(&self, sent_at: UnixMillis) -> bool {
        self.floor.is_some_and(|floor| sent_at <= floor)
    }

    /// Remembers an id that is not remembered yet.
    pub(super) fn insert(&mut self, id: MessageId, sent_at: UnixMillis) {
        let new = Seen { sent_at, id };
        let place = self.seen.partition_point(|seen| *seen < new);
        self.seen.insert(place, new);
        if self.seen.len() > MAX_SEEN {
            self.forget_oldest();
        }
    }

    /// Forgets the ids of messages sent before `time`. The floor stands in for them.
    pub(super) fn forget_before(&mut self, time: UnixMillis) {
        self.forget(self.seen.partition_point(|seen| seen.sent_at < time));
    }

    /// Forgets the oldest id. The floor stands in for it.
    pub(super) fn forget_oldest(&mut self) {
        self.forget(self.seen.len().min(1));
    }

    /// Forgets every id. The floor stands in for them.
    pub(super) fn forget_all(&mut self) {
        self.forget(self.seen.len());
    }

    /// Refuses everything sent up to `time`.
    pub(super) fn raise_floor(&mut self, time: UnixMillis) {
        self.floor = self.floor.max(Some(time));
    }

    fn forget(&mut self, oldest: usize) {
        let newest_forgotten = self.seen.drain(..oldest).next_back();
        self.floor = self.floor.max(newest_forgotten.map(|seen| seen.sent_at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u16) -> MessageId {
        let mut bytes = [0; 16];
        bytes[..2].copy_from_slice(&n.to_be_bytes());
        MessageId::from_bytes(bytes)
    }

    #[test]
    fn the_oldest_leaves_and_raises_the_floor() {
        let mut replay = Replay::default();
        for n in (0..512).rev() {
            replay.insert(id(n), UnixMillis(1000 + u64::from(n)));
        }
        assert_eq!(replay.floor, None);
        // Older than all others, so it leaves at once, and is refused from then on.
        replay.insert(id(600), UnixMillis(999));
        assert_eq!(replay.floor, Some(UnixMillis(999)));
        assert!(!replay.contains(id(600)) && replay.is_below_floor(UnixMillis(999)));
        replay.insert(id(601), UnixMillis(5000));
        assert_eq!(replay.floor, Some(UnixMillis(1000)));
        assert!(!replay.contains(id(0)) && replay.contains(id(1)) && replay.contains(id(601)));
        assert!(!replay.is_below_floor(UnixMillis(1001)));
        assert_eq!(replay.seen().len(), MAX_SEEN);
    }

    #[test]
    fn of_those_sent_at_once_the_smallest_id_leaves() {
        let mut replay = Replay::default();
        for n in 0..513 {
            replay.insert(id(n), UnixMillis(7));
        }
        assert!(!replay.contains(id(0)) && replay.contains(id(1)));
        assert_eq!(replay.floor, Some(UnixMillis(7)));
    }

    #[test]
    fn floors_never_sink() {
        let mut replay = Replay::default();
        replay.insert(id(1), UnixMillis(50));
        replay.forget_all();
        replay.forget_all();
        assert_eq!(replay.floor, Some(UnixMillis(50)));
        replay.insert(id(2), UnixMillis(20));
        replay.insert(id(3), UnixMillis(70));
        replay.forget_before(UnixMillis(70));
        assert_eq!(replay.floor, Some(UnixMillis(50)));
        assert!(replay.contains(id(3)) && !replay.contains(id(2)));
    }

    #[test]
    fn only_what_is_ascending_is_restored() {
        let seen = |n, sent_at| Seen {
            id: id(n),
            sent_at: UnixMillis(sent_at),
        };
        assert!(Replay::restore(None, vec![seen(2, 1), seen(1, 2)]).is_some());
        assert!(Replay::restore(None, vec![seen(1, 2), seen(2, 1)]).is_none());
        assert!(Replay::restore(None, vec![seen(1, 1), seen(1, 1)]).is_none());
        let many = (0..513).map(|n| seen(n, 1)).collect();
        assert!(Replay::restore(None, many).is_none());
    }
}
