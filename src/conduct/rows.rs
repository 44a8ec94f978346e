//! Rows of a table as typed cells.
//!
//! A detector filters by a column and looks at few of the rows. Cells are read column by column and only
//! for rows that met the conditions, since `bank_transactions` has most of a province's rows.

use std::sync::Arc;

use polars::prelude::*;

use super::debtor_context::Key;
use super::signal::Evidence;
use crate::domain::{Day, Money};
use crate::error::Result;
use crate::schema::RECORD_ID;
use crate::snapshot::{self, Codes, RowFilter, Snapshot};

/// Some columns of some rows; numbers of every kind but shares are whole.
#[derive(Debug)]
pub(super) struct TypedRows<'a> {
    samples: &'a [(i64, i32)],
    rows: snapshot::Rows,
    columns: Vec<(&'a str, Cells)>,
}

#[derive(Debug)]
enum Cells {
    Whole(Vec<Option<i64>>),
    Numbers(Vec<Option<f64>>),
    Texts(Arc<Codes>),
}

impl<'a> TypedRows<'a> {
    /// All that is known of a table, as far as conditions hold.
    pub(super) fn all(
        snapshot: &'a Snapshot,
        table: &str,
        columns: &[&'a str],
        conditions: &[RowFilter<'_>],
    ) -> Result<Self> {
        Self::new(snapshot, snapshot.rows(table, &with_record(columns))?, columns, conditions)
    }

    /// The last observations of a table, as far as conditions hold.
    pub(super) fn last(
        snapshot: &'a Snapshot,
        table: &str,
        columns: &[&'a str],
        conditions: &[RowFilter<'_>],
    ) -> Result<Self> {
        Self::new(snapshot, snapshot.last_rows(table, &with_record(columns))?, columns, conditions)
    }

    fn new(
        snapshot: &'a Snapshot,
        mut rows: snapshot::Rows,
        columns: &[&'a str],
        conditions: &[RowFilter<'_>],
    ) -> Result<Self> {
        if !conditions.is_empty() {
            rows = rows.only(conditions)?;
        }
        let columns = with_record(columns).into_iter();
        let columns = columns.map(|name| Ok((name, cells(&rows, name)?))).collect::<Result<_>>()?;
        Ok(Self { samples: snapshot.keys(), rows, columns })
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.rows.len()).map(|at| Row { rows: self, at })
    }

    /// Tells the rows whose text in a column is one of these.
    pub(super) fn among<'r>(&'r self, column: &str, these: &[String]) -> impl Fn(&Row<'r>) -> bool + 'r {
        let codes = match self.column(column) {
            Some(Cells::Texts(codes)) => Some(codes),
            _ => None,
        };
        let texts = codes.map(|codes| codes.texts()).unwrap_or_default();
        let counts: Vec<bool> = texts.iter().map(|text| these.contains(text)).collect();
        move |row| codes.and_then(|codes| codes.at(row.at)).is_some_and(|code| counts.get(code) == Some(&true))
    }

    fn column(&self, name: &str) -> Option<&Cells> {
        self.columns.iter().find(|(column, _)| *column == name).map(|(_, cells)| cells)
    }
}

fn with_record<'a>(columns: &[&'a str]) -> Vec<&'a str> {
    columns.iter().copied().chain([RECORD_ID]).collect()
}

fn cells(rows: &snapshot::Rows, name: &str) -> Result<Cells> {
    Ok(match rows.kind(name)? {
        DataType::String => Cells::Texts(rows.codes(name)?),
        DataType::Float64 => Cells::Numbers(rows.collected(rows.decimals(name)?)),
        DataType::Date => Cells::Whole(rows.collected(rows.day_numbers(name)?.map(|day| day.map(i64::from)))),
        DataType::Boolean => Cells::Whole(rows.collected(rows.flags(name)?.map(|flag| flag.map(i64::from)))),
        _ => Cells::Whole(rows.collected(rows.numbers(name)?)),
    })
}

/// One row; cells that are empty, or not there, are none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    rows: &'a TypedRows<'a>,
    at: usize,
}

impl<'a> Row<'a> {
    pub(super) fn whole(self, column: &str) -> Option<i64> {
        match self.rows.column(column)? {
            Cells::Whole(values) => values.get(self.at).copied().flatten(),
            _ => None,
        }
    }

    pub(super) fn number(self, column: &str) -> Option<f64> {
        match self.rows.column(column)? {
            Cells::Numbers(values) => values.get(self.at).copied().flatten(),
            _ => None,
        }
    }

    pub(super) fn text(self, column: &str) -> Option<&'a str> {
        match self.rows.column(column)? {
            Cells::Texts(codes) => codes.texts().get(codes.at(self.at)?).map(String::as_str),
            _ => None,
        }
    }

    pub(super) fn money(self, column: &str) -> Option<Money> {
        self.whole(column).map(Money::from_fen)
    }

    pub(super) fn day(self, column: &str) -> Option<Day> {
        self.whole(column).and_then(|number| i32::try_from(number).ok()).and_then(Day::from_number)
    }

    /// The position of the sample.
    pub(super) fn sample(self) -> usize {
        self.rows.rows.samples().get(self.at).copied().unwrap_or(usize::MAX)
    }

    /// The sample: entity and the number of its day.
    pub(super) fn key(self) -> Key {
        self.rows.samples.get(self.sample()).copied().unwrap_or_default()
    }

    /// This row of `table` as evidence.
    pub(super) fn shown(self, table: &str, on: Day, amount: Option<Money>) -> Evidence {
        Evidence { on, table: table.to_owned(), record_id: self.whole(RECORD_ID).unwrap_or_default(), amount }
    }
}
