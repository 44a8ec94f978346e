//! Calibration and ranking of past scores, month by month as outcomes become known.
//!
//! A model that predicts a year ahead is known to be wrong a year late. Until then three things are told:
//! what came in of ripe months, what unripe ones will come to if their events come as early as before, and
//! how well the predictions would rank if they are right.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::alert::{Alert, AlertKind, Thresholds};
use crate::domain::{Day, Label};
use crate::indicators::wilson;
use crate::model::{Estimate, Target, auc};

/// One scored row that is followed until its window has passed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Followed {
    /// The day of the score.
    pub scored_on: Day,
    /// The predicted probability of the event within the window.
    pub probability: f64,
    /// The day of the event, as far as known.
    pub happened_on: Option<Day>,
}

/// One month of scores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MonthReport {
    /// The month, as 2017-03.
    pub month: String,
    /// Rows scored.
    pub rows: u64,
    /// Rows whose window has passed.
    pub ripe: u64,
    /// Events among ripe rows.
    pub events: u64,
    /// Mean predicted probability of ripe rows; of all rows where none is ripe.
    pub predicted: f64,
    /// Observed share of ripe rows, between which bounds at 95 %.
    pub observed: Option<(f64, (f64, f64))>,
    /// Area under the curve of ripe rows.
    pub auc: Option<Estimate>,
    /// The share that is to be expected once all windows have passed: events so far over the part
    /// of events that came as early in ripe months. None where it is ripe, or nothing ripe tells
    /// how early events come.
    pub awaited: Option<f64>,
    /// The area under the curve that the predictions promise if they are calibrated: known before any outcome.
    pub promised_auc: Option<f64>,
}

/// Follows scores month by month up to a day, of a model whose event falls within so many days.
///
/// Alerts: months whose observed share lies away from the predicted one further than chance and the
/// threshold, and months whose area under the curve lies below what was promised by more than the
/// threshold and twice its standard error.
///
/// ```
/// use wherewithal::domain::Day;
/// use wherewithal::monitoring::{Followed, Thresholds, maturing};
///
/// let scored_on = Day::parse("2017-03-10")?;
/// let followed = |i: i32| Followed {
///     scored_on,
///     probability: 0.5,
///     happened_on: (i % 2 == 0).then(|| scored_on.plus_days(30)),
/// };
/// let rows: Vec<Followed> = (0..100).map(followed).collect();
/// let (months, alerts) = maturing(&rows, 365, Day::parse("2018-06-30")?, &Thresholds::default());
/// assert_eq!((months[0].month.as_str(), months[0].ripe, months[0].events), ("2017-03", 100, 50));
/// assert!(alerts.is_empty());
/// # Ok::<(), wherewithal::Error>(())
/// ```
pub fn maturing(
    rows: &[Followed],
    window_days: i32,
    today: Day,
    limits: &Thresholds,
) -> (Vec<MonthReport>, Vec<Alert>) {
    let mut months: BTreeMap<String, Vec<&Followed>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.scored_on <= today) {
        let month = format!("{:04}-{:02}", row.scored_on.year(), row.scored_on.month());
        months.entry(month).or_default().push(row);
    }
    let is_ripe = |row: &&Followed| row.scored_on.plus_days(window_days) <= today;
    let waits = waits(rows.iter().filter(|row| is_ripe(row)), window_days);
    let mut reports = Vec::with_capacity(months.len());
    for (month, rows) in months {
        let (ripe, green): (Vec<&Followed>, Vec<&Followed>) = rows.iter().copied().partition(|row| is_ripe(row));
        let happened = |row: &Followed| event_within(row, window_days, today);
        let events = ripe.iter().filter(|row| happened(row)).count() as u64;
        let of = if ripe.is_empty() { &rows } else { &ripe };
        #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
        let share = |part: f64, all: usize| part / all.max(1) as f64;
        let observed = wilson(events, ripe.len() as u64).map(|bounds| (share(events as f64, ripe.len()), bounds));
        let chances: Vec<f64> = ripe.iter().map(|row| row.probability).collect();
        let target = Target::new(ripe.iter().map(|row| happened(row))).ok();
        let awaited = (!green.is_empty()).then(|| awaited(&rows, &waits, (window_days, today))).flatten();
        reports.push(MonthReport {
            month,
            rows: rows.len() as u64,
            ripe: ripe.len() as u64,
            events,
            predicted: share(of.iter().map(|row| row.probability).sum(), of.len()),
            observed,
            auc: target.map(|target| auc(&chances, &target)),
            awaited,
            promised_auc: promised(rows.iter().map(|row| row.probability).collect()),
        });
    }
    let alerts = reports.iter().flat_map(|report| of_month(report, limits)).collect();
    (reports, alerts)
}

fn event_within(row: &Followed, window_days: i32, today: Day) -> bool {
    row.happened_on.is_some_and(|on| on <= today && on <= row.scored_on.plus_days(window_days))
}

/// After how many days events came, of rows whose window has passed; sorted.
fn waits<'a>(ripe: impl Iterator<Item = &'a Followed>, window_days: i32) -> Vec<i32> {
    let wait = |row: &Followed| row.happened_on.map(|on| on.days_since(row.scored_on).max(0));
    let mut waits: Vec<i32> = ripe.filter_map(wait).filter(|days| *days <= window_days).collect();
    waits.sort_unstable();
    waits
}

/// Events so far over the events that as much time would have brought, times the share of all.
#[expect(clippy::cast_precision_loss, reason = "counts of rows")]
fn awaited(rows: &[&Followed], waits: &[i32], (window_days, today): (i32, Day)) -> Option<f64> {
    if waits.is_empty() {
        return None;
    }
    let part = |days: i32| waits.partition_point(|wait| *wait <= days) as f64 / waits.len() as f64;
    let seen: f64 = rows.iter().map(|row| part(today.days_since(row.scored_on).min(window_days))).sum();
    let events = rows.iter().filter(|row| event_within(row, window_days, today)).count() as f64;
    (seen > 0.0).then_some(events / seen)
}

/// The area under the curve that calibrated probabilities promise: how likely a row with the event
/// stands above one without.
fn promised(mut chances: Vec<f64>) -> Option<f64> {
    chances.sort_by(f64::total_cmp);
    let (mut below, mut above, mut sum) = (0.0, 0.0, 0.0);
    for tied in chances.chunk_by(|a, b| a.total_cmp(b).is_eq()) {
        let events: f64 = tied.iter().sum();
        let others: f64 = tied.iter().map(|chance| 1.0 - chance).sum();
        sum += events * (below + others / 2.0);
        below += others;
        above += events;
    }
    (below > 0.0 && above > 0.0).then(|| sum / (below * above))
}

fn of_month(report: &MonthReport, limits: &Thresholds) -> Vec<Alert> {
    let mut alerts = Vec::new();
    let alert = |kind, value, threshold, reason| Alert {
        kind,
        subject: "score".to_owned(),
        month: Some(report.month.clone()),
        part: None,
        value,
        threshold,
        reason,
        rows: report.ripe,
    };
    if let Some((observed, (low, high))) = report.observed {
        let is_outside = report.predicted < low || report.predicted > high;
        let apart = (observed - report.predicted).abs();
        if is_outside && apart > limits.calibration {
            let reason = Label::new("实际比例与预测比例之差超出偶然和阈值", "observed and predicted shares lie apart");
            alerts.push(alert(AlertKind::Calibration, apart, limits.calibration, reason));
        }
    }
    if let (Some(auc), Some(promised)) = (report.auc, report.promised_auc) {
        let loss = promised - auc.value;
        if loss > limits.auc_loss && loss > 2.0 * auc.standard_error {
            let reason = Label::new("排序能力低于预测所承诺的水平", "ranking is worse than the predictions promised");
            alerts.push(alert(AlertKind::Performance, loss, limits.auc_loss, reason));
        }
    }
    alerts
}

#[cfg(test)]
mod tests {
    #![allow(clippy::cast_possible_truncation, reason = "small numbers of a test")]

    use super::*;
    use crate::monitoring::draws::uniform;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    /// Rows whose chances are what happens; with `off`, chances are told too low by that.
    fn rows(n: usize, from: &str, off: f64) -> Vec<Followed> {
        let begun = day(from);
        let mut unit = uniform(0x9E37_79B9_7F4A_7C15);
        (0..n)
            .map(|row| {
                let chance = [0.2, 0.5, 0.8][row % 3];
                let scored_on = begun.plus_days((unit() * 150.0) as i32);
                let (is_event, wait) = (unit() < chance, (unit() * 90.0) as i32);
                let happened_on = is_event.then(|| scored_on.plus_days(wait));
                Followed { scored_on, probability: chance - off, happened_on }
            })
            .collect()
    }

    #[test]
    fn calibrated_months_raise_nothing_and_shifted_ones_do() {
        let (reports, alerts) = maturing(&rows(3000, "2017-01-01", 0.0), 90, day("2017-12-31"), &Thresholds::default());
        assert_eq!(reports.len(), 5);
        assert!(alerts.is_empty(), "{alerts:?}");
        for report in &reports {
            assert_eq!(report.rows, report.ripe);
            assert!((report.auc.unwrap().value - report.promised_auc.unwrap()).abs() < 0.05, "{report:?}");
        }
        let (_, alerts) = maturing(&rows(3000, "2017-01-01", 0.15), 90, day("2017-12-31"), &Thresholds::default());
        assert!(alerts.iter().filter(|alert| alert.kind == AlertKind::Calibration).count() >= 4, "{alerts:?}");
    }

    #[test]
    fn a_month_that_is_not_ripe_is_estimated_from_how_early_events_come() {
        let all = rows(6000, "2017-01-01", 0.0);
        let today = day("2017-06-10");
        let (reports, _) = maturing(&all, 90, today, &Thresholds::default());
        let last = reports.last().unwrap();
        assert!(last.ripe == 0 && last.observed.is_none());
        assert!((last.awaited.unwrap() - 0.5).abs() < 0.1, "{last:?}");
    }
}
