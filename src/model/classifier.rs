//! The learners as linfa classifiers.
//!
//! Whoever has a program on linfa's traits puts a scorecard where another classifier stood, with its
//! datasets, weights and metrics. Linfa's weights are `f32`; those of [`Target`] are exact.

use linfa::ParamGuard;
use linfa::dataset::{AsSingleTargets, DatasetBase, Float, Pr, Records};
use linfa::traits::{Fit, PredictInplace};
use ndarray::{Array1, ArrayBase, Axis, Data, Ix2};

use super::column::Column;
use super::fit::Table;
use super::learner::CheckedLearner;
use super::{Learner, Scorecard, Target};
use crate::domain::Points;
use crate::error::{Error, Result};
use crate::features::FeatureTable;
use crate::sentence::{Sentence, says};

/// A card learnt from a matrix, which knows the column of each of its features.
///
/// It is a linfa classifier: it predicts probabilities (`f64` or linfa's `Pr`) or whether the event
/// is likelier than not (`bool`). "Not a number" is a missing value.
///
/// ```
/// use linfa::prelude::*;
/// use ndarray::{Array1, Array2};
/// use wherewithal::model::{Learner, ScorecardParams};
///
/// let records = Array2::from_shape_fn((400, 2), |(row, column)| ((row * (3 + column)) % 40) as f64);
/// let paid: Array1<bool> = (0..400).map(|row| (row * 3) % 40 > (row * 7) % 57).collect();
/// let dataset = Dataset::new(records, paid).with_feature_names(vec!["income", "rent"]);
/// let fitted = Learner::from(ScorecardParams::default()).fit(&dataset)?;
/// let probabilities: Array1<f64> = fitted.predict(&dataset);
/// assert_eq!(fitted.card().features()[0].name(), "income");
/// assert!(probabilities.iter().all(|p| (0.0..=1.0).contains(p)));
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MatrixScorecard {
    card: Scorecard,
    names: Vec<String>,
}

impl MatrixScorecard {
    /// The card.
    pub fn card(&self) -> &Scorecard {
        &self.card
    }

    /// The card alone.
    pub fn into_card(self) -> Scorecard {
        self.card
    }

    /// The probability of the event, by row.
    fn probabilities<F: Float, D: Data<Elem = F>>(&self, records: &ArrayBase<D, Ix2>) -> impl Iterator<Item = f64> {
        let columns = columns(records, &self.names);
        let scores = if columns.is_empty() { vec![Points(0); records.nrows()] } else { self.card.scores(&columns) };
        scores.into_iter().map(|score| self.card.probability(score).value())
    }
}

/// What a target may hold: whether something happened.
pub trait Outcome {
    /// Whether it happened; `None` when the value says neither.
    fn happened(&self) -> Option<bool>;
}

impl Outcome for bool {
    fn happened(&self) -> Option<bool> {
        Some(*self)
    }
}

impl Outcome for usize {
    fn happened(&self) -> Option<bool> {
        [Some(false), Some(true)].get(*self).copied().flatten()
    }
}

impl Outcome for f64 {
    fn happened(&self) -> Option<bool> {
        if self.total_cmp(&1.0).is_eq() { Some(true) } else { self.total_cmp(&0.0).is_eq().then_some(false) }
    }
}

impl Outcome for f32 {
    fn happened(&self) -> Option<bool> {
        f64::from(*self).happened()
    }
}

impl From<linfa::Error> for Error {
    fn from(error: linfa::Error) -> Self {
        Self::too_little("learn", Sentence::foreign(error.to_string()), "rows and settings that linfa takes")
    }
}

impl Records for FeatureTable {
    type Elem = f64;

    fn nsamples(&self) -> usize {
        self.height()
    }

    fn nfeatures(&self) -> usize {
        self.width()
    }
}

impl ParamGuard for Learner {
    type Checked = CheckedLearner;
    type Error = Error;

    fn check_ref(&self) -> Result<&CheckedLearner> {
        Self::check(self)?;
        Ok(&self.0)
    }

    fn check(self) -> Result<CheckedLearner> {
        Self::check(&self)?;
        Ok(self.0)
    }
}

/// Learns from a table of features. The dataset's weights, where it has some, count instead of the target's.
impl Fit<&FeatureTable, &Target, Error> for CheckedLearner {
    type Object = Scorecard;

    fn fit(&self, dataset: &DatasetBase<&FeatureTable, &Target>) -> Result<Scorecard> {
        let target = weighted(dataset.targets.clone(), &dataset.weights)?;
        self.fit_table(&Table::new(dataset.records, &target)?)
    }
}

/// Learns from a matrix with its names and weights.
impl<F: Float, D: Data<Elem = F>, T> Fit<ArrayBase<D, Ix2>, T, Error> for CheckedLearner
where
    T: AsSingleTargets,
    T::Elem: Outcome,
{
    type Object = MatrixScorecard;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<MatrixScorecard> {
        let neither = || Error::table("targets", "a value that says neither yes nor no", "true and false, or 1 and 0");
        let targets = dataset.targets.as_single_targets();
        let events: Option<Vec<bool>> = targets.iter().map(Outcome::happened).collect();
        let target = weighted(Target::new(events.ok_or_else(neither)?)?, &dataset.weights)?;
        if dataset.records.nrows() != target.height() {
            let found = format!("{} rows", dataset.records.nrows());
            return Err(Error::table("records", found, says!("{} rows, as the target has", [target.height()])));
        }
        let given = dataset.feature_names();
        let name = |at: usize| given.get(at).map_or_else(|| format!("x{at}"), |name| (*name).to_owned());
        let names: Vec<String> = (0..dataset.records.ncols()).map(name).collect();
        let card = self.fit_table(&Table { columns: columns(&dataset.records, &names), target, cross_fitted: None })?;
        Ok(MatrixScorecard { card, names })
    }
}

/// The target with a dataset's weights, where it has some.
fn weighted(target: Target, weights: &Array1<f32>) -> Result<Target> {
    if weights.is_empty() {
        return Ok(target);
    }
    target.weights(&weights.iter().map(|weight| f64::from(*weight)).collect::<Vec<_>>())
}

/// The columns of a matrix under their names.
fn columns<'a, F: Float, D: Data<Elem = F>>(
    records: &ArrayBase<D, Ix2>,
    names: &'a [String],
) -> Vec<(&'a str, Column<'a>)> {
    let number = |value: &F| value.to_f64().unwrap_or(f64::NAN);
    let columns = names.iter().zip(records.axis_iter(Axis(1)));
    columns.map(|(name, column)| (name.as_str(), Column::Number(column.iter().map(number).collect()))).collect()
}

impl<F: Float, D: Data<Elem = F>> PredictInplace<ArrayBase<D, Ix2>, Array1<f64>> for MatrixScorecard {
    fn predict_inplace<'a>(&'a self, records: &'a ArrayBase<D, Ix2>, target: &mut Array1<f64>) {
        target.iter_mut().zip(self.probabilities(records)).for_each(|(slot, p)| *slot = p);
    }

    fn default_target(&self, records: &ArrayBase<D, Ix2>) -> Array1<f64> {
        Array1::zeros(records.nrows())
    }
}

impl<F: Float, D: Data<Elem = F>> PredictInplace<ArrayBase<D, Ix2>, Array1<Pr>> for MatrixScorecard {
    #[expect(clippy::cast_possible_truncation, reason = "linfa's probabilities are f32")]
    fn predict_inplace<'a>(&'a self, records: &'a ArrayBase<D, Ix2>, target: &mut Array1<Pr>) {
        target.iter_mut().zip(self.probabilities(records)).for_each(|(slot, p)| *slot = Pr::new_unchecked(p as f32));
    }

    fn default_target(&self, records: &ArrayBase<D, Ix2>) -> Array1<Pr> {
        Array1::default(records.nrows())
    }
}

impl<F: Float, D: Data<Elem = F>> PredictInplace<ArrayBase<D, Ix2>, Array1<bool>> for MatrixScorecard {
    fn predict_inplace<'a>(&'a self, records: &'a ArrayBase<D, Ix2>, target: &mut Array1<bool>) {
        target.iter_mut().zip(self.probabilities(records)).for_each(|(slot, p)| *slot = p >= 0.5);
    }

    fn default_target(&self, records: &ArrayBase<D, Ix2>) -> Array1<bool> {
        Array1::from_elem(records.nrows(), false)
    }
}
