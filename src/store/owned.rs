//! The rows that the parties of one bucket need.
//!
//! Parts may have different numbers of buckets. A reader that wants the parties of one bucket out of 64
//! takes, from a part with 16, the rows whose owner falls into it.

use super::bucket;
use super::replication::Replication;
use super::row_selection::RowSelection;
use crate::error::Result;
use crate::schema::Table;

/// The parties of one bucket out of so many.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owned {
    pub(super) number: u32,
    pub(super) buckets: u32,
}

impl Owned {
    /// The rows of a table that one of these needs.
    pub(super) fn among(&self, table: &Table, rows: RowSelection) -> Result<RowSelection> {
        let owner = Replication::for_table(table).owner_column();
        let owners = rows.read(Some(&[owner]))?;
        let marks: Vec<bool> = owners
            .column(owner)?
            .i64()?
            .iter()
            .map(|id| id.is_some_and(|id| bucket(id, self.buckets) == self.number))
            .collect();
        rows.only(&marks)
    }
}
