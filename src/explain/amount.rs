//! Explains a predicted amount: what each feature added.
//!
//! base + Σ parts = sum, in whole units; the amount is the sum, within the card's bounds.

use serde::{Deserialize, Serialize};

use super::explain;
use crate::domain::{Points, Share};
use crate::error::Result;
use crate::features::FeatureTable;
use crate::model::AmountCard;

/// Why one row has its amount.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AmountExplanation {
    /// The digest of the card.
    pub card: String,
    /// What every row starts from.
    pub base: f64,
    /// Base and all parts, exactly: whole units are added.
    pub sum: f64,
    /// The amount that is predicted: the sum, within the card's bounds.
    pub amount: f64,
    /// The share of the card's range that rests on known values.
    pub known_share: Share,
    /// One per feature of the card, then one per pair, in its order.
    pub parts: Vec<AmountPart>,
}

/// What one feature adds, or one pair of features beyond what each adds alone, in the target's own unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AmountPart {
    /// The feature's name; of a pair `first × second`.
    pub feature: String,
    /// Whether the value is known; of a pair, whether both are.
    pub known: bool,
    /// The same in whole units.
    pub units: i32,
    /// What it adds.
    pub amount: f64,
    /// What it adds to the typical row.
    pub typical: f64,
}

/// Explains the amount of one row.
///
/// # Errors
///
/// As [`explain`].
///
/// # Examples
///
/// ```
/// # use polars::prelude::*;
/// # use wherewithal::features::{FeatureTable, TableRoles};
/// # use wherewithal::model::{AdditiveParams, AmountTarget, fit_amount};
/// use wherewithal::explain::explain_amount;
///
/// # let income: Vec<f64> = (0..600).map(|i| f64::from(i % 40)).collect();
/// # let paid: Vec<f64> = (0..600).map(|i| 25.0 * f64::from(i % 40) + f64::from((i * 7) % 11)).collect();
/// # let frame = DataFrame::new(600, vec![Column::new("income".into(), income)])?;
/// # let table = FeatureTable::from_frame(frame, &TableRoles::default())?;
/// let card = fit_amount(&table, &AmountTarget::new(paid)?, &AdditiveParams::default())?;
/// let why = explain_amount(&card, &table, 39)?;
/// let parts: f64 = why.parts.iter().map(|part| part.amount).sum();
/// assert!((why.base + parts - why.sum).abs() < 1e-6 * why.sum.abs());
/// assert!(explain_amount(&card, &table, 600).is_err()); // there is no such row
/// # Ok::<(), wherewithal::Error>(())
/// ```
pub fn explain_amount(card: &AmountCard, table: &FeatureTable, row: usize) -> Result<AmountExplanation> {
    let explanation = explain(card.table(), table, row)?;
    let part = |contribution: super::Contribution| AmountPart {
        feature: contribution.feature,
        known: contribution.known,
        units: contribution.points.0,
        amount: card.part(contribution.points),
        typical: card.part(contribution.typical_points),
    };
    let Points(score) = explanation.score;
    Ok(AmountExplanation {
        card: card.digest().to_owned(),
        base: card.base(),
        sum: card.sum(Points(score)),
        amount: card.amount(Points(score)),
        known_share: explanation.known_share,
        parts: explanation.contributions.into_iter().map(part).collect(),
    })
}
