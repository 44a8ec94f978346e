//! Settings of sampling: which filings become samples, how long the window is, what counts as part
//! and all.
//!
//! | time line of one sample | |
//! |---|---|
//! | filing + `offset_days` | the sample's day: features see what was known by then |
//! | the `window_days` after it | what is performed within them is the outcome |
//! | `observed_until` | samples whose window ends later are immature and teach nothing |

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::Day;
use crate::error::{Error, Result};
use crate::schema::{self, ColumnKind};
use crate::sentence::{Sentence, says};

/// How samples are taken and their outcomes read.
///
/// ```
/// use wherewithal::cohort::{CohortParams, Settled};
///
/// let params = CohortParams::default().window_days(180).when("kind", ["first"]).settled(Settled::ByClosing);
/// assert_eq!((params.offset_days, params.window_days), (30, 180));
/// assert_eq!(params.observed_until, None); // the last day that the tables tell of
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct CohortParams {
    /// Days from the filing of a case to the day of the sample; negative before filing, for cases known that early.
    pub offset_days: i32,
    /// Days after the sample's day within which performance counts; at least 1.
    pub window_days: i32,
    /// The same in months, instead of days: to the same day of the month; at least 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_months: Option<i32>,
    /// Which cases are samples: those that, as first known, have one of these texts in each of
    /// these columns of `cases`; all when empty. The other cases are history: features see them,
    /// and nothing is learnt from what became of them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub when: BTreeMap<String, Vec<String>>,
    /// The first filing day of samples; cases filed before are history too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filed_from: Option<Day>,
    /// What settles an outcome.
    pub settled: Settled,
    /// The last day on which outcomes were observed; when `None`, the last `known_at` of payments and closings.
    pub observed_until: Option<Day>,
    /// The part of the open claim that counts as all of it, above 0 and at most 1.
    pub full_share: f64,
    /// The part of the open claim up to which nothing counts as performed, at least 0.
    pub none_share: f64,
}

/// What settles an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settled {
    /// The end of the window: what was known by then, and samples whose window is not over are immature.
    #[default]
    ByWindow,
    /// A closing, whenever it came: for data that tells each outcome once. Samples without one are immature.
    ByClosing,
}

impl Default for CohortParams {
    /// Thirty days after filing, performance within a year.
    fn default() -> Self {
        Self {
            offset_days: 30,
            window_days: 365,
            window_months: None,
            when: BTreeMap::new(),
            filed_from: None,
            settled: Settled::ByWindow,
            observed_until: None,
            full_share: 1.0,
            none_share: 0.0,
        }
    }
}

impl CohortParams {
    setters! {
        offset_days: i32,
        window_days: i32,
    }

    /// Sets [`CohortParams::window_months`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use wherewithal::cohort::CohortParams;
    /// let params = CohortParams::default().offset_days(0).window_months(6);
    /// assert_eq!(params.window_months, Some(6));
    /// ```
    #[must_use]
    pub fn window_months(mut self, months: i32) -> Self {
        self.window_months = Some(months);
        self
    }

    /// Adds to [`CohortParams::when`]: the column's text is one of these.
    #[must_use]
    pub fn when<S: Into<String>>(mut self, column: &str, texts: impl IntoIterator<Item = S>) -> Self {
        self.when.insert(column.to_owned(), texts.into_iter().map(Into::into).collect());
        self
    }

    /// Sets [`CohortParams::filed_from`].
    #[must_use]
    pub fn filed_from(mut self, day: Day) -> Self {
        self.filed_from = Some(day);
        self
    }

    /// The last day on which performance counts for a sample of `day`.
    pub(super) fn end_of_window(&self, day: Day) -> Day {
        self.window_months.map_or_else(|| day.plus_days(self.window_days), |months| day.plus_months(months))
    }

    /// Whether a model may have learnt from a sample of `day`: its window was over, or with outcomes by closing it had
    /// begun, by the last day of outcomes; not where none is set.
    pub(crate) fn may_teach(&self, day: Day) -> bool {
        self.observed_until.is_some_and(|until| match self.settled {
            Settled::ByWindow => self.end_of_window(day) <= until,
            Settled::ByClosing => day <= until,
        })
    }

    setters! {
        settled: Settled,
    }

    /// Sets [`CohortParams::observed_until`].
    #[must_use]
    pub fn observed_until(mut self, day: impl Into<Option<Day>>) -> Self {
        self.observed_until = day.into();
        self
    }

    setters! {
        full_share: f64,
        none_share: f64,
    }

    pub(super) fn check(&self) -> Result<()> {
        if self.window_days < 1 {
            return Err(Error::setting("window_days", self.window_days, "1 or more"));
        }
        if let Some(months) = self.window_months.filter(|months| *months < 1) {
            return Err(Error::setting("window_months", months, "1 or more"));
        }
        for (column, texts) in &self.when {
            let known = schema::table("cases").and_then(|table| table.column(column));
            let codes = match known.map(|column| column.kind) {
                Some(ColumnKind::Code(codes)) => codes,
                Some(ColumnKind::Flag) => &["true", "false"],
                Some(ColumnKind::Text) => continue,
                _ => {
                    return Err(Error::setting(
                        "when",
                        column,
                        "a column of cases with texts, codes or true and false",
                    ));
                }
            };
            if let Some(text) = texts.iter().find(|text| !text.is_empty() && !codes.contains(&text.as_str())) {
                return Err(Error::setting(
                    says!("when, {column}", column),
                    Sentence::value(text),
                    Sentence::name(codes.join(" | ")),
                ));
            }
        }
        if !(self.full_share > 0.0 && self.full_share <= 1.0) {
            return Err(Error::setting("full_share", self.full_share, "above 0 and at most 1"));
        }
        if !(self.none_share >= 0.0 && self.none_share < self.full_share) {
            return Err(Error::setting("none_share", self.none_share, "at least 0 and less than full_share"));
        }
        Ok(())
    }
}
