//! The two learners behind one checked type.

use super::additive::{AdditiveParams, fit_additive};
use super::fit::{Table, fit_table};
use super::{Scorecard, ScorecardParams};
use crate::error::Result;

/// A way to learn a card, not yet checked. Both ways give the same fitted type, so whatever reads a card reads either.
///
/// It is linfa's unchecked set of parameters: [`linfa::ParamGuard`] checks it, [`linfa::traits::Fit`] learns by it from
/// a matrix or a [`FeatureTable`](crate::features::FeatureTable), see [`MatrixScorecard`](super::MatrixScorecard).
///
/// ```
/// # use wherewithal::model::{AdditiveParams, Learner, ScorecardParams};
/// let learners = [Learner::from(ScorecardParams::default()), AdditiveParams::default().into()];
/// assert_eq!(learners.each_ref().map(Learner::name), ["woe", "additive"]);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Learner(pub(super) CheckedLearner);

/// A way to learn a card whose settings are in range.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedLearner(Way);

#[derive(Debug, Clone, PartialEq)]
enum Way {
    Woe(Box<ScorecardParams>),
    Additive(Box<AdditiveParams>),
}

impl Learner {
    /// `woe` (optimal bins, weight of evidence, logistic regression) or `additive` (boosted shapes and pairs).
    pub const fn name(&self) -> &'static str {
        match self.0.0 {
            Way::Woe(_) => "woe",
            Way::Additive(_) => "additive",
        }
    }

    /// What any card has.
    pub fn card(&self) -> &ScorecardParams {
        match &self.0.0 {
            Way::Woe(params) => params,
            Way::Additive(params) => &params.card,
        }
    }

    /// The same choice of features and coefficients without folds that only calibrate.
    pub(super) fn uncalibrated(mut self) -> Self {
        if let Way::Woe(params) = &mut self.0.0
            && params.sizes.is_empty()
        {
            params.calibration_folds = 0;
        }
        self
    }

    /// Checks every setting.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`](crate::Error::Setting) naming the first one that is out of range.
    pub fn check(&self) -> Result<()> {
        match &self.0.0 {
            Way::Woe(params) => params.check(),
            Way::Additive(params) => params.check(),
        }
    }
}

impl CheckedLearner {
    /// Learns a card from rows as learners read them.
    pub(super) fn fit_table(&self, table: &Table<'_>) -> Result<Scorecard> {
        match &self.0 {
            Way::Woe(params) => fit_table(table, params),
            Way::Additive(params) => match table.effective()? {
                Some(table) => fit_additive(&table, params),
                None => fit_additive(table, params),
            },
        }
    }
}

impl From<ScorecardParams> for Learner {
    fn from(params: ScorecardParams) -> Self {
        Self(CheckedLearner(Way::Woe(Box::new(params))))
    }
}

impl From<AdditiveParams> for Learner {
    fn from(params: AdditiveParams) -> Self {
        Self(CheckedLearner(Way::Additive(Box::new(params))))
    }
}

impl From<&ScorecardParams> for Learner {
    fn from(params: &ScorecardParams) -> Self {
        params.clone().into()
    }
}

impl From<&AdditiveParams> for Learner {
    fn from(params: &AdditiveParams) -> Self {
        params.clone().into()
    }
}

impl From<&Learner> for Learner {
    fn from(learner: &Learner) -> Self {
        learner.clone()
    }
}
