//! Rows without some parties.
//!
//! Three things name a party: rows of his own, which go; rows of others in a cell beside their owner (a
//! payer, a relative), whose cell becomes empty where it may and whose row goes where it may not; and cases
//! in which he is the only debtor, which go with all their rows.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use super::Store;
use super::identity::Statements;
use super::replication::pairs_of;
use crate::error::Result;
use crate::schema::{CASE_ID, ColumnKind, ENTITY_ID, Table};

/// What left a store with a party.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Forgotten {
    /// Rows by table: those of the party, and those of cases in which nobody else is a debtor.
    pub rows: BTreeMap<String, u64>,
    /// Cells by table that named the party in rows of others, and are empty now.
    pub cells: BTreeMap<String, u64>,
    /// Files of refused rows, which hold what the sources say in clear: no pseudonym finds anybody there, so they stay.
    pub refused: Vec<String>,
}

/// Whom a store is to forget.
#[derive(Debug, Default)]
pub(super) struct Removal {
    parties: PlHashSet<i64>,
    cases: PlHashSet<i64>,
    pub(super) forgotten: Forgotten,
}

impl Removal {
    pub(super) fn plan(store: &Store, parties: &[i64]) -> Result<Self> {
        let parties: PlHashSet<i64> = parties.iter().copied().collect();
        let mut debtors: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
        for part in &store.manifest().parts {
            let pairs = |pairs: DataFrame| Ok(pairs_of(&pairs)?.collect());
            for (case, debtor) in store.pairs_seen((part, 0), pairs)? {
                debtors.entry(case).or_default().insert(debtor);
            }
        }
        let is_alone = |debtors: &BTreeSet<i64>| debtors.iter().all(|debtor| parties.contains(debtor));
        let cases = debtors.iter().filter(|(_, debtors)| is_alone(debtors)).map(|(case, _)| *case).collect();
        Ok(Self { parties, cases, forgotten: Forgotten::default() })
    }

    /// The rows of a table without the parties, and how many rows went.
    pub(super) fn applied(&mut self, table: &'static Table, mut rows: DataFrame) -> Result<(DataFrame, u64)> {
        let mut keeps = vec![true; rows.height()];
        if rows.column(CASE_ID).is_ok() {
            let cases = rows.column(CASE_ID)?.i64()?.iter();
            let is_gone = |case: Option<i64>| case.is_some_and(|case| self.cases.contains(&case));
            keeps.iter_mut().zip(cases).for_each(|(keep, case)| *keep &= !is_gone(case));
        }
        for column in table.columns().filter(|column| column.kind == ColumnKind::Party) {
            let ids = rows.column(column.name)?.i64()?.clone();
            let is_named = |id: Option<i64>| id.is_some_and(|id| self.parties.contains(&id));
            let named = ids.iter().zip(&keeps).filter(|(id, keep)| **keep && is_named(*id)).count() as u64;
            if column.nullable && column.name != ENTITY_ID {
                if named > 0 {
                    *self.forgotten.cells.entry(table.name.to_owned()).or_default() += named;
                    let others: Vec<Option<i64>> = ids.iter().map(|id| id.filter(|id| !is_named(Some(*id)))).collect();
                    rows.with_column(Column::new(column.name.into(), others))?;
                }
            } else {
                keeps.iter_mut().zip(ids.iter()).for_each(|(keep, id)| *keep &= !is_named(id));
            }
        }
        let gone = keeps.iter().filter(|keep| !**keep).count() as u64;
        if gone > 0 {
            *self.forgotten.rows.entry(table.name.to_owned()).or_default() += gone;
            rows = rows.filter(&BooleanChunked::from_slice("".into(), &keeps))?;
        }
        Ok((rows, gone))
    }

    /// Statements that name none of the parties.
    pub(super) fn stated(&self, statements: Statements) -> Result<Statements> {
        statements.without(&self.parties)
    }
}
