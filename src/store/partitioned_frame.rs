//! Rows sorted coarsely by hash key: finely enough that any number of buckets can be cut from them later.
//!
//! How many buckets a part gets depends on its rows, which are known when all were read. Until then rows
//! are sorted into 4,096 ranges of the hash; a bucket is a run of ranges.

use std::ops::Range;

use polars::prelude::*;

use super::{bucket, files};
use crate::error::Result;
use crate::schema::ENTITY_ID;

/// Ranges of hash keys of one length, and the most buckets that are made unasked.
pub(super) const MICRO_PARTITIONS: u32 = 1 << 12;

/// Rows that one thread sorts at a time.
pub(super) const STEP: usize = 1 << 16;

/// Rows of one table by cell; those of one cell as they came.
#[derive(Debug)]
pub(super) struct PartitionedFrame {
    rows: DataFrame,
    owner: &'static str,
    /// Where each cell's rows begin, and where the last one's end.
    starts: Vec<IdxSize>,
}

impl PartitionedFrame {
    /// Sorts rows by the cells of those who need them.
    pub(super) fn new((rows, owner): (&DataFrame, &'static str), cells: u32) -> Result<Self> {
        let owners: Vec<i64> = rows.column(owner)?.i64()?.iter().map(Option::unwrap_or_default).collect();
        let cell_of = (0..).zip(owners.iter().map(|owner| bucket(*owner, cells))).collect();
        Self::dealt((rows, owner), cell_of, cells)
    }

    /// Sorts rows by the cells that are said for them: a row may go to several, or to none.
    pub(super) fn dealt(
        (rows, owner): (&DataFrame, &'static str),
        cell_of: Vec<(IdxSize, u32)>,
        cells: u32,
    ) -> Result<Self> {
        let mut starts = vec![0; cells as usize + 1];
        for (_, cell) in &cell_of {
            if let Some(count) = starts.get_mut(*cell as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut order = vec![0; cell_of.len()];
        let mut next = starts.clone();
        for (row, cell) in cell_of {
            if let Some(next) = next.get_mut(cell as usize) {
                if let Some(index) = order.get_mut(*next as usize) {
                    *index = row;
                }
                *next += 1;
            }
        }
        Ok(Self { rows: files::taken(rows, order)?, owner, starts })
    }

    /// The rows of some cells of `all` in frames of one table, again by cell.
    pub(super) fn joined(frames: &[Self], cells: &Range<u32>, all: u32) -> Result<DataFrame> {
        let rows = files::joined(frames.iter().filter_map(|frame| frame.slice(cells)))?;
        let owner = frames.first().map_or(ENTITY_ID, |frame| frame.owner);
        Ok(Self::new((&rows.unwrap_or_default(), owner), all)?.rows)
    }

    pub(super) fn height(&self) -> usize {
        self.rows.height()
    }

    /// How many rows some cells have.
    pub(super) fn rows_of(&self, cells: &Range<u32>) -> usize {
        within(&self.starts, cells).len()
    }

    /// The rows of some cells, if there are any.
    pub(super) fn slice(&self, cells: &Range<u32>) -> Option<DataFrame> {
        let rows = within(&self.starts, cells);
        (!rows.is_empty()).then(|| self.rows.slice(i64::try_from(rows.start).unwrap_or(i64::MAX), rows.len()))
    }
}

/// The rows of some cells, where each cell begins at its start.
pub(super) fn within(starts: &[IdxSize], cells: &Range<u32>) -> Range<usize> {
    let start = |cell: u32| starts.get(cell as usize).or(starts.last()).copied().unwrap_or_default() as usize;
    start(cells.start)..start(cells.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_by_cell_in_the_order_in_which_they_came() {
        let owners: Vec<i64> = (0..1000).map(|row| row % 370).collect();
        let rows = vec![
            Column::new("row".into(), (0..1000i64).collect::<Vec<_>>()),
            Column::new(ENTITY_ID.into(), owners.clone()),
        ];
        let rows = DataFrame::new(1000, rows).unwrap();
        let frame = PartitionedFrame::new((&rows, ENTITY_ID), 8).unwrap();
        let mut seen = Vec::new();
        for cell in 0..8 {
            let rows = frame.slice(&(cell..cell + 1)).unwrap();
            let rows: Vec<i64> = rows.column("row").unwrap().i64().unwrap().iter().flatten().collect();
            assert!(
                rows.is_sorted() && rows.iter().all(|row| bucket(owners[usize::try_from(*row).unwrap()], 8) == cell)
            );
            seen.extend(rows);
        }
        assert_eq!(frame.slice(&(0..8)).unwrap().height(), 1000);
        let halves = [0, 500].map(|at| PartitionedFrame::new((&rows.slice(at, 500), ENTITY_ID), 8).unwrap());
        assert!(PartitionedFrame::joined(&halves, &(0..8), 8).unwrap().equals(&frame.slice(&(0..8)).unwrap()));
        seen.sort_unstable();
        assert!(seen.into_iter().eq(0..1000));
    }
}
