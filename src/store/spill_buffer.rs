//! Rows that wait for their bucket: some in memory, the others in files of their own.
//!
//! Up to [`StoreParams::held_rows`](super::StoreParams::held_rows) rows are held; with one more all of them
//! go to files, by cell, from which the rows of one bucket are read back alone. Files and frames give the
//! same rows in the same order.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use polars::prelude::*;
use rayon::prelude::*;

use super::files;
use super::partitioned_frame::{PartitionedFrame, within};
use super::row_selection::read_range;
use super::seal::Sealed;
use crate::disk;
use crate::error::Result;
use crate::schema::{TABLES, Table};

/// A spilled table stands in this many files, which are written abreast.
const RUNS: u32 = 8;
/// Rows that a spilled file reads and writes at a time, at least.
const RUN_GROUP: usize = 1 << 13;

/// Rows of every table by cell, in the order in which they came.
#[derive(Debug)]
pub(super) struct SpillBuffer {
    folder: PathBuf,
    cells: u32,
    most: usize,
    frames: BTreeMap<usize, Vec<PartitionedFrame>>,
    height: usize,
    rows: BTreeMap<usize, u64>,
    runs: BTreeMap<usize, Vec<Run>>,
    spills: usize,
}

/// Rows in a file, by cell from the first of `cells`.
#[derive(Debug)]
struct Run {
    file: Sealed,
    cells: Range<u32>,
    starts: Vec<IdxSize>,
}

impl SpillBuffer {
    /// Nothing yet; from more than `most` rows on they go to files in `folder`.
    pub(super) fn new(folder: &Path, cells: u32, most: usize) -> Self {
        let (frames, runs) = (BTreeMap::new(), BTreeMap::new());
        Self { folder: folder.to_path_buf(), cells, most, frames, height: 0, rows: BTreeMap::new(), runs, spills: 0 }
    }

    pub(super) fn cells(&self) -> u32 {
        self.cells
    }

    /// How many rows were ever added.
    pub(super) fn rows(&self) -> u64 {
        self.rows.values().sum()
    }

    /// How many of them to the table at a index.
    pub(super) fn rows_of(&self, table: usize) -> u64 {
        self.rows.get(&table).copied().unwrap_or_default()
    }

    /// The index of a table; those beyond all tables are free for other rows.
    pub(super) fn table_index(table: &Table) -> usize {
        TABLES.iter().position(|known| known.name == table.name).unwrap_or(usize::MAX)
    }

    /// Adds rows of the table at a index.
    pub(super) fn add(&mut self, table: usize, frame: PartitionedFrame) -> Result<()> {
        if frame.height() == 0 {
            return Ok(());
        }
        self.height += frame.height();
        *self.rows.entry(table).or_default() += frame.height() as u64;
        self.frames.entry(table).or_default().push(frame);
        if self.height > self.most { self.spill() } else { Ok(()) }
    }

    /// The rows of some cells in the table at this index, in the order in which they came.
    pub(super) fn read(&self, table: usize, cells: &Range<u32>) -> Result<Option<DataFrame>> {
        let mut frames = Vec::new();
        for run in self.runs.get(&table).into_iter().flatten() {
            let wanted = cells.start.max(run.cells.start)..cells.end.min(run.cells.end);
            if !wanted.is_empty() {
                let from_run = wanted.start - run.cells.start..wanted.end - run.cells.start;
                frames.extend(read_range(&run.file, within(&run.starts, &from_run))?);
            }
        }
        frames.extend(self.frames.get(&table).into_iter().flatten().filter_map(|frame| frame.slice(cells)));
        files::joined(frames)
    }

    /// Writes what is in memory to files, so that it is free again.
    fn spill(&mut self) -> Result<()> {
        self.spills += 1;
        disk::make(&self.folder)?;
        let step = self.cells / RUNS;
        let wanted: Vec<(usize, u32)> =
            self.frames.keys().flat_map(|table| (0..RUNS).map(move |run| (*table, run))).collect();
        let write = |(table, run): (usize, u32)| {
            let path = self.folder.join(format!("{table}-{}-{run}.parquet", self.spills));
            let frames = self.frames.get(&table).map(Vec::as_slice).unwrap_or_default();
            Ok((table, Run::write((path, self.cells), frames, run * step..(run + 1) * step)?))
        };
        let runs = wanted.into_par_iter().map(write).collect::<Result<Vec<_>>>()?;
        for (table, run) in runs {
            self.runs.entry(table).or_default().extend(run);
        }
        self.frames.clear();
        self.height = 0;
        Ok(())
    }
}

impl Run {
    /// Writes the rows of some cells, if there are any.
    fn write((path, all): (PathBuf, u32), frames: &[PartitionedFrame], cells: Range<u32>) -> Result<Option<Self>> {
        let height = |cell: u32| frames.iter().map(|frame| frame.rows_of(&(cell..cell + 1))).sum::<usize>();
        let (mut starts, mut groups) = (vec![0], Vec::new());
        let (mut first, mut rows, mut before) = (cells.start, 0, 0);
        for cell in cells.clone() {
            rows += height(cell);
            starts.push(before + IdxSize::try_from(rows).unwrap_or(IdxSize::MAX));
            if rows >= RUN_GROUP || (rows > 0 && cell + 1 == cells.end) {
                groups.push(first..cell + 1);
                before += IdxSize::try_from(rows).unwrap_or(IdxSize::MAX);
                (first, rows) = (cell + 1, 0);
            }
        }
        if groups.is_empty() {
            return Ok(None);
        }
        let file = files::write_aside(&path, groups.iter().map(|group| PartitionedFrame::joined(frames, group, all)))?;
        Ok(Some(Self { file, cells, starts }))
    }
}
