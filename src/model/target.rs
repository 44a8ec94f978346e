//! The target: events with weights whose sums are exact.

use std::borrow::Cow;

use crate::error::{Error, Result};
use crate::sentence::says;

/// Weights are counted in multiples of this, so that their sums are exact.
pub(super) const GRAIN: f64 = 1.0 / 1_048_576.0;

/// What happened, per row of a feature table.
///
/// The modelled event is *performed* (or whatever event is of interest where a table is brought along): a higher score
/// always means more of it.
///
/// ```
/// # use wherewithal::model::Target;
/// let target = Target::new([true, false, false])?.weights(&[1.0, 2.0, 0.5])?;
/// assert_eq!(target.events(), [true, false, false]);
/// # Ok::<(), wherewithal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    events: Vec<bool>,
    weights: Option<Vec<f64>>,
    groups: Option<Vec<u64>>,
}

impl Target {
    /// Whether each row has the event.
    ///
    /// # Errors
    ///
    /// [`Error::TooLittle`] when all rows have it or none does.
    pub fn new(events: impl IntoIterator<Item = bool>) -> Result<Self> {
        let events: Vec<bool> = events.into_iter().collect();
        let n = events.iter().filter(|event| **event).count();
        if n == 0 || n == events.len() {
            let found = format!("{n} events in {} rows", events.len());
            return Err(Error::too_little("learn", found, "rows with and without the event"));
        }
        Ok(Self { events, weights: None, groups: None })
    }

    /// Sets what each row counts for. A fit depends on the proportions of the weights alone; a row of weight 0 is as
    /// absent. Where the largest is below 2⁻⁶⁴ or from 2⁶⁴ on, all are kept divided by the power of two that brings it
    /// to between 1 and 2.
    ///
    /// # Formula
    ///
    /// A fit counts `(Σw)² / Σw²` effective rows, each row as `w Σw / Σw²` of them: with equal weights each is one.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when there are not as many weights as rows, or one is negative or not finite, or when a class
    /// has no weight.
    ///
    /// # References
    ///
    /// Kish, *Survey Sampling* (1965), for the effective rows.
    pub fn weights(self, weights: &[f64]) -> Result<Self> {
        self.weighted(weights, "weight above zero on rows with and without the event")
    }

    /// [`Target::weights`]; `expected` says what has weight on both sides.
    pub(super) fn weighted(mut self, weights: &[f64], expected: &'static str) -> Result<Self> {
        check(weights, self.events.len(), f64::MAX)?;
        self.weights = Some(normal(weights));
        if self.log_odds().is_finite() { Ok(self) } else { Err(Error::setting("weights", 0, expected)) }
    }

    /// Part of a table, which may be of one class.
    pub(crate) fn part(events: &[bool], weights: Option<&[f64]>) -> Result<Self> {
        let weights = weights.map(|weights| whole_grains(weights, events.len())).transpose()?;
        Ok(Self { events: events.to_vec(), weights, groups: None })
    }

    /// Sets whose row each row is: rows of one group never stand on both sides of a split.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when there are not as many groups as rows.
    pub fn groups(mut self, groups: &[u64]) -> Result<Self> {
        if groups.len() != self.events.len() {
            return Err(Error::setting("groups", groups.len(), says!("{} of them", [self.events.len()])));
        }
        self.groups = Some(groups.to_vec());
        Ok(self)
    }

    /// Whether each row has the event.
    pub fn events(&self) -> &[bool] {
        &self.events
    }

    /// What each row counts for, if not one.
    pub fn row_weights(&self) -> Option<&[f64]> {
        self.weights.as_deref()
    }

    /// Whose row each row is, if said.
    pub fn row_groups(&self) -> Option<&[u64]> {
        self.groups.as_deref()
    }

    /// The number of rows.
    pub fn height(&self) -> usize {
        self.events.len()
    }

    /// The same rows with weights that add up to the effective rows, as multiples of [`GRAIN`].
    pub(crate) fn effective(&self) -> Cow<'_, Self> {
        let Some(weights) = &self.weights else { return Cow::Borrowed(self) };
        let most = weights.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let (sum, squares) = weights.iter().fold((0.0, 0.0), |(sum, squares), weight| {
            let part = weight / most;
            (sum + part, squares + part * part)
        });
        // No row that counts at all is rounded away.
        let scaled = |weight: &f64| match *weight {
            weight if weight > 0.0 => (weight / most * (sum / squares) / GRAIN).round().max(1.0) * GRAIN,
            _ => 0.0,
        };
        Cow::Owned(Self { weights: Some(weights.iter().map(scaled).collect()), ..self.clone() })
    }

    /// The effective rows with the event, and those without.
    pub(crate) fn effective_rows(&self) -> (f64, f64) {
        let rows = |class: bool| -> f64 {
            let of_class = self.events.iter().enumerate().filter(|(_, event)| **event == class);
            let (sum, squares) = of_class
                .map(|(row, _)| self.weight(row))
                .fold((0.0, 0.0), |(sum, squares), weight| (sum + weight, squares + weight * weight));
            if squares > 0.0 { sum * sum / squares } else { 0.0 }
        };
        (rows(true), rows(false))
    }

    /// The rows that count for anything; `None` when all do.
    pub(crate) fn counting(&self) -> Option<Vec<usize>> {
        let weights = self.weights.as_ref().filter(|weights| weights.iter().any(|weight| *weight <= 0.0))?;
        Some(weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0).map(|(row, _)| row).collect())
    }

    /// What row `row` counts for.
    pub(crate) fn weight(&self, row: usize) -> f64 {
        self.weights.as_ref().map_or(1.0, |weights| weights.get(row).copied().unwrap_or(0.0))
    }

    /// The weight of rows with the event, and of those without.
    pub(crate) fn class_weights(&self) -> (f64, f64) {
        let sum = |class: bool| -> f64 {
            let of_class = self.events.iter().enumerate().filter(|(_, event)| **event == class);
            of_class.map(|(row, _)| self.weight(row)).sum()
        };
        (sum(true), sum(false))
    }

    /// The log-odds of the event over all rows.
    pub(crate) fn log_odds(&self) -> f64 {
        let (events, others) = self.class_weights();
        (events / others).ln()
    }

    /// The target of some rows.
    ///
    /// # Errors
    ///
    /// [`Error::TooLittle`] when these rows all have the event or none does.
    pub fn rows(&self, rows: &[usize]) -> Result<Self> {
        let picked = Self::new(rows.iter().filter_map(|row| self.events.get(*row).copied()))?;
        Ok(Self {
            events: picked.events,
            weights: self.weights.as_ref().map(|all| rows.iter().filter_map(|row| all.get(*row).copied()).collect()),
            groups: self.groups.as_ref().map(|all| rows.iter().filter_map(|row| all.get(*row).copied()).collect()),
        })
    }
}

/// Checks weights and rounds them, so that their sums are exact.
fn whole_grains(weights: &[f64], rows: usize) -> Result<Vec<f64>> {
    check(weights, rows, 1.0 / GRAIN)?;
    Ok(weights.iter().map(|weight| (weight / GRAIN).round() * GRAIN).collect())
}

fn check(weights: &[f64], rows: usize, most: f64) -> Result<()> {
    if weights.len() != rows {
        return Err(Error::setting("weights", weights.len(), says!("{rows} of them", rows)));
    }
    let bad = |weight: &f64| !(0.0..=most).contains(weight);
    let Some((row, weight)) = (1..).zip(weights).find(|(_, weight)| bad(weight)) else { return Ok(()) };
    let count = weights.iter().filter(|weight| bad(weight)).count();
    let found = says!("{weight} in row {row} and {count} such rows in all", weight, row, count);
    let expected = if most < f64::MAX { says!("0 to {most}", most) } else { says!("finite numbers from 0 on") };
    Err(Error::setting("weights", found, expected))
}

/// The weights; very small or large ones divided by a power of two, which changes no digit of them: their squares and
/// sums would be nothing or without bound.
fn normal(weights: &[f64]) -> Vec<f64> {
    let most = weights.iter().copied().fold(0.0, f64::max);
    if most == 0.0 || (-64..64).contains(&exponent(most)) {
        return weights.to_vec();
    }
    // In two steps, since the power itself may be out of range.
    let (all, half) = (-exponent(most), -exponent(most) / 2);
    let (first, rest) = (power(half), power(all - half));
    weights.iter().map(|weight| weight * first * rest).collect()
}

/// The greatest power of two that a number above zero is not below.
fn exponent(number: f64) -> i32 {
    let biased = |number: f64| i32::try_from(number.to_bits() >> 52).unwrap_or_default() - BIAS;
    if number < f64::MIN_POSITIVE { biased(number * power(54)) - 54 } else { biased(number) }
}

fn power(of: i32) -> f64 {
    f64::from_bits(u64::try_from(of + BIAS).unwrap_or_default() << 52)
}

/// What is added to the exponent of a double where it is stored.
const BIAS: i32 = 1023;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_one_class_and_bad_weights() {
        assert!(Target::new([true, true]).is_err());
        let target = Target::new([true, false]).unwrap();
        for weights in [&[1.0][..], &[1.0, -1.0], &[1.0, f64::NAN], &[0.0, 1.0]] {
            assert!(target.clone().weights(weights).is_err(), "{weights:?}");
        }
        let told = target.clone().weights(&[1.0, -3.0]).unwrap_err().to_string();
        assert!(told.contains("-3 in row 2 and 1 such rows"), "{told}");
        assert!(target.rows(&[0]).is_err());
    }

    #[test]
    fn powers_of_two_change_no_bit_and_no_scale_is_too_small_or_large() {
        let target = Target::new([true, false, true]).unwrap();
        let kept = |scale: f64| {
            let weights = [0.3, 1.7, 0.1].map(|weight| weight * scale);
            target.clone().weights(&weights).unwrap().row_weights().unwrap().to_vec()
        };
        assert_eq!(kept(1.0), [0.3, 1.7, 0.1]);
        for power in [-900, -70, 64, 100, 1000] {
            assert_eq!(kept(f64::from(power).exp2()), kept(1.0), "2^{power}");
        }
        assert_eq!(kept(8.0), [2.4, 13.6, 0.8], "as they were given");
        for scale in [1e-300, 1e-12, 3.0, 1e18, 1e300] {
            let all = kept(scale);
            for (found, expected) in all.iter().zip(kept(1.0)) {
                // Up to one factor.
                assert!((found / all[1] * 1.7 / expected - 1.0).abs() < 1e-12, "{scale}: {found} {expected}");
            }
            assert!((1e-20..1e20).contains(&all[1]), "{scale}");
        }
    }

    #[test]
    fn effective_rows_know_proportions_alone() {
        let target = Target::new([true, false, true, false]).unwrap();
        let effective = |weights: &[f64]| target.clone().weights(weights).unwrap().effective().weights.clone().unwrap();
        assert_eq!(effective(&[0.3; 4]), [1.0; 4]);
        let uneven = effective(&[0.1, 0.2, 0.7, 0.0]);
        assert_eq!(uneven, effective(&[1.0, 2.0, 7.0, 0.0]));
        assert_eq!(uneven, effective(&[1e9, 2e9, 7e9, 0.0]));
        assert!((uneven.iter().sum::<f64>() - 1.0 / 0.54).abs() < 1e-5, "{uneven:?}");
        assert!(effective(&[1e-12, 1.0, 1.0, 1.0]).iter().all(|weight| *weight > 0.0));
    }
}
