use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::fit::{Table, fit_table};
use super::metrics::{
    BrierScore, CalibrationBin, Estimate, auc, brier_score, calibration_bins, expected_calibration_error,
    kolmogorov_smirnov, lift, log_loss,
};
use super::{ScorecardParams, Target};
use crate::error::{Error, Result};
use crate::features::FeatureTable;

/// Bins of the calibration table.
const BINS: usize = 20;

/// How good probabilities are on rows that they were not learnt from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValidationReport {
    /// Rows judged.
    pub rows: usize,
    /// Rows with the event.
    pub events: usize,
    /// Area under the receiver operating characteristic, with DeLong's standard error.
    pub auc: Estimate,
    /// `2 AUC − 1`.
    pub gini: Estimate,
    /// Kolmogorov–Smirnov distance.
    pub ks: Estimate,
    /// Brier score and its parts.
    pub brier: BrierScore,
    /// Mean negative log-likelihood.
    pub log_loss: Estimate,
    /// Expected calibration error over twenty bins of equally many rows.
    pub ece: f64,
    /// Lift among the tenth of rows with the highest probabilities.
    pub lift_10: f64,
    /// Predicted against observed.
    pub calibration: Vec<CalibrationBin>,
    /// Each fold by itself; empty for a single hold-out.
    pub folds: Vec<FoldReport>,
}

/// One fold of a cross-validation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FoldReport {
    /// The fold's label.
    pub fold: u32,
    /// Rows held out.
    pub rows: usize,
    /// Rows held out that have the event.
    pub events: usize,
    /// AUC on the rows held out; `None` when they are all of one class.
    pub auc: Option<Estimate>,
    /// Features on the card that was fitted on the other rows.
    pub features: usize,
}

impl ValidationReport {
    /// Judges probabilities by what happened.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when there are not as many probabilities as rows, or one is not from 0 to 1.
    ///
    /// # Examples
    ///
    /// ```
    /// use wherewithal::model::{Target, ValidationReport};
    ///
    /// let target = Target::new([true, false, true, false])?;
    /// let report = ValidationReport::new(&[0.9, 0.2, 0.6, 0.7], &target)?;
    /// assert_eq!(report.auc.value, 0.75);
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn new(probabilities: &[f64], target: &Target) -> Result<Self> {
        if probabilities.len() != target.height() {
            let expected = format!("{} of them", target.height());
            return Err(Error::setting("probabilities", probabilities.len(), expected));
        }
        if let Some(wrong) = probabilities.iter().find(|p| !(0.0..=1.0).contains(*p)) {
            return Err(Error::setting("probabilities", wrong, "0 to 1"));
        }
        let auc = auc(probabilities, target);
        let calibration = calibration_bins(probabilities, target, BINS);
        Ok(Self {
            rows: target.height(),
            events: target.events().iter().filter(|event| **event).count(),
            auc,
            gini: Estimate { value: 2.0 * auc.value - 1.0, standard_error: 2.0 * auc.standard_error },
            ks: kolmogorov_smirnov(probabilities, target),
            brier: brier_score(probabilities, target, &calibration),
            log_loss: log_loss(probabilities, target),
            ece: expected_calibration_error(&calibration),
            lift_10: lift(probabilities, target, 0.1),
            calibration,
            folds: Vec::new(),
        })
    }
}

/// Probabilities of rows, each from a card that was fitted without the row's fold.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldOut {
    /// The probability of the event, by row.
    pub probabilities: Vec<f64>,
    /// Each fold by itself.
    pub folds: Vec<FoldReport>,
}

/// Cross-validation by given fold labels: for each label everything (bins, selection, coefficients, calibration) is fitted
/// on the other rows, and the rows with the label are judged; the report is over all rows together.
///
/// # Errors
///
/// As [`held_out`].
pub fn validate(
    table: &FeatureTable,
    target: &Target,
    folds: &[u32],
    params: &ScorecardParams,
) -> Result<ValidationReport> {
    let HeldOut { probabilities, folds } = held_out(table, target, folds, params)?;
    Ok(ValidationReport { folds, ..ValidationReport::new(&probabilities, target)? })
}

/// The probabilities behind [`validate`], for judging them by time, by group or in any other way.
///
/// # Errors
///
/// [`Error::Setting`] when there are not as many labels as rows or only one label; what [`fit`](super::fit) returns.
pub fn held_out(table: &FeatureTable, target: &Target, folds: &[u32], params: &ScorecardParams) -> Result<HeldOut> {
    params.check()?;
    let table = Table::new(table, target)?;
    let labels: std::collections::BTreeSet<u32> = folds.iter().copied().collect();
    if folds.len() != target.height() || labels.len() < 2 {
        let found = format!("{} labels, {} distinct", folds.len(), labels.len());
        return Err(Error::setting("folds", found, format!("{} labels, 2 or more distinct", target.height())));
    }
    let labels: Vec<u32> = labels.into_iter().collect();
    let parts: Vec<(Vec<usize>, Vec<f64>, FoldReport)> =
        labels.into_par_iter().map(|label| one_fold(&table, folds, label, params)).collect::<Result<_>>()?;
    let mut probabilities = vec![0.0; target.height()];
    let mut reports = Vec::with_capacity(parts.len());
    for (rows, fold, report) in parts {
        for (row, probability) in rows.into_iter().zip(fold) {
            if let Some(slot) = probabilities.get_mut(row) {
                *slot = probability;
            }
        }
        reports.push(report);
    }
    Ok(HeldOut { probabilities, folds: reports })
}

fn one_fold(
    table: &Table<'_>,
    folds: &[u32],
    label: u32,
    params: &ScorecardParams,
) -> Result<(Vec<usize>, Vec<f64>, FoldReport)> {
    let (judged, learnt): (Vec<usize>, Vec<usize>) = (0..folds.len()).partition(|row| folds.get(*row) == Some(&label));
    let card = fit_table(&table.rows(&learnt)?, params)?;
    let judged_columns = table.columns_of(&judged);
    let probabilities: Vec<f64> =
        card.scores(&judged_columns).into_iter().map(|score| card.probability(score).value()).collect();
    let happened = table.target.rows(&judged).ok();
    let report = FoldReport {
        fold: label,
        rows: judged.len(),
        events: judged.iter().filter(|row| table.target.events().get(**row) == Some(&true)).count(),
        auc: happened.map(|target| auc(&probabilities, &target)),
        features: card.features().len(),
    };
    Ok((judged, probabilities, report))
}
