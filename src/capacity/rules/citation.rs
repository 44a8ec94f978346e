//! Citations: the row of the rules, with instrument and article, behind a line of a statement.
//!
//! A number of the law without its source is no number of the law. `stated assumption` marks what no
//! instrument gives, and `verified` whether the row was held against the text.

use serde::{Deserialize, Serialize};

use crate::domain::Day;

/// The number of a cited rule within its set of rules and within the statements made by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ArticleId(pub u16);

/// Where a legal number or rule comes from.
///
/// ```
/// use wherewithal::capacity::CapacityRules;
///
/// let rules = CapacityRules::standard()?;
/// let first = rules.articles().first().ok_or("no rules")?;
/// assert_eq!(rules.article(first.id), Some(first));
/// assert!(!first.instrument.is_empty() && !first.rule.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Citation {
    /// The number by which lines cite it.
    pub id: ArticleId,
    /// The row of the rules, for instance `price_share home`.
    pub rule: String,
    /// The instrument, or `stated assumption` where no instrument gives the number.
    pub instrument: String,
    /// The article within it.
    pub article: String,
    /// First day in force.
    pub in_force_from: Day,
    /// Last day in force; `None` until further notice.
    pub in_force_to: Option<Day>,
    /// The area-code prefix where it holds; empty everywhere.
    pub region: String,
    /// Whether the row was checked against the text of the instrument.
    pub verified: bool,
    /// What to know about it.
    pub note: String,
}

/// When and where a row holds, and what it cites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Validity {
    pub(in super::super) article: ArticleId,
    pub(in super::super) from: Day,
    pub(in super::super) to: Option<Day>,
    pub(in super::super) region: String,
}

impl Validity {
    /// Whether it holds on a day in a place.
    pub(super) fn holds(&self, on: Day, region: &str) -> bool {
        let here = self.region.is_empty() || region.starts_with(&self.region);
        here && self.from <= on && self.to.is_none_or(|to| on <= to)
    }

    /// The order of preference among rows that hold: the closer place, then the later rule.
    pub(super) fn preference(&self) -> (usize, Day) {
        (self.region.len(), self.from)
    }

    /// Whether two rows hold on a common day in the same place.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.region == other.region
            && self.to.is_none_or(|to| other.from <= to)
            && other.to.is_none_or(|to| self.from <= to)
    }
}
