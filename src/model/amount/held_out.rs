//! Cross-validates cards of amounts.
//!
//! Everything that belongs to a fit (bins, pairs, unit) is done anew for each split, so that no row has a
//! part in what predicts it.

use rayon::prelude::*;

use super::fit::Rows;
use super::report::explained;
use super::{AmountFold, AmountReport, AmountTarget};
use crate::error::Result;
use crate::features::FeatureTable;
use crate::model::{AdditiveParams, Split, Splits};

/// Amounts of rows, each predicted by a card that was fitted without it.
#[derive(Debug, Clone, PartialEq)]
pub struct AmountHeldOut {
    /// The rows judged, by rising number.
    pub rows: Vec<usize>,
    /// The amount predicted, by row judged.
    pub amounts: Vec<f64>,
    /// Rows whose sum was below the least amount learnt from, and counts as that.
    pub below: usize,
    /// Rows whose sum was above the most.
    pub above: usize,
    /// Each split by itself.
    pub folds: Vec<AmountFold>,
}

impl AmountHeldOut {
    /// How good the predictions are.
    ///
    /// # Errors
    ///
    /// [`Error::TooLittle`](crate::Error::TooLittle) when the rows judged all have one amount.
    pub fn report(&self, target: &AmountTarget) -> Result<AmountReport> {
        let report = AmountReport::new(&self.amounts, &target.rows(&self.rows)?)?;
        Ok(AmountReport { folds: self.folds.clone(), ..report })
    }
}

/// Fits a card of amounts for each split, with everything that belongs to it, and predicts the rows
/// that it was not learnt from.
///
/// # Errors
///
/// As [`fit_amount`](super::fit_amount).
pub fn cross_validate_amount(
    table: &FeatureTable,
    target: &AmountTarget,
    splits: &Splits,
    params: &AdditiveParams,
) -> Result<AmountHeldOut> {
    params.check()?;
    let rows = Rows::new(table, target)?;
    let parts: Vec<Judged> =
        splits.splits().par_iter().map(|split| Judged::new(&rows, split, params)).collect::<Result<_>>()?;
    let mut found: Vec<(usize, f64)> = Vec::new();
    let mut held_out = AmountHeldOut { rows: Vec::new(), amounts: Vec::new(), below: 0, above: 0, folds: Vec::new() };
    for (split, part) in splits.splits().iter().zip(parts) {
        found.extend(split.test.iter().copied().zip(part.amounts));
        held_out.below += part.below;
        held_out.above += part.above;
        held_out.folds.push(part.fold);
    }
    found.sort_unstable_by_key(|(row, _)| *row);
    (held_out.rows, held_out.amounts) = found.into_iter().unzip();
    Ok(held_out)
}

/// One split, judged.
struct Judged {
    amounts: Vec<f64>,
    below: usize,
    above: usize,
    fold: AmountFold,
}

impl Judged {
    fn new(rows: &Rows<'_>, split: &Split, params: &AdditiveParams) -> Result<Self> {
        let card = rows.rows(&split.train)?.fit(params)?;
        let scores = card.scores(&rows.columns_of(&split.test));
        let (least, most) = card.bounds();
        let beyond =
            |is_beyond: &dyn Fn(f64) -> bool| scores.iter().filter(|score| is_beyond(card.sum(**score))).count();
        let amounts: Vec<f64> = scores.iter().map(|score| card.amount(*score)).collect();
        let r2 = rows.target.rows(&split.test).ok().map(|target| explained(&amounts, &target));
        let features = card.features().count();
        Ok(Self {
            below: beyond(&|sum| sum < least),
            above: beyond(&|sum| sum > most),
            amounts,
            fold: AmountFold { fold: split.label, rows: split.test.len(), r2, features },
        })
    }
}
