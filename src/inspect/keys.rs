//! Finds keys shared by two files, so that one can be looked up in the other.
//!
//! A list of transactions may name accounts and no party; a second file leads from the account to its
//! holder. Two columns that are called alike, where 90 % of the values of one stand in the other, are such
//! a pair. The way must lead to one party for each key, in all rows or in those of one level of another
//! column, such as the debtor's role: a key that leads to creditors too leads nowhere.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::dictionary::DictionaryColumn;
use super::levels::levels;
use super::tables::{InspectedTable, InspectedTables};
use super::vocabulary::Vocabulary;
use crate::schema::{ENTITY_ID, table};

/// Values of a child that its parent must hold.
const HELD: f64 = 0.9;
/// Levels of a column that may say which of a key's values is meant.
const LEVELS: usize = 8;
/// A name that calls a party without doubt.
const CALLED: f64 = 0.9;

/// A column of one table whose values are those of a key of another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SharedKey {
    /// The table whose rows point at the other, and its column.
    pub child: (String, String),
    /// The table that is pointed at, and its column.
    pub parent: (String, String),
    /// The share of the child's values that the parent has.
    ///
    /// From 0.9 to 1 of the distinct values; pairs below are not told.
    pub held: f64,
    /// Whether the parent has each of them once.
    pub is_unique: bool,
}

/// The way from a key of one table to the party in another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Way {
    /// The column that the rows have.
    pub(super) from: usize,
    /// The table in which the key leads to the party: its place, its key, its party.
    pub(super) over: usize,
    pub(super) key: usize,
    pub(super) party: usize,
    /// The rows of that table that are meant, where a key has several.
    pub(super) when: Option<(usize, String)>,
}

/// Columns of the same name whose values lie in one another, over all tables.
pub(super) fn shared(inspected: &InspectedTables) -> Vec<SharedKey> {
    let mut found = Vec::new();
    for (child, a, parent, b) in alike(inspected) {
        let (from, to) = (&child.held.columns, &parent.held.columns);
        let (Some(a), Some(b)) = (from.get(a), to.get(b)) else { continue };
        let held = contained(a, b);
        let is_parent = b.is_unique() && (!a.is_unique() || a.texts.len() < b.texts.len());
        if held >= HELD && is_parent {
            let name = |seen: &InspectedTable, column: &DictionaryColumn| (seen.name(), column.name.clone());
            found.push(SharedKey { child: name(child, a), parent: name(parent, b), held, is_unique: true });
        }
    }
    found
}

/// Pairs of columns of two tables that are called alike.
fn alike(inspected: &InspectedTables) -> impl Iterator<Item = (&InspectedTable, usize, &InspectedTable, usize)> {
    let all = || inspected.tables.iter().enumerate();
    all().flat_map(move |(at, child)| {
        let others = all().filter(move |(other, _)| *other != at);
        others.flat_map(move |(_, parent)| {
            let columns = child.held.columns.iter().enumerate();
            columns.flat_map(move |(a, column)| {
                let same = parent.held.columns.iter().enumerate().filter(move |(_, other)| {
                    !column.words.is_empty() && column.words == other.words && other.is_nameable && column.is_nameable
                });
                same.map(move |(b, _)| (child, a, parent, b))
            })
        })
    })
}

/// The share of a column's distinct values that another has.
#[expect(clippy::cast_precision_loss, reason = "a share")]
fn contained(child: &DictionaryColumn, parent: &DictionaryColumn) -> f64 {
    let known: HashSet<&str> = parent.texts.iter().map(String::as_str).collect();
    let held = child.texts.iter().filter(|text| known.contains(text.as_str())).count();
    if child.texts.is_empty() { 0.0 } else { held as f64 / child.texts.len() as f64 }
}

/// The best way from a table without a party of its own to one.
pub(super) fn way(inspected: &InspectedTables, at: usize) -> Option<Way> {
    let child = inspected.tables.get(at)?;
    let mut ways = Vec::new();
    for (over, parent) in inspected.tables.iter().enumerate().filter(|(over, _)| *over != at) {
        let Some(party) = party_of(parent) else { continue };
        for (from, column) in child.held.columns.iter().enumerate().filter(|(_, column)| column.is_nameable) {
            let same = |other: &&(usize, &DictionaryColumn)| other.1.words == column.words && other.1.is_nameable;
            let keys: Vec<_> = parent.held.columns.iter().enumerate().collect();
            for (key, held) in keys.iter().filter(same).filter(|(key, _)| *key != party) {
                if column.words.is_empty() || contained(column, held) < HELD {
                    continue;
                }
                if let Some((share, when)) = leads(&parent.held.columns, (*key, party), column) {
                    ways.push((share, Way { from, over, key: *key, party, when }));
                }
            }
        }
    }
    ways.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1.from, a.1.over).cmp(&(b.1.from, b.1.over))));
    ways.into_iter().next().map(|(_, way)| way)
}

/// The column of a table that names its party.
pub(super) fn party_of(seen: &InspectedTable) -> Option<usize> {
    let parties = table("parties")?;
    let entity = parties.column(ENTITY_ID)?;
    let called = seen.held.columns.iter().enumerate().filter(|(_, column)| column.is_nameable).map(|(at, column)| {
        let by_value = seen.facts.get(at).map_or(0.0, |facts| facts.persons + facts.credit_codes);
        (at, column.likeness((parties, entity)).max(if by_value >= HELD { CALLED } else { 0.0 }))
    });
    let best = called.filter(|(_, likeness)| *likeness >= CALLED);
    best.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map(|(at, _)| at)
}

/// The levels of a column of roles that are not the debtor's.
fn of_others(column: &DictionaryColumn) -> Option<Vec<&str>> {
    let parties = table("case_parties")?;
    let role = parties.column("role").filter(|_| (1..=LEVELS).contains(&column.texts.len()))?;
    if levels(column, (parties, role)).share < HELD {
        return None;
    }
    let code = |level: &str| Vocabulary::standard().code((parties, role.name), level);
    let others = column.texts.iter().map(String::as_str);
    Some(others.filter(|level| code(level).is_some_and(|code| code != "debtor")).collect())
}

/// Whether each value of a key leads to one party: in all rows, else in those of one level of another column. Rows of
/// creditors, guarantors and others lead to no debtor.
fn leads(
    columns: &[DictionaryColumn],
    (key, party): (usize, usize),
    child: &DictionaryColumn,
) -> Option<(f64, Option<(usize, String)>)> {
    let wanted: HashSet<&str> = child.texts.iter().map(String::as_str).collect();
    let (keys, parties) = (columns.get(key)?, columns.get(party)?);
    let others: Vec<_> = columns.iter().filter_map(|column| Some((column, of_others(column)?))).collect();
    let among = |rows: &dyn Fn(usize) -> bool| -> Option<f64> {
        let mut met: HashMap<&str, &str> = HashMap::new();
        if (0..keys.codes.len()).filter(|row| rows(*row)).any(|row| {
            others.iter().any(|(column, levels)| column.text(row).is_some_and(|text| levels.contains(&text)))
        }) {
            return None;
        }
        for row in (0..keys.codes.len()).filter(|row| rows(*row)) {
            if let (Some(key), Some(party)) = (keys.text(row), parties.text(row))
                && *met.entry(key).or_insert(party) != party
            {
                return None;
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a share")]
        let share = met.keys().filter(|key| wanted.contains(*key)).count() as f64 / wanted.len().max(1) as f64;
        (share >= HELD).then_some(share)
    };
    if let Some(share) = among(&|_| true) {
        return Some((share, None));
    }
    let mut found = Vec::new();
    for (at, column) in columns.iter().enumerate().filter(|(at, column)| {
        ![key, party].contains(at) && column.is_nameable && (2..=LEVELS).contains(&column.texts.len())
    }) {
        for level in &column.texts {
            let share = among(&|row| column.text(row) == Some(level.as_str()));
            found.extend(share.map(|share| (share, Some((at, level.clone())))));
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.into_iter().next()
}
