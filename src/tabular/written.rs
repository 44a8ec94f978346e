//! A table as it is written: columns of distinct texts.
//!
//! Columns of tables repeat themselves: a column keeps each distinct text once and a number per row, so
//! that texts are judged once however often they stand there.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

use foldhash::fast::FixedState;

use super::bytes::{Format, decoded, format, unpacked};
use super::moment::{DayOrder, Moment, moment};
use super::{TableParams, brought, described, text};
use crate::domain::masked_file;
use crate::error::{Error, Result};
use crate::ingest::{only_file_of, told};
use crate::sentence::{Sentence, says};

/// The columns of a table as they are written.
#[derive(Clone, Default)]
pub struct WrittenTable {
    path: PathBuf,
    pub(super) columns: Vec<WrittenColumn>,
    /// How the file was read: encoding, delimiter, names that stood twice.
    pub notes: Vec<Sentence>,
    /// Columns that are not called as the file calls them.
    pub renamed: Vec<RenamedColumn>,
}

/// A column without a name, or with one that an earlier column has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenamedColumn {
    /// What it is called.
    pub name: String,
    /// Its place in the file, counted from 1.
    pub place: usize,
    /// What the file calls it; empty where it has no name.
    pub header: String,
}

/// One column: its distinct texts, trimmed, and which of them each row has.
#[derive(Clone)]
pub struct WrittenColumn {
    name: String,
    texts: Vec<String>,
    rows: Vec<u32>,
}

/// Without what stands in the rows.
impl fmt::Debug for WrittenTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WrittenTable").field("columns", &self.columns).finish_non_exhaustive()
    }
}

impl fmt::Debug for WrittenColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} rows, {} texts)", told(&self.name), self.rows.len(), self.texts.len())
    }
}

impl WrittenTable {
    /// Reads a file: delimited text in UTF-8, UTF-16 or GB18030, or Parquet, either also gzipped or alone in a zip
    /// archive; a sheet of a workbook (xlsx, xls, ods), lines of NDJSON, a table of a SQLite file.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when the file cannot be read; [`Error::Format`] when it is neither, or a row has another number of
    /// fields than the header.
    pub fn read(path: &Path, params: &TableParams) -> Result<Self> {
        match brought::read(path, params)? {
            Some(table) => {
                params.refuse_of_text()?;
                table.finished(path)
            }
            None => Self::from_bytes(path, std::fs::read(path).map_err(Error::io(path))?, params),
        }
    }

    /// [`WrittenTable::read`] of the bytes of text or Parquet; `path` is what errors call them.
    ///
    /// # Errors
    ///
    /// As [`WrittenTable::read`].
    pub fn from_bytes(path: impl AsRef<Path>, bytes: Vec<u8>, params: &TableParams) -> Result<Self> {
        let path = path.as_ref();
        let bytes = only_file_of(path, &bytes)?.unwrap_or(bytes);
        let bytes = unpacked(path, bytes)?;
        let table = match format(path, &bytes)? {
            Format::Parquet => {
                params.refuse_of_text()?;
                brought::read_parquet(path, bytes, params)?
            }
            Format::Text => {
                let (text, encoding) = decoded(path, &bytes, params.encoding.as_deref())?;
                drop(bytes);
                let mut table = text::read(path, &text, params)?;
                table.notes.insert(0, Sentence::name(encoding));
                table
            }
        };
        table.finished(path)
    }

    fn finished(mut self, path: &Path) -> Result<Self> {
        if self.height() == 0 {
            return Err(Error::format(path, "no rows", "a header and at least one row"));
        }
        self.path = path.to_path_buf();
        Ok(self)
    }

    /// The number of rows.
    pub fn height(&self) -> usize {
        self.columns.first().map_or(0, WrittenColumn::len)
    }

    /// The names of the columns, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(WrittenColumn::name)
    }

    /// The columns, in their order.
    pub fn columns(&self) -> &[WrittenColumn] {
        &self.columns
    }

    /// The column of this name.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] naming the columns that there are.
    pub fn column(&self, name: &str) -> Result<&WrittenColumn> {
        self.columns.iter().find(|column| column.name == name).ok_or_else(|| {
            let path = Sentence::name(masked_file(&self.path.to_string_lossy()));
            let all = Sentence::names(self.names().map(told));
            Error::table(path, says!("no column {}", [told(name)]), says!("one of {all}", all))
        })
    }
}

impl WrittenColumn {
    /// The column's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// What stands in a row; empty where nothing does.
    pub fn text(&self, row: usize) -> &str {
        self.rows.get(row).and_then(|code| self.texts.get(*code as usize)).map_or("", String::as_str)
    }

    /// The distinct texts in order of appearance.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// Which of [`WrittenColumn::texts`] each row has.
    pub fn codes(&self) -> &[u32] {
        &self.rows
    }

    /// The column in some of its rows, by their places.
    pub(super) fn taken(&self, rows: &[usize]) -> Self {
        let mut taken = Self { name: self.name.clone(), texts: Vec::new(), rows: Vec::with_capacity(rows.len()) };
        let mut places: HashMap<u32, u32> = HashMap::new();
        for code in rows.iter().filter_map(|row| self.rows.get(*row)) {
            let place = *places.entry(*code).or_insert_with(|| {
                taken.texts.push(self.texts.get(*code as usize).cloned().unwrap_or_default());
                u32::try_from(taken.texts.len() - 1).unwrap_or(u32::MAX)
            });
            taken.rows.push(place);
        }
        taken
    }

    /// How many rows have each of [`WrittenColumn::texts`].
    pub fn counts(&self) -> Vec<u64> {
        let mut counts = vec![0; self.texts.len()];
        for code in &self.rows {
            if let Some(count) = counts.get_mut(*code as usize) {
                *count += 1;
            }
        }
        counts
    }

    /// What each of [`WrittenColumn::texts`] is as a moment, all of them written in one order.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] when no order fits all known texts, naming a row that does not, or when several fit and the
    /// days differ, as with nothing but `1/2/2013` and `3/4/2013`.
    pub fn moments(&self, order: Option<DayOrder>, params: &TableParams) -> Result<Vec<Option<Moment>>> {
        let orders = order.map_or_else(|| DayOrder::ALL.to_vec(), |order| vec![order]);
        let read: Vec<Vec<Option<Moment>>> =
            orders.iter().map(|order| self.texts.iter().map(|text| moment(text, *order)).collect()).collect();
        let odd = |moments: &[Option<Moment>]| {
            let known = self.texts.iter().map(|text| !params.is_missing(text)).zip(moments);
            known.enumerate().find(|(_, (known, moment))| *known && moment.is_none()).map(|(code, _)| code)
        };
        let mut fitting = read.iter().filter(|moments| odd(moments).is_none());
        let refusal = |found: Sentence, expected: &str| Err(Error::table(Sentence::name(&self.name), found, expected));
        match (fitting.next(), fitting.next()) {
            (Some(moments), None) => Ok(moments.clone()),
            (Some(moments), Some(others)) if moments == others => Ok(moments.clone()),
            (Some(_), Some(_)) => refusal(
                says!("days that may be written month first or day first"),
                "days that only one order fits, or the order named (--day-order)",
            ),
            (None, _) => {
                // The order that reads most of them shows best which one is odd.
                let best = read.iter().max_by_key(|moments| moments.iter().flatten().count());
                let code = best.and_then(|moments| odd(moments)).unwrap_or_default();
                let place = |code: usize| {
                    let row = self.rows.iter().position(|other| *other as usize == code).unwrap_or_default() + 1;
                    let text = self.texts.get(code).map(|text| described(text)).unwrap_or_default();
                    says!("{text} in row {row}", text, row)
                };
                let usual = best.and_then(|moments| moments.iter().position(Option::is_some));
                let is_day =
                    self.texts.get(code).is_some_and(|text| DayOrder::ALL.iter().any(|o| moment(text, *o).is_some()));
                match usual.filter(|_| is_day) {
                    Some(usual) => {
                        let (usual, odd) = (place(usual), place(code));
                        refusal(
                            says!("days of two orders, {usual} and {odd}", usual, odd),
                            "days of one order in the whole column",
                        )
                    }
                    None if is_day => refusal(place(code), "days in the order that was named (--day-order)"),
                    None => refusal(place(code), "days as 2023-09-30, 2023/9/30, 9/30/2023 or 2023年9月30日"),
                }
            }
        }
    }
}

/// Columns that rows are added to.
#[derive(Debug)]
pub(super) struct Columns {
    columns: Vec<WrittenColumn>,
    met: Vec<HashMap<String, u32, FixedState>>,
}

impl Columns {
    pub(super) fn new(names: Vec<String>) -> Self {
        let column = |name: String| WrittenColumn { name, texts: Vec::new(), rows: Vec::new() };
        Self { met: vec![HashMap::default(); names.len()], columns: names.into_iter().map(column).collect() }
    }

    pub(super) fn width(&self) -> usize {
        self.columns.len()
    }

    /// Adds a row; fields beyond the last column are left out.
    pub(super) fn push<'t>(&mut self, cells: impl Iterator<Item = &'t str>) {
        for (at, cell) in cells.take(self.columns.len()).enumerate() {
            self.add(at, cell);
        }
    }

    /// Adds one value to one column, without the blanks around it, wide ones and those of no width among them.
    pub(super) fn add(&mut self, column: usize, text: &str) {
        let is_blank = |c: char| c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
        let text = text.trim_matches(is_blank);
        let Some((column, met)) = self.columns.get_mut(column).zip(self.met.get_mut(column)) else { return };
        let code = met.get(text).copied().unwrap_or_else(|| {
            let code = u32::try_from(column.texts.len()).unwrap_or(u32::MAX);
            column.texts.push(text.to_owned());
            met.insert(text.to_owned(), code);
            code
        });
        column.rows.push(code);
    }

    pub(super) fn finish(self) -> Vec<WrittenColumn> {
        self.columns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(texts: &[&str]) -> Result<Vec<String>> {
        let mut columns = Columns::new(vec!["when".to_owned()]);
        texts.iter().for_each(|text| columns.push(std::iter::once(*text)));
        let found = columns.finish()[0].moments(None, &TableParams::default())?;
        Ok(found.into_iter().map(|moment| moment.map_or_else(String::new, |moment| moment.day.to_string())).collect())
    }

    #[test]
    fn what_nobody_sees_makes_no_other_word() {
        let mut columns = Columns::new(vec!["job".to_owned()]);
        ["工人", "\u{200b}工人", "工人\u{feff}", "　工人\u{200d} "].iter().for_each(|text| columns.add(0, text));
        assert_eq!(columns.finish()[0].texts, ["工人"]);
    }

    #[test]
    fn one_order_fits_all_days_of_a_column_or_they_are_refused() {
        assert_eq!(moments(&["1/2/2013", "", "1/26/2013"]).unwrap(), ["2013-01-02", "", "2013-01-26"]);
        assert_eq!(moments(&["1/2/2013", "26/1/2013"]).unwrap(), ["2013-02-01", "2013-01-26"]);
        assert_eq!(moments(&["2/2/2013"]).unwrap(), ["2013-02-02"]);
        for (texts, word) in [
            (&["1/2/2013", "3/4/2013"][..], "--day-order"),
            (&["2013-01-02", "soon"], "a text of 4 characters in row 2"),
            (&["1/26/2013", "26/1/2013"], "days of two orders"),
            (&["2013-01-26", "2013-02-01", "1/26/2013"], "\"2013-01-26\" in row 1 and \"1/26/2013\" in row 3"),
            (&["2013-01-02", "320106198706150217"], "a text of 18 characters"),
        ] {
            let error = moments(texts).unwrap_err().to_string();
            assert!(error.contains(word), "{texts:?}: {error}");
        }
    }
}
