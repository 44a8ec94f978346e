//! Hand's H-measure.

use super::Estimate;
use super::bootstrap::{Cell, cells, standard_error};
use crate::model::Target;

/// Hand's H-measure: the share of the loss that a score saves, averaged over what the two kinds of error may cost.
///
/// Unlike the area under the curve it weighs costs alike for every score. 1 is a score that errs never, 0 one that says
/// nothing. The standard error is of 200 seeded bootstrap samples.
///
/// # Formula
///
/// A cost `c` of passing a non-event by as one and `1 − c` of the other error, distributed as
/// `Beta(1 + π₁, 1 + π₀)` with `π₁` the share of events, `π₀` of non-events. Over the corners
/// `(F₀, F₁)` of the convex hull of the score's distribution functions, threshold `i` is the
/// cheapest for `cᵢ < c ≤ cᵢ₊₁`, `cᵢ₊₁ = π₁ ΔF₁ / (π₁ ΔF₁ + π₀ ΔF₀)`;
/// `L = Σ ∫ (c π₀ (1 − F₀) + (1 − c) π₁ F₁) u(c) dc`, `H = 1 − L / L₀` with `L₀` that of a score
/// without any information.
///
/// # References
///
/// Hand, *Measuring classifier performance: a coherent alternative to the area under the ROC curve* (2009); Hand and
/// Anagnostopoulos, *A better Beta for the H measure of classification performance* (2014) for the distribution.
pub fn h_measure(scores: &[f64], target: &Target) -> Estimate {
    let cells = cells(scores, target);
    Estimate { value: measure(&cells), standard_error: standard_error(&cells, measure) }
}

/// The H-measure of cells by rising score; NaN where a class is absent.
fn measure(cells: &[Cell]) -> f64 {
    let total = |class: bool| -> f64 {
        cells.iter().filter(|cell| cell.event == class).map(|cell| cell.weight * cell.times).sum()
    };
    let (events, others) = (total(true), total(false));
    if events <= 0.0 || others <= 0.0 {
        return f64::NAN;
    }
    let share = events / (events + others);
    let costs = Costs::new(share);
    let mut loss = 0.0;
    let mut before = costs.up_to(0.0);
    let hull = hull(cells, (events, others));
    for (index, corner) in hull.iter().enumerate() {
        let cost = hull.get(index + 1).map_or(1.0, |next| {
            let (rise, run) = (share * (next.1 - corner.1), (1.0 - share) * (next.0 - corner.0));
            rise / (rise + run)
        });
        let upper = costs.up_to(cost);
        loss += (1.0 - share) * (1.0 - corner.0) * (upper.0 - before.0) + share * corner.1 * (upper.1 - before.1);
        before = upper;
    }
    let (even, whole) = (costs.up_to(share), costs.up_to(1.0));
    1.0 - loss / ((1.0 - share) * even.0 + share * (whole.1 - even.1))
}

/// The corners of the lower hull of `(F₀, F₁)` from (0, 0) to (1, 1).
fn hull(cells: &[Cell], (events, others): (f64, f64)) -> Vec<(f64, f64)> {
    let mut corners: Vec<(f64, f64)> = vec![(0.0, 0.0)];
    let (mut below_events, mut below_others) = (0.0, 0.0);
    for step in cells.chunk_by(|a, b| a.score.total_cmp(&b.score).is_eq()) {
        for cell in step {
            *(if cell.event { &mut below_events } else { &mut below_others }) += cell.weight * cell.times;
        }
        let next = (below_others / others, below_events / events);
        while let [.., a, b] = corners.as_slice() {
            if (b.1 - a.1) * (next.0 - b.0) < (next.1 - b.1) * (b.0 - a.0) {
                break;
            }
            corners.pop();
        }
        if corners.last() != Some(&next) {
            corners.push(next);
        }
    }
    corners
}

/// Integrals over the distribution of costs.
struct Costs {
    a: f64,
    b: f64,
}

impl Costs {
    fn new(share: f64) -> Self {
        Self { a: 1.0 + share, b: 2.0 - share }
    }

    /// `∫₀ˣ c u(c) dc` and `∫₀ˣ (1 − c) u(c) dc`.
    fn up_to(&self, x: f64) -> (f64, f64) {
        let mean = self.a / (self.a + self.b);
        (mean * beta_cdf(x, (self.a + 1.0, self.b)), (1.0 - mean) * beta_cdf(x, (self.a, self.b + 1.0)))
    }
}

/// The distribution function of `Beta(a, b)`, by its continued fraction.
///
/// # References
///
/// Abramowitz and Stegun, *Handbook of Mathematical Functions* (1964), 26.5.8; Lentz, *Generating
/// Bessel functions in Mie scattering calculations using continued fractions* (1976) for its
/// evaluation.
fn beta_cdf(x: f64, (a, b): (f64, f64)) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    // The fraction converges fast on this side only.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_cdf(1.0 - x, (b, a));
    }
    let front = (libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b) + a * x.ln() + b * (-x).ln_1p()).exp() / a;
    let nudged = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let (mut c, mut d) = (1.0, 1.0 / nudged(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = d;
    for step in 1..200 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            d = 1.0 / nudged(1.0 + term * d);
            c = nudged(1.0 + term / c);
            change = c * d;
            fraction *= change;
        }
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    front * fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perfect_score_saves_all_and_a_constant_one_nothing() {
        let target = Target::new((0..100).map(|row| row >= 80)).unwrap();
        let scores: Vec<f64> = (0..100).map(f64::from).collect();
        assert!((h_measure(&scores, &target).value - 1.0).abs() < 1e-12);
        assert!(h_measure(&[1.0; 100], &target).value.abs() < 1e-12);
    }

    #[test]
    fn the_distribution_function_is_right_where_it_is_a_polynomial() {
        for x in [0.05_f64, 0.3, 0.5, 0.8, 0.99] {
            assert!((beta_cdf(x, (2.0, 1.0)) - x * x).abs() < 1e-13, "{x}");
            assert!((beta_cdf(x, (2.0, 2.0)) - x * x * (3.0 - 2.0 * x)).abs() < 1e-13, "{x}");
        }
    }
}
