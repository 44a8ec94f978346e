//! What every pattern needs of a sample: when the suit began, what is claimed, who is related.

use std::collections::HashSet;

use polars::prelude::PlHashMap;

use super::rows::{Row, Rows};
use super::shapes::outflows;
use super::ties::Ties;
use super::{ConductParams, Pattern};
use crate::domain::{Day, Money};
use crate::error::Result;
use crate::schema::{CASE_ID, EVENT_ON};
use crate::snapshot::{Condition, Snapshot};

/// A sample: the party and the number of its day.
pub(super) type Key = (i64, i32);

/// The claims against one debtor.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Anchor {
    /// When the first suit was served, or is taken to have been.
    pub(super) served: Day,
    /// When the first case was filed.
    pub(super) filed: Day,
    /// The principal of all cases not performed.
    pub(super) claim: Money,
}

/// A snapshot with the anchors and ties of its samples.
pub(super) struct Scene<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) anchors: PlHashMap<Key, Anchor>,
    pub(super) ties: Ties,
    /// Money that left accounts, as far as a pattern looks at it.
    pub(super) outflows: Option<Rows<'a>>,
}

impl<'a> Scene<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, params: &ConductParams) -> Result<Self> {
        let anchors = anchors(snapshot, params.suit_days)?;
        let outflows = outflows(snapshot, &params.patterns)?;
        Ok(Self { snapshot, anchors, ties: Ties::around(snapshot, params)?, outflows })
    }

    /// Whether a day lies in the window of a pattern for a sample.
    pub(super) fn within(&self, pattern: &Pattern, key: Key, on: Day) -> bool {
        let start = |anchor: &Anchor| anchor.served.plus_days(-pattern.lookback_days);
        self.anchors.get(&key).is_some_and(|anchor| start(anchor) <= on && on.number() <= key.1)
    }
}

fn anchors(snapshot: &Snapshot, suit_days: i32) -> Result<PlHashMap<Key, Anchor>> {
    let done = Condition::Among("manner", &["completed", "withdrawn"]);
    let done = Rows::all(snapshot, "closings", &[CASE_ID, "manner"], &[done])?;
    let done: HashSet<(usize, Option<i64>)> = done.iter().map(|row| (row.sample(), row.whole(CASE_ID))).collect();
    let cases = Rows::last(snapshot, "cases", &[CASE_ID, EVENT_ON, "served_on", "claim_fen"], &[])?;
    let mut anchors: PlHashMap<Key, Anchor> = PlHashMap::default();
    for row in cases.iter().filter(|row| !done.contains(&(row.sample(), row.whole(CASE_ID)))) {
        let Some(filed) = row.day(EVENT_ON) else { continue };
        let served = served(row, filed, suit_days);
        let claim = row.money("claim_fen").unwrap_or_default();
        let anchor = anchors.entry(row.key()).or_insert(Anchor { served, filed, claim: Money::ZERO });
        anchor.claim += claim;
        anchor.served = anchor.served.min(served);
        anchor.filed = anchor.filed.min(filed);
    }
    Ok(anchors)
}

/// A day of service after filing is not believed.
fn served(row: Row<'_>, filed: Day, suit_days: i32) -> Day {
    row.day("served_on").filter(|served| *served <= filed).unwrap_or(filed.plus_days(-suit_days))
}
