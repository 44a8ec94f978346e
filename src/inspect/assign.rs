//! Matches columns of a file with columns of a table of the schema.
//!
//! Each pair of a file's column and a schema's column gets a score from 0 to 1: how well the heading calls
//! the column, times how well the values suit its kind. The best pairs are taken first, and a column of the
//! file feeds one column of the table; only the two clocks, `event_on` and `known_at`, may share one. A
//! heading that calls a day and stands over no days is a misfit, and is told.

use std::collections::BTreeMap;

use super::dictionary::DictionaryColumn;
use super::facts::ColumnFacts;
use super::levels::levels;
use super::tables::InspectedTable;
use super::vocabulary::Vocabulary;
use crate::schema::{CASE_ID, Column, ColumnKind, ENTITY_ID, EVENT_ON, KNOWN_AT, Nature, Table};

/// From this likeness on a column is taken for a column of the schema.
pub(super) const ENOUGH: f64 = 0.5;
/// From this likeness on a column is called so without doubt.
pub(super) const CALLED: f64 = 0.9;
/// Different levels that a column of codes has at most.
const LEVELS: usize = 300;

/// A column of the file for a column of the table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pick {
    pub(super) source: usize,
    /// How sure, from 0 to 1.
    pub(super) score: f64,
}

/// Which columns of a file feed which columns of a table.
#[derive(Debug, Clone)]
pub(super) struct Assignment {
    pub(super) table: &'static Table,
    pub(super) picks: BTreeMap<&'static str, Pick>,
}

impl Assignment {
    pub(super) fn source(&self, column: &str) -> Option<usize> {
        self.picks.get(column).map(|pick| pick.source)
    }

    pub(super) fn feeds(&self, source: usize) -> bool {
        self.picks.values().any(|pick| pick.source == source)
    }
}

/// The best columns of a file for each column of a table; a column of the file feeds one, but for the two clocks.
pub(super) fn assign(seen: &InspectedTable, table: &'static Table) -> Assignment {
    let mut scored: Vec<(Pick, &'static Column)> = Vec::new();
    for (source, (held, facts)) in usable(seen) {
        for column in table.columns() {
            let score = score((held, facts), (table, column));
            if score >= ENOUGH {
                scored.push((Pick { source, score }, column));
            }
        }
    }
    let key = seen.held.columns.iter().find(|column| column.is_unique()).and_then(|column| column.words.first());
    // Of two days alike the one that is called like the key of the rows.
    let of_key = |pick: &Pick| seen.held.columns.get(pick.source).and_then(|held| held.words.first()) == key;
    scored.sort_by(|(a, x), (b, y)| {
        let alike = b.score.total_cmp(&a.score).then(of_key(b).cmp(&of_key(a)));
        alike.then(a.source.cmp(&b.source)).then(x.name.cmp(y.name))
    });
    let mut assignment = Assignment { table, picks: BTreeMap::new() };
    let is_clock = |column: &Column| [EVENT_ON, KNOWN_AT].contains(&column.name);
    for (pick, column) in scored.iter().filter(|(_, column)| !is_clock(column)) {
        if !assignment.feeds(pick.source) && !assignment.picks.contains_key(column.name) {
            assignment.picks.insert(column.name, *pick);
        }
    }
    second_account(seen, &mut assignment);
    // A day of its own, such as that of registration, is not that of which a state is told, but by its name.
    let is_state = matches!(table.nature, Nature::State(_));
    for (pick, column) in scored.iter().filter(|(_, column)| is_clock(column)) {
        if pick.score >= CALLED || !is_state || !assignment.feeds(pick.source) {
            assignment.picks.entry(column.name).or_insert(*pick);
        }
    }
    assignment
}

/// Columns that may feed a table: named, with values, no mere row numbers, nothing that no score may rest on.
pub(super) fn usable(seen: &InspectedTable) -> impl Iterator<Item = (usize, (&DictionaryColumn, &ColumnFacts))> {
    let columns = seen.held.columns.iter().zip(&seen.facts).enumerate();
    columns.filter(|(_, (held, facts))| held.is_nameable && held.is_allowed && facts.filled > 0)
}

fn score((held, facts): (&DictionaryColumn, &ColumnFacts), (table, column): (&Table, &Column)) -> f64 {
    let called = held.likeness((table, column)).max(shown((held, facts), (table, column)));
    if called < ENOUGH { 0.0 } else { called * fit((held, facts), (table, column)) }
}

/// The column that is called like a day or an amount of a table, and whose values are none.
pub(super) fn misfit<'s>(seen: &'s InspectedTable, target: (&Table, &Column)) -> Option<&'s DictionaryColumn> {
    let is_called = |held: &DictionaryColumn| held.likeness(target) >= CALLED;
    let mut columns = usable(seen).filter(|(_, (held, _))| is_called(held));
    let is_written = matches!(target.1.kind, ColumnKind::Day | ColumnKind::Money);
    columns.find(|(_, given)| is_written && fit(*given, target) == 0.0).map(|(_, (held, _))| held)
}

/// How surely the values alone tell a column.
fn shown((held, facts): (&DictionaryColumn, &ColumnFacts), (table, column): (&Table, &Column)) -> f64 {
    let known = Vocabulary::standard();
    let is_own = |probe: &str| held.likeness((table, column)) > 0.0 || !known.is_qualified(&held.words, probe);
    match (table.name, column.name) {
        ("vehicles", "plate") if facts.plates >= 0.8 => 0.9,
        ("real_estate", "unit") if facts.unit_codes >= 0.8 => 0.9,
        (_, CASE_ID) if facts.case_numbers >= 0.8 && is_own("案号") => 0.9,
        (_, ENTITY_ID) if facts.persons + facts.credit_codes >= 0.8 && is_own("证件号码") => 0.8,
        ("deposits" | "bank_transactions", "account")
            if facts.long_numbers >= 0.8
                && facts.persons < 0.2
                && is_own("账号")
                // A number of its own in every row of a statement is the transaction's.
                && (table.name == "deposits" || !facts.is_unique) =>
        {
            0.55
        }
        _ => 0.0,
    }
}

/// How well the values suit the column, from 0 to 1.
fn fit((held, facts): (&DictionaryColumn, &ColumnFacts), (table, column): (&Table, &Column)) -> f64 {
    let when = |holds: bool| f64::from(u8::from(holds));
    match column.kind {
        ColumnKind::Record => 0.0,
        ColumnKind::Day => when(facts.days.is_day()),
        ColumnKind::Money => {
            when(facts.money.is_some() && facts.persons < 0.3 && facts.long_numbers < 0.5 && !is_compact_day(facts))
        }
        ColumnKind::Code(_) | ColumnKind::Flag if facts.distinct > LEVELS => 0.0,
        ColumnKind::Code(_) | ColumnKind::Flag => match levels(held, (table, column)).share {
            share if share > 0.0 => 0.5 + 0.5 * share,
            _ => 0.0,
        },
        ColumnKind::Integer => when(facts.integers >= 0.95),
        ColumnKind::Number => when(facts.numbers >= 0.9),
        ColumnKind::Share => when(facts.fractions.max(facts.percents).max(facts.within_one) >= 0.9),
        ColumnKind::Party | ColumnKind::Case => {
            when(facts.decimals < 0.05 && !facts.days.is_day() && facts.phones < 0.5)
        }
        ColumnKind::Item => when(facts.decimals < 0.05 && (!facts.days.is_day() || facts.long_numbers > 0.5)),
        ColumnKind::Text if column.name == "masked_number" => when(facts.decimals < 0.05),
        ColumnKind::Text => when(facts.decimals < 0.5 && !facts.days.is_day()),
    }
}

/// Days of eight digits are no amounts, whatever the heading says.
fn is_compact_day(facts: &ColumnFacts) -> bool {
    facts.days == super::days::DaySeen::YearFirst
}

/// A second account in a statement is the other side's.
fn second_account(seen: &InspectedTable, assignment: &mut Assignment) {
    let table = assignment.table;
    let (Some(account), None) = (assignment.source("account"), assignment.source("counterparty_id")) else { return };
    let Some(column) = table.column("account").filter(|_| table.name == "bank_transactions") else { return };
    let others = usable(seen).filter(|(source, _)| *source != account && !assignment.feeds(*source));
    let alike = others.filter(|(_, (held, _))| held.likeness((table, column)) >= 0.9);
    if let Some((source, _)) = alike.min_by_key(|(source, _)| *source) {
        assignment.picks.insert("counterparty_id", Pick { source, score: 0.6 });
    }
}
