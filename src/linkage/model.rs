//! The Fellegi–Sunter model as fitted, and its stored form.
//!
//! A weight in bits says how many times likelier a level is among records of one party: 3 bits are 8 times,
//! −3 bits an eighth. Weights of a pair add up.

use serde::{Deserialize, Serialize};

use super::compare::{MISSING, level_of};
use super::params::Comparison;

/// The version of the stored form of a [`LinkageModel`].
pub const FORMAT_VERSION: u32 = 1;

/// One level of a comparison, fitted.
///
/// ```
/// use wherewithal::linkage::FittedLevel;
///
/// let equal = FittedLevel { name: "equal".into(), same: 0.8, other: 0.1 };
/// assert_eq!(equal.bits(), 3.0);
/// let different = FittedLevel { name: "different".into(), same: 0.1, other: 0.8 };
/// assert_eq!(different.bits(), -3.0);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FittedLevel {
    /// The level's name.
    pub name: String,
    /// Its share among pairs of the same party (m).
    pub same: f64,
    /// Its share among pairs of two parties (u).
    pub other: f64,
}

impl FittedLevel {
    /// The weight of evidence in bits: log₂(m ÷ u).
    pub fn bits(&self) -> f64 {
        (self.same / self.other).log2()
    }
}

/// One comparison, fitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FittedComparison {
    /// What is compared and how.
    pub comparison: Comparison,
    /// The levels, best first.
    pub levels: Vec<FittedLevel>,
    /// Why the shares are stated ones; `None` where they were learnt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unlearnt: Option<Unlearnt>,
}

/// Why the records taught no shares, so that those of `data/linkage/shares.toml` stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unlearnt {
    /// No two records came together in a block.
    NoPairs,
    /// Every block agrees on the column, so nothing shows how often a party's records differ in it.
    NeverFree,
    /// Agreement was found to speak against one party, or difference for it.
    AgainstSense,
    /// The share of pairs of one party went to nothing.
    NoMatches,
}

impl Unlearnt {
    /// The reason in words.
    ///
    /// In English, as a template that the Chinese messages have too.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::NoPairs => "no two records came together in a block",
            Self::NeverFree => "every block agrees on the column",
            Self::AgainstSense => "agreement was found to speak against one party, or difference for it",
            Self::NoMatches => "the share of pairs of one party went to nothing",
        }
    }
}

/// What was learnt, without labels, about how records of one party differ from records of two.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkageModel {
    /// The version of this form.
    pub format_version: u32,
    /// The probability that two records drawn at random belong to one party (λ).
    pub prior: f64,
    /// Why that probability is a stated one, one partner a record; `None` where it was learnt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unlearnt: Option<Unlearnt>,
    /// The comparisons.
    pub comparisons: Vec<FittedComparison>,
}

impl LinkageModel {
    /// The weight before any comparison in bits: log₂(λ ÷ (1 − λ)).
    pub fn prior_bits(&self) -> f64 {
        (self.prior / (1.0 - self.prior)).log2()
    }

    /// The weights of all levels, to be added up.
    pub(super) fn bits(&self) -> Vec<Vec<f64>> {
        self.comparisons.iter().map(|c| c.levels.iter().map(FittedLevel::bits).collect()).collect()
    }

    /// The probability that a pair of this pattern is of one party.
    pub(super) fn posterior(&self, pattern: u64) -> f64 {
        let sum = self.comparisons.iter().enumerate().map(|(i, comparison)| {
            let level = level_of(pattern, i);
            comparison.levels.get(usize::from(level)).filter(|_| level != MISSING).map_or(0.0, FittedLevel::bits)
        });
        probability(self.prior_bits() + sum.sum::<f64>())
    }
}

/// A weight in bits as a probability.
pub(super) fn probability(bits: f64) -> f64 {
    1.0 / (1.0 + (-bits).exp2())
}
