//! Parties under several identifiers, for a store whose buckets are cut by identifier.
//!
//! A passport and a resident number may be one person's, and a register may say so only after rows of both
//! were stored. The rows stay where they lie; what is known on a day is applied when they are read. So a
//! statement that comes later changes no file, and a run about an earlier day sees none of it.

use std::sync::Arc;

use polars::prelude::*;

use crate::tables::Names;

/// What renaming parties means for a store whose buckets are cut by the identifiers under which rows were read.
#[derive(Debug)]
pub(super) struct Aliases {
    pub(super) names: Arc<Names>,
    /// The identifiers under which a party has further rows, in buckets of their own.
    pub(super) own: PlHashMap<i64, Vec<i64>>,
    /// The parties, under the identifiers that have rows, whom somebody names by another identifier.
    pub(super) named: PlHashMap<i64, Vec<i64>>,
}

impl Aliases {
    /// How many identifiers have rows that stand under another now.
    pub(super) fn identifiers(&self) -> usize {
        self.own.values().map(Vec::len).sum()
    }

    /// Parties that have rows under other identifiers, with these.
    pub(super) fn own(&self) -> impl Iterator<Item = (i64, &[i64])> + '_ {
        self.own.iter().map(|(party, ids)| (*party, ids.as_slice()))
    }

    /// Some parties under all their identifiers.
    pub(super) fn expanded(&self, parties: &[i64]) -> Vec<i64> {
        let others = parties.iter().filter_map(|party| self.own.get(party)).flatten();
        parties.iter().chain(others).copied().collect()
    }

    /// The parties, among those that `contains` holds of, who name somebody by another identifier
    /// than that of his rows: whose rows they need.
    pub(super) fn named_by(&self, contains: impl Fn(i64) -> bool) -> Vec<i64> {
        let mut ids: Vec<i64> =
            self.named.iter().filter(|(party, _)| contains(**party)).flat_map(|(_, ids)| ids).copied().collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}
