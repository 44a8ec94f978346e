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
