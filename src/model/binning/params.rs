//! Settings of binning.
//!
//! The defaults suit a few thousand rows. What counts as "enough" scales with the rarer class: with
//! thousands of events bins may be fine, with a hundred they must be coarse.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Counts;
use crate::error::{Error, Result};
use crate::sentence::Sentence;

/// How the event rate may run over the bins of a numeric feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    /// Any way.
    None,
    /// Never falling.
    Ascending,
    /// Never rising.
    Descending,
    /// Rising, then falling; either part may be empty.
    Peak,
    /// Falling, then rising; either part may be empty.
    Valley,
    /// No bin's rate is below the mean of its two neighbours' rates.
    Concave,
    /// No bin's rate is above the mean of its two neighbours' rates.
    Convex,
    /// The simplest of ascending or descending, peak or valley, none: a freer trend must bring what
    /// [`BinningParams::trend_price`] asks.
    #[default]
    Auto,
}

/// How far apart events and non-events are over the bins; what the binning maximises.
///
/// # Formula
///
/// With `p` and `q` a bin's share of all events and of all non-events, summed over bins:
/// information value `(p − q) ln(p / q)`; Jensen–Shannon `½ p ln(2p / (p+q)) + ½ q ln(2q / (p+q))`;
/// Hellinger `½ (√p − √q)²`.
///
/// # References
///
/// Siddiqi, *Credit Risk Scorecards* (2006), ch. 6; Lin, *Divergence measures based on the Shannon entropy* (1991).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Divergence {
    /// Information value (Jeffreys' divergence).
    #[default]
    InformationValue,
    /// Jensen–Shannon divergence, in nats.
    JensenShannon,
    /// Squared Hellinger distance.
    Hellinger,
}

/// Where missing values and special codes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    /// A bin of their own.
    #[default]
    Own,
    /// Counted with the regular bin whose event rate is nearest.
    Nearest,
}

/// What a value counts as that the fit never met: an unknown level, or a missing value where none was missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unseen {
    /// The group of rare levels if there is one, else as [`Unseen::Neutral`].
    #[default]
    Rest,
    /// Weight of evidence 0: neither for nor against.
    Neutral,
    /// The bin with the lowest weight of evidence.
    Worst,
}

/// A value that is a code, not a quantity, for instance 98 for "refused to answer".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SpecialCode {
    /// A number in a numeric feature.
    Number(f64),
    /// A level of a categorical feature.
    Text(String),
}

impl fmt::Display for SpecialCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

/// Rows of the rarer class that a bin should be expected to hold.
const RARER_ROWS: f64 = 15.0;

/// What bins must be like.
///
/// Bounds hold for the bins of regular values; a bin of missing values or of a special code is as large as it is, and
/// counts toward [`BinningParams::min_bins`] where it holds as many rows as a bin must. Shares are shares of the weight
/// of all rows, floors count effective rows (see [`Target::weights`](crate::model::Target::weights)).
///
/// ```
/// use wherewithal::model::{BinningParams, Counts, Placement, SpecialCode, Trend};
///
/// let params = BinningParams::default()
///     .trend(Trend::Ascending)
///     .special_codes(vec![SpecialCode::Number(98.0)]) // "refused to answer" is no quantity
///     .missing(Placement::Own);
/// assert!(params.check().is_ok());
/// assert!(params.clone().max_prebins(1).check().is_err());
/// // Fine bins where there are many rows of the rarer class, coarse ones where there are few.
/// assert_eq!(params.bin_share(&Counts::new(100_000, 50_000)), 0.01);
/// assert_eq!(params.bin_share(&Counts::new(1_000, 100)), 0.05);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BinningParams {
    /// What is maximised.
    pub divergence: Divergence,
    /// How the event rate may run.
    pub trend: Trend,
    /// Prebins at most; the optimum is exact over them.
    pub max_prebins: usize,
    /// Bins at least, those of missing values and of special codes among them.
    pub min_bins: usize,
    /// Bins of regular values at most.
    pub max_bins: usize,
    /// Share of rows in a bin at least; `None` lets [`BinningParams::bin_share`] find it.
    pub min_bin_share: Option<f64>,
    /// Share of rows in a bin at most.
    pub max_bin_share: f64,
    /// Rows in a bin at least.
    pub min_bin_rows: u64,
    /// Rows with the event in a bin at least.
    pub min_bin_events: u64,
    /// Rows without the event in a bin at least.
    pub min_bin_non_events: u64,
    /// Two-sided p-value of the test of equal rates of neighbouring bins at most (pooled z-test).
    pub max_p_value: Option<f64>,
    /// Difference of the event rates of neighbouring bins at least.
    pub min_rate_difference: f64,
    /// What a further bin must add, in multiples of the divergence that noise alone adds by one bin,
    /// `1/events + 1/non-events` of information value.
    pub noise_penalty: f64,
    /// What a freer trend must add under [`Trend::Auto`], in the same multiples: among many ways to
    /// cut, noise alone finds some that turn.
    pub trend_price: f64,
    /// Rows at the overall event rate added to each bin before its weight of evidence is taken; `None` is as many as
    /// hold one row of the rarer class.
    pub prior_rows: Option<f64>,
    /// Cut points that must be kept.
    pub splits: Vec<f64>,
    /// Values that are codes.
    pub special_codes: Vec<SpecialCode>,
    /// Where missing values go.
    pub missing: Placement,
    /// Where special codes go.
    pub special: Placement,
    /// What values never met count as.
    pub unseen: Unseen,
    /// Levels with a smaller share of rows than this, or fewer rows than `min_bin_rows`, form the rest group.
    pub rest_share: f64,
}

impl Default for BinningParams {
    fn default() -> Self {
        Self {
            divergence: Divergence::default(),
            trend: Trend::default(),
            max_prebins: 40,
            min_bins: 2,
            max_bins: 10,
            min_bin_share: None,
            max_bin_share: 1.0,
            min_bin_rows: 5,
            min_bin_events: 0,
            min_bin_non_events: 0,
            max_p_value: None,
            min_rate_difference: 0.0,
            noise_penalty: 1.0,
            trend_price: 20.0,
            prior_rows: None,
            splits: Vec::new(),
            special_codes: Vec::new(),
            missing: Placement::default(),
            special: Placement::default(),
            unseen: Unseen::default(),
            rest_share: 0.01,
        }
    }
}

impl BinningParams {
    setters! {
        divergence: Divergence,
        trend: Trend,
        max_prebins: usize,
        min_bins: usize,
        max_bins: usize,
        max_bin_share: f64,
        min_bin_rows: u64,
        min_bin_events: u64,
        min_bin_non_events: u64,
        max_p_value: Option<f64>,
        min_rate_difference: f64,
        noise_penalty: f64,
        trend_price: f64,
        splits: Vec<f64>,
        special_codes: Vec<SpecialCode>,
        missing: Placement,
        special: Placement,
        unseen: Unseen,
        rest_share: f64,
    }

    /// Sets `min_bin_share`.
    #[must_use]
    pub fn min_bin_share(mut self, share: impl Into<Option<f64>>) -> Self {
        self.min_bin_share = share.into();
        self
    }

    /// Sets `prior_rows`.
    #[must_use]
    pub fn prior_rows(mut self, rows: impl Into<Option<f64>>) -> Self {
        self.prior_rows = rows.into();
        self
    }

    /// The least share of rows in a bin, for a column with these counts.
    ///
    /// What is asked for, or else so many rows that fifteen of the rarer class are expected among them, between
    /// one and five hundredths: large data bear fine bins, small data coarse ones.
    pub fn bin_share(&self, total: &Counts) -> f64 {
        let rarer = total.event_weight.min(total.non_event_weight()).max(1.0);
        self.min_bin_share.unwrap_or_else(|| (RARER_ROWS / rarer).clamp(0.01, 0.05))
    }

    /// The least weight of a bin of regular values, for a column with these counts.
    pub(crate) fn least_weight(&self, total: &Counts) -> f64 {
        (self.bin_share(total) * total.weight).max(self.least_rows())
    }

    /// The effective rows in a bin at least.
    #[expect(clippy::cast_precision_loss, reason = "counts of rows stay far below 2^53")]
    pub(crate) fn least_rows(&self) -> f64 {
        self.min_bin_rows as f64
    }

    /// How many bins of their own codes and missing values have that are as large as a bin must be.
    pub(crate) fn bins_apart(&self, special: &[Counts], missing: &Counts) -> usize {
        let stands = |counts: &Counts, placement: Placement| {
            placement == Placement::Own && counts.weight > 0.0 && counts.weight >= self.least_rows()
        };
        let special = special.iter().filter(|counts| stands(counts, self.special)).count();
        special + usize::from(stands(missing, self.missing))
    }

    /// The rows at the overall event rate added to each bin, for a column with these counts.
    pub(crate) fn prior(&self, total: &Counts) -> f64 {
        let rarer = total.rate().min(1.0 - total.rate());
        self.prior_rows.unwrap_or(if rarer > 0.0 { 1.0 / rarer } else { 2.0 })
    }

    /// Checks every setting.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] naming the first setting that is outside what it may be.
    pub fn check(&self) -> Result<()> {
        let share = |name: &str, value: f64| within(name, value, (0.0, 1.0));
        if !(2..=256).contains(&self.max_prebins) {
            return Err(Error::setting("max_prebins", self.max_prebins, "2 to 256"));
        }
        if self.min_bins < 1 || self.max_bins < self.min_bins {
            let found = format!("min_bins {} and max_bins {}", self.min_bins, self.max_bins);
            return Err(Error::setting("max_bins", found, "1 ≤ min_bins ≤ max_bins"));
        }
        share("min_bin_share", self.min_bin_share.unwrap_or(0.0))?;
        share("max_bin_share", self.max_bin_share)?;
        share("min_rate_difference", self.min_rate_difference)?;
        share("rest_share", self.rest_share)?;
        share("max_p_value", self.max_p_value.unwrap_or(1.0))?;
        within("noise_penalty", self.noise_penalty, (0.0, f64::MAX))?;
        within("trend_price", self.trend_price, (0.0, f64::MAX))?;
        within("prior_rows", self.prior_rows.unwrap_or(0.0), (0.0, f64::MAX))?;
        if self.splits.iter().any(|split| !split.is_finite()) || !self.splits.is_sorted_by(|a, b| a < b) {
            return Err(Error::setting(
                "splits",
                Sentence::name(format!("{:?}", self.splits)),
                "finite numbers in rising order",
            ));
        }
        Ok(())
    }
}

/// Refuses a number outside `bounds`, both included.
pub(crate) fn within(setting: &str, value: f64, bounds: (f64, f64)) -> Result<()> {
    let (low, high) = bounds;
    if (low..=high).contains(&value) {
        Ok(())
    } else {
        let expected = if high < f64::MAX { format!("{low} to {high}") } else { format!("{low} or more") };
        Err(Error::setting(setting, value, expected))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_hold_at_their_edges_and_not_beyond() {
        let params = BinningParams::default;
        for (params, setting) in [
            (params().max_prebins(1), "max_prebins"),
            (params().max_prebins(257), "max_prebins"),
            (params().min_bins(0), "max_bins"),
            (params().min_bins(5).max_bins(4), "max_bins"),
            (params().min_bin_share(1.01), "min_bin_share"),
            (params().max_bin_share(-0.01), "max_bin_share"),
            (params().min_rate_difference(f64::NAN), "min_rate_difference"),
            (params().rest_share(1.01), "rest_share"),
            (params().max_p_value(Some(1.01)), "max_p_value"),
            (params().noise_penalty(-1.0), "noise_penalty"),
            (params().trend_price(f64::INFINITY), "trend_price"),
            (params().prior_rows(-1.0), "prior_rows"),
            (params().splits(vec![1.0, 1.0]), "splits"),
            (params().splits(vec![f64::INFINITY]), "splits"),
        ] {
            let said = params.check().unwrap_err().to_string();
            assert!(said.starts_with(setting), "{said}");
        }
        let edges = params().max_prebins(256).min_bins(4).max_bins(4).min_bin_share(1.0).rest_share(0.0);
        assert!(edges.splits(vec![-1.0, 1.0]).max_p_value(Some(0.0)).check().is_ok());
        assert!(params().max_prebins(2).min_bins(1).max_bins(1).check().is_ok());
        let said = |price: f64| params().trend_price(price).check().unwrap_err().to_string();
        assert!(said(-1.0).contains("0 or more") && !said(-1.0).contains("to"), "{}", said(-1.0));
    }

    #[test]
    fn shares_and_prior_rows_follow_the_rarer_class() {
        let params = BinningParams::default();
        for (counts, share, prior) in [
            (Counts::new(1000, 500), 0.03, 2.0),
            (Counts::new(10_000, 600), 0.025, 1.0 / 0.06),
            (Counts::new(10_000, 9_400), 0.025, 1.0 / 0.06),
            (Counts::new(100_000, 50_000), 0.01, 2.0),
            (Counts::new(40, 10), 0.05, 4.0),
            (Counts::new(40, 0), 0.05, 2.0),
        ] {
            assert!((params.bin_share(&counts) - share).abs() < 1e-12, "{counts:?} {}", params.bin_share(&counts));
            assert!((params.prior(&counts) - prior).abs() < 1e-9, "{counts:?} {}", params.prior(&counts));
        }
        assert_eq!(
            (params.least_weight(&Counts::new(1000, 500)), params.least_weight(&Counts::new(40, 10))),
            (30.0, 5.0)
        );
        let stated = params.min_bin_share(0.2).prior_rows(3.0);
        assert_eq!((stated.bin_share(&Counts::new(9, 4)), stated.prior(&Counts::new(9, 4))), (0.2, 3.0));
    }

    #[test]
    fn bins_apart_are_those_that_stand_alone() {
        let params = BinningParams::default().min_bin_rows(5);
        let (many, few, none) = (Counts::new(5, 1), Counts::new(4, 1), Counts::default());
        assert_eq!(params.bins_apart(&[many, few, none, many], &many), 3);
        assert_eq!(params.bins_apart(&[many], &few), 1);
        let nearest = params.clone().missing(Placement::Nearest);
        assert_eq!(nearest.bins_apart(&[many], &many), 1);
        assert_eq!(params.clone().special(Placement::Nearest).bins_apart(&[many], &many), 1);
        assert_eq!(params.min_bin_rows(0).bins_apart(&[none], &none), 0, "a bin has rows");
        let codes = [SpecialCode::Number(-9.5), SpecialCode::Text("none".into())];
        assert_eq!(codes.map(|code| code.to_string()), ["-9.5", "none"]);
    }
}
