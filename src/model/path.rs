//! Cards of rising numbers of features with their loss on held-out rows, to choose the number.

use serde::{Deserialize, Serialize};

use super::Target;
use super::metrics::{Estimate, auc};

/// Cards of several numbers of features at most, each judged on rows that it was not learnt from, and the choice among
/// them.
///
/// Bins, selection and coefficients are learnt anew for every fold; the cards of one fold share their bins.
///
/// ```
/// # use polars::prelude::*;
/// # use wherewithal::features::{FeatureTable, TableRoles};
/// use wherewithal::model::{self, ScorecardParams, Target};
///
/// # let noise = |row: u32, salt: u32| f64::from(row.wrapping_mul(2_654_435_761_u32.wrapping_add(2 * salt)) >> 24);
/// # let values = |salt| (0..600).map(|row| noise(row, salt)).collect::<Vec<_>>();
/// # let columns = (0..6).map(|salt| Column::new(format!("x{salt}").into(), values(salt)));
/// # let income: Vec<f64> = (0..600).map(|row| f64::from(row % 40)).collect();
/// # let paid: Vec<bool> = (0..600).map(|row| row % 40 > (row * 7) % 57).collect();
/// # let frame = DataFrame::new(600, columns.chain([Column::new("income".into(), income)]).collect())?;
/// # let table = FeatureTable::from_frame(frame, &TableRoles::default())?;
/// let card = model::fit(&table, &Target::new(paid)?, &ScorecardParams::default().sizes([1, 3, 6]))?;
/// let path = card.path().ok_or("no path")?;
/// assert_eq!(path.points.len(), 3);
/// assert!(card.features().len() <= path.chosen);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct FeaturePath {
    /// By rising number of features at most.
    pub points: Vec<PathPoint>,
    /// The fewest features whose loss is within one standard error of the least: the error of the paired difference.
    pub chosen: usize,
}

/// Cards of at most so many features.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
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

/// Cards of at most so many features on the rows held out from them.
#[derive(Debug, Clone)]
pub(super) struct SizeHeldOut {
    pub(super) size: usize,
    /// Features of the cards, on average.
    pub(super) used: f64,
    /// The log-odds of each row of the target.
    pub(super) log_odds: Vec<f64>,
}

/// The rows of one fold, and by number of features how many the card learnt without them has and what it gives each.
pub(super) struct FoldHeldOut {
    pub(super) rows: Vec<usize>,
    pub(super) cards: Vec<(usize, Vec<f64>)>,
}

impl SizeHeldOut {
    /// The folds put together, for a target of so many rows.
    pub(super) fn joined(sizes: &[usize], folds: &[FoldHeldOut], height: usize) -> Vec<Self> {
        let one = |(at, size): (usize, &usize)| {
            let mut log_odds = vec![0.0; height];
            let mut features = 0;
            for fold in folds {
                let Some((used, given)) = fold.cards.get(at) else { continue };
                features += used;
                for (row, value) in fold.rows.iter().zip(given) {
                    log_odds.get_mut(*row).into_iter().for_each(|slot| *slot = *value);
                }
            }
            Self { size: *size, used: count(features) / count(folds.len()), log_odds }
        };
        sizes.iter().enumerate().map(one).collect()
    }
}

impl FeaturePath {
    /// From cards by rising size; at least one.
    pub(super) fn new(sizes: &[SizeHeldOut], target: &Target) -> Self {
        let losses: Vec<Vec<f64>> = sizes.iter().map(|cards| losses(&cards.log_odds, target)).collect();
        let mean = |losses: &Vec<f64>| estimate(losses, target);
        let least = losses.iter().min_by(|a, b| mean(a).value.total_cmp(&mean(b).value)).cloned().unwrap_or_default();
        let point = |(cards, losses): (&SizeHeldOut, &Vec<f64>)| {
            let differences: Vec<f64> = losses.iter().zip(&least).map(|(loss, least)| loss - least).collect();
            let probabilities: Vec<f64> = cards.log_odds.iter().map(|x| 1.0 / (1.0 + (-x).exp())).collect();
            PathPoint {
                features: cards.size,
                used: cards.used,
                log_loss: mean(losses),
                above_least: estimate(&differences, target),
                auc: auc(&probabilities, target),
            }
        };
        let points: Vec<PathPoint> = sizes.iter().zip(&losses).map(point).collect();
        let enough = |point: &&PathPoint| point.above_least.value <= point.above_least.standard_error;
        let chosen = points.iter().find(enough).or(points.last()).map_or(0, |point| point.features);
        Self { points, chosen }
    }
}

fn losses(log_odds: &[f64], target: &Target) -> Vec<f64> {
    let loss = |(x, event): (&f64, &bool)| (if *event { -x } else { *x }).max(0.0) + (-x.abs()).exp().ln_1p();
    log_odds.iter().zip(target.events()).map(loss).collect()
}

#[expect(clippy::cast_precision_loss, reason = "a count of features or folds")]
fn count(number: usize) -> f64 {
    number as f64
}

fn estimate(values: &[f64], target: &Target) -> Estimate {
    Estimate::mean(values.iter().enumerate().map(|(row, value)| (*value, target.weight(row))))
}
