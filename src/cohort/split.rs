use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;
use serde::{Deserialize, Serialize};

use super::{CohortParams, Outcome};
use crate::domain::Day;
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusions {
    /// Parties on days, as given by the filings.
    pub candidates: usize,
    /// Those whose outcome cannot be known yet.
    pub immature: usize,
    /// Those without an open case known on their day.
    pub no_open_case: usize,
    /// Those that remain.
    pub sampled: usize,
}

impl Cohort {
    /// The samples: `entity_id`, `as_of`, `outcome` (`none`, `partial`, `full`) and `n_cases`, the open cases on the
    /// day; sorted by party and day, each pair once.
    pub fn frame(&self) -> &DataFrame {
        &self.frame
    }

    /// The number of samples.
    pub fn height(&self) -> usize {
        self.frame.height()
    }

    /// How the samples were taken.
    pub fn params(&self) -> &CohortParams {
        &self.params
    }

    /// How many candidates were left out of the whole cohort, and why; a split keeps the counts of the whole.
    pub fn exclusions(&self) -> Exclusions {
        self.exclusions
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

    /// Out of time: the samples before `day`, and those on or after it.
    ///
    /// A party with samples on both sides leaves the earlier part, so that the later one stays whole.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`] when a table operation fails.
    pub fn split_by_day(&self, day: Day) -> Result<(Self, Self)> {
        let day = || lit(Scalar::new_date(day.number()));
        let later = self.frame.clone().lazy().filter(col(AS_OF).gt_eq(day()));
        let earlier = self.frame.clone().lazy().filter(col(AS_OF).lt(day()));
        let earlier = earlier.anti_join(later.clone(), col(ENTITY_ID), col(ENTITY_ID));
        let part = |rows: LazyFrame| -> Result<Self> {
            let frame = rows.sort([ENTITY_ID, AS_OF], SortMultipleOptions::new()).collect()?;
            Ok(Self { frame, ..self.clone() })
        };
        Ok((part(earlier)?, part(later)?))
    }

    /// The fold of each sample, 0 to `k` − 1: all samples of a party in one fold, the outcomes spread evenly.
    ///
    /// Within each outcome (a party's best), parties are dealt round by the order of a hash of party and `seed`, so that
    /// the order of rows does not matter.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when `k` is below 2; [`Error::TooLittle`] when there are fewer parties than folds.
    pub fn folds(&self, k: usize, seed: u64) -> Result<Vec<usize>> {
        if k < 2 {
            return Err(Error::setting("folds", k, "2 or more"));
        }
        let ids: Vec<i64> = self.frame.column(ENTITY_ID)?.i64()?.iter().flatten().collect();
        let mut best: BTreeMap<i64, Outcome> = BTreeMap::new();
        for (id, outcome) in ids.iter().zip(self.outcomes()) {
            best.entry(*id).and_modify(|before| *before = outcome.max(*before)).or_insert(outcome);
        }
        if best.len() < k {
            return Err(Error::too_little("make folds", format!("{} parties", best.len()), format!("{k} parties")));
        }
        let dealt: BTreeSet<(Outcome, u64, i64)> =
            best.into_iter().map(|(id, outcome)| (outcome, mixed(id.cast_unsigned() ^ mixed(seed)), id)).collect();
        let fold: BTreeMap<i64, usize> = dealt.into_iter().enumerate().map(|(i, (_, _, id))| (id, i % k)).collect();
        Ok(ids.iter().filter_map(|id| fold.get(id)).copied().collect())
    }
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014), a bijection.
fn mixed(number: u64) -> u64 {
    let z = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
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
        let (earlier, later) = cohort.split_by_day(Day::from_number(20).unwrap()).unwrap();
        let ids =
            |part: &Cohort| part.frame.column(ENTITY_ID).unwrap().i64().unwrap().iter().flatten().collect::<Vec<_>>();
        assert_eq!((ids(&earlier), ids(&later)), (vec![2], vec![1, 3]));
        assert_eq!(later.outcomes(), [Outcome::Full, Outcome::Partial]);
        assert_eq!(later.events(Outcome::Full), [true, false]);
    }

    #[test]
    fn folds_keep_parties_whole_and_outcomes_even() {
        let rows: Vec<_> =
            (0..100).flat_map(|id| [(id, 1, if id % 10 == 0 { "full" } else { "none" }), (id, 2, "none")]).collect();
        let cohort = cohort(&rows);
        let folds = cohort.folds(5, 7).unwrap();
        assert!(folds.chunks(2).all(|pair| pair[0] == pair[1]));
        for fold in 0..5 {
            let full = rows.iter().zip(&folds).filter(|(row, f)| row.2 == "full" && **f == fold).count();
            assert_eq!((full, folds.iter().filter(|f| **f == fold).count()), (2, 40));
        }
        assert_ne!(folds, cohort.folds(5, 8).unwrap());
        assert!(cohort.folds(1, 7).is_err() && cohort.folds(101, 7).is_err());
    }
}
