//! Settings of a scorecard.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::binning::{BinningParams, Trend, within};
use super::calibration::CalibrationMethod;
use super::scale::PointsScale;
use crate::error::{Error, Result};

/// How a scorecard is fitted.
///
/// ```
/// # use wherewithal::model::{ScorecardParams, Trend};
/// let params = ScorecardParams::default().l2(2.0).expect_trend("income_net_12m_fen", Trend::Ascending);
/// assert!(params.check().is_ok());
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScorecardParams {
    /// How features are binned.
    pub binning: BinningParams,
    /// How single features are binned instead, by name.
    pub features: BTreeMap<String, BinningParams>,
    /// The trend expected of single numeric features, by name; it replaces the trend in `binning`.
    pub trends: BTreeMap<String, Trend>,
    /// Information value that a feature needs.
    pub min_information_value: f64,
    /// Information value that a feature needs, in multiples of what noise alone brings per bin.
    pub min_information_noise: f64,
    /// Correlation, in weight of evidence, above which the feature with less information is left out.
    pub max_correlation: f64,
    /// Variance inflation above which a feature is left out.
    pub max_vif: f64,
    /// Features at most: the set that explains most together.
    pub max_features: usize,
    /// Numbers of features among which the fewest are chosen whose loss on the calibration folds is within one standard
    /// error of the least ([`FeaturePath`](super::FeaturePath)); when none are named, a card has as many as
    /// `max_features` allows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sizes: Vec<usize>,
    /// Rows of the rarer class that each feature needs.
    pub min_rows_per_feature: f64,
    /// Whether features whose coefficient contradicts their weight of evidence are left out.
    pub expected_sign: bool,
    /// p-value of Wald's test above which features are left out, the least sure first.
    pub max_wald_p: Option<f64>,
    /// Folds whose rows are read with bins found on the other folds, for selection and coefficients; below 2 rows are
    /// read with bins that they had a part in.
    pub cross_fit_folds: u32,
    /// Price of a feature on the card, in standard deviations of what noise alone would say.
    pub feature_price: f64,
    /// Penalty on squared coefficients (linfa's `alpha`).
    pub l2: f64,
    /// How hard it is for a bin's log-odds to leave the straight line of coefficient × weight of evidence: the penalty
    /// on the squared difference from the line, per unit of weight of evidence; `None` keeps to the line.
    pub stiffness: Option<f64>,
    /// Whether no feature may move the log-odds by more than the range of its own weights of evidence
    /// ([`BeyondEvidence`](super::BeyondEvidence)).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub within_evidence: bool,
    /// How log-odds become points.
    pub scale: PointsScale,
    /// Folds held out in turn to calibrate probabilities; below 2 they stay as the fit gives them.
    pub calibration_folds: u32,
    /// How log-odds become probabilities.
    pub calibration: CalibrationMethod,
    /// What deals rows to folds.
    pub seed: u64,
}

impl Default for ScorecardParams {
    fn default() -> Self {
        Self {
            binning: BinningParams::default(),
            features: BTreeMap::new(),
            trends: BTreeMap::new(),
            min_information_value: 0.0,
            min_information_noise: 0.0,
            max_correlation: 0.95,
            max_vif: 10.0,
            max_features: 64,
            sizes: Vec::new(),
            min_rows_per_feature: 3.0,
            expected_sign: true,
            max_wald_p: None,
            cross_fit_folds: 5,
            feature_price: 0.5,
            l2: 30.0,
            stiffness: Some(10.0),
            within_evidence: false,
            scale: PointsScale::default(),
            calibration_folds: 5,
            calibration: CalibrationMethod::default(),
            seed: 1,
        }
    }
}

impl ScorecardParams {
    setters! {
        binning: BinningParams,
        features: BTreeMap<String, BinningParams>,
        trends: BTreeMap<String, Trend>,
        min_information_value: f64,
        min_information_noise: f64,
        max_correlation: f64,
        max_vif: f64,
        max_features: usize,
        min_rows_per_feature: f64,
        expected_sign: bool,
        max_wald_p: Option<f64>,
        cross_fit_folds: u32,
        feature_price: f64,
        l2: f64,
        stiffness: Option<f64>,
        within_evidence: bool,
        scale: PointsScale,
        calibration_folds: u32,
        calibration: CalibrationMethod,
        seed: u64,
    }

    /// Sets `sizes`.
    #[must_use]
    pub fn sizes(mut self, sizes: impl IntoIterator<Item = usize>) -> Self {
        self.sizes = sizes.into_iter().collect();
        self
    }

    /// Expects a trend of one feature.
    #[must_use]
    pub fn expect_trend(mut self, feature: impl Into<String>, trend: Trend) -> Self {
        self.trends.insert(feature.into(), trend);
        self
    }

    /// Bins one feature in its own way.
    #[must_use]
    pub fn bin_feature(mut self, feature: impl Into<String>, params: BinningParams) -> Self {
        self.features.insert(feature.into(), params);
        self
    }

    /// Checks every setting.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] naming the first one that is out of range.
    pub fn check(&self) -> Result<()> {
        self.binning.check()?;
        self.features.values().try_for_each(BinningParams::check)?;
        self.scale.check()?;
        within("min_information_value", self.min_information_value, (0.0, f64::MAX))?;
        within("min_information_noise", self.min_information_noise, (0.0, f64::MAX))?;
        within("max_correlation", self.max_correlation, (0.0, 1.0))?;
        within("max_vif", self.max_vif, (1.0, f64::MAX))?;
        within("min_rows_per_feature", self.min_rows_per_feature, (0.0, f64::MAX))?;
        within("max_wald_p", self.max_wald_p.unwrap_or(1.0), (0.0, 1.0))?;
        within("feature_price", self.feature_price, (0.0, f64::MAX))?;
        within("l2", self.l2, (0.0, f64::MAX))?;
        within("stiffness", self.stiffness.unwrap_or(1.0), (f64::MIN_POSITIVE, f64::MAX))?;
        if self.max_features == 0 {
            return Err(Error::setting("max_features", 0, "1 or more"));
        }
        if self.sizes.contains(&0) {
            return Err(Error::setting("sizes", format!("{:?}", self.sizes), "numbers of features from 1"));
        }
        if !self.sizes.is_empty() && self.calibration_folds < 2 {
            let expected = "2 or more: the number of features is chosen on rows held out";
            return Err(Error::setting("calibration_folds", self.calibration_folds, expected));
        }
        Ok(())
    }

    /// The numbers of features to choose among, by rising number.
    pub(super) fn choices(&self) -> Vec<usize> {
        let mut sizes: Vec<usize> = self.sizes.iter().map(|size| *size.min(&self.max_features)).collect();
        sizes.sort_unstable();
        sizes.dedup();
        if sizes.is_empty() { vec![self.max_features] } else { sizes }
    }

    /// How one feature is binned.
    pub fn binning_of(&self, feature: &str) -> BinningParams {
        let mut params = self.features.get(feature).unwrap_or(&self.binning).clone();
        if let Some(trend) = self.trends.get(feature) {
            params.trend = *trend;
        }
        params
    }
}
