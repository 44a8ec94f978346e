//! Counts a numeric column in parts that merge exactly.
//!
//! For columns that do not fit in memory, or lie on several machines: each part is counted where it lies,
//! and parts merge to what one pass would have counted.

use serde::{Deserialize, Serialize};

use super::effective::Squares;
use super::numbers::{bin_tally, number};
use super::value_bins::{Atom, Detail, Histogram, Marks, key, tally};
use super::{BinMap, BinningParams, Counts};
use crate::error::{Error, Result};
use crate::model::Target;
use crate::sentence::{Sentence, says};

/// Cells at most, unless said otherwise: some 3 MB.
const MOST_CELLS: usize = 65_536;

/// Bits that can be dropped: the 20 of a cell's fraction and the lower 12 of what is above them.
const MOST_DROPPED_BITS: u32 = 32;

/// A numeric column of any length, counted in cells: what parts of it have counted merges to what one pass counts.
///
/// A cell holds the values that agree in sign, exponent and the leading bits of their fraction, at
/// first 20 of them. When there are more cells than a sketch may have, one bit less is looked at
/// and neighbours become one. Missing values and special codes are counted apart, and no cell
/// reaches across a split that the settings fix.
///
/// # Properties
///
/// *Merge is exact, commutative and associative.* The number of bits is the largest at which all
/// values seen need no more than the cells allowed; a part never needs more cells than the whole,
/// so no order of pushes and merges ever drops more bits than one pass does, nor fewer. Cells, and
/// therefore bins, are the same to the last bit.
///
/// *Weights.* At the end weights are scaled to effective rows, as [`Target::weights`] says.
///
/// *Error.* Every count is exact: weights are multiples of 2⁻²⁰ and their sums do not depend on
/// order. Only where a cut may stand is thinned out: within [`resolution`](Self::resolution) of any
/// value (relative to it) there is an end of a cell. While no bit has been dropped, bins are those
/// of [`bin_numbers`](super::bin_numbers) on the whole column; with uneven weights their counts are
/// so to one part in a million.
///
/// # Examples
///
/// ```
/// use wherewithal::model::{BinningParams, NumberSketch, Target, bin_numbers};
///
/// let values: Vec<f64> = (0..600).map(|row| f64::from(row % 60)).collect();
/// let events: Vec<bool> = (0..600).map(|row| row % 60 > (row * 11) % 90).collect();
/// let params = BinningParams::default();
///
/// let mut first = NumberSketch::new(&params)?;
/// first.push(&values[..250], &events[..250], None)?;
/// let mut second = NumberSketch::new(&params)?;
/// second.push(&values[250..], &events[250..], None)?;
/// first.merge(&second)?;
///
/// let whole = bin_numbers("income", &values, &Target::new(events)?, &params)?;
/// assert_eq!(first.bin("income", &params)?, whole);
/// # Ok::<(), wherewithal::Error>(())
/// ```
///
/// # References
///
/// Masson, Rim, Lee, *DDSketch: a fast and fully-mergeable quantile sketch with relative-error
/// guarantees* (2019); Epicoco, Melle, Cafaro, Pulimeno, Morleo, *UDDSketch: accurate tracking of
/// quantiles in data streams* (2020) for joining all neighbours at once, which keeps the bound
/// everywhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberSketch {
    special: Vec<f64>,
    splits: Vec<f64>,
    most_cells: usize,
    dropped_bits: u32,
    cells: Vec<Atom>,
    missing: Counts,
    special_counts: Vec<Counts>,
    squares: Squares,
}

impl NumberSketch {
    /// An empty sketch of a column with the special codes and splits of `params`.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for settings outside their range.
    pub fn new(params: &BinningParams) -> Result<Self> {
        params.check()?;
        let special: Vec<f64> = params.special_codes.iter().filter_map(number).collect();
        Ok(Self {
            special_counts: vec![Counts::default(); special.len()],
            special,
            splits: params.splits.clone(),
            most_cells: MOST_CELLS,
            dropped_bits: 0,
            cells: Vec::new(),
            missing: Counts::default(),
            squares: Squares::default(),
        })
    }

    /// Sets how many cells the sketch may have: more are finer and larger, 48 bytes each.
    #[must_use]
    pub fn most_cells(mut self, most_cells: usize) -> Self {
        self.most_cells = most_cells.max(2);
        self.coarsen();
        self
    }

    /// Counts further rows; NaN is missing, weights are one where none are given.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when there are not as many events or weights as values, for a weight that
    /// [`Target::weights`] refuses, an infinite value, or one that is not told apart from a split below it. The sketch
    /// is as it was then.
    pub fn push(&mut self, values: &[f64], events: &[bool], weights: Option<&[f64]>) -> Result<()> {
        if values.len() != events.len() {
            return Err(Error::setting("events", events.len(), says!("{} of them", [values.len()])));
        }
        let target = Target::part(events, weights)?;
        let part = tally(values, &target, Marks { special: &self.special, splits: &self.splits }, Detail::Whole)?;
        self.squares.push(&target);
        self.add(part);
        Ok(())
    }

    /// Adds what another sketch has counted.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the other one has other special codes, splits or cells allowed.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        let settings = |sketch: &Self| (sketch.special.clone(), sketch.splits.clone(), sketch.most_cells);
        if settings(self) != settings(other) {
            return Err(Error::setting(
                "sketch",
                Sentence::name(format!("{:?}", settings(other))),
                Sentence::name(format!("{:?}", settings(self))),
            ));
        }
        other.check()?;
        self.dropped_bits = self.dropped_bits.max(other.dropped_bits);
        self.squares.add(&other.squares);
        let (missing, special) = (other.missing, other.special_counts.clone());
        self.add(Histogram { atoms: other.cells.clone(), missing, special });
        Ok(())
    }

    /// Optimal bins of all that was counted.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when `params` have other special codes or splits than the sketch; what
    /// [`bin_numbers`](super::bin_numbers) returns.
    pub fn bin(&self, feature: &str, params: &BinningParams) -> Result<BinMap> {
        params.check()?;
        self.check()?;
        let special: Vec<f64> = params.special_codes.iter().filter_map(number).collect();
        if special != self.special || params.splits != self.splits {
            let found = format!("special codes {special:?}, splits {:?}", params.splits);
            let expected = format!("special codes {:?}, splits {:?}, as counted", self.special, self.splits);
            return Err(Error::setting("sketch", found, expected));
        }
        let scale = self.squares.scale(&self.total());
        let atoms = self.cells.iter().map(|cell| Atom { counts: scale.effective(&cell.counts), ..*cell }).collect();
        let special = self.special_counts.iter().map(|counts| scale.effective(counts)).collect();
        let tally = Histogram { atoms, missing: scale.effective(&self.missing), special };
        bin_tally(feature, tally.joined(&self.splits), params)
    }

    /// The width of a cell at most, relative to its values: 2⁻²⁰ for as long as no bit was dropped.
    pub fn resolution(&self) -> f64 {
        2.0_f64.powi(i32::try_from(self.dropped_bits).unwrap_or(32) - 20)
    }

    /// The rows counted, missing and special ones included, and those of weight 0 not.
    pub fn rows(&self) -> u64 {
        self.total().rows
    }

    /// The cells, by rising value.
    pub(crate) fn cells(&self) -> &[Atom] {
        &self.cells
    }

    fn total(&self) -> Counts {
        let regular: Counts = self.cells.iter().map(|cell| cell.counts).sum();
        regular + self.special_counts.iter().copied().sum() + self.missing
    }

    fn add(&mut self, part: Histogram) {
        self.missing = self.missing + part.missing;
        self.special_counts.iter_mut().zip(part.special).for_each(|(sum, counts)| *sum = *sum + counts);
        self.cells.extend(part.atoms);
        self.cells.sort_by_key(|cell| cell.first);
        self.join();
        self.coarsen();
    }

    /// Makes one cell of those that agree in all bits looked at and lie between the same splits.
    fn join(&mut self) {
        let splits: Vec<u32> = self.splits.iter().map(|split| key(*split)).collect();
        let bits = self.dropped_bits;
        let index = |cell: &Atom| (splits.partition_point(|split| *split < cell.first), u64::from(cell.first) >> bits);
        self.cells.dedup_by(|next, cell| {
            let same = index(next) == index(cell);
            if same {
                cell.last = cell.last.max(next.last);
                cell.counts = cell.counts + next.counts;
            }
            same
        });
    }

    fn coarsen(&mut self) {
        while self.cells.len() > self.most_cells && self.dropped_bits < MOST_DROPPED_BITS {
            self.dropped_bits += 1;
            self.join();
        }
    }

    /// Refuses a stored sketch whose cells overlap or whose counts are not those of its codes.
    fn check(&self) -> Result<()> {
        let rising = self.cells.iter().all(|cell| cell.first <= cell.last)
            && self.cells.is_sorted_by(|a, b| a.last < b.first)
            && self.special.len() == self.special_counts.len();
        if self.dropped_bits > MOST_DROPPED_BITS {
            let most = format!("at most {MOST_DROPPED_BITS}");
            Err(Error::setting("sketch: dropped_bits", self.dropped_bits, most))
        } else if rising {
            Ok(())
        } else {
            Err(Error::setting("sketch", "cells out of order", "cells as a sketch stores them"))
        }
    }
}
