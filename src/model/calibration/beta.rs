//! Beta calibration.
//!
//! For scores that are too sure at one end and not at the other; a straight line bends both alike.

use super::Calibrator;
use super::likelihood::{Regression, softplus};
use super::platt::platt;
use crate::model::Target;

/// Fits the curve that beta-distributed scores have, by maximum likelihood.
///
/// # Formula
///
/// With `p` the probability that the log-odds stand for, `log-odds = c + a ln p − b ln(1 − p)`,
/// `a, b ≥ 0`: where one of the two would be below zero it is left out and the rest fitted anew.
/// `a = b = 1, c = 0` changes nothing. Where there is no maximum the curve is [`platt`]'s line.
///
/// # References
///
/// Kull, Silva Filho, Flach, *Beta calibration: a well-founded and easily implemented improvement
/// on logistic calibration for binary classifiers* (2017).
pub(super) fn beta(log_odds: &[f64], target: &Target) -> Calibrator {
    let low: Vec<f64> = log_odds.iter().map(|x| log_p(*x)).collect();
    let high: Vec<f64> = log_odds.iter().map(|x| -log_p(-x)).collect();
    let fitted = |columns: &[Vec<f64>]| Regression { columns, shares: (1.0, 0.0), target }.most_likely();
    let single = |column: &[f64]| match fitted(&[column.to_vec()]).as_deref() {
        Some([slope, c]) if *slope >= 0.0 => Some((*slope, *c)),
        _ => None,
    };
    let found = match fitted(&[low.clone(), high.clone()]).as_deref() {
        Some([a, b, c]) if *a >= 0.0 && *b >= 0.0 => Some((*a, *b, *c)),
        Some([a, _, _]) if *a < 0.0 => single(&high).map(|(b, c)| (0.0, b, c)),
        Some(_) => single(&low).map(|(a, c)| (a, 0.0, c)),
        None => None,
    };
    found.map_or_else(|| platt(log_odds, target), |(a, b, c)| Calibrator::Beta { a, b, c })
}

/// The curve's log-odds.
pub(super) fn along((a, b, c): (f64, f64, f64), x: f64) -> f64 {
    c + a * log_p(x) - b * log_p(-x)
}

/// The logarithm of the probability that log-odds stand for.
fn log_p(x: f64) -> f64 {
    -softplus(-x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_curve_changes_nothing() {
        for x in [-30.0, -2.0, 0.0, 0.5, 40.0] {
            assert!((along((1.0, 1.0, 0.0), x) - x).abs() < 1e-12);
        }
    }

    #[test]
    fn separated_classes_fall_back_on_a_line() {
        let target = Target::new([false, false, true, true]).unwrap();
        assert!(matches!(beta(&[-2.0, -1.0, 1.0, 2.0], &target), Calibrator::Platt { .. }));
    }
}
