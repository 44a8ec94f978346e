//! Computes delay interest day by day on the unpaid principal, leaving out stays.
//!
//! Kept in millionths of a fen while it runs, so that a hundred spans are rounded once and not a hundred
//! times. Stays that the debtor did not ask for stop the clock (法释〔2014〕8号).

use super::Claim;
use super::rules::{ArticleId, Law, Parameter};
use crate::domain::{Day, Money};

/// Runs the doubled part of delay interest (法释〔2014〕8号): simple, on the unpaid principal, day by day, but for stays.
///
/// # Formula
///
/// interest = Σ principalᵢ × daysᵢ × rateᵢ over the spans in which principal and rate stand still, rounded once.
pub(super) struct DelayClock<'a> {
    law: &'a Law<'a>,
    next: Option<Day>,
    stays: Vec<(Day, Day)>,
    millionths_of_fen: i128,
    days: i32,
    article: Option<ArticleId>,
}

impl<'a> DelayClock<'a> {
    /// A clock that stands on the first day of delay.
    pub(super) fn new(claim: &Claim, law: &'a Law<'a>) -> Self {
        let next = Some(claim.delayed_from.unwrap_or(claim.filed_on));
        Self { law, next, stays: merged(&claim.stays), millionths_of_fen: 0, days: 0, article: None }
    }

    /// Runs through the evening of `until` on one principal.
    pub(super) fn advance(&mut self, until: Day, principal: Money) {
        let Some(from) = self.next.filter(|from| *from <= until) else { return };
        self.next = Some(until.plus_days(1));
        if principal <= Money::ZERO {
            return;
        }
        for row in self.law.spans(Parameter::DelayInterestRate) {
            let (first, last) = (from.max(row.from), row.to.map_or(until, |to| to.min(until)));
            let days =
                days_in(first, last) - self.stays.iter().map(|s| days_in(first.max(s.0), last.min(s.1))).sum::<i32>();
            if days > 0 {
                self.days += days;
                self.article = Some(row.article);
                self.millionths_of_fen += i128::from(principal.fen()) * i128::from(days) * i128::from(row.value);
            }
        }
    }

    /// The interest so far, rounded half away from zero.
    pub(super) fn interest(&self) -> Money {
        let fen = (self.millionths_of_fen + 500_000) / 1_000_000;
        Money::from_fen(i64::try_from(fen).unwrap_or(i64::MAX))
    }

    /// The days on which it ran.
    pub(super) fn days(&self) -> i32 {
        self.days
    }

    /// The article of the latest rate.
    pub(super) fn article(&self) -> Option<ArticleId> {
        self.article
    }
}

/// Days from `first` to `last`, both counted.
fn days_in(first: Day, last: Day) -> i32 {
    (last.days_since(first) + 1).max(0)
}

/// The same days without overlaps.
fn merged(stays: &[(Day, Day)]) -> Vec<(Day, Day)> {
    let mut sorted: Vec<(Day, Day)> = stays.iter().copied().filter(|(from, to)| from <= to).collect();
    sorted.sort_unstable();
    let mut apart: Vec<(Day, Day)> = Vec::with_capacity(sorted.len());
    for stay in sorted {
        match apart.last_mut() {
            Some(last) if stay.0 <= last.1 => last.1 = last.1.max(stay.1),
            _ => apart.push(stay),
        }
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn stays_that_touch_are_one_and_those_that_end_before_they_begin_are_none() {
        let stays = [
            (day("2018-05-01"), day("2018-05-10")),
            (day("2018-01-01"), day("2018-01-31")),
            (day("2018-01-31"), day("2018-02-05")),
            (day("2018-01-10"), day("2018-01-12")),
            (day("2018-03-02"), day("2018-03-01")),
            (day("2018-04-01"), day("2018-04-01")),
        ];
        let merged = merged(&stays);
        let wanted = [
            (day("2018-01-01"), day("2018-02-05")),
            (day("2018-04-01"), day("2018-04-01")),
            (day("2018-05-01"), day("2018-05-10")),
        ];
        assert_eq!(merged, wanted);
        assert_eq!(days_in(day("2018-01-01"), day("2018-01-31")), 31, "both ends count");
        assert_eq!(days_in(day("2018-01-02"), day("2018-01-01")), 0);
        assert_eq!(days_in(day("2018-02-01"), day("2018-01-01")), 0);
    }
}
