//! Terms of procedure as dated data: how long a step may take.
//!
//! A term has the days on which it is in force, the text it rests on and whether that text was at hand.
//! Code asks by name and day and knows no number.

use serde::{Deserialize, Serialize};

use crate::domain::{Day, Label};

/// A term of procedure as dated data: how long something may take.
///
/// ```
/// use wherewithal::domain::Day;
/// use wherewithal::indicators::{IndicatorCatalog, TermRule};
///
/// let catalog = IndicatorCatalog::standard()?;
/// let term = catalog.terms().first().ok_or("no terms")?;
/// assert_eq!(TermRule::on(catalog.terms(), &term.code, term.from), Some(term));
/// // Before its first day a term does not exist.
/// assert_ne!(TermRule::on(catalog.terms(), &term.code, term.from.plus_days(-1)), Some(term));
/// assert!(term.end(term.from) > term.from);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermRule {
    /// Its name in data.
    pub code: String,
    /// What must be done, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// Months, where the term is told in months.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<i32>,
    /// Days, where it is told in days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<i32>,
    /// The first day on which it holds.
    pub from: Day,
    /// The last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
    /// Citations, as [`cite`](crate::domain::cite) reads them.
    pub basis: Vec<String>,
    /// Where it is from.
    pub source: String,
    /// Whether the text was at hand when the row was written.
    pub verified: bool,
}

impl TermRule {
    /// The rule of a name that holds on a day.
    pub fn on<'a>(rules: &'a [Self], code: &str, day: Day) -> Option<&'a Self> {
        rules.iter().find(|rule| rule.code == code && rule.from <= day && rule.until.is_none_or(|until| day <= until))
    }

    /// The last day of the term that begins on a day.
    ///
    /// Months are counted first, then days.
    pub fn end(&self, begun: Day) -> Day {
        begun.plus_months(self.months.unwrap_or(0)).plus_days(self.days.unwrap_or(0))
    }

    /// What must be done.
    pub fn label(&self) -> Label {
        Label::new(&self.zh, &self.en)
    }
}
