//! What every pattern needs of a sample: when the suit began, what is claimed, who is related.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::rows::{Row, Rows};
use super::ties::Ties;
use super::{ConductParams, Pattern};
use crate::domain::{Day, Money};
use crate::error::Result;
use crate::schema::{AS_OF, CASE_ID, ENTITY_ID, EVENT_ON};
use crate::snapshot::Snapshot;

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
    /// The first day on which a pattern may look.
    pub(super) start: Day,
}

/// A snapshot with the anchors and ties of its samples.
pub(super) struct Scene<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) anchors: BTreeMap<Key, Anchor>,
    pub(super) ties: Ties,
    starts: DataFrame,
}

const START: &str = "start_on";

impl<'a> Scene<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, params: &ConductParams) -> Result<Self> {
        let lookback = params.patterns.iter().map(|pattern| pattern.lookback_days).max().unwrap_or_default();
        let anchors = anchors(snapshot, (params.suit_days, lookback))?;
        let keys: Vec<Key> = anchors.keys().copied().collect();
        let days = |name: &str, numbers: Vec<i32>| Column::new(name.into(), numbers).cast(&DataType::Date);
        let starts = vec![
            Column::new(ENTITY_ID.into(), keys.iter().map(|key| key.0).collect::<Vec<_>>()),
            days(AS_OF, keys.iter().map(|key| key.1).collect())?,
            days(START, anchors.values().map(|anchor| anchor.start.number()).collect())?,
        ];
        let starts = DataFrame::new(keys.len(), starts)?;
        Ok(Self { snapshot, anchors, ties: Ties::around(snapshot, params)?, starts })
    }

    /// The rows of a table of events that happened where any pattern may look.
    pub(super) fn events(&self, table: &str) -> Result<LazyFrame> {
        let on = [col(ENTITY_ID), col(AS_OF)];
        let rows = self.snapshot.scan(table)?;
        let rows = rows.join(self.starts.clone().lazy(), &on, &on, JoinArgs::new(JoinType::Inner));
        Ok(rows.filter(col(EVENT_ON).gt_eq(col(START))))
    }

    /// Whether a day lies in the window of a pattern for a sample.
    pub(super) fn within(&self, pattern: &Pattern, key: Key, on: Day) -> bool {
        let start = |anchor: &Anchor| anchor.served.plus_days(-pattern.lookback_days);
        self.anchors.get(&key).is_some_and(|anchor| start(anchor) <= on && on.number() <= key.1)
    }
}

fn anchors(snapshot: &Snapshot, days: (i32, i32)) -> Result<BTreeMap<Key, Anchor>> {
    let (suit_days, lookback) = days;
    let on = [col(ENTITY_ID), col(AS_OF), col(CASE_ID)];
    let done = col("manner").eq(lit("completed")).or(col("manner").eq(lit("withdrawn")));
    let done = snapshot.scan("closings")?.filter(done);
    let open = snapshot.latest("cases")?.join(done, &on, &on, JoinArgs::new(JoinType::Anti));
    let rows = Rows::collect(open, &[EVENT_ON, "served_on", "claim_fen"])?;
    let mut anchors: BTreeMap<Key, Anchor> = BTreeMap::new();
    for row in rows.iter() {
        let Some(filed) = row.day(EVENT_ON) else { continue };
        let served = served(row, filed, suit_days);
        let claim = row.money("claim_fen").unwrap_or_default();
        let anchor = anchors.entry(row.key()).or_insert(Anchor { served, filed, claim: Money::ZERO, start: served });
        anchor.claim += claim;
        anchor.served = anchor.served.min(served);
        anchor.filed = anchor.filed.min(filed);
        anchor.start = anchor.served.plus_days(-lookback);
    }
    Ok(anchors)
}

/// A day of service after filing is not believed.
fn served(row: Row<'_>, filed: Day, suit_days: i32) -> Day {
    row.day("served_on").filter(|served| *served <= filed).unwrap_or(filed.plus_days(-suit_days))
}
