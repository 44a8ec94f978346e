//! Newton's method for the logistic likelihood of a few columns.
//!
//! Two or three coefficients, so a dense system is solved at each step. A likelihood without a maximum
//! (classes that a line tells apart) is recognised and told to the caller.

use crate::model::Target;
use crate::model::symmetric::Symmetric;

/// Steps at most; Newton's need a handful.
const STEPS: usize = 100;

/// A variance above this means that the likelihood has no maximum: it rises on as classes are told apart ever more.
const FLAT: f64 = 1e8;

/// What is regressed: for each row, columns and the share of the event.
pub(super) struct Regression<'a> {
    pub(super) columns: &'a [Vec<f64>],
    /// What an event and a non-event count as, for instance 1 and 0.
    pub(super) shares: (f64, f64),
    pub(super) target: &'a Target,
}

/// Likelihood, gradient and curvature at one point.
struct Slope {
    likelihood: f64,
    gradient: Vec<f64>,
    curvature: Symmetric,
}

impl Regression<'_> {
    /// The most likely coefficients of a logistic regression, the intercept last; `None` where there is no maximum.
    ///
    /// Newton's steps, each halved until the likelihood does not fall.
    pub(super) fn most_likely(&self) -> Option<Vec<f64>> {
        let mut at = vec![0.0; self.columns.len()];
        at.push(self.target.log_odds());
        let mut slope = self.slope(&at);
        for _ in 0..STEPS {
            let step = slope.curvature.solve(&slope.gradient)?;
            let gain: f64 = step.iter().zip(&slope.gradient).map(|(step, gradient)| step * gradient).sum();
            let mut size = 1.0;
            let (next, reached) = loop {
                let next: Vec<f64> = at.iter().zip(&step).map(|(at, step)| at + size * step).collect();
                let reached = self.slope(&next);
                if reached.likelihood >= slope.likelihood || size < 1e-6 {
                    break (next, reached);
                }
                size /= 2.0;
            };
            (at, slope) = (next, reached);
            if gain <= 1e-14 * (1.0 + slope.likelihood.abs()) {
                let variances = slope.curvature.inverse()?;
                return (0..at.len()).all(|index| variances.at(index, index) < FLAT).then_some(at);
            }
        }
        None
    }

    fn slope(&self, at: &[f64]) -> Slope {
        let width = at.len();
        let mut sums = Slope { likelihood: 0.0, gradient: vec![0.0; width], curvature: Symmetric::zeros(width) };
        let mut row_values = vec![1.0; width];
        for (row, event) in self.target.events().iter().enumerate() {
            for (value, column) in row_values.iter_mut().zip(self.columns) {
                *value = column.get(row).copied().unwrap_or(0.0);
            }
            let z: f64 = row_values.iter().zip(at).map(|(value, at)| value * at).sum();
            let p = 1.0 / (1.0 + (-z).exp());
            let weight = self.target.weight(row);
            let share = if *event { self.shares.0 } else { self.shares.1 };
            sums.likelihood += weight * (share * z - softplus(z));
            for (index, value) in row_values.iter().enumerate() {
                if let Some(gradient) = sums.gradient.get_mut(index) {
                    *gradient += weight * (share - p) * value;
                }
                for (other, factor) in row_values.iter().enumerate().take(index + 1) {
                    let cell = sums.curvature.at(index, other) + weight * p * (1.0 - p) * value * factor;
                    sums.curvature.set(index, other, cell);
                }
            }
        }
        sums
    }
}

/// `ln(1 + eˣ)`, exact at both ends.
pub(super) fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}
