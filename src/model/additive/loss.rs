//! Loss functions with gradient and curvature: logistic likelihood, squared error.
//!
//! Everything else in this module is the same for probabilities and for amounts; the loss is what differs.

use crate::model::Target;

/// What boosted sums are judged by, row by row.
///
/// A sum starts at the same number for every row and is moved by Newton's steps: residual over curvature.
pub(in crate::model) trait Loss: Sync {
    /// The most that a row of weight one can curve.
    const MOST_CURVATURE: f64;

    /// Whether the curvature of a row is the same at every sum.
    const IS_QUADRATIC: bool = false;

    /// Which rows there are: their weights, whose they are, and two classes by which they are dealt to folds.
    fn target(&self) -> &Target;

    /// What is left to explain at a sum, and how fast that changes.
    fn slope(&self, row: usize, sum: f64) -> (f64, f64);

    /// The loss of a row at a sum.
    fn loss(&self, row: usize, sum: f64) -> f64;

    /// The best sum for all of some rows alike; none when there is none.
    fn start(&self, is_learnt: &dyn Fn(usize) -> bool) -> Option<f64>;

    /// The loss that settings count in.
    fn unit(&self) -> f64;
}

/// The negative log-likelihood of an event whose log-odds the sum is.
impl Loss for Target {
    const MOST_CURVATURE: f64 = 0.25;

    fn target(&self) -> &Target {
        self
    }

    fn slope(&self, row: usize, sum: f64) -> (f64, f64) {
        let p = 1.0 / (1.0 + (-sum).exp());
        (f64::from(u8::from(has(self, row))) - p, p * (1.0 - p))
    }

    fn loss(&self, row: usize, sum: f64) -> f64 {
        (if has(self, row) { -sum } else { sum }).max(0.0) + (-sum.abs()).exp().ln_1p()
    }

    fn start(&self, is_learnt: &dyn Fn(usize) -> bool) -> Option<f64> {
        let mut weights = (0.0, 0.0);
        for (row, event) in self.events().iter().enumerate().filter(|(row, _)| is_learnt(*row)) {
            let side = if *event { &mut weights.0 } else { &mut weights.1 };
            *side += self.weight(row);
        }
        let log_odds = (weights.0 / weights.1).ln();
        log_odds.is_finite().then_some(log_odds)
    }

    fn unit(&self) -> f64 {
        1.0
    }
}

fn has(target: &Target, row: usize) -> bool {
    target.events().get(row).copied().unwrap_or(false)
}

/// Half the squared distance of the sum from a number.
#[derive(Debug, Clone)]
pub(in crate::model) struct Squares {
    target: Target,
    values: Vec<f64>,
    variance: f64,
}

impl Squares {
    /// Numbers of moderate size, one for each row of a target.
    pub(in crate::model) fn new(target: Target, values: Vec<f64>) -> Self {
        let mut squares = Self { target, values, variance: 1.0 };
        let mean = squares.mean(&|_| true).unwrap_or_default();
        let (mut sum, mut weight) = (0.0, 0.0);
        for (row, value) in squares.values.iter().enumerate() {
            sum += squares.target.weight(row) * (value - mean).powi(2);
            weight += squares.target.weight(row);
        }
        squares.variance = if sum > 0.0 { sum / weight } else { 1.0 };
        squares
    }

    fn value(&self, row: usize) -> f64 {
        self.values.get(row).copied().unwrap_or_default()
    }

    /// The weighted mean over some rows, from whole numbers: it does not depend on their order.
    fn mean(&self, is_learnt: &dyn Fn(usize) -> bool) -> Option<f64> {
        let (mut sum, mut weight) = (0_i128, 0.0);
        for (row, value) in self.values.iter().enumerate().filter(|(row, _)| is_learnt(*row)) {
            sum += fine(self.target.weight(row) * value);
            weight += self.target.weight(row);
        }
        (weight > 0.0).then(|| coarse(sum) / weight)
    }
}

/// Steps of the fixed point in which numbers are summed.
const FINE: f64 = 1_099_511_627_776.0;

#[expect(clippy::cast_possible_truncation, reason = "a float cast saturates, far beyond numbers of moderate size")]
fn fine(value: f64) -> i128 {
    (value * FINE).round() as i128
}

#[expect(clippy::cast_precision_loss, reason = "the same rounding in any order of rows")]
fn coarse(sum: i128) -> f64 {
    sum as f64 / FINE
}

impl Loss for Squares {
    const MOST_CURVATURE: f64 = 1.0;
    const IS_QUADRATIC: bool = true;

    fn target(&self) -> &Target {
        &self.target
    }

    fn slope(&self, row: usize, sum: f64) -> (f64, f64) {
        (self.value(row) - sum, 1.0)
    }

    fn loss(&self, row: usize, sum: f64) -> f64 {
        0.5 * (self.value(row) - sum).powi(2)
    }

    fn start(&self, is_learnt: &dyn Fn(usize) -> bool) -> Option<f64> {
        self.mean(is_learnt)
    }

    fn unit(&self) -> f64 {
        self.variance
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The slope is the loss's derivative, and the curvature the derivative of that.
    fn agrees(loss: &impl Loss, row: usize, sum: f64) {
        let step = 1e-5;
        let (low, high) = (loss.loss(row, sum - step), loss.loss(row, sum + step));
        let (residual, curvature) = loss.slope(row, sum);
        assert!(((low - high) / (2.0 * step) - residual).abs() < 1e-6, "{residual}");
        let change = loss.slope(row, sum - step).0 - loss.slope(row, sum + step).0;
        assert!((change / (2.0 * step) - curvature).abs() < 1e-6, "{curvature}");
    }

    #[test]
    fn slopes_are_derivatives_and_starts_are_best() {
        let target =
            Target::new([true, false, false, true, false]).unwrap().weights(&[1.0, 2.0, 1.0, 0.5, 3.0]).unwrap();
        let squares = Squares::new(target.clone(), vec![0.3, -1.0, 2.0, 0.25, 0.0]);
        for row in 0..5 {
            for sum in [-2.0, 0.1, 1.5] {
                agrees(&target, row, sum);
                agrees(&squares, row, sum);
            }
        }
        let is_learnt = |row: usize| row != 2;
        for sum in [target.start(&is_learnt).unwrap(), squares.start(&is_learnt).unwrap()] {
            assert!(sum.is_finite());
        }
        let start = squares.start(&is_learnt).unwrap();
        let left = (0..5).filter(|row| *row != 2).map(|row| target.weight(row) * squares.slope(row, start).0);
        assert!(left.sum::<f64>().abs() < 1e-9);
        assert!(squares.start(&|_| false).is_none() && target.start(&|row| row == 1).is_none());
    }
}
