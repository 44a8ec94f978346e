//! Settings of the additive learner.

use serde::{Deserialize, Serialize};

use super::CELLS;
use crate::error::{Error, Result};
use crate::model::ScorecardParams;
use crate::model::binning::{Trend, within};
use crate::sentence::{Sentence, says};

/// How an additive card is boosted.
///
/// What it shares with a plain card (special codes, trends, scale, calibration, seed, features at most) stands in
/// [`AdditiveParams::card`].
///
/// ```
/// # use wherewithal::model::{AdditiveParams, ScorecardParams, Trend};
/// let card = ScorecardParams::default().expect_trend("income", Trend::Ascending);
/// let params = AdditiveParams::default().card(card).max_pairs(4);
/// assert!(params.check().is_ok());
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct AdditiveParams {
    /// What any card has.
    pub card: ScorecardParams,
    /// Fine bins of a numeric feature at most, between which trees may cut.
    pub fine_bins: usize,
    /// Bags: each is boosted without one part of the parties, on which it stops.
    pub bags: u32,
    /// Rounds at most; a round gives each feature one tree.
    pub max_rounds: u32,
    /// Rounds without a better loss on the rows held out after which a bag stops.
    pub patience: u32,
    /// The share of a Newton step that a tree takes.
    pub learning_rate: f64,
    /// Leaves of a tree at most.
    pub max_leaves: usize,
    /// Rows in a leaf at least.
    pub min_leaf_rows: f64,
    /// Penalty on the squared value of a leaf.
    pub l2: f64,
    /// The same for a level of a category, a special code or missing values.
    pub level_l2: f64,
    /// Penalty on the squared step between neighbouring fine bins when a shape is smoothed.
    pub smoothness: f64,
    /// Log-loss per row that a feature's shape, or a pair's grid, may lose by having fewer bins.
    pub max_loss: f64,
    /// Bins of regular values at most.
    pub max_bins: usize,
    /// Pairs at most.
    pub max_pairs: usize,
    /// Lines of a pair's grid at most, along each feature.
    pub pair_lines: usize,
    /// Penalty on the squared value of a part of a pair's grid.
    pub pair_l2: f64,
    /// Rows in a part of a pair's grid at least.
    pub min_cell_rows: f64,
    /// Standard errors by which a pair must lower the loss on rows held out.
    pub pair_price: f64,
}

impl Default for AdditiveParams {
    fn default() -> Self {
        Self {
            card: ScorecardParams::default(),
            fine_bins: 200,
            bags: 8,
            max_rounds: 2_000,
            patience: 50,
            learning_rate: 0.05,
            max_leaves: 3,
            min_leaf_rows: 5.0,
            l2: 1.0,
            level_l2: 10.0,
            smoothness: 1.0,
            max_loss: 2e-5,
            max_bins: 24,
            max_pairs: 10,
            pair_lines: 12,
            pair_l2: 5.0,
            min_cell_rows: 20.0,
            pair_price: 1.0,
        }
    }
}

impl AdditiveParams {
    setters! {
        card: ScorecardParams,
        fine_bins: usize,
        bags: u32,
        max_rounds: u32,
        patience: u32,
        learning_rate: f64,
        max_leaves: usize,
        min_leaf_rows: f64,
        l2: f64,
        level_l2: f64,
        smoothness: f64,
        max_loss: f64,
        max_bins: usize,
        max_pairs: usize,
        pair_lines: usize,
        pair_l2: f64,
        min_cell_rows: f64,
        pair_price: f64,
    }

    /// Checks every setting.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] naming the first one that is out of range.
    ///
    /// ```
    /// use wherewithal::model::AdditiveParams;
    ///
    /// assert!(AdditiveParams::default().check().is_ok());
    /// let error = AdditiveParams::default().learning_rate(0.0).check().unwrap_err().to_string();
    /// assert!(error.contains("learning_rate"), "{error}");
    /// ```
    pub fn check(&self) -> Result<()> {
        self.card.check()?;
        if !self.card.sizes.is_empty() {
            let expected = "none: boosting keeps the features that tell most, as many as max_features allows";
            return Err(Error::setting("sizes", format!("{:?}", self.card.sizes), expected));
        }
        let counts = [
            ("fine_bins", self.fine_bins, 2..=200),
            ("bags", self.bags as usize, 2..=100),
            ("max_rounds", self.max_rounds as usize, 1..=100_000),
            ("patience", self.patience as usize, 1..=100_000),
            ("max_leaves", self.max_leaves, 2..=16),
            ("max_bins", self.max_bins, 2..=100),
            ("max_pairs", self.max_pairs, 0..=1_000),
            ("pair_lines", self.pair_lines, 2..=12),
        ];
        for (name, value, range) in counts {
            if !range.contains(&value) {
                return Err(Error::setting(name, value, says!("{} to {}", [range.start(), range.end()])));
            }
        }
        within("learning_rate", self.learning_rate, (1e-4, 1.0))?;
        within("min_leaf_rows", self.min_leaf_rows, (0.0, f64::MAX))?;
        within("l2", self.l2, (1e-6, f64::MAX))?;
        within("level_l2", self.level_l2, (1e-6, f64::MAX))?;
        within("smoothness", self.smoothness, (0.0, f64::MAX))?;
        within("max_loss", self.max_loss, (0.0, 1.0))?;
        within("pair_l2", self.pair_l2, (1e-6, f64::MAX))?;
        within("min_cell_rows", self.min_cell_rows, (0.0, f64::MAX))?;
        within("pair_price", self.pair_price, (0.0, f64::MAX))?;
        let trends = self.card.trends.iter().map(|(name, trend)| (name.as_str(), *trend));
        let own = self.card.features.iter().map(|(name, binning)| (name.as_str(), binning.trend));
        for (name, trend) in trends.chain(own).chain([("binning", self.card.binning.trend)]) {
            if !matches!(trend, Trend::Ascending | Trend::Descending | Trend::None | Trend::Auto) {
                let expected = "ascending, descending, none or auto, which a boosted shape can keep to";
                return Err(Error::setting(
                    says!("trend of {name}", name),
                    Sentence::value(format!("{trend:?}").to_lowercase()),
                    expected,
                ));
            }
        }
        Ok(())
    }
}

/// A code is one byte.
const _: () = assert!(CELLS == 1 << u8::BITS);
