//! What the index of a bucket tells: each party's rows in each table, and when anything about it became
//! known last.
//!
//! Rows of a table lie in the order of the index. So the place of a party's rows is the sum of the counts
//! before it, and one small file tells where to read in all others.

use polars::prelude::*;

use super::parts::INDEX;
use super::row_selection::RowSelection;
use super::seal::{Seals, UNCHANGED};
use crate::error::{Error, Result};
use crate::schema::{self, ENTITY_ID, Table};

/// Some columns of an index. The court's own register has none where the part has no row of it, and reads as zeros.
pub(super) fn index_columns(bucket: &Seals, columns: &[&str]) -> Result<DataFrame> {
    let missing = || Error::format(bucket.folder.join(INDEX), "no such file", UNCHANGED);
    let piece = RowSelection::whole(&bucket.file(INDEX).ok_or_else(missing)?)?;
    let is_absent = |name: &&str| {
        piece.fields.get(name).is_none() && schema::register_tables().iter().any(|table| table.name == *name)
    };
    let (absent, mut read): (Vec<&str>, Vec<&str>) = columns.iter().copied().partition(is_absent);
    // A column is read in any case: without one nobody would know how many rows there are.
    if read.is_empty() {
        read.push(ENTITY_ID);
    }
    let mut index = piece.read(Some(&read))?;
    for name in absent {
        index.with_column(Column::new(name.into(), vec![0u32; index.height()]))?;
    }
    Ok(index)
}

/// How many rows a table has in a bucket.
pub(super) fn stored_rows(bucket: &Seals, table: &Table) -> Result<usize> {
    let index = index_columns(bucket, &[table.name])?;
    Ok(index.column(table.name)?.u32()?.iter().flatten().map(|rows| rows as usize).sum())
}
