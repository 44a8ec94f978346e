//! What the index of a bucket tells: each party's rows in each table, and when anything about it became known last.

use std::fs::File;
use std::path::Path;

use polars::prelude::*;

use super::settle::INDEX;
use crate::error::{Error, Result};
use crate::schema::Table;

pub(super) fn index_columns(folder: &Path, columns: &[&str]) -> Result<DataFrame> {
    let path = folder.join(INDEX);
    let file = File::open(&path).map_err(Error::io(&path))?;
    let columns = columns.iter().map(ToString::to_string).collect();
    let reader = ParquetReader::new(file).read_parallel(ParallelStrategy::None);
    reader.with_columns(Some(columns)).finish().map_err(|error| Error::format(&path, error, "an index"))
}

/// How many rows a table has in a bucket.
pub(super) fn stored_rows(folder: &Path, table: &Table) -> Result<usize> {
    let index = index_columns(folder, &[table.name])?;
    Ok(index.column(table.name)?.u32()?.iter().flatten().map(|rows| rows as usize).sum())
}
