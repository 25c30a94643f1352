//! A short list of the entries that were recorded last.

use std::collections::VecDeque;

use crate::limits::MAX_CALLS;
use crate::time::UnixMillis;

/// The values of at most 64 keys, in the order in which the keys were recorded. One more makes it
/// forget the first.
pub(super) struct Recent<K, V>(VecDeque<Entry<K, V>>);

pub(super) struct Entry<K, V> {
    pub(super) key: K,
    pub(super) value: V,
    pub(super) recorded_at: UnixMillis,
}

impl<K: PartialEq, V> Recent<K, V> {
    /// Makes an empty list with room for `count` keys.
    pub(super) fn with_capacity(count: usize) -> Recent<K, V> {
        Recent(VecDeque::with_capacity(count))
    }

    pub(super) fn get(&self, key: &K) -> Option<&V> {
        let entry = self.0.iter().find(|entry| entry.key == *key)?;
        Some(&entry.value)
    }

    pub(super) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let entry = self.0.iter_mut().find(|entry| entry.key == *key)?;
        Some(&mut entry.value)
    }

    /// Sets the value of a key. A key that is there already keeps its place and time.
    pub(super) fn set(&mut self, key: K, value: V, now: UnixMillis) {
        if let Some(known) = self.get_mut(&key) {
            *known = value;
            return;
        }
        self.0.push_back(Entry {
            key,
            value,
            recorded_at: now,
        });
        if self.0.len() > MAX_CALLS {
            self.0.pop_front();
        }
    }

    /// Returns when the first key was recorded.
    pub(super) fn first_recorded_at(&self) -> Option<UnixMillis> {
        self.0.front().map(|entry| entry.recorded_at)
    }

    /// Forgets the key that was recorded first.
    pub(super) fn forget_first(&mut self) {
        self.0.pop_front();
    }

    pub(super) fn forget_before(&mut self, time: UnixMillis) {
        self.0.retain(|entry| entry.recorded_at >= time);
    }

    pub(super) fn retain(&mut self, is_kept: impl Fn(&K) -> bool) {
        self.0.retain(|entry| is_kept(&entry.key));
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &Entry<K, V>> + DoubleEndedIterator {
        self.0.iter()
    }
}

impl<K: PartialEq, V> Recent<K, Vec<V>> {
    /// Does what [`Recent::set`] does, and forgets the first of the other keys until the lists
    /// together have at most `max` items.
    pub(super) fn set_list(&mut self, key: K, list: Vec<V>, now: UnixMillis, max: usize)
    where
        K: Clone,
    {
        self.set(key.clone(), list, now);
        while self.0.iter().map(|entry| entry.value.len()).sum::<usize>() > max
            && let Some(first) = self.0.iter().position(|entry| entry.key != key)
        {
            self.0.remove(first);
        }
    }
}

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Recent(VecDeque::new())
    }
}
