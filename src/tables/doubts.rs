//! Rows that are accepted and in doubt: those that say what another row of their file says, and those about a case that
//! nothing else tells of.
//!
//! Neither is refused: two like payments of one day happen, and the case of a payment may come with the
//! next night's files. Both are counted, because an export that joined its tables wrongly looks the same.

use std::collections::BTreeMap;
use std::hash::BuildHasher;

use foldhash::quality::FixedState;
use polars::prelude::*;

use crate::error::Result;
use crate::schema::{self, CASE_ID, LINE_BITS, Owner, RECORD_ID, Table};

/// How many rows of each table are in doubt.
#[derive(Debug, Default)]
pub(crate) struct Doubts {
    /// Rows that are the same as another row of their file in all columns.
    pub(crate) repeated: BTreeMap<&'static str, u64>,
    /// Rows about a case of which the table of cases has no row.
    pub(crate) unknown_cases: BTreeMap<&'static str, u64>,
}

impl Doubts {
    /// Looks at all rows of some tables.
    pub(crate) fn count(tables: &BTreeMap<&'static str, DataFrame>) -> Result<Self> {
        let mut known = PlHashSet::new();
        if let Some(cases) = tables.get("cases") {
            known.extend(cases.column(CASE_ID)?.i64()?.iter().flatten());
        }
        let mut doubts = Self::default();
        for (table, rows) in tables.iter().filter_map(|(name, rows)| Some((schema::table(name)?, rows))) {
            doubts.add_repeated(table, repeated_rows(table, rows)?);
            doubts.add_unknown(table, unknown_rows(table, rows, &known)?);
        }
        Ok(doubts)
    }

    /// Adds rows that repeat others.
    pub(crate) fn add_repeated(&mut self, table: &Table, rows: u64) {
        if rows > 0 {
            *self.repeated.entry(table.name).or_default() += rows;
        }
    }

    /// Adds rows about unknown cases.
    pub(crate) fn add_unknown(&mut self, table: &Table, rows: u64) {
        if rows > 0 {
            *self.unknown_cases.entry(table.name).or_default() += rows;
        }
    }
}

/// Whether rows of a table are about a case that the table of cases must tell of.
pub(crate) fn needs_case(table: &Table) -> bool {
    table.owner == Owner::Case && table.name != "cases"
}

/// Whether rows of a table that belongs to parties may name a case.
pub(crate) fn may_name_case(table: &Table) -> bool {
    table.owner == Owner::Party && table.columns().any(|column| column.name == CASE_ID)
}

/// Rows about cases that are not among those known; none where the table tells of no case.
pub(crate) fn unknown_rows(table: &Table, rows: &DataFrame, known: &PlHashSet<i64>) -> Result<u64> {
    if !needs_case(table) && !may_name_case(table) {
        return Ok(0);
    }
    let cases = rows.column(CASE_ID)?.i64()?.iter().flatten();
    Ok(cases.filter(|case| !known.contains(case)).count() as u64)
}

/// Rows beyond the first of those that are the same in all columns but their number, file by file.
///
/// Rows are told apart by 64 bits of a hash, eight bytes a row: of a hundred million rows two that differ are taken for
/// the same once in four thousand times, and only this count rests on it.
pub(crate) fn repeated_rows(table: &Table, rows: &DataFrame) -> Result<u64> {
    let state = FixedState::default();
    let files = rows.column(RECORD_ID)?.i64()?.iter().map(|record| record.unwrap_or_default() >> LINE_BITS);
    let mut marks: Vec<u64> = files.map(|file| state.hash_one(file)).collect();
    for column in table.columns().filter(|column| column.name != RECORD_ID) {
        let values = rows.column(column.name)?.as_materialized_series().to_physical_repr().into_owned();
        match values.dtype() {
            DataType::String => mark(&mut marks, values.str()?.iter().map(|text| state.hash_one(text))),
            DataType::Boolean => mark(&mut marks, values.bool()?.iter().map(|flag| state.hash_one(flag))),
            DataType::Float64 => {
                mark(&mut marks, values.f64()?.iter().map(|number| state.hash_one(number.map(f64::to_bits))));
            }
            _ => {
                let numbers = values.cast(&DataType::Int64)?;
                mark(&mut marks, numbers.i64()?.iter().map(|number| number.map_or(NO_NUMBER, i64::cast_unsigned)));
            }
        }
    }
    marks.sort_unstable();
    Ok(marks.windows(2).filter(|pair| pair.first() == pair.last()).count() as u64)
}

/// An empty cell of numbers.
const NO_NUMBER: u64 = 0xA24B_AED4_963E_E407;

/// Mixes a column into the marks of rows, so that the order of columns counts. No two marks become one by a cell that
/// both have. The shift brings what the product carries upwards back to the lower half: numbers need no hash of their
/// own.
fn mark(marks: &mut [u64], cells: impl Iterator<Item = u64>) {
    for (mark, cell) in marks.iter_mut().zip(cells) {
        let mixed = (mark.rotate_left(23) ^ cell).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        *mark = mixed ^ (mixed >> 32);
    }
}
