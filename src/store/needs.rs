use polars::prelude::*;

use super::build::NEEDER;
use crate::error::Result;
use crate::schema::{CASE_ID, ENTITY_ID, Owner, SourceTables, Table};

/// Tables of which a debtor's conduct also needs the rows of the parties that his own rows name, and the naming column.
const NAMING: [(&str, &str); 2] = [("relations", "other_id"), ("equity", "company_id")];

/// Whose rows a table holds, as the store copies them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Copies {
    /// Each row serves the party it speaks of, and nobody else.
    None,
    /// Each row serves every debtor of its case.
    ByCase,
    /// Each row serves the party it speaks of and everybody whose own rows name that party.
    ByName,
}

impl Copies {
    pub(super) fn of(table: &Table) -> Self {
        match table.owner {
            Owner::Case => Self::ByCase,
            Owner::Party if NAMING.iter().any(|(name, _)| *name == table.name) => Self::ByName,
            Owner::Party => Self::None,
        }
    }

    /// The column that names the party whom a stored row serves.
    pub(super) fn needer(self) -> &'static str {
        if self == Self::None { ENTITY_ID } else { NEEDER }
    }
}

/// Pairs of a key (a case, a named party) and a party that needs what is told of it; sorted, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Needs(Vec<(i64, i64)>);

impl Needs {
    pub(super) fn new(mut pairs: Vec<(i64, i64)>) -> Self {
        // Stable: it takes runs that are sorted already as they are.
        pairs.sort();
        pairs.dedup();
        Self(pairs)
    }

    /// The debtors of each case.
    pub(super) fn debtors(tables: &SourceTables) -> Result<Self> {
        let rows = tables.scan("case_parties")?.filter(col("role").eq(lit("debtor")));
        Ok(Self::new(pairs(&rows.select([col(CASE_ID), col(ENTITY_ID)]).collect()?)?))
    }

    /// Who names each party.
    pub(super) fn named(tables: &SourceTables) -> Result<Self> {
        let mut all = Vec::new();
        for (table, column) in NAMING {
            all.extend(pairs(&tables.scan(table)?.select([col(column), col(ENTITY_ID)]).collect()?)?);
        }
        Ok(Self::new(all))
    }

    pub(super) fn of(&self, key: i64) -> impl Iterator<Item = i64> + '_ {
        let start = self.0.partition_point(|pair| pair.0 < key);
        self.0.iter().skip(start).take_while(move |pair| pair.0 == key).map(|pair| pair.1)
    }

    pub(super) fn has(&self, pair: (i64, i64)) -> bool {
        self.0.binary_search(&pair).is_ok()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.0.iter().copied()
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        Self::new([self.0.as_slice(), &other.0].concat())
    }

    pub(super) fn frame(&self) -> Result<DataFrame> {
        let (keys, needers): (Vec<i64>, Vec<i64>) = self.0.iter().copied().unzip();
        let columns = vec![Column::new("key".into(), keys), Column::new(ENTITY_ID.into(), needers)];
        Ok(DataFrame::new(self.0.len(), columns)?)
    }

    pub(super) fn from_frame(frame: &DataFrame) -> Result<Self> {
        Ok(Self::new(pairs(frame)?))
    }
}

/// The first two columns, row by row.
fn pairs(frame: &DataFrame) -> Result<Vec<(i64, i64)>> {
    let mut columns = frame.columns().iter().map(Column::i64);
    let (Some(keys), Some(needers)) = (columns.next(), columns.next()) else { return Ok(Vec::new()) };
    Ok(keys?.iter().zip(needers?.iter()).filter_map(|(key, needer)| key.zip(needer)).collect())
}
