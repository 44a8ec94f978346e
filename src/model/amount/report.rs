//! How good predicted amounts are: R², errors, ranks, deciles.
//!
//! R² alone would hide that a few large amounts decide it; so errors, ranks, tenths and the share found in
//! the top tenth stand beside it, each with its standard error.

use serde::{Deserialize, Serialize};

use super::AmountTarget;
use super::deciles::{AmountDecile, deciles, found_in_top_tenth, gini};
use super::ranks::spearman;
use crate::error::{Error, Result};
use crate::model::Estimate;
use crate::sentence::says;

/// How good predicted amounts are on rows that they were not learnt from; amounts in the target's own unit.
///
/// ```
/// use wherewithal::model::{AmountReport, AmountTarget};
///
/// let target = AmountTarget::new(vec![0.0, 10.0, 20.0, 30.0])?;
/// let report = AmountReport::new(&[1.0, 9.0, 21.0, 29.0], &target)?;
/// assert_eq!((report.mae.value, report.predicted, report.received), (1.0, 60.0, 60.0));
/// assert!((report.r2.value - 0.992).abs() < 1e-12);
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AmountReport {
    /// Rows judged.
    pub rows: usize,
    /// The share of the variance that is explained: 1 less the squared errors over those of the
    /// mean of the rows judged.
    pub r2: Estimate,
    /// Mean absolute error.
    pub mae: Estimate,
    /// Root of the mean squared error.
    pub rmse: Estimate,
    /// Spearman's rank correlation of predicted and received.
    pub spearman: Estimate,
    /// The weighted sum of the predictions.
    pub predicted: f64,
    /// The weighted sum of the amounts.
    pub received: f64,
    /// Mean of predicted less received.
    pub bias: Estimate,
    /// Rows by falling prediction, in tenths.
    pub deciles: Vec<AmountDecile>,
    /// Of all amounts the share in the tenth of the rows with the largest predictions; none where
    /// an amount is negative.
    pub top_tenth: Option<Estimate>,
    /// The same where rows are in the order of the amounts themselves: no prediction can do better.
    pub top_tenth_at_best: Option<f64>,
    /// How near the order of predictions is to that of the amounts: the Gini index of the curve of
    /// amounts found over that of the true order, 0 for an order by chance.
    pub gini: Option<f64>,
    /// Each fold by itself.
    pub folds: Vec<AmountFold>,
}

/// One fold of a cross-validation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmountFold {
    /// The fold's label.
    pub fold: u32,
    /// Rows held out.
    pub rows: usize,
    /// R² on the rows held out; `None` when their amounts are all the same.
    pub r2: Option<Estimate>,
    /// Features of the card that was fitted on the other rows.
    pub features: usize,
}

impl AmountReport {
    /// Judges predictions by what was received.
    ///
    /// # Formula
    ///
    /// The standard error of R² is that of a ratio of sums, `√Σ (e − t Σe/Σt)² / Σt` with squared
    /// errors `e` and squared distances from the mean `t` of each row; that of the root mean
    /// squared error comes by the delta method.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when there are not as many predictions as rows, or one is not finite.
    pub fn new(predicted: &[f64], target: &AmountTarget) -> Result<Self> {
        if predicted.len() != target.height() {
            return Err(Error::setting("predicted", predicted.len(), says!("{} of them", [target.height()])));
        }
        if let Some(wrong) = predicted.iter().find(|amount| !amount.is_finite()) {
            return Err(Error::setting("predicted", wrong, "finite numbers"));
        }
        let weight = |row: usize| target.upper().weight(row);
        let pairs = || predicted.iter().zip(target.amounts()).enumerate();
        let mean = |of: &dyn Fn(f64, f64) -> f64| {
            let values: Vec<(f64, f64)> = pairs().map(|(row, (p, y))| (of(*p, *y), weight(row))).collect();
            Estimate::mean(values.into_iter())
        };
        let squared = mean(&|p, y| (p - y).powi(2));
        let root = squared.value.sqrt();
        let sum = |of: &[f64]| of.iter().enumerate().map(|(row, amount)| weight(row) * amount).sum::<f64>();
        Ok(Self {
            rows: target.height(),
            r2: explained(predicted, target),
            mae: mean(&|p, y| (p - y).abs()),
            rmse: Estimate {
                value: root,
                standard_error: if root > 0.0 { squared.standard_error / (2.0 * root) } else { 0.0 },
            },
            spearman: spearman((predicted, target.amounts()), weight),
            predicted: sum(predicted),
            received: sum(target.amounts()),
            bias: mean(&|p, y| p - y),
            deciles: deciles(predicted, target),
            top_tenth: found_in_top_tenth(predicted, target),
            top_tenth_at_best: found_in_top_tenth(target.amounts(), target).map(|share| share.value),
            gini: gini(predicted, target),
            folds: Vec::new(),
        })
    }
}

/// R² and its standard error.
pub(super) fn explained(predicted: &[f64], target: &AmountTarget) -> Estimate {
    let weight = |row: usize| target.upper().weight(row);
    let total: f64 = (0..target.height()).map(weight).sum();
    let mean = target.amounts().iter().enumerate().map(|(row, y)| weight(row) * y).sum::<f64>() / total;
    let parts: Vec<(f64, f64)> = predicted
        .iter()
        .zip(target.amounts())
        .enumerate()
        .map(|(row, (p, y))| (weight(row) * (p - y).powi(2), weight(row) * (y - mean).powi(2)))
        .collect();
    let (errors, all) = parts.iter().fold((0.0, 0.0), |sums, (e, t)| (sums.0 + e, sums.1 + t));
    let left = errors / all;
    let spread: f64 = parts.iter().map(|(e, t)| (e - left * t).powi(2)).sum();
    Estimate { value: 1.0 - left, standard_error: spread.sqrt() / all }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::folds::scatter;

    #[test]
    fn the_mean_explains_nothing_and_weights_act_as_repeated_rows() {
        let target = AmountTarget::new(vec![1.0, 2.0, 6.0]).unwrap();
        assert!(AmountReport::new(&[3.0; 3], &target).unwrap().r2.value.abs() < 1e-12);
        let weighted = target.weights(&[1.0, 2.0, 1.0]).unwrap();
        let repeated = AmountTarget::new(vec![1.0, 2.0, 2.0, 6.0]).unwrap();
        let (a, b) = (
            AmountReport::new(&[1.5, 2.0, 5.0], &weighted).unwrap(),
            AmountReport::new(&[1.5, 2.0, 2.0, 5.0], &repeated).unwrap(),
        );
        for (one, other) in [(a.r2.value, b.r2.value), (a.rmse.value, b.rmse.value), (a.received, b.received)] {
            assert!((one - other).abs() < 1e-12);
        }
        assert!(AmountReport::new(&[1.0], &repeated).is_err());
    }

    #[test]
    fn the_error_of_r2_is_that_of_samples_drawn_anew() {
        let uniform = |row: u64| (scatter(row) >> 11) as f64 / (1_u64 << 53) as f64;
        let once = |seed: u64| {
            let x: Vec<f64> = (0..400).map(|row| uniform(row + 1000 * seed)).collect();
            let y: Vec<f64> =
                x.iter().enumerate().map(|(row, x)| x + 0.5 * uniform(row as u64 ^ scatter(seed))).collect();
            let p: Vec<f64> = x.iter().map(|x| x + 0.25).collect();
            explained(&p, &AmountTarget::new(y).unwrap())
        };
        let drawn: Vec<Estimate> = (1..200).map(once).collect();
        let mean = drawn.iter().map(|r2| r2.value).sum::<f64>() / 199.0;
        let spread = (drawn.iter().map(|r2| (r2.value - mean).powi(2)).sum::<f64>() / 198.0).sqrt();
        let said = drawn.iter().map(|r2| r2.standard_error).sum::<f64>() / 199.0;
        assert!((said / spread - 1.0).abs() < 0.2, "{said} {spread}");
    }
}
