//! Settings of a scorer.
//!
//! None of them changes a card: they say from how much knowledge on a score is told, and under which name.

use serde::{Deserialize, Serialize};

use super::GradeScale;
use crate::domain::Share;

/// How scores are read.
///
/// ```
/// # use wherewithal::domain::Share;
/// # use wherewithal::score::ScorerParams;
/// let params = ScorerParams::default().min_known_share(Share::new(0.6)?);
/// assert_eq!(params.min_known_share.value(), 0.6);
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ScorerParams {
    /// The share of the card's range that must rest on known values for a row to have a score.
    pub min_known_share: Share,
    /// Which probabilities have which grade.
    pub grades: GradeScale,
    /// Whether each feature's points are kept beside the score: four bytes per row and feature.
    pub keep_points: bool,
}

impl Default for ScorerParams {
    fn default() -> Self {
        Self { min_known_share: Share::HALF, grades: GradeScale::default(), keep_points: false }
    }
}

impl ScorerParams {
    setters! {
        min_known_share: Share,
        grades: GradeScale,
        keep_points: bool,
    }
}
