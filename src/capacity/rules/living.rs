//! The user's table of living costs: what a household must be left per month.
//!
//! No living costs are carried with the crate: what a household needs differs by place and year, and a
//! wrong amount would take what the law leaves. Without them income counts nothing in the low and expected
//! figures.

use super::citation::{ArticleId, Validity};
use super::sheet::Reading;
use crate::domain::Money;

/// One row of the user's `living_costs.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct LivingCost {
    /// For one person living alone.
    first: Money,
    /// For each further person of the household.
    further: Money,
    pub(super) validity: Validity,
}

impl LivingCost {
    /// What a household of so many persons must be left per month.
    pub(in super::super) fn for_household(&self, persons: i64) -> Money {
        self.first + self.further.times((persons - 1).max(0), 1)
    }

    /// The article that it cites.
    pub(in super::super) fn article(&self) -> ArticleId {
        self.validity.article
    }
}

/// The rows of `living_costs.csv`.
pub(super) fn read(text: &str, reading: &mut Reading) -> Vec<LivingCost> {
    let mut rows = Vec::new();
    for row in reading.rows("living_costs.csv", text, &["first_person", "further_person"]) {
        let amount = |text: &str| Money::parse(text, 100).filter(|money| *money >= Money::ZERO);
        let first = reading.value(&row, "first_person", "an amount per month", amount);
        let further = reading.value(&row, "further_person", "an amount per month", amount);
        let validity = reading.validity(&row, "living costs".to_owned());
        if let (Some(first), Some(further), Some(validity)) = (first, further, validity) {
            rows.push(LivingCost { first, further, validity });
        }
    }
    reading.no_overlap("living_costs.csv", rows.iter().map(|row| ("living costs".to_owned(), &row.validity)));
    rows
}
