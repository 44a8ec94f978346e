use serde::{Deserialize, Serialize};

use super::Target;
use crate::domain::{LogOdds, Probability};

/// How a score's log-odds become a probability; fitted on rows that the score was not learnt from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum Calibrator {
    /// The log-odds as they are.
    Identity,
    /// A straight line in log-odds.
    Platt {
        /// What a unit of log-odds is worth; not negative.
        slope: f64,
        /// Log-odds added.
        intercept: f64,
    },
    /// A rising curve: straight between knots, a straight line of slope `slope` beyond them.
    Curve {
        /// Log-odds before and after, rising in both.
        knots: Vec<(f64, f64)>,
        /// What a unit of log-odds is worth beyond the first and the last knot; above zero.
        slope: f64,
    },
}

/// Rows of the rarer class that each knot of a curve needs, and the fewest and the most knots.
const KNOT_ROWS: usize = 150;
const KNOTS: (usize, usize) = (5, 12);

/// The least slope of a curve, as a share of the straight line's: ranks are kept.
const LEAST_SLOPE: f64 = 0.1;

impl Calibrator {
    /// Fits a straight line by maximum likelihood.
    ///
    /// # Formula
    ///
    /// `p = 1 / (1 + e^−(a + b x))`, by Newton's steps from `a = 0`, `b = 1`. A slope below zero, which only scores
    /// without any information have, becomes zero.
    ///
    /// # References
    ///
    /// Platt, *Probabilistic outputs for support vector machines* (1999).
    pub(crate) fn platt(log_odds: &[f64], target: &Target) -> Self {
        let (mut intercept, mut slope) = (0.0, 1.0);
        for _ in 0..100 {
            let line = Line::new(log_odds, target, (intercept, slope));
            let determinant = line.h00 * line.h11 - line.h01 * line.h01;
            if determinant <= 1e-12 * line.h00 * line.h11 {
                break;
            }
            let steps = [
                (line.g0 * line.h11 - line.g1 * line.h01) / determinant,
                (line.g1 * line.h00 - line.g0 * line.h01) / determinant,
            ];
            // A long step of Newton's overshoots where the likelihood is flat.
            let [da, db] = steps.map(|step| step.clamp(-1.0, 1.0));
            (intercept, slope) = (intercept + da, slope + db);
            if da.abs() + db.abs() < 1e-10 {
                break;
            }
        }
        if slope > 0.0 {
            return Self::Platt { slope, intercept };
        }
        Self::Platt { slope: 0.0, intercept: target.log_odds() }
    }

    /// Fits a straight line, or a rising curve where the rarer class bears five knots.
    ///
    /// # Formula
    ///
    /// Rows are dealt by rising log-odds to knots of equal information `Σ p (1 − p)` under the straight line. A knot
    /// stands at its rows' mean log-odds (weighted by information), as high as one Newton step from the line to the
    /// observed rate. The heights, less a tenth of the line, are pooled until none falls (isotonic regression).
    ///
    /// # References
    ///
    /// Zadrozny and Elkan, *Transforming classifier scores into accurate multiclass probability estimates* (2002).
    pub(crate) fn fit(log_odds: &[f64], target: &Target) -> Self {
        let line = Self::platt(log_odds, target);
        let events = target.events().iter().filter(|event| **event).count();
        let count = (events.min(target.height() - events) / KNOT_ROWS).min(KNOTS.1);
        match line {
            Self::Platt { slope, intercept } if slope > 0.0 && count >= KNOTS.0 => {
                let knots = knots(log_odds, target, ((slope, intercept), count));
                if knots.len() < 2 { line } else { Self::Curve { knots, slope } }
            }
            _ => line,
        }
    }

    /// The probability of the event.
    pub fn probability(&self, log_odds: f64) -> Probability {
        let x = match self {
            Self::Identity => log_odds,
            Self::Platt { slope, intercept } => slope * log_odds + intercept,
            Self::Curve { knots, slope } => along(knots, *slope, log_odds),
        };
        LogOdds::new(x).unwrap_or(LogOdds::EVEN).probability()
    }
}

/// A curve's height at `x`.
fn along(knots: &[(f64, f64)], slope: f64, x: f64) -> f64 {
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

    fn place(&self) -> f64 {
        self.at / self.information
    }
}

/// Heights of the knots, pooled until each is above the one before by the least slope.
fn rising(knots: &[Knot], (slope, intercept): (f64, f64)) -> Vec<(f64, f64)> {
    let floor = LEAST_SLOPE * slope;
    let height = |knot: &Knot| {
        let x = knot.place();
        intercept + (slope - floor) * x + (knot.residual / knot.information).clamp(-2.0, 2.0)
    };
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for knot in knots {
        let mut pool = (height(knot), knot.information, 1);
        while let Some(last) = pools.pop_if(|last| last.0 > pool.0) {
            let weight = last.1 + pool.1;
            pool = ((last.0 * last.1 + pool.0 * pool.1) / weight, weight, last.2 + pool.2);
        }
        pools.push(pool);
    }
    let heights = pools.iter().flat_map(|(height, _, times)| std::iter::repeat_n(*height, *times));
    knots.iter().zip(heights).map(|(knot, height)| (knot.place(), height + floor * knot.place())).collect()
}

/// Gradient and curvature of the likelihood of a line.
#[derive(Default)]
struct Line {
    g0: f64,
    g1: f64,
    h00: f64,
    h01: f64,
    h11: f64,
}

impl Line {
    fn new(log_odds: &[f64], target: &Target, (intercept, slope): (f64, f64)) -> Self {
        let mut line = Self::default();
        for (row, (x, event)) in log_odds.iter().zip(target.events()).enumerate() {
            let p = 1.0 / (1.0 + (-(intercept + slope * x)).exp());
            let weight = target.weight(row);
            let residual = weight * (f64::from(u8::from(*event)) - p);
            let curvature = weight * p * (1.0 - p);
            line.g0 += residual;
            line.g1 += residual * x;
            line.h00 += curvature;
            line.h01 += curvature * x;
            line.h11 += curvature * x * x;
        }
        line
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
        let Calibrator::Platt { slope, intercept } = Calibrator::platt(&scores, &Target::new(events).unwrap()) else {
            panic!("not a line")
        };
        assert!((slope - 0.5).abs() < 0.01 && (intercept - 0.3).abs() < 0.01, "{slope} {intercept}");
    }

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
        let curve = Calibrator::fit(&scores, &Target::new(events).unwrap());
        assert!(matches!(curve, Calibrator::Curve { .. }));
        for x in [-3.0f64, -1.0, 1.0, 2.0] {
            let rate = 1.0 / (1.0 + (-(if x < 0.0 { 0.2 * x } else { 2.0 * x })).exp());
            let found = curve.probability(x).value();
            assert!((found - rate).abs() < 0.03, "{x}: {found}, not {rate}");
        }
        let heights: Vec<f64> = (-80..80).map(|x| curve.probability(f64::from(x) / 10.0).value()).collect();
        assert!(heights.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn a_score_that_points_the_wrong_way_is_no_news() {
        let target = Target::new([true, true, false, false, false, false]).unwrap();
        let calibrator = Calibrator::platt(&[-1.0, -2.0, 0.5, 1.0, -1.5, 2.0], &target);
        assert!((calibrator.probability(5.0).value() - 1.0 / 3.0).abs() < 1e-12);
    }
}
