//! The timeline of a profile: what became known when, and where a chart draws it.
//!
//! It shows when the court could know what, which is another question than when it happened.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::DebtorProfile;
use crate::domain::{Day, Label};

/// Rows of one table that became known at one time: the timeline shows when the court could know what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    /// The first day on which the court learnt of them.
    pub known_at: Day,
    /// The last such day, where neighbouring days were gathered into one moment.
    #[serde(default)]
    pub known_until: Option<Day>,
    /// The table.
    pub table: String,
    /// The table in both languages.
    pub label: Label,
    /// The day of the earliest event among them.
    pub first_on: Day,
    /// The day of the latest.
    pub last_on: Day,
    /// How many rows.
    pub records: usize,
}

impl Moment {
    /// The last day on which the court learnt of its rows.
    pub(crate) fn known_by(&self) -> Day {
        self.known_until.unwrap_or(self.known_at)
    }

    fn takes_in(&mut self, earlier: &Self) {
        self.known_until = Some(self.known_by());
        self.known_at = earlier.known_at;
        self.first_on = self.first_on.min(earlier.first_on);
        self.last_on = self.last_on.max(earlier.last_on);
        self.records += earlier.records;
    }
}

/// Where a day lies between the first day of a history and the day described.
///
/// # Formula
///
/// With *T* days of history and a day of age *a*, `1 − a ÷ T` up to two years of history and
/// `1 − √(a ÷ T)` beyond: what courts learn lies near the day described however long the history,
/// and so has room to be told apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeScale {
    first: Day,
    as_of: Day,
}

/// Days of history up to which time is drawn evenly.
const EVEN_DAYS: i32 = 731;
/// Neighbours closer than this part of the scale are one moment.
const LEAST_GAP: f64 = 1.0 / 24.0;

impl TimeScale {
    /// The scale from `first` to `as_of`; at least a month, so that one day has room.
    pub fn new(first: Day, as_of: Day) -> Self {
        Self { first: first.min(as_of.plus_days(-30)), as_of }
    }

    /// The scale of a profile's timeline; none when it has no day or nothing to show.
    pub fn from_profile(profile: &DebtorProfile) -> Option<Self> {
        let first = profile.timeline.iter().map(|moment| moment.first_on.min(moment.known_at)).min()?;
        Some(Self::new(first, profile.as_of?))
    }

    /// The days that it spans.
    pub fn days(&self) -> RangeInclusive<Day> {
        self.first..=self.as_of
    }

    /// Whether equal times have equal lengths.
    pub(crate) fn is_even(&self) -> bool {
        self.as_of.days_since(self.first) <= EVEN_DAYS
    }

    /// From 0 for the first day to 1 for the day described; days outside lie at the nearer end.
    pub fn position(&self, day: Day) -> f64 {
        let age = f64::from(self.as_of.days_since(day).max(0)) / f64::from(self.as_of.days_since(self.first).max(1));
        (1.0 - if self.is_even() { age } else { age.sqrt() }).max(0.0)
    }
}

/// One timeline, oldest first: of each table, neighbours too close to be told apart on its scale are gathered into one
/// moment with all their rows. No row is lost.
pub(crate) fn gathered(moments: &[Moment], as_of: Day) -> Vec<Moment> {
    let Some(first) = moments.iter().map(|moment| moment.first_on.min(moment.known_at)).min() else {
        return Vec::new();
    };
    let scale = TimeScale::new(first, as_of);
    let mut lanes: BTreeMap<&str, Vec<&Moment>> = BTreeMap::new();
    for moment in moments {
        lanes.entry(&moment.table).or_default().push(moment);
    }
    let mut gathered: Vec<Moment> = Vec::new();
    for lane in lanes.values_mut() {
        lane.sort_by_key(|moment| std::cmp::Reverse((moment.known_by(), moment.known_at)));
        let mut open: Option<Moment> = None;
        for moment in lane.iter().copied() {
            match &mut open {
                Some(late) if scale.position(late.known_by()) - scale.position(moment.known_by()) < LEAST_GAP => {
                    late.takes_in(moment);
                }
                _ => gathered.extend(open.replace(moment.clone())),
            }
        }
        gathered.extend(open);
    }
    gathered.sort_by(|a, b| (a.known_at, &a.table).cmp(&(b.known_at, &b.table)));
    gathered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(known_at: Day, records: usize) -> Moment {
        let label = Label::new("存款", "deposits");
        let first_on = known_at.plus_days(-3);
        Moment { known_at, known_until: None, table: "deposits".into(), label, first_on, last_on: known_at, records }
    }

    #[test]
    fn neighbours_are_gathered_without_losing_a_row_and_the_rest_stay_apart() {
        let as_of = Day::new(2018, 6, 30).unwrap();
        for history in [20, 400, 3_650] {
            let days: Vec<Moment> = (0..=history).map(|age| moment(as_of.plus_days(-age), 2)).collect();
            let found = gathered(&days, as_of);
            assert_eq!(found.iter().map(|moment| moment.records).sum::<usize>(), days.len() * 2);
            assert!((10..=25).contains(&found.len()), "{history}: {}", found.len());
            let scale = TimeScale::new(as_of.plus_days(-history - 3), as_of);
            let places: Vec<f64> = found.iter().map(|moment| scale.position(moment.known_by())).collect();
            assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= LEAST_GAP), "{history}: {places:?}");
            assert!(found.windows(2).all(|pair| pair[0].known_by() < pair[1].known_at));
        }
    }

    #[test]
    fn old_times_are_drawn_closer_together_only_in_long_histories() {
        let as_of = Day::new(2018, 6, 30).unwrap();
        let short = TimeScale::new(as_of.plus_days(-100), as_of);
        assert_eq!(
            [short.position(as_of), short.position(as_of.plus_days(-100)), short.position(as_of.plus_days(-500))],
            [1.0, 0.0, 0.0]
        );
        assert!(short.is_even() && (short.position(as_of.plus_days(-50)) - 0.5).abs() < 1e-12);
        let long = TimeScale::new(as_of.plus_days(-3_600), as_of);
        assert!(!long.is_even() && (long.position(as_of.plus_days(-900)) - 0.5).abs() < 1e-12);
    }
}
