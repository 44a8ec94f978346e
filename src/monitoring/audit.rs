//! Calibration and error rates by group.
//!
//! Sex, age and origin reach no model here. Whether a model treats groups alike all the same can only be
//! told by somebody who has the groups; they are joined to the results and to nothing else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::alert::{Alert, AlertKind, Thresholds};
use crate::domain::Label;
use crate::indicators::wilson;
use crate::model::{Estimate, Target, auc};

/// One judged row of an audit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AuditRow {
    /// The predicted probability.
    pub probability: f64,
    /// Whether the event came.
    pub happened: bool,
}

/// How a model treats one group that it never saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupAudit {
    /// The group as it was supplied; none for rows without one.
    pub group: Option<String>,
    /// Rows and events.
    pub rows: u64,
    /// See `rows`.
    pub events: u64,
    /// Mean predicted probability.
    pub predicted: f64,
    /// The share of events, between which bounds at 95 %.
    pub observed: f64,
    /// See `observed`.
    pub bounds: (f64, f64),
    /// Of rows with the event, the share that was predicted below the threshold: held unable and paid. With its bounds.
    pub missed: Option<(f64, (f64, f64))>,
    /// Of rows without the event, the share that was predicted above the threshold: held able and did not pay.
    pub accused: Option<(f64, (f64, f64))>,
    /// Area under the curve, where both are there.
    pub auc: Option<Estimate>,
}

/// Calibration and error rates by groups that are supplied beside the rows, one per row, and reach no model.
///
/// A group is an alert where its predicted share lies outside the bounds of its observed share and
/// further away than the threshold.
///
/// ```
/// use wherewithal::monitoring::{AuditRow, Thresholds, audit};
///
/// let rows: Vec<AuditRow> = (0..400).map(|i| AuditRow { probability: 0.5, happened: i % 2 == 0 }).collect();
/// let groups: Vec<Option<&str>> = (0..400).map(|i| Some(if i < 200 { "a" } else { "b" })).collect();
/// let (audits, alerts) = audit(&rows, &groups, 0.5, &Thresholds::default());
/// assert_eq!((audits.len(), audits[0].rows, audits[0].observed), (2, 200, 0.5));
/// assert!(alerts.is_empty()); // both are predicted as they turn out
/// ```
pub fn audit(
    rows: &[AuditRow],
    groups: &[Option<&str>],
    threshold: f64,
    limits: &Thresholds,
) -> (Vec<GroupAudit>, Vec<Alert>) {
    let mut of: BTreeMap<Option<&str>, Vec<&AuditRow>> = BTreeMap::new();
    // Rows beyond the groups supplied have none.
    for (at, row) in rows.iter().enumerate() {
        of.entry(groups.get(at).copied().flatten()).or_default().push(row);
    }
    let audits: Vec<GroupAudit> = of.into_iter().map(|(group, rows)| of_group(group, &rows, threshold)).collect();
    let alerts = audits.iter().filter_map(|audit| alert(audit, limits)).collect();
    (audits, alerts)
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows")]
fn of_group(group: Option<&str>, rows: &[&AuditRow], threshold: f64) -> GroupAudit {
    let count = |wanted: &dyn Fn(&AuditRow) -> bool| rows.iter().filter(|row| wanted(row)).count() as u64;
    let (n, events) = (rows.len() as u64, count(&|row| row.happened));
    let rate = |of: u64, all: u64| wilson(of, all).map(|bounds| (of as f64 / all as f64, bounds));
    let missed = count(&|row| row.happened && row.probability < threshold);
    let accused = count(&|row| !row.happened && row.probability >= threshold);
    let target = Target::new(rows.iter().map(|row| row.happened)).ok();
    let chances: Vec<f64> = rows.iter().map(|row| row.probability).collect();
    GroupAudit {
        group: group.map(str::to_owned),
        rows: n,
        events,
        predicted: chances.iter().sum::<f64>() / chances.len().max(1) as f64,
        observed: events as f64 / n.max(1) as f64,
        bounds: wilson(events, n).unwrap_or((0.0, 1.0)),
        missed: rate(missed, events),
        accused: rate(accused, n - events),
        auc: target.map(|target| auc(&chances, &target)),
    }
}

fn alert(audit: &GroupAudit, limits: &Thresholds) -> Option<Alert> {
    let apart = (audit.observed - audit.predicted).abs();
    let is_outside = audit.predicted < audit.bounds.0 || audit.predicted > audit.bounds.1;
    (is_outside && apart > limits.calibration).then(|| Alert {
        kind: AlertKind::Group,
        subject: audit.group.clone().unwrap_or_default(),
        month: None,
        part: None,
        value: apart,
        threshold: limits.calibration,
        reason: Label::new(
            "该组预测比例在实际比例的置信区间之外",
            "the predicted share of this group lies outside the bounds of its observed share",
        ),
        rows: audit.rows,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_that_is_held_too_able_is_told_and_the_others_are_not() {
        let row = |probability: f64, nth: usize| AuditRow { probability, happened: nth % 10 < 4 };
        let rows: Vec<AuditRow> = (0..1000).map(|nth| row(if nth < 500 { 0.4 } else { 0.6 }, nth)).collect();
        let groups: Vec<Option<&str>> = (0..1000).map(|nth| Some(if nth < 500 { "a" } else { "b" })).collect();
        let (audits, alerts) = audit(&rows, &groups, 0.5, &Thresholds::default());
        assert_eq!(audits.len(), 2);
        assert_eq!((audits[0].missed.unwrap().0, audits[1].missed.unwrap().0), (1.0, 0.0));
        assert_eq!(alerts.len(), 1);
        assert_eq!(alerts[0].subject, "b");
    }
}
