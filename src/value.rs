//! The values that content is made of (spec/envelope.md, "Content encoding").

use std::cmp::Ordering;
use std::fmt;

use zeroize::Zeroize;

/// A value of the format's deterministic CBOR. `Debug` shows kinds and sizes only.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer within ±(2^53 − 1).
    Integer(i64),
    /// A finite number that is not an integer.
    Float(f64),
    /// Text without U+0000.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// An array.
    Array(Vec<Value>),
    /// A map.
    Map(Map),
}

impl Value {
    /// The largest integer that content may hold, 2^53 − 1; the smallest is its negative.
    pub const MAX_INTEGER: i64 = (1 << 53) - 1;

    /// Returns whether more than `depth` containers nest here. Looks no deeper, so that it is safe
    /// to call before anything walks the whole value.
    pub(crate) fn is_deeper_than(&self, depth: usize) -> bool {
        let mut inner: Box<dyn Iterator<Item = &Value>> = match self {
            Value::Array(items) => Box::new(items.iter()),
            Value::Map(map) => Box::new(map.iter().map(|(_, value)| value)),
            _ => return false,
        };
        depth == 0 || inner.any(|value| value.is_deeper_than(depth - 1))
    }
}

/// A map from text to values, in the order of deterministic CBOR: shorter keys first, equally long
/// ones bytewise. Keys that differ in any byte are different keys. Wiped on drop.
#[derive(Clone, Default, PartialEq)]
pub struct Map(Vec<(String, Value)>);

impl Map {
    /// Makes an empty map.
    pub const fn new() -> Map {
        Map(Vec::new())
    }

    pub(crate) fn with_capacity(count: usize) -> Map {
        Map(Vec::with_capacity(count))
    }

    /// Returns the number of members.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are no members.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        let place = self.search(key).ok()?;
        self.0.get(place).map(|(_, value)| value)
    }

    /// Adds a member, and returns the value that its key had.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<Value>) -> Option<Value> {
        let (key, value) = (key.into(), value.into());
        match self.search(&key) {
            Ok(place) => self
                .0
                .get_mut(place)
                .map(|(_, old)| std::mem::replace(old, value)),
            Err(place) => {
                self.0.insert(place, (key, value));
                None
            }
        }
    }

    /// Removes a member, and returns its value.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        let place = self.search(key).ok()?;
        let (mut key, value) = self.0.remove(place);
        key.zeroize();
        Some(value)
    }

    /// Iterates over the members in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// Returns whether a key comes after all others, as the next one of an encoding does.
    pub(crate) fn comes_last(&self, key: &str) -> bool {
        self.0
            .last()
            .is_none_or(|(last, _)| order(last, key) == Ordering::Less)
    }

    /// Adds a member whose key comes last.
    pub(crate) fn push(&mut self, key: &str, value: Value) {
        self.0.push((key.into(), value));
    }

    fn search(&self, key: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| order(other, key))
    }
}

/// Of several members with one key the last counts.
impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for Map {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(members: I) -> Map {
        let mut map = Map::new();
        for (key, value) in members {
            map.insert(key, value);
        }
        map
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Value {
        Value::Integer(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Value {
        Value::Text(value.into())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Value {
        Value::Text(value)
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Value {
        Value::Bytes(value)
    }
}

impl From<Vec<Value>> for Value {
    fn from(value: Vec<Value>) -> Value {
        Value::Array(value)
    }
}

impl From<Map> for Value {
    fn from(value: Map) -> Value {
        Value::Map(value)
    }
}

impl Zeroize for Value {
    fn zeroize(&mut self) {
        match self {
            Value::Null => {}
            Value::Bool(value) => value.zeroize(),
            Value::Integer(value) => value.zeroize(),
            Value::Float(value) => value.zeroize(),
            Value::Text(text) => text.zeroize(),
            Value::Bytes(bytes) => bytes.zeroize(),
            Value::Array(items) => items.iter_mut().for_each(Zeroize::zeroize),
            Value::Map(map) => map.zeroize(),
        }
    }
}

/// Wipes keys and values, and leaves an empty map.
impl Zeroize for Map {
    fn zeroize(&mut self) {
        for (key, value) in &mut self.0 {
            key.zeroize();
            value.zeroize();
        }
        self.0.clear();
    }
}

/// Wipes the members, so that a content that is refused halfway leaves nothing behind.
impl Drop for Map {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.write_str("Null"),
            Value::Bool(_) => f.write_str("Bool"),
            Value::Integer(_) => f.write_str("Integer"),
            Value::Float(_) => f.write_str("Float"),
            Value::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Value::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
            Value::Array(items) => write!(f, "Array({})", items.len()),
            Value::Map(map) => map.fmt(f),
        }
    }
}

impl fmt::Debug for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Map({})", self.len())
    }
}

/// Compares keys by the bytes of their encodings, which begin with the length.
fn order(a: &str, b: &str) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_ordered_by_length_then_bytes() {
        let map: Map = [("b", 1), ("aa", 2), ("", 3), ("a", 4), ("a", 5)]
            .into_iter()
            .collect();
        let keys: Vec<&str> = map.iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["", "a", "b", "aa"]);
        assert!(map.get("a") == Some(&Value::Integer(5)));
    }

    #[test]
    fn keys_that_look_alike_stay_apart() {
        let mut map = Map::new();
        map.insert("e\u{301}", 1);
        map.insert("\u{e9}", 2);
        map.insert("\u{feff}e\u{301}", 3);
        assert_eq!(map.len(), 3);
    }
}
