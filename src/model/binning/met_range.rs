//! The range of numbers that a fit has seen.
//!
//! A card that meets an income ten times the largest it learnt from still gives points. How often that
//! happens is counted and told.

use serde::{Deserialize, Serialize};

use super::value_bins::{Atom, key, shortest};

/// The least and the greatest number that a fit met, special codes aside, each to one part in a million.
///
/// The outermost bins have no bound, so a number far outside what was learnt from is scored like the last that was.
///
/// # Examples
///
/// ```
/// use wherewithal::model::{BinningParams, Target, bin_numbers};
///
/// let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
/// let target = Target::new([false, false, true, false, true, true])?;
/// let map = bin_numbers("income", &values, &target, &BinningParams::default().min_bin_rows(1))?;
/// let beyond = map.beyond(&[0.5, 1.0, 6.0, 7.0, 1e9, f64::NAN]);
/// assert_eq!((beyond.below, beyond.above), (1, 2));
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetRange {
    /// The least.
    pub least: f64,
    /// The greatest.
    pub most: f64,
}

/// How many numbers lie outside of what a fit met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beyond {
    /// Below the least.
    pub below: u64,
    /// Above the greatest.
    pub above: u64,
}

impl MetRange {
    /// The range of values counted in rising order; `None` where there are none.
    pub(super) fn from_atoms(atoms: &[Atom]) -> Option<Self> {
        let (first, last) = atoms.first().zip(atoms.last())?;
        Some(Self { least: shortest(first.first), most: shortest(last.last) })
    }

    /// How many of these numbers lie outside; an unknown one (NaN) lies nowhere.
    pub fn beyond(&self, numbers: impl IntoIterator<Item = f64>) -> Beyond {
        let (least, most) = (key(self.least), key(self.most));
        let mut beyond = Beyond::default();
        for number in numbers.into_iter().filter(|number| !number.is_nan()) {
            beyond.below += u64::from(key(number) < least);
            beyond.above += u64::from(key(number) > most);
        }
        beyond
    }
}

impl Beyond {
    /// Whether none lies outside.
    pub const fn is_none(&self) -> bool {
        self.below == 0 && self.above == 0
    }
}

#[cfg(test)]
mod tests {
    use super::super::{BinningParams, NumberSketch, SpecialCode, bin_numbers};
    use super::*;
    use crate::model::Target;

    #[test]
    fn codes_missing_values_and_rows_that_do_not_count_are_not_met() {
        let values: Vec<f64> = (0..200).map(|row| f64::from(row % 50) / 10.0).chain([-9.0, f64::NAN, 77.0]).collect();
        let events = (0..values.len()).map(|row| row % 50 > (row * 7) % 60).collect::<Vec<_>>();
        let weights: Vec<f64> = values.iter().map(|value| f64::from(u8::from(*value != 77.0))).collect();
        let params = BinningParams::default().special_codes(vec![SpecialCode::Number(-9.0)]);
        let target = Target::new(events.clone()).unwrap().weights(&weights).unwrap();
        let map = bin_numbers("x", &values, &target, &params).unwrap();
        assert_eq!(map.met, Some(MetRange { least: 0.0, most: shortest(key(4.9)) }));
        assert_eq!(map.beyond(&[-9.0, -8.0, 0.0, -0.0, 4.9, 4.91, f64::INFINITY]), Beyond { below: 1, above: 2 });

        let mut sketch = NumberSketch::new(&params).unwrap();
        sketch.push(&values, &events, Some(&weights)).unwrap();
        assert_eq!(sketch.bin("x", &params).unwrap().met, map.met);
    }
}
