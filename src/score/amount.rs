//! Predicts amounts with a fitted amount card.
//!
//! The same card layout and the same loop as for probabilities; whole units of the card's own are added, so
//! that parts and sum agree exactly.

use super::{ScoreTable, Scorer, ScorerParams};
use crate::domain::{Points, Share};
use crate::error::Result;
use crate::features::FeatureTable;
use crate::model::AmountCard;

/// An amount card ready to predict: [`Scorer`] on its table of points.
///
/// ```
/// # use polars::prelude::*;
/// # use wherewithal::features::{FeatureTable, TableRoles};
/// # use wherewithal::model::{AdditiveParams, AmountTarget, fit_amount};
/// use wherewithal::score::{AmountScorer, ScorerParams};
///
/// # let income: Vec<f64> = (0..600).map(|i| f64::from(i % 40)).collect();
/// # let paid: Vec<f64> = (0..600).map(|i| 25.0 * f64::from(i % 40) + f64::from((i * 7) % 11)).collect();
/// # let frame = DataFrame::new(600, vec![Column::new("income".into(), income)])?;
/// # let table = FeatureTable::from_frame(frame, &TableRoles::default())?;
/// let card = fit_amount(&table, &AmountTarget::new(paid)?, &AdditiveParams::default())?;
/// let amounts = AmountScorer::new(&card, ScorerParams::default())?.predict(&table)?;
/// assert!(amounts.amount(39) > amounts.amount(3));
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct AmountScorer {
    card: AmountCard,
    scorer: Scorer,
}

/// An amount per row.
#[derive(Debug, Clone)]
pub struct AmountScores {
    card: AmountCard,
    scores: ScoreTable,
}

impl AmountScorer {
    /// Lays out a card.
    ///
    /// # Errors
    ///
    /// As [`Scorer::with`].
    pub fn new(card: &AmountCard, params: ScorerParams) -> Result<Self> {
        Ok(Self { card: card.clone(), scorer: Scorer::with(card.table(), params)? })
    }

    /// Predicts every row.
    ///
    /// # Errors
    ///
    /// As [`Scorer::score`].
    pub fn predict(&self, table: &FeatureTable) -> Result<AmountScores> {
        Ok(AmountScores { card: self.card.clone(), scores: self.scorer.score(table)? })
    }
}

impl AmountScores {
    /// The number of rows.
    pub fn height(&self) -> usize {
        self.scores.height()
    }

    /// The card that predicted.
    pub fn card(&self) -> &AmountCard {
        &self.card
    }

    /// The amount of a row, within the card's bounds; `None` when too little is known, or beyond the last row.
    pub fn amount(&self, row: usize) -> Option<f64> {
        Some(self.card.amount(self.scores.score(row)?))
    }

    /// The sum of a row before the bounds.
    pub fn sum(&self, row: usize) -> Option<f64> {
        Some(self.card.sum(self.scores.score(row)?))
    }

    /// The sum in whole units, the card's offset included.
    pub fn units(&self, row: usize) -> Option<i64> {
        let Points(score) = self.scores.score(row)?;
        Some(self.card.unit().offset() + i64::from(score))
    }

    /// The share of the card's range that rests on values known for a row.
    pub fn known_share(&self, row: usize) -> Option<Share> {
        self.scores.known_share(row)
    }

    /// Rows whose sum is below the least amount that was learnt from, and those whose sum is above
    /// the most: they count as that.
    ///
    /// Counted because a cut is a guess: a table far beyond what was learnt from should be seen, not
    /// believed.
    pub fn beyond(&self) -> (usize, usize) {
        let (least, most) = self.card.bounds();
        let sums = || (0..self.height()).filter_map(|row| self.sum(row));
        (sums().filter(|sum| *sum < least).count(), sums().filter(|sum| *sum > most).count())
    }
}
