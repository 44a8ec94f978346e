//! A simulated table: columns that are filled row by row.
//!
//! Typed columns grow side by side; a row names the cells it has, and the others are unknown. A sheet
//! becomes a frame or CSV without a second copy of its texts.

use polars::prelude::{DataFrame, DataType, IntoColumn, NamedFrom, Series};

use super::texts::Texts;
use crate::domain::Day;
use crate::error::{Error, Result};
use crate::schema::{ColumnKind, RECORD_ID, Table};

/// A value on its way into a sheet.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'a> {
    Unknown,
    Text(&'a str),
    Whole(i64),
    Number(f64),
    Day(Day),
    Flag(bool),
}

macro_rules! from_value {
    ($($kind:ty => $variant:ident),*) => {$(
        impl<'a> From<$kind> for Value<'a> {
            fn from(value: $kind) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}

from_value!(&'a str => Text, i64 => Whole, i32 => Whole, f64 => Number, Day => Day, bool => Flag);

impl<'a> From<&'a String> for Value<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(value)
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Unknown, Into::into)
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Cells {
    Text(Texts),
    Whole(Vec<Option<i64>>),
    Number(Vec<Option<f64>>),
    Day(Vec<Option<Day>>),
    Flag(Vec<Option<bool>>),
}

/// One source file in memory: named, typed columns of equal length.
///
/// Texts are in the clear, money in fen, days as days. A sheet of a schema table has the table's columns without
/// `record_id`, which the reader gives; `parties` has `name` and `number` in the place of their masked forms,
/// and what the reader derives from identifiers is left out.
///
/// # Examples
///
/// ```
/// use wherewithal::simulate::{SimulateParams, generate};
///
/// let district = generate(&SimulateParams::district().cases(10))?;
/// let cases = district.tables().iter().find(|sheet| sheet.name() == "cases").ok_or("no such sheet")?;
/// assert_eq!((cases.height(), cases.frame()?.height()), (10, 10));
/// let text = String::from_utf8(cases.csv(true)?)?;
/// assert_eq!(text.lines().count(), 11); // a line of names, and no line within a cell
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    name: &'static str,
    columns: Vec<(&'static str, Cells)>,
    height: usize,
}

impl Sheet {
    pub(super) fn of_table(table: &'static Table) -> Self {
        let columns =
            table.columns().filter(|column| column.name != RECORD_ID).filter_map(|column| match column.name {
                "masked_name" => Some(("name", ColumnKind::Text)),
                "masked_number" => Some(("number", ColumnKind::Text)),
                "number_state" | "organisation_id" | "number_kind" | "other_number_kind" => None,
                name => Some((name, column.kind)),
            });
        Self::new(table.name, columns)
    }

    pub(super) fn new(name: &'static str, columns: impl IntoIterator<Item = (&'static str, ColumnKind)>) -> Self {
        let columns = columns.into_iter().map(|(name, kind)| (name, Cells::empty(kind))).collect();
        Self { name, columns, height: 0 }
    }

    /// The name of the table, and of its file without the ending.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// How many rows there are.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The names of the columns.
    pub fn columns(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.columns.iter().map(|(name, _)| *name)
    }

    /// Adds a row, its first cells from `head`; columns not named are unknown.
    pub(super) fn push(&mut self, head: &[(&str, Value<'_>)], values: &[(&str, Value<'_>)]) -> usize {
        let named = || head.iter().chain(values);
        debug_assert!(
            named().all(|(name, _)| self.columns.iter().any(|(column, _)| column == name)),
            "{}: {values:?}",
            self.name
        );
        for (column, cells) in &mut self.columns {
            cells.push(named().find(|(name, _)| name == column).map_or(Value::Unknown, |(_, value)| *value));
        }
        self.height += 1;
        self.height - 1
    }

    /// Writes a whole number into a row made before.
    pub(super) fn set(&mut self, name: &str, row: usize, value: i64) {
        if let Some((_, Cells::Whole(cells))) = self.columns.iter_mut().find(|(column, _)| *column == name)
            && let Some(cell) = cells.get_mut(row)
        {
            *cell = Some(value);
        }
    }

    pub(super) fn whole(&self, name: &str, row: usize) -> Option<i64> {
        match self.columns.iter().find(|(column, _)| *column == name) {
            Some((_, Cells::Whole(cells))) => cells.get(row).copied().flatten(),
            _ => None,
        }
    }

    pub(super) fn text(&self, name: &str, row: usize) -> Option<&str> {
        match self.columns.iter().find(|(column, _)| *column == name) {
            Some((_, Cells::Text(cells))) => cells.get(row),
            _ => None,
        }
    }

    /// The rows as a frame: text, integers, dates, flags.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`] when polars refuses the columns.
    pub fn frame(&self) -> Result<DataFrame> {
        let columns = self.columns.iter().map(|(name, cells)| Ok(cells.series(name)?.into_column()));
        Ok(DataFrame::new(self.height, columns.collect::<Result<Vec<_>>>()?)?)
    }

    /// The rows as UTF-8 CSV, with the line of column names when `with_header`.
    ///
    /// # Errors
    ///
    /// [`Error::Format`] when the writer refuses; it writes to memory and has no reason to.
    pub fn csv(&self, with_header: bool) -> Result<Vec<u8>> {
        let refused = |error: csv::Error| Error::format(format!("{}.csv", self.name), error, "rows");
        let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
        if with_header {
            writer.write_record(self.columns()).map_err(refused)?;
        }
        let mut text = String::new();
        for row in 0..self.height {
            for (_, cells) in &self.columns {
                text.clear();
                cells.show(row, &mut text);
                writer.write_field(&text).map_err(refused)?;
            }
            writer.write_record(None::<&[u8]>).map_err(refused)?;
        }
        writer.into_inner().map_err(|error| refused(error.into_error().into()))
    }
}

impl Cells {
    fn empty(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Integer | ColumnKind::Money | ColumnKind::Record => Self::Whole(Vec::new()),
            ColumnKind::Number | ColumnKind::Share => Self::Number(Vec::new()),
            ColumnKind::Day => Self::Day(Vec::new()),
            ColumnKind::Flag => Self::Flag(Vec::new()),
            ColumnKind::Text | ColumnKind::Code(_) | ColumnKind::Party | ColumnKind::Case | ColumnKind::Item => {
                Self::Text(Texts::default())
            }
        }
    }

    fn push(&mut self, value: Value<'_>) {
        match (self, value) {
            (Self::Text(cells), Value::Text(text)) => cells.push(Some(text)),
            (Self::Whole(cells), Value::Whole(number)) => cells.push(Some(number)),
            (Self::Number(cells), Value::Number(number)) => cells.push(Some(number)),
            (Self::Day(cells), Value::Day(day)) => cells.push(Some(day)),
            (Self::Flag(cells), Value::Flag(flag)) => cells.push(Some(flag)),
            (cells, value) => {
                debug_assert!(matches!(value, Value::Unknown), "{value:?} in a column of another type");
                match cells {
                    Self::Text(cells) => cells.push(None),
                    Self::Whole(cells) => cells.push(None),
                    Self::Number(cells) => cells.push(None),
                    Self::Day(cells) => cells.push(None),
                    Self::Flag(cells) => cells.push(None),
                }
            }
        }
    }

    fn show(&self, row: usize, text: &mut String) {
        use std::fmt::Write;
        fn value<T>(cells: &[Option<T>], row: usize) -> Option<&T> {
            cells.get(row).and_then(Option::as_ref)
        }
        // Writing to a String cannot fail.
        let _ = match self {
            Self::Text(cells) => cells.get(row).map(|value| text.write_str(value)),
            Self::Whole(cells) => value(cells, row).map(|value| write!(text, "{value}")),
            Self::Number(cells) => value(cells, row).map(|value| write!(text, "{value}")),
            Self::Day(cells) => value(cells, row).map(|value| write!(text, "{value}")),
            Self::Flag(cells) => value(cells, row).map(|value| write!(text, "{value}")),
        };
    }

    fn series(&self, name: &str) -> Result<Series> {
        Ok(match self {
            Self::Text(cells) => Series::new(name.into(), cells.iter().collect::<Vec<_>>()),
            Self::Whole(cells) => Series::new(name.into(), cells),
            Self::Number(cells) => Series::new(name.into(), cells),
            Self::Flag(cells) => Series::new(name.into(), cells),
            Self::Day(cells) => {
                let numbers: Vec<Option<i32>> = cells.iter().map(|day| day.map(Day::number)).collect();
                Series::new(name.into(), numbers).cast(&DataType::Date)?
            }
        })
    }
}
