//! The report of a validation.

use serde::{Deserialize, Serialize};

use super::PeriodReport;
use crate::error::{Error, Result};
use crate::model::Target;
use crate::model::metrics::{
    BrierScore, CalibrationBin, Estimate, auc, brier_score, calibration_bins, expected_calibration_error, h_measure,
    kolmogorov_smirnov, lift, log_loss,
};

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
    pub ece: Estimate,
    /// Lift among the tenth of rows with the highest probabilities.
    pub lift_10: Estimate,
    /// Hand's H-measure.
    pub h_measure: Estimate,
    /// Predicted against observed.
    pub calibration: Vec<CalibrationBin>,
    /// Each fold by itself; one for a single hold-out.
    pub folds: Vec<FoldReport>,
    /// Each period by itself, where times are known: see [`Periods`](super::Periods).
    pub periods: Vec<PeriodReport>,
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
            h_measure: h_measure(probabilities, target),
            calibration,
            folds: Vec::new(),
            periods: Vec::new(),
        })
    }

    setters! {
        periods: Vec<PeriodReport>,
    }
}
