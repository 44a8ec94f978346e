//! Tables in which identifiers of parties are replaced: a party known under several gets one.
//!
//! Applied when rows are read, and to every column that names a party: the owner, the other side of a
//! relation, the payer.

use std::sync::Arc;

use polars::prelude::*;

use super::{Codes, TableReader};
use crate::domain::mixed;
use crate::error::Result;

/// The identifier that replaces another, for parties that were read under several.
///
/// ```
/// use wherewithal::tables::Names;
///
/// let names = Names::new(&[(7, 3), (8, 3)]);
/// assert_eq!([names.resolve(7), names.resolve(8), names.resolve(3), names.resolve(9)], [3, 3, 3, 9]);
/// assert!(Names::default().is_empty());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Names {
    names: PlHashMap<i64, i64>,
    /// A bit set for the hash of each identifier to replace. Testing a bit is cheaper than a look
    /// into the map, and few of the parties of a table pass.
    bits: Vec<u64>,
}

/// Bits for each name: one party in so many passes without being renamed.
const BITS: usize = 16;

impl Names {
    /// Renames the first party of each pair to the second.
    pub fn new(pairs: &[(i64, i64)]) -> Self {
        let bits = (pairs.len() * BITS).next_power_of_two().max(64);
        let mut names = Self { names: pairs.iter().copied().collect(), bits: vec![0; bits / 64] };
        for (from, _) in pairs {
            let (word, bit) = names.bit(*from);
            names.bits.get_mut(word).into_iter().for_each(|word| *word |= bit);
        }
        names
    }

    /// Whether no party is renamed.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The name of a party.
    pub fn resolve(&self, party: i64) -> i64 {
        let (word, bit) = self.bit(party);
        match self.bits.get(word) {
            Some(word) if word & bit != 0 => self.names.get(&party).copied().unwrap_or(party),
            _ => party,
        }
    }

    /// Every pair of a party and its new name; the order is not defined.
    pub fn iter(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.names.iter().map(|(from, to)| (*from, *to))
    }

    fn bit(&self, party: i64) -> (usize, u64) {
        let hash = mixed(party.cast_unsigned());
        let words = (self.bits.len() as u64).max(1);
        (usize::try_from((hash >> 6) & (words - 1)).unwrap_or(0), 1 << (hash & 63))
    }
}

/// The rows of another reader with the parties in some columns renamed.
#[derive(Debug)]
pub(super) struct Renamed {
    pub(super) rows: Arc<dyn TableReader>,
    pub(super) columns: Vec<&'static str>,
    pub(super) names: Arc<Names>,
}

impl TableReader for Renamed {
    fn columns(&self, names: &[&str]) -> Result<DataFrame> {
        let mut frame = self.rows.columns(names)?;
        for name in self.columns.iter().filter(|column| names.contains(column)) {
            let ids = frame.column(name)?.i64()?.iter();
            let renamed: Int64Chunked = ids.map(|id| id.map(|id| self.names.resolve(id))).collect();
            frame.with_column(renamed.with_name((*name).into()).into_column())?;
        }
        Ok(frame)
    }

    fn codes(&self, name: &str) -> Result<Option<Codes>> {
        self.rows.codes(name)
    }
}
