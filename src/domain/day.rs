//! Calendar days and their arithmetic.
//!
//! A day has no time and no zone: courts and registers date what they do by the day, and what becomes known
//! on a day counts from its evening.

use std::fmt;

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::sentence::{Sentence, says};

/// A calendar day.
///
/// Written and read as ISO 8601 (`2017-09-28`). Days before 0001-01-01 or after 9999-12-31 do not exist here.
///
/// # Units
///
/// [`Day::number`] counts days since 1970-01-01, as polars' `Date` does.
///
/// # Examples
///
/// ```
/// # use wherewithal::domain::Day;
/// let filed: Day = "2017-09-28".parse()?;
/// assert_eq!((filed.year(), filed.month()), (2017, 9));
/// assert!(filed < filed.plus_days(1));
/// assert_eq!(Day::EPOCH.number(), 0);
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(i32);

/// The day whose evening a statement describes: what became known later does not exist for it.
pub type AsOf = Day;

const FIRST: NaiveDate = NaiveDate::from_ymd_opt(1, 1, 1).unwrap();
const LAST: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap();
const EPOCH: NaiveDate = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();

impl Day {
    /// 1970-01-01, the day numbered 0.
    pub const EPOCH: Self = Self(0);
    const FIRST: Self = Self::from_date(FIRST);
    const LAST: Self = Self::from_date(LAST);

    /// A day from year, month and day of month, if there is one.
    ///
    /// ```
    /// # use wherewithal::domain::Day;
    /// assert!(Day::new(2020, 2, 29).is_some() && Day::new(2019, 2, 29).is_none());
    /// ```
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).and_then(Self::within)
    }

    /// A day from its number since 1970-01-01, if it is in range.
    pub fn from_number(days: i32) -> Option<Self> {
        (Self::FIRST.0..=Self::LAST.0).contains(&days).then_some(Self(days))
    }

    /// Reads an ISO 8601 day.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when `text` is not a day of the calendar written as `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Result<Self> {
        Self::parse_with(text, "%Y-%m-%d").ok_or_else(|| Error::setting("day", shown(text), "a day as YYYY-MM-DD"))
    }

    /// Reads a day written in a `strftime` pattern (chrono's specifiers); a time of day in the pattern is dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wherewithal::domain::Day;
    /// assert_eq!(Day::parse_with("2018年2月26日", "%Y年%m月%d日"), Day::new(2018, 2, 26));
    /// assert_eq!(Day::parse_with("26.02.2018", "%Y-%m-%d"), None);
    /// ```
    pub fn parse_with(text: &str, pattern: &str) -> Option<Self> {
        let (date, rest) = NaiveDate::parse_and_remainder(text, pattern).ok()?;
        rest.is_empty().then_some(date).and_then(Self::within)
    }

    /// Days since 1970-01-01.
    pub fn number(self) -> i32 {
        self.0
    }

    /// The day `days` later, or earlier when negative; it stops at the first or last day there is.
    ///
    /// ```
    /// # use wherewithal::domain::Day;
    /// let last = Day::parse("9999-12-31")?;
    /// assert_eq!(last.plus_days(1), last);
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(days).clamp(Self::FIRST.0, Self::LAST.0))
    }

    /// The same day of the month `months` later, or the month's last day where that does not exist.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wherewithal::domain::Day;
    /// let day = Day::parse("2018-01-31")?;
    /// assert_eq!(day.plus_months(1), Day::parse("2018-02-28")?);
    /// assert_eq!(day.plus_months(-2), Day::parse("2017-11-30")?);
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    #[must_use]
    pub fn plus_months(self, months: i32) -> Self {
        let span = Months::new(months.unsigned_abs());
        let date = self.date();
        let moved = if months < 0 { date.checked_sub_months(span) } else { date.checked_add_months(span) };
        moved.and_then(Self::within).unwrap_or(if months < 0 { Self::FIRST } else { Self::LAST })
    }

    /// Days from `earlier` to `self`; negative when `earlier` is later.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wherewithal::domain::Day;
    /// let (filed, paid) = (Day::parse("2018-02-26")?, Day::parse("2018-03-01")?);
    /// assert_eq!((paid.days_since(filed), filed.days_since(paid)), (3, -3));
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn days_since(self, earlier: Self) -> i32 {
        self.number() - earlier.number()
    }

    /// The calendar year.
    pub fn year(self) -> i32 {
        self.date().year()
    }

    /// The month of the year, 1 to 12.
    pub fn month(self) -> u32 {
        self.date().month()
    }

    fn within(date: NaiveDate) -> Option<Self> {
        (FIRST..=LAST).contains(&date).then_some(Self::from_date(date))
    }

    const fn from_date(date: NaiveDate) -> Self {
        Self(date.to_epoch_days())
    }

    fn date(self) -> NaiveDate {
        NaiveDate::from_epoch_days(self.0).unwrap_or(EPOCH)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.date();
        write!(f, "{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
    }
}

/// A text that may have been meant as a day; of any other its length alone, for it may be a name or a number.
fn shown(text: &str) -> Sentence {
    let is_day = text.len() <= 10 && text.chars().all(|c| c.is_ascii_digit() || "-/. ".contains(c));
    let is_word = text.len() <= 10 && text.bytes().all(|b| b.is_ascii_lowercase());
    if is_day || is_word { Sentence::value(text) } else { says!("a text of {} characters", [text.chars().count()]) }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for Day {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Day {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text)
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes_and_refuses_what_is_no_day() {
        let day = Day::new(2016, 2, 29).unwrap();
        assert_eq!(Day::parse(&day.to_string()).unwrap(), day);
        assert_eq!(Day::parse_with("2017/7/18", "%Y/%m/%d"), Day::new(2017, 7, 18));
        assert_eq!(Day::parse_with("930705", "%y%m%d"), Day::new(1993, 7, 5));
        for text in ["2017-02-29", "2017-1-1x", "", "12017-01-01", "0000-12-31"] {
            assert!(Day::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn counts_days_and_stops_at_the_edges() {
        let day = Day::new(1970, 1, 1).unwrap();
        assert_eq!(day.number(), 0);
        assert_eq!(day.plus_days(-1).number(), -1);
        assert_eq!(Day::new(2016, 1, 31).unwrap().plus_months(1), Day::new(2016, 2, 29).unwrap());
        assert_eq!(day.plus_days(i32::MAX).to_string(), "9999-12-31");
        assert_eq!(day.plus_days(i32::MIN).to_string(), "0001-01-01");
    }

    #[test]
    fn the_calendar_has_edges_and_a_day_has_parts() {
        let day = Day::new(2018, 11, 30).unwrap();
        assert_eq!((day.year(), day.month(), format!("{day:?}").as_str()), (2018, 11, "2018-11-30"));
        assert_eq!("2018-11-30".parse::<Day>().unwrap(), day);
        let ends = [-120_000, 120_000, i32::MIN, i32::MAX].map(|months| day.plus_months(months).to_string());
        assert_eq!(ends, ["0001-01-01", "9999-12-31", "0001-01-01", "9999-12-31"]);
        let (first, last) = (Day::new(1, 1, 1).unwrap(), Day::new(9999, 12, 31).unwrap());
        for (number, found) in [
            (first.number(), Some(first)),
            (first.number() - 1, None),
            (last.number(), Some(last)),
            (last.number() + 1, None),
        ] {
            assert_eq!(Day::from_number(number), found, "{number}");
        }
        assert_eq!((Day::new(0, 12, 31), Day::new(10_000, 1, 1)), (None, None));
    }

    #[test]
    fn a_message_repeats_what_may_be_a_day_and_nothing_else() {
        let said = |text: &str| Day::parse(text).unwrap_err().to_string();
        for shown in ["2018-13-01", "2018/6/30", "1.13.2018", "unknown", "abcdefghij"] {
            assert!(said(shown).contains(shown), "{shown}");
        }
        for (hidden, characters) in
            [("王小明", 3), ("Wang", 4), ("13812345678", 11), ("abcdefghijk", 11), ("2018-13-01x", 11)]
        {
            let said = said(hidden);
            assert!(!said.contains(hidden) && said.contains(&format!("a text of {characters} characters")), "{said}");
        }
    }
}
