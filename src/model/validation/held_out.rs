//! Cross-validation: probabilities from cards that did not see the row.

use linfa::ParamGuard;
use rayon::prelude::*;

use super::{FoldReport, Split, Splits, ValidationReport};
use crate::error::Result;
use crate::features::FeatureTable;
use crate::model::fit::Table;
use crate::model::learner::CheckedLearner;
use crate::model::metrics::auc;
use crate::model::{Learner, Target};

/// Probabilities of rows, each from a card that was fitted without it.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldOut {
    /// The rows judged, by rising number.
    pub rows: Vec<usize>,
    /// The probability of the event, by row judged.
    pub probabilities: Vec<f64>,
    /// Each split by itself.
    pub folds: Vec<FoldReport>,
}

impl HeldOut {
    /// How good the probabilities are.
    ///
    /// # Errors
    ///
    /// [`Error::TooLittle`](crate::Error::TooLittle) when the rows judged are all of one class.
    pub fn report(&self, target: &Target) -> Result<ValidationReport> {
        let report = ValidationReport::new(&self.probabilities, &target.rows(&self.rows)?)?;
        Ok(ValidationReport { folds: self.folds.clone(), ..report })
    }
}

/// Cross-validation by given fold labels: for each label everything (bins, selection, coefficients,
/// calibration) is fitted on the other rows, and the rows with the label are judged; the report is
/// over all rows together.
///
/// # Errors
///
/// As [`held_out`].
pub fn validate(
    table: &FeatureTable,
    target: &Target,
    folds: &[u32],
    learner: impl Into<Learner>,
) -> Result<ValidationReport> {
    held_out(table, target, folds, learner)?.report(target)
}

/// The probabilities behind [`validate`], for judging them in any other way.
///
/// # Errors
///
/// What [`Splits::labels`] and [`cross_validate`] return.
pub fn held_out(table: &FeatureTable, target: &Target, folds: &[u32], learner: impl Into<Learner>) -> Result<HeldOut> {
    let read = Table::new(table, target)?;
    judged(&read, &Splits::labels(&read.target, folds)?, &learner.into())
}

/// Fits a card for each split, with everything that belongs to it, and judges the rows that it was not learnt from.
///
/// # Errors
///
/// What [`fit`](crate::model::fit) returns.
pub fn cross_validate(
    table: &FeatureTable,
    target: &Target,
    splits: &Splits,
    learner: impl Into<Learner>,
) -> Result<HeldOut> {
    judged(&Table::new(table, target)?, splits, &learner.into())
}

fn judged(table: &Table<'_>, splits: &Splits, learner: &Learner) -> Result<HeldOut> {
    let learner = learner.check_ref()?;
    let parts: Vec<(Vec<f64>, FoldReport)> =
        splits.splits().par_iter().map(|split| one_split(table, split, learner)).collect::<Result<_>>()?;
    let mut found: Vec<(usize, f64)> = Vec::new();
    let mut folds = Vec::with_capacity(parts.len());
    for (split, (probabilities, report)) in splits.splits().iter().zip(parts) {
        found.extend(split.test.iter().copied().zip(probabilities));
        folds.push(report);
    }
    found.retain(|(row, _)| table.target.weight(*row) > 0.0);
    found.sort_unstable_by_key(|(row, _)| *row);
    let (rows, probabilities) = found.into_iter().unzip();
    Ok(HeldOut { rows, probabilities, folds })
}

fn one_split(table: &Table<'_>, split: &Split, learner: &CheckedLearner) -> Result<(Vec<f64>, FoldReport)> {
    let card = learner.fit_table(&table.rows(&split.train)?)?;
    let scores = card.scores(&table.columns_of(&split.test));
    let probabilities: Vec<f64> = scores.into_iter().map(|score| card.probability(score).value()).collect();
    let happened = table.target.rows(&split.test).ok();
    let is_event = |row: &&usize| table.target.events().get(**row) == Some(&true);
    let report = FoldReport {
        fold: split.label,
        rows: split.test.len(),
        events: split.test.iter().filter(is_event).count(),
        auc: happened.map(|target| auc(&probabilities, &target)),
        features: card.features().len(),
    };
    Ok((probabilities, report))
}
