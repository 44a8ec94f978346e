//! Settles one bucket of a part from the blobs of all files: the same files as a filling on one machine writes.
//!
//! ```text
//! blobs ─► needed by their own party ─────────────────────────────────► held ─► bucket
//!      └─► needed by others too ─► waiting, at home or away ─ replicate ─► held
//! ```
//!
//! Rows that several buckets need come to each of them. Where they are at home they are counted: so every row in
//! doubt, and every row that repeats another, counts once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use polars::prelude::*;
use serde::{Deserialize, Serialize};

use super::arrived::Arrived;
use super::blob::{Blob, NAMED, sealed};
use super::manifest::Manifest;
use super::pairs::Pairs;
use super::partitioned_frame::{MICRO_PARTITIONS, PartitionedFrame};
use super::parts::{ASIDE, UNFINISHED, bucket_digests};
use super::repeats::{Repeated, Repeats};
use super::replication::{KEY, NAMED_CASES, ROW, Replication};
use super::seal::Seals;
use super::shuffle_batch::{ShuffleBatch, batches};
use super::spill_buffer::SpillBuffer;
use super::write_buckets::write_buckets;
use super::{Store, StoreParams};
use crate::disk;
use crate::error::{Error, Result};
use crate::progress::Silent;
use crate::schema::{ENTITY_ID, TABLES};
use crate::sentence::{Sentence, says};

/// How a part is laid out, for whoever works at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Layout {
    /// The folder of the part within that of the store.
    pub(crate) part: String,
    pub(crate) params: StoreParams,
}

impl Layout {
    pub(crate) fn buckets(&self) -> u32 {
        self.params.buckets.unwrap_or(1)
    }
}

/// What a task works at: the part's folder and layout, the digest of the plan, and how many files it reads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Task<'p> {
    pub(crate) folder: &'p Path,
    pub(crate) layout: &'p Layout,
    pub(crate) purpose: &'p str,
    pub(crate) files: u64,
}

/// What the bytes of a settled bucket are called.
pub(super) const SETTLED: &str = "settled";

impl Task<'_> {
    /// Settles a bucket: what is to be reported of it.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for a number that no bucket has, a folder where no part is under way, and when blobs are
    /// missing or not of this plan.
    pub(crate) fn settle(
        self,
        (bucket, pairs): (u32, &Pairs),
        blobs: impl IntoIterator<Item = Blob>,
    ) -> Result<Vec<u8>> {
        if bucket >= self.layout.buckets() {
            return Err(Error::setting("bucket", bucket, says!("less than {}", [self.layout.buckets()])));
        }
        self.is_under_way()?;
        let settled = settle(self, (bucket, pairs), blobs)?;
        Ok(sealed((self.purpose, SETTLED), &serde_json::to_vec(&settled)?))
    }

    /// Refuses to make anything where a store is not mounted, or its part is whole already.
    fn is_under_way(self) -> Result<()> {
        if self.folder.join(UNFINISHED).is_file() {
            return Ok(());
        }
        let setting = Sentence::name(self.folder.display().to_string());
        Err(Error::setting(setting, "no part under way", "the store of the plan, as this machine sees it"))
    }
}

/// What became of a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Settled {
    pub(super) bucket: u32,
    /// The folder, within that of the part, of the attempt that wrote it.
    pub(super) attempt: String,
    /// What vouches for its files: BLAKE3 of its list of digests.
    pub(super) digests: String,
    /// Rows by table: those that stand there, those that repeat others, and those in doubt, which are of two kinds.
    pub(super) stored: BTreeMap<String, u64>,
    pub(super) repeated: BTreeMap<String, u64>,
    pub(super) doubts: [BTreeMap<String, u64>; 2],
}

/// Rows on their way into one bucket.
struct Settling<'p> {
    task: Task<'p>,
    bucket: u32,
    pairs: &'p Pairs,
    /// Rows that this bucket counts, and those that another does; they wait for who needs them.
    waiting: [SpillBuffer; 2],
    held: SpillBuffer,
}

/// Settles a bucket in a folder of this attempt.
fn settle(task: Task<'_>, (bucket, pairs): (u32, &Pairs), blobs: impl IntoIterator<Item = Blob>) -> Result<Settled> {
    let attempt = format!("{ASIDE}/{bucket:04}-{}", disk::word());
    let folder = task.folder.join(&attempt);
    let params = &task.layout.params;
    let buffer = |name: &str, cells: u32| SpillBuffer::new(&folder.join(ASIDE).join(name), cells, params.held_rows / 3);
    let mut settling = Settling {
        task,
        bucket,
        pairs,
        waiting: ["home", "away"].map(|name| buffer(name, MICRO_PARTITIONS)),
        held: buffer("held", task.layout.buckets().max(MICRO_PARTITIONS)),
    };
    settling.take(blobs)?;
    task.is_under_way()?;
    disk::make(&folder)?;
    let store = Store::new(task.folder, (Manifest::new(""), 0));
    let (home, away) = (Repeats::new(&store, true), Repeats::new(&store, true));
    let (mut repeated, mut elsewhere) = (Repeated::new(), Repeated::new());
    settling.replicate([(&home, &mut repeated), (&away, &mut elsewhere)], &store)?;
    let mut seals = Seals::new(&folder);
    let wanted = (bucket..bucket + 1, task.layout.buckets());
    let (stored, known) = write_buckets((&mut seals, params.group_rows), (&settling.held, wanted, &home), &Silent)?;
    known.into_iter().for_each(|(name, count)| *repeated.entry(name).or_default() += count);
    disk::remove(&folder.join(ASIDE))?;
    let named = |counts: BTreeMap<&'static str, u64>| -> BTreeMap<String, u64> {
        counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect()
    };
    let doubts = home.into_doubts();
    let digests = seals.digest_of(&bucket_digests(bucket)).unwrap_or_default();
    let doubts = [named(doubts.repeated), named(doubts.unknown_cases)];
    Ok(Settled { bucket, attempt, digests, stored: named(stored), repeated: named(repeated), doubts })
}

impl Settling<'_> {
    /// Sorts the rows of all blobs; those that are missing are an error.
    fn take(&mut self, blobs: impl IntoIterator<Item = Blob>) -> Result<()> {
        let arrived = Arrived::new(blobs.into_iter().filter(|blob| blob.bucket == self.bucket));
        let (mut firsts, mut counted, mut keys) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        for file in 1..=self.task.files {
            let attempt = arrived.attempt(self.task.purpose, file)?;
            let (sent, of_file) = attempt.ok_or_else(|| self.missing(file))?;
            keys.extend(of_file);
            // The rows of a table are counted on from those in the files before.
            for (at, table) in (0..).zip(TABLES) {
                let rows = counted.entry(at).or_insert(0);
                firsts.insert((at, file), *rows);
                *rows += sent.rows.get(table.name).copied().unwrap_or_default();
            }
        }
        for blob in arrived.chosen(&keys) {
            let first = firsts.get(&(blob.table, blob.file)).copied().unwrap_or_default();
            self.add((blob.table, first), blob.frame(self.task.purpose)?)?;
        }
        let (number, buckets) = (self.bucket, self.task.layout.buckets());
        for (way, pairs) in self.pairs.ways.iter().enumerate() {
            let pairs = pairs.among((number, buckets)).frame()?;
            for waiting in &mut self.waiting {
                waiting.add(TABLES.len() + way, PartitionedFrame::new((&pairs, KEY), MICRO_PARTITIONS)?)?;
            }
        }
        Ok(())
    }

    fn missing(&self, file: u64) -> Error {
        let setting = says!("bucket {}", [self.bucket]);
        Error::setting(setting, says!("not all rows of file {file}", file), "every blob of every file for this bucket")
    }

    /// Sorts rows of one table and one file, whose rows are counted on from `first`.
    fn add(&mut self, (table, first): (u32, u64), mut frame: DataFrame) -> Result<()> {
        let [home, away] = &mut self.waiting;
        if table == NAMED {
            return home.add(NAMED_CASES, PartitionedFrame::new((&frame, KEY), MICRO_PARTITIONS)?);
        }
        let at = table as usize;
        let Some(table) = TABLES.get(at) else { return Ok(()) };
        let replication = Replication::for_table(table);
        if replication == Replication::None {
            let cells = self.held.cells();
            return self.held.add(at, PartitionedFrame::new((&frame, ENTITY_ID), cells)?);
        }
        let first = i64::try_from(first).map_err(|_| Error::setting("store", first, "fewer rows"))?;
        let numbers: Int64Chunked = frame.column(ROW)?.i64()?.iter().map(|row| row.map(|row| row + first)).collect();
        frame.with_column(numbers.with_name(ROW.into()).into_column())?;
        let keys = frame.column(table.key())?.i64()?.iter();
        let is_home = |key: i64| self.pairs.home(replication, key, self.task.layout.buckets()) == self.bucket;
        let is_home: BooleanChunked = keys.map(|key| Some(key.is_some_and(is_home))).collect();
        for (waiting, wanted) in [(home, is_home.clone()), (away, !is_home)] {
            let rows = frame.filter(&wanted)?;
            waiting.add(at, PartitionedFrame::new((&rows, table.key()), MICRO_PARTITIONS)?)?;
        }
        Ok(())
    }

    /// Gives each waiting row to everybody of this bucket who needs it.
    fn replicate(&mut self, by: [(&Repeats<'_>, &mut Repeated); 2], store: &Store) -> Result<()> {
        for (waiting, (repeats, repeated)) in self.waiting.iter().zip(by) {
            for cells in batches(waiting, self.task.layout.params.bucket_rows) {
                let batch = ShuffleBatch::read(waiting, &cells, (store, repeats, repeated))?;
                batch.replicate(store, &mut self.held)?;
            }
        }
        Ok(())
    }
}
