//! Platt scaling: a straight line on the log-odds.
//!
//! Two numbers: what a unit of log-odds is really worth, and where the middle lies.

use super::Calibrator;
use super::likelihood::Regression;
use crate::model::Target;

/// Fits a straight line by maximum likelihood.
///
/// # Formula
///
/// `p = 1 / (1 + e^−(a + b x))`. Events count as `(E + 1) / (E + 2)` and non-events as
/// `1 / (N + 2)`, with `E` and `N` their weights, so that the maximum exists even where a score
/// separates the classes. A slope below zero, which only scores without any information have,
/// becomes zero.
///
/// # References
///
/// Platt, *Probabilistic outputs for support vector machines and comparisons to regularized likelihood methods* (1999).
pub(super) fn platt(log_odds: &[f64], target: &Target) -> Calibrator {
    let (events, others) = target.class_weights();
    let shares = ((events + 1.0) / (events + 2.0), 1.0 / (others + 2.0));
    let fitted = Regression { columns: &[log_odds.to_vec()], shares, target }.most_likely();
    match fitted.as_deref() {
        Some([slope, intercept]) if *slope > 0.0 => Calibrator::Platt { slope: *slope, intercept: *intercept },
        _ => Calibrator::Platt { slope: 0.0, intercept: target.log_odds() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recovers_the_line_that_made_the_data() {
        // 1000 rows at each of 9 scores, events at the rate of 0.3 + 0.5 x.
        let mut scores = Vec::new();
        let mut events = Vec::new();
        for step in -4..=4 {
            let x = f64::from(step);
            let rate = 1.0 / (1.0 + (-(0.3 + 0.5 * x)).exp());
            for row in 0..1000 {
                scores.push(x);
                events.push(f64::from(row) < rate * 1000.0);
            }
        }
        let Calibrator::Platt { slope, intercept } = platt(&scores, &Target::new(events).unwrap()) else {
            panic!("not a line")
        };
        assert!((slope - 0.5).abs() < 0.01 && (intercept - 0.3).abs() < 0.01, "{slope} {intercept}");
    }

    #[test]
    fn a_score_that_points_the_wrong_way_is_no_news() {
        let target = Target::new([true, true, false, false, false, false]).unwrap();
        let calibrator = platt(&[-1.0, -2.0, 0.5, 1.0, -1.5, 2.0], &target);
        assert!((calibrator.probability(5.0).value() - 1.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_score_that_separates_has_a_finite_line() {
        let target = Target::new([false, false, true, true]).unwrap();
        let Calibrator::Platt { slope, .. } = platt(&[-2.0, -1.0, 1.0, 2.0], &target) else { panic!("not a line") };
        assert!(slope > 0.0 && slope < 10.0, "{slope}");
    }
}
