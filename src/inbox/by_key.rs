//! A map from keys to what is known of them.

/// The values of 32-byte keys, ascending. A vector, because maps are read at each envelope and
/// change rarely, and it needs no room beside its entries.
#[derive(Clone, PartialEq)]
pub(super) struct ByKey<V>(Vec<([u8; 32], V)>);

impl<V> ByKey<V> {
    /// Makes an empty map with room for `count` keys.
    pub(super) fn with_capacity(count: usize) -> ByKey<V> {
        ByKey(Vec::with_capacity(count))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn contains_key(&self, key: &[u8; 32]) -> bool {
        self.place(key).is_ok()
    }

    pub(super) fn get(&self, key: &[u8; 32]) -> Option<&V> {
        let place = self.place(key).ok()?;
        self.0.get(place).map(|(_, value)| value)
    }

    pub(super) fn get_mut(&mut self, key: &[u8; 32]) -> Option<&mut V> {
        let place = self.place(key).ok()?;
        self.0.get_mut(place).map(|(_, value)| value)
    }

    /// Returns the value of a key, and makes one if there is none.
    pub(super) fn get_or_insert_with(
        &mut self,
        key: [u8; 32],
        new: impl FnOnce() -> V,
    ) -> Option<&mut V> {
        let place = match self.place(&key) {
            Ok(place) => place,
            Err(place) => {
                if self.0.len() == self.0.capacity() {
                    // Less than a vector takes by itself: there may be thousands.
                    self.0.reserve_exact(4 + self.0.len() / 8);
                }
                self.0.insert(place, (key, new()));
                place
            }
        };
        self.0.get_mut(place).map(|(_, value)| value)
    }

    /// Adds a key that is greater than all others. None if it is not.
    pub(super) fn push(&mut self, key: [u8; 32], value: V) -> Option<()> {
        let is_last = self.0.last().is_none_or(|(last, _)| *last < key);
        is_last.then(|| self.0.push((key, value)))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&[u8; 32], &V)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    pub(super) fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    pub(super) fn retain(&mut self, mut is_kept: impl FnMut(&[u8; 32], &V) -> bool) {
        self.0.retain(|(key, value)| is_kept(key, value));
    }

    fn place(&self, key: &[u8; 32]) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.cmp(key))
    }
}

impl<V> Default for ByKey<V> {
    fn default() -> Self {
        ByKey(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_in_order() {
        let mut map = ByKey::default();
        for n in [5, 1, 9, 5, 3] {
            *map.get_or_insert_with([n; 32], || 0).unwrap() += u32::from(n);
        }
        let all = |map: &ByKey<u32>| {
            map.iter()
                .map(|(key, sum)| (key[0], *sum))
                .collect::<Vec<_>>()
        };
        assert_eq!(all(&map), [(1, 1), (3, 3), (5, 10), (9, 9)]);
        assert_eq!((map.get(&[5; 32]), map.get(&[4; 32])), (Some(&10), None));
        assert!(map.contains_key(&[9; 32]) && !map.contains_key(&[0; 32]));
        *map.get_mut(&[1; 32]).unwrap() = 7;
        assert_eq!((map.push([9; 32], 0), map.push([8; 32], 0)), (None, None));
        assert_eq!(map.push([10; 32], 2), Some(()));
        map.retain(|key, _| key[0] != 5);
        assert_eq!(all(&map), [(1, 7), (3, 3), (9, 9), (10, 2)]);
        assert_eq!((map.len(), map.is_empty()), (4, false));
        assert_eq!(map.values().sum::<u32>(), 21);
    }
}
