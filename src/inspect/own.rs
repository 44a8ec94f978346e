//! Files that have the schema's own columns: they are read column by column, as without a mapping.
//!
//! Their codes and days may still be written otherwise, so each column gets a rule of its own where that is
//! needed.

use std::collections::BTreeMap;

use super::inspection::Certainty;
use super::plan::Planned;
use super::rules::{Ruled, rule};
use super::tables::{InspectedTable, InspectedTables};
use super::words::Words;
use crate::ingest::{ColumnRule, own_columns, own_rule};
use crate::schema::{Column, ColumnKind, TABLES, Table};
use crate::sentence::{Sentence, says};

/// Tables that no file feeds by itself.
pub(super) const NEVER: [&str; 2] = ["party_extras", "case_extras"];

/// The table that each inspected file is by its columns' names. Where one file has the table's name, too, no other is.
pub(super) fn owned(inspected: &InspectedTables) -> Vec<Option<&'static Table>> {
    let mut owned: Vec<_> = inspected.tables.iter().map(table_of).collect();
    let named: Vec<_> = owned
        .iter()
        .zip(&inspected.tables)
        .filter_map(|(table, seen)| table.filter(|table| is_named(seen, table)))
        .map(|table| table.name)
        .collect();
    for (found, seen) in owned.iter_mut().zip(&inspected.tables) {
        *found = found.filter(|table| is_named(seen, table) || !named.contains(&table.name));
    }
    owned
}

/// The table whose required columns a file has by name: the table that it is called, else the only one that has all of
/// its columns.
fn table_of(seen: &InspectedTable) -> Option<&'static Table> {
    let header = header(seen);
    let has = |name: &str| header.iter().any(|column| column == name);
    let is_whole = |table: &&'static Table| {
        let rule = own_rule(table, &header);
        seen.held.has_header && rule.columns.values().flat_map(|rule| &rule.from).all(|from| has(from))
    };
    let mut whole = TABLES.iter().copied().filter(|table| !NEVER.contains(&table.name)).filter(is_whole);
    if let Some(named) = whole.clone().find(|table| is_named(seen, table)) {
        return Some(named);
    }
    let is_all = |table: &&'static Table| {
        let own: Vec<_> = own_columns(table).collect();
        header.iter().all(|name| own.iter().any(|own| own.eq_ignore_ascii_case(name)))
    };
    let called = |table: &Table| seen.called().iter().any(|name| Words::new(name).contain(&Words::new(table.name)));
    let all: Vec<_> = whole.by_ref().filter(is_all).collect();
    match all.as_slice() {
        [one] => Some(one),
        several => several.iter().copied().find(|table| called(table)),
    }
}

fn header(seen: &InspectedTable) -> Vec<String> {
    seen.held.columns.iter().filter(|held| held.is_nameable).map(|held| held.name.clone()).collect()
}

/// Whether a file or a sheet has a table's name.
fn is_named(seen: &InspectedTable, table: &Table) -> bool {
    seen.called().iter().any(|name| name.split('.').next().is_some_and(|stem| stem.eq_ignore_ascii_case(table.name)))
}

/// The plan that reads a file as the table that it is.
pub(super) fn plan(seen: &InspectedTable, table: &'static Table) -> Planned {
    let (mut columns, mut left_out) = (BTreeMap::new(), Vec::new());
    for (name, own) in own_rule(table, &header(seen)).columns {
        let Some(column) = table.column(&name) else { continue };
        match ruled(seen, (table, column), own) {
            Ok(ruled) => _ = columns.insert(column.name, ruled),
            Err(left) => left_out.push(left),
        }
    }
    let (when, unless) = (BTreeMap::new(), BTreeMap::new());
    let total = columns.keys().map(|_| 1.0).sum();
    Planned { table, columns, when, unless, way: None, total, left_out }
}

/// A column by its name; days and codes that are written otherwise than the schema's are read as they are written.
fn ruled(
    seen: &InspectedTable,
    (table, column): (&Table, &Column),
    own: ColumnRule,
) -> Result<Ruled, (usize, Sentence)> {
    let mut columns = seen.held.columns.iter().zip(&seen.facts).enumerate();
    let given = columns.find(|(_, (held, facts))| own.from == [held.name.as_str()] && facts.filled > 0);
    let is_written = matches!(column.kind, ColumnKind::Day | ColumnKind::Code(_) | ColumnKind::Flag);
    match given.filter(|_| is_written && own.or.is_none() && own.derive.is_none()) {
        Some((at, given)) => rule(given, (table, column), 1.0).map_err(|why| (at, why)),
        None => Ok(Ruled::new(own, Certainty::Sure, says!("the schema's own column"))),
    }
}
