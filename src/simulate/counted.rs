//! Queries when a published total must be met exactly: every debtor is dealt a share of the total.
//!
//! A province publishes how many queries it made: 42,711,300 to banks in a year. Chance would come near
//! such a number and never to it. So each group of debtors gets a portion of the total by weight, and
//! spreads it over rounds of asking; portions of all groups add up to the total, in any split of the
//! groups.

use super::deal::QueryCounts;
use super::inquiry::Inquiry;
use super::names::LAND_CENTRES;
use crate::domain::Day;

/// What one round asks at most. Some banks are left over for an account that stays undiscovered.
const MOST: QueryCounts = QueryCounts { bank: 40, registry: 1, police: 2, real_estate: 8 };
/// Whether the queries of a source are counted, so that chance does not decide on them.
pub(super) fn is_counted(source: &str) -> bool {
    matches!(source, "registry" | "real_estate" | "household" | "exit_entry" | "vehicles" | "hotel")
}

/// Another day of asking: a week after the last, or where the year ends before that in the middle of the longest pause.
/// Only who was asked about every day since filing is asked about after the year.
fn further(days: &[Day], end: Day) -> Option<Day> {
    let last = *days.last()?;
    let week_later = last.plus_days(7);
    if week_later <= end {
        return Some(week_later);
    }
    let pauses = days.windows(2).filter_map(|pair| Some((pair.last()?.days_since(*pair.first()?), *pair.first()?)));
    let middle = pauses.filter(|pause| pause.0 > 1).max().map(|(pause, from)| from.plus_days(pause / 2));
    Some(middle.unwrap_or(last.plus_days(1)))
}

impl Inquiry<'_> {
    /// The days of asking, with more added until the portion fits, and what each of them asks.
    pub(super) fn spread(&self, mut days: Vec<Day>, portion: QueryCounts) -> Vec<(Day, QueryCounts)> {
        let first = self.cases.first().map_or(self.params.first_filing, |case| case.filed);
        while (days.len() as u64) < portion.rounds(MOST).max(1) {
            days.push(further(&days, self.params.last_filing).unwrap_or(first));
            days.sort_unstable();
        }
        let rounds = days.len() as u64;
        (0..).zip(days).map(|(nth, day)| (day, portion.of_round(nth, rounds))).collect()
    }

    /// Asks everybody counted but the banks. `seen` holds the sources asked before.
    pub(super) fn counted(&mut self, counts: QueryCounts, span: (Day, Day), seen: &mut Vec<&'static str>) {
        let (since, asked) = span;
        let mut sources: Vec<&'static str> = vec!["registry"; usize::try_from(counts.registry).unwrap_or_default()];
        for _ in 0..counts.police {
            sources.push(match self.member.is_person() {
                true => self.draw.weighted(&[("household", 40), ("vehicles", 40), ("exit_entry", 11), ("hotel", 9)]),
                false => "vehicles",
            });
        }
        for source in sources {
            self.source(source, asked, (!seen.contains(&source), since));
            seen.push(source);
        }
        for nth in 0..counts.real_estate {
            // The first centre keeps the register of the debtor's seat, the others have nothing of him.
            let own = self.member.serial % LAND_CENTRES.len() as u64;
            let centre = usize::try_from((own + nth) % LAND_CENTRES.len() as u64).unwrap_or_default();
            let holder = LAND_CENTRES.get(centre).copied();
            self.land(holder, asked, (nth == 0, !seen.contains(&"real_estate"), since));
            seen.push("real_estate");
        }
    }
}
