//! The rows of a sheet, one after the other.
//!
//! Cells come in the order of rows; empty ones do not come at all. A row of nothing is no row and is not
//! counted. A formula whose value was never computed has no value here: nothing computes it.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{Data, Range, XlsxCellReader};

use super::hidden::Hidden;
use super::merged::Merged;
use super::value::{of_data, of_formula, of_ref};
use crate::error::{Error, Result};
use crate::ingest::bounds::Bounds;
use crate::ingest::guard::guarded;
use crate::ingest::refusal::Reason;
use crate::ingest::rows::Cell;
use crate::ingest::rows::odd::Value;
use crate::sentence::{Sentence, says};

/// The rows of a sheet in which anything stands, one after the other.
pub(in crate::ingest) struct SheetRows<'w> {
    path: &'w Path,
    bounds: &'w Bounds,
    cells: Cells<'w>,
    merged: Merged,
    hidden: Hidden,
    /// Formulas without a value that were met.
    unsaved: u64,
    /// Formulas of an `.xls` workbook that show nothing.
    silent: u64,
    /// A cell that was read and begins the next row.
    ahead: Option<(u32, usize, Value<'static>)>,
}

/// A row of a sheet.
#[derive(Debug)]
pub(in crate::ingest) struct SheetRow {
    /// As spreadsheets number it, from 1.
    pub(in crate::ingest) number: u64,
    /// From column A on.
    pub(in crate::ingest) values: Vec<Value<'static>>,
    /// Columns whose value stands in a row above, in a cell that spans this one too.
    pub(in crate::ingest) filled: Vec<usize>,
    /// Whether Excel does not show it.
    pub(in crate::ingest) is_hidden: bool,
}

/// Where the cells come from.
pub(super) enum Cells<'w> {
    Stream(Box<XlsxCellReader<'w, BufReader<File>>>),
    /// No more cells.
    Over,
    /// All cells between the first and the last, their formulas, and the number of the next one.
    Range(Range<Data>, Range<String>, usize),
}

impl Cells<'_> {
    pub(super) const fn range(range: Range<Data>, formulas: Range<String>) -> Self {
        Self::Range(range, formulas, 0)
    }

    /// Formulas whose value is the empty text. An `.xls` workbook says the same of one that was never computed.
    pub(super) fn silent_formulas(&self) -> u64 {
        let Self::Range(range, formulas, _) = self else { return 0 };
        let (top, left) = formulas.start().unwrap_or_default();
        let place = |(row, column, _): &(usize, usize, &String)| {
            Some((top.checked_add(u32::try_from(*row).ok()?)?, left.checked_add(u32::try_from(*column).ok()?)?))
        };
        let is_silent = |place| matches!(range.get_value(place), Some(Data::String(text)) if text.is_empty());
        formulas.used_cells().filter(|cell| place(cell).is_some_and(is_silent)).count() as u64
    }

    fn next(&mut self, path: &Path) -> Result<Option<(u32, usize, Value<'static>)>> {
        match self {
            Self::Stream(reader) => {
                let Some(cell) = guarded((path, "a sheet"), || reader.next_cell_with_formula())? else {
                    *self = Self::Over;
                    return Ok(None);
                };
                let value = match of_ref(cell.value) {
                    Ok(Cell::Null) if cell.formula.is_some() => of_formula(),
                    value => value,
                };
                Ok(Some((cell.pos.0, cell.pos.1 as usize, value)))
            }
            Self::Over => Ok(None),
            Self::Range(range, formulas, at) => {
                let (top, left) = range.start().unwrap_or_default();
                let (row, column) = (*at / range.width().max(1), *at % range.width().max(1));
                *at += 1;
                let Some(value) = range.get((row, column)) else { return Ok(None) };
                let row = top.saturating_add(u32::try_from(row).unwrap_or(u32::MAX));
                let column = left.saturating_add(u32::try_from(column).unwrap_or(u32::MAX));
                let has_formula = || formulas.get_value((row, column)).is_some_and(|formula| !formula.is_empty());
                let value = match of_data(value) {
                    Ok(Cell::Null) if has_formula() => of_formula(),
                    value => value,
                };
                Ok(Some((row, column as usize, value)))
            }
        }
    }
}

impl<'w> SheetRows<'w> {
    pub(super) fn new(
        (path, bounds): (&'w Path, &'w Bounds),
        cells: Cells<'w>,
        (merged, hidden): (Merged, Hidden),
    ) -> Self {
        Self { path, bounds, cells, merged, hidden, unsaved: 0, silent: 0, ahead: None }
    }

    /// The same, with so many formulas that show nothing.
    pub(super) fn with_silent(self, silent: u64) -> Self {
        Self { silent, ..self }
    }

    /// What is to be said of rows and columns that were read although Excel does not show them, and of formulas without
    /// a value.
    pub(in crate::ingest) fn notes(&self, rows: u64, width: usize) -> Vec<Sentence> {
        let (columns, unsaved, silent) = (self.hidden.columns(width), self.unsaved, self.silent);
        let hidden = || says!("{rows} hidden rows and {columns} hidden columns are read like others", rows, columns);
        let formulas = || {
            says!(
                "{unsaved} formulas have no saved value and are read as empty; a row that needs one is refused: open \
                 the workbook, compute and save it",
                unsaved
            )
        };
        let shown_as_nothing = || {
            says!(
                "{silent} formulas show nothing and are read as empty; an .xls workbook does not say whether they were \
                 ever computed: if values are missing, open the workbook, compute and save it",
                silent
            )
        };
        let hidden = (rows > 0 || columns > 0).then(hidden);
        let formulas = [(unsaved > 0).then(formulas), (silent > 0).then(shown_as_nothing)];
        hidden.into_iter().chain(formulas.into_iter().flatten()).collect()
    }

    /// The next row in which anything stands.
    pub(in crate::ingest) fn next_row(&mut self) -> Result<Option<SheetRow>> {
        loop {
            let Some((row, mut values)) = self.cells_of_row()? else { return Ok(None) };
            let is_blank = values.iter().all(|value| matches!(value, Ok(cell) if cell.text().is_none()));
            let filled = self.merged.fill(row, &mut values);
            if !is_blank {
                let is_hidden = self.hidden.has_row(row);
                return Ok(Some(SheetRow { number: u64::from(row) + 1, values, filled, is_hidden }));
            }
        }
    }

    /// Passes over the rows before that of this number.
    pub(in crate::ingest) fn skip_to(&mut self, number: u64) -> Result<()> {
        while self.ahead.as_ref().is_none_or(|(row, ..)| u64::from(*row) + 1 < number) {
            self.ahead = self.cells.next(self.path)?;
            if self.ahead.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn cells_of_row(&mut self) -> Result<Option<(u32, Vec<Value<'static>>)>> {
        let first = match self.ahead.take() {
            Some(cell) => Some(cell),
            None => self.cells.next(self.path)?,
        };
        let Some((row, column, value)) = first else { return Ok(None) };
        let mut values = Vec::new();
        self.put(&mut values, column, value)?;
        while let Some((next, column, value)) = self.cells.next(self.path)? {
            if next < row {
                return Err(Error::format(
                    self.path,
                    says!("row {} behind row {}", [next + 1, row + 1]),
                    "rows in order",
                ));
            }
            if next > row {
                self.ahead = Some((next, column, value));
                break;
            }
            self.put(&mut values, column, value)?;
        }
        Ok(Some((row, values)))
    }

    fn put(&mut self, values: &mut Vec<Value<'static>>, column: usize, value: Value<'static>) -> Result<()> {
        self.unsaved += u64::from(matches!(&value, Err(odd) if odd.fault.reason == Reason::Formula));
        if matches!(value, Ok(Cell::Null)) && column >= values.len() {
            return Ok(());
        }
        if column >= self.bounds.columns {
            let bound = ("columns", self.bounds.columns as u64);
            return Err(Bounds::exceeded(self.path, format!("a value in column {}", column + 1), bound));
        }
        if values.len() <= column {
            values.resize_with(column + 1, || Ok(Cell::Null));
        }
        if let Some(place) = values.get_mut(column) {
            *place = value;
        }
        Ok(())
    }
}
