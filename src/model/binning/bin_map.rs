//! The binning of one feature: bins, their counts and weight of evidence.
//!
//! Weight of evidence of a bin is ln of its share of all events over its share of all non-events, smoothed
//! so that no bin is infinite: 0 says nothing, 0.7 about doubles the odds.

use serde::{Deserialize, Serialize};

use super::value_bins::{same, shortest};
use super::{Beyond, Counts, MetRange, StepFunction, Trend};
use crate::model::column::{Cells, Column, MISSING, UNKNOWN};
use crate::sentence::digits;

/// One bin: what fell into it and what that says.
///
/// ```
/// use wherewithal::model::{BinRange, BinningParams, Target, bin_numbers};
///
/// let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
/// let target = Target::new([false, false, true, false, true, true])?;
/// let map = bin_numbers("income", &values, &target, &BinningParams::default().min_bin_rows(1))?;
/// assert_eq!(map.bins.iter().map(|bin| bin.counts.rows).sum::<u64>(), 6); // every row is in one bin
/// assert!(matches!(map.bins[0].range, BinRange::Interval { above: None, .. })); // the first has no bound below
/// assert!(map.bins[0].woe < 0.0 && map.information_value() > 0.0);
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bin {
    /// Which values fall into it.
    pub range: BinRange,
    /// Rows and events of the fit.
    pub counts: Counts,
    /// Weight of evidence: above zero speaks for the event.
    pub woe: f64,
    /// The bin's part of the information value.
    pub information: f64,
}

/// Which values fall into a bin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum BinRange {
    /// Numbers above `above` and not above `up_to`; `None` is without bound.
    Interval {
        /// The bound below, itself outside.
        above: Option<f64>,
        /// The bound above, itself inside.
        up_to: Option<f64>,
    },
    /// These levels of a category.
    Levels(Vec<String>),
    /// Rare levels, and those that the fit never met.
    Rest(Vec<String>),
    /// This special code (or codes).
    Special(Vec<f64>),
    /// Missing values.
    Missing,
}

/// How one feature's values become bins, and the bins.
///
/// Bins stand in the order: regular bins by rising value (numbers) or event rate (categories), special codes, missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BinMap {
    /// The feature's name.
    pub feature: String,
    /// The trend that the regular bins follow.
    pub trend: Trend,
    /// The bins.
    pub bins: Vec<Bin>,
    /// Cut points between the regular bins of numbers, rising; a value on a cut belongs to the bin below.
    pub cuts: Vec<f64>,
    /// The bin of each special code.
    pub special: Vec<(f64, usize)>,
    /// The bin of each level, sorted by level.
    pub levels: Vec<(String, usize)>,
    /// The bin of missing values; `None` when the fit met none and they count as never met.
    pub missing: Option<usize>,
    /// The bin of values never met; `None` is weight of evidence 0.
    pub unseen: Option<usize>,
    /// The numbers that the fit met; `None` for categories and for cards that were saved before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub met: Option<MetRange>,
}

impl BinMap {
    /// Sum of the bins' information.
    pub fn information_value(&self) -> f64 {
        self.bins.iter().map(|bin| bin.information).sum()
    }

    /// How well the bins rank the rows of the fit by themselves: the area under the curve by weight of evidence.
    ///
    /// From 0.5 to 1, on the rows that the bins were fitted to: no measure of how it does elsewhere.
    pub fn auc(&self) -> f64 {
        let mut bins: Vec<&Bin> = self.bins.iter().collect();
        bins.sort_by(|a, b| a.woe.total_cmp(&b.woe));
        let total: Counts = bins.iter().map(|bin| bin.counts).sum();
        let (mut below, mut area) = (0.0, 0.0);
        for bin in bins {
            let (events, others) = (bin.counts.event_weight, bin.counts.non_event_weight());
            area += events * (below + others / 2.0);
            below += others;
        }
        area / (total.event_weight * total.non_event_weight())
    }

    /// Whether the feature is a category.
    pub fn is_category(&self) -> bool {
        !self.levels.is_empty()
    }

    /// The bin of a number, NaN being missing; `None` is weight of evidence 0.
    ///
    /// ```
    /// # use wherewithal::model::{BinningParams, Target, bin_numbers};
    /// let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    /// let target = Target::new([false, false, true, false, true, true])?;
    /// let map = bin_numbers("income", &values, &target, &BinningParams::default().min_bin_rows(1))?;
    /// assert_eq!(map.bin_of_number(-1e9), Some(0));
    /// assert_eq!(map.bin_of_number(f64::NAN), None); // never met
    /// # Ok::<(), wherewithal::Error>(())
    /// ```
    pub fn bin_of_number(&self, value: f64) -> Option<usize> {
        if value.is_nan() {
            return self.missing.or(self.unseen);
        }
        let special = self.special.iter().find(|(code, _)| same(*code, value)).map(|(_, bin)| *bin);
        special.or_else(|| self.interval(self.cuts.iter().filter(|cut| value > **cut).count()))
    }

    /// The bin of a level; `None` as a level is missing, `None` as an answer is weight of evidence 0.
    pub fn bin_of_level(&self, level: Option<&str>) -> Option<usize> {
        let Some(level) = level else { return self.missing.or(self.unseen) };
        let index = self.levels.binary_search_by(|(known, _)| known.as_str().cmp(level)).ok();
        index.and_then(|index| self.levels.get(index)).map(|(_, bin)| *bin).or(self.unseen)
    }

    /// The bin of numbers above so many cuts; where the fit met nothing but codes, that of values never met.
    pub(crate) fn interval(&self, cuts_below: usize) -> Option<usize> {
        let bin = self.bins.get(cuts_below).filter(|bin| matches!(bin.range, BinRange::Interval { .. }));
        if bin.is_some() { Some(cuts_below) } else { self.unseen }
    }

    /// The bin above the last cut.
    pub(crate) fn last_interval(&self) -> Option<usize> {
        self.interval(self.cuts.len())
    }

    /// How many of these numbers lie outside of what the fit met, special codes aside; none where that is not known.
    pub fn beyond(&self, numbers: &[f64]) -> Beyond {
        let is_code = |number: &f64| self.special.iter().any(|(code, _)| same(*code, *number));
        let numbers = numbers.iter().copied().filter(|number| !is_code(number));
        self.met.map(|met| met.beyond(numbers)).unwrap_or_default()
    }

    /// The bin of each row; rows of weight of evidence 0 get the number of bins.
    pub(crate) fn codes(&self, column: &Column<'_>) -> Vec<u16> {
        let neutral = narrow(self.bins.len());
        let code = |bin: Option<usize>| bin.map_or(neutral, narrow);
        match column {
            Column::Number(values) => {
                let steps = StepFunction::new(self, |bin| f64::from(code(bin)));
                let mut codes = vec![steps.first(); values.len()];
                steps.add(values, &mut codes);
                codes.into_iter().map(narrow_whole).collect()
            }
            Column::Category { codes, levels } => {
                let by_level: Vec<u16> = levels.iter().map(|level| code(self.bin_of_level(Some(level)))).collect();
                let missing = code(self.bin_of_level(None));
                let of = |level: &u32| match *level {
                    UNKNOWN => missing,
                    level => by_level.get(level as usize).copied().unwrap_or(neutral),
                };
                codes.iter().map(of).collect()
            }
            Column::Coded { codes, cells } => {
                let by_code = self.codes_of(cells);
                codes.iter().map(|code| by_code.get(usize::from(*code)).copied().unwrap_or(neutral)).collect()
            }
        }
    }

    /// The bin of each code of one byte, as [`BinMap::codes`] gives it.
    ///
    /// A run of numbers counts as the shortest number in it. Rows of the fit are in no run that a cut divides, so
    /// theirs are the bins of their values; only a run without any row of the fit may lie across a cut.
    pub(crate) fn codes_of(&self, cells: &Cells) -> Vec<u16> {
        let neutral = narrow(self.bins.len());
        let code = |bin: Option<usize>| bin.map_or(neutral, narrow);
        let mut by_code: Vec<u16> = match cells {
            Cells::Numbers { runs, special } => {
                let numbers = runs.iter().map(|(first, _)| shortest(*first)).chain(special.iter().copied());
                numbers.map(|number| code(self.bin_of_number(number))).collect()
            }
            Cells::Levels { own, rare } => {
                own.iter().chain(rare.first()).map(|level| code(self.bin_of_level(Some(level)))).collect()
            }
        };
        by_code.resize(usize::from(MISSING), neutral);
        by_code.push(code(self.missing.or(self.unseen)));
        by_code
    }

    /// Weight of evidence by code of [`BinMap::codes`].
    pub(crate) fn woe_by_code(&self) -> Vec<f64> {
        self.bins.iter().map(|bin| bin.woe).chain(std::iter::once(0.0)).collect()
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "codes are whole numbers of 16 bits")]
fn narrow_whole(code: f64) -> u16 {
    code as u16
}

fn narrow(bin: usize) -> u16 {
    u16::try_from(bin).unwrap_or(u16::MAX)
}

impl std::fmt::Display for BinRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Interval { above: None, up_to: None } => write!(f, "(-inf, inf)"),
            Self::Interval { above: None, up_to: Some(high) } => write!(f, "(-inf, {}]", digits(*high)),
            Self::Interval { above: Some(low), up_to: None } => write!(f, "({}, inf)", digits(*low)),
            Self::Interval { above: Some(low), up_to: Some(high) } => {
                write!(f, "({}, {}]", digits(*low), digits(*high))
            }
            Self::Levels(levels) => write!(f, "{}", levels.join(" | ")),
            Self::Rest(levels) if levels.is_empty() => write!(f, "(rest)"),
            Self::Rest(levels) => write!(f, "(rest) {}", levels.join(" | ")),
            Self::Special(codes) => {
                let codes: Vec<String> = codes.iter().copied().map(digits).collect();
                write!(f, "special {}", codes.join(" | "))
            }
            Self::Missing => write!(f, "missing"),
        }
    }
}
