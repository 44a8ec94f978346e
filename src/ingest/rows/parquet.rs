use std::borrow::Cow;
use std::fs::File;
use std::path::{Path, PathBuf};

use polars::prelude::*;

use super::{Cell, Raw, Taker};
use crate::error::{Error, Result};

/// The rows of a Parquet file, some at a time.
#[derive(Debug)]
pub(in crate::ingest) struct ParquetRows {
    path: PathBuf,
    names: Vec<String>,
    rows: usize,
}

impl ParquetRows {
    pub(in crate::ingest) fn open(path: &Path) -> Result<Self> {
        let mut reader = reader(path)?;
        let unreadable = |e: PolarsError| Error::format(path, e, "a Parquet file");
        let schema = reader.schema().map_err(unreadable)?;
        let rows = reader.num_rows().map_err(unreadable)?;
        Ok(Self { path: path.to_path_buf(), names: schema.iter_names().map(ToString::to_string).collect(), rows })
    }

    pub(in crate::ingest) fn names(&self) -> &[String] {
        &self.names
    }

    pub(in crate::ingest) const fn rows(&self) -> usize {
        self.rows
    }

    /// At most `count` rows from row `start`, counted from 0.
    pub(in crate::ingest) fn slice(&self, start: usize, count: usize) -> Result<DataFrame> {
        let read = reader(&self.path)?.with_slice(Some((start, count))).finish();
        read.map_err(|e| Error::format(&self.path, e, "a Parquet file"))
    }

    /// Gives the rows of a slice to `taker`; the first has the number `first`.
    pub(in crate::ingest) fn read(&self, frame: &DataFrame, first: u64, taker: &mut impl Taker) {
        let columns: Vec<_> = frame.columns().iter().map(Column::as_materialized_series).collect();
        let mut values: Vec<_> = columns.iter().map(|series| series.iter()).collect();
        let mut cells = Vec::with_capacity(values.len());
        for row in 0..frame.height() {
            cells.clear();
            cells.extend(values.iter_mut().map(|column| column.next().map_or(Cell::Null, of_value)));
            taker.row(first + row as u64, &cells, Raw::Cells(&self.names, &cells));
        }
    }
}

fn reader(path: &Path) -> Result<ParquetReader<File>> {
    Ok(ParquetReader::new(File::open(path).map_err(Error::io(path))?))
}

fn of_value(value: AnyValue<'_>) -> Cell<'_> {
    match value {
        AnyValue::Null => Cell::Null,
        AnyValue::String(text) => Cell::piece(text),
        AnyValue::StringOwned(text) => Cell::Text(Cow::Owned(text.to_string())),
        AnyValue::Boolean(flag) => Cell::Flag(flag),
        AnyValue::Date(day) => Cell::Day(day),
        AnyValue::Datetime(instant, unit, _) => Cell::Day(day_of(instant, unit)),
        AnyValue::Float64(number) => Cell::Number(number),
        // Through its own shortest text, so that 0.29 stays 0.29.
        AnyValue::Float32(number) => Cell::Text(Cow::Owned(number.to_string())),
        AnyValue::UInt64(number) => {
            i64::try_from(number).map_or_else(|_| Cell::Text(Cow::Owned(number.to_string())), Cell::Int)
        }
        other if other.is_integer() => other.extract::<i64>().map_or(Cell::Null, Cell::Int),
        other => Cell::Text(Cow::Owned(other.to_string())),
    }
}

fn day_of(instant: i64, unit: TimeUnit) -> i32 {
    let per_day = match unit {
        TimeUnit::Milliseconds => 86_400_000,
        TimeUnit::Microseconds => 86_400_000_000,
        TimeUnit::Nanoseconds => 86_400_000_000_000,
    };
    i32::try_from(instant.div_euclid(per_day)).unwrap_or(i32::MAX)
}
