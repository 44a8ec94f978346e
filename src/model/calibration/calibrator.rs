//! The fitted calibrator of any method, and its stored form.
//!
//! Which method suits depends on the rows: a line for hundreds, a curve for thousands, steps for tens of
//! thousands. All keep the order of scores.

use serde::{Deserialize, Serialize};

use super::{beta, curve, isotonic, platt};
use crate::domain::{LogOdds, Probability};
use crate::error::{Error, Result};
use crate::model::Target;
use crate::sentence::says;

/// With which family of curves log-odds become probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalibrationMethod {
    /// A straight line in log-odds (Platt 1999): two numbers, for small samples.
    Platt,
    /// Beta calibration (Kull, Silva Filho, Flach 2017): three numbers, and ends that bend apart.
    Beta,
    /// Rising steps (Zadrozny, Elkan 2002): any shape, at the price of flat stretches; for thousands of rows.
    Isotonic,
    /// A rising curve through five to twelve knots, each of at least 150 rows of the rarer class;
    /// [`Platt`](Self::Platt)'s line where there are too few.
    #[default]
    Curve,
}

/// How a score's log-odds become a probability; fitted on rows that the score was not learnt from.
///
/// # Properties
///
/// A higher score never has a lower probability.
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
    /// `c + a ln p − b ln(1 − p)` in log-odds, `p` the probability before.
    Beta {
        /// What low probabilities bend by; not negative.
        a: f64,
        /// What high probabilities bend by; not negative.
        b: f64,
        /// Log-odds added.
        c: f64,
    },
    /// Rising steps: straight between knots, level beyond them.
    Isotonic {
        /// Log-odds before, rising, and the probability there, never falling.
        knots: Vec<(f64, f64)>,
    },
    /// A rising curve: straight between knots, a straight line of slope `slope` beyond them.
    Curve {
        /// Log-odds before and after, rising in both.
        knots: Vec<(f64, f64)>,
        /// What a unit of log-odds is worth beyond the first and the last knot; above zero.
        slope: f64,
    },
}

impl Calibrator {
    /// Learns from log-odds and what happened.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when there are not as many log-odds as rows, or one is not finite.
    ///
    /// # Examples
    ///
    /// ```
    /// use wherewithal::model::{CalibrationMethod, Calibrator, Target};
    ///
    /// let scores = [-2.0, -1.0, -1.0, 0.0, 1.0, 2.0];
    /// let target = Target::new([false, false, true, false, true, true])?;
    /// let calibrator = Calibrator::fit(CalibrationMethod::Isotonic, &scores, &target)?;
    /// assert_eq!(calibrator.probability(-2.0).value(), 0.0);
    /// assert!((calibrator.probability(-1.0).value() - 1.0 / 3.0).abs() < 1e-12);
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn fit(method: CalibrationMethod, log_odds: &[f64], target: &Target) -> Result<Self> {
        if log_odds.len() != target.height() {
            return Err(Error::setting("log_odds", log_odds.len(), says!("{} of them", [target.height()])));
        }
        if let Some(wrong) = log_odds.iter().find(|x| !x.is_finite()) {
            return Err(Error::setting("log_odds", wrong, "finite numbers"));
        }
        let effective = target.effective();
        Ok(match method {
            CalibrationMethod::Platt => platt::platt(log_odds, &effective),
            CalibrationMethod::Beta => beta::beta(log_odds, &effective),
            CalibrationMethod::Isotonic => isotonic::isotonic(log_odds, target),
            CalibrationMethod::Curve => curve::curve(log_odds, &effective),
        })
    }

    /// The probability of the event.
    ///
    /// ```
    /// use wherewithal::model::Calibrator;
    ///
    /// assert_eq!(Calibrator::Identity.probability(0.0).value(), 0.5);
    /// let careful = Calibrator::Platt { slope: 0.5, intercept: 0.0 };
    /// assert!(careful.probability(2.0) < Calibrator::Identity.probability(2.0));
    /// ```
    pub fn probability(&self, log_odds: f64) -> Probability {
        let x = match self {
            Self::Identity => log_odds,
            Self::Platt { slope, intercept } => slope * log_odds + intercept,
            Self::Beta { a, b, c } => beta::along((*a, *b, *c), log_odds),
            Self::Curve { knots, slope } => curve::along(knots, *slope, log_odds),
            Self::Isotonic { knots } => {
                return Probability::new(isotonic::along(knots, log_odds)).unwrap_or(LogOdds::EVEN.probability());
            }
        };
        LogOdds::new(x).unwrap_or(LogOdds::EVEN).probability()
    }
}
