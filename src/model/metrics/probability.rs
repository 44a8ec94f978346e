//! Calibration bins, Brier score and other measures of probabilities.

use serde::{Deserialize, Serialize};

use super::Estimate;
use crate::model::Target;

/// Predicted against observed in one group of rows with like probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalibrationBin {
    /// Rows.
    pub rows: usize,
    /// Weight of the rows.
    pub weight: f64,
    /// Mean predicted probability.
    pub predicted: f64,
    /// Observed share of events.
    pub observed: f64,
    /// The standard error of `observed − predicted`.
    pub standard_error: f64,
}

/// The mean squared error of probabilities and what it is made of.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrierScore {
    /// The score itself; lower is better.
    pub score: Estimate,
    /// How far predicted is from observed, over bins; lower is better.
    pub reliability: f64,
    /// How far bins are from the overall rate; higher is better.
    pub resolution: f64,
    /// What a constant prediction at the overall rate would score.
    pub uncertainty: f64,
    /// What the spread of probabilities within bins adds.
    pub within: f64,
}

/// `bins` groups of as nearly as can be equally many rows, by rising probability (ties in the order of the rows).
pub fn calibration_bins(probabilities: &[f64], target: &Target, bins: usize) -> Vec<CalibrationBin> {
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    let at = |row: usize| probabilities.get(row).copied().unwrap_or(f64::NAN);
    order.sort_by(|a, b| at(*a).total_cmp(&at(*b)));
    let bins = bins.clamp(1, order.len().max(1));
    let (small, larger) = (order.len() / bins, order.len() % bins);
    let mut rest = order.as_slice();
    let mut groups = Vec::with_capacity(bins);
    for bin in 0..bins {
        let (group, after) = rest.split_at(small + usize::from(bin < larger));
        rest = after;
        let sum = |value: &dyn Fn(usize) -> f64| group.iter().map(|row| target.weight(*row) * value(*row)).sum::<f64>();
        let weight = sum(&|_| 1.0);
        if weight > 0.0 {
            let happened = |row: usize| f64::from(u8::from(target.events().get(row) == Some(&true)));
            let (predicted, observed) = (sum(&at) / weight, sum(&happened) / weight);
            let gaps = group.iter().map(|row| (happened(*row) - at(*row), target.weight(*row)));
            let standard_error = Estimate::mean(gaps).standard_error;
            groups.push(CalibrationBin { rows: group.len(), weight, predicted, observed, standard_error });
        }
    }
    groups
}

/// The mean distance of predicted from observed over bins, weighted by rows.
///
/// # Formula
///
/// `ECE = Σ s_b |observed_b − predicted_b|` with `s_b` a bin's share of the weight; its standard error is
/// `√Σ s_b² e_b²` with `e_b` that of the bin (delta method), too large where bins are right but for noise.
///
/// # References
///
/// Naeini, Cooper, Hauskrecht, *Obtaining well calibrated probabilities using Bayesian binning* (2015).
pub fn expected_calibration_error(bins: &[CalibrationBin]) -> Estimate {
    let total: f64 = bins.iter().map(|bin| bin.weight).sum();
    let variance: f64 = bins.iter().map(|bin| (bin.weight / total * bin.standard_error).powi(2)).sum();
    let value = mean_over(bins, |bin| (bin.observed - bin.predicted).abs());
    Estimate { value, standard_error: variance.sqrt() }
}

/// The Brier score with Murphy's decomposition over `bins`.
///
/// # Formula
///
/// `score = reliability − resolution + uncertainty + within`, exactly; `within` is 0 where bins
/// hold one probability each.
///
/// # References
///
/// Murphy, *A new vector partition of the probability score* (1973).
pub fn brier_score(probabilities: &[f64], target: &Target, bins: &[CalibrationBin]) -> BrierScore {
    let error =
        |(row, (p, event)): (usize, (&f64, &bool))| ((f64::from(u8::from(*event)) - p).powi(2), target.weight(row));
    let score = Estimate::mean(probabilities.iter().zip(target.events()).enumerate().map(error));
    let rate = mean_over(bins, |bin| bin.observed);
    let reliability = mean_over(bins, |bin| (bin.observed - bin.predicted).powi(2));
    let resolution = mean_over(bins, |bin| (bin.observed - rate).powi(2));
    let uncertainty = rate * (1.0 - rate);
    let within = score.value - (reliability - resolution + uncertainty);
    BrierScore { score, reliability, resolution, uncertainty, within }
}

/// The mean negative log-likelihood; probabilities closer to 0 or 1 than 1e-15 count as that close.
pub fn log_loss(probabilities: &[f64], target: &Target) -> Estimate {
    let loss = |(row, (p, event)): (usize, (&f64, &bool))| {
        let right = if *event { *p } else { 1.0 - p };
        (-right.clamp(1e-15, 1.0).ln(), target.weight(row))
    };
    Estimate::mean(probabilities.iter().zip(target.events()).enumerate().map(loss))
}

fn mean_over(bins: &[CalibrationBin], value: impl Fn(&CalibrationBin) -> f64) -> f64 {
    let total: f64 = bins.iter().map(|bin| bin.weight).sum();
    bins.iter().map(|bin| bin.weight * value(bin)).sum::<f64>() / total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_when_bins_hold_one_probability() {
        let probabilities: Vec<f64> = (0..1000).map(|row| f64::from(row / 100) / 10.0 + 0.05).collect();
        let target = Target::new((0..1000).map(|row| (row * 37) % 1000 < row)).unwrap();
        let bins = calibration_bins(&probabilities, &target, 10);
        let brier = brier_score(&probabilities, &target, &bins);
        assert!(brier.within.abs() < 1e-12, "{brier:?}");
        let error = expected_calibration_error(&bins);
        assert!(error.value < 0.06 && (0.005..0.03).contains(&error.standard_error), "{error}");
    }

    #[test]
    fn splits_rows_as_evenly_as_can_be() {
        let target = Target::new((0..23).map(|row| row % 2 == 0)).unwrap();
        let bins = calibration_bins(&[0.5; 23], &target, 5);
        assert_eq!(bins.iter().map(|bin| bin.rows).collect::<Vec<_>>(), [5, 5, 5, 4, 4]);
        assert!((log_loss(&[0.5; 23], &target).value - 2.0_f64.ln()).abs() < 1e-12);
    }
}
