//! Parties under several identifiers, for a store whose buckets are cut by identifier.
//!
//! A passport and a resident number may be one person's, and a register may say so only after rows of both
//! were stored. The rows stay where they lie; what is known on a day is applied when they are read. So a
//! statement that comes later changes no file, and a run about an earlier day sees none of it.

use std::sync::Arc;

use polars::prelude::*;
use serde::{Deserialize, Serialize};

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

/// What renaming parties means for a store, as a plan carries it to workers that read a few buckets: in pseudonyms, and
/// sorted, so that a plan is the same whenever it is made.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Naming {
    /// Identifiers, and the party that each is.
    names: Vec<(i64, i64)>,
    own: Vec<(i64, Vec<i64>)>,
    named: Vec<(i64, Vec<i64>)>,
}

impl From<&Aliases> for Naming {
    fn from(aliases: &Aliases) -> Self {
        let mut names: Vec<(i64, i64)> = aliases.names.iter().collect();
        names.sort_unstable();
        let sorted = |of: &PlHashMap<i64, Vec<i64>>| {
            let mut of: Vec<(i64, Vec<i64>)> = of.iter().map(|(party, ids)| (*party, ids.clone())).collect();
            of.sort_unstable();
            of
        };
        Self { names, own: sorted(&aliases.own), named: sorted(&aliases.named) }
    }
}

impl From<&Naming> for Aliases {
    fn from(naming: &Naming) -> Self {
        let map = |of: &[(i64, Vec<i64>)]| of.iter().cloned().collect();
        Self { names: Arc::new(Names::new(&naming.names)), own: map(&naming.own), named: map(&naming.named) }
    }
}
