//! Rows that the store has already: a file of the whole month, delivered again a night later, repeats what
//! was read before.
//!
//! Events are known again by what they say, in all columns but the row's number and the day it became
//! known. They count as often as the file with the most of them says: two like payments of one day are two.
//! States need nothing of the kind, since a repeated observation changes nothing.

use std::collections::BTreeMap;
use std::sync::Mutex;

use polars::prelude::*;

use super::replication::{KeyToOwners, OWNER_ID, Replication};
use super::{Store, files};
use crate::error::Result;
use crate::schema::{CASE_ID, ENTITY_ID, EVENT_ON, KNOWN_AT, LINE_BITS, Nature, RECORD_ID, Table};
use crate::tables::{Doubts, repeated_rows, unknown_rows};

/// How many rows of each table were there already.
pub(super) type Repeated = BTreeMap<&'static str, u64>;

/// What a row says, in 128 bits of BLAKE3.
type Said = [u8; 16];

/// Leaves out rows of an event that earlier parts have, as often as they have them: two payments of
/// one amount on one day are two as long as no file repeats both. A repeated observation of a state
/// changes nothing, and stays.
///
/// Rows are alike that say the same in all columns but their number and the day they became known ([`Table::event`]).
///
/// The same holds of the files of one filling: two exports of one table that overlap repeat rows as
/// two nights do. Of what two files say, the row that became known first stays.
pub(super) struct Repeats<'s> {
    pub(super) store: &'s Store,
    /// Whether rows come from files; those of a fold were looked through when they came.
    pub(super) are_of_files: bool,
    /// Rows that stay and are in doubt.
    doubts: Mutex<Doubts>,
}

impl<'s> Repeats<'s> {
    pub(super) fn new(store: &'s Store, are_of_files: bool) -> Self {
        Self { store, are_of_files, doubts: Mutex::default() }
    }

    /// Counts rows of a table that repeat others of their file, where rows come from files.
    pub(super) fn count_repeated(&self, table: &'static Table, rows: &DataFrame) -> Result<()> {
        if self.are_of_files {
            let repeated = repeated_rows(table, rows)?;
            self.doubt(|doubts| doubts.add_repeated(table, repeated));
        }
        Ok(())
    }

    /// Counts rows of a party's table that name a case of which nobody told.
    pub(super) fn count_naming(&self, table: &'static Table, rows: u64) {
        self.doubt(|doubts| doubts.add_unknown(table, rows));
    }

    /// Counts rows of a table about cases that are not among those known.
    pub(super) fn count_unknown(&self, table: &'static Table, rows: &DataFrame, known: &PlHashSet<i64>) -> Result<()> {
        let unknown = unknown_rows(table, rows, known)?;
        self.doubt(|doubts| doubts.add_unknown(table, unknown));
        Ok(())
    }

    fn doubt(&self, count: impl FnOnce(&mut Doubts)) {
        if let Ok(mut doubts) = self.doubts.lock() {
            count(&mut doubts);
        }
    }

    /// The rows in doubt that were counted.
    pub(super) fn into_doubts(self) -> Doubts {
        self.doubts.into_inner().unwrap_or_default()
    }

    /// Those rows of a table without copies that are new, and how many are not.
    pub(super) fn of_parties(&self, table: &'static Table, rows: DataFrame) -> Result<(DataFrame, u64)> {
        if Replication::for_table(table) == Replication::None {
            self.count_repeated(table, &rows)?;
        }
        if !Self::concerns(table, Replication::None) {
            return Ok((rows, 0));
        }
        let (rows, twice) = self.of_one_file(table, rows)?;
        if self.store.manifest().parts.is_empty() {
            return Ok((rows, twice));
        }
        let mut parties: Vec<i64> = rows.column(ENTITY_ID)?.i64()?.iter().flatten().collect();
        parties.sort_unstable();
        parties.dedup();
        let (rows, repeated) = self.new_rows(table, rows, &parties, |_| Ok(None))?;
        Ok((rows, twice + repeated))
    }

    /// Those rows of cases that are new, and how many are not; `debtors` are those of the cases, as earlier parts tell.
    pub(super) fn of_cases(
        &self,
        table: &'static Table,
        rows: DataFrame,
        debtors: &KeyToOwners,
    ) -> Result<(DataFrame, u64)> {
        if !Self::concerns(table, Replication::ByCase) {
            return Ok((rows, 0));
        }
        let (rows, twice) = self.of_one_file(table, rows)?;
        if self.store.manifest().parts.is_empty() {
            return Ok((rows, twice));
        }
        // Where the rows of a case stand once: with the first of its debtors.
        let owner_of = |case: i64| debtors.owners(case).next().unwrap_or(case);
        let mut owner_ids: Vec<i64> = rows.column(CASE_ID)?.i64()?.iter().flatten().map(owner_of).collect();
        owner_ids.sort_unstable();
        owner_ids.dedup();
        let (rows, repeated) = self.new_rows(table, rows, &owner_ids, |stored| {
            let owners = stored.column(OWNER_ID)?.i64()?.iter().zip(stored.column(CASE_ID)?.i64()?.iter());
            Ok(Some(owners.map(|(owner, case)| owner.zip(case).is_some_and(|(n, case)| n == owner_of(case))).collect()))
        })?;
        Ok((rows, twice + repeated))
    }

    fn concerns(table: &Table, replication: Replication) -> bool {
        table.nature == Nature::Event && Replication::for_table(table) == replication
    }

    /// The rows without those that another file of the same filling says as often, and how many these are.
    ///
    /// Only rows whose owner has rows of one day in two files are looked at closely: of files that
    /// do not overlap there are few, so that this takes a few bytes a row.
    fn of_one_file(&self, table: &'static Table, rows: DataFrame) -> Result<(DataFrame, u64)> {
        if !self.are_of_files {
            return Ok((rows, 0));
        }
        let records = rows.column(RECORD_ID)?.i64()?;
        let file = |record: i64| record >> LINE_BITS;
        if records.min().map(file) == records.max().map(file) {
            return Ok((rows, 0));
        }
        let owners = rows.column(table.key())?.i64()?.iter();
        let days = rows.column(EVENT_ON)?.to_physical_repr().cast(&DataType::Int64)?;
        let mut order: Vec<(i64, i64, i64, IdxSize)> = (0..)
            .zip(records.iter().zip(owners.zip(days.i64()?.iter())))
            .map(|(row, (record, (owner, day)))| {
                (owner.unwrap_or_default(), day.unwrap_or(i64::MIN), file(record.unwrap_or_default()), row)
            })
            .collect();
        order.sort_unstable();
        let shared = order
            .chunk_by(|a, b| (a.0, a.1) == (b.0, b.1))
            .filter(|rows| rows.first().map(|(.., file, _)| file) != rows.last().map(|(.., file, _)| file));
        let mut close: Vec<(IdxSize, i64)> = shared.flatten().map(|(.., file, row)| (*row, *file)).collect();
        drop(order);
        if close.is_empty() {
            return Ok((rows, 0));
        }
        close.sort_unstable();
        let known = rows.column(KNOWN_AT)?.date()?.phys.clone();
        let told = files::taken(&rows, close.iter().map(|(row, _)| *row).collect())?;
        let mut of_said: BTreeMap<Said, BTreeMap<(i32, i64), Vec<IdxSize>>> = BTreeMap::new();
        let mut first_known: PlHashMap<(Said, i64), i32> = PlHashMap::new();
        let said = said(table, &told)?;
        for (said, (row, file)) in said.iter().zip(&close) {
            let day = known.get(*row as usize).unwrap_or(i32::MAX);
            first_known.entry((*said, *file)).and_modify(|first| *first = day.min(*first)).or_insert(day);
        }
        for (said, (row, file)) in said.iter().zip(&close) {
            let day = first_known.get(&(*said, *file)).copied().unwrap_or(i32::MAX);
            of_said.entry(*said).or_default().entry((day, *file)).or_default().push(*row);
        }
        let mut gone: Vec<IdxSize> = Vec::new();
        for files in of_said.into_values() {
            let mut most = 0;
            for rows in files.into_values() {
                gone.extend(rows.iter().take(most));
                most = most.max(rows.len());
            }
        }
        gone.sort_unstable();
        let kept = (0..).take(rows.height()).filter(|row| gone.binary_search(row).is_err()).collect();
        let repeated = gone.len() as u64;
        Ok((if repeated == 0 { rows } else { files::taken(&rows, kept)? }, repeated))
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
