//! Alerts and the thresholds that raise them.
//!
//! An alert is data: what crossed which threshold by how much, on how many rows, and why that matters, in
//! both languages. Somebody decides what follows.

use serde::{Deserialize, Serialize};

use crate::domain::Label;

/// What an alert is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// The scores have moved.
    Population,
    /// A feature has moved.
    Feature,
    /// Predicted and observed shares lie apart.
    Calibration,
    /// Ranking has become worse.
    Performance,
    /// Answers of a source have become fewer or later.
    Quality,
    /// One source answers less, later, or refuses more.
    Source,
    /// More rows of a kind of file are refused, or files of it could not be read.
    Intake,
    /// A group's predicted and observed shares lie apart.
    Group,
}

/// Something that crossed a threshold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// What it is about.
    pub kind: AlertKind,
    /// The feature, source, kind of file or group; `score` for scores.
    pub subject: String,
    /// The month, where it is about one.
    pub month: Option<String>,
    /// The part of the store, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// What was found.
    pub value: f64,
    /// What it was held against.
    pub threshold: f64,
    /// Why this is an alert.
    pub reason: Label,
    /// How many rows it rests on.
    pub rows: u64,
}

/// From when on something is an alert: assumptions of this project, in the place of which a court puts its own.
///
/// ```
/// use wherewithal::monitoring::{AlertKind, Stability, Thresholds};
///
/// let moved = Stability::new(&[500.0, 300.0, 200.0], &[150.0, 150.0, 200.0]);
/// let alert = Thresholds::default().of_stability("score", &moved).ok_or("no alert")?;
/// assert_eq!(alert.kind, AlertKind::Population);
/// assert!(Thresholds::default().stability(9.0).of_stability("score", &moved).is_none());
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Thresholds {
    /// A movement counts when its lower bound is above this, and chance does not explain it.
    pub stability: f64,
    /// How much area under the curve may be lost.
    pub auc_loss: f64,
    /// How far the observed share may lie from the predicted one, where chance does not explain it.
    pub calibration: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { stability: 0.1, auc_loss: 0.05, calibration: 0.05 }
    }
}

impl Thresholds {
    /// Sets [`Thresholds::stability`].
    #[must_use]
    pub fn stability(self, stability: f64) -> Self {
        Self { stability, ..self }
    }

    /// The alert of a distribution that moved, if it is one.
    pub fn of_stability(&self, subject: &str, moved: &super::Stability) -> Option<Alert> {
        let kind = if subject == "score" { AlertKind::Population } else { AlertKind::Feature };
        (moved.is_beyond_chance() && moved.low > self.stability).then(|| Alert {
            kind,
            subject: subject.to_owned(),
            month: None,
            part: None,
            value: moved.index,
            threshold: self.stability,
            reason: Label::new(
                "分布较基期的变化超出偶然，且其下限高于阈值",
                "the distribution has moved further than chance explains, and the lower bound is above the threshold",
            ),
            rows: whole(moved.rows.1),
        })
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of rows")]
fn whole(rows: f64) -> u64 {
    rows.max(0.0) as u64
}
