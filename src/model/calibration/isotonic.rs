//! Isotonic calibration.
//!
//! Makes no assumption about the shape but that it rises. Where rows are few its steps follow noise.

use super::Calibrator;
use super::pool::pooled;
use crate::model::Target;

/// Fits the rising steps nearest to what happened.
///
/// # Formula
///
/// Rows of one score are one point at their weighted share of events; points are pooled until none falls. Between two
/// pools probabilities run straight, beyond the first and the last they stay. This is scikit-learn's
/// `IsotonicRegression(out_of_bounds="clip")`.
///
/// # References
///
/// Zadrozny and Elkan, *Transforming classifier scores into accurate multiclass probability estimates* (2002).
pub(super) fn isotonic(log_odds: &[f64], target: &Target) -> Calibrator {
    let at = |row: usize| log_odds.get(row).copied().unwrap_or(0.0) + 0.0;
    let mut order: Vec<usize> = (0..log_odds.len()).filter(|row| target.weight(*row) > 0.0).collect();
    order.sort_by(|a, b| at(*a).total_cmp(&at(*b)));
    let point = |rows: &[usize]| -> Option<(f64, f64, f64)> {
        let weight: f64 = rows.iter().map(|row| target.weight(*row)).sum();
        let events = rows.iter().filter(|row| target.events().get(**row) == Some(&true));
        let share = events.map(|row| target.weight(*row)).sum::<f64>() / weight;
        Some((at(*rows.first()?), share, weight))
    };
    let points: Vec<(f64, f64, f64)> =
        order.chunk_by(|a, b| at(*a).total_cmp(&at(*b)).is_eq()).filter_map(point).collect();
    let heights = pooled(points.iter().map(|(_, share, weight)| (*share, *weight)));
    let all: Vec<(f64, f64)> = points.iter().zip(heights).map(|((x, _, _), height)| (*x, height)).collect();
    let ends = all.chunk_by(|a, b| a.1.total_cmp(&b.1).is_eq()).flat_map(|pool| {
        let last = pool.last().filter(|_| pool.len() > 1);
        pool.first().into_iter().chain(last).copied()
    });
    Calibrator::Isotonic { knots: ends.collect() }
}

/// The probability at `x`: straight between knots, level beyond them.
pub(super) fn along(knots: &[(f64, f64)], x: f64) -> f64 {
    let above = knots.partition_point(|knot| knot.0 <= x);
    match (above.checked_sub(1).and_then(|below| knots.get(below)), knots.get(above)) {
        (Some((x0, y0)), Some((x1, y1))) => y0 + (y1 - y0) * ((x - x0) / (x1 - x0)),
        (Some((_, height)), None) | (None, Some((_, height))) => *height,
        (None, None) => 0.5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_are_one_point_and_pools_keep_both_ends() {
        let target = Target::new([false, true, false, true, false, true, true]).unwrap();
        let Calibrator::Isotonic { knots } = isotonic(&[0.0, 1.0, 1.0, 2.0, 3.0, 4.0, 4.0], &target) else {
            panic!("no steps")
        };
        assert_eq!(knots, [(0.0, 0.0), (1.0, 0.5), (3.0, 0.5), (4.0, 1.0)]);
        for (x, p) in [(-9.0, 0.0), (0.5, 0.25), (2.2, 0.5), (3.5, 0.75), (9.0, 1.0)] {
            assert!((along(&knots, x) - p).abs() < 1e-12, "{x}");
        }
    }
}
