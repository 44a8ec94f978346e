//! Tables held in memory: checks the frames of a program against the schema (columns, types, codes,
//! ranges).
//!
//! What a program brings is held to what a source file is held to: types, codes, ranges, required values.
//! So no room behind this one has to ask again.

use polars::prelude::*;

use super::TableReader;
use crate::domain::masked_text;
use crate::error::{Error, Result};
use crate::schema::{self, ColumnKind, RECORD_ID, Table};
use crate::sentence::{Sentence, says};

/// Rows held in memory.
#[derive(Debug)]
pub(super) struct MemoryTable(DataFrame);

impl MemoryTable {
    /// Takes a frame whose columns are those of the table; what may be unknown can be left out, and
    /// so can `record_id`, which then counts from 1.
    pub(super) fn new(table: &'static Table, mut frame: DataFrame) -> Result<Self> {
        for column in frame.get_column_names() {
            if table.column(column).is_none() {
                return Err(Error::table(
                    table.name,
                    says!("column {column}", column = column.as_str()),
                    "only columns of the schema",
                ));
            }
        }
        if frame.column(RECORD_ID).is_err() {
            let numbers: Vec<i64> = (1..).take(frame.height()).collect();
            frame.with_column(Column::new(RECORD_ID.into(), numbers))?;
        }
        let columns = table.columns().map(|column| checked(table, column, &frame)).collect::<Result<Vec<_>>>()?;
        Ok(Self(DataFrame::new(frame.height(), columns)?))
    }
}

impl TableReader for MemoryTable {
    fn columns(&self, names: &[&str]) -> Result<DataFrame> {
        Ok(self.0.select(names.iter().copied())?)
    }
}

fn checked(table: &Table, column: &schema::Column, frame: &DataFrame) -> Result<Column> {
    let kind = column.kind.data_type();
    let Ok(values) = frame.column(column.name) else {
        return if column.nullable {
            Ok(Column::full_null(column.name.into(), frame.height(), &kind))
        } else {
            Err(Error::table(table.name, "no such column", says!("column {}", [column.name])))
        };
    };
    if values.dtype() != &kind {
        return Err(Error::table(
            table.name,
            says!("{}: {}", [column.name, values.dtype().to_string()]),
            kind.to_string(),
        ));
    }
    if !column.nullable && values.null_count() > 0 {
        let found = format!("{}: {} empty values", column.name, values.null_count());
        return Err(Error::table(table.name, found, "a value in every row"));
    }
    if let ColumnKind::Code(codes) = column.kind
        && let Some(other) = values.str()?.iter().flatten().find(|code| !codes.contains(code))
    {
        return Err(Error::table(
            table.name,
            Sentence::name(masked_text(&format!("{}: {other}", column.name))),
            Sentence::name(codes.join(" | ")),
        ));
    }
    if let Some(row) = beyond(column, values)? {
        // No number is shown: one beyond its range may be an identifier in another column.
        let found = format!("{}: a number beyond its range in row {}", column.name, row + 1);
        return Err(Error::table(table.name, found, column.range.in_words(column.kind)));
    }
    Ok(values.clone())
}

/// The first row whose number is outside the column's range.
fn beyond(column: &schema::Column, values: &Column) -> Result<Option<usize>> {
    Ok(match column.kind {
        kind if column.range.in_words(kind).is_empty() => None,
        ColumnKind::Money | ColumnKind::Integer => {
            let is_beyond = |number: Option<i64>| number.is_some_and(|number| !column.range.holds(number));
            values.i64()?.iter().position(is_beyond)
        }
        ColumnKind::Number | ColumnKind::Share => {
            let is_beyond = |number: Option<f64>| number.is_some_and(|number| !column.range.holds_decimal(number));
            values.f64()?.iter().position(is_beyond)
        }
        _ => None,
    })
}
