use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::fit::{Table, bin_all};
use super::metrics::{Estimate, auc};
use super::scorecard::CardBody;
use super::selection::select_each;
use super::validation::Splits;
use super::{ScorecardParams, Target};
use crate::error::{Error, Result};
use crate::features::FeatureTable;

/// Cards of fewer and fewer features, each judged on rows that it was not learnt from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeaturePath {
    /// By rising number of features at most.
    pub points: Vec<PathPoint>,
    /// The fewest features whose loss is within one standard error of the least: the error of the paired difference.
    pub chosen: usize,
}

/// Cards of at most so many features.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathPoint {
    /// Features at most.
    pub features: usize,
    /// Features of the cards that were judged, on average.
    pub used: f64,
    /// Mean negative log-likelihood of rows held out, before calibration.
    pub log_loss: Estimate,
    /// How much more that is than the least on the path, paired row by row.
    pub above_least: Estimate,
    /// How well rows held out are ranked.
    pub auc: Estimate,
}

/// What cards of at most `sizes` features lose on rows held out, and how few features are enough.
///
/// For every split bins, selection and coefficients are learnt anew; the cards of one split share their bins.
///
/// # Errors
///
/// [`Error::Setting`] when no size is given or one is 0; else as [`fit`](super::fit).
pub fn feature_path(
    (table, target): (&FeatureTable, &Target),
    (params, sizes): (&ScorecardParams, &[usize]),
    splits: &Splits,
) -> Result<FeaturePath> {
    params.check()?;
    let mut sizes = sizes.to_vec();
    sizes.sort_unstable();
    sizes.dedup();
    if sizes.first().is_none_or(|least| *least == 0) {
        return Err(Error::setting("sizes", format!("{sizes:?}"), "numbers of features from 1"));
    }
    let table = Table::new(table, target)?;
    let parts: Vec<(Vec<usize>, Vec<Judged>)> = splits
        .splits()
        .par_iter()
        .map(|split| Ok((split.test.clone(), judged(&table, split, (params, &sizes))?)))
        .collect::<Result<_>>()?;
    let rows: Vec<usize> = parts.iter().flat_map(|(rows, _)| rows.iter().copied()).collect();
    let target = table.target.rows(&rows)?;
    let log_odds: Vec<Vec<f64>> = (0..sizes.len())
        .map(|at| parts.iter().filter_map(|(_, cards)| cards.get(at)).flat_map(|card| card.log_odds.clone()).collect())
        .collect();
    let losses: Vec<Vec<f64>> = log_odds.iter().map(|log_odds| losses(log_odds, &target)).collect();
    let mean = |losses: &Vec<f64>| estimate(losses, &target);
    let least = losses.iter().min_by(|a, b| mean(a).value.total_cmp(&mean(b).value)).cloned().unwrap_or_default();
    let point = |((at, features), losses): ((usize, &usize), &Vec<f64>)| {
        let differences: Vec<f64> = losses.iter().zip(&least).map(|(loss, least)| loss - least).collect();
        let used = parts.iter().filter_map(|(_, cards)| cards.get(at)).map(|card| count(card.features)).sum::<f64>();
        let probabilities: Vec<f64> =
            log_odds.get(at).into_iter().flatten().map(|x| 1.0 / (1.0 + (-x).exp())).collect();
        PathPoint {
            features: *features,
            used: used / count(parts.len()),
            log_loss: mean(losses),
            above_least: estimate(&differences, &target),
            auc: auc(&probabilities, &target),
        }
    };
    let points: Vec<PathPoint> = sizes.iter().enumerate().zip(&losses).map(point).collect();
    let enough = |point: &&PathPoint| point.above_least.value <= point.above_least.standard_error;
    let chosen = points.iter().find(enough).or(points.last()).map_or(0, |point| point.features);
    Ok(FeaturePath { points, chosen })
}

/// The log-odds of rows held out by one card.
struct Judged {
    features: usize,
    log_odds: Vec<f64>,
}

fn judged(
    table: &Table<'_>,
    split: &super::Split,
    (params, sizes): (&ScorecardParams, &[usize]),
) -> Result<Vec<Judged>> {
    let learnt = table.rows(&split.train)?;
    let effective = learnt.effective()?;
    let learnt = effective.as_ref().unwrap_or(&learnt);
    let columns = table.columns_of(&split.test);
    let cards = select_each(bin_all(learnt, params)?, (learnt, params), sizes)?;
    let one = |selection: super::selection::Selection| {
        let features = selection.kept.len();
        Judged { features, log_odds: CardBody::new(selection.into(), learnt, params).log_odds(&columns) }
    };
    Ok(cards.into_iter().map(one).collect())
}

fn losses(log_odds: &[f64], target: &Target) -> Vec<f64> {
    let loss = |(x, event): (&f64, &bool)| (if *event { -x } else { *x }).max(0.0) + (-x.abs()).exp().ln_1p();
    log_odds.iter().zip(target.events()).map(loss).collect()
}

fn estimate(values: &[f64], target: &Target) -> Estimate {
    Estimate::mean(values.iter().enumerate().map(|(row, value)| (*value, target.weight(row))))
}

#[expect(clippy::cast_precision_loss, reason = "a count of features")]
fn count(number: usize) -> f64 {
    number as f64
}
