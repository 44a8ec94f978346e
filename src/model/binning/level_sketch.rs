//! Counts a categorical column in parts that merge exactly.
//!
//! A province's category is counted bucket by bucket; sums of counts do not depend on where it was cut.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::effective::Squares;
use super::levels::{LevelCounts, bin_counted};
use super::{BinMap, BinningParams, Counts};
use crate::error::{Error, Result};
use crate::model::Target;
use crate::sentence::says;

/// A categorical column of any length, counted by level: parts merge to exactly what one pass counts.
///
/// It takes room for each distinct level, not for rows; counts are exact, so bins are those of
/// [`bin_levels`](super::bin_levels) on the whole column.
///
/// ```
/// use wherewithal::model::{BinningParams, LevelSketch};
///
/// let mut first = LevelSketch::default();
/// let (values, events) = ([Some("rent"), Some("own"), None, Some("rent")], [false, true, false, false]);
/// first.push(&values.repeat(20), &events.repeat(20), None)?;
/// let mut second = LevelSketch::default();
/// second.push(&[Some("own"), Some("rent"), Some("own")].repeat(20), &[true, true, false].repeat(20), None)?;
/// second.merge(&first);
/// let map = second.bin("housing", &BinningParams::default().min_bin_rows(1))?;
/// assert!(map.bin_of_level(Some("own")) > map.bin_of_level(Some("rent")));
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelSketch {
    levels: BTreeMap<String, Counts>,
    missing: Counts,
    squares: Squares,
}

impl LevelSketch {
    /// Counts further rows; `None` is missing, weights are one where none are given.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when there are not as many events or weights as values, or for a weight that
    /// [`Target::weights`] refuses. The sketch is as it was then.
    pub fn push(&mut self, values: &[Option<&str>], events: &[bool], weights: Option<&[f64]>) -> Result<()> {
        if values.len() != events.len() {
            return Err(Error::setting("events", events.len(), says!("{} of them", [values.len()])));
        }
        let target = Target::part(events, weights)?;
        self.squares.push(&target);
        for (row, (value, event)) in values.iter().zip(events).enumerate() {
            let counts = Counts::row(*event, target.weight(row));
            match value {
                None => self.missing = self.missing + counts,
                Some(level) => self.add(level, counts),
            }
        }
        Ok(())
    }

    /// Adds what another sketch has counted.
    pub fn merge(&mut self, other: &Self) {
        self.missing = self.missing + other.missing;
        self.squares.add(&other.squares);
        other.levels.iter().for_each(|(level, counts)| self.add(level, *counts));
    }

    /// Optimal bins of all that was counted.
    ///
    /// # Errors
    ///
    /// What [`bin_levels`](super::bin_levels) returns.
    pub fn bin(&self, feature: &str, params: &BinningParams) -> Result<BinMap> {
        let total = self.levels.values().copied().sum::<Counts>() + self.missing;
        let scale = self.squares.scale(&total);
        let counting = self.levels.iter().filter(|(_, counts)| counts.weight > 0.0);
        let by_level = counting.map(|(level, counts)| (level.as_str(), scale.effective(counts))).collect();
        bin_counted(feature, LevelCounts { by_level, missing: scale.effective(&self.missing), rare: None }, params)
    }

    /// The levels counted, each with its rows, sorted by level.
    pub(crate) fn levels(&self) -> impl Iterator<Item = (&str, u64)> {
        self.levels.iter().map(|(level, counts)| (level.as_str(), counts.rows))
    }

    fn add(&mut self, level: &str, counts: Counts) {
        match self.levels.get_mut(level) {
            Some(sum) => *sum = *sum + counts,
            None => drop(self.levels.insert(level.to_owned(), counts)),
        }
    }
}
