//! The card and the catalogue that what-if questions about one row are answered from.
//!
//! Both questions are answered by the card itself, without another model beside it.

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
    ///
    /// # Examples
    ///
    /// ```
    /// # use polars::prelude::*;
    /// # use wherewithal::explain::{CounterfactualParams, WhatIf};
    /// # use wherewithal::features::{FeatureCatalog, FeatureTable, TableRoles};
    /// # use wherewithal::model::{self, ScorecardParams, Target};
    /// # use wherewithal::score::Scorer;
    /// # let deposits: Vec<f64> = (0..600).map(|i| f64::from(i % 60)).collect();
    /// # let performed: Vec<bool> = (0..600).map(|i| i % 60 > (i * 11) % 90).collect();
    /// # let frame = DataFrame::new(600, vec![Column::new("deposits_total_fen".into(), deposits)])?;
    /// # let table = FeatureTable::from_frame(frame, &TableRoles::default())?;
    /// let card = model::fit(&table, &Target::new(performed)?, &ScorecardParams::default())?;
    /// let (scorer, catalog) = (Scorer::new(&card)?, FeatureCatalog::standard()?);
    /// let what_if = WhatIf::new(&scorer, &catalog);
    /// assert!(what_if.worth_asking(&table, 0)?.is_empty()); // everything is known
    /// let ways = what_if.counterfactuals(&table, 0, &CounterfactualParams::default())?;
    /// assert!(ways.len() <= 3);
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub const fn new(scorer: &'a Scorer, catalog: &'a FeatureCatalog) -> Self {
        Self { scorer, catalog }
    }
}
