//! Rows that the store has already: a file of the whole month, delivered again a night later, repeats what was read before.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::replication::{KeyToOwners, OWNER_ID, Replication};
use super::{Store, files};
use crate::error::Result;
use crate::schema::{CASE_ID, ENTITY_ID, Nature, Table};

/// How many rows of each table were there already.
pub(super) type Repeated = BTreeMap<&'static str, u64>;

/// What a row says, in 128 bits of BLAKE3.
type Said = [u8; 16];

/// Leaves out rows of an event that earlier parts have, as often as they have them: two payments of one amount on one day are
/// two as long as no file repeats both. A repeated observation of a state changes nothing, and stays.
///
/// Rows are alike that say the same in all columns but their number and the day they became known ([`Table::event`]).
pub(super) struct Repeats<'s> {
    pub(super) store: &'s Store,
}

impl Repeats<'_> {
    /// Those rows of a table without copies that are new, and how many are not.
    pub(super) fn of_parties(&self, table: &'static Table, rows: DataFrame) -> Result<(DataFrame, u64)> {
        if !self.concerns(table, Replication::None) {
            return Ok((rows, 0));
        }
        let mut parties: Vec<i64> = rows.column(ENTITY_ID)?.i64()?.iter().flatten().collect();
        parties.sort_unstable();
        parties.dedup();
        self.new_rows(table, rows, &parties, |_| Ok(None))
    }

    /// Those rows of cases that are new, and how many are not; `debtors` are those of the cases, as earlier parts tell.
    pub(super) fn of_cases(
        &self,
        table: &'static Table,
        rows: DataFrame,
        debtors: &KeyToOwners,
    ) -> Result<(DataFrame, u64)> {
        if !self.concerns(table, Replication::ByCase) {
            return Ok((rows, 0));
        }
        // Where the rows of a case stand once: with the first of its debtors.
        let owner_of = |case: i64| debtors.of(case).next().unwrap_or(case);
        let mut owner_ids: Vec<i64> = rows.column(CASE_ID)?.i64()?.iter().flatten().map(owner_of).collect();
        owner_ids.sort_unstable();
        owner_ids.dedup();
        self.new_rows(table, rows, &owner_ids, |stored| {
            let owners = stored.column(OWNER_ID)?.i64()?.iter().zip(stored.column(CASE_ID)?.i64()?.iter());
            Ok(Some(owners.map(|(owner, case)| owner.zip(case).is_some_and(|(n, case)| n == owner_of(case))).collect()))
        })
    }

    fn concerns(&self, table: &Table, replication: Replication) -> bool {
        !self.store.manifest().parts.is_empty() && table.nature == Nature::Event && Replication::of(table) == copies
    }

    fn new_rows(
        &self,
        table: &'static Table,
        rows: DataFrame,
        owner_ids: &[i64],
        once: impl Fn(&DataFrame) -> Result<Option<BooleanChunked>>,
    ) -> Result<(DataFrame, u64)> {
        let mut known: PlHashMap<Said, usize> = PlHashMap::new();
        for (_, stored) in self.store.raw(owner_ids, |other| other.name == table.name)? {
            let stored = match once(&stored)? {
                Some(marks) => stored.filter(&marks)?,
                None => stored,
            };
            said(table, &table.encode_codes(stored)?)?.into_iter().for_each(|row| *known.entry(row).or_default() += 1);
        }
        if known.is_empty() {
            return Ok((rows, 0));
        }
        let is_new = |row: &Said| match known.get_mut(row) {
            Some(left) if *left > 0 => {
                *left -= 1;
                false
            }
            _ => true,
        };
        let marks: Vec<bool> = said(table, &rows)?.iter().map(is_new).collect();
        let kept: Vec<IdxSize> = (0..).zip(&marks).filter(|(_, is_new)| **is_new).map(|(row, _)| row).collect();
        let repeated = (marks.len() - kept.len()) as u64;
        Ok((if repeated == 0 { rows } else { files::taken(&rows, kept)? }, repeated))
    }
}

/// What each row says; codes as their numbers.
fn said(table: &Table, rows: &DataFrame) -> Result<Vec<Said>> {
    let mut texts: Vec<Vec<u8>> = vec![Vec::new(); rows.height()];
    for column in table.event() {
        let column = rows.column(column.name)?.as_materialized_series().to_physical_repr().into_owned();
        match column.dtype() {
            DataType::String => {
                write(&mut texts, column.str()?.iter().map(|text| text.map(|text| text.as_bytes().to_vec())));
            }
            DataType::Boolean => {
                write(&mut texts, column.bool()?.iter().map(|flag| flag.map(|flag| vec![u8::from(flag)])));
            }
            DataType::Float64 => {
                write(
                    &mut texts,
                    column.f64()?.iter().map(|number| number.map(|number| number.to_le_bytes().to_vec())),
                );
            }
            _ => {
                let numbers = column.cast(&DataType::Int64)?;
                write(
                    &mut texts,
                    numbers.i64()?.iter().map(|number| number.map(|number| number.to_le_bytes().to_vec())),
                );
            }
        }
    }
    let first = |text: &Vec<u8>| blake3::hash(text).as_bytes().first_chunk().copied().unwrap_or_default();
    Ok(texts.iter().map(first).collect())
}

/// Adds a cell to each row: its length and its bytes, so that cells do not run together and none is not empty.
fn write(rows: &mut [Vec<u8>], cells: impl Iterator<Item = Option<Vec<u8>>>) {
    for (row, cell) in rows.iter_mut().zip(cells) {
        match cell {
            None => row.extend(u32::MAX.to_le_bytes()),
            Some(cell) => {
                row.extend(u32::try_from(cell.len()).unwrap_or(u32::MAX - 1).to_le_bytes());
                row.extend(cell);
            }
        }
    }
}
