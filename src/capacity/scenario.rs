//! The three scenarios (low, expected, high) and one figure under each of them.

use serde::{Deserialize, Serialize};

use crate::domain::Money;

/// Which end of every stated range a figure was computed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scenario {
    /// Everything uncertain turns out unfavourable to recovery.
    Low,
    /// Everything uncertain takes its stated central value.
    Expected,
    /// Everything uncertain turns out favourable to recovery.
    High,
}

impl Scenario {
    /// The three, from unfavourable to favourable.
    pub const ALL: [Self; 3] = [Self::Low, Self::Expected, Self::High];
}

impl std::fmt::Display for Scenario {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Low => "low",
            Self::Expected => "expected",
            Self::High => "high",
        })
    }
}

/// One figure under each scenario.
///
/// `low` and `high` name the scenario, not the size: a deduction is larger under `low`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenarios<T> {
    /// Under [`Scenario::Low`].
    pub low: T,
    /// Under [`Scenario::Expected`].
    pub expected: T,
    /// Under [`Scenario::High`].
    pub high: T,
}

impl<T> Scenarios<T> {
    /// The figure that `of` gives under each scenario.
    ///
    /// # Examples
    ///
    /// ```
    /// # use wherewithal::capacity::{Scenario, Scenarios};
    /// let prices = Scenarios::from_fn(|scenario| match scenario {
    ///     Scenario::Low => 50,
    ///     Scenario::Expected => 60,
    ///     Scenario::High => 80,
    /// });
    /// assert_eq!((*prices.at(Scenario::Low), prices.high), (50, 80));
    /// assert_eq!(prices.map(|price| price * 2).expected, 120);
    /// ```
    pub fn from_fn(mut of: impl FnMut(Scenario) -> T) -> Self {
        Self { low: of(Scenario::Low), expected: of(Scenario::Expected), high: of(Scenario::High) }
    }

    /// The figure under one scenario.
    pub fn at(&self, scenario: Scenario) -> &T {
        match scenario {
            Scenario::Low => &self.low,
            Scenario::Expected => &self.expected,
            Scenario::High => &self.high,
        }
    }

    /// Each figure turned into another.
    pub fn map<U>(&self, mut turn: impl FnMut(&T) -> U) -> Scenarios<U> {
        Scenarios { low: turn(&self.low), expected: turn(&self.expected), high: turn(&self.high) }
    }

    /// The three figures, from unfavourable to favourable.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        [&self.low, &self.expected, &self.high].into_iter()
    }
}

impl Scenarios<Money> {
    /// Whether there is no money under any scenario.
    ///
    /// ```
    /// use wherewithal::capacity::Scenarios;
    /// use wherewithal::domain::Money;
    ///
    /// let nothing = Scenarios::<Money>::default();
    /// let some = Scenarios { high: Money::from_fen(1), ..nothing };
    /// assert!(nothing.is_zero() && !some.is_zero());
    /// assert_eq!((nothing + some).high, Money::from_fen(1));
    /// ```
    pub fn is_zero(&self) -> bool {
        self.iter().all(|money| *money == Money::ZERO)
    }
}

impl std::ops::Add for Scenarios<Money> {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { low: self.low + other.low, expected: self.expected + other.expected, high: self.high + other.high }
    }
}

impl std::iter::Sum for Scenarios<Money> {
    fn sum<I: Iterator<Item = Self>>(figures: I) -> Self {
        figures.fold(Self::default(), |sum, figure| sum + figure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_added_and_read_scenario_by_scenario() {
        let figures = |low, expected, high| Scenarios { low, expected, high }.map(|fen| Money::from_fen(*fen));
        let (one, other) = (figures(1, 2, 3), figures(10, 20, 30));
        assert_eq!(one + other, figures(11, 22, 33));
        assert_eq!([one, other, one].into_iter().sum::<Scenarios<Money>>(), figures(12, 24, 36));
        assert_eq!(Scenario::ALL.map(|scenario| one.at(scenario).fen()), [1, 2, 3]);
        assert_eq!(one.iter().map(|money| money.fen()).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(
            Scenarios::from_fn(|scenario| scenario.to_string()).map(String::len),
            Scenarios { low: 3, expected: 8, high: 4 }
        );
        assert!(figures(0, 0, 0).is_zero() && !figures(0, 0, 1).is_zero() && !figures(1, 0, 0).is_zero());
    }
}
