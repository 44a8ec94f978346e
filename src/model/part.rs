//! A part of a coded table, in cells of its own until parts are merged.
//!
//! A table that does not fit into memory is read in parts. A part is coded in cells finer than any bin will
//! be; when all parts are counted, bins are found on the sum of the counts and each part's cells are
//! translated to them. What was read is then a byte per row and feature.

use super::ScorecardParams;
use super::binning::{BinningParams, LevelSketch, NumberSketch, joined_to, key, number, same};
use super::column::{Cells, MISSING};
use crate::error::{Error, Result};
use crate::features::{FeatureColumn, FeatureTable};
use crate::sentence::Sentence;

/// Cells that a sketch may have: finer than the codes that are made of them, and small enough for hundreds of features.
const SKETCH_CELLS: usize = 4096;

/// Codes of one byte, that for unknown apart.
const MOST: usize = MISSING as usize;

/// The codes of two bytes that are no cell's: unknown, and below it the special codes.
const UNKNOWN: u16 = u16::MAX;

/// The codes of a part of the rows, in cells of its own.
///
/// It takes two bytes per row and feature, and what its cells take.
#[derive(Debug)]
pub struct CodedPart {
    columns: Vec<PartColumn>,
    /// What was counted, until a [`Coder`](super::Coder) takes it.
    counted: Vec<(String, Counted)>,
}

/// One feature of a part: its cells, and a code per row.
#[derive(Debug)]
enum PartColumn {
    Numbers { firsts: Vec<u32>, codes: Vec<u16> },
    Levels { levels: Vec<String>, codes: Vec<u32> },
}

/// The values of one feature, counted.
#[derive(Debug)]
pub(super) enum Counted {
    Numbers { sketch: NumberSketch, params: BinningParams },
    Levels(LevelSketch),
}

impl CodedPart {
    /// Counts and codes a part.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for settings outside their range, or values so close above a split that
    /// the two cannot be told apart.
    pub fn new(table: &FeatureTable, params: &ScorecardParams) -> Result<Self> {
        let mut part = Self { columns: Vec::with_capacity(table.width()), counted: Vec::with_capacity(table.width()) };
        // How many rows a cell has is all that is asked here.
        let none = vec![false; table.height()];
        for name in table.names() {
            let (column, counted) = match table.column(name) {
                Some(FeatureColumn::Numeric(values)) => numbers(&values, &none, params.binning_of(name))?,
                Some(FeatureColumn::Text(values)) => levels(&values, &none)?,
                None => return Err(Error::table("features", "no such column", Sentence::name(name))),
            };
            part.columns.push(column);
            part.counted.push((name.to_owned(), counted));
        }
        Ok(part)
    }

    pub(super) fn take_counted(&mut self) -> Vec<(String, Counted)> {
        std::mem::take(&mut self.counted)
    }
}

/// A numeric column: the sketch's cells, and a code per row.
fn numbers(values: &[f64], none: &[bool], params: BinningParams) -> Result<(PartColumn, Counted)> {
    let mut sketch = NumberSketch::new(&params)?.most_cells(SKETCH_CELLS);
    sketch.push(values, none, None)?;
    let lasts: Vec<u32> = sketch.cells().iter().map(|cell| cell.last).collect();
    let special: Vec<f64> = params.special_codes.iter().filter_map(number).collect();
    let code = |value: &f64| -> u16 {
        if value.is_nan() {
            return UNKNOWN;
        }
        match special.iter().position(|code| same(*code, *value)) {
            Some(index) => apart(index),
            None => {
                let key = key(*value);
                u16::try_from(lasts.partition_point(|last| *last < key)).unwrap_or(UNKNOWN)
            }
        }
    };
    let codes = values.iter().map(code).collect();
    let firsts = sketch.cells().iter().map(|cell| cell.first).collect();
    Ok((PartColumn::Numbers { firsts, codes }, Counted::Numbers { sketch, params }))
}

/// The code of two bytes of a special code.
fn apart(index: usize) -> u16 {
    u16::try_from(index + 1).map_or(0, |below| UNKNOWN - below)
}

/// A column of categories: each level is a cell.
fn levels(values: &[Option<&str>], none: &[bool]) -> Result<(PartColumn, Counted)> {
    let mut sketch = LevelSketch::default();
    sketch.push(values, none, None)?;
    let levels: Vec<String> = sketch.levels().map(|(level, _)| level.to_owned()).collect();
    let index = |level: &&str| levels.binary_search_by(|known| known.as_str().cmp(level)).ok();
    let code = |level: &Option<&str>| level.as_ref().and_then(index).and_then(|index| u32::try_from(index).ok());
    let codes = values.iter().map(|level| code(level).unwrap_or(u32::MAX)).collect();
    Ok((PartColumn::Levels { levels, codes }, Counted::Levels(sketch)))
}

impl Counted {
    pub(super) fn merge(&mut self, other: &Self) -> Result<()> {
        match (self, other) {
            (Self::Numbers { sketch, .. }, Self::Numbers { sketch: other, .. }) => sketch.merge(other),
            (Self::Levels(sketch), Self::Levels(other)) => {
                sketch.merge(other);
                Ok(())
            }
            _ => Err(Error::table("features", "numbers in one part and text in another", "one kind per feature")),
        }
    }

    /// The cells of all parts together, and the code of each row.
    pub(super) fn coded(self, (parts, at): (&[CodedPart], usize), rows: &[(u32, u32)]) -> Result<(Cells, Vec<u8>)> {
        let cells = self.cells()?;
        let columns = parts.iter().map(|part| part.columns.get(at));
        // For each part the final code of each of its own.
        let codes_of: Vec<Vec<u8>> =
            columns.map(|column| column.map_or_else(Vec::new, |part| part.codes_in(&cells))).collect();
        let code = |(part, row): &(u32, u32)| {
            let (part, row) = (*part as usize, *row as usize);
            let own = parts.get(part).and_then(|part| part.columns.get(at)).and_then(|column| column.code(row, &cells));
            match own? {
                Own::Cell(index) => codes_of.get(part)?.get(index).copied(),
                Own::Final(code) => Some(code),
            }
        };
        let codes = rows.iter().map(|row| code(row).unwrap_or(MISSING)).collect();
        Ok((cells, codes))
    }

    fn cells(self) -> Result<Cells> {
        match self {
            Self::Numbers { sketch, params } => {
                let special: Vec<f64> = params.special_codes.iter().filter_map(number).collect();
                let most = MOST.checked_sub(special.len()).filter(|most| *most > 2 * (params.splits.len() + 1));
                let most = most.ok_or_else(|| {
                    let found = format!("{} special codes and {} splits", special.len(), params.splits.len());
                    Error::setting("binning", found, "fewer: a column has at most 255 codes")
                })?;
                let runs = joined_to(sketch.cells(), most, &params.splits);
                Ok(Cells::Numbers { runs: runs.iter().map(|run| (run.first, run.last)).collect(), special })
            }
            Self::Levels(sketch) => {
                let mut by_rows: Vec<(u64, &str)> = sketch.levels().map(|(level, rows)| (rows, level)).collect();
                by_rows.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
                let most = if by_rows.len() <= MOST { MOST } else { MOST - 1 };
                let named = |levels: &[(u64, &str)]| {
                    let mut names: Vec<String> = levels.iter().map(|(_, level)| (*level).to_owned()).collect();
                    names.sort_unstable();
                    names
                };
                let (own, rare) = by_rows.split_at(most.min(by_rows.len()));
                Ok(Cells::Levels { own: named(own), rare: named(rare) })
            }
        }
    }
}

/// What a row's own code says.
enum Own {
    /// A cell of its part.
    Cell(usize),
    /// A code that is the same in all parts.
    Final(u8),
}

impl PartColumn {
    /// What a row has in this part, before the cells are joined.
    fn code(&self, row: usize, cells: &Cells) -> Option<Own> {
        match self {
            Self::Numbers { firsts, codes } => {
                let code = *codes.get(row)?;
                let Cells::Numbers { runs, .. } = cells else { return None };
                match usize::from(code) {
                    index if index < firsts.len() => Some(Own::Cell(index)),
                    _ if code == UNKNOWN => Some(Own::Final(MISSING)),
                    _ => {
                        Some(Own::Final(u8::try_from(runs.len() + usize::from(UNKNOWN - 1 - code)).unwrap_or(MISSING)))
                    }
                }
            }
            Self::Levels { codes, .. } => match *codes.get(row)? {
                u32::MAX => Some(Own::Final(MISSING)),
                index => Some(Own::Cell(index as usize)),
            },
        }
    }

    /// The final code of each cell of this part, which lies in one of all parts' cells as a whole.
    fn codes_in(&self, cells: &Cells) -> Vec<u8> {
        let narrow = |index: usize| u8::try_from(index).unwrap_or(MISSING);
        match (self, cells) {
            (Self::Numbers { firsts, .. }, Cells::Numbers { runs, .. }) => {
                firsts.iter().map(|first| narrow(runs.partition_point(|(_, last)| last < first))).collect()
            }
            (Self::Levels { levels, .. }, Cells::Levels { own, .. }) => {
                let index = |level: &String| own.binary_search(level).unwrap_or(own.len());
                levels.iter().map(|level| narrow(index(level))).collect()
            }
            _ => Vec::new(),
        }
    }
}
