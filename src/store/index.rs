//! What the index of a bucket tells: each party's rows in each table, and when anything about it became known last.

use std::fs::File;
use std::path::Path;

use polars::prelude::*;

use super::settle::INDEX;
use crate::error::{Error, Result};
use crate::schema::{self, ENTITY_ID, Table};

/// Some columns of an index. The court's own register has none where the part has no row of it, and reads as zeros.
pub(super) fn index_columns(folder: &Path, columns: &[&str]) -> Result<DataFrame> {
    let path = folder.join(INDEX);
    let unreadable = |error| Error::format(&path, error, "an index");
    let file = File::open(&path).map_err(Error::io(&path))?;
    let mut reader = ParquetReader::new(file).read_parallel(ParallelStrategy::None);
    let there = reader.schema().map_err(unreadable)?;
    let is_absent =
        |name: &&str| !there.contains(name) && schema::register_tables().iter().any(|table| table.name == *name);
    let (absent, read): (Vec<&str>, Vec<&str>) = columns.iter().copied().partition(is_absent);
    // A column is read in any case: without one nobody would know how many rows there are.
    let wanted = read.iter().copied().chain([ENTITY_ID]).map(str::to_owned).collect();
    let mut index = reader.with_columns(Some(wanted)).finish().map_err(unreadable)?;
    for name in absent {
        index.with_column(Column::new(name.into(), vec![0u32; index.height()]))?;
    }
    Ok(index)
}

/// How many rows a table has in a bucket.
pub(super) fn stored_rows(folder: &Path, table: &Table) -> Result<usize> {
    let index = index_columns(folder, &[table.name])?;
    Ok(index.column(table.name)?.u32()?.iter().flatten().map(|rows| rows as usize).sum())
}
