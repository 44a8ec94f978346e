//! The scale of points: base points, base odds, points to double the odds.

use serde::{Deserialize, Serialize};

use super::binning::within;
use crate::domain::Points;
use crate::error::Result;

/// How log-odds become points.
///
/// # Formula
///
/// `points = base_points + factor · (log-odds − ln base_odds)`, `factor = points_to_double / ln 2`.
/// Odds are odds of the event, so more points mean a likelier event.
///
/// # Units
///
/// By default 500 points are even odds, and every 50 points more double the odds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PointsScale {
    /// Points at the base odds.
    pub base_points: f64,
    /// Odds of the event at the base points.
    pub base_odds: f64,
    /// Points that double the odds.
    pub points_to_double: f64,
}

impl Default for PointsScale {
    fn default() -> Self {
        Self { base_points: 500.0, base_odds: 1.0, points_to_double: 50.0 }
    }
}

impl PointsScale {
    setters! {
        base_points: f64,
        base_odds: f64,
        points_to_double: f64,
    }

    /// Checks every setting.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`](crate::Error::Setting) naming the first one that is out of range.
    pub fn check(&self) -> Result<()> {
        within("base_points", self.base_points, (-1e6, 1e6))?;
        within("base_odds", self.base_odds, (1e-6, 1e6))?;
        within("points_to_double", self.points_to_double, (1.0, 10_000.0))
    }

    /// Points per unit of log-odds.
    pub fn factor(&self) -> f64 {
        self.points_to_double / std::f64::consts::LN_2
    }

    /// The log-odds that a score stands for, before calibration.
    pub fn log_odds(&self, score: Points) -> f64 {
        (f64::from(score.0) - self.base_points) / self.factor() + self.base_odds.ln()
    }

    /// The points of an intercept, unrounded.
    pub(crate) fn base(&self, intercept: f64) -> f64 {
        self.base_points + self.factor() * (intercept - self.base_odds.ln())
    }
}

/// The nearest whole points; far beyond any scale they stop at the limits of 32 bits.
#[expect(clippy::cast_possible_truncation, reason = "a float cast saturates")]
pub(crate) fn whole_points(points: f64) -> i32 {
    points.round() as i32
}
