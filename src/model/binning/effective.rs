//! Effective sample sizes of weighted rows.
//!
//! A hundred rows of which one has nearly all the weight are about one row. Kish's effective size, (Σw)² ÷
//! Σw², says how many equal rows would be as sure.

use serde::{Deserialize, Serialize};

use super::Counts;
use crate::model::Target;
use crate::model::target::GRAIN;

/// The sum of the squares of weights, exact in any order: in squared grains, the upper and the lower half.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Squares([u64; 2]);

/// What one unit of weight is in effective rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale(f64);

impl Squares {
    /// Adds rows whose weights are multiples of the grain.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "grains are whole and never negative")]
    pub(super) fn push(&mut self, rows: &Target) {
        let square = |row: usize| u128::from((rows.weight(row) / GRAIN) as u64).pow(2);
        self.set(self.sum() + (0..rows.height()).map(square).sum::<u128>());
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.set(self.sum() + other.sum());
    }

    /// How weights become effective rows, for rows of this weight in all.
    #[expect(clippy::cast_precision_loss, reason = "a sum that is read to 53 bits")]
    pub(super) fn scale(&self, total: &Counts) -> Scale {
        let squares = self.sum() as f64 * GRAIN * GRAIN;
        Scale(if squares > 0.0 { total.weight / squares } else { 1.0 })
    }

    const fn sum(self) -> u128 {
        (self.0[0] as u128) << 64 | self.0[1] as u128
    }

    #[expect(clippy::cast_possible_truncation, reason = "the two halves")]
    const fn set(&mut self, sum: u128) {
        self.0 = [(sum >> 64) as u64, sum as u64];
    }
}

impl Scale {
    pub(super) fn effective(self, counts: &Counts) -> Counts {
        let scaled = |weight: f64| (weight * self.0 / GRAIN).round() * GRAIN;
        Counts { weight: scaled(counts.weight), event_weight: scaled(counts.event_weight), ..*counts }
    }
}
