//! Shares and rates as whole millionths, so that multiplying money by them rounds exactly once.
//!
//! Floating-point shares would make a statement depend on the order of its steps by a fen, and a fen is
//! contested.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::{Money, Share};

/// A share in whole millionths, so that products with money are exact before their one rounding.
///
/// # Units
///
/// 1,000,000 is the whole; 0.0175 % is 175.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rate(i64);

impl Rate {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The whole.
    pub const ONE: Self = Self(1_000_000);

    /// A share of `millionths`.
    pub const fn from_millionths(millionths: i64) -> Self {
        Self(millionths)
    }

    /// The share in millionths.
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// Reads a decimal share, not below zero, with at most six decimals.
    ///
    /// ```
    /// use wherewithal::capacity::Rate;
    ///
    /// assert_eq!(Rate::parse("0.000175"), Some(Rate::from_millionths(175)));
    /// assert_eq!(Rate::parse("0.0000001"), None); // finer than a millionth
    /// assert_eq!(Rate::ONE.value(), 1.0);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        Money::parse(text, Self::ONE.0).map(|share| Self(share.fen())).filter(|share| *share >= Self::ZERO)
    }

    /// This share of an amount, rounded half away from zero to the fen.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wherewithal::capacity::Rate;
    /// # use wherewithal::domain::Money;
    /// let seventy = Rate::parse("0.7").ok_or("no share")?;
    /// assert_eq!(seventy.applied_to(Money::from_fen(1_001)), Money::from_fen(701)); // 700.7 fen
    /// # Ok::<(), &str>(())
    /// ```
    pub fn applied_to(self, amount: Money) -> Money {
        amount.times(self.0, Self::ONE.0)
    }

    /// What this share leaves of the whole, never below nothing.
    pub(super) fn rest(self) -> Self {
        Self::ONE.less(self)
    }

    /// This share less another, never below nothing.
    pub(super) fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0).max(0))
    }

    /// `self` × `numerator` ÷ `denominator`, rounded half away from zero to a millionth.
    pub(super) fn times(self, numerator: i64, denominator: i64) -> Self {
        Self(Money::from_fen(self.0).times(numerator, denominator).fen())
    }

    /// The share as a number.
    #[allow(clippy::cast_precision_loss, reason = "millionths are far below 2^53")]
    pub fn value(self) -> f64 {
        self.0 as f64 / Self::ONE.0 as f64
    }
}

impl From<Share> for Rate {
    #[allow(clippy::cast_possible_truncation, reason = "a share lies between 0 and 1")]
    fn from(share: Share) -> Self {
        Self((share.value() * 1e6).round() as i64)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_six_decimals_and_rounds_once() {
        assert_eq!(Rate::parse("0.000175"), Some(Rate(175)));
        assert_eq!(Rate::parse("0.0001755"), None);
        assert_eq!(
            Rate::parse("0.56").map(|rate| rate.applied_to(Money::from_fen(100_000_000))),
            Some(Money::from_fen(56_000_000))
        );
        assert_eq!(Rate::from(Share::new(1.0 / 3.0).unwrap()), Rate(333_333));
    }

    #[test]
    fn a_rate_is_a_share_of_an_amount_and_never_below_nothing() {
        let rate = Rate(700_000);
        assert_eq!(
            (rate.rest(), rate.less(Rate(200_000)), rate.less(Rate::ONE)),
            (Rate(300_000), Rate(500_000), Rate::ZERO)
        );
        assert_eq!((rate.times(6, 12), rate.value(), rate.to_string().as_str()), (Rate(350_000), 0.7, "0.7"));
        assert_eq!((rate.millionths(), Rate::parse("1"), Rate::parse("x")), (700_000, Some(Rate::ONE), None));
        assert_eq!(Rate::parse("-0.5"), None, "a share is no debt");
    }
}
