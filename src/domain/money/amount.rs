//! Amounts of money as whole fen.

use std::fmt;
use std::iter::Sum;

use serde::{Deserialize, Serialize};

/// An amount of money in integer minor units.
///
/// Sums of integers are exact and do not depend on their order, which floating point cannot promise.
///
/// # Units
///
/// Fen (1/100 yuan). Display writes yuan with two decimals.
///
/// # Properties
///
/// Arithmetic saturates at ±92 quadrillion yuan instead of wrapping. No amount of the schema comes
/// near: ninety thousand of the largest fit. A statement of means whose sums end there is refused.
///
/// # Examples
///
/// ```
/// # use wherewithal::domain::Money;
/// let found: Money = [Money::from_fen(1_250), Money::from_fen(-50)].into_iter().sum();
/// assert_eq!(found, Money::from_fen(1_200));
/// assert_eq!(found.to_string(), "12.00");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(i64);

impl Money {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// An amount of `fen`.
    pub const fn from_fen(fen: i64) -> Self {
        Self(fen)
    }

    /// The amount in fen.
    pub const fn fen(self) -> i64 {
        self.0
    }

    /// Reads a decimal number of a unit that is worth `fen_per_unit` fen.
    ///
    /// Accepts a sign, thousands separators between groups of three digits, and as many decimals as the unit can
    /// express in whole fen (further zeros are allowed); nothing else. Never goes through floating point.
    ///
    /// ```
    /// # use wherewithal::domain::Money;
    /// assert_eq!(Money::parse("-1,234.5", 100), Some(Money::from_fen(-123_450)));
    /// assert_eq!(Money::parse("1.2345", 1_000_000), Some(Money::from_fen(1_234_500))); // 万元
    /// assert_eq!(Money::parse("1.005", 100), None); // half a fen
    /// ```
    pub fn parse(text: &str, fen_per_unit: i64) -> Option<Self> {
        let (negative, digits) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if (whole.is_empty() && fraction.is_empty()) || !fraction.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let units = i128::from(whole_number(whole)?);
        let mut fen = units * i128::from(fen_per_unit);
        let mut worth = i128::from(fen_per_unit);
        for digit in fraction.bytes().map(|b| i128::from(b - b'0')) {
            let exact = worth % 10 == 0;
            worth /= 10;
            if digit != 0 && (!exact || worth == 0) {
                return None;
            }
            fen += digit * worth;
        }
        i64::try_from(if negative { -fen } else { fen }).ok().map(Self)
    }

    /// `self` × `numerator` ÷ `denominator`, rounded half away from zero; zero when `denominator` is zero.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wherewithal::domain::Money;
    /// assert_eq!(Money::from_fen(100).times(1, 3), Money::from_fen(33));
    /// assert_eq!(Money::from_fen(-5).times(1, 2), Money::from_fen(-3)); // half away from zero
    /// ```
    #[must_use]
    pub fn times(self, numerator: i64, denominator: i64) -> Self {
        if denominator == 0 {
            return Self::ZERO;
        }
        let product = i128::from(self.0) * i128::from(numerator) * 2;
        let divisor = i128::from(denominator);
        let half = if (product < 0) == (divisor < 0) { divisor } else { -divisor };
        let rounded = (product + half) / (2 * divisor);
        Self(i64::try_from(rounded).unwrap_or(if rounded < 0 { i64::MIN } else { i64::MAX }))
    }

    /// The larger of `self` and zero.
    #[must_use]
    pub(crate) fn or_zero(self) -> Self {
        self.max(Self::ZERO)
    }
}

/// Digits, or digits in groups of three after the first group.
fn whole_number(text: &str) -> Option<i64> {
    if !text.contains(',') {
        return if text.is_empty() { Some(0) } else { digits(text) };
    }
    let mut groups = text.split(',');
    let first = groups.next().filter(|g| (1..=3).contains(&g.len()))?;
    groups.try_fold(digits(first)?, |sum, group| {
        let group = (group.len() == 3).then(|| digits(group)).flatten()?;
        sum.checked_mul(1000)?.checked_add(group)
    })
}

fn digits(text: &str) -> Option<i64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

impl std::ops::Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl std::ops::Sub for Money {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl std::ops::Neg for Money {
    type Output = Self;

    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl std::ops::AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl std::ops::SubAssign for Money {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, |sum, amount| sum + amount)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fen = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        f.pad(&format!("{sign}{}.{:02}", fen / 100, fen % 100))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_text_exactly_or_not_at_all() {
        assert_eq!(Money::parse("0.29", 100), Some(Money(29)));
        assert_eq!(Money::parse("12", 1), Some(Money(12)));
        assert_eq!(Money::parse("1.50", 10), Some(Money(15)));
        assert_eq!(Money::parse(".5", 100), Some(Money(50)));
        assert_eq!(Money::parse("92233720368547758.07", 100), Some(Money(i64::MAX)));
        for text in
            ["", "-", ".", "1e3", "1,23", ",123", "1 000", "１２", "92233720368547758.08", "0.001", "--1", "1.2.3"]
        {
            assert_eq!(Money::parse(text, 100), None, "{text}");
        }
    }

    #[test]
    fn rounds_half_away_from_zero() {
        assert_eq!(Money(5).times(1, 2), Money(3));
        assert_eq!(Money(-5).times(1, 2), Money(-3));
        assert_eq!(Money(10_000_000).times(175 * 365, 1_000_000), Money(638_750));
        assert_eq!(Money(1).times(1, 0), Money::ZERO);
    }

    #[test]
    fn displays_yuan() {
        assert_eq!(Money(-5).to_string(), "-0.05");
        assert_eq!(format!("{:>8}", Money(123_456)), " 1234.56");
    }

    #[test]
    fn sums_are_exact_and_stop_at_the_edges() {
        let (a, b) = (Money(7), Money(-10));
        assert_eq!(
            (a + b, a - b, -a, [a, b, a].into_iter().sum::<Money>()),
            (Money(-3), Money(17), Money(-7), Money(4))
        );
        let mut sum = a;
        sum += b;
        assert_eq!(sum, Money(-3));
        sum -= Money(4);
        assert_eq!(sum, Money(-7));
        assert_eq!((a.or_zero(), b.or_zero(), a.fen()), (a, Money::ZERO, 7));
        let (most, least) = (Money(i64::MAX), Money(i64::MIN));
        assert_eq!((most + a, least - a, -least), (most, least, most));
        assert_eq!((most.times(3, 1), most.times(-3, 1), most.times(3, -1)), (most, least, least));
        assert_eq!(
            (Money(5).times(1, -2), Money(-5).times(-1, 2), Money(0).times(1, -2)),
            (Money(-3), Money(3), Money(0))
        );
    }

    #[test]
    fn groups_of_digits_have_three_but_for_the_first() {
        assert_eq!(Money::parse("1,234,567", 1), Some(Money(1_234_567)));
        for text in ["1234,567", "1,2345", "1,23", "1,,234", "1,23a", "1,234,5", "9,223,372,036,854,775,808", "é"] {
            assert_eq!(Money::parse(text, 1), None, "{text}");
        }
        assert_eq!(
            (Money::parse("+7", 1), Money::parse("-7.", 1), Money::parse("+", 1)),
            (Some(Money(7)), Some(Money(-7)), None)
        );
    }
}
