//! Who is related to the debtor: a graph of personal relations and company offices.
//!
//! A path of at most two steps from the debtor makes a party related: a spouse, a spouse's company. The
//! path is cited with the rows it is made of.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::astar;
use petgraph::graphmap::DiGraphMap;
use polars::prelude::*;

use super::ConductParams;
use super::debtor_context::Key;
use super::rows::{Row, TypedRows};
use super::signal::Evidence;
use crate::domain::Day;
use crate::error::Result;
use crate::schema::{AS_OF, ENTITY_ID, EVENT_ON, RECORD_ID};
use crate::snapshot::Snapshot;

/// The graph of each day: an edge leads from the party whose row it is to the one it names.
///
/// Edges keep that direction so that a path from a debtor uses the rows of the debtor and of those
/// he names alone: whether somebody else is examined too then changes nothing.
#[derive(Debug, Default)]
pub(super) struct Ties {
    days: BTreeMap<i32, DiGraphMap<i64, Tie>>,
    most_steps: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Tie {
    record_id: i64,
    on: Day,
    is_office: bool,
}

impl Ties {
    /// Reads what is known of the samples and, for a second step, of those next to them.
    pub(super) fn around(snapshot: &Snapshot, params: &ConductParams) -> Result<Self> {
        let mut ties = Self { days: BTreeMap::new(), most_steps: params.most_steps };
        let near = ties.add(snapshot, params)?;
        if params.most_steps > 1 && !near.is_empty() {
            let near: Vec<Key> = near.into_iter().collect();
            let days = Column::new(AS_OF.into(), near.iter().map(|key| key.1).collect::<Vec<_>>());
            let parties = Column::new(ENTITY_ID.into(), near.iter().map(|key| key.0).collect::<Vec<_>>());
            let near = DataFrame::new(near.len(), vec![parties, days.cast(&DataType::Date)?])?;
            ties.add(&snapshot.beside(&near)?, params)?;
        }
        Ok(ties)
    }

    /// The rows that show how two parties are related on a day; none when they are not.
    pub(super) fn between(&self, key: Key, other: i64) -> Option<Vec<Evidence>> {
        let graph = self.days.get(&key.1)?;
        if key.0 == other || !graph.contains_node(other) || !graph.contains_node(key.0) {
            return None;
        }
        let (steps, path) = astar(graph, key.0, |node| node == other, |_| 1u32, |_| 0)?;
        let pairs = path.iter().zip(path.iter().skip(1));
        let shown = pairs.filter_map(|(a, b)| graph.edge_weight(*a, *b)).map(|tie| Evidence {
            on: tie.on,
            table: if tie.is_office { "equity" } else { "relations" }.to_owned(),
            record_id: tie.record_id,
            amount: None,
        });
        (steps <= self.most_steps).then(|| shown.collect())
    }

    fn add(&mut self, snapshot: &Snapshot, params: &ConductParams) -> Result<BTreeSet<Key>> {
        let mut edges = BTreeSet::new();
        let relations = TypedRows::last(snapshot, "relations", &["other_id", "kind", EVENT_ON], &[])?;
        let kept =
            |row: &Row<'_>| row.text("kind").is_some_and(|kind| params.related_by.iter().any(|name| name == kind));
        edges.extend(relations.iter().filter(kept).filter_map(|row| edge(row, "other_id", false)));
        let equity = TypedRows::last(snapshot, "equity", &["company_id", "office", "share", EVENT_ON], &[])?;
        let near = |row: &Row<'_>| {
            let is_holder = row.text("office") == Some("shareholder");
            !is_holder || row.number("share").is_some_and(|share| share >= params.affiliate_share)
        };
        edges.extend(equity.iter().filter(near).filter_map(|row| edge(row, "company_id", true)));
        let mut met = BTreeSet::new();
        for ((party, day), other, tie) in edges {
            met.insert((other, day));
            let graph = self.days.entry(day).or_default();
            if graph.edge_weight(party, other).is_none() {
                graph.add_edge(party, other, tie);
            }
        }
        Ok(met)
    }
}

fn edge(row: Row<'_>, other: &str, is_office: bool) -> Option<(Key, i64, Tie)> {
    let tie = Tie { record_id: row.whole(RECORD_ID)?, on: row.day(EVENT_ON)?, is_office };
    Some((row.key(), row.whole(other)?, tie))
}
