//! A feature table as codes of one byte, put together from parts.
//!
//! ```text
//! part ─► CodedPart (codes of two bytes, counts) ─┐
//! part ─► CodedPart ──────────────────────────────┴─► Coder::finish ─► CodedTable (one byte a value)
//! ```

use std::borrow::Cow;

use rayon::prelude::*;

use super::binning::shortest;
use super::column::{Cells, Column};
use super::part::{CodedPart, Counted};
use super::{Scorecard, ScorecardParams};
use crate::error::{Error, Result};
use crate::features::FeatureTable;
use crate::sentence::Sentence;

/// Features as codes of one byte: what a fit on many rows holds instead of numbers.
///
/// Each feature's values are cut into at most 255 cells, of which bins are made: each distinct
/// value its own cell where there are that few (told apart to one part in a million), else runs of
/// neighbouring values with about equally many rows; a value that many rows have stays alone. Text
/// has a code per level, and one for all the rarest when there are more.
///
/// # Properties
///
/// A table takes one byte per row and feature. Cells depend on all rows together, not on parts, their order or threads.
/// Bins of the rows of a fit are exactly those of their values: no cut lies within a cell.
///
/// ```
/// use polars::prelude::*;
/// use wherewithal::features::{FeatureTable, TableRoles};
/// use wherewithal::model::{CodedTable, ScorecardParams};
///
/// let frame = DataFrame::new(3, vec![Column::new("income".into(), [Some(3.0), None, Some(5.5)])])?;
/// let table = FeatureTable::from_frame(frame, &TableRoles::default())?;
/// let coded = CodedTable::new(&table, &ScorecardParams::default())?;
/// assert_eq!((coded.height(), coded.names().collect::<Vec<_>>()), (3, vec!["income"]));
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CodedTable {
    height: usize,
    columns: Vec<CodedColumn>,
}

#[derive(Debug, Clone, PartialEq)]
struct CodedColumn {
    name: String,
    cells: Cells,
    codes: Vec<u8>,
}

/// Puts a [`CodedTable`] together from parts, of which no more than codes of two bytes are kept.
///
/// Parts are counted in sketches that merge exactly ([`NumberSketch`](super::NumberSketch),
/// [`LevelSketch`](super::LevelSketch)), so a table cut into parts in any way has the same cells.
#[derive(Debug, Default)]
pub struct Coder {
    counted: Vec<(String, Counted)>,
    parts: Vec<CodedPart>,
}

impl Coder {
    /// Takes in a further part, and says which it is: the first is 0.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when its features are not those of the parts before.
    pub fn push(&mut self, mut part: CodedPart) -> Result<usize> {
        let counted = part.take_counted();
        if self.parts.is_empty() {
            self.counted = counted;
        } else {
            let names =
                |counted: &[(String, Counted)]| counted.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
            let (found, expected) = (names(&counted), names(&self.counted));
            if found != expected {
                return Err(Error::table("features", Sentence::names(found), Sentence::names(expected)));
            }
            self.counted.iter_mut().zip(&counted).try_for_each(|((_, all), (_, part))| all.merge(part))?;
        }
        self.parts.push(part);
        Ok(self.parts.len() - 1)
    }

    /// The table of these rows in this order, each given by its part and its place there.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when a column holds a number in one part and text in another.
    pub fn finish(self, rows: &[(u32, u32)]) -> Result<CodedTable> {
        let (parts, counted) = (self.parts, self.counted);
        let column = |(at, (name, counted)): (usize, (String, Counted))| {
            let (cells, codes) = counted.coded((&parts, at), rows)?;
            Ok(CodedColumn { name, cells, codes })
        };
        let columns = counted.into_par_iter().enumerate().map(column).collect::<Result<_>>()?;
        Ok(CodedTable { height: rows.len(), columns })
    }
}

impl CodedTable {
    /// The codes of a table in memory.
    ///
    /// # Errors
    ///
    /// As [`CodedPart::new`].
    pub fn new(table: &FeatureTable, params: &ScorecardParams) -> Result<Self> {
        let mut coder = Coder::default();
        coder.push(CodedPart::new(table, params)?)?;
        let rows: Vec<(u32, u32)> = (0..).take(table.height()).map(|row| (0, row)).collect();
        coder.finish(&rows)
    }

    /// The number of rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The number of features.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// The names of the features, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }

    /// Some of the rows, in the order given; a number that is no row's is unknown everywhere.
    #[must_use]
    pub fn rows(&self, rows: &[usize]) -> Self {
        let pick = |column: &CodedColumn| CodedColumn {
            name: column.name.clone(),
            cells: column.cells.clone(),
            codes: rows.iter().map(|row| column.codes.get(*row).copied().unwrap_or(super::column::MISSING)).collect(),
        };
        Self { height: rows.len(), columns: self.columns.par_iter().map(pick).collect() }
    }

    /// The probability that a card gives each row.
    ///
    /// A value counts as the shortest number of its cell: rows of a card's own fit have exactly their own probability.
    pub fn probabilities(&self, card: &Scorecard) -> Vec<f64> {
        let columns: Vec<(&str, Column<'_>)> = self.read().collect();
        card.scores(&columns).into_iter().map(|score| card.probability(score).value()).collect()
    }

    /// Some of the features.
    #[must_use]
    pub fn select(&self, names: &[&str]) -> Self {
        let columns = self.columns.iter().filter(|column| names.contains(&column.name.as_str()));
        Self { height: self.height, columns: columns.cloned().collect() }
    }

    /// The shortest number of the cell of each row of a numeric feature, NaN where unknown; `None` for any other.
    pub fn numbers(&self, name: &str) -> Option<Vec<f64>> {
        let column = self.columns.iter().find(|column| column.name == name)?;
        let Cells::Numbers { runs, special } = &column.cells else { return None };
        let number = |code: &u8| {
            let at = usize::from(*code);
            let run = runs.get(at).map(|(first, _)| shortest(*first));
            run.or_else(|| special.get(at.checked_sub(runs.len())?).copied()).unwrap_or(f64::NAN)
        };
        Some(column.codes.iter().map(number).collect())
    }

    /// Each feature as learners read it.
    pub(super) fn read(&self) -> impl Iterator<Item = (&str, Column<'_>)> {
        self.columns.iter().map(CodedColumn::read)
    }

    /// Each feature's name, codes and what they stand for.
    pub(super) fn columns(&self) -> impl Iterator<Item = (&str, &[u8], &Cells)> {
        self.columns.iter().map(|column| (column.name.as_str(), column.codes.as_slice(), &column.cells))
    }
}

impl CodedColumn {
    fn read(&self) -> (&str, Column<'_>) {
        (&self.name, Column::Coded { codes: Cow::Borrowed(&self.codes), cells: &self.cells })
    }
}
