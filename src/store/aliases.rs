use std::sync::Arc;

use polars::prelude::*;

use super::Store;
use super::files;
use super::index::index_columns;
use super::needs::pairs_of;
use crate::error::Result;
use crate::schema::ENTITY_ID;
use crate::tables::Names;

/// What renaming parties means for a store whose buckets are cut by the identifiers under which rows were read.
#[derive(Debug)]
pub(super) struct Aliases {
    pub(super) names: Arc<Names>,
    /// The identifiers under which a party has further rows, in buckets of their own.
    own: PlHashMap<i64, Vec<i64>>,
    /// The parties, under the identifiers that have rows, whom somebody names by another identifier.
    named: PlHashMap<i64, Vec<i64>>,
}

impl Aliases {
    pub(super) fn new(store: &Store, names: Arc<Names>) -> Result<Self> {
        let mut aliases = Self { names, own: PlHashMap::new(), named: PlHashMap::new() };
        if aliases.names.is_empty() {
            return Ok(aliases);
        }
        let mut met = PlHashSet::new();
        for folder in store.bucket_folders() {
            let index = index_columns(&folder, &[ENTITY_ID])?;
            let ids = index.column(ENTITY_ID)?.i64()?.iter().flatten();
            for id in ids.filter(|id| aliases.names.of(*id) != *id).filter(|id| met.insert(*id)) {
                aliases.own.entry(aliases.names.of(id)).or_default().push(id);
            }
        }
        aliases.own.values_mut().for_each(|ids| ids.sort_unstable());
        for part in &store.manifest().parts {
            let of_aliases = |pairs: DataFrame| {
                let of_alias = |key: i64| aliases.names.of(key) != key || aliases.own.contains_key(&key);
                Ok(pairs_of(&pairs)?.filter(|(key, _)| of_alias(*key)).collect())
            };
            for (key, needer) in files::seen(&store.pairs(part, 1), of_aliases)? {
                let party = aliases.names.of(key);
                let others = aliases.own.get(&party).into_iter().flatten().copied().chain([party]);
                let named = aliases.named.entry(aliases.names.of(needer)).or_default();
                named.extend(others.filter(|other| *other != key));
            }
        }
        aliases.named.values_mut().for_each(|ids| {
            ids.sort_unstable();
            ids.dedup();
        });
        Ok(aliases)
    }

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

    /// The parties, among those that `contains` holds of, who name somebody by another identifier than that of his rows: whose
    /// rows they need.
    pub(super) fn named_by(&self, contains: impl Fn(i64) -> bool) -> Vec<i64> {
        let mut ids: Vec<i64> =
            self.named.iter().filter(|(party, _)| contains(**party)).flat_map(|(_, ids)| ids).copied().collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}
