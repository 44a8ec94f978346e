//! What every detector needs to know of a debtor: when the suit began, what is claimed, who is related.
//!
//! The clock of evasion is the service of the suit, since somebody who knows that he is sued and gives his
//! house away refuses before he is judged. Where the day of service is unknown, it is taken to lie
//! [`ConductParams::suit_days`] before filing.

use std::collections::HashSet;

use polars::prelude::PlHashMap;

use super::detectors::outflows;
use super::rows::{Row, TypedRows};
use super::ties::Ties;
use super::{ConductParams, Pattern};
use crate::domain::{Day, Money};
use crate::error::Result;
use crate::schema::{CASE_ID, EVENT_ON};
use crate::snapshot::{RowFilter, Snapshot};

/// A sample: the party and the number of its day.
pub(super) type Key = (i64, i32);

/// The claims against one debtor.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SuitStart {
    /// When the first suit was served, or is taken to have been.
    pub(super) served: Day,
    /// When the first case was filed.
    pub(super) filed: Day,
    /// The principal of all cases not performed.
    pub(super) claim: Money,
}

/// A snapshot with the days on which suits began and the ties of its samples.
pub(super) struct DebtorContext<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) suit_starts: PlHashMap<Key, SuitStart>,
    pub(super) ties: Ties,
    /// Money that left accounts, as far as a pattern looks at it.
    pub(super) outflows: Option<TypedRows<'a>>,
}

impl<'a> DebtorContext<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, params: &ConductParams) -> Result<Self> {
        let suit_starts = suit_starts(snapshot, params.suit_days)?;
        let outflows = outflows(snapshot, &params.patterns)?;
        Ok(Self { snapshot, suit_starts, ties: Ties::around(snapshot, params)?, outflows })
    }

    /// Whether a day lies in the window of a pattern for a sample.
    pub(super) fn within(&self, pattern: &Pattern, key: Key, on: Day) -> bool {
        let start = |suit_start: &SuitStart| suit_start.served.plus_days(-pattern.lookback_days);
        self.suit_starts.get(&key).is_some_and(|suit_start| start(suit_start) <= on && on.number() <= key.1)
    }
}

fn suit_starts(snapshot: &Snapshot, suit_days: i32) -> Result<PlHashMap<Key, SuitStart>> {
    let done = RowFilter::Among("manner", &["completed", "withdrawn"]);
    let done = TypedRows::all(snapshot, "closings", &[CASE_ID, "manner"], &[done])?;
    let done: HashSet<(usize, Option<i64>)> = done.iter().map(|row| (row.sample(), row.whole(CASE_ID))).collect();
    let cases = TypedRows::last(snapshot, "cases", &[CASE_ID, EVENT_ON, "served_on", "claim_fen"], &[])?;
    let mut suit_starts: PlHashMap<Key, SuitStart> = PlHashMap::default();
    for row in cases.iter().filter(|row| !done.contains(&(row.sample(), row.whole(CASE_ID)))) {
        let Some(filed) = row.day(EVENT_ON) else { continue };
        let served = served(row, filed, suit_days);
        let claim = row.money("claim_fen").unwrap_or_default();
        let suit_start = suit_starts.entry(row.key()).or_insert(SuitStart { served, filed, claim: Money::ZERO });
        suit_start.claim += claim;
        suit_start.served = suit_start.served.min(served);
        suit_start.filed = suit_start.filed.min(filed);
    }
    Ok(suit_starts)
}

/// The day of service. One after the filing day must be an error and is not used.
fn served(row: Row<'_>, filed: Day, suit_days: i32) -> Day {
    row.day("served_on").filter(|served| *served <= filed).unwrap_or(filed.plus_days(-suit_days))
}
