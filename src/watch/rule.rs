//! The rule by which cases closed without result are checked again, read from
//! `data/law/recheck.toml`.
//!
//! Every six months for five years: both numbers are data, with the days from which they hold.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::domain::{Day, Money};

/// How a case closed without result is looked at again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RecheckRule {
    /// The first day of closing for which it holds.
    pub from: Day,
    /// The last one.
    pub until: Option<Day>,
    /// Months between two checks.
    pub every_months: i32,
    /// Years for which checks go on.
    pub years: i32,
    /// By how much available means must have grown to have come back, in fen.
    pub least_gain_fen: i64,
    /// Citations, as [`cite`](crate::domain::cite) reads them.
    pub basis: Vec<String>,
    /// What else is to be said.
    pub note: String,
    /// Whether the text was at hand when the row was written.
    pub verified: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Book {
    recheck: Vec<RecheckRule>,
}

/// Broken data gives an empty book; a test reads the real one.
static BOOK: LazyLock<Vec<RecheckRule>> = LazyLock::new(|| {
    let book = toml::from_str::<Book>(include_str!("../../data/law/recheck.toml"));
    book.map(|book| book.recheck).unwrap_or_default()
});

impl RecheckRule {
    /// The rule for cases closed on a day; none for days before any.
    ///
    /// ```
    /// use wherewithal::domain::Day;
    /// use wherewithal::watch::RecheckRule;
    ///
    /// let rule = RecheckRule::on(Day::parse("2018-06-30")?).ok_or("no rule")?;
    /// assert_eq!((rule.every_months, rule.years), (6, 5));
    /// assert!(RecheckRule::on(Day::parse("1999-01-01")?).is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn on(closed: Day) -> Option<&'static Self> {
        BOOK.iter().find(|rule| rule.from <= closed && rule.until.is_none_or(|until| closed <= until))
    }

    /// The last check that fell due by a day, and the next one; none before the first and after the last.
    pub fn checks(&self, closed: Day, day: Day) -> (Option<Day>, Option<Day>) {
        let step = usize::try_from(self.every_months).unwrap_or(1).max(1);
        let all = (self.every_months..=self.years * 12).step_by(step).map(|months| closed.plus_months(months));
        let (due, next): (Vec<Day>, Vec<Day>) = all.partition(|check| *check <= day);
        (due.last().copied(), next.first().copied())
    }

    /// Whether checks still go on.
    pub fn is_open(&self, closed: Day, day: Day) -> bool {
        day <= closed.plus_months(self.years * 12)
    }

    /// The least gain.
    pub(crate) fn least_gain(&self) -> Money {
        Money::from_fen(self.least_gain_fen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_dated_cite_the_book_and_follow_each_other() {
        let day = |text| Day::parse(text).unwrap();
        for (on, verified) in [("2010-01-01", false), ("2016-11-30", false), ("2016-12-01", true), ("2025-01-01", true)]
        {
            let rule = RecheckRule::on(day(on)).unwrap();
            assert_eq!(rule.verified, verified, "{on}");
            assert!(crate::domain::cite(&rule.basis, day(on)).is_ok());
        }
        assert_eq!(RecheckRule::on(day("2000-01-01")), None);
    }

    #[test]
    fn ten_checks_in_five_years() {
        let day = |text| Day::parse(text).unwrap();
        let rule = RecheckRule::on(day("2017-01-10")).unwrap();
        assert_eq!(rule.checks(day("2017-01-10"), day("2017-07-09")), (None, Some(day("2017-07-10"))));
        assert_eq!(
            rule.checks(day("2017-01-10"), day("2017-07-10")),
            (Some(day("2017-07-10")), Some(day("2018-01-10")))
        );
        assert_eq!(rule.checks(day("2017-01-10"), day("2022-01-10")), (Some(day("2022-01-10")), None));
        assert!(rule.is_open(day("2017-01-10"), day("2022-01-10")));
        assert!(!rule.is_open(day("2017-01-10"), day("2022-01-11")));
    }
}
