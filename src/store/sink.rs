//! Rows on their way into a part: they get their numbers, and go to the cell of their party or wait.
//!
//! `record_id` is counted on from the files of earlier parts, so that it names one row of the store for
//! good. Rows of tables that are replicated get a number over all parts besides, by which copies of one row
//! are known.

use std::collections::BTreeMap;

use polars::prelude::*;
use rayon::prelude::*;

use super::fill::Filling;
use super::identity::Statements;
use super::partitioned_frame::{MICRO_PARTITIONS, PartitionedFrame};
use super::replication::{KEY, NAMED_CASES, ROW, Replication, named_cases};
use super::shuffle_batch::checked;
use super::spill_buffer::SpillBuffer;
use crate::error::{Error, Result};
use crate::ingest::TableSink;
use crate::schema::{ENTITY_ID, LINE_BITS, RECORD_ID, TABLES, Table};
use crate::sentence::says;

impl TableSink for Filling {
    fn take(&mut self, rows: Vec<(&'static Table, DataFrame)>) -> Result<()> {
        let mut frames = Vec::new();
        for Numbered { table, frame, stated, named } in numbered(rows, &mut self.rows, (self.files, self.number))? {
            stated.into_iter().for_each(|stated| self.statements.add(stated));
            let named = named.map(|named| PartitionedFrame::new((&named, KEY), MICRO_PARTITIONS)).transpose()?;
            named.into_iter().try_for_each(|named| self.waiting.add(NAMED_CASES, named))?;
            frames.push((table, frame));
        }
        self.sort(frames)
    }
}

/// Rows of a table that have their numbers, and what they tell: statements of identity, and the cases that they name.
pub(super) struct Numbered {
    pub(super) table: &'static Table,
    pub(super) frame: DataFrame,
    pub(super) stated: Option<(usize, DataFrame)>,
    pub(super) named: Option<DataFrame>,
}

/// Gives rows their numbers, behind so many files of earlier parts; those of replicated tables are counted on from
/// those `counted`, in the part of this number.
pub(super) fn numbered(
    rows: Vec<(&'static Table, DataFrame)>,
    counted: &mut BTreeMap<&'static str, u64>,
    (files, part): (u64, u64),
) -> Result<Vec<Numbered>> {
    let (shift, first_of_part) = (first_number(files)?, first_number(part)?);
    // Where the rows of each frame begin in their table: then frames are sorted abreast.
    let mut begun = Vec::with_capacity(rows.len());
    for (table, frame) in rows {
        let rows = counted.entry(table.name).or_default();
        begun.push((table, *rows, frame));
        *rows += begun.last().map_or(0, |(.., frame)| frame.height() as u64);
    }
    let numbered = begun.into_par_iter().with_max_len(1).map(|(table, first, frame)| {
        let mut frame = shifted(frame, shift)?;
        checked(table, &frame)?;
        if Replication::for_table(table) != Replication::None {
            let first = i64::try_from(first).ok().and_then(|first| first_of_part.checked_add(first));
            let first = first.ok_or_else(|| beyond(part))?;
            let numbers: Vec<i64> = (first..).take(frame.height()).collect();
            frame.with_column(Column::new(ROW.into(), numbers))?;
        }
        let named = named_cases(table, &frame)?;
        Ok(Numbered { table, stated: Statements::told(table, &frame)?, frame, named })
    });
    numbered.collect()
}

/// The first number of rows behind so many files or parts.
fn first_number(count: u64) -> Result<i64> {
    let first = count.checked_mul(1 << LINE_BITS).and_then(|first| i64::try_from(first).ok());
    first.ok_or_else(|| beyond(count))
}

fn beyond(numbers: u64) -> Error {
    Error::setting("store", says!("{numbers} files or parts", numbers), "fewer: rows have no numbers left")
}

impl Filling {
    /// Sorts rows that have their numbers into cells; those that others need too wait.
    pub(super) fn sort(&mut self, frames: Vec<(&'static Table, DataFrame)>) -> Result<()> {
        let cells = self.held.cells();
        let sorted = frames.into_par_iter().with_max_len(1).map(|(table, frame)| {
            let index = SpillBuffer::table_index(table);
            if Replication::for_table(table) == Replication::None {
                return Ok((Some((index, PartitionedFrame::new((&frame, ENTITY_ID), cells)?)), Vec::new()));
            }
            let mut waiting = vec![(index, PartitionedFrame::new((&frame, table.key()), MICRO_PARTITIONS)?)];
            if let Some((way, pairs)) = Replication::pairs(table, &frame)? {
                waiting.push((TABLES.len() + way, PartitionedFrame::new((&pairs, KEY), MICRO_PARTITIONS)?));
            }
            Ok((None, waiting))
        });
        for (held, waiting) in sorted.collect::<Result<Vec<_>>>()? {
            held.into_iter().try_for_each(|(index, frame)| self.held.add(index, frame))?;
            waiting.into_iter().try_for_each(|(index, frame)| self.waiting.add(index, frame))?;
        }
        Ok(())
    }

    /// Counts rows that were numbered elsewhere, and those of them that are left out: there before,
    /// or of a party that was forgotten.
    pub(super) fn count(&mut self, table: &'static Table, [rows, repeated, forgotten]: [u64; 3]) {
        *self.rows.entry(table.name).or_default() += rows;
        *self.repeated.entry(table.name).or_default() += repeated;
        *self.forgotten.entry(table.name).or_default() += forgotten;
    }

    /// Takes the statements of earlier parts over.
    pub(super) fn state(&mut self, statements: Statements) {
        self.statements = statements;
    }
}

/// Rows with their numbers counted on from the files of earlier parts.
pub(super) fn shifted(mut frame: DataFrame, by: i64) -> Result<DataFrame> {
    if by != 0 {
        let records = frame.column(RECORD_ID)?.i64()?.iter();
        let numbers: Vec<Option<i64>> = records.map(|record| record.map(|number| number + by)).collect();
        frame.with_column(Column::new(RECORD_ID.into(), numbers))?;
    }
    Ok(frame)
}
