//! The sampled cohort, and how it is split for validation: by day, by share, or into folds by
//! party.
//!
//! Rows of one debtor are alike. Dealt to both sides of a split they would let a card recognise him instead
//! of foreseeing him; so folds are dealt by party.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;
use serde::{Deserialize, Serialize};

use super::{CohortParams, Outcome, Received};
use crate::domain::{Day, Money, scatter};
use crate::error::{Error, Result};
use crate::schema::{AS_OF, ENTITY_ID};

/// Sampled parties and what they performed.
#[derive(Debug, Clone, PartialEq)]
pub struct Cohort {
    pub(super) frame: DataFrame,
    pub(super) params: CohortParams,
    pub(super) exclusions: Exclusions,
}

/// How many candidates were sampled, and why the others were not.
///
/// `candidates` = `immature` + `no_open_case` + `sampled`; history makes no candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Exclusions {
    /// Parties on days, as given by the filings.
    pub candidates: usize,
    /// Debtors' cases that are history by the settings: they make no candidate.
    #[serde(default)]
    pub history: usize,
    /// Those whose outcome cannot be known yet.
    pub immature: usize,
    /// Those without an open case known on their day.
    pub no_open_case: usize,
    /// Those that remain.
    pub sampled: usize,
}

impl Exclusions {
    fn and(self, other: Self) -> Self {
        Self {
            candidates: self.candidates + other.candidates,
            history: self.history + other.history,
            immature: self.immature + other.immature,
            no_open_case: self.no_open_case + other.no_open_case,
            sampled: self.sampled + other.sampled,
        }
    }
}

impl Cohort {
    /// The samples of several partitions of the same parties' tables, sorted by party and day.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`](crate::Error::Frame) when the frames do not fit together.
    pub fn merged(cohorts: Vec<Self>) -> Result<Self> {
        let mut cohorts = cohorts.into_iter();
        let Some(mut all) = cohorts.next() else {
            return Err(Error::too_little("sample", "no partition", "at least one"));
        };
        for cohort in cohorts {
            all.frame.vstack_mut_owned(cohort.frame)?;
            all.exclusions = all.exclusions.and(cohort.exclusions);
        }
        all.frame = all.frame.sort([ENTITY_ID, AS_OF], SortMultipleOptions::new())?;
        Ok(all)
    }

    /// The samples of some parties only.
    ///
    /// # Errors
    ///
    /// None: the frame has the column `entity_id`.
    pub fn of_parties(&self, is_wanted: impl Fn(i64) -> bool) -> Result<Self> {
        let ids = self.frame.column(ENTITY_ID)?.i64()?.iter();
        let marks: BooleanChunked = ids.map(|id| Some(id.is_some_and(&is_wanted))).collect();
        Ok(Self { frame: self.frame.filter(&marks)?, ..self.clone() })
    }

    /// The samples of some days only.
    pub(crate) fn of_days(&self, is_wanted: impl Fn(Day) -> bool) -> Result<Self> {
        let days = self.frame.column(AS_OF)?.date()?.phys.iter();
        let is_wanted = |day: Option<i32>| day.and_then(Day::from_number).is_some_and(&is_wanted);
        let marks: BooleanChunked = days.map(|day| Some(is_wanted(day))).collect();
        Ok(Self { frame: self.frame.filter(&marks)?, ..self.clone() })
    }

    /// The samples: `entity_id`, `as_of`, `outcome` (`none`, `partial`, `full`), `n_cases`, the
    /// open cases on the day, and `open_fen` and `received_fen` as [`Cohort::received`] has them;
    /// sorted by party and day, each pair once.
    pub fn frame(&self) -> &DataFrame {
        &self.frame
    }

    /// The samples as [`snapshot::as_of_each`](crate::snapshot::as_of_each) takes them: [`Cohort::frame`].
    pub fn samples(&self) -> &DataFrame {
        &self.frame
    }

    /// Whose sample each row is.
    pub fn entity_ids(&self) -> Vec<i64> {
        let ids = self.frame.column(ENTITY_ID).and_then(|column| column.i64());
        ids.map(|ids| ids.iter().flatten().collect()).unwrap_or_default()
    }

    /// The number of samples.
    pub fn height(&self) -> usize {
        self.frame.height()
    }

    /// How the samples were taken.
    pub fn params(&self) -> &CohortParams {
        &self.params
    }

    /// How many candidates were left out, and why.
    pub fn exclusions(&self) -> Exclusions {
        self.exclusions
    }

    /// Candidates left out because their outcome could not be known yet.
    pub fn immature(&self) -> usize {
        self.exclusions.immature
    }

    /// What stood open of each sample's claims, and what came in of it within the window; none
    /// where a claim is unknown, or where a part was performed and no payment is known.
    pub fn received(&self) -> Vec<Option<Received>> {
        let fen = |name: &str| -> Vec<Option<i64>> {
            let column = self.frame.column(name).and_then(|column| column.i64());
            column.map(|column| column.iter().collect()).unwrap_or_default()
        };
        let both = fen("open_fen").into_iter().zip(fen("received_fen"));
        let money = |(open, received): (Option<i64>, Option<i64>)| {
            Some(Received { open: Money::from_fen(open?), received: Money::from_fen(received?) })
        };
        both.map(money).collect()
    }

    /// The outcome of each sample.
    pub fn outcomes(&self) -> Vec<Outcome> {
        let Ok(codes) = self.frame.column("outcome").and_then(|column| column.str()) else { return Vec::new() };
        codes.iter().flatten().filter_map(Outcome::from_code).collect()
    }

    /// For each sample whether the outcome is at least `least`.
    pub fn events(&self, least: Outcome) -> Vec<bool> {
        self.outcomes().into_iter().map(|outcome| outcome >= least).collect()
    }

    /// Out of time: the rows of the samples before `day`, and of those on or after it.
    ///
    /// A party with samples on both sides leaves the earlier part, so that the later one stays whole. Outcomes of the
    /// earlier part may have become known after `day`.
    pub fn split_by_day(&self, day: Day) -> (Vec<usize>, Vec<usize>) {
        let samples = self.keys();
        let late: BTreeSet<i64> =
            samples.iter().filter(|(_, as_of)| *as_of >= day.number()).map(|(id, _)| *id).collect();
        let rows = |later: bool| {
            let side = |(id, as_of): &(i64, i32)| if later { *as_of >= day.number() } else { !late.contains(id) };
            samples.iter().enumerate().filter(|(_, sample)| side(sample)).map(|(row, _)| row).collect()
        };
        (rows(false), rows(true))
    }

    /// [`Cohort::split_by_day`] at the day that leaves about `share` of the samples to the later part; `None` when one
    /// part would be empty.
    pub(crate) fn split_by_share(&self, share: f64) -> Option<(Vec<usize>, Vec<usize>)> {
        let mut days: Vec<i32> = self.keys().into_iter().map(|(_, as_of)| as_of).collect();
        days.sort_unstable();
        let earlier = days.len() as f64 * (1.0 - share.clamp(0.0, 1.0));
        let day = days.iter().enumerate().find(|(i, _)| *i as f64 >= earlier).map(|(_, day)| *day)?;
        let parts = self.split_by_day(Day::from_number(day)?);
        (!parts.0.is_empty() && !parts.1.is_empty()).then_some(parts)
    }

    /// The fold of each sample, 0 to `k` − 1: all samples of a party in one fold, the outcomes spread evenly.
    ///
    /// Within each outcome (a party's best), parties are dealt round by the order of a hash, so that the order of rows
    /// does not matter.
    pub fn folds(&self, k: u32) -> Vec<u32> {
        let ids = self.entity_ids();
        let mut best: BTreeMap<i64, Outcome> = BTreeMap::new();
        for (id, outcome) in ids.iter().zip(self.outcomes()) {
            best.entry(*id).and_modify(|before| *before = outcome.max(*before)).or_insert(outcome);
        }
        let dealt: BTreeSet<(Outcome, u64, i64)> =
            best.into_iter().map(|(id, outcome)| (outcome, scatter(id.cast_unsigned()), id)).collect();
        let folds = (0..k.max(1)).cycle();
        let fold: BTreeMap<i64, u32> = dealt.into_iter().map(|(_, _, id)| id).zip(folds).collect();
        ids.iter().filter_map(|id| fold.get(id)).copied().collect()
    }

    /// Party and day of each sample.
    pub(crate) fn keys(&self) -> Vec<(i64, i32)> {
        let days = self.frame.column(AS_OF).and_then(|column| column.date());
        let days: Vec<i32> = days.map(|days| days.phys.iter().flatten().collect()).unwrap_or_default();
        self.entity_ids().into_iter().zip(days).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cohort(rows: &[(i64, i32, &str)]) -> Cohort {
        let days: Vec<i32> = rows.iter().map(|row| row.1).collect();
        let columns = vec![
            Column::new(ENTITY_ID.into(), rows.iter().map(|row| row.0).collect::<Vec<_>>()),
            Column::new(AS_OF.into(), days).cast(&DataType::Date).unwrap(),
            Column::new("outcome".into(), rows.iter().map(|row| row.2).collect::<Vec<_>>()),
        ];
        let frame = DataFrame::new(rows.len(), columns).unwrap();
        Cohort { frame, params: CohortParams::default(), exclusions: Exclusions::default() }
    }

    #[test]
    fn no_party_straddles_a_split() {
        let cohort = cohort(&[(1, 10, "none"), (1, 30, "full"), (2, 10, "none"), (3, 20, "partial")]);
        let parts = (vec![2], vec![1, 3]);
        assert_eq!(cohort.split_by_day(Day::from_number(20).unwrap()), parts);
        assert_eq!(cohort.split_by_share(0.5), Some(parts));
        assert_eq!(cohort.split_by_share(0.0), None);
        assert_eq!(cohort.split_by_share(1.0), None);
        assert_eq!(cohort.events(Outcome::Partial), [false, true, false, true]);
    }

    #[test]
    fn folds_keep_parties_whole_and_outcomes_even() {
        let one = |id| [(id, 1, if id % 10 == 0 { "full" } else { "none" }), (id, 2, "none")];
        let rows: Vec<_> = (0..100).flat_map(one).collect();
        let folds = cohort(&rows).folds(5);
        assert!(folds.chunks(2).all(|pair| pair[0] == pair[1]));
        for fold in 0..5 {
            let full = rows.iter().zip(&folds).filter(|(row, f)| row.2 == "full" && **f == fold).count();
            assert_eq!((full, folds.iter().filter(|f| **f == fold).count()), (2, 40));
        }
        assert_eq!(cohort(&rows).folds(0), vec![0; 200]);
    }
}
