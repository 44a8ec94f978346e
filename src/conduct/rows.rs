//! Rows of a plan as typed cells.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::scene::Key;
use super::signal::Evidence;
use crate::domain::{Day, Money};
use crate::error::Result;
use crate::schema::{AS_OF, ENTITY_ID, RECORD_ID};

/// Some columns of some rows, collected; numbers of every kind but shares are whole.
#[derive(Debug, Default)]
pub(super) struct Rows {
    height: usize,
    whole: BTreeMap<String, Vec<Option<i64>>>,
    numbers: BTreeMap<String, Vec<Option<f64>>>,
    texts: BTreeMap<String, Vec<Option<String>>>,
}

impl Rows {
    /// Collects the keys, the row numbers and `columns`.
    pub(super) fn collect(plan: LazyFrame, columns: &[&str]) -> Result<Self> {
        let all = [ENTITY_ID, AS_OF, RECORD_ID].into_iter().chain(columns.iter().copied());
        let frame = plan.select(all.map(col).collect::<Vec<_>>()).collect()?;
        let mut rows = Self { height: frame.height(), ..Self::default() };
        for column in frame.columns() {
            let name = column.name().to_string();
            match column.dtype() {
                DataType::String => {
                    let texts = column.str()?.iter().map(|text| text.map(str::to_owned)).collect();
                    rows.texts.insert(name, texts);
                }
                DataType::Float64 => {
                    rows.numbers.insert(name, column.f64()?.iter().collect());
                }
                DataType::Date => {
                    let days = column.date()?.phys.iter().map(|day| day.map(i64::from)).collect();
                    rows.whole.insert(name, days);
                }
                DataType::Boolean => {
                    let flags = column.bool()?.iter().map(|flag| flag.map(i64::from)).collect();
                    rows.whole.insert(name, flags);
                }
                _ => {
                    rows.whole.insert(name, column.i64()?.iter().collect());
                }
            }
        }
        Ok(rows)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.height).map(|at| Row { rows: self, at })
    }
}

/// One row; cells that are empty, or not there, are none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    rows: &'a Rows,
    at: usize,
}

impl<'a> Row<'a> {
    pub(super) fn whole(self, column: &str) -> Option<i64> {
        self.rows.whole.get(column)?.get(self.at).copied().flatten()
    }

    pub(super) fn number(self, column: &str) -> Option<f64> {
        self.rows.numbers.get(column)?.get(self.at).copied().flatten()
    }

    pub(super) fn text(self, column: &str) -> Option<&'a str> {
        self.rows.texts.get(column)?.get(self.at)?.as_deref()
    }

    pub(super) fn money(self, column: &str) -> Option<Money> {
        self.whole(column).map(Money::from_fen)
    }

    pub(super) fn day(self, column: &str) -> Option<Day> {
        self.whole(column).and_then(|number| i32::try_from(number).ok()).and_then(Day::from_number)
    }

    /// The sample: entity and the number of its day.
    pub(super) fn key(self) -> Key {
        let day = self.whole(AS_OF).and_then(|number| i32::try_from(number).ok());
        (self.whole(ENTITY_ID).unwrap_or_default(), day.unwrap_or_default())
    }

    /// This row of `table` as evidence.
    pub(super) fn shown(self, table: &str, on: Day, amount: Option<Money>) -> Evidence {
        Evidence { on, table: table.to_owned(), record_id: self.whole(RECORD_ID).unwrap_or_default(), amount }
    }
}
