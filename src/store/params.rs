//! Settings of a store's layout.

use serde::{Deserialize, Serialize};

use super::partitioned_frame::MICRO_PARTITIONS;
use crate::error::{Error, Result};
use crate::sentence::says;

/// How a store is laid out. No setting changes what it holds.
///
/// # Examples
///
/// ```
/// use wherewithal::store::StoreParams;
///
/// let params = StoreParams::default().buckets(64).held_rows(1 << 20);
/// assert_eq!(params.buckets, Some(64));
/// assert_eq!(StoreParams::default().buckets, None); // as many as the rows ask for
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct StoreParams {
    /// The number of buckets, a power of two up to [`StoreParams::MOST_BUCKETS`]; as many as rows ask for when `None`.
    pub buckets: Option<u32>,
    /// Rows in a bucket, about, where their number is not given, and rows that are dealt to their debtors at a time:
    /// what one thread has in memory.
    pub bucket_rows: u64,
    /// Rows held in memory while they are sorted into buckets.
    pub held_rows: usize,
    /// Rows in a row group: what is decoded to read one party.
    pub group_rows: usize,
    /// Parts of a store, at most: one more and all are folded into one ([`Store::fold`](super::Store::fold)).
    pub most_parts: usize,
}

impl Default for StoreParams {
    fn default() -> Self {
        Self { buckets: None, bucket_rows: 1 << 20, held_rows: 12 << 20, group_rows: 1 << 14, most_parts: 64 }
    }
}

impl StoreParams {
    /// Buckets of a part, at most: each is a folder with a file for each table, and every row held in memory is counted
    /// by bucket.
    pub const MOST_BUCKETS: u32 = 1 << 16;

    /// Sets [`StoreParams::buckets`].
    #[must_use]
    pub fn buckets(self, buckets: u32) -> Self {
        Self { buckets: Some(buckets), ..self }
    }

    /// Sets [`StoreParams::bucket_rows`].
    #[must_use]
    pub fn bucket_rows(self, bucket_rows: u64) -> Self {
        Self { bucket_rows, ..self }
    }

    /// Sets [`StoreParams::group_rows`].
    #[must_use]
    pub fn group_rows(self, group_rows: usize) -> Self {
        Self { group_rows, ..self }
    }

    /// Sets [`StoreParams::held_rows`].
    #[must_use]
    pub fn held_rows(self, held_rows: usize) -> Self {
        Self { held_rows, ..self }
    }

    /// Sets [`StoreParams::most_parts`].
    #[must_use]
    pub fn most_parts(self, most_parts: usize) -> Self {
        Self { most_parts, ..self }
    }

    pub(super) fn checked(&self) -> Result<()> {
        let most = Self::MOST_BUCKETS;
        if let Some(buckets) = self.buckets.filter(|buckets| !buckets.is_power_of_two() || *buckets > most) {
            return Err(Error::setting("buckets", buckets, says!("a power of two, {most} at most", most)));
        }
        if self.bucket_rows == 0 || self.group_rows == 0 || self.most_parts == 0 {
            return Err(Error::setting("bucket_rows, group_rows, most_parts", 0, "at least 1"));
        }
        Ok(())
    }

    pub(super) fn buckets_for(&self, rows: u64) -> u32 {
        let wanted = (rows / self.bucket_rows).clamp(1, u64::from(MICRO_PARTITIONS)).next_power_of_two();
        self.buckets.unwrap_or(u32::try_from(wanted).unwrap_or(1))
    }
}
