//! The digest of a relation's rows, so that a database is known again.
//!
//! A file has a digest of its bytes; a relation has none. So the names of the columns and the values, each
//! with its type and length, are hashed in the order in which they were read.

use crate::ingest::rows::Cell;
use crate::ingest::rows::odd::Value;

/// A digest of what was read of a relation: names and values in their order, with their types.
#[derive(Debug, Default)]
pub(in crate::ingest) struct RowDigest {
    hasher: blake3::Hasher,
    bytes: u64,
}

impl RowDigest {
    pub(in crate::ingest) fn names(&mut self, names: &[String]) {
        names.iter().for_each(|name| self.text(name));
    }

    pub(in crate::ingest) fn rows(&mut self, rows: &[Vec<Value<'static>>]) {
        rows.iter().flatten().for_each(|value| self.value(value));
    }

    /// In hexadecimal.
    pub(in crate::ingest) fn finish(&self) -> String {
        self.hasher.finalize().to_hex().to_string()
    }

    /// How many bytes the names and values have.
    pub(in crate::ingest) const fn bytes(&self) -> u64 {
        self.bytes
    }

    fn text(&mut self, text: &str) {
        self.hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
        self.bytes += text.len() as u64;
    }

    fn value(&mut self, value: &Value<'static>) {
        let (odd, cell): (u8, &Cell<'_>) = match value {
            Ok(cell) => (0, cell),
            Err(odd) => (64, &odd.shown),
        };
        let (kind, word) = match cell {
            Cell::Null => {
                self.hasher.update(&[odd]);
                return;
            }
            Cell::Text(text) => {
                self.hasher.update(&[odd + 1]);
                return self.text(text);
            }
            Cell::Int(number) => (2, number.to_le_bytes()),
            Cell::Number(number) => (3, number.to_le_bytes()),
            Cell::Day(day) => (4, i64::from(*day).to_le_bytes()),
            Cell::Flag(flag) => (5, i64::from(*flag).to_le_bytes()),
        };
        self.hasher.update(&[odd + kind]).update(&word);
        self.bytes += word.len() as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_otherwise_has_another_digest() {
        let digest = |names: &[&str], cells: Vec<Cell<'static>>| {
            let mut digest = RowDigest::default();
            digest.names(&names.iter().map(ToString::to_string).collect::<Vec<_>>());
            digest.rows(&[cells.into_iter().map(Ok).collect()]);
            digest.finish()
        };
        let text = |text: &'static str| Cell::piece(text);
        let all = [
            digest(&["a", "b"], vec![text("1"), text("23")]),
            digest(&["a", "b"], vec![text("12"), text("3")]),
            digest(&["ab", ""], vec![text("1"), text("23")]),
            digest(&["a", "b"], vec![Cell::Int(1), Cell::Int(23)]),
            digest(&["a", "b"], vec![Cell::Null, Cell::Int(23)]),
            digest(&["a", "b"], vec![Cell::Flag(true), Cell::Day(23)]),
        ];
        for (at, one) in all.iter().enumerate() {
            assert_eq!(all.iter().filter(|other| *other == one).count(), 1, "{at}");
        }
    }
}
