//! Counts of rows and events, plain and weighted.

use std::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::sentence::says;

/// Rows and events, plain and weighted.
///
/// Weights are multiples of 2⁻²⁰ (see [`Target::weights`](crate::model::Target::weights)), so sums are exact and do not
/// depend on the order of rows.
///
/// ```
/// use wherewithal::model::Counts;
///
/// let both = Counts::row(true, 2.0) + Counts::row(false, 1.0);
/// assert_eq!((both.rows, both.events, both.weight), (2, 1, 3.0));
/// assert_eq!((both.non_events(), both.rate()), (1, 2.0 / 3.0));
/// assert_eq!(Counts::default().rate(), 0.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Rows.
    pub rows: u64,
    /// Rows with the event.
    pub events: u64,
    /// Sum of the rows' weights.
    pub weight: f64,
    /// Sum of the weights of rows with the event.
    pub event_weight: f64,
}

impl Counts {
    /// `events` events in `rows` rows, each of weight one.
    ///
    /// ```
    /// # use wherewithal::model::Counts;
    /// assert_eq!(Counts::new(10, 4).rate(), 0.4);
    /// ```
    #[expect(clippy::cast_precision_loss, reason = "counts of rows stay far below 2^53")]
    pub const fn new(rows: u64, events: u64) -> Self {
        // Signed numbers become floats in one instruction.
        let (weight, event_weight) = (rows.cast_signed() as f64, events.cast_signed() as f64);
        Self { rows, events, weight, event_weight }
    }

    /// One row; a row of weight 0 is none.
    pub const fn row(event: bool, weight: f64) -> Self {
        let counts = weight > 0.0;
        let event_weight = if event { weight } else { 0.0 };
        Self { rows: counts as u64, events: (event && counts) as u64, weight, event_weight }
    }

    /// Rows without the event.
    pub const fn non_events(&self) -> u64 {
        self.rows.saturating_sub(self.events)
    }

    /// Sum of the weights of rows without the event.
    pub fn non_event_weight(&self) -> f64 {
        self.weight - self.event_weight
    }

    /// Refuses counts in which one class is absent or without weight.
    pub(crate) fn has_both_classes(&self, feature: &str) -> Result<()> {
        if self.event_weight > 0.0 && self.non_event_weight() > 0.0 {
            return Ok(());
        }
        let found = format!("{} events in {} rows", self.events, self.rows);
        Err(Error::too_little(says!("bin {feature}", feature), found, "rows with and without the event"))
    }

    /// Weighted share of events; 0 without rows.
    pub fn rate(&self) -> f64 {
        if self.weight > 0.0 { self.event_weight / self.weight } else { 0.0 }
    }
}

impl Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            rows: self.rows + other.rows,
            events: self.events + other.events,
            weight: self.weight + other.weight,
            event_weight: self.event_weight + other.event_weight,
        }
    }
}

impl Sub for Counts {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            rows: self.rows.saturating_sub(other.rows),
            events: self.events.saturating_sub(other.events),
            weight: self.weight - other.weight,
            event_weight: self.event_weight - other.event_weight,
        }
    }
}

impl std::iter::Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_count_by_their_weight_and_not_at_all_without_one() {
        let (half, two, none) = (Counts::row(true, 0.5), Counts::row(false, 2.0), Counts::row(true, 0.0));
        assert_eq!((half.rows, half.events, half.weight, half.event_weight), (1, 1, 0.5, 0.5));
        assert_eq!((two.rows, two.events, two.weight, two.event_weight), (1, 0, 2.0, 0.0));
        assert_eq!(none, Counts::default());
        let sum: Counts = [Counts::new(10, 4), half, two].into_iter().sum();
        assert_eq!((sum.rows, sum.events, sum.weight, sum.event_weight), (12, 5, 12.5, 4.5));
        assert_eq!(
            (sum - half - two, sum - Counts::new(12, 5) - Counts::new(0, 1)),
            (Counts::new(10, 4), Counts { rows: 0, events: 0, weight: 0.5, event_weight: -1.5 })
        );
        assert_eq!((sum.non_events(), sum.non_event_weight(), sum.rate()), (7, 8.0, 0.36));
        assert_eq!(Counts::default().rate(), 0.0);
    }

    #[test]
    fn both_classes_must_be_there() {
        assert!(Counts::new(5, 1).has_both_classes("x").is_ok() && Counts::new(5, 4).has_both_classes("x").is_ok());
        for events in [0, 5] {
            let said = Counts::new(5, events).has_both_classes("x").unwrap_err().to_string();
            assert!(said.contains(&format!("bin x: found {events} events in 5 rows")), "{said}");
        }
        assert!(Counts { weight: 0.0, event_weight: 0.0, ..Counts::new(5, 1) }.has_both_classes("x").is_err());
    }
}
