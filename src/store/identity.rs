//! Which identifiers are one party's: what was stated is kept beside the buckets, and what that means is
//! applied when rows are read.
//!
//! Statements (`relations` of the kind `same_party`, organisation codes within credit codes) are few. They
//! are copied into two files of each part, so that a run reads them without reading a bucket.

use std::path::Path;
use std::sync::Arc;

use polars::prelude::*;

use super::files::{self, joined};
use super::row_selection::RowSelection;
use super::seal::Seals;
use crate::error::Result;
use crate::schema::{ENTITY_ID, KNOWN_AT, SAME_PARTY, Table};
use crate::tables::{SourceTables, TableReader};

/// The tables in which something is stated, the columns that state it, and the file of a part.
const STATING: [(&str, &[&str], &str); 2] = [
    (
        "relations",
        &[ENTITY_ID, "other_id", KNOWN_AT, "until_on", "kind", "number_kind", "other_number_kind"],
        "same_party.parquet",
    ),
    ("parties", &[ENTITY_ID, KNOWN_AT, "organisation_id"], "organisations.parquet"),
];

/// Statements met while a part is filled: few, so that they stay in memory.
#[derive(Debug, Default)]
pub(super) struct Statements([Vec<DataFrame>; STATING.len()]);

impl Statements {
    /// What rows of a table state, with the index of the table among those that state anything.
    pub(super) fn told(table: &Table, frame: &DataFrame) -> Result<Option<(usize, DataFrame)>> {
        let Some(at) = STATING.iter().position(|(name, ..)| *name == table.name) else { return Ok(None) };
        let Some((_, columns, _)) = STATING.get(at) else { return Ok(None) };
        let states = match table.name {
            "parties" => frame.column("organisation_id")?.is_not_null(),
            _ => {
                let kinds = table.decode_codes(frame.select(["kind"])?)?;
                let is_same = kinds.column("kind")?.str()?.iter().map(|kind| Some(kind == Some(SAME_PARTY)));
                is_same.collect()
            }
        };
        let rows = table.decode_codes(frame.select(columns.iter().copied())?.filter(&states)?)?;
        Ok(Some((at, rows)))
    }

    pub(super) fn add(&mut self, (at, rows): (usize, DataFrame)) {
        if rows.height() > 0
            && let Some(frames) = self.0.get_mut(at)
        {
            frames.push(rows);
        }
    }

    /// The statements of some parts, one after the other.
    pub(super) fn of_parts(parts: &[Arc<Seals>]) -> Result<Self> {
        let mut statements = Self::default();
        for part in parts {
            for (at, (.., file)) in STATING.iter().enumerate() {
                if let Some(file) = part.file(file) {
                    statements.add((at, RowSelection::whole(&file)?.read(None)?));
                }
            }
        }
        Ok(statements)
    }

    /// Those that name none of some parties.
    pub(super) fn without(self, parties: &PlHashSet<i64>) -> Result<Self> {
        let mut left = Self::default();
        for (at, rows) in
            self.0.into_iter().enumerate().flat_map(|(at, frames)| frames.into_iter().map(move |f| (at, f)))
        {
            let mut keeps = vec![true; rows.height()];
            for ids in rows.columns().iter().filter_map(|column| column.i64().ok()) {
                let is_named = |id: Option<i64>| id.is_some_and(|id| parties.contains(&id));
                keeps.iter_mut().zip(ids.iter()).for_each(|(keep, id)| *keep &= !is_named(id));
            }
            left.add((at, rows.filter(&BooleanChunked::from_slice("".into(), &keeps))?));
        }
        Ok(left)
    }

    /// What was stated in each table, with its index among those that state anything.
    pub(super) fn of_tables(self) -> Result<Vec<(usize, DataFrame)>> {
        let stated = self.0.into_iter().enumerate().map(|(at, frames)| Ok(joined(frames)?.map(|rows| (at, rows))));
        stated.filter_map(Result::transpose).collect()
    }

    /// Writes a file for each table in which anything was stated.
    pub(super) fn write(self, part: &Path, (group, seals): (usize, &mut Seals)) -> Result<()> {
        for (at, mut rows) in self.of_tables()? {
            if let Some((.., file)) = STATING.get(at) {
                seals.add(file, files::write(&part.join(file), &mut rows, group)?);
            }
        }
        Ok(())
    }

    /// The statements of some parts, as the tables in which they stood, with the columns that state them.
    pub(super) fn read(parts: &[Arc<Seals>]) -> Result<SourceTables> {
        let mut tables = SourceTables::new();
        for (name, _, file) in STATING {
            for file in parts.iter().filter_map(|part| part.file(file)) {
                tables = tables.with_reader(name, Arc::new(Stated(RowSelection::whole(&file)?.read(None)?)))?;
            }
        }
        Ok(tables)
    }
}

/// Some columns of a table, in memory.
#[derive(Debug)]
struct Stated(DataFrame);

impl TableReader for Stated {
    fn columns(&self, names: &[&str]) -> Result<DataFrame> {
        Ok(self.0.select(names.iter().copied())?)
    }
}
