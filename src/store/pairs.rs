//! Who needs whose rows: told by few files, known to every task that deals rows out or settles them.

use std::collections::BTreeMap;

use polars::prelude::DataFrame;

use super::blob::{opened, sealed};
use super::bucket;
use super::replication::{KeyToOwners, Replication, pairs_of};
use crate::error::Result;
use crate::ingest::TableSink;
use crate::schema::{self, Table};

/// The pairs of a part: debtors of its cases, and who names whom.
///
/// Some two in a hundred rows tell them; in bytes, sixteen a pair.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pairs {
    pub(super) ways: [KeyToOwners; 2],
}

/// What the bytes of pairs are called.
const NAME: &str = "pairs";

impl Pairs {
    /// Whether rows of one of these tables may tell any.
    pub(crate) fn are_told_by(tables: &[String]) -> bool {
        tables.iter().filter_map(|name| schema::table(name)).any(Replication::tells_pairs)
    }

    /// Those that the files of a plan tell, put together.
    pub(crate) fn joined(purpose: &str, told: impl IntoIterator<Item = Vec<u8>>) -> Result<Self> {
        let mut ways = [Vec::new(), Vec::new()];
        for told in told {
            let told = Self::from_bytes(purpose, &told)?;
            ways.iter_mut().zip(told.ways).for_each(|(all, told)| all.extend(told.iter()));
        }
        Ok(Self { ways: ways.map(KeyToOwners::new) })
    }

    /// As bytes: the number of pairs of each way, then the pairs, each number of eight bytes, little-endian.
    pub(crate) fn to_bytes(&self, purpose: &str) -> Vec<u8> {
        let counts = self.ways.iter().map(|way| way.iter().count() as u64);
        let mut bytes: Vec<u8> = counts.flat_map(u64::to_le_bytes).collect();
        for (key, owner) in self.ways.iter().flat_map(KeyToOwners::iter) {
            bytes.extend(key.to_le_bytes());
            bytes.extend(owner.to_le_bytes());
        }
        sealed((purpose, NAME), &bytes)
    }

    pub(crate) fn from_bytes(purpose: &str, bytes: &[u8]) -> Result<Self> {
        let content = opened((purpose, NAME), bytes)?;
        let mut numbers = content.chunks_exact(8).filter_map(|number| number.first_chunk().copied());
        let counts = [numbers.next(), numbers.next()].map(|count| count.map_or(0, u64::from_le_bytes));
        let mut pair =
            || numbers.next().zip(numbers.next()).map(|(a, b)| (i64::from_le_bytes(a), i64::from_le_bytes(b)));
        let ways = counts.map(|count| KeyToOwners::new((0..count).map_while(|_| pair()).collect()));
        Ok(Self { ways })
    }

    /// The bucket at which rows of this key are counted: that of the first debtor of a case, that of a named party
    /// himself.
    pub(super) fn home(&self, replication: Replication, key: i64, buckets: u32) -> u32 {
        let [debtors, _] = &self.ways;
        let first = (replication == Replication::ByCase).then(|| debtors.owners(key).next()).flatten();
        bucket(first.unwrap_or(key), buckets)
    }

    /// Every bucket that needs the rows of this key, that at which they are counted among them.
    pub(super) fn places(&self, replication: Replication, key: i64, buckets: u32) -> Vec<u32> {
        let [debtors, named] = &self.ways;
        let owners = match replication {
            Replication::None => return vec![bucket(key, buckets)],
            Replication::ByCase => debtors,
            Replication::ByName => named,
        };
        let mut places: Vec<u32> = owners.owners(key).map(|owner| bucket(owner, buckets)).collect();
        places.push(self.home(replication, key, buckets));
        places.sort_unstable();
        places.dedup();
        places
    }
}

/// Takes the pairs that the rows of a file tell, and nothing else of them.
#[derive(Debug, Default)]
pub(crate) struct TellsPairs(BTreeMap<usize, Vec<(i64, i64)>>);

impl TableSink for TellsPairs {
    fn take(&mut self, rows: Vec<(&'static Table, DataFrame)>) -> Result<()> {
        for (table, frame) in rows {
            if let Some((way, pairs)) = Replication::pairs(table, &frame)? {
                self.0.entry(way).or_default().extend(pairs_of(&pairs)?);
            }
        }
        Ok(())
    }
}

impl TellsPairs {
    pub(crate) fn pairs(mut self) -> Pairs {
        Pairs { ways: [0, 1].map(|way| KeyToOwners::new(self.0.remove(&way).unwrap_or_default())) }
    }
}
