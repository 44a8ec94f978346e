//! All that a look at later runs and a store found.

use serde::Serialize;

use super::{Alert, Challenge, GroupAudit, IntakeLine, MonthReport, QualityLine, SourceLine, Stability, Thresholds};
use crate::domain::Day;

/// What was found.
///
/// ```
/// use wherewithal::domain::Day;
/// use wherewithal::monitoring::{MonitorReport, Thresholds};
///
/// let nothing = MonitorReport::new(Day::parse("2018-06-30")?, Thresholds::default());
/// assert!(nothing.alerts.is_empty()); // nobody looked
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MonitorReport {
    /// The last day of which anything is known.
    pub as_of: Day,
    /// From when on something was an alert; those of sources are data of their own.
    pub thresholds: Thresholds,
    /// By run: how far scores (`score`) and features have moved from the base.
    pub moved: Vec<(String, String, Stability)>,
    /// Calibration and performance by month of the score; empty without outcomes.
    pub months: Vec<MonthReport>,
    /// The audit by group; empty without groups and outcomes.
    pub groups: Vec<GroupAudit>,
    /// Data quality by month; empty without a store.
    pub quality: Vec<QualityLine>,
    /// Answers of each source by month; empty without a store.
    pub sources: Vec<SourceLine>,
    /// Rows refused of each kind of file by part of the store; empty without a store.
    pub intake: Vec<IntakeLine>,
    /// Parts of the store, or what was folded into one, that keep no report of what was refused.
    pub unreported: u64,
    /// Kinds of file with too few deliveries to hold any against the first ones.
    pub too_new: u64,
    /// Two models on one cohort; none where none were given.
    pub challenge: Option<Challenge>,
    /// Rows of outcomes and groups that name nobody scored.
    pub unmatched: u64,
    /// What crossed a threshold.
    pub alerts: Vec<Alert>,
}

impl MonitorReport {
    /// Nothing found yet.
    pub fn new(as_of: Day, thresholds: Thresholds) -> Self {
        Self {
            as_of,
            thresholds,
            moved: Vec::new(),
            months: Vec::new(),
            groups: Vec::new(),
            quality: Vec::new(),
            sources: Vec::new(),
            intake: Vec::new(),
            unreported: 0,
            too_new: 0,
            challenge: None,
            unmatched: 0,
            alerts: Vec::new(),
        }
    }
}
