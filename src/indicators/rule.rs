//! Terms of procedure as dated data: how long a step may take.

use serde::{Deserialize, Serialize};

use crate::domain::{Day, Label};

/// A term of procedure as dated data: how long something may take.
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
    pub fn end(&self, begun: Day) -> Day {
        begun.plus_months(self.months.unwrap_or(0)).plus_days(self.days.unwrap_or(0))
    }

    /// What must be done.
    pub fn label(&self) -> Label {
        Label::new(&self.zh, &self.en)
    }
}
