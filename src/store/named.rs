//! A store whose parties bear other names than when their rows were read.
//!
//! [`Store::with_parties_named`] changes no file: it gives a store that reads rows under one identifier
//! with those of the party that it is.

use std::collections::BTreeSet;
use std::sync::Arc;

use polars::prelude::*;

use super::aliases::{Aliases, Naming};
use super::index::index_columns;
use super::parts::bucket_name;
use super::replication::pairs_of;
use super::{Store, bucket};
use crate::error::Result;
use crate::schema::ENTITY_ID;
use crate::tables::Names;

impl Store {
    /// The same store with parties renamed: rows under an identifier stand with those of the party that it is now.
    ///
    /// # Errors
    ///
    /// As [`Partitions::partition`](crate::tables::Partitions::partition).
    ///
    /// Names are made by [`link_parties`](crate::pipeline::link_parties()) and its kin from what was stated
    /// by a day.
    pub fn with_parties_named(&self, names: Names) -> Result<Self> {
        Ok(self.with_aliases(aliases(self, Arc::new(names))?))
    }

    /// What [`Store::with_parties_named`] found, for a worker: to find it again every bucket would be read.
    pub(crate) fn party_naming(&self) -> Naming {
        self.aliases().map(Naming::from).unwrap_or_default()
    }

    /// The same store with parties renamed as they were found to be elsewhere.
    pub(crate) fn named_as(&self, naming: &Naming) -> Self {
        self.with_aliases(Aliases::from(naming))
    }

    /// The folders of buckets, within that of the store, in which the rows of one bucket's parties lie: its own in each
    /// part, and those of rows under other identifiers of its parties.
    pub(crate) fn folders_of(&self, number: u32) -> Vec<String> {
        let buckets = self.manifest().buckets();
        let is_own = |party: i64| bucket(party, buckets) == number;
        let mut elsewhere = Vec::new();
        if let Some(aliases) = self.aliases() {
            elsewhere.extend(aliases.own().filter(|(party, _)| is_own(*party)).flat_map(|(_, ids)| ids));
            elsewhere.extend(aliases.named_by(is_own));
        }
        let mut folders = BTreeSet::new();
        for part in &self.manifest().parts {
            let own = u64::from(number) * u64::from(part.buckets) / u64::from(buckets);
            let others = elsewhere.iter().map(|id| bucket(*id, part.buckets));
            for of_part in others.chain(u32::try_from(own)) {
                folders.insert(format!("{}/{}", part.folder, bucket_name(of_part)));
            }
        }
        folders.into_iter().collect()
    }
}

/// What some names mean for a store.
fn aliases(store: &Store, names: Arc<Names>) -> Result<Aliases> {
    let mut aliases = Aliases { names, own: PlHashMap::new(), named: PlHashMap::new() };
    if aliases.names.is_empty() {
        return Ok(aliases);
    }
    let mut met = PlHashSet::new();
    for (part, bucket) in store.buckets() {
        let index = index_columns(&*store.bucket_seals(part, bucket)?, &[ENTITY_ID])?;
        let ids = index.column(ENTITY_ID)?.i64()?.iter().flatten();
        for id in ids.filter(|id| aliases.names.resolve(*id) != *id).filter(|id| met.insert(*id)) {
            aliases.own.entry(aliases.names.resolve(id)).or_default().push(id);
        }
    }
    aliases.own.values_mut().for_each(|ids| ids.sort_unstable());
    for part in &store.manifest().parts {
        let of_aliases = |pairs: DataFrame| {
            let of_alias = |key: i64| aliases.names.resolve(key) != key || aliases.own.contains_key(&key);
            Ok(pairs_of(&pairs)?.filter(|(key, _)| of_alias(*key)).collect())
        };
        for (key, owner) in store.pairs_seen((part, 1), of_aliases)? {
            let party = aliases.names.resolve(key);
            let others = aliases.own.get(&party).into_iter().flatten().copied().chain([party]);
            let named = aliases.named.entry(aliases.names.resolve(owner)).or_default();
            named.extend(others.filter(|other| *other != key));
        }
    }
    aliases.named.values_mut().for_each(|ids| {
        ids.sort_unstable();
        ids.dedup();
    });
    Ok(aliases)
}
