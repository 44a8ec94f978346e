//! Validation by periods: drift, calibration and ranking month by month.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Drift, HeldOut};
use crate::domain::Points;
use crate::error::{Error, Result};
use crate::features::FeatureTable;
use crate::model::fit::Table;
use crate::model::metrics::{Estimate, auc, brier_score};
use crate::model::{Scorecard, Target};
use crate::sentence::{Sentence, says};

/// Bands of the score that its stability is measured over.
const BANDS: usize = 10;

/// What happened in one period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodReport {
    /// The period, as the times name it.
    pub period: String,
    /// Rows judged.
    pub rows: usize,
    /// Rows judged that have the event.
    pub events: usize,
    /// Mean predicted probability.
    pub predicted: f64,
    /// Observed share of events.
    pub observed: Estimate,
    /// Area under the curve; `None` when the rows are all of one class.
    pub auc: Option<Estimate>,
    /// Brier score; `None` when the rows are all of one class.
    pub brier: Option<Estimate>,
    /// How far the scores of all rows of the period have moved from the base, over tenths of the base (PSI).
    pub score: Drift,
    /// How far each feature of the card has moved (CSI), with its bins.
    pub features: Vec<FeatureDrift>,
}

/// One feature in one period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeatureDrift {
    /// The feature's name.
    pub feature: String,
    /// How far its bins have moved (CSI).
    pub drift: Drift,
    /// The bins, in the order of the card's; a last one holds values of weight of evidence 0.
    pub bins: Vec<PeriodBin>,
}

/// One bin in one period.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodBin {
    /// Rows.
    pub rows: usize,
    /// Rows with the event.
    pub events: usize,
    /// Weight of the rows.
    pub weight: f64,
}

/// A card and the table it is judged on, with the time of each row.
///
/// The base of every comparison is the rows that were not judged, or all rows where all were judged in turn.
#[derive(Debug, Clone, Copy)]
pub struct Periods<'a> {
    /// The card whose score and bins are followed.
    pub card: &'a Scorecard,
    /// The features of all rows.
    pub table: &'a FeatureTable,
    /// What happened.
    pub target: &'a Target,
    /// The period of each row, for instance its month; periods are ordered as text.
    pub times: &'a [String],
}

/// Codes per row and the number of codes, by name.
struct Coded<'a> {
    name: &'a str,
    codes: Vec<u16>,
    count: usize,
}

impl Coded<'_> {
    fn bins(&self, rows: &[usize], target: &Target) -> Vec<PeriodBin> {
        let mut bins = vec![PeriodBin::default(); self.count];
        for row in rows {
            let Some(bin) = self.codes.get(*row).and_then(|code| bins.get_mut(usize::from(*code))) else { continue };
            bin.rows += 1;
            bin.events += usize::from(target.events().get(*row) == Some(&true));
            bin.weight += target.weight(*row);
        }
        bins
    }
}

impl Periods<'_> {
    /// One report per period of the rows judged, by rising period.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when there are not as many times as rows; [`Error::Table`] when the table lacks a feature.
    pub fn report(&self, held_out: &HeldOut) -> Result<Vec<PeriodReport>> {
        let read = Table::new(self.table, self.target)?;
        let target = &read.target;
        if self.times.len() != target.height() {
            return Err(Error::setting("times", self.times.len(), says!("{} of them", [target.height()])));
        }
        let mut probability = vec![None; target.height()];
        for (row, found) in held_out.rows.iter().zip(&held_out.probabilities) {
            if let Some(slot) = probability.get_mut(*row) {
                *slot = Some(*found);
            }
        }
        let mut base: Vec<usize> = (0..target.height()).filter(|row| probability.get(*row) == Some(&None)).collect();
        if base.is_empty() {
            base = (0..target.height()).collect();
        }
        let features = self.coded(&read)?;
        let score = banded(&self.card.scores(&read.columns), (&base, target));
        let mut periods: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (row, time) in self.times.iter().enumerate() {
            periods.entry(time).or_default().push(row);
        }
        let mut reports = Vec::with_capacity(periods.len());
        for (period, rows) in periods {
            let judged = |row: &usize| Some((*row, (*probability.get(*row)?)?));
            let (judged, probabilities): (Vec<usize>, Vec<f64>) = rows.iter().filter_map(judged).unzip();
            if judged.is_empty() {
                continue;
            }
            let drift = |coded: &Coded<'_>| {
                let (before, now) = (coded.bins(&base, target), coded.bins(&rows, target));
                let weights = |bins: &[PeriodBin]| bins.iter().map(|bin| bin.weight).collect::<Vec<_>>();
                (Drift::new(&weights(&before), &weights(&now)), now)
            };
            let feature = |coded: &Coded<'_>| {
                let (drift, bins) = drift(coded);
                FeatureDrift { feature: coded.name.to_owned(), drift, bins }
            };
            let features = features.par_iter().map(feature).collect();
            let measured = Measured::new(&judged, &probabilities, target);
            reports.push(PeriodReport {
                period: period.to_owned(),
                rows: judged.len(),
                events: measured.events,
                predicted: measured.predicted,
                observed: measured.observed,
                auc: measured.auc,
                brier: measured.brier,
                score: drift(&score).0,
                features,
            });
        }
        Ok(reports)
    }

    fn coded(&self, table: &Table<'_>) -> Result<Vec<Coded<'_>>> {
        let of_feature = |feature: &'_ crate::model::ScorecardFeature| {
            let column = table.columns.iter().find(|(name, _)| *name == feature.name());
            let (_, column) =
                column.ok_or_else(|| Error::table("features", "no such column", Sentence::name(feature.name())))?;
            Ok((feature.map().codes(column), feature.map().bins.len() + 1))
        };
        let features = self.card.features();
        let codes: Vec<(Vec<u16>, usize)> = features.par_iter().map(of_feature).collect::<Result<_>>()?;
        let named = features.iter().zip(codes);
        Ok(named.map(|(feature, (codes, count))| Coded { name: feature.name(), codes, count }).collect())
    }
}

/// The tenth of the base that each score falls into.
#[expect(clippy::cast_precision_loss, reason = "a handful of bands")]
fn banded(scores: &[Points], (base, target): (&[usize], &Target)) -> Coded<'static> {
    let mut weighted: Vec<(i32, f64)> =
        base.iter().filter_map(|row| scores.get(*row).map(|score| (score.0, target.weight(*row)))).collect();
    weighted.sort_unstable_by_key(|(score, _)| *score);
    let total: f64 = weighted.iter().map(|(_, weight)| weight).sum();
    let mut tops: Vec<i32> = Vec::new();
    let mut below = 0.0;
    for (score, weight) in weighted {
        let next = total * (tops.len() + 1) as f64 / BANDS as f64;
        below += weight;
        if below >= next && tops.len() + 1 < BANDS && tops.last() != Some(&score) {
            tops.push(score);
        }
    }
    let band = |score: &Points| u16::try_from(tops.partition_point(|top| *top < score.0)).unwrap_or(u16::MAX);
    Coded { name: "score", codes: scores.iter().map(band).collect(), count: tops.len() + 1 }
}

/// What can be said of some rows' probabilities, also when they are all of one class.
struct Measured {
    events: usize,
    predicted: f64,
    observed: Estimate,
    auc: Option<Estimate>,
    brier: Option<Estimate>,
}

impl Measured {
    fn new(rows: &[usize], probabilities: &[f64], target: &Target) -> Self {
        let is_event = |row: &usize| target.events().get(*row) == Some(&true);
        let happened = rows.iter().map(|row| (f64::from(u8::from(is_event(row))), target.weight(*row)));
        let predicted = rows.iter().zip(probabilities).map(|(row, p)| (*p, target.weight(*row)));
        let both = target.rows(rows).ok();
        Self {
            events: rows.iter().filter(|row| is_event(row)).count(),
            predicted: Estimate::mean(predicted).value,
            observed: Estimate::mean(happened),
            auc: both.as_ref().map(|target| auc(probabilities, target)),
            brier: both.as_ref().map(|target| brier_score(probabilities, target, &[]).score),
        }
    }
}
