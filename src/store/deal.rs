//! Deals the rows of one file out to the buckets that need them, knowing all pairs.
//!
//! ```text
//! rows ─► number them within the file ─► the buckets that need each ─► blobs
//! ```
//!
//! A row that parties of several buckets need goes to each of these once; the bucket gives it to each of its own.

use std::collections::BTreeMap;
use std::ops::Range;

use polars::prelude::*;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::blob::{Blob, NAMED, SENT, STATED};
use super::files::joined;
use super::identity::Statements;
use super::pairs::Pairs;
use super::partitioned_frame::PartitionedFrame;
use super::replication::{KEY, Replication};
use super::sink::{Numbered, numbered};
use super::spill_buffer::SpillBuffer;
use crate::error::Result;
use crate::ingest::{FileReport, TableSink};
use crate::schema::Table;
use crate::sentence::{SentPart, Sentence};

/// What a file tells to a bucket: how many rows it has of each table, and the table, chunk and digest of what it sends
/// there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Sent {
    pub(super) rows: BTreeMap<String, u64>,
    pub(super) blobs: Vec<(u32, u32, String)>,
    /// What was read of the file, where the plan's own machine is told, and what it says in sentences: they are told in
    /// the language of that machine.
    pub(super) report: Option<(FileReport, Vec<Vec<SentPart>>)>,
}

impl Sent {
    /// What was read of the file, as the machine has it that read it.
    pub(super) fn into_report(self) -> Option<FileReport> {
        let (mut report, said) = self.report?;
        for (sentence, sent) in report.sentences().zip(said) {
            *sentence = Sentence::received(sent);
        }
        Some(report)
    }
}

/// Where rows go: what the plan is called, the pairs, and how many buckets there are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dealing<'p> {
    pub(crate) purpose: &'p str,
    pub(crate) pairs: &'p Pairs,
    pub(crate) buckets: u32,
    /// How many rows are held before they go.
    pub(crate) most: u64,
}

/// Takes the rows of one file and hands on the blobs that they make.
pub(crate) struct Dealer<'p> {
    dealing: Dealing<'p>,
    file: u64,
    hand_on: &'p mut dyn FnMut(Blob) -> Result<()>,
    frames: BTreeMap<u32, Vec<PartitionedFrame>>,
    height: u64,
    chunk: u32,
    rows: BTreeMap<&'static str, u64>,
    sent: BTreeMap<u32, Vec<(u32, u32, String)>>,
    statements: Statements,
}

impl std::fmt::Debug for Dealer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dealer").field("file", &self.file).finish_non_exhaustive()
    }
}

impl TableSink for Dealer<'_> {
    fn take(&mut self, rows: Vec<(&'static Table, DataFrame)>) -> Result<()> {
        let numbered = numbered(rows, &mut self.rows, (0, 0))?;
        let Dealing { pairs, buckets, .. } = self.dealing;
        let dealt = numbered.into_par_iter().with_max_len(1).map(|Numbered { table, frame, stated, named }| {
            let places = |key| pairs.places(Replication::for_table(table), key, buckets);
            let index = u32::try_from(SpillBuffer::table_index(table)).unwrap_or(u32::MAX);
            let mut dealt = vec![(index, by_place((&frame, table.key()), places, buckets)?)];
            if let Some(named) = named {
                let home = |case| vec![pairs.home(Replication::ByCase, case, buckets)];
                dealt.push((NAMED, by_place((&named, KEY), home, buckets)?));
            }
            Ok((dealt, stated))
        });
        for (dealt, stated) in dealt.collect::<Result<Vec<_>>>()? {
            stated.into_iter().for_each(|stated| self.statements.add(stated));
            for (table, frame) in dealt {
                self.height += frame.height() as u64;
                self.frames.entry(table).or_default().push(frame);
            }
        }
        if self.height > self.dealing.most { self.send() } else { Ok(()) }
    }
}

/// Rows by the buckets to which their keys go.
fn by_place(
    (rows, key): (&DataFrame, &'static str),
    places: impl Fn(i64) -> Vec<u32>,
    buckets: u32,
) -> Result<PartitionedFrame> {
    let keys = (0..).zip(rows.column(key)?.i64()?.iter().map(Option::unwrap_or_default));
    let cells = keys.flat_map(|(row, key)| places(key).into_iter().map(move |place| (row, place))).collect();
    PartitionedFrame::dealt((rows, key), cells, buckets)
}

impl<'p> Dealer<'p> {
    pub(crate) fn new(dealing: Dealing<'p>, file: u64, hand_on: &'p mut dyn FnMut(Blob) -> Result<()>) -> Self {
        Self {
            dealing,
            file,
            hand_on,
            frames: BTreeMap::new(),
            height: 0,
            chunk: 0,
            rows: BTreeMap::new(),
            sent: BTreeMap::new(),
            statements: Statements::default(),
        }
    }

    /// Hands on what is held.
    fn send(&mut self) -> Result<()> {
        let (frames, purpose) = (std::mem::take(&mut self.frames), self.dealing.purpose);
        let (file, chunk) = (self.file, self.chunk);
        let buckets: Vec<u32> = (0..self.dealing.buckets).collect();
        // As many buckets as there are threads are packed at a time.
        for wave in buckets.chunks(rayon::current_num_threads().max(1)) {
            let blobs = wave.par_iter().with_max_len(1).map(|bucket| {
                let cells: Range<u32> = *bucket..*bucket + 1;
                let mut blobs = Vec::new();
                for (table, frames) in &frames {
                    if let Some(rows) = joined(frames.iter().filter_map(|frame| frame.slice(&cells)))? {
                        blobs.push(Blob::of_frame(purpose, (*bucket, *table, file, chunk), &rows)?);
                    }
                }
                Ok(blobs)
            });
            for blob in blobs.collect::<Result<Vec<_>>>()?.into_iter().flatten() {
                self.sent.entry(blob.bucket).or_default().push((blob.table, blob.chunk, blob.digest()));
                (self.hand_on)(blob)?;
            }
        }
        (self.height, self.chunk) = (0, self.chunk + 1);
        Ok(())
    }

    /// Hands on the rest, and tells every bucket and the plan's own machine what there was.
    pub(crate) fn finish(mut self, mut report: FileReport) -> Result<()> {
        self.send()?;
        let said: Vec<Vec<SentPart>> = report.sentences().map(|sentence| sentence.sent()).collect();
        let rows: BTreeMap<String, u64> = self.rows.iter().map(|(name, rows)| ((*name).to_owned(), *rows)).collect();
        let (file, desk, purpose) = (self.file, self.dealing.buckets, self.dealing.purpose);
        for (table, stated) in std::mem::take(&mut self.statements).of_tables()? {
            let table = STATED + u32::try_from(table).unwrap_or_default();
            let blob = Blob::of_frame(purpose, (desk, table, file, 0), &stated)?;
            self.sent.entry(desk).or_default().push((table, 0, blob.digest()));
            (self.hand_on)(blob)?;
        }
        for bucket in 0..=desk {
            let blobs = self.sent.remove(&bucket).unwrap_or_default();
            let report = (bucket == desk).then(|| (report.clone(), said.clone()));
            let sent = Sent { rows: rows.clone(), blobs, report };
            (self.hand_on)(Blob::of_document(purpose, (bucket, SENT, file, 0), &sent)?)?;
        }
        Ok(())
    }
}
