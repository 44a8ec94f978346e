//! Typed access to the cells of a table's rows, by sample.
//!
//! One column at a time, so that a room which needs three columns of `bank_transactions` reads three.

use std::sync::Arc;

use crate::domain::{Day, Money};
use crate::error::Result;
use crate::schema::RECORD_ID;
use crate::snapshot::{self, Codes, Snapshot};

/// The rows of one table, each with the position of its sample and its record.
pub(super) struct SampleRows {
    rows: snapshot::Rows,
    pub(super) records: Vec<i64>,
}

impl SampleRows {
    /// All that is known of a table.
    pub(super) fn all(snapshot: &Snapshot, table: &str, columns: &[&str]) -> Result<Self> {
        Self::with_records(snapshot.rows(table, &with_record(columns))?)
    }

    /// The last observations of a table.
    pub(super) fn last(snapshot: &Snapshot, table: &str, columns: &[&str]) -> Result<Self> {
        Self::with_records(snapshot.last_rows(table, &with_record(columns))?)
    }

    /// The open cases.
    pub(super) fn open_cases(snapshot: &Snapshot, columns: &[&str]) -> Result<Self> {
        Self::with_records(snapshot.open_case_rows(&with_record(columns))?)
    }

    fn with_records(rows: snapshot::Rows) -> Result<Self> {
        let records = rows.collected(rows.numbers(RECORD_ID)?.map(Option::unwrap_or_default));
        Ok(Self { rows, records })
    }

    pub(super) fn samples(&self) -> &[usize] {
        self.rows.samples()
    }

    pub(super) fn numbers(&self, name: &str) -> Result<impl Iterator<Item = Option<i64>> + '_> {
        self.rows.numbers(name)
    }

    pub(super) fn money(&self, name: &str) -> Result<impl Iterator<Item = Option<Money>> + '_> {
        self.rows.money(name)
    }

    pub(super) fn shares(&self, name: &str) -> Result<impl Iterator<Item = Option<f64>> + '_> {
        self.rows.decimals(name)
    }

    pub(super) fn days(&self, name: &str) -> Result<impl Iterator<Item = Option<Day>> + '_> {
        self.rows.days(name)
    }

    pub(super) fn flags(&self, name: &str) -> Result<impl Iterator<Item = Option<bool>> + '_> {
        self.rows.flags(name)
    }

    /// Texts as places among the different ones.
    pub(super) fn codes(&self, name: &str) -> Result<Arc<Codes>> {
        self.rows.codes(name)
    }

    /// Texts; empty where there is none.
    pub(super) fn texts(&self, name: &str) -> Result<impl Iterator<Item = &str> + '_> {
        Ok(self.rows.texts(name)?.map(Option::unwrap_or_default))
    }
}

fn with_record<'a>(columns: &[&'a str]) -> Vec<&'a str> {
    columns.iter().copied().chain([RECORD_ID]).collect()
}
