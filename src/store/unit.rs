use std::collections::HashSet;

use super::bucket;
use super::needs::Copies;
use super::rows::Piece;
use crate::error::Result;
use crate::schema::Table;
use crate::tables::SourceTables;

/// Tables that suffice to assess some parties.
///
/// They may hold rows of others beside them (co-debtors, relatives), who are not whole here and must not be assessed from
/// it: [`Unit::owns`] tells them apart.
#[derive(Debug, Clone)]
pub struct Unit {
    tables: SourceTables,
    owned: Owned,
}

/// Whose rows are whole.
#[derive(Debug, Clone)]
pub(super) enum Owned {
    Bucket { number: u32, buckets: u32 },
    Parties(HashSet<i64>),
}

impl Unit {
    pub(super) fn new(tables: SourceTables, owned: Owned) -> Self {
        Self { tables, owned }
    }

    /// The tables. Columns that were read stay in memory as long as these tables do.
    ///
    /// Their files are looked at when rows are asked for, and what is wrong with them is told then:
    /// [`Error::Io`](crate::Error::Io) or [`Error::Format`](crate::Error::Format).
    pub fn tables(&self) -> &SourceTables {
        &self.tables
    }

    /// Whether everything about a party is here.
    pub fn owns(&self, entity_id: i64) -> bool {
        self.owned.has(entity_id)
    }
}

impl Owned {
    fn has(&self, entity_id: i64) -> bool {
        match self {
            Self::Bucket { number, buckets } => bucket(entity_id, *buckets) == *number,
            Self::Parties(parties) => parties.contains(&entity_id),
        }
    }

    /// The rows of a table that one of these needs.
    pub(super) fn among(&self, table: &Table, rows: Piece) -> Result<Piece> {
        let needer = Copies::of(table).needer();
        let needers = rows.read(Some(&[needer]))?;
        let marks: Vec<bool> =
            needers.column(needer)?.i64()?.iter().map(|id| id.is_some_and(|id| self.has(id))).collect();
        rows.only(&marks)
    }
}
