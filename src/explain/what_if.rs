//! The card and the catalogue that what-if questions about one row are answered from.

use crate::features::FeatureCatalog;
use crate::score::Scorer;

/// Answers what-if questions about single rows: which changes would raise the grade, whose answer
/// would move the score.
#[derive(Debug, Clone, Copy)]
pub struct WhatIf<'a> {
    pub(super) scorer: &'a Scorer,
    pub(super) catalog: &'a FeatureCatalog,
}

impl<'a> WhatIf<'a> {
    /// What-if questions to a card, whose features the catalogue describes.
    pub const fn new(scorer: &'a Scorer, catalog: &'a FeatureCatalog) -> Self {
        Self { scorer, catalog }
    }
}
