//! The unit of a point on a card of amounts.
//!
//! A power of ten, so that a card written out in another system adds whole numbers there too.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::sentence::says;

/// What one point of an amount card is: a power of ten of the target's own unit.
///
/// # Formula
///
/// `amount = (offset + points) · 10^exponent`, the offset a whole number of units that keeps points
/// small where amounts are large beside their spread. A decimal is the double nearest to it, by one
/// division.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmountUnit {
    pub(super) exponent: i32,
    pub(super) offset: i64,
}

/// Points of a card at most, all together.
const MOST_POINTS: f64 = 4e6;

/// Units in a standard deviation at least, where there is room for it.
const FINENESS: f64 = 1e4;

/// The largest power of ten, and the smallest.
const EXPONENT: i32 = 300;

/// Whole numbers up to this are doubles.
const HELD: u64 = 1 << 53;

impl AmountUnit {
    /// The unit for sums of such a spread that lie at most `reach` around `centre`.
    #[expect(clippy::cast_possible_truncation, reason = "exponents of doubles, and offsets below 10^15")]
    pub(super) fn new(centre: f64, spread: f64, reach: f64) -> Self {
        let exponent = |value: f64| value.max(f64::MIN_POSITIVE).log10();
        let fine = exponent(spread / FINENESS).floor();
        let coarse = exponent(reach / MOST_POINTS).ceil();
        // The offset must be a whole number that a double holds.
        let held = exponent(centre.abs() / 1e15).ceil();
        let mut unit = Self {
            exponent: fine.max(coarse).max(held).clamp(-f64::from(EXPONENT), f64::from(EXPONENT)) as i32,
            offset: 0,
        };
        unit.offset = unit.points(centre).round() as i64;
        unit
    }

    /// Whether the unit is one that [`AmountUnit::new`] can return.
    pub(super) fn check(&self) -> Result<()> {
        if !(-EXPONENT..=EXPONENT).contains(&self.exponent) {
            let expected = says!("a power of ten from {} to {}", [-EXPONENT, EXPONENT]);
            return Err(Error::setting("amount.unit.exponent", self.exponent.to_string(), expected));
        }
        if self.offset.unsigned_abs() > HELD {
            let expected = says!("at most {HELD} units either way", HELD);
            return Err(Error::setting("amount.unit.offset", self.offset.to_string(), expected));
        }
        Ok(())
    }

    /// The power of ten.
    pub const fn exponent(&self) -> i32 {
        self.exponent
    }

    /// Units that every sum starts from besides the card's base points.
    pub const fn offset(&self) -> i64 {
        self.offset
    }

    /// What one point is.
    pub fn size(&self) -> f64 {
        self.of(1.0)
    }

    /// The power of ten by which points are multiplied or, where the exponent is negative, divided.
    pub(crate) fn power(&self) -> f64 {
        10_f64.powi(self.exponent.abs())
    }

    /// Which of the two.
    pub(crate) const fn operator(&self) -> &'static str {
        if self.exponent < 0 { "/" } else { "*" }
    }

    /// The amount of so many points.
    pub(crate) fn of(&self, points: f64) -> f64 {
        if self.exponent < 0 { points / self.power() } else { points * self.power() }
    }

    /// Points of an amount, not rounded.
    pub(super) fn points(&self, amount: f64) -> f64 {
        if self.exponent < 0 { amount * self.power() } else { amount / self.power() }
    }

    /// The amount of a card's whole score.
    #[expect(clippy::cast_precision_loss, reason = "offsets are below 2^53")]
    pub(crate) fn whole(&self, score: i32) -> f64 {
        self.of((self.offset + i64::from(score)) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_fine_enough_and_points_few_enough() {
        for (centre, spread, reach) in
            [(0.7, 0.3, 1.2), (5e9, 1.0, 40.0), (2e6, 3e6, 9e8), (0.0, 1e-9, 1e-8), (3e14, 2e3, 1e5)]
        {
            let unit = AmountUnit::new(centre, spread, reach);
            assert!(reach / unit.size() <= MOST_POINTS * 1.000_001, "{unit:?}");
            assert!((unit.whole(0) - centre).abs() <= 0.51 * unit.size(), "{unit:?}");
            assert!(unit.size() <= (spread / 1e3).max(reach / 3e5).max(centre / 1e14), "{unit:?}");
        }
        let share = AmountUnit::new(0.7, 0.3, 1.2);
        assert_eq!((share.exponent, share.whole(12)), (-5, 0.70012));
    }
}
