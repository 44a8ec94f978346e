//! The score of a debtor, or the reason why there is none.

use serde::{Deserialize, Serialize};

use crate::domain::{Day, Label, Money, Points, Probability, Share};
use crate::score::Grade;

/// The score, or why there is none.
///
/// ```
/// use wherewithal::profile::{DebtorProfile, Standing};
///
/// // A debtor of whom nothing is known has no score; that says nothing of his means.
/// assert!(matches!(DebtorProfile::default().standing, Standing::Insufficient { .. }));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub enum Standing {
    /// Enough was known.
    Scored {
        /// The grade by the probability of any performance.
        grade: Grade,
        /// The estimate that anything is performed.
        any: EventScore,
        /// The estimate that all is performed.
        full: EventScore,
        /// The share of the score's range that rests on known values.
        known: Share,
    },
    /// Too little was known for a score: this says nothing about the debtor's means.
    Insufficient {
        /// The share of the score's range that rests on known values.
        known: Share,
        /// The share that a score takes.
        needed: Share,
    },
}

impl Default for Standing {
    fn default() -> Self {
        let none = Share::new(0.0).unwrap_or_else(|_| unreachable!("zero is a share"));
        Self::Insufficient { known: none, needed: none }
    }
}

/// The estimate of one event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventScore {
    /// The points that everybody starts with.
    pub base: Points,
    /// Base and the points of every feature.
    pub points: Points,
    /// The calibrated probability.
    pub probability: Probability,
}

/// What the debtor is expected to perform within the window: what *will* come in on average of
/// debtors like this one, beside what *could* be recovered from the means.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The amount: never more than what stands open.
    pub amount: Money,
    /// The principal of all open cases less what was paid.
    pub open: Money,
    /// The share of it that comes in on average where anything does.
    pub share: Share,
}

/// The points of one family of features, for "any performance".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    /// The family's name.
    pub family: String,
    /// The family in both languages.
    pub label: Label,
    /// The sum of its features' points.
    pub points: Points,
    /// The same sum for the typical debtor.
    pub typical: f64,
    /// How many of its features are known.
    pub known: usize,
    /// How many features of the model it has.
    pub features: usize,
}

/// One feature that moves the score, for "any performance".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// The feature's name.
    pub feature: String,
    /// The feature in both languages.
    pub label: Label,
    /// Its unit.
    pub unit: String,
    /// Its value; none when unknown, or a category.
    pub value: Option<f64>,
    /// Its category, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The points it gives.
    pub points: Points,
    /// The points it gives the typical debtor.
    pub typical: f64,
    /// The records behind the value, at most a few.
    pub records: Vec<RecordRef>,
    /// How many records there are behind it.
    pub records_total: usize,
}

/// A row of a source file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordRef {
    /// The table.
    pub table: String,
    /// The source file, relative to the folder read.
    pub file: String,
    /// The line where the row begins.
    pub line: u64,
}

/// One kind of holder: whether it was asked, and what came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceCoverage {
    /// The kind of holder, a code of `queries.source`.
    pub source: String,
    /// Questions asked.
    pub asked: u32,
    /// Answers that found something.
    pub found: u32,
    /// Answers that found nothing.
    pub nothing: u32,
    /// Questions unanswered or rolled back: unknown, not zero.
    pub unanswered: u32,
    /// The day of the last answer.
    pub answered_on: Option<Day>,
}
