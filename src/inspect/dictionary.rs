//! A table held in memory with its header found and its columns sampled.
//!
//! The header is the first row as wide as most rows whose cells are names: not values, not labels with
//! their values (`单位：元`), and none twice, unless three in four call columns of the schema. Rows above it
//! are titles; rows that sum up others (合计) are footers. A column keeps its distinct texts and, for each
//! row, which of them it has.

use std::collections::HashMap;

use super::vocabulary::{Target, Vocabulary};
use super::words::Words;
use crate::ingest::{RawRow, RawTable, told};
use crate::schema::{self, Column, Table};

/// Rows among which the header is looked for.
const ABOVE: usize = 32;
/// Values by which a long column is judged before all of it is read.
const SPREAD: usize = 500;
/// From this share on, cells of a header that stand for values make it a row.
const VALUES: f64 = 0.34;
/// From this likeness on a name calls a column.
const CALLED: f64 = 0.5;

/// A table with its header found.
#[derive(Debug)]
pub(super) struct DictionaryTable {
    pub(super) raw: RawTable,
    /// The texts of the rows above the header.
    pub(super) titles: Vec<String>,
    /// The lines above the header.
    pub(super) above: u64,
    /// Whether the file names its columns.
    pub(super) has_header: bool,
    /// Rows below the header that have as many cells as it.
    pub(super) rows: u64,
    /// Rows below the header that have not, such as footers.
    pub(super) odd: u64,
    /// Rows that sum up others: the column in which they say so, and the word.
    pub(super) footers: Vec<(usize, String)>,
    pub(super) columns: Vec<DictionaryColumn>,
}

/// A column: its distinct texts, and which of them each row has.
#[derive(Debug, Default)]
pub(super) struct DictionaryColumn {
    pub(super) name: String,
    pub(super) words: Words,
    /// The columns of the schema that its name calls, and how well.
    pub(super) calls: HashMap<Target, f64>,
    /// Distinct texts that are values.
    pub(super) texts: Vec<String>,
    /// Rows that have each of them.
    pub(super) counts: Vec<u64>,
    /// For each row its text's place from 1; 0 where there is no value.
    pub(super) codes: Vec<u32>,
    /// Words that stand for no value, and how many rows have them.
    pub(super) nulls: Vec<(String, u64)>,
    /// Whether the name stands once in the header, so that a rule can name it.
    pub(super) is_nameable: bool,
    /// Whether it may feed a table by its name: it does not number rows, and a score may rest on it.
    pub(super) is_allowed: bool,
}

impl DictionaryColumn {
    /// How well its name calls a column, from 0 to 1.
    pub(super) fn likeness(&self, (table, column): (&Table, &Column)) -> f64 {
        self.calls.get(&(table.name, column.name)).copied().unwrap_or_default()
    }

    /// Rows with a value.
    pub(super) fn filled(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Rows with a value that `is` holds of, as a share of those with any; 0 where there is none.
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    pub(super) fn share(&self, is: impl Fn(&str) -> bool) -> f64 {
        // What none of many values spread over the column is, the column is not.
        let step = self.texts.len() / SPREAD;
        if step > 1 && !self.texts.iter().step_by(step).any(|text| is(text)) {
            return 0.0;
        }
        let held: u64 = self.each().filter(|(text, _)| is(text)).map(|(_, count)| count).sum();
        if self.filled() == 0 { 0.0 } else { held as f64 / self.filled() as f64 }
    }

    /// Distinct values and their rows.
    pub(super) fn each(&self) -> impl Iterator<Item = (&str, u64)> {
        self.texts.iter().map(String::as_str).zip(self.counts.iter().copied())
    }

    /// Whether no value stands twice.
    pub(super) fn is_unique(&self) -> bool {
        !self.texts.is_empty() && self.counts.iter().all(|count| *count == 1)
    }

    /// What a row has.
    pub(super) fn text(&self, row: usize) -> Option<&str> {
        let place = self.codes.get(row)?.checked_sub(1)?;
        self.texts.get(place as usize).map(String::as_str)
    }
}

impl DictionaryTable {
    pub(super) fn from_raw(mut raw: RawTable) -> Self {
        let rows = std::mem::take(&mut raw.rows);
        let header = match &raw.names {
            Some(names) => Header { names: names.clone(), at: None, has_header: true },
            None => Header::find(&rows),
        };
        let start = header.at.map_or(0, |at| at + 1);
        let first = rows.get(header.at.unwrap_or(0)).map_or(1, |row| row.number);
        let above = if raw.names.is_some() { 0 } else { first - 1 };
        let titles = rows.iter().take(start.saturating_sub(usize::from(header.has_header)));
        let titles = titles.map(|row| row.cells.iter().filter(|cell| !cell.is_empty()).cloned().collect::<Vec<_>>());
        let titles = titles.map(|cells| cells.join(" ")).filter(|title| !title.is_empty()).collect();
        let mut held = Holding::new(&header.names);
        let (mut kept, mut odd, mut footers) = (0, 0, Vec::new());
        // A text file says the number of fields by its commas; a sheet by what stands in it.
        let is_strict = raw.format == "csv";
        for row in rows.get(start..).unwrap_or_default() {
            let is_odd = if is_strict { row.cells.len() != header.names.len() } else { row.cells.len() > held.width() };
            if is_odd {
                odd += 1;
            } else if let Some(footer) = footer(row) {
                odd += 1;
                footers.push(footer);
            } else {
                kept += 1;
                held.add(row);
            }
        }
        footers.sort_unstable();
        footers.dedup();
        let columns = held.finished();
        Self { titles, above, has_header: header.has_header, rows: kept, odd, footers, columns, raw }
    }
}

/// Where a row says that it sums up others, and how.
fn footer(row: &RawRow) -> Option<(usize, String)> {
    let (at, first) = row.cells.iter().enumerate().find(|(_, cell)| !cell.is_empty())?;
    Vocabulary::standard().sums_up(first).then(|| (at, first.clone()))
}

struct Header {
    names: Vec<String>,
    /// The row that it is.
    at: Option<usize>,
    has_header: bool,
}

impl Header {
    /// The first row as wide as most rows whose cells are names, by which all columns can be told apart.
    fn find(rows: &[RawRow]) -> Self {
        let width = |row: &RawRow| row.cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
        let filled = |row: &RawRow| row.cells.iter().filter(|cell| !cell.is_empty()).count();
        let mut widths: HashMap<usize, usize> = HashMap::new();
        rows.iter().map(|row| row.cells.len()).filter(|width| *width > 1).for_each(|width| {
            *widths.entry(width).or_default() += 1;
        });
        let usual = widths.into_iter().map(|(width, count)| (count, width)).max().map_or(1, |(_, width)| width);
        let is_header = |row: &RawRow| {
            // Rows of a sheet end with their last value, so a header may be wider than most.
            filled(row) * 10 >= usual * 6 && (filled(row) > 1 || usual == 1) && is_of_names(row)
        };
        let at = rows.iter().take(ABOVE).position(is_header);
        let names = |row: &RawRow| {
            let mut names = row.cells.clone();
            // A sheet's header ends with its last name; a text file's with its last field.
            if names.len() > usual {
                names.truncate(width(row));
            }
            names
        };
        match at.and_then(|at| Some((at, rows.get(at)?))) {
            Some((at, row)) => Self { names: names(row), at: Some(at), has_header: true },
            None => {
                let first = rows.iter().position(|row| row.cells.len() == usual).and_then(|at| at.checked_sub(1));
                Self { names: (1..=usual).map(|at| format!("column_{at}")).collect(), at: first, has_header: false }
            }
        }
    }
}

/// Whether a cell is a label with its value, as in a title: `单位：元`.
fn is_labelled(cell: &str) -> bool {
    let parts = cell.split_once(['：', ':']);
    parts.is_some_and(|(label, value)| !label.trim().is_empty() && !value.trim().is_empty())
}

/// Whether the cells of a row name columns: few are values, few are labels with values, and none stands twice.
fn is_of_names(row: &RawRow) -> bool {
    let filled: Vec<_> = row.cells.iter().filter(|cell| !cell.is_empty()).collect();
    if filled.iter().filter(|cell| is_labelled(cell)).count() * 2 >= filled.len() {
        return false;
    }
    let is_value = |cell: &&&String| {
        let digits = cell.chars().filter(|c| c.is_numeric()).count();
        let others = cell.chars().filter(|c| c.is_alphabetic()).count();
        digits > 0 && (others == 0 || digits >= 7)
    };
    let mut sorted = filled.clone();
    sorted.sort_unstable();
    sorted.dedup();
    #[expect(clippy::cast_precision_loss, reason = "a share of few cells")]
    let values = filled.iter().filter(is_value).count() as f64 / filled.len().max(1) as f64;
    let are_distinct = sorted.len() * 10 >= filled.len() * 8;
    values < VALUES && (are_distinct || values == 0.0 && are_called(&filled))
}

/// Whether three in four cells call columns of the schema: a header may have a name twice, the row below it is none.
fn are_called(cells: &[&String]) -> bool {
    let is_called = |cell: &&&String| {
        let calls = Vocabulary::standard().calls(&Words::of_heading(cell));
        calls.values().any(|likeness| *likeness >= CALLED)
    };
    cells.iter().filter(is_called).count() * 4 >= cells.len() * 3
}

/// Columns while rows are added.
struct Holding {
    columns: Vec<DictionaryColumn>,
    met: Vec<HashMap<String, u32>>,
    nulls: Vec<HashMap<String, u64>>,
}

impl Holding {
    fn new(names: &[String]) -> Self {
        let known = Vocabulary::standard();
        let mut times: HashMap<&str, usize> = HashMap::new();
        names.iter().for_each(|name| *times.entry(name).or_default() += 1);
        let column = |name: &String| {
            let words = Words::of_heading(name);
            DictionaryColumn {
                name: name.clone(),
                calls: known.calls(&words),
                is_nameable: !name.is_empty()
                    && told(name) == name.as_str()
                    && times.get(name.as_str()).is_some_and(|times| *times == 1),
                is_allowed: !known.numbers_rows(&words) && schema::forbidden_word(name).is_none(),
                words,
                ..DictionaryColumn::default()
            }
        };
        let columns: Vec<_> = names.iter().map(column).collect();
        Self { met: vec![HashMap::new(); columns.len()], nulls: vec![HashMap::new(); columns.len()], columns }
    }

    fn width(&self) -> usize {
        self.columns.len()
    }

    fn finished(mut self) -> Vec<DictionaryColumn> {
        for (column, nulls) in self.columns.iter_mut().zip(self.nulls) {
            column.nulls = nulls.into_iter().collect();
            column.nulls.sort_unstable();
        }
        self.columns
    }

    fn add(&mut self, row: &RawRow) {
        let known = Vocabulary::standard();
        let columns = self.columns.iter_mut().zip(&mut self.met).zip(&mut self.nulls).enumerate();
        for (at, ((column, met), nulls)) in columns {
            let text = row.cells.get(at).map(String::as_str).unwrap_or_default();
            if text.is_empty() || known.is_null(text) {
                if !text.is_empty() {
                    *nulls.entry(text.to_owned()).or_default() += 1;
                }
                column.codes.push(0);
                continue;
            }
            let place = met.get(text).copied().unwrap_or_else(|| {
                column.texts.push(text.to_owned());
                column.counts.push(0);
                let place = u32::try_from(column.texts.len()).unwrap_or(u32::MAX);
                met.insert(text.to_owned(), place);
                place
            });
            if let Some(count) = column.counts.get_mut(place as usize - 1) {
                *count += 1;
            }
            column.codes.push(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(format: &str, rows: &[&[&str]]) -> DictionaryTable {
        let row = |(cells, number): (&&[&str], u64)| RawRow {
            number,
            cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
        };
        let rows = rows.iter().zip(1..).map(row).collect();
        DictionaryTable::from_raw(RawTable { format: format.to_owned(), rows, ..RawTable::default() })
    }

    #[test]
    fn titles_stand_above_and_footers_below() {
        let table = held(
            "csv",
            &[
                &["某银行对账单"],
                &["单位：元"],
                &["日期", "金额", ""],
                &["2018-01-01", "1", ""],
                &["2018-01-02", "-", ""],
                &["合计"],
            ],
        );
        assert_eq!((table.above, table.rows, table.odd, table.titles.len()), (2, 2, 1, 2));
        assert_eq!(table.columns[1].texts, ["1"]);
        assert_eq!(table.columns[1].nulls, [("-".to_owned(), 1)]);
        assert!(!table.columns[2].is_nameable);
    }

    #[test]
    fn a_header_with_a_name_twice_is_one_and_no_row_is() {
        let rows: &[&[&str]] =
            &[&["姓名", "姓名", "", "金额"], &["张甲", "李乙", "x", "1"], &["张丙", "李丁", "y", "2"]];
        let table = held("csv", rows);
        assert!(table.has_header && table.above == 0 && table.rows == 2, "{:?}", table.titles);
        assert!(!table.columns[0].is_nameable && !table.columns[1].is_nameable && table.columns[3].is_nameable);
        let rows: &[&[&str]] = &[&["收入", "收入", "张三"], &["支出", "支出", "李四"]];
        assert!(!held("csv", rows).columns.iter().any(|column| column.name == "张三"));
    }

    #[test]
    fn a_row_is_no_header() {
        let table = held("csv", &[&["1", "2018-01-01", "5.00"], &["2", "2018-01-02", "6.00"]]);
        assert!(!table.has_header && table.rows == 2 && table.above == 0);
        assert_eq!(table.columns[2].name, "column_3");
    }
}
