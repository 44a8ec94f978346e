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
}

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

    /// The probability of the event.
    pub fn probability(&self, log_odds: f64) -> Probability {
        let x = match self {
            Self::Identity => log_odds,
            Self::Platt { slope, intercept } => slope * log_odds + intercept,
        };
        LogOdds::new(x).unwrap_or(LogOdds::EVEN).probability()
    }
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
    fn a_score_that_points_the_wrong_way_is_no_news() {
        let target = Target::new([true, true, false, false, false, false]).unwrap();
        let calibrator = Calibrator::platt(&[-1.0, -2.0, 0.5, 1.0, -1.5, 2.0], &target);
        assert!((calibrator.probability(5.0).value() - 1.0 / 3.0).abs() < 1e-12);
    }
}
