//! Calibration by a rising spline, a straight line where rows are few.
//!
//! The default for cards: it has the safety of a line where rows are few, and bends where they are many.

use super::Calibrator;
use super::platt::platt;
use super::pool::pooled;
use crate::model::Target;

/// Rows of the rarer class that each knot of a curve needs, and the fewest and the most knots.
const KNOT_ROWS: usize = 150;
const KNOTS: (usize, usize) = (5, 12);

/// The least slope of a curve, as a share of the straight line's: ranks are kept.
const LEAST_SLOPE: f64 = 0.1;

/// Fits a straight line, or a rising curve where the rarer class bears five knots.
///
/// # Formula
///
/// Rows are dealt by rising log-odds to knots of equal information `Σ p (1 − p)` under the straight line. A knot
/// stands at its rows' mean log-odds (weighted by information), as high as one Newton step from the line to the
/// observed rate. The heights, less a tenth of the line, are pooled until none falls (isotonic regression).
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole rows, never negative")]
pub(super) fn curve(log_odds: &[f64], target: &Target) -> Calibrator {
    let line = platt(log_odds, target);
    let (events, others) = target.effective_rows();
    let count = (events.min(others) as usize / KNOT_ROWS).min(KNOTS.1);
    match line {
        Calibrator::Platt { slope, intercept } if slope > 0.0 && count >= KNOTS.0 => {
            let knots = knots(log_odds, target, ((slope, intercept), count));
            if knots.len() < 2 { line } else { Calibrator::Curve { knots, slope } }
        }
        _ => line,
    }
}

/// A curve's height at `x`.
pub(super) fn along(knots: &[(f64, f64)], slope: f64, x: f64) -> f64 {
    let above = knots.partition_point(|knot| knot.0 <= x);
    match (above.checked_sub(1).and_then(|below| knots.get(below)), knots.get(above)) {
        (Some((x0, y0)), Some((x1, y1))) => y0 + (y1 - y0) * (x - x0) / (x1 - x0),
        (Some((edge, height)), None) | (None, Some((edge, height))) => height + slope * (x - edge),
        (None, None) => x,
    }
}

/// Sums over the rows of one knot.
#[derive(Default, Clone, Copy)]
struct Knot {
    information: f64,
    at: f64,
    residual: f64,
}

/// Knots of about equal information along a line `(slope, intercept)`, rising.
#[expect(clippy::cast_precision_loss, reason = "counts of rows stay far below 2^53")]
fn knots(log_odds: &[f64], target: &Target, ((slope, intercept), count): ((f64, f64), usize)) -> Vec<(f64, f64)> {
    let mut order: Vec<usize> = (0..log_odds.len()).collect();
    let at = |row: usize| log_odds.get(row).copied().unwrap_or(0.0);
    order.sort_by(|a, b| at(*a).total_cmp(&at(*b)));
    let mut runs: Vec<Knot> = Vec::new();
    for equal in order.chunk_by(|a, b| at(*a).total_cmp(&at(*b)).is_eq()) {
        let mut run = Knot::default();
        for row in equal {
            let (x, weight) = (at(*row), target.weight(*row));
            let p = 1.0 / (1.0 + (-(intercept + slope * x)).exp());
            let event = f64::from(u8::from(target.events().get(*row).copied().unwrap_or(false)));
            run.information += weight * p * (1.0 - p);
            run.at += weight * p * (1.0 - p) * x;
            run.residual += weight * (event - p);
        }
        runs.push(run);
    }
    let total: f64 = runs.iter().map(|run| run.information).sum();
    let mut joined: Vec<Knot> = Vec::with_capacity(count);
    let mut before = 0.0;
    for run in runs.into_iter().filter(|run| run.information > 0.0) {
        let full = before >= total * joined.len() as f64 / count as f64;
        before += run.information;
        match joined.last_mut() {
            Some(knot) if !full => knot.add(&run),
            _ => joined.push(run),
        }
    }
    rising(&joined, (slope, intercept))
}

impl Knot {
    fn add(&mut self, other: &Self) {
        self.information += other.information;
        self.at += other.at;
        self.residual += other.residual;
    }

    fn position(&self) -> f64 {
        self.at / self.information
    }
}

/// Heights of the knots, pooled until each is above the one before by the least slope.
fn rising(knots: &[Knot], (slope, intercept): (f64, f64)) -> Vec<(f64, f64)> {
    let floor = LEAST_SLOPE * slope;
    let height = |knot: &Knot| {
        let x = knot.position();
        intercept + (slope - floor) * x + (knot.residual / knot.information).clamp(-2.0, 2.0)
    };
    let heights = pooled(knots.iter().map(|knot| (height(knot), knot.information)));
    knots.iter().zip(heights).map(|(knot, height)| (knot.position(), height + floor * knot.position())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_follows_what_no_line_can_and_never_falls() {
        let mut scores = Vec::new();
        let mut events = Vec::new();
        for step in -40..=40 {
            let x = f64::from(step) / 10.0;
            let rate = 1.0 / (1.0 + (-(if x < 0.0 { 0.2 * x } else { 2.0 * x })).exp());
            for row in 0..200 {
                scores.push(x);
                events.push(f64::from(row) < rate * 200.0);
            }
        }
        let fitted = curve(&scores, &Target::new(events).unwrap());
        assert!(matches!(fitted, Calibrator::Curve { .. }));
        for x in [-3.0f64, -1.0, 1.0, 2.0] {
            let rate = 1.0 / (1.0 + (-(if x < 0.0 { 0.2 * x } else { 2.0 * x })).exp());
            let found = fitted.probability(x).value();
            assert!((found - rate).abs() < 0.03, "{x}: {found}, not {rate}");
        }
        let heights: Vec<f64> = (-80..80).map(|x| fitted.probability(f64::from(x) / 10.0).value()).collect();
        assert!(heights.is_sorted_by(|a, b| a < b));
    }
}
