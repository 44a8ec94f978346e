//! What would change the result: counterfactual changes, and answers still to come.
//!
//! Both are answers to "what could be done": by the debtor, and by the court.

use serde::{Deserialize, Serialize};

use crate::domain::{Label, Points, Probability, Share};
use crate::score::Grade;

/// The smallest change found that would move the grade up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Way {
    /// The grade it would lead to.
    pub to: Grade,
    /// The score then.
    pub points: Points,
    /// The probability then.
    pub probability: Probability,
    /// What would have to change, all of it.
    pub steps: Vec<WayStep>,
}

/// One feature that would have to change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WayStep {
    /// The feature's name.
    pub feature: String,
    /// The feature in both languages.
    pub label: Label,
    /// Its unit.
    pub unit: String,
    /// Its value now.
    pub from: f64,
    /// The nearest value that would do.
    pub to: f64,
    /// The points gained.
    pub points: Points,
}

/// What an answer of one source could change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Worth {
    /// The source, a code of `queries.source`.
    pub source: String,
    /// Features of the model that are unknown for want of its answer.
    pub features: usize,
    /// The share of the score's range that would become known.
    pub share: Share,
    /// At most so many points up.
    pub most_up: Points,
    /// At most so many points down.
    pub most_down: Points,
    /// Whether this answer alone would allow a score where there is none.
    pub suffices: bool,
}
